"""Numbers beside an axis and under the pointer: as many digits as tell neighbours apart, and what they share said once.

Offset and power of ten are those of matplotlib's `ticker.ScalarFormatter`, so that window and figures say the same.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

_SHARED = 4  # digits that all ticks must share before they are said once
_SMALL, _LARGE = -5, 6  # powers of ten from which on they are said once
_MINUS = "\u2212"


@dataclass(frozen=True)
class Common:
    """What is said once of all ticks: a tick that is written t lies at offset + t * 10 ** power."""

    offset: float = 0.0
    power: int = 0

    @classmethod
    def of(cls, ticks: Sequence[float], low: float, high: float) -> Common:
        """Of the ticks of an axis that shows `low` to `high`; those beyond are not looked at."""
        shown = [tick for tick in ticks if low <= tick <= high]
        if not shown:
            return cls()
        offset = _offset(min(shown), max(shown))
        size = high - low if offset else max(map(abs, shown))
        power = math.floor(math.log10(size)) if size > 0 else 0
        return cls(offset, power if power <= _SMALL or power >= _LARGE else 0)

    @property
    def words(self) -> str:
        """Such as '+1.7e9' or '\u00d71e6'; empty where there is nothing to say."""
        factor = f"\u00d71e{self.power}" if self.power else ""
        return " ".join(filter(None, (factor, _signed(self.offset) if self.offset else ""))).replace("-", _MINUS)

    def tick(self, value: float, spacing: float) -> str:
        """A tick in words. spacing: from one to the next."""
        rest = (value - self.offset) / 10.0**self.power
        return fixed(rest, spacing / 10.0**self.power).replace("-", _MINUS)


def fixed(value: float, apart: float) -> str:
    """A number with as many decimal places as tell it from others that are `apart`; no minus at zero."""
    places = min(max(0, math.ceil(-math.log10(apart) - 1e-9)), 300) if apart > 0 else 3
    words = f"{value:.{places}f}"
    return words.lstrip("-") if not words.strip("-0.") else words


def _offset(low: float, high: float) -> float:
    """The leading digits that two ticks and all between them share, as a number; 0 where they are too few."""
    if low == high or low <= 0.0 <= high:
        return 0.0
    near, far = sorted((abs(low), abs(high)))
    top = math.ceil(math.log10(far))
    power = 1 + next(p for p in itertools.count(top, -1) if near // 10.0**p != far // 10.0**p)
    if (far - near) / 10.0**power <= 1e-2:  # on both sides of a multiple of a large power of ten
        power = 1 + next(p for p in itertools.count(top, -1) if far // 10.0**p - near // 10.0**p > 1)
    shared = far // 10.0**power
    return math.copysign(shared * 10.0**power, low) if shared >= 10.0 ** (_SHARED - 1) else 0.0


def _signed(value: float) -> str:
    power = math.floor(math.log10(abs(value)))
    digits = f"{value / 10.0**power:+.10g}"
    return digits if power == 0 else f"{digits}e{power}"
