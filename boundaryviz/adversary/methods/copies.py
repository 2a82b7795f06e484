"""Where points of poison begin that then wander: copies of training points with another label, or nodes of a map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary import adaptive
from boundaryviz.adversary.models import training
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.scene.scene import Domain

Beginning = tuple[NDArray[np.float64], int]
"""The inputs (D,) of a point, and its label."""
_COARSE = 8  # cells along a side of the map


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
        drawn = (problem.rng.permutation(len(self._label)) for _ in range(settings.count))
        self._order = [order[:many] if k else order for k, order in enumerate(drawn)]

    def of(self, k: int) -> list[Beginning]:
        """Those of point k, in the order in which they were drawn."""
        return [(self._x[at], int(self._label[at])) for at in self._order[k][: self._many]]

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


def nodes(problem: Problem, x: NDArray[np.float64], label: NDArray[np.int64], many: int) -> list[Beginning]:
    """The best of the places of a coarse map of one more point beside those at x (K, D) of label (K,), with the label
    that it has there, from the best to the worst."""
    domain = problem.scene.domain
    if problem.scene.section is None:
        (left, bottom), (right, top) = problem.box.tolist()
        domain = Domain(left, right, bottom, top)
    own = range(problem.classes) if problem.settings.label is None else (problem.settings.label,)
    places = problem.clipped(problem.scene.embed(adaptive.places(domain, _COARSE).reshape(-1, 2)))
    begins = [(place, each) for each in own for place in places]
    sets = np.array([np.append(x, [place], axis=0) for place, _ in begins])
    order = problem.train(sets, np.array([np.append(label, each) for _, each in begins])).order
    return [begins[at] for at in order[:many].tolist()]
