"""Many models at once, each of the attacker's data with other poison in it: support vector machines fitted one by one,
any other learner on the replica axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.svm import SVC

from boundaryviz.adversary.goals import Answers
from boundaryviz.adversary.one_feed import feeds_are_one, in_one_feed
from boundaryviz.adversary.refits import THERE, Refits
from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.learners.base import Extra
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.scenario.decision import DecisionSpec
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Scene

_TOGETHER, _FITTED = 64, 32
"""Nets that are trained together, and models that are fitted at once in one session."""
_BLOCK = 50  # steps between two looks whether the work is still wanted
_LEAST = 1e-12  # below it a probability counts as this much, so that a certain mistake has a finite loss


@dataclass(frozen=True, eq=False)
class Sets:
    """M sets of poison of K points each, among the N training points of a scene.

    x: float64 (M, K, D). label: int64 (M, K). weight: float64 (M, K), how often each is there; whole numbers for a
    learner that is fitted at once, unless it is a support vector machine. withdrawn: bool (M, N), points of the scene
    that are not there; None for none.
    """

    x: NDArray[np.float64]
    label: NDArray[np.int64]
    weight: NDArray[np.float64]
    withdrawn: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.x)

    def parts(self, most: int) -> Iterator[Sets]:
        """The same in parts of so many sets at most."""
        for at in range(0, len(self), most):
            some = slice(at, at + most)
            gone = None if self.withdrawn is None else self.withdrawn[some]
            yield Sets(self.x[some], self.label[some], self.weight[some], gone)


class Models(Protocol):
    """Trains a learner on a scene with sets of poison in it."""

    def answers(self, sets: Sets, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Answers:
        """What each model says of the points x (V, D) with these labels (V,); NaN of one that diverged. seed: of
        training."""
        ...


def models_of(
    scenario: Scenario, scene: Scene, spec: LearnerSettings, device: str, pulse: Callable[[], object]
) -> Models:
    """What trains this learner on the training points of this scene. pulse: called now and then; may raise to stop."""
    if machines_fit(spec, scene) and scenario.decision == DecisionSpec():
        assert isinstance(spec, SVCSpec)
        return Machines(scene, spec, scaling_of(scene, scenario.data.input_scale), pulse)
    return Trained(scenario, scene, spec, device, pulse)


def machines_fit(spec: LearnerSettings, scene: Scene) -> bool:
    """Whether it is a support vector machine of two classes."""
    return isinstance(spec, SVCSpec) and scene.classes == 2


# ---- support vector machines -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Machine:
    """A support vector machine, fitted to n training points of a scene and then K of poison, in this order.

    model: scikit-learn's, whose `support_` counts these n + K. x: float64 (n + K, D), in the units that the learner is
    given. y: float64 (n + K,), -1 for class 0 and 1 for class 1. C: float64 (n + K,), the bound of each one's
    multiplier, 0 for a point that is not there. gamma: of the kernel, a number.
    """

    model: SVC
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    C: NDArray[np.float64]
    gamma: float

    @property
    def alpha(self) -> NDArray[np.float64]:
        """The multipliers times the labels, a_i = alpha_i y_i, float64 (n + K,); 0 of what is no support vector."""
        found = np.zeros(len(self.y))
        found[self._rows[self.model.support_]] = self.model.dual_coef_[0]
        return found

    @property
    def _rows(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.C > 0)

    def decision(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """f (G,) at x (G, D), in the learner's units; above 0 it is class 1."""
        found: NDArray[np.float64] = self.model.decision_function(x)
        return found


class Machines:
    """Support vector machines of two classes, by scikit-learn: libsvm takes a weight for each point, so that no point
    need be there twice."""

    def __init__(
        self, scene: Scene, spec: SVCSpec, scale: Scaling | None, pulse: Callable[[], object] = lambda: None
    ) -> None:
        points = scene.points.take(training(scene))
        self._spec, self.scale, self._pulse = spec, scale, pulse
        self._known = points.is_labelled
        self._x = self.units(points.x)
        self._y = np.where(points.label == 1, 1.0, -1.0)

    def units(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Inputs (..., D) of the scene in the units of the learner."""
        return x if self.scale is None else self.scale(x)

    def fitted(
        self,
        x: NDArray[np.float64],
        label: NDArray[np.int64],
        weight: NDArray[np.float64],
        withdrawn: NDArray[np.bool_] | None = None,
        tol: float = 1e-3,
    ) -> Machine | None:
        """One machine, with K points of poison x (K, D) in the units of the scene, label (K,) and weight (K,);
        unlabelled ones do nothing. tol: libsvm's. None where only one class is left."""
        there = self._known if withdrawn is None else self._known & ~withdrawn
        every = np.concatenate([self._x, self.units(x)])
        y = np.concatenate([self._y, np.where(label == 1, 1.0, -1.0)])
        weight = np.concatenate([there.astype(np.float64), np.where(label >= 0, weight, 0.0)])
        some = weight > 0
        if len(np.unique(y[some])) < 2:
            return None
        spec, gamma = self._spec, self._gamma(every[some], weight[some])
        model = SVC(C=spec.C, kernel=spec.kernel, gamma=gamma, degree=spec.degree, coef0=spec.coef0, tol=tol)
        with config_context(assume_finite=True, skip_parameter_validation=True):
            model.fit(every[some], y[some], sample_weight=weight[some])
        return Machine(model, every, y, spec.C * weight, gamma)

    def _gamma(self, x: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
        """scikit-learn's 'scale' counts a point as often as it is there."""
        if not isinstance(self._spec.gamma, str):
            return float(self._spec.gamma)
        total = weight.sum() * x.shape[1]
        mean = (weight @ x).sum() / total
        variance = float((weight @ (x - mean) ** 2).sum() / total)
        return 1.0 / (x.shape[1] * variance) if variance else 1.0

    def _refits(self, asked: NDArray[np.float64]) -> Refits | None:
        """What fits many machines quickly: None where one class is all there is without poison."""
        y = self._y[self._known]
        return Refits(self._spec, self._x[self._known], y, asked) if THERE and len(np.unique(y)) == 2 else None

    def answers(self, sets: Sets, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Answers:
        """See `Models`; nothing is random."""
        asked, side = self.units(x), np.where(label == 1, 1.0, -1.0)
        found = np.empty((len(sets), len(x)))
        refits = self._refits(asked) if sets.withdrawn is None else None
        for m in range(len(sets)):
            self._pulse()
            if refits is not None and (sets.label[m] >= 0).all() and (sets.weight[m] > 0).all():
                more, y = self.units(sets.x[m]), np.where(sets.label[m] == 1, 1.0, -1.0)
                every = np.concatenate([self._x[self._known], more])
                gamma = self._gamma(every, np.concatenate([np.ones(len(every) - len(y)), sets.weight[m]]))
                found[m] = refits.decision(more, y, sets.weight[m], gamma)
                continue
            gone = None if sets.withdrawn is None else sets.withdrawn[m]
            machine = self.fitted(sets.x[m], sets.label[m], sets.weight[m], gone)
            if machine is not None:
                found[m] = machine.decision(asked)
            else:
                left = np.concatenate([
                    self._y[self._known if gone is None else self._known & ~gone],
                    np.where(sets.label[m] == 1, 1.0, -1.0)[(sets.label[m] >= 0) & (sets.weight[m] > 0)],
                ])  # fmt: skip
                found[m] = left[0] if len(left) else 0.0
        return Answers((found > 0).astype(np.int64), side * found, np.maximum(0.0, 1.0 - side * found))


# ---- any learner -----------------------------------------------------------------------------------------------------


class Trained:
    """Models of any learner: each set of poison is a replica's own points."""

    def __init__(
        self, scenario: Scenario, scene: Scene, spec: LearnerSettings, device: str, pulse: Callable[[], object]
    ) -> None:
        update: dict[str, Any] = {} if scenario.training.early_stopping != "off" else {"evaluate_every": 100_000}
        held = scenario.training.early_stopping != "off"
        self._scenario = scenario.model_copy(
            update={"training": scenario.training.model_copy(update=update), "course": None, "adversary": None}
        )
        # curves of held-out points, which nobody looks at, would cost as much as some of the training
        self._scene = scene if held else scene.with_points(scene.points.take(scene.points.is_train))
        self._ids = scene.points.ids[training(scene)]
        self._spec, self._device, self._pulse = spec, device, pulse
        self._next_id = scene.next_id
        self._in_one_feed = not held and feeds_are_one(scenario, self._scene, spec)

    def answers(self, sets: Sets, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Answers:
        """See `Models`."""
        parts = sets.parts(_FITTED if self._spec.family.at_once else _TOGETHER)
        found = [self._answers(some, x, label, seed) for some in parts]
        return Answers(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def session(self, sets: Sets, seed: int) -> Session:
        """Models of these sets, trained."""
        many, slots = sets.label.shape
        if self._in_one_feed and slots and sets.withdrawn is None and (sets.weight > 0).all():
            scene, replicas = in_one_feed(self._scene, self._ids, sets.x, sets.label, sets.weight, seed)
            session = Session(self._scenario, scene, device=self._device, replicas=replicas, learner=self._spec)
            return self._trained(session)
        extra = weights = None
        if slots:
            ids = np.arange(self._next_id, self._next_id + slots)
            extra = Extra(ids, sets.x, sets.label, sets.weight.astype(np.float32))
        if sets.withdrawn is not None:
            weights = (~sets.withdrawn).astype(np.float32)
        replicas = Replicas(
            (seed,) * many, (None,) * many, None if weights is None else self._ids, weights, extra=extra
        )
        session = Session(self._scenario, self._scene, device=self._device, replicas=replicas, learner=self._spec)
        return self._trained(session)

    def _trained(self, session: Session) -> Session:
        left = 1 if self._spec.family.at_once else self._scenario.training.steps
        while left > 0 and not session.stopped:
            self._pulse()
            session.step(min(left, _BLOCK))
            left -= _BLOCK
        return session

    def _answers(self, sets: Sets, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Answers:
        session = self.session(sets, seed)
        p = session.learner.probabilities(x).astype(np.float64)  # (M, C, V)
        predicted = session.learner.predict(x)
        found = answers_of(p, predicted, label)
        for column in (found.lead, found.loss):
            column[session.diverged] = np.nan
        return found


def answers_of(p: NDArray[np.float64], predicted: NDArray[np.int64], label: NDArray[np.int64]) -> Answers:
    """From probabilities (M, C, V), NaN where undecided, which count as an even guess; predicted: int64 (M, V)."""
    p = np.where(np.isnan(p), 1.0 / p.shape[1], p)
    at = np.arange(p.shape[2])
    own = p[:, label, at]
    others = p.copy()
    others[:, label, at] = -np.inf
    return Answers(predicted, own - others.max(axis=1), -np.log(np.clip(own, _LEAST, 1.0)))


def training(scene: Scene) -> NDArray[np.int64]:
    """Where in a scene the points stand (N,) that are trained on: those that act, in their order."""
    return np.flatnonzero(scene.points.is_train & scene.seen())
