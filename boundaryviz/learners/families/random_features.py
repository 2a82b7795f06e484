"""Random features and least squares: a net whose hidden layer is drawn and never trained.

Rahimi and Recht 2007, "Random features for large-scale kernel machines"; the double descent of its test error is that
of Belkin, Hsu, Ma and Mandal 2019, "Reconciling modern machine-learning practice and the bias-variance trade-off".
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.learners.base import Answers, decided, leads_of
from boundaryviz.learners.family import family
from boundaryviz.learners.fitted_learner import Decide, FittedLearner
from boundaryviz.learners.needs import PLACES, Needs, Size
from boundaryviz.learners.specs_fitted import AtOnceSpec
from boundaryviz.learners.streams import Purpose, generator
from boundaryviz.scene.specs import setting

RCOND = 1e-7
"""Singular values below this share of the largest count as 0, where there is no ridge."""
_AT_ONCE = 1 << 22  # features of places that are worked out at a time


@family("boundaryviz.learners.families.random_features:RandomFeatures", at_once=True, seeded=True, order=185)
class RandomFeaturesSpec(AtOnceSpec):
    """Hidden units with weights drawn at random, and on top the shortest weights that fit the labels best: with as many
    units as labels it fits them only just, and its error peaks."""

    TITLE: ClassVar[str] = "Random features"
    name: Literal["random-features"] = "random-features"
    features: int = setting(200, "Features", "Hidden units, N: as many weights are fitted.", ge=1, le=10_000, log=True)
    activation: Literal["relu", "tanh"] = setting(
        "relu", "Activation", "What each unit does to its sum.", choices={"relu": "ReLU", "tanh": "tanh"}
    )
    scale: float = setting(
        1.0, "Scale", "Standard deviation of a unit's weights, and the most that its bias is.", gt=0.0, le=100.0,
        log=True,
    )  # fmt: skip
    ridge: float = setting(
        0.0, "Ridge", "Added to the squared errors, times the squared length of the weights; at 0 the shortest of the "
        "weights that fit best.", ge=0.0, le=1e6, log=True,
    )  # fmt: skip

    @property
    @override
    def bound_to_origin(self) -> str:
        """Of any."""
        return "its units are drawn around the origin"

    def _fitting(self, size: Size) -> Needs:
        wide, most = float(size.labelled) * self.features, min(size.labelled, self.features)
        held = 8.0 * size.replicas * self.features * (size.width + 2 + size.classes)
        return {
            "fewer features or points": 8.0 * (3 * wide + 5.0 * most * most),
            "fewer features": held + 24.0 * min(_AT_ONCE, self.features * PLACES),
        }


class RandomFeatures(FittedLearner):
    """z(x) = sum_k w_k act(V_k x + b_k) / sqrt(N) with V ~ scale N(0, 1) and b ~ scale U(-1, 1), one output for two
    classes with targets -1 and +1, else one for each; see `Learner` for the contract.

    w makes sum (z - y)^2 + ridge |w|^2 least, and is the shortest that does; singular values below `RCOND` of the
    largest are taken for 0. The first units of a seed are the same however many there are. The loss is half the squared
    error, as that of a net with squared loss. An output z of two classes is shown as the probability (z + 1) / 2 within
    [0, 1]; of more, (z + 1) / 2 of each where positive, as shares.
    """

    _spec: RandomFeaturesSpec
    own_is_log = False

    @property
    @override
    def parameters(self) -> int:
        """The weights that are fitted."""
        return self._spec.features * (1 if self.problem.classes == 2 else self.problem.classes)

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        return self._fit_seeded(x, label, 0)

    @override
    def _fit_seeded(self, x: NDArray[np.float64], label: NDArray[np.int64], seed: int) -> Decide:
        """Answers (z + 1) / 2 of each class, which may lie outside [0, 1]; see `probabilities`."""
        spec, known, classes = self._spec, label >= 0, self.problem.classes
        v, b = units(seed, spec.features, x.shape[1], spec.scale)
        y = np.where(label[known, None] == np.arange(classes), 1.0, -1.0)
        y = y[:, 1:] if classes == 2 else y
        w = least_squares(activations(x[known], v, b, spec.activation), y, spec.ridge)
        part = max(1, _AT_ONCE // spec.features)

        def decide(places: NDArray[np.float64]) -> NDArray[np.float64]:
            parts = [places[at : at + part] for at in range(0, len(places), part)]
            z = np.concatenate(
                [np.empty((0, w.shape[1])), *(activations(one, v, b, spec.activation) @ w for one in parts)]
            )
            return ((np.concatenate([-z, z], axis=1) if classes == 2 else z) + 1.0) * 0.5

        return decide

    @override
    def probabilities(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        return np.ascontiguousarray(_shares(self._ask(x, replica)).transpose(0, 2, 1), dtype=np.float32)

    @override
    def shown(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        if len(scores) > 1:
            return np.ascontiguousarray(np.moveaxis(_shares(np.moveaxis(scores, 0, -1)), -1, 0), dtype=np.float32)
        return np.clip(super().shown(scores), np.float32(0), np.float32(1))

    @override
    def evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Half the squared error of the outputs, float64 (R, N), and predicted class, int64 (R, N); an undecided point
        counts as of outputs 0 and as class -1."""
        loss, predicted, _ = self.assess(x, label)
        return loss, predicted

    @override
    def assess(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Answers:
        p, classes = self._ask(x, None), self.problem.classes
        wrong = np.nan_to_num(p, nan=0.5) - (label[:, None] == np.arange(classes))
        # an output is off by twice as much; two classes have one output between them
        loss = 2.0 * (wrong**2).sum(axis=2) / (2 if classes == 2 else 1)
        scores = np.stack([leads_of(one) for one in (p if classes == 2 else _shares(p))])
        return Answers(loss, decided(p), scores)


def units(seed: int, count: int, width: int, scale: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights V (width, count) and biases b (count,) of hidden units; more of them begin with the same."""
    v = generator(seed, Purpose.FEATURES, 0).standard_normal((count, width)).T * scale
    return v, generator(seed, Purpose.FEATURES, 1).uniform(-1.0, 1.0, count) * scale


def activations(x: NDArray[np.float64], v: NDArray[np.float64], b: NDArray[np.float64], kind: str) -> Any:
    """What the units answer at x (n, D), over the root of their number: (n, N)."""
    z = x @ v + b
    return (np.maximum(z, 0.0) if kind == "relu" else np.tanh(z)) / np.sqrt(len(b))


def least_squares(a: NDArray[np.float64], y: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    """The w (N, K) with the least |a w - y|^2 + ridge |w|^2, and of these the shortest, for a (n, N) and y (n, K)."""
    left, s, right = np.linalg.svd(a, full_matrices=False)
    kept = s > RCOND * s.max(initial=0.0)
    shrunk = np.divide(s, s * s + ridge, out=np.zeros_like(s), where=kept)
    found: NDArray[np.float64] = right.T @ (shrunk[:, None] * (left.T @ y))
    return found


def _shares(p: NDArray[Any]) -> NDArray[Any]:
    """Shares (..., C) of the positive among `p` (..., C); where none is, of what each lies above the least."""
    least = np.minimum(p.min(axis=-1, keepdims=True), 0.0)
    some = np.where(p.max(axis=-1, keepdims=True) > 0, np.maximum(p, 0.0), p - least)
    total = some.sum(axis=-1, keepdims=True)
    return np.where(total > 0, some / np.where(total > 0, total, 1.0), np.where(np.isnan(p), np.nan, 1.0 / p.shape[-1]))
