"""A learner whose decisions follow a rule of costs or a threshold: the one place where probabilities become classes by
anything but the likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.assessing import Assess, assessing
from boundaryviz.learners.base import Answers, Learner
from boundaryviz.scenario.decision import Rule


class Deciding:
    """Another learner, of which everything but the predicted classes is handed on; see `Learner` for the contract."""

    def __init__(self, learner: Learner, rule: Rule) -> None:
        self.learner, self.rule = learner, rule

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__dict__["learner"], name)

    def predict(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """Predicted classes at `x` (G, D), by the rule: (R, G), or (1, G) of one replica; -1 where undecided."""
        return self.rule.decide(self.learner.probabilities(x, replica))

    def assess(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Answers:
        """As `Learner.assess`, with the classes predicted by the rule."""
        return self._decided(self.learner.assess(x, label, response))

    def assessing(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Assess:
        """As `assess` of these points, again and again; see `assessing.Assess`."""
        assess = assessing(self.learner, x, label, response)
        return lambda: ((part, self._decided(answers)) for part, answers in assess())

    def _decided(self, answers: Answers) -> Answers:
        return answers._replace(predicted=self.rule.decide(shares_of(self.learner, answers.scores)))

    def evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """As `Learner.evaluate`, with the classes predicted by the rule."""
        return self.assess(x, label, response)[:2]

    def staged_evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], stages: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """As `FittedLearner.staged_evaluate`, with the classes predicted by the rule."""
        fitted: Any = self.learner
        loss = fitted.staged_evaluate(x, label, stages)[0]
        p = fitted.staged(x, stages).swapaxes(2, 3)
        return loss, np.stack([self.rule.decide(one) for one in p])


def shares_of(learner: Learner, scores: NDArray[np.floating]) -> NDArray[np.float32]:
    """Class probabilities (R, C, M) of what a learner's scores (R, 1 or C, M) show."""
    p = learner.shown(scores.transpose(1, 0, 2).astype(np.float32))  # (1 or C, R, M)
    if len(p) == 1:
        p = np.concatenate([1 - p, p])
    return p.transpose(1, 0, 2)


def deciding(learner: Learner, rule: Rule) -> Learner:
    """The learner as it is, where the rule takes the likeliest class, or one that decides by the rule."""
    return learner if rule.plain else Deciding(learner, rule)
