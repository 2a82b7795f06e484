"""Slider positions for numbers: even or logarithmic steps of tidy size."""

from __future__ import annotations

import math
from dataclasses import dataclass

_PER_DECADE = 20  # neighbouring values of a logarithmic slider differ by 12 %
_DECADES = 7  # how far below its upper end a logarithmic slider reaches where the lower limit is zero


@dataclass(frozen=True)
class Scale:
    """Positions 0..last of a slider for the numbers low..high.

    log: positions are evenly spread over the logarithm; `zero` adds a position 0 that stands for zero itself.
    Values are tidy: two significant figures on a logarithmic scale, whole multiples of a round step otherwise.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    zero: bool = False
    low_open: bool = False
    high_open: bool = False

    @classmethod
    def between(
        cls, low: float, high: float, *, log: bool = False, whole: bool = False, low_open: bool = False,
        high_open: bool = False,
    ) -> Scale:  # fmt: skip
        """The scale for these limits; raises ValueError unless low < high and, on a log scale, 0 <= low."""
        if not low < high or (log and low < 0):
            raise ValueError(f"no slider can run from {low} to {high}")
        if not log or low > 0:
            return cls(low, high, log, whole, False, low_open, high_open)
        smallest = 1.0 if whole else float(f"{high * 10.0**-_DECADES:.1e}")
        return cls(smallest, high, True, whole, not low_open, False, high_open)

    @property
    def last(self) -> int:
        """The highest position."""
        if self.log:
            return round(math.log10(self.high / self.low) * _PER_DECADE) + self.zero
        return max(1, math.ceil((self.high - self.low) / self._step - 1e-9) - self.high_open)

    @property
    def _step(self) -> float:
        if self.whole:
            return max(1.0, tidy_below((self.high - self.low) / 100))
        return tidy_below((self.high - self.low) / 100)

    def value(self, position: int) -> float:
        """The number at a position, within the limits."""
        if self.log:
            if self.zero and position <= 0:
                return 0.0
            steps = self.last - self.zero
            share = (position - self.zero) / steps if steps else 1.0
            value = self.low if share <= 0.0 else self.high
            if 0.0 < share < 1.0:
                value = float(f"{self.low * (self.high / self.low) ** share:.1e}")
            if self.whole:
                value = round(value)
        else:
            if position >= self.last and not self.high_open:
                return float(self.high)
            value = self.low + position * self._step
            value = round(value, max(0, 1 - math.floor(math.log10(self._step))))
            if self.low_open:
                value = max(value, self.low + self._step)
            if self.high_open:
                value = min(value, self.high - self._step)
        return float(min(max(value, self.low), self.high))

    def position(self, value: float) -> int:
        """The position nearest to a number; numbers beyond the ends go to the ends."""
        if self.log:
            if value < self.low * 0.999:
                return 0
            at = math.log10(value / self.low) / math.log10(self.high / self.low) * (self.last - self.zero) + self.zero
        else:
            at = (value - self.low) / self._step
        return min(max(round(at), 0), self.last)


def tidy_below(value: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `value` (> 0)."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * m for m in (5.0, 2.0, 1.0) if power * m <= value * (1 + 1e-9))


def tidy_above(value: float, steps: tuple[float, ...] = (1.0, 2.0, 5.0)) -> float:
    """The smallest of 1, 2, 5 (or `steps`) times a power of ten that is not below `value` (> 0)."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * m for m in (*steps, 10.0) if power * m >= value * (1 - 1e-9))
