"""A learner: the nearer the mean of a class, the likelier the class."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.family import LearnerSettings, family
from boundaryviz.learners.fitted_learner import Decide, FittedLearner
from boundaryviz.scene.specs import setting


@family("boundaryviz_example.midpoint:Midpoint", at_once=True, seeded=False)
class MidpointSpec(LearnerSettings):
    """The class whose mean is nearest; its share falls off with the distance."""

    TITLE: ClassVar[str] = "Midpoint"
    name: Literal["midpoint"] = "midpoint"
    softness: float = setting(1.0, "Softness", "How slowly shares fall off.", gt=0.0, le=100.0, log=True)


class Midpoint(FittedLearner):
    """See `FittedLearner`."""

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        known = np.unique(label[label >= 0])
        means = np.stack([x[label == k].mean(axis=0) for k in known])
        softness, classes = self._spec.softness, self.problem.classes

        def decide(places: NDArray[np.float64]) -> NDArray[np.float64]:
            far = np.minimum(((places[:, None] - means) ** 2).sum(axis=2) / softness, 1e300)
            near = np.exp(far.min(axis=1, keepdims=True) - far)
            result = np.zeros((len(places), classes))
            result[:, known] = near / near.sum(axis=1, keepdims=True)
            return result

        return decide
