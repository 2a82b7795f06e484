"""Attacks against defences: what each does undefended, defended, and once the attacker knows the defence. Plain.

A defence is called one only where an attacker that knows it was let loose on it: no cell is without.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.intervals import wilson
from boundaryviz.record.records import Records, Tabular

Harm = Literal["success", "error"]

HARM: Final[dict[Harm, str]] = {
    "success": "share of draws on which the target is the attacker's",
    "error": "test error",
}
NO_CERTIFICATE: Final = {
    "success": "none is known",
    "error": "not of a filter",
}
"""What the column of certificates says: it is empty."""
CERTIFICATE_WORDS: Final = {
    "success": "No certificate is known for points that are inserted without a label: that column stands empty.",
    "error": "No filter gives a certificate; votes over parts of the data do, for labelled points alone.",
}


_HARMLESS: Final = 0.005  # what an attack must do at least, so that there is something to be kept


@dataclass(frozen=True, eq=False)
class Variant:
    """What an attacker that knows the defence tries instead, and its harm, float64 (S,).

    points: how many it plants or flips. settings: of a scenario in which it is seen, by dotted path.
    """

    words: str
    points: int
    harm: NDArray[np.float64]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Cell:
    """One attack against one defence, over S draws of the data; float64 (S,) each, NaN where there is no such number.

    clean, clean_defended: the harm without poison, which is what there is to lose, and what the defence costs.
    undefended, defended: with the attack. variants: of the adaptive attacker. caught: the share of the poison removed.
    lost: the share of clean points removed from data without poison. seconds: that one verdict took.
    settings, attack_settings: of a scenario with the defence, and with the attack.
    """

    attack: str
    attack_title: str
    defence: str
    defence_title: str
    points: int
    clean: NDArray[np.float64]
    clean_defended: NDArray[np.float64]
    undefended: NDArray[np.float64]
    defended: NDArray[np.float64]
    caught: NDArray[np.float64]
    lost: NDArray[np.float64]
    seconds: NDArray[np.float64]
    variants: tuple[Variant, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    attack_settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """On how many draws it is known."""
        return int(np.isfinite(self.clean).sum())

    @property
    def strongest(self) -> Variant:
        """The adaptive attacker's best over all draws, the attack as it is among them; the cheapest of equals."""
        own = Variant("as it is", self.points, self.defended)
        known = [one for one in (own, *self.variants) if np.isfinite(one.harm).any()]
        return max(known, key=lambda one: (mean(one.harm), -one.points), default=own)

    @property
    def adaptive(self) -> NDArray[np.float64]:
        """The harm that it does, (S,)."""
        return self.strongest.harm

    @property
    def kept(self) -> float:
        """How much of the harm the attacker does who knows the defence; see `kept_by`."""
        return self.kept_by(self.adaptive)

    def kept_by(self, values: NDArray[np.float64]) -> float:
        """How much these harms (S,) are of the most that is done in this cell, defended or not: 0 none, 1 all of it.

        NaN where nobody does any harm.
        """
        most = max(self._gain(one) for one in (self.undefended, self.defended, self.adaptive))
        return float(np.clip(self._gain(values) / most, 0.0, 1.0)) if most > _HARMLESS else math.nan

    def _gain(self, values: NDArray[np.float64]) -> float:
        """What these harms are above the one without poison."""
        return mean(values) - mean(self.clean)

    @property
    def holds(self) -> bool:
        """Whether it may be called a defence against this attack: nobody who was tried does half the harm of the attack
        undefended, or, where that does none, any."""
        return bool(self._gain(self.adaptive) < max(self._gain(self.undefended) / 2, _HARMLESS))

    @property
    def verdict(self) -> str:
        """Whether it may be called a defence against this attack."""
        if math.isnan(self.kept):
            return "no harm" if self.done else "\u2026"
        return "holds" if self.holds else "broken"

    def opened(self, column: int) -> dict[str, Any]:
        """The settings of a scenario in which this column of a table is seen: without the defence, with it, or with it
        against whoever knows it."""
        attack = dict(self.attack_settings)
        if column == HARMS[0]:
            return attack | {"defence.defence": "none"}
        return attack | (dict(self.strongest.settings) if column in (3, 4) else {}) | dict(self.settings)


@dataclass(frozen=True, eq=False)
class Scoreboard(Tabular):
    """Cells, attack by attack and within each defence by defence. harm: what is measured. points: training points."""

    scenario: str
    title: str
    learner: str
    harm: Harm
    points: int
    data_seeds: tuple[int, ...]
    cells: tuple[Cell, ...]

    @property
    def attacks(self) -> list[str]:
        """Titles of the attacks, in order."""
        return list(dict.fromkeys(cell.attack_title for cell in self.cells))

    @property
    def defences(self) -> list[str]:
        """Titles of the defences, in order."""
        return list(dict.fromkeys(cell.defence_title for cell in self.cells))

    def cell(self, attack: str, defence: str) -> Cell | None:
        """By titles."""
        found = (cell for cell in self.cells if (cell.attack_title, cell.defence_title) == (attack, defence))
        return next(found, None)

    def words(self, values: NDArray[np.float64]) -> str:
        """A harm over the draws as it is shown: '.75 (.41 to .93)', '11.4 ± 2.1 %'; a dash for none."""
        known = values[np.isfinite(values)]
        if not len(known):
            return "\u2013"
        if self.harm == "success":
            low, high = (float(end) for end in wilson(known.mean(), len(known)))
            return f"{known.mean():.2f} ({low:.2f} to {high:.2f})"
        spread = f" ± {100 * known.std(ddof=1):.1f}" if len(known) > 1 else ""
        return f"{100 * known.mean():.1f}{spread} %"

    def short(self, values: NDArray[np.float64]) -> str:
        """The same without what lies around it: '.75', '11.4 %'."""
        middle = mean(values)
        if math.isnan(middle):
            return "\u2013"
        return f"{middle:.2f}" if self.harm == "success" else f"{100 * middle:.1f} %"

    def told(self, cell: Cell) -> tuple[str, ...]:
        """The words of a row of a table, under `HEADINGS`."""
        none = NO_CERTIFICATE[self.harm]
        if not cell.done:
            return (cell.defence_title, *("\u2026",) * (len(HEADINGS) - 2), none)
        seconds = mean(cell.seconds)
        return (
            cell.defence_title, *(self.words(one) for one in (cell.undefended, cell.defended, cell.adaptive)),
            cell.strongest.words, cell.verdict, *(_percent(mean(one)) for one in (cell.caught, cell.lost)),
            "\u2013" if math.isnan(seconds) else f"{seconds:.2g}", none,
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """For JSON, in which what is not known is null."""
        return {
            "scenario": self.scenario, "learner": self.learner, "harm": HARM[self.harm], "points": self.points,
            "data_seeds": list(self.data_seeds), "certificate": CERTIFICATE_WORDS[self.harm],
            "cells": [_plain(cell) for cell in self.cells],
        }  # fmt: skip

    @override
    def rows(self) -> Records:
        """A row for each cell and draw, with the harm of each variant."""
        found = []
        for cell in self.cells:
            for k, seed in enumerate(self.data_seeds):
                about = {"scenario": self.scenario, "attack": cell.attack, "defence": cell.defence, "data_seed": seed}
                numbers = {name: float(getattr(cell, name)[k]) for name in COLUMNS}
                found.append(
                    about | numbers | {"adaptive": float(cell.adaptive[k]), "adaptive_as": cell.strongest.words}
                )
        return Records(found)

    def __str__(self) -> str:
        lines = [
            f"  {cell.attack_title} against {cell.defence_title}: undefended {self.words(cell.undefended)}, defended "
            f"{self.words(cell.defended)}, attacker who knows {self.words(cell.adaptive)} by {cell.strongest.words}"
            for cell in self.cells
            if cell.done
        ]
        return "\n".join([f"{self.title}: {HARM[self.harm]}", *lines, f"  {CERTIFICATE_WORDS[self.harm]}"])


HEADINGS: Final = (
    "defence", "undefended", "defended", "who knows it", "by", "verdict", "caught", "clean lost", "seconds",
    "certificate",
)  # fmt: skip
"""Of the columns of a table."""
HARMS: Final = (1, 2, 3)
"""Which of them are harms."""
COLUMNS: Final = ("clean", "clean_defended", "undefended", "defended", "caught", "lost", "seconds")
"""The measures of a cell, of each draw."""


def mean(values: NDArray[np.float64]) -> float:
    """Over the draws that have a value; NaN where none has."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def _plain(cell: Cell) -> dict[str, Any]:
    strongest = cell.strongest
    return {
        "attack": cell.attack, "defence": cell.defence, "points": cell.points, "kept": _null(cell.kept),
        "adaptive": {"as": strongest.words, "points": strongest.points, "harm": _null(mean(strongest.harm))},
        "variants": [{"as": v.words, "points": v.points, "harm": _null(mean(v.harm))} for v in cell.variants],
        **{name: _null(mean(getattr(cell, name))) for name in COLUMNS},
    }  # fmt: skip


def _percent(share: float) -> str:
    return "\u2013" if math.isnan(share) else f"{100 * share:.2g} %"


def _null(value: float) -> float | None:
    return value if math.isfinite(value) else None
