"""Double descent: an error that falls, rises to a peak, and falls again as models grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Peak:
    """Positions among the sizes. valley: of the least value before the peak. peak: of the value that stands out most
    from the least ones on both sides; where nothing rises, the one that stands out least below them."""

    valley: int
    peak: int

    @classmethod
    def of(cls, curve: ArrayLike) -> Self | None:
        """The peak of a curve (S,), and the first valley; None for fewer than three values.

        The peak is the inner one of the greatest prominence, its height over the higher of the lowest points on either
        side. A value that is missing, NaN, is passed over.
        """
        values = np.asarray(curve, dtype=np.float64)
        known = np.flatnonzero(np.isfinite(values))
        if len(known) < 3:
            return None
        some = values[known]
        before = np.minimum.accumulate(some)[:-2]
        after = np.minimum.accumulate(some[::-1])[::-1][2:]
        peak = 1 + int((some[1:-1] - np.maximum(before, after)).argmax())
        return cls(int(known[some[:peak].argmin()]), int(known[peak]))
