"""What a trained model does under small pushes: in noise, along its gradient, and the measures of all that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.record.measures import Measure

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
