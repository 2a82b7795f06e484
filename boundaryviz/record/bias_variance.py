"""What came of models trained on many samples of the data: maps of bias and variance, and their means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from typing_extensions import override

from boundaryviz.record.decomposition import MEASURES, Decomposition
from boundaryviz.record.records import Records, Tabular
from boundaryviz.scene.scene import Domain

How = Literal["fresh", "bootstrap"]
Truth = Literal["probabilities", "labels"]

BOOTSTRAP_WARNING = (
    "The samples are bootstraps of one data set, because no data seed draws these points anew. They share most of "
    "their points: bias looks larger than it is, and variance is not that of fresh data."
)


@dataclass(frozen=True, eq=False)
class BiasVariance(Tabular):
    """Bias and variance of one learner over the plane, and on test points.

    label: what was set for this one, in words; may be empty. how: whether every sample was drawn afresh, or from the
    points there are. samples: how many models count, of `asked`; lost: how many did not, because training diverged.
    truth: whether it is measured against how probable the classes are at a place, or against labels of test points, so
    that it is known on those alone. shape: rows and columns of `plane`, cells of `rect` row by row from the bottom.
    """

    scenario: str
    title: str
    learner: str
    label: str
    how: How
    samples: int
    asked: int
    lost: int
    truth: Truth
    label_noise: float
    class_names: tuple[str, ...]
    rect: Domain
    shape: tuple[int, int]
    plane: Decomposition
    test: Decomposition

    @property
    def measures(self) -> dict[str, float]:
        """The means over the test points, by the names in `MEASURES`; NaN before the first model."""
        return self.test.means()

    def samples_words(self) -> str:
        """'100 fresh samples', '30 of 100 bootstrap samples so far'."""
        kind = "fresh samples" if self.how == "fresh" else "bootstrap samples"
        done = self.samples + self.lost
        words = f"{done:,} {kind}" if done == self.asked else f"{done:,} of {self.asked:,} {kind} so far"
        return words + f", {self.lost:,} left out because training diverged" * bool(self.lost)

    def truth_words(self) -> str:
        """Against what it is measured."""
        flips = f", {100 * self.label_noise:.3g} % of the labels flipped" if self.label_noise else ""
        if self.truth == "probabilities":
            return f"against the classes' true probabilities at each place{flips}"
        return f"against the labels of the test points{flips}; on the plane the truth is not known"

    def warning(self) -> str:
        """What has to be said with the numbers; may be empty."""
        return BOOTSTRAP_WARNING if self.how == "bootstrap" else ""

    def plain(self) -> dict[str, Any]:
        """For JSON: the means, not the maps."""
        return {
            "scenario": self.scenario,
            "learner": self.learner,
            "label": self.label,
            "samples": self.samples,
            "asked": self.asked,
            "left_out": self.lost,
            "sampled": self.how,
            "truth": self.truth,
            "label_noise": self.label_noise,
            "test_points": self.test.votes.shape[1],
            "test": _plain(self.test.means()),
            "places": self.plane.votes.shape[1],
            "plane": _plain(self.plane.means()),
        } | ({"warning": self.warning()} if self.warning() else {})

    @override
    def rows(self) -> Records:
        """A row for the test points and one for the plane, with the mean of each measure."""
        about = {"scenario": self.scenario, "learner": self.learner, "label": self.label, "samples": self.samples}
        return Records(
            about | {"over": over, "sampled": self.how} | part.means()
            for over, part in (("test", self.test), ("plane", self.plane))
        )

    def __str__(self) -> str:
        return "\n".join([f"{self.title}: {self.learner}, {self.samples_words()}", *_lines(self.measures)])


def _plain(means: dict[str, float]) -> dict[str, float | None]:
    return {name: None if math.isnan(value) else value for name, value in means.items()}


def _lines(measures: dict[str, float]) -> list[str]:
    return [f"  {name.replace('_', ' ')}: {measures[name]:.4f}" for name in MEASURES]
