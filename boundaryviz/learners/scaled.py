"""A learner that is given all inputs in other units, whatever its family: the one place where inputs are scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.assessing import Assess, assessing
from boundaryviz.learners.base import Answers, Learner, Problem, State, TrainingData
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.masking import AS_IT_IS, Asking
from boundaryviz.learners.measures import Scale
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.learners.trees import Tree
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.section import Ask, Section


def learner_of(
    spec: LearnerSettings, training: TrainingSpec, problem: Problem, device: Any, scale: Scaling | None
) -> Learner:
    """A new learner with these settings, which is told and asked in the units of the scene. scale: the units in which
    it learns, None for the same."""
    family: Any = spec.family.load()
    if scale is None:
        plain: Learner = family(spec, training, problem, device)
        return plain
    return Scaled(family(spec, training, _scaled(problem, scale), device), problem, scale)


def scaled(data: TrainingData, scale: Scaling | None) -> TrainingData:
    """The data in these units, None for its own."""
    if scale is None:
        return data
    extra = None if data.extra is None else replace(data.extra, x=scale(data.extra.x))
    return replace(data, x=scale(data.x), extra=extra)


def _scaled(problem: Problem, scale: Scaling) -> Problem:
    """Of a section the box alone: which plane is shown is nothing to a learner."""
    if (section := problem.section) is not None:
        width, low, high = section.width, scale(section.low), scale(section.high)
        plane = replace(section, origin=np.zeros(width), axes=np.eye(2, width), low=low, high=high)
        return replace(problem, section=plane, scale=scale)
    d = problem.domain
    (left, bottom), (right, top) = scale(np.array([(d.left, d.bottom), (d.right, d.top)])).tolist()
    return replace(problem, domain=Domain(left, right, bottom, top), scale=scale)


class Scaled:
    """Another learner, to which everything is handed on in units of `scale`; see `Learner` for the contract.

    Whatever else the other can be asked, such as the rounds of self-training, can be asked of this one.
    """

    def __init__(self, learner: Learner, problem: Problem, scale: Scaling) -> None:
        self._learner, self.problem, self._scale = learner, problem, scale
        self.hidden = learner.hidden

    @property
    def learner(self) -> Learner:
        """The one that is given inputs in these units."""
        return self._learner

    def rescale(self, scale: Scaling) -> None:
        """Other units, from the next data on."""
        self._scale = scale
        self._learner.problem = replace(self._learner.problem, scale=scale)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__dict__["_learner"], name)

    @property
    def scale(self) -> Scale:
        """What its scores are."""
        return self._learner.scale

    @property
    def own_is_log(self) -> bool:
        """Whether its own loss is -log of the probability of the true class."""
        return self._learner.own_is_log

    @property
    def parameters(self) -> int:
        """How many numbers one replica learns."""
        return self._learner.parameters

    @property
    def can_train(self) -> bool:
        """Whether there is anything to learn from."""
        return self._learner.can_train

    @property
    def settled(self) -> bool:
        """Whether further steps would change nothing until data or settings change."""
        return self._learner.settled

    def set_data(self, data: TrainingData) -> None:
        """Train on `data` from the next step on; the weights stay."""
        self._learner.set_data(scaled(data, self._scale))

    def set_training(self, spec: Any, training: TrainingSpec) -> None:
        """Take over the settings that apply live."""
        self._learner.set_training(spec, training)

    def step(self, n: int = 1) -> None:
        """Do n training steps."""
        self._learner.step(n)

    def probabilities(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Class probabilities at `x` (G, D): (R, C, G), or (1, C, G) of one replica; NaN where undecided."""
        return self._learner.probabilities(self._scale(x), replica)

    def predict(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """Predicted classes at `x` (G, D): (R, G), or (1, G) of one replica; -1 where undecided."""
        return self._learner.predict(self._scale(x), replica)

    def scores(self, x: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """What decides at `x` (G, D): of two classes the second's lead (1, G), else one number each (C, G)."""
        return self._learner.scores(self._scale(x), replica)

    def on_plane(self, section: Section, replica: int = 0) -> Ask | None:
        """As `scores` at places of a plane of its inputs; see `Network.on_plane`."""
        ask = getattr(self._learner, "on_plane", None)
        found: Ask | None = None
        if ask is not None:
            origin, unit = self._scale(section.origin[None])[0], self._scale.unit
            found = ask(replace(section, origin=origin, axes=section.axes / unit), replica)
        return found

    def shown(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """From `scores` (1 or C, ...) to the probability of the second of two classes, else of every class."""
        return self._learner.shown(scores)

    def answers(self, x: Tensor, replicas: slice = slice(None), how: Asking = AS_IT_IS) -> Tensor:
        """What the last layer of nets says of points (1 or R, D, N); see `Network.answers`."""
        centre, unit = (torch.tensor(one).to(x)[:, None] for one in (self._scale.centre, self._scale.unit))
        result: Tensor = self._fitted.answers((x - centre) / unit, replicas, how)
        return result

    def unit(self, x: NDArray[np.float64], layer: int, index: int, replica: int = 0) -> NDArray[np.float32]:
        """Activation of one hidden unit at `x` (G, D): (G,)."""
        return self._learner.unit(self._scale(x), layer, index, replica)

    def units(self, x: NDArray[np.float64], replica: int = 0) -> list[NDArray[np.float32]]:
        """Activations of every hidden layer at `x` (G, D): (units, G) each."""
        return self._learner.units(self._scale(x), replica)

    def embed(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Where a net puts points `x` (G, D): (R, E, G), or (1, E, G) of one replica; see `Network.embed`."""
        net: Any = self._learner
        result: NDArray[np.float32] = net.embed(self._scale(x), replica)
        return result

    def read(self, embedded: NDArray[np.floating], replica: int) -> NDArray[np.float32] | None:
        """Class probabilities at `embedded` (E, G): (1, C, G) of one replica; see `Network.read`."""
        net: Any = self._learner
        result: NDArray[np.float32] | None = net.read(embedded, replica)
        return result

    def evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Loss without penalties, float64 (R, N), and predicted class, int64 (R, N), of labelled points."""
        return self._learner.evaluate(self._scale(x), label, response)

    def assess(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Answers:
        """As `evaluate`, with what decides."""
        return self._learner.assess(self._scale(x), label, response)

    def assessing(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Assess:
        """As `assess` of these points, again and again; see `assessing.Assess`."""
        return assessing(self._learner, self._scale(x), label, response)

    def staged(self, x: NDArray[np.float64], stages: Sequence[int], replica: int | None = None) -> NDArray[np.float64]:
        """Class probabilities at `x` (G, D) of models of these sizes; see `FittedLearner.staged`."""
        result: NDArray[np.float64] = self._fitted.staged(self._scale(x), stages, replica)
        return result

    def staged_evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], stages: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """As `evaluate`, of models of these sizes; see `FittedLearner.staged_evaluate`."""
        result: tuple[NDArray[np.float64], NDArray[np.int64]]
        result = self._fitted.staged_evaluate(self._scale(x), label, stages)
        return result

    def tree(self, replica: int = 0, stage: int | None = None) -> Tree | None:
        """The tree that was grown, its cuts in the units of the scene; see `Estimator.tree`."""
        found: Tree | None = self._fitted.tree(replica, stage)
        return None if found is None else found.in_units(self._scale.centre, self._scale.unit)

    def certificates(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """How many poison points a decision at `x` (G, D) survives; see `PartitionAggregation.certificates`."""
        result: NDArray[np.int64] = self._fitted.certificates(self._scale(x), replica)
        return result

    @property
    def _fitted(self) -> Any:
        """The learner, where it is one that is fitted at once."""
        return self._learner

    def finite(self) -> NDArray[np.bool_]:
        """Whether what a replica has learnt is all finite, (R,)."""
        return self._learner.finite()

    def state(self) -> State:
        """What it has come to, as arrays of its own."""
        return self._learner.state()

    def restore(self, state: State) -> None:
        """Go on from a `state`; see `Learner`."""
        self._learner.restore(state)
