"""Who is trained together: of each replica its seed, what it sees, in which role, and points of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.learners.base import Extra
from boundaryviz.learners.streams import Purpose, generator, hashes, key
from boundaryviz.scene.arrays import frozen
from boundaryviz.scene.scene import UNLABELLED, Points, Scene, Split

CLEAN: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Replicas:
    """R replicas. seeds: one each. groups: of poison that each sees; None stands for those that are switched on.

    ids: int64 (N,), the points that replicas see differently. weights: float32 (R, N), of these points in the loss of
    a replica; one of weight 0 is not there, for training or for measuring, and others count once where is measured.
    role: int8 (R, N), what each is used for, a `Split`. By default 1 and what the scene says, as of points that are
    not named: so a scene may be edited, and ids that it has no more are not looked at. extra: points of poison of
    each replica's own, that no curve is measured on.

    A clean replica sees no poison of the scene. Replicas with one seed share initial weights and noise; those that are
    to train on the same of the named points share batches as well. Each trains as it would alone, but for this: a point
    that poison withdraws keeps its place in the batches of those that share them; and methods that mix points draw
    among padding too, see `learners.mixing`.

    Raises ValueError for columns that do not fit, ids that repeat, and weights or roles that are none.
    """

    seeds: tuple[int, ...]
    groups: tuple[frozenset[int] | None, ...]
    ids: NDArray[np.int64] | None = None
    weights: NDArray[np.float32] | None = None
    role: NDArray[np.int8] | None = None
    extra: Extra | None = None

    def __post_init__(self) -> None:
        for name, kind in (("ids", np.int64), ("weights", np.float32), ("role", np.int8)):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, frozen(given, kind))
        if len(self.groups) != len(self):
            raise ValueError(f"{len(self)} seeds need as many groups of poison, not {len(self.groups)}")
        if self.ids is None and (self.weights is not None or self.role is not None):
            raise ValueError("weights and roles need the ids of the points that they are of")
        if self.ids is not None and len(np.unique(self.ids)) < len(self.ids):
            raise ValueError("ids must be unique")
        for name, column in (("weights", self.weights), ("role", self.role)):
            if column is not None and column.shape != (shape := (len(self), len(self.ids))):  # type: ignore[arg-type]
                raise ValueError(f"{name} need a row for each replica and a column for each id, {shape}")
        if self.weights is not None and not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            raise ValueError("weights must be finite and not negative")
        if self.role is not None and not np.isin(self.role, list(Split)).all():
            raise ValueError("a role must be 0, 1 or 2: training, validation or test")
        if self.extra is not None and len(self.extra.label) != len(self):
            raise ValueError(f"{len(self)} replicas need as many rows of extra points, not {len(self.extra.label)}")

    # ---- who there is -------------------------------------------------------------------------------

    @classmethod
    def of(cls, seeds: Sequence[int], twin: bool = False) -> Self:
        """One replica for each seed; with a twin all clean ones first, then all poisoned ones."""
        if not twin:
            return cls(tuple(seeds), (None,) * len(seeds))
        return cls((*seeds, *seeds), (CLEAN,) * len(seeds) + (None,) * len(seeds))

    @classmethod
    def twins(cls, seeds: Sequence[int]) -> Self:
        """Of each seed a clean and a poisoned replica, all clean ones first."""
        return cls.of(seeds, twin=True)

    @classmethod
    def doses(cls, seeds: Sequence[int], groups: Sequence[frozenset[int]]) -> Self:
        """Every seed at every dose, which are groups of poison: all doses of the first seed, then of the next."""
        return cls(tuple(seed for seed in seeds for _ in groups), tuple(groups) * len(seeds))

    @classmethod
    def folds(cls, scene: Scene, k: int, seed: int = 0) -> Self:
        """k replicas of one seed, each of which validates on one of k parts of the clean training points and trains on
        the others; the scene's own validation points are left out.

        Parts are alike in size and shares of classes, and drawn by seed and id: an edit moves few points to another.
        Raises ValueError for fewer than 2 folds, or more than points.
        """
        points = _clean_training(scene)
        if not 2 <= k <= len(points):
            raise ValueError(f"{len(points)} clean training points can be cut into 2 to {len(points)} folds, not {k}")
        first = np.array([key(seed, int(label)) % k for label in points.label])  # or small classes all lie in one
        fold = (np.floor(_spread(points, seed) * k).astype(np.int64) + first) % k
        others = scene.points.ids[(scene.points.split == Split.VALIDATION) & ~scene.points.is_poison]
        role = np.where(fold == np.arange(k)[:, None], Split.VALIDATION, Split.TRAIN)
        return cls(
            (seed,) * k, (None,) * k, np.concatenate([points.ids, others]),
            np.repeat([[1.0, 0.0]], (len(points), len(others)), axis=1).repeat(k, axis=0),
            np.concatenate([role, np.full((k, len(others)), Split.VALIDATION)], axis=1),
        )  # fmt: skip

    @classmethod
    def cut(cls, scene: Scene, seeds: Sequence[int], folds: Sequence[NDArray[np.int64] | None]) -> Self:
        """A replica for each seed, of which some validate on a part of the clean training points.

        folds: of each the ids of the points that it validates on, in place of the scene's own validation points, while
        it trains on the other training points; None for one that does as the scene says.
        """
        points = scene.points
        points = points.take((points.split != Split.TEST) & ~points.is_poison)
        usual = np.where(points.split == Split.TRAIN, Split.TRAIN, Split.VALIDATION)
        weights, role = np.ones((len(folds), len(points)), np.float32), np.repeat(usual[None], len(folds), axis=0)
        for k, ids in enumerate(folds):
            if ids is not None:
                weights[k], role[k, np.isin(points.ids, ids)] = usual == Split.TRAIN, Split.VALIDATION
        return cls(tuple(seeds), (None,) * len(seeds), points.ids, weights, role)

    @classmethod
    def subsets(cls, scene: Scene, sizes: Sequence[int], repeats: int = 1, seed: int = 0) -> Self:
        """So many of the clean training points, for learning curves: all sizes of the first repeat, then of the next.

        The sets of a repeat are nested, with the shares of classes as far as sizes allow; each repeat has a seed of its
        own, from `seed` on, to draw and to train by. Raises ValueError for sizes that cannot be had.
        """
        points = _clean_training(scene)
        if not len(sizes) or min(sizes) < 1 or max(sizes) > len(points):
            raise ValueError(f"a set has 1 to {len(points)} of the clean training points, not {list(sizes)}")
        seeds = range(seed, seed + repeats)
        rank = [np.argsort(np.argsort(_spread(points, one), kind="stable")) for one in seeds]
        weights = np.concatenate([one < np.array(sizes)[:, None] for one in rank])
        return cls(tuple(s for s in seeds for _ in sizes), (None,) * len(weights), points.ids, weights)

    @classmethod
    def bootstrap(cls, scene: Scene, repeats: int, seed: int = 0) -> Self:
        """Each replica draws as many clean training points as there are, with replacement: a point weighs as often as
        it was drawn. All train from one seed, so that they differ by the draw alone.

        Raises ValueError where there is no point.
        """
        points = _clean_training(scene)
        n = len(points)
        if not n:
            raise ValueError("there is no clean training point to draw from")
        counts = [generator(seed, Purpose.BOOTSTRAP, at).multinomial(n, np.full(n, 1 / n)) for at in range(repeats)]
        return cls((seed,) * repeats, (None,) * repeats, points.ids, np.array(counts, np.float32).reshape(-1, n))

    @classmethod
    def leave_one_out(cls, scene: Scene, ids: ArrayLike | None = None, seed: int = 0) -> Self:
        """One replica that sees all points, then for each of these ids one that does not see that point; by default of
        all clean training points. Raises KeyError for an id that is not there."""
        left = _clean_training(scene).ids if ids is None else np.asarray(ids, dtype=np.int64)
        scene.points.positions(left)
        n = len(left)
        return cls((seed,) * (1 + n), (None,) * (1 + n), left, np.concatenate([np.ones((1, n)), 1 - np.eye(n)]))

    @classmethod
    def effect_map(cls, scene: Scene, places: ArrayLike, label: int, seed: int = 0) -> Self:
        """One replica that sees the scene as it is, then for each of `places` (G, 2) of the plane shown one with
        a point of poison there.

        label: of that point, -1 for none.
        """
        x = scene.embed(np.asarray(places, dtype=np.float64))
        replicas = 1 + len(x)
        extra = Extra(
            [scene.next_id],  # type: ignore[arg-type]
            np.concatenate([x[:1], x])[:, None],
            np.full((replicas, 1), label),
            np.sign(np.arange(replicas, dtype=np.float32))[:, None],
        )
        return cls((seed,) * replicas, (None,) * replicas, extra=extra)

    # ---- what it comes to ---------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.seeds)

    def take(self, at: ArrayLike) -> Self:
        """The replicas at these positions, in that order."""
        index = np.asarray(at, dtype=np.intp)
        rows = {name: None if (c := getattr(self, name)) is None else c[index] for name in ("weights", "role")}
        extra = self.extra
        if extra is not None:
            extra = Extra(extra.ids, *(getattr(extra, f.name)[index] for f in fields(extra)[1:]))
        seeds, groups = (tuple(column[i] for i in index) for column in (self.seeds, self.groups))
        return replace(self, seeds=seeds, groups=groups, **rows, extra=extra)

    def clean_twins(self) -> list[int]:
        """For each replica the first with the same seed that sees no poison; itself for a clean one, and where there
        is none."""
        clean: dict[int, int] = {}
        for replica, (seed, groups) in enumerate(zip(self.seeds, self.groups, strict=True)):
            if groups == CLEAN:
                clean.setdefault(seed, replica)
        return [
            replica if groups == CLEAN else clean.get(seed, replica)
            for replica, (seed, groups) in enumerate(zip(self.seeds, self.groups, strict=True))
        ]

    @cached_property
    def windows(self) -> NDArray[np.int64] | None:
        """Int64 (R,), a number for those that are to train on the same of the named points; None where all are."""
        if self.weights is None and self.role is None:
            return None
        trains: NDArray[np.bool_] = np.True_ if self.weights is None else self.weights != 0  # type: ignore[assignment]
        number = _numbered([trains if self.role is None else trains & (self.role == Split.TRAIN)])
        return number if number.any() else None

    @property
    def apart(self) -> bool:
        """Whether they differ by more than seeds and groups of poison."""
        return self.weights is not None or self.role is not None or self.extra is not None

    @cached_property
    def sights(self) -> int:
        """How many different things there are to see."""
        numbers: dict[frozenset[int] | None, int] = {}
        groups = np.array([[numbers.setdefault(g, len(numbers))] for g in self.groups])
        columns = [groups, self.weights, self.role]
        if self.extra is not None:
            columns += [c.reshape(len(self), -1) for c in (self.extra.x, self.extra.label, self.extra.weight)]
        return int(_numbered([c for c in columns if c is not None]).max(initial=0)) + 1

    # ---- on a scene ---------------------------------------------------------------------------------

    def weights_in(self, scene: Scene) -> NDArray[np.float32]:
        """What each point of the scene weighs for each replica that sees it, (R, n)."""
        return self._laid(np.ones(len(scene.points), dtype=np.float32), self.weights, scene)

    def roles_in(self, scene: Scene) -> NDArray[np.int8]:
        """What each point of the scene is used for by each replica, a `Split`, (R, n)."""
        return self._laid(scene.points.split, self.role, scene)

    def seen_in(self, scene: Scene) -> NDArray[np.bool_]:
        """Which points of the scene each replica sees, going by groups of poison alone, (R, n)."""
        return np.stack([scene.seen(groups) for groups in self.groups])

    def extra_in(self, scene: Scene) -> Extra | None:
        """The points of each one's own. Raises ValueError where the scene has a point with one of their ids, or other
        inputs than they have."""
        if self.extra is None:
            return None
        if np.isin(self.extra.ids, scene.points.ids).any():
            raise ValueError("the scene has a point with the id of one that is a replica's own; give that another id")
        if (given := self.extra.x.shape[2]) != (width := scene.points.x.shape[1]):
            raise ValueError(f"extra points with {given} inputs do not go with points that have {width}")
        return self.extra

    def largest(self, scene: Scene) -> Scene:
        """The scene with every point in training that some replica trains on."""
        if self.role is None:
            return scene
        points = scene.points
        split = np.where((self.roles_in(scene) == Split.TRAIN).any(axis=0), Split.TRAIN, points.split)
        return scene.with_points(points.with_columns(split=split))

    def _laid(self, usual: NDArray, own: NDArray | None, scene: Scene) -> NDArray:
        """What is usual for each point of the scene (n,), and in its place what each replica has of named ones."""
        found = np.broadcast_to(usual, (len(self), len(usual)))
        if own is not None and self.ids is not None:
            found = found.copy()
            _, at, column = np.intersect1d(scene.points.ids, self.ids, assume_unique=True, return_indices=True)
            found[:, at] = own[:, column]
        return found


def _numbered(columns: list[NDArray]) -> NDArray[np.int64]:
    """Equal numbers, from 0 on, for rows (R, ...) that are equal in every one of the columns."""
    seen: dict[bytes, int] = {}
    rows = zip(*(np.ascontiguousarray(column) for column in columns), strict=True)
    return np.array([seen.setdefault(b"".join(c.tobytes() for c in row), len(seen)) for row in rows], dtype=np.int64)


def _clean_training(scene: Scene) -> Points:
    """The clean training points that are not muted, in the order of their ids."""
    points = scene.points
    points = points.take(points.is_train & ~points.is_poison & ~points.muted)
    return points.take(np.argsort(points.ids))


def _spread(points: Points, seed: int) -> NDArray[np.float64]:
    """Numbers (N,) between 0 and 1, of each class evenly apart, in an order drawn by seed and id."""
    order = hashes(key(seed, Purpose.FOLDS), points.ids)
    found = np.empty(len(points))
    for label in range(UNLABELLED, int(points.label.max(initial=UNLABELLED)) + 1):
        own = np.flatnonzero(points.label == label)
        found[own[np.argsort(order[own])]] = (np.arange(len(own)) + 0.5) / max(len(own), 1)
    return found
