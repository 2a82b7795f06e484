"""Moments that were pinned to be compared: in what they differ, and what one decides otherwise than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.record.fields import classes_of, decided
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import NO_DEFENCE
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import Domain, Points, Split

MOST = 9
"""How many are compared at once."""
_VALUES = 2048 * 2048  # of either field, once they are on one grid
_SECTIONS = ("learner", "training", "data", "poison", "decision", "defence")
_LONG = 40  # characters of a rule
_NAMES = ("learner.name", "data.name", "poison.attack", "defence.defence")  # values that say themselves what they are


@dataclass(frozen=True, eq=False)
class PinnedSnapshot:
    """A moment that is kept beside others. clean: of the clean twin."""

    label: str
    snapshot: Snapshot
    clean: bool = False

    def named(self) -> Snapshot:
        """The moment under its label, for a figure."""
        return replace(self.snapshot, label=self.label)


def differences(pins: Sequence[PinnedSnapshot]) -> tuple[str, ...]:
    """For each pin, in short words, what of it is not the same in all: step, points, twin and settings.

    A setting that not every pin has counts among those that have it. Empty where nothing differs.
    """
    facts = [_facts(pin) for pin in pins]
    seen: dict[str, list[Any]] = {}
    for one in facts:
        for path, value in one.items():
            seen.setdefault(path, []).append(value)
    varied = [path for path, values in seen.items() if any(value != values[0] for value in values[1:])]
    return tuple(", ".join(_words(path, one[path]) for path in varied if path in one) for one in facts)


def _facts(pin: PinnedSnapshot) -> dict[str, Any]:
    snapshot = pin.snapshot
    facts: dict[str, Any] = {"step": snapshot.step, "clean": pin.clean, "points": len(snapshot.scene.points)}
    if snapshot.scenario.data.labels == "rule":
        facts["rule"] = one_line(snapshot.scenario.rule or "", _LONG)
    for section in _SECTIONS:
        spec = getattr(snapshot.scenario, section)
        plain = {section: NO_DEFENCE} if spec is None else spec.model_dump(mode="json")
        facts |= {f"{section}.{name}": value for name, value in _flat(plain).items()}
    return facts


def _flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}.")
        else:
            found[before + name] = value
    return found


def _words(path: str, value: Any) -> str:
    match path:
        case "step":
            return f"step {value:,}"
        case "points":
            return f"{value:,} point{'s' * (value != 1)}"
        case "clean":
            return "clean twin" if value else "with poison"
        case "rule":
            return f"rule {value}"
        case "poison.on":
            return f"poison {_plain(value)}"
    if path in _NAMES:
        return str(value).replace("_", " ")
    section, _, name = path.partition(".")
    name = name.replace("_", " ").replace(".", " ")
    return f"{name if section in ('learner', 'training') else f'{section} {name}'} {_plain(value)}"


def _plain(value: Any) -> str:
    match value:
        case None:
            return "default"
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:g}"
        case int():
            return f"{value:,}"
        case list():
            return "-".join(_plain(item) for item in value) or "none"
    return str(value)


@dataclass(frozen=True)
class Turned:
    """What a gives to class `before` and b to class `after`; -1 is undecided.

    area: share of the common area. points: share of the points compared, NaN without any.
    """

    before: int
    after: int
    area: float
    points: float


@dataclass(frozen=True, eq=False)
class Difference:
    """Two pinned fields, a and b, over the rectangle that they have in common.

    a, b: float32 (rows, columns), probability of class 1, or (classes, rows, columns); NaN is undecided, which counts
        as a class of its own.
    area: share of `rect` decided otherwise. points: share of `tested` test points decided otherwise, NaN without any.
    turned: the same by direction, the largest area first.
    probability: how far the class probabilities are apart, 0 to 1: half the sum of their absolute differences, which
        for two classes is the difference itself, in the mean over the cells decided in both; NaN without any.
    loss, error: the last validation loss and error of b less those of a; NaN where one has none.
    """

    rect: Domain
    a: NDArray[np.float32]
    b: NDArray[np.float32]
    area: float
    points: float
    tested: int
    turned: tuple[Turned, ...]
    probability: float
    loss: float
    error: float

    @classmethod
    def of(cls, a: Snapshot, b: Snapshot) -> Difference:
        """Compare two moments, resampled to the finer of both resolutions by nearest cells.

        The test points are those of a and the places of b that a has not, within both rectangles, muted ones left out.
        Raises ValueError where the rectangles do not overlap or the numbers of classes differ.
        """
        classes, others = classes_of(a.field), classes_of(b.field)
        if classes != others:
            raise ValueError(f"One has {classes} classes and the other {others}; only like can be compared.")
        rect = _common(a.rect, b.rect)
        columns, rows = _resolution(rect, a, b)
        in_a, in_b = (_over(one, rect, columns, rows) for one in (a, b))
        gap = in_a.astype(np.float64)
        gap -= in_b
        np.abs(gap, out=gap)
        gap = gap if gap.ndim == 2 else gap.sum(axis=0) / 2.0
        tests, lean = _test_places(a, b, rect), [replace(one, field=one.leaning) for one in (a, b)]
        if any(moved.field is not one.field for moved, one in zip(lean, (a, b), strict=True)):
            in_a, in_b = (_over(one, rect, columns, rows) for one in lean)  # where each decides by its own threshold
        was, became = decided(in_a, classes), decided(in_b, classes)
        test_was, test_became = (decided(_at(one, tests), classes) for one in lean)
        areas, tested = _shares(was, became), _shares(test_was, test_became)
        turned = [
            Turned(p, q, areas.get((p, q), 0.0), tested.get((p, q), 0.0 if len(tests) else float("nan")))
            for p, q in areas.keys() | tested.keys()
            if p != q
        ]
        return cls(
            rect, in_a, in_b, _mean(was != became), _mean(test_was != test_became), len(tests),
            tuple(sorted(turned, key=lambda t: (-t.area, t.before, t.after))), _mean(gap[np.isfinite(gap)]),
            last(b, "validation_loss") - last(a, "validation_loss"),
            last(b, "validation_error") - last(a, "validation_error"),
        )  # fmt: skip


def last(snapshot: Snapshot, name: str) -> float:
    """One of `CURVES` at the last evaluation that is not after the moment; NaN where there is none."""
    curves = snapshot.curves
    count = int(np.searchsorted(curves.step, snapshot.step, side="right"))
    return float(curves.column(name)[count - 1, 0]) if count else float("nan")


def _common(a: Domain, b: Domain) -> Domain:
    left, right = max(a.left, b.left), min(a.right, b.right)
    bottom, top = max(a.bottom, b.bottom), min(a.top, b.top)
    if left >= right or bottom >= top:
        raise ValueError("They show different parts of the plane, with nothing in common.")
    return Domain(left, right, bottom, top)


def _resolution(rect: Domain, a: Snapshot, b: Snapshot) -> tuple[int, int]:
    """Columns and rows of `rect` in cells as small as the smaller of both."""
    width = min(one.rect.width / one.field.shape[-1] for one in (a, b))
    height = min(one.rect.height / one.field.shape[-2] for one in (a, b))
    columns, rows = max(1, round(rect.width / width)), max(1, round(rect.height / height))
    if (many := columns * rows * classes_of(a.field) / _VALUES) > 1:  # of two that are narrow in different directions
        columns, rows = max(1, int(columns / many**0.5)), max(1, int(rows / many**0.5))
    return columns, rows


def _over(snapshot: Snapshot, rect: Domain, columns: int, rows: int) -> NDArray[np.float32]:
    """The field's values at the cell centres of a part of its rectangle, (..., rows, columns)."""
    high, wide = snapshot.field.shape[-2:]
    row = snapshot.rect.cells(rect.grid(1, rows), wide, high)[0]
    column = snapshot.rect.cells(rect.grid(columns, 1), wide, high)[1]
    return snapshot.field[..., row[:, None], column]


def _shares(was: NDArray[np.int8], became: NDArray[np.int8]) -> dict[tuple[int, int], float]:
    """Of each pair of classes that occurs, its share."""
    counts = np.bincount((16 * (was.astype(np.int16) + 1) + became + 1).ravel())
    return {(k // 16 - 1, k % 16 - 1): float(counts[k] / was.size) for k in np.flatnonzero(counts).tolist()}


def _at(snapshot: Snapshot, places: NDArray[np.float64]) -> NDArray[np.float32]:
    """The field's values in the cells at places (N, 2) of its rectangle, (N,) or (classes, N)."""
    rows, columns = snapshot.field.shape[-2:]
    row, column, _ = snapshot.rect.cells(places, columns, rows)
    return snapshot.field[..., row, column]


def _test_places(a: Snapshot, b: Snapshot, rect: Domain) -> NDArray[np.float64]:
    """The test points of a, and those of b that are elsewhere, within `rect`, (N, 2)."""
    mine, its = _tests(a.scene.points), _tests(b.scene.points)
    known = set(map(tuple, mine.tolist()))
    new = [place for place in its.tolist() if tuple(place) not in known]
    places = np.concatenate([mine, np.array(new).reshape(-1, 2)])
    x, y = places.T
    return places[(x >= rect.left) & (x <= rect.right) & (y >= rect.bottom) & (y <= rect.top)]


def _tests(points: Points) -> NDArray[np.float64]:
    return points.xy[(points.split == Split.TEST) & ~points.muted & ~points.is_poison]


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if values.size else float("nan")
