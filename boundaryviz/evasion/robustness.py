"""Robustness curves: how many points are decided wrongly when each may be pushed by at most epsilon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.evasion.balls import directions, uniforms
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.model import Model, NoGradient, model_of, noisy
from boundaryviz.evasion.nearest import Look, asked_by, nearest_in_slices
from boundaryviz.evasion.pushes import Robustness
from boundaryviz.evasion.pushing import attacking
from boundaryviz.evasion.settings import LINES, EvasionSpec, Line
from boundaryviz.evasion.slices import Slices, whole
from boundaryviz.evasion.universal import universal
from boundaryviz.learners.base import Learner, Problem
from boundaryviz.scene.section import Section

_DRAWS = 16  # random pushes of each point
CLIMBS = 10  # steps of a common push in many inputs

NOISY = "The net answers with noise, so that it has chances at each place and no outline; the adaptive attack knows."
NO_OUTLINE = "Points have more than two inputs, where no outline is exact; PGD bounds the error from below."


def robustness(learner: Learner, x: NDArray[np.float64], label: NDArray[np.int64], **more: Any) -> Robustness:
    """As `measuring`, in one go."""
    return whole(measuring(learner, x, label, **more))


def measuring(
    learner: Learner,
    x: NDArray[np.float64],
    label: NDArray[np.int64],
    *,
    epsilons: Sequence[float] | NDArray[np.float64],
    asked: EvasionSpec | None = None,
    lines: Sequence[Line] = LINES,
    ids: NDArray[np.int64] | None = None,
    replica: int = 0,
    look: Look | None = None,
    problem: Problem | None = None,
) -> Slices[Robustness]:
    """The curves of points x (N, D) with these labels (N,), of one replica.

    A point counts that is decided wrongly without a push; or whose boundary lies within epsilon (exact); or that an
    attack pushes to a wrong decision (fgsm, pgd, adaptive), as one of the random pushes of that length does on average
    (random), or the best push for all points (universal). asked: norm, steps, restarts and seed. ids: as in `pgd`.
    look, problem: as in `pushing`.
    What does not work with this learner, or with these inputs, is missing, in words. Raises ValueError for an epsilon
    below 0.
    """
    asked = (asked or EvasionSpec()).model_copy(update={"target": None})
    sizes = np.asarray(epsilons, dtype=np.float64)
    if not np.isfinite(sizes).all() or (sizes < 0).any() or (np.diff(sizes) <= 0).any():
        raise ValueError("the values of epsilon must be finite, at least 0, and rise")
    who = np.arange(len(x)) if ids is None else ids
    wrong = learner.predict(x, replica)[0] != label
    found: dict[str, NDArray[np.float64]] = {}
    missing: dict[str, str] = {}
    problem = problem or learner.problem
    for line in lines:
        if why := _lacks(learner, line, problem.section):
            missing[line] = why
        elif line == "exact":
            section = problem.section
            places = x if section is None else section.shadow(x)
            metric, ask = Metric.of(section, asked.norm), asked_by(learner, replica, problem)
            near = yield from nearest_in_slices(ask, problem.domain, places, metric, look=look)
            found[line] = exact_error(near.length, ~wrong, sizes)
        elif line == "random":
            found[line] = yield from _at_random(learner, x, label, sizes, asked, who, replica)
        else:
            model = model_of(learner, slice(replica, replica + 1))
            found[line] = yield from _attacked(model, line, x, label, wrong, sizes, asked, who)
    return Robustness(sizes, found, asked.norm, len(x), missing=missing)


def exact_error(
    distance: NDArray[np.float64], right: NDArray[np.bool_], epsilons: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The error (..., E) when points may be pushed by epsilons (E,), at these distances (..., N) from the boundary; NaN
    without points."""
    return _share((~right)[..., None, :] | (distance[..., None, :] <= epsilons[:, None]))


def _share(fooled: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How many of the points, (...), are fooled, (..., N)."""
    if not fooled.shape[-1]:
        return np.full(fooled.shape[:-1], np.nan)
    found: NDArray[np.float64] = fooled.mean(axis=-1)
    return found


def _lacks(learner: Learner, line: Line, section: Section | None) -> str:
    """Why a line is missing, in a sentence; empty where it is not."""
    if line == "exact":
        if noisy(learner):
            return NOISY
        return NO_OUTLINE if section is not None and section.off_plane is not None else ""
    if line == "random":
        return ""
    try:
        model_of(learner)
    except NoGradient as why:
        return str(why)
    return ""


def _at_random(
    learner: Learner,
    x: NDArray[np.float64],
    label: NDArray[np.int64],
    sizes: NDArray[np.float64],
    asked: EvasionSpec,
    ids: NDArray[np.int64],
    replica: int,
) -> Slices[NDArray[np.float64]]:
    """The mean error (E,) after pushes of these lengths, in `_DRAWS` directions of each point."""
    found, width = np.zeros(len(sizes)), x.shape[1]
    for draw in range(_DRAWS):
        drawn = uniforms(asked.seed, ids, width, -2, draw)
        way = directions(drawn) if asked.norm == "l2" else np.where(drawn < 0.5, -1.0, 1.0)
        moved = (x[None] + sizes[:, None, None] * way[None]).reshape(-1, width)
        found += _share(learner.predict(moved, replica).reshape(len(sizes), len(x)) != label)
        yield
    return found / _DRAWS


def _attacked(
    model: Model,
    line: Line,
    x: NDArray[np.float64],
    label: NDArray[np.int64],
    wrong: NDArray[np.bool_],
    sizes: NDArray[np.float64],
    asked: EvasionSpec,
    ids: NDArray[np.int64],
) -> Slices[NDArray[np.float64]]:
    """The error (E,) after an attack by gradients in balls of these sizes. Of what searches within a ball a push found
    counts in each larger one, and is not searched for again."""
    values, fooled = [], wrong.copy()
    classes = torch.from_numpy(np.asarray(label, dtype=np.int64)).to(model.device)
    for size in sizes.tolist():
        at_size = asked.model_copy(update={"epsilon": size})
        if line == "universal":
            steps = 0 if model.width <= 2 else CLIMBS  # on a plane every direction is tried
            push = universal(model, model.inputs(x), classes, asked.norm, size, steps, asked.seed)
            values.append(float(push.error[0]) if len(x) else np.nan)
        else:
            searches = line != "fgsm" and not model.noisy
            some = np.flatnonzero(~fooled) if searches else np.flatnonzero(~wrong)
            of = classes[torch.from_numpy(some)][None]
            end = yield from attacking(line, model, model.inputs(x[some]), of, at_size, ids[some])
            now = (fooled if searches else wrong).copy()
            now[some] = (model.asked(draw=0).decide(end) != of)[0].cpu().numpy()
            values.append(float(_share(now)))
            fooled |= now & searches
        yield
    return np.array(values)
