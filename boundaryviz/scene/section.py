"""The plane that the canvas shows of a space of D inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.scene.arrays import frozen

Ask = Callable[[NDArray[np.float64]], NDArray]

HELD = 1 << 23
"""Inputs, of all places together, that are held at once where places of the plane are asked about."""


@dataclass(frozen=True, eq=False)
class Section:
    """Place (u, v) of the canvas stands for the inputs origin + u axes[0] + v axes[1].

    origin: float64 (D,), D at least 1. axes: float64 (2, D), of any length and at any angle but 0.
    low, high: float64 (D,), the box that the inputs lie in, which scaling to [-1, 1] takes for its measure. Like the
    domain of a plane it stays where it is while points move.
    names: of the D inputs, or none. unit: float64 (D,), what is as long as what else when a point's place is looked
    for, such as the standard deviation of each column of a table; None where all inputs have one unit.
    Raises ValueError where these do not fit together, or where the axes span no plane.
    """

    origin: NDArray[np.float64]
    axes: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    names: tuple[str, ...] = ()
    unit: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        for name in ("origin", "axes", "low", "high", *(["unit"] if self.unit is not None else [])):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
            if not np.isfinite(getattr(self, name)).all():
                raise ValueError(f"a section's {name} must be finite")
        d = self.width
        if self.origin.shape != (d,) or d < 1 or self.axes.shape != (2, d) or self.low.shape != (d,):
            raise ValueError("a section of D inputs, D at least 1, needs an origin (D,), axes (2, D) and a box (D,)")
        if self.high.shape != (d,) or (self.low >= self.high).any():
            raise ValueError("a section needs a box with low < high for every input")
        if self.names and len(self.names) != d:
            raise ValueError(f"a section names all of its {d} inputs, or none")
        if self.unit is not None and (self.unit.shape != (d,) or (self.unit <= 0).any()):
            raise ValueError(f"a section's units must be {d} numbers above 0")
        length = np.linalg.norm(self.axes, axis=1)
        if np.linalg.matrix_rank(self.axes / np.where(length > 0, length, 1.0)[:, None]) < min(2, d):
            raise ValueError("the axes of a section lie on one line; a plane needs two directions")

    @classmethod
    def of_columns(cls, inputs: NDArray[np.float64], shown: Sequence[int] = (0, 1), names: Sequence[str] = ()) -> Self:
        """The plane of two of the columns of `inputs` (N, D), through the means of the others.

        Of a single column (D = 1) it is a strip: the second coordinate of a place means nothing.
        Raises ValueError for columns that are not there, or are one.
        """
        d = inputs.shape[1]
        shown = tuple(shown)[: min(2, d)]
        if len(set(shown)) != min(2, d) or not all(0 <= column < d for column in shown):
            raise ValueError(f"a plane shows two different columns in 0..{d - 1}")
        axes = np.zeros((2, d))
        axes[np.arange(len(shown)), shown] = 1.0
        origin = inputs.mean(axis=0) if len(inputs) else np.zeros(d)
        origin[list(shown)] = 0.0
        return cls(origin, axes, *box(inputs), tuple(names))

    @classmethod
    def principal(cls, inputs: NDArray[np.float64], names: Sequence[str] = ()) -> Self:
        """The plane of the first two principal components of `inputs` (N, D), through their mean; axes orthonormal.

        Each axis points to where its largest entry is positive. Raises ValueError where the points lie on a line, or
        there are none.
        """
        if not len(inputs):
            raise ValueError("without points there are no principal components")
        mean = inputs.mean(axis=0)
        axes = np.zeros((2, inputs.shape[1]))
        _, size, found = np.linalg.svd(inputs - mean, full_matrices=False)
        some = int((size[:2] > 1e-12 * size.max(initial=0.0)).sum())
        axes[:some] = found[:some]
        largest = np.abs(axes).argmax(axis=1)
        axes *= np.where(axes[[0, 1], largest] < 0, -1.0, 1.0)[:, None]
        return cls(mean, axes, *box(inputs), tuple(names))

    @property
    def width(self) -> int:
        """D."""
        return self.origin.size

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Section) and all(
            np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return Section, tuple(getattr(self, f.name) for f in fields(self))

    def embed(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inputs (G, D) that `places` (G, 2) of the plane stand for."""
        found: NDArray[np.float64] = self.origin + places @ self.axes
        return found

    def shadow(self, inputs: ArrayLike) -> NDArray[np.float64]:
        """The places (N, 2) of the plane that are nearest to `inputs` (N, D), in their units."""
        axes, off = self.axes, np.asarray(inputs, dtype=np.float64) - self.origin
        if self.unit is not None:
            axes, off = axes / self.unit, off / self.unit
        lengths = axes @ axes.T
        plain = not lengths[0, 1] and set(np.diag(lengths).tolist()) <= {0.0, 1.0}  # columns come out as they are
        found: NDArray[np.float64] = off @ (axes.T if plain else np.linalg.pinv(axes))
        return found

    def off(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far (N,) each of `inputs` (N, D) lies off the plane, in their units."""
        left = inputs - self.embed(self.shadow(inputs))
        far: NDArray[np.float64] = np.linalg.norm(left if self.unit is None else left / self.unit, axis=1)
        return far

    @property
    def off_plane(self) -> NDArray[np.float64] | None:
        """A unit vector (D,) that is orthogonal to the plane: what is left of that input that has the least part in it.

        None where the plane is all there is.
        """
        along = np.linalg.svd(self.axes, full_matrices=False)[2][: min(2, self.width)]
        size = 1.0 - (along**2).sum(axis=0)
        at = int(size.argmax())
        if size[at] <= 1e-9:
            return None
        left = -along[:, at] @ along
        left[at] += 1.0
        found: NDArray[np.float64] = left / np.linalg.norm(left)
        return found

    def carried(
        self, inputs: NDArray[np.float64], before: NDArray[np.float64], after: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """`inputs` (K, D) of points whose places go from `before` to `after` (K, 2): as far along the axes.

        What lies off the plane stays, up to rounding; along inputs that neither axis has a part in, to the bit.
        """
        way = (after - before) @ self.axes
        return np.where(way == 0, inputs, inputs + way)


def on_plane(section: Section | None, ask: Ask) -> Ask:
    """What takes places of the plane (G, 2) as `ask` takes inputs (G, D), and answers along the last axis as it does.

    Many wide inputs are worked out in parts. Without a section places are inputs.
    """
    if section is None:
        return ask
    most = max(HELD // section.width, 1)

    def asked(places: NDArray[np.float64]) -> NDArray:
        starts = range(0, max(len(places), 1), most)
        return np.concatenate([ask(section.embed(places[at : at + most])) for at in starts], axis=-1)

    return asked


def box(values: NDArray[np.float64], margin: float = 0.15) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lowest and highest of each column of `values` (N, D), moved apart at each end by `margin` of their distance,
    and in any case as far as numbers need to tell what lies between; -1 and 1 for no values."""
    if not len(values):
        return -np.ones(values.shape[1]), np.ones(values.shape[1])
    low, high = values.min(axis=0), values.max(axis=0)
    size, far = high - low, np.maximum(np.abs(low), np.abs(high))
    least = np.maximum(1e-9 * far, 1e-30)  # numbers must still tell places within it apart
    pad = np.where(size > 0, np.maximum(size * margin, least), np.maximum(1.0, 1e-6 * far))
    return low - pad, high + pad
