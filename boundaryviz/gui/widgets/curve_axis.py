"""An axis of a plot of training, whose logarithmic ticks are whole decades, or 1, 2 and 5 of them."""

from __future__ import annotations

import math

import pyqtgraph as pg
from typing_extensions import override

_RAISED = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
_BETWEEN = 0.5  # marks the ticks that stay without words
_DECADES = 2.2  # fewer than these have ticks at 2 and 5 as well, along the steps


def count_words(number: float) -> str:
    """A number of steps on an axis: 500, 2k, 1.5M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= size * (1 - 1e-9):
            return f"{number / size:.4g}{letter}"
    return f"{number:.4g}"


class CurveAxis(pg.AxisItem):  # type: ignore[misc, unused-ignore]
    """Left are values, whose logarithmic ticks are powers of ten; at the bottom steps, which are counted."""

    _ROOM = {"left": 20, "bottom": 36}  # pixels that the words of a tick need

    @override
    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        if not self.logMode:
            return super().tickValues(minVal, maxVal, size)  # type: ignore[no-any-return, unused-ignore]
        low, high = math.ceil(minVal - 1e-9), math.floor(maxVal + 1e-9)
        step = max(1, math.ceil((high - low) * self._ROOM[self.orientation] / max(size, 1.0)))
        named = [float(d) for d in range(low, high + 1) if d % step == 0]
        between = [float(d) for d in range(low, high + 1) if d % step]
        if self.orientation == "bottom" and maxVal - minVal < _DECADES:
            fine = [d + math.log10(m) for d in range(low - 1, high + 1) for m in (2, 5)]
            named += [d for d in fine if minVal - 1e-9 <= d <= maxVal + 1e-9]
        return [(step, named), (_BETWEEN, between)]

    @override
    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.logMode or self.orientation == "left":
            return super().tickStrings(values, scale, spacing)  # type: ignore[no-any-return, unused-ignore]
        return [count_words(value) for value in values]

    @override
    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if spacing == _BETWEEN:
            return [""] * len(values)
        if self.orientation == "bottom":
            return [count_words(10.0**d) for d in values]
        return [f"10{str(round(d)).translate(_RAISED)}" for d in values]
