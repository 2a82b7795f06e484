"""Poison made for one learner, tried on others: by how much the error of each rises. Plain numbers, nothing heavy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.records import Records, Tabular


@dataclass(frozen=True)
class Party:
    """A learner of the matrix. values: what is set in a scenario so that it is trained, by dotted path.

    crafts: whether poison is made for it; to make some for a forest takes minutes.
    """

    name: str
    title: str
    values: tuple[tuple[str, Any], ...]
    crafts: bool = True


def _fitted(name: str, title: str, learner: str, crafts: bool = True, **settings: Any) -> Party:
    values = {"learner.name": learner} | {f"learner.{key}": value for key, value in settings.items()}
    return Party(name, title, tuple(values.items()), crafts)


_NET: Final = {
    "learner.name": "mlp", "learner.hidden": [16, 16], "learner.activation": "tanh", "training.steps": 300,
    "training.learning_rate": 0.01, "training.batch_size": "full",
}  # fmt: skip
PARTIES: Final = (
    _fitted("linear", "linear SVM", "SVC", kernel="linear"),
    _fitted("rbf", "RBF SVM", "SVC", kernel="rbf", gamma=2.0),
    _fitted("logistic", "logistic", "LogisticRegression"),
    _fitted("knn", "5 neighbours", "KNeighborsClassifier", n_neighbors=5),
    _fitted("tree", "tree", "DecisionTreeClassifier", max_depth=5),
    _fitted("bayes", "naive Bayes", "GaussianNB"),
    _fitted("forest", "forest", "RandomForestClassifier", crafts=False, n_estimators=30),
    Party("net", "net", tuple(_NET.items())),
)
RANDOM: Final = "random flips"
"""The last row: labels flipped at random, which are made for nobody."""


@dataclass(frozen=True, eq=False)
class Transfer(Tabular):
    """The rise of the test error, over S draws of the data.

    made_for: titles of the R rows. tried_on: titles of the C columns. clean: float64 (C, S), the errors without poison.
    rise: float64 (R, C, S), with it less without, on the same draw; NaN where a draw is still to come. count: points of
    the attack, of `points` training points. method: its title.
    """

    scenario: str
    title: str
    method: str
    count: int
    points: int
    data_seeds: tuple[int, ...]
    made_for: tuple[str, ...]
    tried_on: tuple[str, ...]
    clean: NDArray[np.float64]
    rise: NDArray[np.float64]

    @property
    def done(self) -> int:
        """Of how many rows and draws something is known."""
        return int(np.isfinite(self.rise).any(axis=1).sum())

    @property
    def draws_words(self) -> str:
        """'1 draw', '20 draws'."""
        return f"{len(self.data_seeds)} draw{'s' * (len(self.data_seeds) != 1)}"

    def middle(self, row: int, column: int) -> tuple[float, float]:
        """The mean rise over the draws, and its standard deviation; NaN where there is no such number."""
        known = self.rise[row, column][np.isfinite(self.rise[row, column])]
        if not len(known):
            return math.nan, math.nan
        return float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else math.nan

    def plain(self) -> dict[str, Any]:
        """For JSON, in which what is not known is null."""
        cells = []
        for r, made in enumerate(self.made_for):
            for c, tried in enumerate(self.tried_on):
                mean, spread = self.middle(r, c)
                cells.append({"made_for": made, "tried_on": tried, "rise": _null(mean), "std": _null(spread)})
        return {
            "scenario": self.scenario, "method": self.method, "count": self.count, "points": self.points,
            "data_seeds": list(self.data_seeds), "cells": cells,
        }  # fmt: skip

    @override
    def rows(self) -> Records:
        """A row for each learner it is made for, learner it is tried on, and draw."""
        return Records(
            {
                "scenario": self.scenario, "method": self.method, "made_for": made, "tried_on": tried,
                "data_seed": seed, "clean_error": float(self.clean[c, k]), "rise": float(self.rise[r, c, k]),
            }
            for r, made in enumerate(self.made_for)
            for c, tried in enumerate(self.tried_on)
            for k, seed in enumerate(self.data_seeds)
        )  # fmt: skip

    def __str__(self) -> str:
        lines = [
            f"{self.title}: rise of the test error in points of %, made for (rows), tried on {', '.join(self.tried_on)}"
        ]
        for r, made in enumerate(self.made_for):
            cells = [cell_words(*self.middle(r, c)) for c in range(len(self.tried_on))]
            lines.append(f"  {made}: " + ", ".join(cells))
        return "\n".join(lines)


def cell_words(mean: float, spread: float) -> str:
    """'+8.2 ± 1.3' in points of per cent; a dash for none."""
    if math.isnan(mean):
        return "\u2013"
    return f"{round(100 * mean, 1) + 0.0:+.1f}" + ("" if math.isnan(spread) else f" ± {100 * spread:.1f}")


def _null(value: float) -> float | None:
    return value if math.isfinite(value) else None
