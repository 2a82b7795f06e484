"""What a trained model does under small pushes: in noise, along its gradient, and the measures of all that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.evasion.pushes import Pushes, Robustness
from boundaryviz.evasion.settings import METHODS as ATTACKS
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.record.measures import Measure
from boundaryviz.record.metrics import Metric, Metrics
from boundaryviz.record.records import Records, Tabular
from boundaryviz.record.rounding import rounded
from boundaryviz.record.seeds import Varies, seeds_words
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Scene

METHODS: dict[str, str] = {
    "exact": "the nearest point of the boundary",
    "fgsm": "one step along the gradient",
    "pgd": "projected gradient descent",
    "deepfool": "DeepFool",
    "adaptive": "the attacker who knows the defence",
    "random": "a random direction",
    "universal": "the best push common to all points",
}
"""How points are pushed, by the name in measures. In more than two inputs the nearest point of the boundary is not
known, and the best that any attack finds stands in for it."""
SIGMAS = (0.1, 0.2, 0.3)
"""Standard deviations of the noise, in the scene's units, in which error and distance are held against each other."""

MEASURES: dict[str, Measure] = {
    "accuracy": Measure("test points decided rightly", True),
    "distance": Measure("distance to the nearest point that is decided otherwise, median of the test points"),
    "distance_plane": Measure("that distance within the plane shown, median of the test points"),
    "off_plane": Measure("share of the shortest push that leads off the plane, median of the test points", True),
    "shrinks": Measure("distance without the lift, in times the distance with it, medians of the test points"),
    "random_flips": Measure("decisions that a push as long as the shortest one turns in a random direction", True),
    **{
        f"robust_{name}": Measure(f"test points right at epsilon against {words}", True)
        for name, words in METHODS.items()
    },
    **{
        f"success_{name}": Measure(f"rightly decided test points turned at epsilon by {words}", True)
        for name, words in METHODS.items()
    },
    "robust_universal_class": Measure("test points right at epsilon against the best push common to a class", True),
    **{
        f"noise_error_{k}": Measure(f"decisions turned by Gaussian noise of {sigma:g}", True)
        for k, sigma in enumerate(SIGMAS, 1)
    },
    **{
        f"half_space_{k}": Measure(f"what the distance says of noise of {sigma:g}, by a flat boundary", True)
        for k, sigma in enumerate(SIGMAS, 1)
    },
    "noise_gap": Measure("largest difference between the two, over the three noises", True),
    "certified": Measure("radius certified by randomised smoothing, median of the test points"),
    "smoothed_distance": Measure("distance to the boundary of the smoothed decision, median of the test points"),
    "violations": Measure("certified radii that are larger than the distance to the smoothed boundary", True),
    "straight": Measure("share of the lead's fall along the gradient, up to epsilon, that a straight line has", True),
    "fall": Measure("fall of the lead by a push of epsilon, in times what the gradient says, median"),
}
"""What is measured of a model under pushes, on the test points of the scenario and at its epsilon."""
OF_TWO_RUNS = frozenset({"shrinks"})
"""Those that compare two runs, and are had for expectations alone."""


@dataclass(frozen=True, eq=False)
class NoiseRelation:
    """Decisions in Gaussian noise beside what their distance says of them (Ford, Gilmer and others 2019, section 4).

    sigmas: float64 (S,). distance: float64 (N,), of each point from where it is decided otherwise. measured: float64
    (S, N), the share of draws of noise in which a point is decided otherwise than without; draws: how many there were.
    predicted: float64 (S, N), that share where the boundary is a plane at this distance, Phi(-distance / sigma).
    exact: whether the distance is exact, or an upper bound that attacks have found.
    """

    sigmas: NDArray[np.float64]
    distance: NDArray[np.float64]
    measured: NDArray[np.float64]
    predicted: NDArray[np.float64]
    draws: int
    exact: bool = True

    @property
    def means(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The share of decisions turned, measured and predicted, (S,) each."""
        return self.measured.mean(axis=1), self.predicted.mean(axis=1)

    @property
    def gap(self) -> float:
        """The largest difference between the two."""
        measured, predicted = self.means
        return float(np.abs(measured - predicted).max())


@dataclass(frozen=True, eq=False)
class Linearity:
    """The answer along the gradient (Goodfellow, Shlens and Szegedy 2015, section 3).

    lengths: float64 (T,), of the push, from 0; epsilon: that of the scenario. lead: float64 (N, T), by how much the
    logit of the class decided at the start leads that of its rival there, after a push along the gradient of this lead
    at the start, downwards. slope: float64 (N,), the change of the lead for each unit of length by that gradient, below
    0. norm: of the length; in L-infinity the push goes along the gradient's signs.
    """

    lengths: NDArray[np.float64]
    lead: NDArray[np.float64]
    slope: NDArray[np.float64]
    epsilon: float
    norm: str = "l2"

    @property
    def tangent(self) -> NDArray[np.float64]:
        """What the gradient says of the lead, (N, T)."""
        return self.lead[:, :1] + self.slope[:, None] * self.lengths

    @property
    def share(self) -> NDArray[np.float64]:
        """The lead in times that at the start, (N, T)."""
        return self.lead / self.lead[:, :1]

    def straightness(self) -> NDArray[np.float64]:
        """Of each point the share of the lead's variance up to epsilon that the best straight line has, (N,); 1 where
        the lead does not change."""
        some = self.lengths <= self.epsilon * (1 + 1e-9)
        t, lead = self.lengths[some], self.lead[:, some]
        away, moved = t - t.mean(), lead - lead.mean(axis=1, keepdims=True)
        total = (moved**2).sum(axis=1)
        rest = total - (moved @ away) ** 2 / (away @ away)
        return 1.0 - np.divide(rest, total, out=np.zeros_like(total), where=total > 0)

    def fall(self) -> NDArray[np.float64]:
        """Of each point how far the lead falls by a push of epsilon, in times what the gradient says, (N,); NaN where
        the gradient is 0."""
        at = int(np.abs(self.lengths - self.epsilon).argmin())
        said = -self.slope * self.lengths[at]
        fell = self.lead[:, 0] - self.lead[:, at]
        return np.divide(fell, said, out=np.full_like(fell, np.nan), where=said > 0)


@dataclass(frozen=True, eq=False)
class Evaded(Tabular):
    """A trained scenario whose points, or places, were pushed, and what was measured of its models.

    asked: with which settings. pushes: of the model of the first seed, one for each method, all of the same points.
    robustness, noise, linearity: of the same model on its points; None where that cannot be had. metrics: those of
    `MEASURES`, one value for each of the training seeds. refused: of methods and measures that cannot be had: why not.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    varies: Varies
    step: int
    asked: EvasionSpec
    pushes: tuple[Pushes, ...]
    robustness: Robustness | None
    noise: NoiseRelation | None
    linearity: Linearity | None
    metrics: Metrics
    refused: Mapping[str, str] = field(default_factory=dict)

    @override
    def rows(self) -> Records:
        """A row for each push: where it begins and ends, how long it is, and which classes are decided there."""
        return Records(row for pushes in self.pushes for row in push_rows(pushes))

    def plain(self) -> dict[str, Any]:
        """For JSON, in which NaN and infinity are null."""
        curve = self.robustness
        return {
            "scenario": self.scenario.name,
            "learner": self.scenario.learner.name,
            "seeds": list(self.seeds),
            "steps": self.step,
            "evasion": self.asked.model_dump(mode="json"),
            "metrics": {name: metric.plain() for name, metric in self.metrics.items()},
            "pushes": [{name: _plain(value) for name, value in row.items()} for row in self.rows()],
            "robustness": None
            if curve is None
            else {"epsilons": curve.epsilons.tolist(), **{name: line.tolist() for name, line in curve.lines.items()}},
            "words": self.words,
            "refused": dict(self.refused),
        }

    @property
    def words(self) -> list[str]:
        """What is to be said of the pushes, each sentence once."""
        return list(dict.fromkeys(pushes.words for pushes in self.pushes if pushes.words))

    @property
    def seeds_words(self) -> str:
        """What the measures are over: '4 training seeds'."""
        return seeds_words(len(self.seeds), self.varies)

    def __str__(self) -> str:
        lines = [f"{self.scenario.title}, step {self.step:,}: pushes of at most {self.asked.epsilon:g}"]
        lines += [f"  {MEASURES[name].words}: {value_words(name, metric)}" for name, metric in self.metrics.items()]
        return "\n".join([*lines, *self.words])

    __repr__ = __str__


def places_in(scene: Scene, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places (N, 2) of the plane, of one (2,) or several. Raises ScenarioError, in words, for what is none."""
    places = at[None] if at.shape == (2,) else at
    if places.ndim != 2 or places.shape[1] != 2 or not len(places):
        raise ScenarioError([f"at: places have two coordinates each, (n, 2), not {at.shape}"])
    d = scene.domain
    for x, y in places.tolist():
        if not (d.left <= x <= d.right and d.bottom <= y <= d.top):  # NaN lies nowhere
            raise ScenarioError(
                [
                    f"at {x:g},{y:g}: this place lies outside the plane of the data, which goes from {d.left:.3g} to "
                    f"{d.right:.3g} across and from {d.bottom:.3g} to {d.top:.3g} up"
                ]
            )
    return places


def push_rows(pushes: Pushes) -> Records:
    """A row for each push."""
    columns = {
        "id": pushes.ids, "x": pushes.places[:, 0], "y": pushes.places[:, 1], "from_class": pushes.from_class,
        "end_x": pushes.ends_xy[:, 0], "end_y": pushes.ends_xy[:, 1], "to_class": pushes.to_class,
        "length": pushes.length, "flipped": pushes.flipped, "within_epsilon": pushes.within,
        "off_plane": pushes.off_plane,
    }  # fmt: skip
    if pushes.certificates is not None:
        columns["certified"] = pushes.certificates
    return Records(
        {"method": pushes.method} | dict(zip(columns, values, strict=True))
        for values in zip(*(column.tolist() for column in columns.values()), strict=True)
    )


def title_of(pushes: Pushes) -> str:
    """What the method is called."""
    return ATTACKS[pushes.method]


def value_words(name: str, metric: Metric) -> str:
    """A measure as it is told: shares in per cent, lengths as they are."""
    times, unit = (100, "%") if MEASURES[name].share else (1, "")
    return rounded(times * metric.mean, times * metric.std, unit=unit)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
