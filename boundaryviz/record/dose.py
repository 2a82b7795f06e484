"""How much poison does how much: what a learner's answers change with the dose. Plain numbers, nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

Varies = Literal["training", "data", "poison", "nothing"]
"""What the seeds stand for: weights, batches and noise; the points drawn; where the poison falls; no seeds at all."""

BAND = "95 % over the seeds: t interval of the flip rate, Wilson interval of the attack success"


@dataclass(frozen=True, eq=False)
class Band:
    """The mean over the seeds that count, and its 95 % interval within 0..1, each (doses,). NaN: no such number."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DoseCurve:
    """How one learner answers to D doses over S seeds.

    learner: the family's name. title: in words. steps: training steps done so far.
    flip_rate: float64 (D, S), the share of test points that the dose turns over. success: float64 (D, S), the share
    of pins that are the attacker's, None without pins. NaN where training diverged, with this dose or without.
    """

    learner: str
    title: str
    supervised: bool
    varies: Varies
    steps: int
    flip_rate: NDArray[np.float64]
    success: NDArray[np.float64] | None

    @property
    def left_out(self) -> NDArray[np.int64]:
        """How many seeds do not count, of each dose, (D,)."""
        return np.isnan(self.flip_rate).sum(axis=1)

    @property
    def seeds_words(self) -> str:
        """How many seeds there are, of what, and how many are left out."""
        if self.varies == "nothing":
            return "nothing is random, one fit for each dose"
        k, lost = self.flip_rate.shape[1], int(self.left_out.max(initial=0))
        words = f"{k} {self.varies} seed{'s' * (k > 1)}"
        return f"{words}, up to {lost} left out because training diverged" if lost else words

    def flip_band(self) -> Band:
        """Mean flip rate with its t interval."""
        return _t(self.flip_rate)

    def success_band(self) -> Band | None:
        """Mean attack success with its Wilson interval, in which a seed is a trial."""
        return None if self.success is None else _wilson(self.success)

    def plain(self) -> dict[str, Any]:
        """For JSON, in which NaN is null."""
        found: dict[str, Any] = {
            "learner": self.learner, "title": self.title, "supervised": self.supervised, "seeds_vary": self.varies,
            "steps": self.steps, "left_out": self.left_out.tolist(),
            "flip_rate": _plain_band(self.flip_band(), self.flip_rate), "attack_success_rate": None,
        }  # fmt: skip
        band = self.success_band()
        if band is not None and self.success is not None:
            found["attack_success_rate"] = _plain_band(band, self.success)
        return found

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """From what `plain` gave."""
        success = values["attack_success_rate"]
        return cls(
            values["learner"], values["title"], values["supervised"], values["seeds_vary"], values["steps"],
            _array(values["flip_rate"]["per_seed"]), None if success is None else _array(success["per_seed"]),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class DoseResponse:
    """The curves of several learners over the same D doses.

    scenario: its name. title, attack: in words. doses: (D,) points planted or flipped, rising from 0. rates: (D,),
    their share of all training points, unlabelled ones included.
    """

    scenario: str
    title: str
    attack: str
    doses: tuple[int, ...]
    rates: tuple[float, ...]
    curves: tuple[DoseCurve, ...] = ()

    def with_curve(self, curve: DoseCurve) -> DoseResponse:
        """With this curve after the others, or in the place of the one of the same title."""
        at = next((i for i, one in enumerate(self.curves) if one.title == curve.title), len(self.curves))
        return replace(self, curves=(*self.curves[:at], curve, *self.curves[at + 1 :]))

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "scenario": self.scenario, "title": self.title, "attack": self.attack, "doses": list(self.doses),
            "rates": list(self.rates), "band": BAND, "learners": [curve.plain() for curve in self.curves],
        }  # fmt: skip

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """From what `plain` gave. Raises KeyError or TypeError for anything else."""
        curves = tuple(DoseCurve.parse(one) for one in values["learners"])
        return cls(
            values["scenario"],
            values["title"],
            values["attack"],
            tuple(values["doses"]),
            tuple(values["rates"]),
            curves,
        )


def _t(values: NDArray[np.float64]) -> Band:
    """Student's interval of the mean over the seeds, cut off at 0 and 1; no interval for a single seed."""
    from scipy.special import stdtrit

    n, mean = _counted(values)
    square = np.where(np.isnan(values), 0.0, (values - mean[:, None]) ** 2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = stdtrit(np.maximum(n - 1, 1), 0.975) * np.sqrt(square / (n - 1) / n)
    half = np.where(n > 1, half, np.nan)
    return Band(mean, np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0))


def _wilson(values: NDArray[np.float64]) -> Band:
    """Wilson's score interval (1927, eq. for p) of a share of n seeds; no interval for a single seed.

    With several pins a seed's success is a share itself, which makes the interval too wide rather than too narrow.
    """
    n, mean = _counted(values)
    z = 1.959964
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (mean + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(mean * (1 - mean) / n + z**2 / (4 * n**2))
    half = np.where(n > 1, half, np.nan)
    return Band(mean, np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0))


def _counted(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """How many seeds count, and their mean: (D,) each."""
    known = np.isfinite(values)
    n = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return n, np.where(known, values, 0.0).sum(axis=1) / n


def _plain_band(band: Band, values: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "mean": _nulls(band.mean), "low": _nulls(band.low), "high": _nulls(band.high),
        "per_seed": [_nulls(row) for row in values],
    }  # fmt: skip


def _nulls(values: NDArray[np.float64]) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]


def _array(rows: list[list[float | None]]) -> NDArray[np.float64]:
    return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=np.float64)
