"""Numbers as a person rounds them: as far as their spread lets them be known."""

from __future__ import annotations

import math

_MOST = 9  # places after the point


def decimals(value: float, spread: float = math.nan, digits: int = 3) -> int:
    """Places after the point that say something: two digits of the spread, or without one so many digits of the value.

    A number of more digits before the point keeps them all.
    """
    known = math.isfinite(spread) and spread > 0
    size, wanted = (spread, 2) if known else (abs(value), digits)
    if not math.isfinite(size) or size == 0:
        return digits - 1
    leading = math.floor(math.log10(size))
    if round(size * 10.0 ** (wanted - 1 - leading)) >= 10**wanted:  # 0.0996 has the digits of 0.100
        leading += 1
    return min(max(wanted - 1 - leading, 0), _MOST)


def rounded(value: float, spread: float = math.nan, digits: int = 3, unit: str = "") -> str:
    """'0.0973', or with a spread '0.097 ± 0.021', and the unit after it; a dash for NaN."""
    if math.isnan(value):
        return "\u2013"
    places = decimals(value, spread, digits)
    words = f"{value:,.{places}f}" + (f" ± {spread:,.{places}f}" if math.isfinite(spread) else "")
    return f"{words} {unit}".rstrip()
