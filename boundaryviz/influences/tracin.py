"""TracIn: what the steps down each point's loss have done to the lead at a place, added up over checkpoints."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.engine.session import Session
from boundaryviz.influences.deciding import Decision, in_units, plain
from boundaryviz.influences.retraining import tiled
from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.scaled import Scaled, learner_of
from boundaryviz.scene.scene import Points

_TOGETHER = 128  # unlabelled points whose gradients are taken at a time


def at_checkpoint(
    session: Session, decision: Decision, points: Points, steps: float
) -> Generator[None, None, NDArray[np.float64]]:
    """What this checkpoint adds, (N,): - rate steps g_i . v / n, with g_i the gradient of a point's loss, n of its kind
    and v that of the lead, all at the weights of now (Pruthi et al. 2020, section 3.2, of the lead in place of a loss).

    A point without a label has the loss that the method gives it, weighed as in a step; one that has none is NaN.
    steps: how many the checkpoint stands for. The rate is the scenario's, whatever an optimiser makes of it.
    """
    net, scale = plain(session)
    alone = net.alone(0)
    change = alone.lead_gradient(alone.inputs(in_units(decision.x, scale)), decision.decided, decision.rival)
    rate = session.scenario.training.learning_rate * steps
    found = np.full(len(points), np.nan)
    known = np.flatnonzero(points.label >= 0)
    given = points.take(known)
    response = None if given.response is None or not session.spec.fits_responses else given.response
    inputs = alone.inputs(in_units(given.x, scale))
    slopes = alone.slopes(inputs, alone.targets(given.label.astype(np.int64), response), change)
    yield
    found[known] = -rate * slopes.numpy() / max(len(known), 1)
    unknown = np.flatnonzero(points.label < 0)
    if len(unknown) and not session.spec.family.supervised:
        for some in np.array_split(unknown, -(-len(unknown) // _TOGETHER)):
            steep = of_unlabelled(session, points, some)
            if steep is None:
                break
            found[some] = -rate * (steep @ change).numpy() / len(unknown)
            yield
    return found


def of_unlabelled(session: Session, points: Points, at: NDArray[np.int64]) -> torch.Tensor | None:
    """Gradients (M, P) of the unlabelled loss of points at these positions, each alone in a replica that has the
    weights of now; None for a method that mixes points, so that one has no loss of its own."""
    net, scale = plain(session)
    problem, replicas = session.learner.problem, len(at)
    problem = type(problem)(problem.classes, problem.domain, session.replicas.seeds[:1] * replicas, problem.section)
    full = session.scenario.training.model_copy(update={"batch_size": "full"})
    spec = session.spec
    each = learner_of(spec, full, problem, session.device, scale)
    weights = np.repeat((points.label >= 0)[None], replicas, axis=0).astype(np.float32)
    weights[np.arange(replicas), at] = 1.0
    each.set_data(
        TrainingData(
            points.ids, points.x, points.label.astype(np.int64), np.zeros(len(points), dtype=bool), weights,
            windows=np.arange(replicas),
        )
    )  # fmt: skip
    each.restore(tiled(net.state(), each.state(), 0))
    inner: Any = each.learner if isinstance(each, Scaled) else each
    try:
        found: torch.Tensor = inner.unlabelled_gradients()
        return found.cpu().double()
    except NotImplementedError:
        return None
