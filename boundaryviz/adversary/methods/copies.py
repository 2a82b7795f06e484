"""Where points of poison begin that then wander: copies of training points with another label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.models import training
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError

Beginning = tuple[NDArray[np.float64], int]
"""The inputs (D,) of a point, and its label."""


class Copies:
    """For each of the points that the attack may plant, so many copies of training points that the attacker knows.

    They are labelled as the settings say, or with the next class after their own; none keeps its label. All are drawn
    at once, so that an attack that goes on after a pause draws what it would have drawn.
    Raises AttackError where there is nothing to copy, and for unlabelled poison.
    """

    def __init__(self, problem: Problem, many: int) -> None:
        settings, points = problem.settings, problem.scene.points
        if settings.label == -1:
            raise AttackError("Unlabelled poison does nothing to this learner. Set adversary.label to a class.")
        points = points.take(training(problem.scene))
        points = points.take(points.is_labelled & ~points.is_poison)
        own = points.label.astype(np.int64)
        label = (own + 1) % problem.classes if settings.label is None else np.full(len(own), settings.label)
        differs = own != label
        if not differs.any():
            raise AttackError("There is no training point of another class to copy. Set adversary.label to another.")
        self._x, self._label, self._many = problem.clipped(points.x[differs]), label[differs], many
        every = np.broadcast_to(np.arange(len(self._label)), (settings.count, len(self._label)))
        self._order = problem.rng.permuted(every, axis=1)

    def of(self, k: int) -> list[Beginning]:
        """Those of point k, in the order in which they were drawn."""
        return [(self._x[at], int(self._label[at])) for at in self._order[k, : self._many]]

    @property
    def labels(self) -> list[int]:
        """The labels that copies bear."""
        return [int(label) for label in np.unique(self._label)]

    def labelled(self, label: int) -> NDArray[np.float64]:
        """The places (at most so many, D) of copies that bear this label."""
        order = self._order[0]
        found: NDArray[np.float64] = self._x[order[self._label[order] == label][: self._many]]
        return found

    @property
    def nothing(self) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
        """No points yet, no labels, and how many these are."""
        return self._x[:0], self._label[:0], 0
