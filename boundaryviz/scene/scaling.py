"""Other units for the inputs of points: a centre that is subtracted from them, and a unit that they are divided by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.scene.arrays import frozen

InputScale = Literal["as-is", "standardised", "domain"]
"""How learners are given the inputs of points; see `measure.scaling_of`."""

_FEW = 8  # inputs that are scaled one after the other, which for two takes a tenth of the time
_CONSTANT = 1e-12  # a spread smaller than this share of how far out an input lies is rounding


@dataclass(frozen=True, eq=False)
class Scaling:
    """Inputs x (..., D) become (x - centre) / unit.

    centre: float64 (D,), finite. unit: float64 (D,), finite and above 0.
    Raises ValueError for numbers that are none of this.
    """

    centre: NDArray[np.float64]
    unit: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("centre", "unit"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        if self.centre.ndim != 1 or self.centre.shape != self.unit.shape:
            raise ValueError("a scale needs a centre and a unit for each input")
        if not (np.isfinite(self.centre).all() and np.isfinite(self.unit).all() and (self.unit > 0).all()):
            raise ValueError("a scale needs finite centres, and finite units above 0")

    @classmethod
    def of_box(cls, low: ArrayLike, high: ArrayLike) -> Self:
        """What takes a box from `low` (D,) to `high` (D,) to [-1, 1]."""
        low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        return cls((low + high) / 2, (high - low) / 2)

    @classmethod
    def standard(cls, x: NDArray[np.float64]) -> Self:
        """What gives each column of `x` (N, D) mean 0 and standard deviation 1; one without a spread is only centred.

        As scikit-learn's StandardScaler: the deviation is that of the N numbers, divided by N. Of no points nothing.
        The order of the points does not matter to the last bit.
        """
        if not len(x):
            return cls(np.zeros(x.shape[1]), np.ones(x.shape[1]))
        rising = np.sort(x, axis=0)  # sums are rounded as they come
        spread = rising.std(axis=0)
        return cls(rising.mean(axis=0), np.where(spread > _CONSTANT * np.abs(x).max(axis=0), spread, 1.0))

    @property
    def width(self) -> int:
        """D."""
        return self.centre.size

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """`x` (..., D) in these units. In float64: single precision would spend its digits on the way from 0."""
        with np.errstate(over="ignore"):  # what overflows may be a point that nobody sees
            if self.width > _FEW or x.ndim == 1:
                scaled: NDArray[np.float64] = (x - self.centre) / self.unit
                return scaled
            columns = np.moveaxis(x, -1, 0)
            found = np.empty(columns.shape)
            for column, out, centre, unit in zip(columns, found, self.centre, self.unit, strict=True):
                np.subtract(column, centre, out=out)
                out /= unit
        return np.moveaxis(found, 0, -1)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Scaling) and (
            np.array_equal(self.centre, other.centre) and np.array_equal(self.unit, other.unit)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy forgets on the way between processes that an array was read-only
        return Scaling, (self.centre, self.unit)
