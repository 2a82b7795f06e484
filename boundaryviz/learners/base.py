"""What the session hands a learner, and what it asks of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.section import Section


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The training points of R replicas, N in all.

    ids: int64 (N,). x: float64 (N, D), their inputs. label: int64 (N,), -1 where unlabelled.
    poison: bool (N,). weights: float32 (R, N); a point that a replica must not see has weight 0.
    response: float64 (N,), a real-valued target beside the label, NaN where it is not known; None for none.
    """

    ids: NDArray[np.int64]
    x: NDArray[np.float64]
    label: NDArray[np.int64]
    poison: NDArray[np.bool_]
    weights: NDArray[np.float32]
    response: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Problem:
    """What a learner has to be told before it can start.

    seeds: one for each replica. section: of the inputs, None where they are places of the plane.
    """

    classes: int
    domain: Domain
    seeds: tuple[int, ...]
    section: Section | None = None

    @property
    def width(self) -> int:
        """D, how many inputs a point has."""
        return 2 if self.section is None else self.section.width


State = Mapping[str, NDArray]
"""What a learner has come to, by name: everything that training from here on depends on, besides data and settings."""

UNDECIDED = -1
"""The predicted class where nothing decides: where no label came, or a model diverged."""


def decided(p: NDArray[np.floating]) -> NDArray[np.int64]:
    """The likeliest class (...,) of probabilities (..., C), the first of equals; -1 where they are no numbers."""
    return np.where(np.isnan(p).any(axis=-1), UNDECIDED, p.argmax(axis=-1))


class Learner(Protocol):
    """R replicas of one model, trained in lock step.

    The constructor takes (spec, training, problem, device) and allocates the initial weights. No method
    changes what it is given, and no result shares memory with the learner.
    """

    problem: Problem
    hidden: tuple[int, ...]
    """Units of each hidden layer; empty where there are none to look at."""

    @property
    def parameters(self) -> int:
        """How many numbers one replica learns."""
        ...

    @property
    def can_train(self) -> bool:
        """Whether there is anything to learn from; where there is not, steps pass and change nothing."""
        ...

    @property
    def settled(self) -> bool:
        """Whether further steps would change nothing until data or settings change."""
        ...

    def set_data(self, data: TrainingData) -> None:
        """Train on `data` from the next step on; the weights stay."""

    def set_training(self, spec: Any, training: TrainingSpec) -> None:
        """Take over the settings that apply live."""

    def step(self, n: int = 1) -> None:
        """Do n training steps."""

    def probabilities(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Class probabilities at `x` (G, D): (R, C, G), or (1, C, G) of one replica; NaN where undecided."""
        ...

    def predict(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """Predicted classes at `x` (G, D): (R, G), or (1, G) of one replica; -1 where undecided."""
        ...

    def scores(self, x: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """What decides at `x` (G, D): of two classes the second's lead (1, G), else one number each (C, G)."""
        ...

    def shown(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """From `scores` (1 or C, ...) to the probability of the second of two classes, else of every class."""
        ...

    def unit(self, x: NDArray[np.float64], layer: int, index: int, replica: int = 0) -> NDArray[np.float32]:
        """Activation of one hidden unit at `x` (G, D): (G,)."""
        ...

    def units(self, x: NDArray[np.float64], replica: int = 0) -> list[NDArray[np.float32]]:
        """Activations of every hidden layer at `x` (G, D): (units, G) each."""
        ...

    def evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Loss without penalties, float64 (R, N), and predicted class, int64 (R, N), of labelled points."""
        ...

    def finite(self) -> NDArray[np.bool_]:
        """Whether what a replica has learnt is all finite, (R,)."""
        ...

    def state(self) -> State:
        """What it has come to, as arrays of its own."""
        ...

    def restore(self, state: State) -> None:
        """Go on from the `state` of a learner with this spec and problem, on the data of now, exactly as it would.

        Raises KeyError or ValueError for a state that does not fit.
        """
