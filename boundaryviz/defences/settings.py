"""What a defence is that filters points: settings that say how much each point is to be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.registry import checked_settings
from boundaryviz.scene.scene import Points
from boundaryviz.scene.specs import Spec


class Fitted(Protocol):
    """A learner that has been trained, as far as a filter may ask it. Inputs x (G, D) are those of points, unscaled."""

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Class probabilities (G, C); NaN where it is undecided."""
        ...

    def features(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """What its last hidden layer makes of them (G, F); of a learner without one, the inputs as it is given them."""
        ...


class Fit(Protocol):
    """Trains the scenario's learner, so that a filter that retrains needs no trainer of its own.

    Points (N of them) and their weights (N,), whole numbers, 0 for one that is not there. surrogate: the name of
    another learner that is trained in its stead, with its defaults. What it makes depends on neither the order of the
    points nor on what they are marked as.
    """

    def __call__(self, points: Points, weights: NDArray[np.float32], surrogate: str = "") -> Fitted:
        """One trained learner. Raises ValueError where it cannot be trained, such as for a surrogate without a name."""
        ...

    def several(self, points: Points, weights: NDArray[np.float32], surrogate: str = "") -> Sequence[Fitted]:
        """R of them, trained side by side, from weights (R, N)."""
        ...

    def inputs(self, points: Points) -> NDArray[np.float64]:
        """What the learner is given of the points, (N, D): scaled where the scenario scales inputs."""
        ...


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
        Raises ValueError, in a sentence, where there is too little to judge by, or where it would leave nothing of a
        class.
        """
        raise NotImplementedError


def check_left(points: Points, weights: NDArray[np.float32]) -> None:
    """Raises ValueError, in a sentence, where these weights (N,) leave nothing of a class, or no unlabelled point of
    those there were: a model without them is no answer to an attack, but another problem."""
    for label in np.unique(points.label).tolist():
        theirs = points.label == label
        if not weights[theirs].any():
            which = "every unlabelled point" if label < 0 else f"every point of class {label}"
            raise ValueError(
                f"The defence would remove {which}, {np.count_nonzero(theirs)} of {len(points)} points, and leave "
                "nothing to learn them from. Make it milder, or choose another."
            )


def accepted(given: Any) -> tuple[str, type[DefenceSettings]]:
    """Name and class of a defence. Raises TypeError for what is none."""
    return checked_settings(given, DefenceSettings, "defence", "judge"), given
