"""Going up the gradient of what the attacker wants, one point at a time, within the box."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

GAIN = 1e-6  # of the value: a step that gains less is none
STILL = 1e-9  # a gradient that is shorter is none
SHORTEST = 0.05  # of the first step: a shorter one is not tried

Vector = NDArray[np.float64]


class Valued(Protocol):
    """What was trained with points of poison at x (K, D), and what the attacker has of it."""

    @property
    def x(self) -> NDArray[np.float64]:
        """Where they lie."""
        ...

    @property
    def value(self) -> float:
        """What the gradient is of; the larger, the better for the attacker."""
        ...


L = TypeVar("L", bound=Valued)


class Ascent(ABC, Generic[L]):
    """Steps along the gradient's direction, halved where they gain nothing.

    extent: (D,), of the box; a step of length 1 goes from end to end of it.
    """

    def __init__(self, extent: Vector) -> None:
        self._extent = extent

    @abstractmethod
    def nearest(self, place: Vector, look: L, k: int) -> Vector:
        """The inputs (D,) that point k may have, near to a place (D,)."""

    @abstractmethod
    def look(self, x: NDArray[np.float64], before: L) -> L:
        """As `before`, with the points elsewhere: trained anew."""

    @abstractmethod
    def gradient(self, look: L, k: int) -> Vector:
        """Of its value by where point k lies, (D,), in the units of the scene."""

    def step(self, look: L, k: int, rate: float, first: float) -> tuple[L | None, float]:
        """The first look that gains something by point k, with the rate from which on that was so, at most `rate`; None
        where none does down to a small share of the `first` rate, or the point feels no gradient."""
        gradient = self.gradient(look, k)
        length = float(np.linalg.norm(gradient))
        if length <= STILL:
            return None, rate
        while rate >= SHORTEST * first:
            x = look.x.copy()
            x[k] = self.nearest(x[k] + rate * self._extent * gradient / length, look, k)
            if (after := self.look(x, look)).value > look.value + GAIN:
                return after, rate
            rate /= 2
        return None, rate
