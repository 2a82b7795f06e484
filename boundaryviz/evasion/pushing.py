"""One question put to a learner as it stands: these points, that attack; what comes of it as values that are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.evasion.adaptive import adaptive_in_slices
from boundaryviz.evasion.balls import length
from boundaryviz.evasion.deepfool import deepfool, shortest_in_slices
from boundaryviz.evasion.fgsm import fgsm
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.model import Model, model_of, noisy
from boundaryviz.evasion.nearest import Look, asked_by, nearest_in_slices
from boundaryviz.evasion.pgd import pgd_in_slices, wanted
from boundaryviz.evasion.pushes import Pushes
from boundaryviz.evasion.settings import BOUNDED, EvasionSpec
from boundaryviz.evasion.slices import Slices, whole
from boundaryviz.evasion.smoothing import certify
from boundaryviz.learners.base import UNDECIDED, Learner, Problem
from boundaryviz.learners.masking import AS_IT_IS, Asking
from boundaryviz.scene.section import Section

_AT_ONCE = 1 << 8  # points that are pushed in one slice

Attack = Callable[[Model, Tensor, Tensor, EvasionSpec, NDArray[np.int64]], Tensor]
"""A model, points (1, D, N), the classes (R, N) they are to leave, the settings, ids (N,): the ends (R, D, N)."""

ATTACKS: dict[str, Attack] = {
    "fgsm": lambda model, x, label, asked, ids: fgsm(model, x, label, asked.norm, asked.epsilon, asked.target),
    "deepfool": lambda model, x, label, asked, ids: deepfool(model, x, label, asked.norm, asked.steps, asked.target)[0],
}
"""The attacks that follow gradients in one go, by method."""

CLIMBS = {"pgd": pgd_in_slices, "adaptive": adaptive_in_slices}
"""Those that climb within a ball, in slices; `nearest` is another, and on a plane follows no gradient."""

UPPER = (
    "Points have {width} inputs, where no outline exists: the lengths are the shortest found by DeepFool and PGD, an "
    "upper bound of the distance. Within the plane shown they are exact."
)
DRAWN = "The net answers with noise: this is the boundary of one draw at each place, and another draw has another."
SHADOWS = "Pushes begin on the plane that is shown, at the shadows of the points, and stay on it."


@dataclass(frozen=True)
class AlongPlane:
    """A learner as a function of coordinates (e, f) of the plane that is shown, in an orthonormal basis of it.

    It stands where an attack on inputs is to stay within the plane: `answers` is `Network.answers` there.
    """

    learner: Any
    problem: Problem
    origin: NDArray[np.float64]
    basis: NDArray[np.float64]  # (2, D)

    @property
    def device(self) -> torch.device:
        """Where its parameters are."""
        found: torch.device = self.learner.device
        return found

    @property
    def scale(self) -> Any:
        """What its scores are."""
        return self.learner.scale

    @property
    def mask(self) -> Any:
        """What is done to it when it is asked."""
        return self.learner.mask

    def answers(self, x: Tensor, replicas: slice = slice(None), how: Asking = AS_IT_IS) -> Tensor:
        """Of coordinates (1 or R, 2, N), (R, K, N)."""
        back, origin = (torch.tensor(one).to(x) for one in (self.basis, self.origin))
        result: Tensor = self.learner.answers(origin[:, None] + back.T @ x, replicas, how)
        return result


def pushed(learner: Learner, asked: EvasionSpec, x: NDArray[np.float64], **more: Any) -> Pushes:
    """As `pushing`, in one go."""
    return whole(pushing(learner, asked, x, **more))


def pushing(
    learner: Learner,
    asked: EvasionSpec,
    x: NDArray[np.float64],
    *,
    ids: NDArray[np.int64] | None = None,
    places: NDArray[np.float64] | None = None,
    replica: int = 0,
    look: Look | None = None,
    problem: Problem | None = None,
) -> Slices[Pushes]:
    """Push points x (N, D) of a replica away from what it decides.

    ids: (N,), -1 for places that are no points, by default so. places: (N, 2), where they are seen, by default their
    shadows on the plane shown. look: as in `nearest_in_slices`. problem: with the plane that is shown
    now, by default the learner's own.
    Raises NoGradient, in a sentence, where the method needs gradients and the learner has none; ValueError for a class
    aimed at that is none, or a norm that an attack cannot be asked in.
    """
    problem = problem or learner.problem
    section, classes, words = problem.section, problem.classes, []
    if asked.target is not None and asked.target >= classes:
        raise ValueError(asked.advice(problem.domain, classes))
    ids = np.full(len(x), -1, dtype=np.int64) if ids is None else ids
    if places is None:
        places = x if section is None else section.shadow(x)
    narrow = section is None or section.off_plane is None
    if section is not None and asked.within == "plane" and not narrow:
        x = section.embed(places)
        words.append(SHADOWS)
    exact = asked.method == "nearest" and (narrow or asked.within == "plane")
    before = learner.predict(x, replica)[0]
    if exact:
        metric, ask = Metric.of(section, asked.norm), asked_by(learner, replica, problem)
        found = yield from nearest_in_slices(ask, problem.domain, places, metric, target=asked.target, look=look)
        ends = found.ends if section is None else section.embed(found.ends)
        lengths, after, flipped = found.length, found.to_class, np.isfinite(found.length)
        words.append(found.words)
    else:
        model = _model(learner, asked, replica, None if narrow else section)
        ends, lengths = np.empty(x.shape), np.empty(len(x))
        some = 2 * _AT_ONCE if asked.method == "nearest" else _AT_ONCE  # which is in slices of its own
        for start in range(0, len(x), some):
            part = slice(start, start + some)
            ends[part], lengths[part] = yield from _by_gradient(model, asked, x[part], ids[part])
            yield
        lost = np.asarray(np.isnan(ends).any(axis=1))
        after = np.where(lost, UNDECIDED, learner.predict(np.where(lost[:, None], x, ends), replica)[0])
        flipped = np.asarray(wanted(after, before, asked.target))
        words.append(UPPER.format(width=x.shape[1]) if asked.method == "nearest" else "")
    words.append(DRAWN if exact and noisy(learner) else "")
    words.append(asked.advice(problem.domain, classes))
    certificates = None
    if asked.smoothing > 0:
        certificates = yield from _certified(learner, asked, x, replica)
    return Pushes(
        ids, places, x, ends if section is None else section.shadow(ends), ends, lengths, flipped, before, after,
        _off_plane(section, ends - x), asked.method, asked.norm, asked.epsilon, exact, " ".join(filter(None, words)),
        certificates,
    )  # fmt: skip


def _model(learner: Learner, asked: EvasionSpec, replica: int, section: Section | None) -> Model:
    """The learner as attacks by gradients see it, along the plane of a section where they are to stay on it."""
    model = model_of(learner, slice(replica, replica + 1))
    if section is None or asked.within == "all":
        return model
    if asked.norm == "linf" and not (np.count_nonzero(section.axes, axis=1) == 1).all():
        raise ValueError(
            "Along a plane that is not one of two inputs, pushes by gradients are measured in the Euclidean norm: take "
            "that, or the nearest point of the boundary."
        )
    basis = np.linalg.qr(section.axes.T)[0].T
    return replace(
        model, learner=AlongPlane(model.learner, replace(learner.problem, section=None), section.origin, basis)
    )


def attacking(
    method: str, model: Model, x: Tensor, label: Tensor, asked: EvasionSpec, ids: NDArray[np.int64]
) -> Slices[Tensor]:
    """The ends of points by one of `ATTACKS` or `CLIMBS`; see `Attack`."""
    if method in CLIMBS:
        steps, restarts, seed, target = asked.steps, asked.restarts, asked.seed, asked.target
        climb = CLIMBS[method](model, x, label, asked.norm, asked.epsilon, steps, restarts, seed, ids, target)
        return (yield from climb)
    return ATTACKS[method](model, x, label, asked, ids)


def _by_gradient(
    model: Model, asked: EvasionSpec, x: NDArray[np.float64], ids: NDArray[np.int64]
) -> Slices[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Ends (n, D) and lengths (n,) of the pushes of points x (n, D); NaN and inf where none was found."""
    plane = model.learner if isinstance(model.learner, AlongPlane) else None
    start = model.inputs(x if plane is None else (x - plane.origin) @ plane.basis.T)
    label = model.decide(start)
    if asked.method == "nearest":
        found = shortest_in_slices(model, start, label, asked.norm, seed=asked.seed, ids=ids, target=asked.target)
        end, _ = yield from found
    else:
        end = yield from attacking(asked.method, model, start, label, asked, ids)
    lost = label == UNDECIDED
    if asked.method not in BOUNDED:
        lost |= ~wanted(model.decide(end), label, asked.target)
    size, ends = length(end - start, asked.norm)[0].cpu().numpy(), end[0].T.cpu().numpy()
    ends = ends if plane is None else plane.origin + ends @ plane.basis
    gone = lost[0].cpu().numpy()
    return np.where(gone[:, None], np.nan, ends), np.where(gone, np.inf, size)


def _certified(
    learner: Learner, asked: EvasionSpec, x: NDArray[np.float64], replica: int
) -> Slices[NDArray[np.float64]]:
    """The radius (N,) that is certain for each point; in slices of a few points, which share the noise."""
    found, some = np.zeros(len(x)), _AT_ONCE // 8
    for start in range(0, len(x), some):
        part = slice(start, start + some)
        found[part] = certify(
            lambda given: learner.predict(given, replica), x[part], learner.problem.classes, asked.smoothing,
            seed=asked.seed,
        ).radius[0]  # fmt: skip
        yield
    return found


def _off_plane(section: Section | None, way: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the squared Euclidean length of ways (N, D) that is orthogonal to the plane, (N,); 0 of none."""
    if section is None:
        return np.zeros(len(way))
    way = np.nan_to_num(way)
    basis = np.linalg.svd(section.axes, full_matrices=False)[2][: min(2, section.width)]
    left, whole_ = np.square(way - (way @ basis.T) @ basis).sum(axis=1), np.square(way).sum(axis=1)
    share: NDArray[np.float64] = np.divide(left, whole_, out=np.zeros(len(way)), where=whole_ > 0).clip(0.0, 1.0)
    return share
