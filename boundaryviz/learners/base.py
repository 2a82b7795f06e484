"""What the session hands a learner, and what it asks of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.measures import Scale
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scene.arrays import frozen
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.section import Section


@dataclass(frozen=True, eq=False)
class Extra:
    """P points of poison in each of R replicas, at places of the replica's own: slots that each fills itself.

    ids: int64 (P,), of no other point. x: float64 (R, P, D). label: int64 (R, P), -1 where unlabelled.
    weight: float32 (R, P), 0 where a replica leaves the slot empty; by default 1.

    Raises ValueError for shapes that do not fit, ids that repeat, and places or weights that are none.
    """

    ids: NDArray[np.int64]
    x: NDArray[np.float64]
    label: NDArray[np.int64]
    weight: NDArray[np.float32] = None  # type: ignore[assignment]  # 1 everywhere

    def __post_init__(self) -> None:
        if self.weight is None:
            object.__setattr__(self, "weight", np.ones(np.shape(self.label), dtype=np.float32))
        kinds = {"ids": np.int64, "x": np.float64, "label": np.int64, "weight": np.float32}
        for name, kind in kinds.items():
            object.__setattr__(self, name, frozen(getattr(self, name), kind))
        slots = self.label.shape
        if self.x.ndim != 3 or not self.x.shape[:2] == slots == self.weight.shape or self.ids.shape != slots[1:]:
            raise ValueError("extra points need ids (P,), inputs (R, P, D), labels (R, P) and weights (R, P)")
        if len(np.unique(self.ids)) < len(self.ids):
            raise ValueError("ids of extra points must be unique")
        if not np.isfinite(self.x).all():
            raise ValueError("every coordinate of an extra point must be finite")
        if not (np.isfinite(self.weight).all() and (self.weight >= 0).all()):
            raise ValueError("weights of extra points must be finite and not negative")

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The training points of R replicas, N that they share and P of each one's own.

    ids: int64 (N,). x: float64 (N, D), their inputs. label: int64 (N,), -1 where unlabelled.
    poison: bool (N,). weights: float32 (R, N); a point that a replica must not see has weight 0.
    response: float64 (N,), a real-valued target beside the label, NaN where it is not known; None for none.
    windows: int64 (R,); replicas with one number deal the clean points that any of them sees out in the same batches,
    those with another number their own; None where all have one. extra: the points of a replica's own.
    withdrawn: bool (R, N), points of weight 0 that poison withdraws from a replica: they keep their places in its
    batches, as if it saw them; None for none.
    """

    ids: NDArray[np.int64]
    x: NDArray[np.float64]
    label: NDArray[np.int64]
    poison: NDArray[np.bool_]
    weights: NDArray[np.float32]
    response: NDArray[np.float64] | None = None
    windows: NDArray[np.int64] | None = None
    extra: Extra | None = None
    withdrawn: NDArray[np.bool_] | None = None

    @property
    def point_ids(self) -> NDArray[np.int64]:
        """The ids of the points, then of the slots, (N + P,)."""
        return self.ids if self.extra is None else np.concatenate([self.ids, self.extra.ids])

    @property
    def point_weights(self) -> NDArray[np.float32]:
        """What each replica sees of the points, then of its slots, (R, N + P)."""
        return self.weights if self.extra is None else np.concatenate([self.weights, self.extra.weight], axis=1)

    def rows(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Inputs and labels of whatever has one place: the points, then the slots of each replica in turn,
        (N + R P, D) and (N + R P,)."""
        if self.extra is None:
            return self.x, self.label
        own = self.extra.x.reshape(-1, self.extra.x.shape[2])
        return np.concatenate([self.x, own]), np.concatenate([self.label, self.extra.label.ravel()])

    def responses(self) -> NDArray[np.float64] | None:
        """The responses of the same, (N + R P,); slots have none. None where no point has any."""
        if self.response is None or self.extra is None:
            return self.response
        return np.append(self.response, np.full(self.extra.label.size, np.nan))

    def of(self, replica: int) -> TrainingData:
        """What one replica is told, its slots being points like others: N + P of them, weights (1, N + P)."""
        one = slice(replica, replica + 1)
        gone = None if self.withdrawn is None else self.withdrawn[one]
        own = replace(self, weights=self.weights[one], windows=None, extra=None, withdrawn=gone)
        if self.extra is None:
            return own
        return replace(
            own,
            ids=self.point_ids,
            x=np.concatenate([self.x, self.extra.x[replica]]),
            label=np.concatenate([self.label, self.extra.label[replica]]),
            poison=np.append(self.poison, np.ones(len(self.extra), dtype=bool)),
            response=None if self.response is None else np.append(self.response, np.full(len(self.extra), np.nan)),
            weights=np.concatenate([own.weights, self.extra.weight[one]], axis=1),
            withdrawn=None if gone is None else np.pad(gone, ((0, 0), (0, len(self.extra)))),
        )

    def labelled(self) -> TrainingData:
        """The same without the points that have no label."""
        k, extra = self.label >= 0, self.extra
        if extra is not None:
            extra = replace(extra, weight=np.where(extra.label >= 0, extra.weight, np.float32(0)))
        columns = {name: getattr(self, name)[k] for name in ("ids", "x", "label", "poison")}
        columns["response"] = None if self.response is None else self.response[k]
        columns["withdrawn"] = None if self.withdrawn is None else self.withdrawn[:, k]
        return replace(self, **columns, weights=self.weights[:, k], extra=extra)


@dataclass(frozen=True)
class Problem:
    """What a learner has to be told before it can start.

    seeds: one for each replica. section: of the inputs, None where they are places of the plane. scale: the units in
    which the inputs come, None where those are the scene's; what is said of lengths in the scene is divided by them.
    lifted: whether the points were lifted from a plane, by `lift.lift_map`.
    """

    classes: int
    domain: Domain
    seeds: tuple[int, ...]
    section: Section | None = None
    scale: Scaling | None = None
    lifted: bool = False

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


class Answers(NamedTuple):
    """What a learner makes of M labelled points, float64, int64 and float32: its own loss without penalties and the
    predicted class, (R, M); the scores, (R, 1 or C, M), of two classes the second's lead."""

    loss: NDArray[np.float64]
    predicted: NDArray[np.int64]
    scores: NDArray[np.floating]


def leads_of(p: NDArray[np.floating]) -> NDArray[np.float32]:
    """Of probabilities (G, C) the second of two classes' lead (1, G), else themselves (C, G)."""
    shares = p.T
    return np.ascontiguousarray(shares[1:] - shares[:1] if len(shares) == 2 else shares, dtype=np.float32)


class Learner(Protocol):
    """R replicas of one model, trained in lock step.

    The constructor takes (spec, training, problem, device) and allocates the initial weights. No method
    changes what it is given, and no result shares memory with the learner.
    """

    problem: Problem
    hidden: tuple[int, ...]
    """Units of each hidden layer; empty where there are none to look at."""

    @property
    def scale(self) -> Scale:
        """What its scores are."""
        ...

    @property
    def own_is_log(self) -> bool:
        """Whether its own loss is -log of the probability of the true class."""
        ...

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
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Loss without penalties, float64 (R, N), and predicted class, int64 (R, N), of labelled points.

        Where its settings say that it fits responses (`LearnerSettings.fits_responses`), `response` (N,) is what it
        is held against; any other learner is given none.
        """
        ...

    def assess(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Answers:
        """As `evaluate`, with what decides."""
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
