"""The plane and what lies on it: points, target pins and the domain, as frozen values.

Every array is read-only. A change makes a new `Scene` (see `edits.py`); unchanged columns are shared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.scene.arrays import frozen
from boundaryviz.scene.label_noise import LabelNoise
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.section import Section, box

UNLABELLED = -1
MAX_CLASSES = 50
MAX_GROUPS = 100
EVEN = 3.0  # up to so many times as long as the other, both sides of a plane have one scale


class Split(IntEnum):
    """What a point is used for."""

    TRAIN = 0
    VALIDATION = 1
    TEST = 2


class Origin(IntEnum):
    """Whether a point belongs to the data or was planted by an attacker.

    Poison comes in groups, numbered from 1: k is poison of group k, and -k a clean point that group k withdraws, as
    flipping a label does: it is there for whoever does not see that group.
    """

    CLEAN = 0
    POISON = 1


def origin_word(origin: int) -> str:
    """What an origin is called: clean, poison, poison 2, ..., withdrawn, withdrawn 2, ..."""
    if origin == Origin.CLEAN:
        return "clean"
    kind, number = ("poison", origin) if origin > 0 else ("withdrawn", -origin)
    return kind if number == 1 else f"{kind} {number}"


def _unique(ids: NDArray[np.int64]) -> bool:
    """Whether no id repeats. Ids nearly always increase, which is seen without sorting."""
    increasing = lambda values: bool((values[1:] > values[:-1]).all())  # noqa: E731
    return increasing(ids) or increasing(np.sort(ids))


def _with_one_nan(values: ArrayLike) -> NDArray[np.float64]:
    """With the same bits for whatever is no number, so that equal columns are equal to the bit."""
    found = np.asarray(values, dtype=np.float64)
    lost = np.isnan(found)
    return np.where(lost, np.nan, found) if lost.any() and len(np.unique(found[lost].view(np.int64))) > 1 else found


KINDS: dict[str, type] = {
    "ids": np.int64, "xy": np.float64, "label": np.int16, "split": np.int8, "origin": np.int8, "muted": np.bool_,
}  # fmt: skip
"""The columns of points and what they hold."""

OPTIONAL: dict[str, type] = {"inputs": np.float64, "response": np.float64}
"""Those that points may be without."""


def check_column(name: str, values: NDArray) -> None:
    """Raises ValueError for values, in the dtype of that column, that points cannot have in it."""
    if name in ("xy", "inputs") and not np.isfinite(values).all():
        raise ValueError("every coordinate must be finite" if name == "xy" else "every input must be finite")
    if name == "response" and np.isinf(values).any():
        raise ValueError("a response must be finite, or NaN where it is not known")
    if not len(values):
        return
    if name == "label" and (values.min() < UNLABELLED or values.max() >= MAX_CLASSES):
        raise ValueError(f"labels must lie in -1..{MAX_CLASSES - 1}")
    if name == "split" and (values.min() < 0 or values.max() > 2):
        raise ValueError("split must be 0..2")
    if name == "origin" and max(-int(values.min()), int(values.max())) > MAX_GROUPS:
        raise ValueError(f"origin must lie in -{MAX_GROUPS}..{MAX_GROUPS}")


@dataclass(frozen=True, eq=False)
class Points:
    """N points as read-only columns.

    ids: int64 (N,), unique, never reused within a scene.
    xy: float64 (N, 2), finite: the place on the plane, where a point is shown and dragged.
    label: int16 (N,), the class 0..49 or -1 for unlabelled.
    split: int8 (N,), a `Split`.
    origin: int8 (N,), an `Origin`: 0, or plus or minus the number of a group of poison.
    muted: bool (N,), points that nobody sees, for trying what would be without them.
    inputs: float64 (N, D), finite: what models are given of a point; None where that is its place.
    response: float64 (N,), a real-valued target beside the label, NaN where it is not known; None for none.

    Raises ValueError when columns differ in length, ids repeat, or a value is out of range.
    """

    ids: NDArray[np.int64]
    xy: NDArray[np.float64]
    label: NDArray[np.int16]
    split: NDArray[np.int8]
    origin: NDArray[np.int8]
    muted: NDArray[np.bool_] = field(default=None)  # type: ignore[arg-type]  # none of them
    inputs: NDArray[np.float64] | None = None
    response: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if self.muted is None:
            object.__setattr__(self, "muted", np.zeros(len(self.ids), dtype=bool))
        for name, kind in KINDS.items():
            object.__setattr__(self, name, frozen(getattr(self, name), kind))
        n = len(self.ids)
        if self.xy.shape != (n, 2) or any(getattr(self, k).shape != (n,) for k in KINDS if k != "xy"):
            raise ValueError(f"columns of {n} points must have shapes (n,) and xy (n, 2)")
        for name in KINDS:
            check_column(name, getattr(self, name))
        for name, kind in OPTIONAL.items():
            if (values := getattr(self, name)) is not None:
                values = _with_one_nan(values) if name == "response" else values
                object.__setattr__(self, name, frozen(values, kind))
                check_column(name, getattr(self, name))
        if self.inputs is not None and not (self.inputs.ndim == 2 and self.inputs.shape[1] and len(self.inputs) == n):
            raise ValueError(f"inputs of {n} points must have shape (n, D), D at least 1")
        if self.response is not None and self.response.shape != (n,):
            raise ValueError(f"responses of {n} points must have shape (n,)")
        if not _unique(self.ids):
            raise ValueError("ids must be unique")

    @classmethod
    def of(
        cls,
        xy: ArrayLike,
        label: ArrayLike = UNLABELLED,
        split: ArrayLike = Split.TRAIN,
        origin: ArrayLike = Origin.CLEAN,
        first_id: int = 0,
    ) -> Self:
        """Points at `xy` (N, 2) with ids from `first_id` on; the other columns may be scalars."""
        places = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        n = len(places)
        column = lambda value, kind: np.broadcast_to(np.asarray(value, dtype=kind), (n,))  # noqa: E731
        return cls(
            np.arange(first_id, first_id + n),
            places,
            column(label, np.int16),
            column(split, np.int8),
            column(origin, np.int8),
        )

    @classmethod
    def join(cls, *several: Points) -> Self:
        """All of them, in that order; responses that some of them are without are NaN.

        Raises ValueError when ids repeat, or when some have inputs and others none, or more of them.
        """
        columns = {name: np.concatenate([getattr(points, name) for points in several]) for name in KINDS}
        if any(points.inputs is not None for points in several):
            if len({None if points.inputs is None else points.inputs.shape[1] for points in several}) > 1:
                widths = " and ".join(dict.fromkeys(str(points.width) for points in several))
                raise ValueError(f"points with different inputs ({widths} of them) cannot be joined")
            columns["inputs"] = np.concatenate([points.x for points in several])
        if any(points.response is not None for points in several):
            columns["response"] = np.concatenate([points.responses for points in several])
        return cls(**columns)

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Points):
            return False
        alike = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in (*KINDS, "inputs"))
        if self.response is None or other.response is None:
            return alike and self.response is other.response
        return alike and np.array_equal(self.response, other.response, equal_nan=True)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy forgets on the way between processes that an array was read-only
        return Points, tuple(getattr(self, f.name) for f in fields(self))

    def take(self, index: ArrayLike) -> Points:
        """The points at positions or under a boolean mask `index`, in that order."""
        i = np.asarray(index)
        if i.dtype != bool:
            i = i.astype(np.intp)
        all_ = ((f.name, getattr(self, f.name)) for f in fields(self))
        columns: dict[str, Any] = {name: None if column is None else column[i] for name, column in all_}
        return Points(**columns)

    def with_columns(self, **columns: ArrayLike | None) -> Points:
        """A copy in which the named columns are replaced."""
        return replace(self, **columns)  # type: ignore[arg-type]

    def positions(self, ids: ArrayLike) -> NDArray[np.int64]:
        """Where `ids` stand, in the order asked. Raises KeyError for an id that is not there."""
        wanted = np.atleast_1d(np.asarray(ids, dtype=np.int64))
        order = np.argsort(self.ids, kind="stable")
        at = np.searchsorted(self.ids, wanted, sorter=order)
        found = at < len(order)
        found[found] = self.ids[order[at[found]]] == wanted[found]
        if not found.all():
            raise KeyError(f"no point with id {wanted[~found][0]}")
        return order[at]

    @property
    def x(self) -> NDArray[np.float64]:
        """What models are given, (N, D): the inputs, or the places where there are none."""
        return self.xy if self.inputs is None else self.inputs

    @property
    def width(self) -> int:
        """D, how many numbers a model is given of a point; 2 where they are its place."""
        return self.x.shape[1]

    @property
    def responses(self) -> NDArray[np.float64]:
        """The response of every point (N,), NaN where it is not known."""
        return np.full(len(self), np.nan) if self.response is None else self.response

    @property
    def next_id(self) -> int:
        """The smallest id above every id in use."""
        return int(self.ids.max()) + 1 if len(self) else 0

    @property
    def is_train(self) -> NDArray[np.bool_]:
        """Bool (N,): which are training points."""
        return self.split == Split.TRAIN

    @property
    def is_labelled(self) -> NDArray[np.bool_]:
        """Bool (N,): which have a label."""
        return self.label != UNLABELLED

    @property
    def is_poison(self) -> NDArray[np.bool_]:
        """Bool (N,): which are poison."""
        return self.origin > 0


@dataclass(frozen=True)
class Domain:
    """The rectangle of the plane that is shown first and over which areas are measured."""

    left: float
    right: float
    bottom: float
    top: float

    def __post_init__(self) -> None:
        if not (np.isfinite([self.left, self.right, self.bottom, self.top]).all()):
            raise ValueError("a domain must be finite")
        if self.left >= self.right or self.bottom >= self.top:
            raise ValueError("a domain needs left < right and bottom < top")

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom

    def grid(self, columns: int, rows: int) -> NDArray[np.float64]:
        """Cell centres, (rows * columns, 2), row by row from the bottom; a row runs from left to right."""
        x = self.left + (np.arange(columns) + 0.5) * (self.width / columns)
        y = self.bottom + (np.arange(rows) + 0.5) * (self.height / rows)
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    def cells(
        self, xy: NDArray[np.float64], columns: int, rows: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Row, column and whether it is inside, each (N,), of the cell in which each place of `xy` (N, 2) lies.

        Cells are counted as in `grid`; of places outside the nearest cell is given.
        """
        place = np.floor((xy - (self.left, self.bottom)) / (self.width, self.height) * (columns, rows))
        inside: NDArray[np.bool_] = np.all((place >= 0) & (place < (columns, rows)), axis=1)
        column, row = place.clip(0, (columns - 1, rows - 1)).astype(np.int64).T
        return row, column, inside

    @property
    def is_even(self) -> bool:
        """Whether neither side is more than three times as long as the other, as it is where both have one unit."""
        return self.width <= EVEN * self.height and self.height <= EVEN * self.width

    @property
    def stretch(self) -> float:
        """How many units of y count as much as one of x: one where it is even, else as many as make it a square.

        Attacks measure distances on the plane so: where it is drawn with free axes, they are as long as they look.
        """
        return 1.0 if self.is_even else self.height / self.width

    def shape(self, longer: int, stretch: float | None = None) -> tuple[int, int]:
        """Columns and rows of cells that look square, `longer` of them along the longer side as it is seen.

        stretch: of the plane of which this is a part, by default its own.
        """
        height = self.height / (self.stretch if stretch is None else stretch)
        cell = max(self.width, height) / longer
        return max(round(self.width / cell), 1), max(round(height / cell), 1)

    def rows(self, columns: int) -> int:
        """How many rows of cells fill it that look square: where it is uneven, it is drawn as a square."""
        return max(round(columns * self.height / (self.width * self.stretch)), 1)

    @classmethod
    def over(cls, domains: Iterable[Domain]) -> Domain:
        """The smallest that holds them all. Raises ValueError for none."""
        several = list(domains)
        return cls(
            min(d.left for d in several), max(d.right for d in several),
            min(d.bottom for d in several), max(d.top for d in several),
        )  # fmt: skip

    @classmethod
    def around(cls, xy: NDArray[np.float64], margin: float = 0.15) -> Domain:
        """The bounding box of `xy` (N, 2), grown by `margin` of its size; a unit box for no points."""
        if not len(xy):
            return cls(-1.0, 1.0, -1.0, 1.0)
        low, high = box(xy, margin)
        return cls(float(low[0]), float(high[0]), float(low[1]), float(high[1]))


@dataclass(frozen=True)
class Target:
    """A pin: the place an attacker wants classified as `target_class`. group: of poison that aims at it, 0 for none."""

    x: float
    y: float
    target_class: int
    group: int = 0

    def __post_init__(self) -> None:
        if not np.isfinite([self.x, self.y]).all():
            raise ValueError("a target pin needs a finite place")


@dataclass(frozen=True)
class Group:
    """A group of poison: what it is called, whether it acts, and the class it is to spread, where that is known."""

    name: str = ""
    on: bool = True
    target_class: int | None = None


@dataclass(frozen=True)
class Scene:
    """Points, pins, domain and the number of classes (2..50) with their names.

    groups: of poison, the first of them number 1; points of a group without an entry act. poison_on: off silences
    all poison. section: where points have inputs, the plane of them that is shown; else None. measure: what
    standardised inputs are measured by, see `measure.measured`; None where it was not taken. noise: which labels noise
    has replaced, where that is known.
    Raises ValueError for what does not fit together.
    """

    points: Points
    domain: Domain
    classes: int = 2
    class_names: tuple[str, ...] = ()
    axis_names: tuple[str, str] = ("x", "y")
    targets: tuple[Target, ...] = field(default=())
    groups: tuple[Group, ...] = field(default=())
    poison_on: bool = True
    section: Section | None = None
    measure: Scaling | None = None
    noise: LabelNoise | None = None

    def __post_init__(self) -> None:
        if (self.section is None) != (self.points.inputs is None):
            raise ValueError("points with inputs need a section of them, and points without have none")
        if self.section is not None and self.section.width != self.points.width:
            raise ValueError(f"a section of {self.section.width} inputs, and points with {self.points.width}")
        if self.measure is not None and self.measure.width != self.points.width:
            raise ValueError(f"a measure of {self.measure.width} inputs, and points with {self.points.width}")
        if not 2 <= self.classes <= MAX_CLASSES:
            raise ValueError(f"a scene has 2 to {MAX_CLASSES} classes, not {self.classes}")
        if len(self.points) and self.points.label.max() >= self.classes:
            raise ValueError(f"a label is outside 0..{self.classes - 1}")
        if any(not 0 <= target.target_class < self.classes for target in self.targets):
            raise ValueError(f"a target pin wants a class outside 0..{self.classes - 1}")
        if any(group.target_class is not None and not 0 <= group.target_class < self.classes for group in self.groups):
            raise ValueError(f"a group of poison wants a class outside 0..{self.classes - 1}")

    @property
    def has_responses(self) -> bool:
        """Whether it is one for regression: some point has a response, whose sign is one of its two classes."""
        response = self.points.response
        return self.classes == 2 and response is not None and bool(np.isfinite(response).any())

    def with_points(self, points: Points) -> Scene:
        """The same scene with other points; grows `classes` when a new label appears."""
        needed = int(points.label.max()) + 1 if len(points) else 0
        return replace(self, points=points, classes=max(self.classes, needed))

    def embed(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a model is given (G, D) for places (G, 2) of the plane that is shown."""
        return places if self.section is None else self.section.embed(places)

    def input_name(self, k: int) -> str:
        """What input number k is called, in one short line."""
        if self.section is None:
            return one_line(self.axis_names[k], NAME) or "xy"[k]
        names = self.section.names
        return (one_line(names[k], NAME) if names else "") or f"input {k + 1}"

    def completed(self, new: Points) -> Points:
        """Points that can be joined with those of this scene: where they have no inputs and these do, on the plane."""
        if self.section is None or new.inputs is not None:
            return new
        return new.with_columns(inputs=self.section.embed(new.xy))

    def group(self, number: int) -> Group:
        """Group `number`, counted from 1, under the name shown: its own as a short line, or else its number."""
        found = self.groups[number - 1] if number <= len(self.groups) else Group()
        return replace(found, name=one_line(found.name, NAME) or f"poison {number}")

    @property
    def next_id(self) -> int:
        """The smallest id above every id in use, and every one of which `noise` tells: those of points that were
        removed are not given to others."""
        return max(self.points.next_id, 0 if self.noise is None else int(self.noise.ids[-1]) + 1)

    @property
    def truth(self) -> NDArray[np.int16]:
        """The label (N,) of every point as it was before noise and flips, as far as that is known: of a point that
        poison stands in for, it is that of the point it withdraws."""
        points = self.points
        found = points.label if self.noise is None else self.noise.truth(points.ids, points.label)
        gone, planted = np.flatnonzero(points.origin < 0), np.flatnonzero(points.is_poison & points.is_labelled)
        if not (len(gone) and len(planted)):
            return found
        place = lambda at: zip(abs(points.origin[at]).tolist(), *points.xy[at].T.tolist(), strict=True)  # noqa: E731
        withdrawn = dict(zip(place(gone), found[gone].tolist(), strict=True))
        found = found.copy()
        found[planted] = [
            withdrawn.get(where, label)
            for where, label in zip(place(planted), points.label[planted].tolist(), strict=True)
        ]
        return found

    @property
    def flipped(self) -> NDArray[np.bool_]:
        """Which points (N,) have a label that is known to be wrong: one that noise or an attack has put in the place of
        the true one, and that nobody has put right since."""
        truth = self.truth
        return self.points.is_labelled & (truth >= 0) & (truth != self.points.label)

    @property
    def acting(self) -> frozenset[int]:
        """The numbers of the groups of poison that are switched on."""
        numbers = np.unique(self.points.origin).tolist() if self.poison_on else []
        return frozenset(k for k in numbers if k > 0 and self.group(k).on)

    def seen(self, groups: frozenset[int] | None = None) -> NDArray[np.bool_]:
        """Which points (N,) a model sees that these groups of poison act on, default those that are switched on."""
        origin = self.points.origin
        act = np.isin(np.abs(origin), list(self.acting if groups is None else groups))
        return ~self.points.muted & np.where(origin > 0, act, ~(act & (origin < 0)))

    def class_name(self, label: int) -> str:
        """The name shown for a class: its own as a short line; `class 0` without one, `unlabelled` for -1."""
        return one_line(self.whole_class_name(label), NAME)

    def whole_class_name(self, label: int) -> str:
        """The same in full, up to a line's length, for places that wrap it, and for tool tips."""
        if label == UNLABELLED:
            return "unlabelled"
        return one_line(self.class_names[label] if label < len(self.class_names) else "") or f"class {label}"
