"""What a defence is that filters points: settings that say how much each point is to be trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.registry import checked_settings
from boundaryviz.scene.scene import Points
from boundaryviz.scene.specs import Spec

Fit = Callable[[Points, NDArray[np.float32]], Callable[[NDArray[np.float64]], NDArray[np.float64]]]
"""Trains the scenario's learner: points (N of them) and their weights (N,) -> a function from places (G, D) to class
probabilities (G, C). A filter that retrains is handed one, and so needs no trainer of its own."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a filter makes of N points.

    weights: float32 (N,) in 0..1, how much of each point the model is to be trained on; 0 removes it.
    scores: float64 (N,), how suspicious each is, more for more; NaN for points that it did not look at.
    """

    weights: NDArray[np.float32]
    scores: NDArray[np.float64]


class DefenceSettings(Spec):
    """What the settings of every filter are: a spec with a `defence`, a Literal of its name, a TITLE, and `judge`."""

    TITLE: ClassVar[str]
    if TYPE_CHECKING:
        defence: str = ""  # a field of each

    def judge(self, points: Points, fit: Fit, rng: np.random.Generator) -> Verdict:
        """How much each of these training points is to be trusted: a function of the arguments and settings alone.

        It is not to look at `points.origin`, which says what is poison; nor does the order of the points matter to it.
        Raises ValueError, in a sentence, where there is too little to judge by.
        """
        raise NotImplementedError


def accepted(given: Any) -> tuple[str, type[DefenceSettings]]:
    """Name and class of a defence. Raises TypeError for what is none."""
    return checked_settings(given, DefenceSettings, "defence", "judge"), given
