"""Points of one's own as data: splits, sample, noise and labels laid over them, and taken off again.

The points as they came are never changed by a setting: `layered` makes the scene from them each time, and with the
default settings it is the same to the bit. What a person does to that scene by hand is done to the points themselves
(`taken_up`). All that is random goes by the ids of points, so that one that comes or goes shifts nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.data import DataSpec, Purpose, keep_central, keep_labels, wanted
from boundaryviz.scene.edits import Resection, apply
from boundaryviz.scene.keyed import hashes, key
from boundaryviz.scene.label_noise import LabelNoise
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scene import Points, Scene, Split
from boundaryviz.scene.splits import shared_out

_ASIDE = -1  # in the place of a split: of points that a setting leaves alone


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """The points as they came, with all their labels, and what the settings have to leave alone.

    scene: with them and, in their groups, poison that came with them or was placed by hand. splits_given: whether they
    came with splits. labels_by_hand: ids of points that were given a label where a setting had hidden or changed it:
    no setting does so again. kept_by_hand: ids of points that were edited or added where settings say which points
    there are and which train: they stay, in the split they are in.
    """

    scene: Scene
    splits_given: bool = True
    labels_by_hand: frozenset[int] = frozenset()
    kept_by_hand: frozenset[int] = frozenset()


def layered(spec: DataSpec, own: OwnPoints, rule: Rule | None = None) -> Scene:
    """The scene that `spec` makes of these points, in their order and under their ids.

    Labels: as they came, or where `spec` asks for it those that the rule says. Raises ValueError for want of a rule.

    Splits: as they came; or, where they came with none or others are asked for, labelled clean points are shared out
    class by class, of which one trains in any case. Then `balance` and `n` leave points out, evenly by class; only
    training points count in `n`, and held-out ones stay. Then come `jitter`, as a share of the plane's width and
    height, label noise and the labels per class. Poison and muted points are left as they are.
    """
    if spec.labels == "rule":
        own = _ruled(own, wanted(rule))
    points, scene = own.scene.points, own.scene
    free = (points.origin <= 0) & ~points.muted
    split = _splits(spec, own)
    kept = _kept(spec, own, split, free)
    noisy = _noisy(spec, own, split, free & kept)
    changed = points.with_columns(label=_kept_labels(spec, own, split, free & kept, noisy), split=split)
    changed = _pushed(scene, changed, _push(spec, scene, points))
    noise = LabelNoise.between(points.ids, points.label, noisy)
    return replace(scene, points=changed if kept.all() else changed.take(kept), noise=noise)


def _ruled(own: OwnPoints, rule: Rule) -> OwnPoints:
    """With the labels that the rule says, but of poison, of muted points, and of those labelled by hand.

    The classes are those of the rule, without names, and as many more as what it leaves alone has.
    """
    scene, points = own.scene, own.scene.points
    rows = (points.origin <= 0) & ~points.muted & ~_among(points.ids, own.labels_by_hand)
    label = np.where(rows, rule.classes_at(points.xy), points.label)
    classes = max(rule.classes(scene.domain, points.xy[rows]), _classes(scene, label))
    ruled = replace(scene, points=points.with_columns(label=label), classes=classes, class_names=())
    return replace(own, scene=ruled)


def _classes(scene: Scene, label: NDArray[np.int16]) -> int:
    """How many classes there have to be for these labels (N,), and for the pins and groups of a scene."""
    used = [target.target_class for target in scene.targets]
    used += [group.target_class for group in scene.groups if group.target_class is not None]
    return max(2, 1 + int(label.max(initial=0)), *(1 + k for k in used))


def splits_drawn(spec: DataSpec, own: OwnPoints) -> bool:
    """Whether the points are shared out, and not split as they came."""
    return spec.splits == "drawn" or not own.splits_given


def leaves_to_chance(spec: DataSpec, own: OwnPoints) -> bool:
    """Whether another seed makes another scene of the points, as a rule."""
    shared_out = splits_drawn(spec, own) and spec.validation + spec.test > 0
    labels = spec.labels_per_class not in ("all", 0) and spec.labels_at == "random"
    sampled = spec.n != "all" or spec.balance is not None
    return shared_out or sampled or labels or spec.jitter > 0 or spec.label_noise > 0


def _chooses(spec: DataSpec, own: OwnPoints) -> bool:
    """Whether settings say which points there are, or which of them train."""
    return splits_drawn(spec, own) or spec.n != "all" or spec.balance is not None


@dataclass(frozen=True, eq=False)
class _Order:
    """A random order of points, by their ids. hash: uint64 (N,)."""

    hash: NDArray[np.uint64]

    @classmethod
    def of(cls, seed: int, purpose: Purpose, points: Points) -> _Order:
        return cls(hashes(key(seed, purpose), points.ids))

    def permutation(self, x: NDArray[np.int64], /) -> NDArray[np.int64]:
        """Positions (K,) in this order."""
        return x[np.argsort(self.hash[x], kind="stable")]

    @property
    def uniform(self) -> NDArray[np.float64]:
        """A number from 0 to below 1 for each point (N,)."""
        return (self.hash >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _splits(spec: DataSpec, own: OwnPoints) -> NDArray[np.int8]:
    points = own.scene.points
    if not splits_drawn(spec, own):
        return points.split
    shares = (1.0 - spec.validation - spec.test, spec.validation, spec.test)
    return drawn_splits(points, shares, spec.seed, own.kept_by_hand)


def drawn_splits(
    points: Points, shares: tuple[float, float, float], seed: int, kept: Iterable[int] = ()
) -> NDArray[np.int8]:
    """A `Split` (N,) for each point, of which the labelled clean ones are shared out class by class: by their ids and
    the data seed alone, so that a table and the scenario of it say the same. kept: ids of points that stay as they
    are, as poison does."""
    free = (points.origin <= 0) & ~_among(points.ids, kept)
    drawn = shared_out(points.label, free & points.is_labelled, shares, _Order.of(seed, Purpose.ORDER, points))
    return np.where(free, drawn, points.split)


def _kept(spec: DataSpec, own: OwnPoints, split: NDArray[np.int8], free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which points (N,) `balance` and `n` leave in."""
    points = own.scene.points
    kept = np.ones(len(points), dtype=bool)
    stay = free & _among(points.ids, own.kept_by_hand)
    free = free & ~stay
    order = _Order.of(spec.seed, Purpose.SAMPLE, points)
    if spec.balance is not None:
        for part in Split:
            rows = np.flatnonzero(free & points.is_labelled & (split == part))
            kept[rows] = False
            kept[_balanced(points.label, rows, spec.balance, order)] = True
    if spec.n != "all":
        rows = np.flatnonzero(free & kept & (split == Split.TRAIN))
        already = int((stay & (split == Split.TRAIN)).sum())
        kept[_evenly(points.label, rows, order)[max(spec.n - already, 0) :]] = False
    return kept


def _evenly(label: NDArray[np.int16], rows: NDArray[np.int64], order: _Order) -> NDArray[np.int64]:
    """Positions `rows` (K,) at random, so that in the first of them, however many, every class has its part of them,
    to the next whole number or so, and one of each class comes before all others."""
    rows = order.permutation(rows)
    _, which, count = np.unique(label[rows], return_inverse=True, return_counts=True)
    place = np.empty(len(rows), dtype=np.int64)  # within the class
    place[np.argsort(which, kind="stable")] = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    share = np.where(place == 0, 0.0, (place + 0.5) / count[which])
    return rows[np.argsort(share, kind="stable")]


def _balanced(label: NDArray[np.int16], rows: NDArray[np.int64], share: float, order: _Order) -> NDArray[np.int64]:
    """As many of `rows` (K,) as there are with this share of class 0; of either side one at least, where there is."""
    first, rest = rows[label[rows] == 0], rows[label[rows] != 0]
    total = min(len(first) / share, len(rest) / (1.0 - share))
    wanted = [max(1, round(total * share)), max(1, round(total * (1.0 - share)))]
    return np.concatenate([_evenly(label, side, order)[:n] for side, n in zip((first, rest), wanted, strict=True)])


def _push(spec: DataSpec, scene: Scene, points: Points) -> NDArray[np.float64]:
    """By how much `jitter` pushes each of these points (N, 2): Gaussian; poison and muted points by nothing."""
    u, v = (_Order.of(spec.seed, purpose, points).uniform for purpose in (Purpose.JITTER, Purpose.DRAW))
    far, way = np.sqrt(-2.0 * np.log1p(-u)), 2.0 * np.pi * v  # Box and Muller, 1958
    far = np.where((points.origin <= 0) & ~points.muted, spec.jitter * far, 0.0)
    return np.stack([far * np.cos(way) * scene.domain.width, far * np.sin(way) * scene.domain.height], axis=1)


def _pushed(scene: Scene, points: Points, push: NDArray[np.float64]) -> Points:
    """Points of that scene further on by `push` (N, 2), with what inputs they have; the same to the bit for 0."""
    if not push.any():
        return points
    xy = points.xy + push
    if scene.section is None:
        return points.with_columns(xy=xy)
    return points.with_columns(xy=xy, inputs=scene.section.carried(points.x, points.xy, xy))


def _noisy(spec: DataSpec, own: OwnPoints, split: NDArray[np.int8], rows: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Labels (N,), of which some of those of `rows` (N,) are others by noise, but for those set by hand."""
    points = own.scene.points
    label = points.label
    rows = rows & ~_among(points.ids, own.labels_by_hand)
    if spec.label_noise:
        label = label.copy()
        noisy = split != Split.TEST
        for part in (noisy, ~noisy) if spec.label_noise_on == "all" else (noisy,):
            _flip(spec, points, np.flatnonzero(rows & points.is_labelled & part), label, own.scene.classes)
    return label


def _kept_labels(
    spec: DataSpec, own: OwnPoints, split: NDArray[np.int8], rows: NDArray[np.bool_], label: NDArray[np.int16]
) -> NDArray[np.int16]:
    """Of the labels (N,), which of those of `rows` (N,) are kept, the others hidden, but for those set by hand."""
    points = own.scene.points
    rows = rows & ~_among(points.ids, own.labels_by_hand)
    if spec.labels_per_class == "all":
        return label
    among = np.where(rows, split, _ASIDE)
    if spec.labels_at == "centres":
        return keep_central(as_seen(points.xy, own.scene.domain.stretch), label, among, spec.labels_per_class)
    return keep_labels(label, among, spec.labels_per_class, _Order.of(spec.seed, Purpose.BUDGET, points))


def _flip(spec: DataSpec, points: Points, some: NDArray[np.int64], label: NDArray[np.int16], classes: int) -> None:
    """Replace the share of label noise among `some` of the points' labels by other classes, in `label` (N,) itself."""
    some = _Order.of(spec.seed, Purpose.LABEL_NOISE, points).permutation(some)
    some = some[: round(spec.label_noise * len(some))]
    drawn = _Order.of(spec.seed, Purpose.NEW_LABEL, points).uniform[some]
    label[some] = (label[some] + 1 + np.floor(drawn * (classes - 1)).astype(np.int16)) % classes


def _among(ids: NDArray[np.int64], some: Iterable[int]) -> NDArray[np.bool_]:
    return np.isin(ids, np.fromiter(some, dtype=np.int64))


def taken_up(spec: DataSpec, own: OwnPoints, scene: Scene, rule: Rule | None = None) -> OwnPoints:
    """The points after what was done by hand to the scene that `spec` made of them, which is now `scene`.

    Moved, relabelled, muted, added and removed points are so in the result; what the settings hide or change stays as
    it was. A label given where a setting has hidden or changed it, and a split given where they are drawn, is noted as
    set by hand, so that it stays. `own` itself where nothing was done.
    """
    made, base = layered(spec, own, rule).points, own.scene
    if base.section != scene.section and scene.points.width == base.points.width > 2:  # another plane is shown
        return _resected(taken_up(spec, own, _seen_from(base, made, scene), rule), scene)
    if (base.section is None) != (scene.section is None) or scene.points.width != made.width:
        return OwnPoints(scene)  # other points altogether
    stay = np.isin(scene.points.ids, made.ids)
    now, new = scene.points.take(stay), scene.points.take(~stay)
    gone = np.isin(base.points.ids, made.ids) & ~np.isin(base.points.ids, now.ids)
    was, at = made.take(made.positions(now.ids)), base.points.positions(now.ids)
    columns, edited, labelled = _edited(base.points, at, was, now)
    frame = replace(scene, points=base.points, poison_on=base.poison_on)
    if spec.labels == "rule":  # which would say otherwise of them where they are now
        told = edited.difference(now.ids[was.label != now.label].tolist())
        columns, labelled = _told(columns, told, _ruled(own, wanted(rule)).scene.points, base.points), edited
        by_hand = np.append(columns.get("label", base.points.label), new.label)
        frame = replace(frame, classes=max(base.classes, _classes(scene, by_hand)), class_names=base.class_names)
    if not (columns or gone.any() or len(new)) and frame == base:
        return own
    new = scene.completed(_renumbered(new, base.points, scene.points))
    new = _pushed(scene, new, -_push(spec, scene, new))
    points = Points.join(base.points.with_columns(**columns).take(~gone), new)
    labels, kept = own.labels_by_hand | labelled, own.kept_by_hand
    if spec.labels_per_class != "all" or spec.label_noise or spec.labels == "rule":
        labels = labels | set(new.ids.tolist())
    if _chooses(spec, own):
        kept = kept | edited | set(new.ids.tolist())
    return OwnPoints(frame.with_points(points), own.splits_given, labels, kept)


def _seen_from(base: Scene, made: Points, scene: Scene) -> Scene:
    """The scene on the plane of `base`: of points whose inputs are as they were `made` the places are, too."""
    assert base.section is not None
    there = np.isin(scene.points.ids, made.ids)
    same = np.zeros(len(there), dtype=bool)
    at = made.positions(scene.points.ids[there])
    same[there] = (scene.points.x[there] == made.x[at]).all(axis=1)
    seen = apply(Resection(base.section, base.domain, base.axis_names), scene)[0]
    xy = seen.points.xy.copy()
    xy[same] = made.xy[made.positions(scene.points.ids[same])]
    return replace(seen, section=base.section, points=seen.points.with_columns(xy=xy))


def _resected(own: OwnPoints, scene: Scene) -> OwnPoints:
    """The points on the plane of `scene`."""
    assert scene.section is not None
    shown = apply(Resection(scene.section, scene.domain, scene.axis_names), own.scene)[0]
    return replace(own, scene=replace(shown, section=scene.section))


def _told(columns: dict[str, NDArray], some: frozenset[int], ruled: Points, base: Points) -> dict[str, NDArray]:
    """With the label that the rule says in the place of the one in `base`, for points of these ids."""
    rows = _among(base.ids, some)
    label = np.where(rows, ruled.label, columns.get("label", base.label))
    return columns if np.array_equal(label, columns.get("label", base.label)) else {**columns, "label": label}


def _renumbered(new: Points, base: Points, scene: Points) -> Points:
    """New points under ids of their own where theirs are those of points that a setting leaves out."""
    clash = np.isin(new.ids, base.ids)
    first = max(base.next_id, scene.next_id)
    ids = new.ids.copy()
    ids[clash] = np.arange(first, first + clash.sum())
    return new.with_columns(ids=ids)


def _edited(
    base: Points, at: NDArray[np.int64], was: Points, now: Points
) -> tuple[dict[str, NDArray], frozenset[int], frozenset[int]]:
    """What edits to points that stand `at` (K,) in `base` have changed, from `was` to `now`: columns of `base` with
    it; the ids of those that were edited; and of those among them whose label a setting had changed before."""
    changed: dict[str, NDArray] = {}
    edited, labelled = np.zeros((2, len(at)), dtype=bool)
    for name in ("label", "split", "origin", "muted", "responses", "xy", "inputs"):
        before, after = getattr(was, name), getattr(now, name)
        if before is None:
            continue
        differ = (before != after) & ~(np.isnan(before) & np.isnan(after))
        differ = differ.any(axis=1) if differ.ndim == 2 else differ
        if differ.any():
            held = getattr(base, name)
            found = held.copy()
            found[at[differ]] = after[differ]
            if name in ("xy", "inputs"):  # which jitter had moved, too
                found[at[differ]] -= (before - held[at])[differ]
            changed["response" if name == "responses" else name] = found
            edited |= differ
            labelled |= differ & (before != held[at]) if name == "label" else False
    if edited.any():  # they stay in the split they are in
        split = changed.get("split", base.split).copy()
        split[at[edited]] = now.split[edited]
        changed["split"] = split
    ids = now.ids
    return changed, frozenset(ids[edited].tolist()), frozenset(ids[labelled].tolist())
