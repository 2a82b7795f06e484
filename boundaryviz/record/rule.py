"""How far a model and a rule written by hand differ: on test points, and over the plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import UNLABELLED, Scene, Split


def compared(scene: Scene) -> NDArray[np.bool_]:
    """Bool (N,): the test points, without poison and without what is muted."""
    points = scene.points
    return (points.split == Split.TEST) & ~points.muted & ~points.is_poison


def differing(predicted: NDArray[np.integer], by_rule: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Where the classes predicted, (..., N), are others than the rule says, (N,). Where it says none nothing differs;
    where the model is undecided (-1) and the rule is not, it does."""
    return (predicted != by_rule) & (by_rule != UNLABELLED)


def disagreement(predicted: NDArray[np.integer], by_rule: NDArray[np.integer]) -> NDArray[np.float64] | None:
    """The share (...) of places of which the rule says a class and at which another is predicted.

    predicted: (..., N). by_rule: (N,). None where the rule says no class of any of them.
    """
    told = np.count_nonzero(by_rule != UNLABELLED)
    return differing(predicted, by_rule).sum(axis=-1) / told if told else None
