"""An axis of doses, logarithmic with a place for nothing, and the rates that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.budget import QUOTED_RATES, QuotedRate
from boundaryviz.record.dose import DoseResponse

_FOR_ZERO = 0.16  # how far left of the first dose 0 stands, as a share of the doses' span
_LEAST = 0.25  # but at least so many decades


@dataclass(frozen=True, eq=False)
class DoseAxis:
    """Places are decades: log10 of the number of points. places: (D,), of the doses; the first stands for 0.

    gap: where the axis breaks between 0 and the first dose. limits: of the whole axis.
    """

    doses: tuple[int, ...]
    rates: tuple[float, ...]
    places: NDArray[np.float64]
    gap: float
    limits: tuple[float, float]

    @classmethod
    def of(cls, response: DoseResponse) -> DoseAxis:
        """The axis of these doses."""
        log = np.log10(np.maximum(response.doses[1:], 1))
        first, last = (float(log[0]), float(log[-1])) if len(log) else (0.0, 0.0)
        room = max(_FOR_ZERO * (last - first), _LEAST)
        zero = first - room
        margin = 0.05 * (last - zero)
        return cls(
            response.doses,
            response.rates,
            np.concatenate([[zero], log]),
            first - 0.5 * room,
            (zero - margin, last + margin),
        )

    @property
    def width(self) -> float:
        """Its length in its own units."""
        return self.limits[1] - self.limits[0]

    def place(self, dose: float) -> float:
        """Where this many points stand."""
        return float(np.log10(dose)) if dose > 0 else float(self.places[0])

    def place_of_rate(self, rate: float) -> float:
        """Where this poison rate stands: between the doses on either side, beyond them in proportion."""
        if len(self.doses) < 2:
            return float("inf")
        known = np.log10(self.rates[1:])
        at = float(np.log10(rate))
        if at < known[0]:
            return float(self.places[1] + at - known[0])
        if at > known[-1]:
            return float(self.places[-1] + at - known[-1])
        return float(np.interp(at, known, self.places[1:]))

    def holds_rate(self, rate: float) -> bool:
        """Whether this rate lies on the axis, right of the break."""
        return self.gap < self.place_of_rate(rate) <= self.limits[1]

    @property
    def quoted(self) -> tuple[QuotedRate, ...]:
        """The quoted rates that have a line on this axis."""
        return tuple(one for one in QUOTED_RATES if self.holds_rate(one.rate))

    def quoted_words(self) -> str:
        """Which quoted rates have a dotted line on this axis and which lie off it, each with its source."""
        on = self.quoted
        off = _told(tuple(one for one in QUOTED_RATES if one not in on))
        if not on:
            return f"Off the axis: {off}."
        return f"Dotted: {_told(on)}{'; off the axis: ' * bool(off)}{off}."

    def beside(self, seeds: int) -> NDArray[np.float64]:
        """How far from a dose's place the points of its seeds stand, side by side: (seeds,)."""
        least = float(np.diff(self.places).min(initial=np.inf))
        half = min(0.012 * self.width, 0.3 * least)
        return np.linspace(-half, half, seeds) if seeds > 1 else np.zeros(seeds)

    def ticks(self) -> tuple[list[int], list[int]]:
        """Numbers of points with words, 0 first, and those without."""
        low, high = self.gap, self.limits[1]
        whole = [m * 10**k for k in range(8) for m in range(1, 10) if low <= np.log10(m * 10**k) <= high]
        leading = [d for d in whole if str(d)[0] in ("125" if high - low < 2.6 else "1")]
        return [0, *leading], [d for d in whole if d not in leading]

    def rate_ticks(self) -> list[float]:
        """Rates with words: decades, or also twice and five times those where there is room."""
        near = self.limits[1] - self.gap < 2.1
        shown = [m * 10.0**k for k in range(-9, 1) for m in ((1, 2, 5) if near else (1,))]
        return [rate for rate in shown if self.holds_rate(rate)]


def _told(rates: Sequence[QuotedRate]) -> str:
    """Rates with what they are of, those of one source together."""
    parts = []
    for source in dict.fromkeys(one.source for one in rates):
        named = [f"{percent(one.rate)} ({one.kind})" for one in rates if one.source == source]
        parts.append(f"{', '.join(named)}, {source}")
    return "; ".join(parts)


def percent(rate: float) -> str:
    """A rate as a percentage, never in powers of ten and never broken over lines: 0.00001 %."""
    return f"{100 * rate:.10f}".rstrip("0").rstrip(".") + "\u00a0%"
