"""Models trained without points, all at once on the replica axis: on from the weights of now, or from the start."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.influences.deciding import Decision, plain
from boundaryviz.learners.base import State
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Points, Scene

_SLICE = 4  # steps between two places where it may be given up
_NEVER = 100_000  # steps between two evaluations, of what nobody looks at


def warm(
    session: Session,
    replica: int,
    decisions: Sequence[Decision],
    points: Points,
    out: NDArray[np.bool_],
    steps: int,
) -> Generator[None, None, NDArray[np.float64]]:
    """By how much the lead at each of L places falls when points are left out, (L, M): a replica for each row of `out`
    (M, N), and one that keeps all, go on from the weights that a replica has now, in slices.

    Batches hold all points, whatever the scenario says: the difference is of the points, not of which come first.
    """
    seed = session.replicas.seeds[replica]
    still = _quiet(session.scenario, batch_size="full", early_stopping="off").model_copy(update={"defence": None})
    scene = session.scene
    removed = np.empty(0, dtype=np.int64)
    if (judged := session.defending.judged) is not None:  # it has judged already, and does so no more
        removed = judged[replica].ids[judged[replica].removed]
    several = Session(still, scene, replicas=_without(points, out, (seed,), removed), learner=session.spec)
    net, apart = plain(session)[0], plain(several)[0]
    apart.restore(tiled(net.state(), apart.state(), replica))
    yield
    for _ in range(0, steps, _SLICE):
        several.step(_SLICE)
        yield
    leads = _leads(several, decisions)
    return leads[:, :1] - leads[:, 1:]


def from_start(
    scenario: Scenario,
    scene: Scene,
    decisions: Sequence[Decision],
    points: Points,
    out: NDArray[np.bool_],
    seeds: Sequence[int],
    steps: int,
    learner: Any = None,
) -> Generator[None, None, NDArray[np.float64]]:
    """By how much the lead at each of L places falls when points are left out from the start, (L, S, M), for each of S
    seeds, in slices.

    Every model is trained as the scenario says: a replica for each row of `out` (M, N) and seed, and one that keeps
    all.
    """
    quiet = scenario if scenario.training.early_stopping != "off" else _quiet(scenario)
    session = Session(quiet, scene, replicas=_without(points, out, seeds), learner=learner)
    yield
    if session.spec.family.at_once:
        steps = min(steps, 1)
    done = 0
    while done < steps and not session.stopped:
        some = min(_SLICE, steps - done)
        session.step(some)
        done += some
        yield
    leads = _leads(session, decisions).reshape(len(decisions), len(seeds), -1)
    return leads[..., :1] - leads[..., 1:]


def _leads(session: Session, decisions: Sequence[Decision]) -> NDArray[np.float64]:
    """At each place, of each replica (L, R)."""
    replicas = range(len(session.replicas))
    return np.array([[one.lead(session.learner, replica) for replica in replicas] for one in decisions])


def _without(
    points: Points, out: NDArray[np.bool_], seeds: Sequence[int], removed: NDArray[np.int64] | None = None
) -> Replicas:
    """Of each seed a replica that sees all points, then one for each row of `out` (M, N) without those.

    removed: ids of others that none of them sees.
    """
    touched, others = out.any(axis=0), np.empty(0, dtype=np.int64) if removed is None else removed
    weights = np.concatenate([np.ones((1, int(touched.sum()))), ~out[:, touched]])
    count = len(weights)
    weights = np.concatenate([weights, np.zeros((count, len(others)))], axis=1)
    ids = np.concatenate([points.ids[touched], others])
    each = tuple(seed for seed in seeds for _ in range(count))
    return Replicas(each, (None,) * len(each), ids, np.tile(weights, (len(seeds), 1)))


def _quiet(scenario: Scenario, **training: Any) -> Scenario:
    """The scenario without evaluations on the way, and with other settings of training."""
    changed = scenario.training.model_copy(update={"evaluate_every": _NEVER, **training})
    return scenario.model_copy(update={"training": changed})


def tiled(state: State, fresh: Mapping[str, NDArray], replica: int) -> dict[str, NDArray]:
    """The state of one replica in the shape of a learner's with others, `fresh`: all of them begin where it is. Where
    in the order of points they are is left as it is fresh."""
    found = {}
    for name, own in fresh.items():
        given = state[name]
        if name == "place":
            found[name] = own
        elif own.ndim >= 2:
            found[name] = np.repeat(given[replica : replica + 1], len(own), axis=0)
        else:
            found[name] = given
    return found
