"""How much poison does how much: what a learner's answers change with the dose. Plain numbers, nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.intervals import wilson
from boundaryviz.record.metrics import ALL_PINS, ATTACKED_PINS
from boundaryviz.record.records import Records, Tabular
from boundaryviz.record.seeds import Varies, seeds_words

BAND = (
    "flip rate: mean over the seeds, low and high are the least and the greatest seed; "
    "attack success: 95 % Wilson interval in which a seed is a trial"
)


@dataclass(frozen=True, eq=False)
class Band:
    """The mean over the seeds that count, and what lies around it within 0..1, each (doses,). NaN: no such number."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DoseCurve:
    """How one learner answers to D doses over S seeds.

    learner: the family's name. title: in words. steps: training steps done so far.
    flip_rate: float64 (D, S), the share of test points that the dose turns over. success: float64 (D, S), of the pins
    that dose 0 of the same seed does not already give to the attacker the share that the dose does, None without pins;
    NaN at dose 0, where nothing is attacked, and where no such pin is left. already: float64 (S,), the share of pins
    that dose 0 gives; None in a record of an older version, whose `success` is of all pins. All are NaN where training
    diverged, with this dose or without.
    """

    learner: str
    title: str
    supervised: bool
    varies: Varies
    steps: int
    flip_rate: NDArray[np.float64]
    success: NDArray[np.float64] | None
    already: NDArray[np.float64] | None = None

    @property
    def left_out(self) -> NDArray[np.int64]:
        """How many seeds do not count, of each dose, (D,)."""
        return np.isnan(self.flip_rate).sum(axis=1)

    @property
    def seeds_words(self) -> str:
        """How many seeds there are, of what, and how many are left out."""
        if self.varies == "nothing":
            return "nothing is random, one fit for each dose"
        words, lost = seeds_words(self.flip_rate.shape[1], self.varies), int(self.left_out.max(initial=0))
        return f"{words}, up to {lost} left out because training diverged" if lost else words

    def flip_band(self) -> Band:
        """Mean flip rate, and its least and greatest seed.

        No interval: over few seeds that either flip or do not, Student's and the bootstrap's miss the true mean far
        more often than one time in twenty.
        """
        known = np.isfinite(self.flip_rate)
        low, high = (
            end(np.where(known, self.flip_rate, fill), axis=1) for end, fill in ((np.min, np.inf), (np.max, -np.inf))
        )
        none = ~known.any(axis=1)
        return Band(_counted(self.flip_rate)[1], np.where(none, np.nan, low), np.where(none, np.nan, high))

    def success_band(self) -> Band | None:
        """Mean attack success with its Wilson interval, in which a seed is a trial."""
        return None if self.success is None else _wilson(self.success)

    def already_band(self) -> Band | None:
        """The share of pins that dose 0 gives to the attacker unasked, with its Wilson interval: one number each. None
        where that is not known."""
        return None if self.already is None else _wilson(self.already[None, :])

    @property
    def success_of(self) -> str:
        """Which pins `success` is the share of."""
        return ALL_PINS if self.already is None else ATTACKED_PINS

    @property
    def already_words(self) -> str:
        """How many pins are the attacker's without poison; nothing without pins."""
        if self.success is None:
            return ""
        band = self.already_band()
        if band is None:
            return f"success of {ALL_PINS}, those included that are the attacker's without poison"
        share, low, high = (100 * float(v[0]) for v in (band.mean, band.low, band.high))
        if share != share:
            return ""
        words = f"already so without poison: {share:.3g} % of the pins"
        if share == 100:
            return f"{words}, so none is left to attack"
        return f"{words} ({low:.3g} to {high:.3g})" if share else f"{words}"

    def plain(self) -> dict[str, Any]:
        """For JSON, in which NaN is null."""
        found: dict[str, Any] = {
            "learner": self.learner, "title": self.title, "supervised": self.supervised, "seeds_vary": self.varies,
            "steps": self.steps, "left_out": self.left_out.tolist(),
            "flip_rate": _plain_band(self.flip_band(), self.flip_rate), "attack_success_rate": None,
        }  # fmt: skip
        band, already = self.success_band(), self.already_band()
        if band is not None and self.success is not None:
            found["attack_success_rate"] = _plain_band(band, self.success) | {"of": self.success_of}
        if already is not None and self.already is not None:
            found["already_so"] = {
                name: _nulls(getattr(already, name))[0] for name in ("mean", "low", "high")
            } | {"per_seed": _nulls(self.already)}  # fmt: skip
        return found

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """From what `plain` gave."""
        success, already = values["attack_success_rate"], values.get("already_so")
        return cls(
            values["learner"], values["title"], values["supervised"], values["seeds_vary"], values["steps"],
            _array(values["flip_rate"]["per_seed"]), None if success is None else _array(success["per_seed"]),
            None if already is None else _array([already["per_seed"]])[0],
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class DoseResponse(Tabular):
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

    @override
    def rows(self) -> Records:
        """A row for each learner, dose and seed, the seeds counted from 0."""
        found = []
        for curve in self.curves:
            about = {"scenario": self.scenario, "attack": self.attack, "learner": curve.learner, "title": curve.title}
            for at, (dose, rate) in enumerate(zip(self.doses, self.rates, strict=True)):
                for k, flips in enumerate(curve.flip_rate[at].tolist()):
                    row = about | {"points": dose, "poison_rate": rate, "seed": k, "flip_rate": flips}
                    success = {} if curve.success is None else {"attack_success_rate": float(curve.success[at, k])}
                    found.append(row | success)
        return Records(found)

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


def _wilson(values: NDArray[np.float64]) -> Band:
    """See `intervals.wilson`; the trials are the seeds that count."""
    n, mean = _counted(values)
    return Band(mean, *wilson(mean, n))


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
