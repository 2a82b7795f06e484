"""The measures of `[expect]` under 'embedding.': what can be read out of the embedding that a scenario's learner comes
to without labels, and what its labels are worth by themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.jobs.messages import Tell
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, training_seeds
from boundaryviz.studies.tasks import Batch, Task, content_key


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """One training of all seeds, read out in every way; see `draws.Planner`.

    Raises ScenarioError where the learner is none that learns without labels.
    """
    if not scenario.learner.family.self_supervised:
        asked = [f"embedding.{name}" for name in names] or ["what is asked for"]
        words = "is a measure of learners that are trained without labels, such as 'simclr'; set learner.name"
        raise ScenarioError([f"expect: {one} {words}" for one in asked])
    content = Embedding(scenario, max(1, training_seeds(scenario, seeds)), tuple(sorted(names)), device)
    key = content_key("embedding", scenario, seeds=content.seeds, names=list(content.names))
    return Draw(data_seed, (Batch((Task(key, f"embedding, data seed {scenario.data.seed}"),), content),))


@dataclass(frozen=True)
class Embedding:
    """What is done for a draw of the data. seeds: of training. names: of the measures that are asked for."""

    WORK: ClassVar[str] = "boundaryviz.studies.embedding:measure"
    scenario: Scenario
    seeds: int
    names: tuple[str, ...]
    device: str


def measure(content: Embedding, tell: Tell) -> list[dict[str, float | None]]:
    """Those of `record.embedded.MEASURES` that are asked for, means over the training seeds; None without a value."""
    from boundaryviz.engine.session import Session

    scenario, names = content.scenario, set(content.names)
    first = scenario.training.seed
    session = Session(scenario, seeds=range(first, first + content.seeds), device=content.device)
    session.step(scenario.steps)
    tell.progress(0, 1)
    x, label = _test(session)
    learner: Any = session.learner
    found: dict[str, NDArray[np.float64]] = dict(learner.health()) if {"collapse", "rank"} & names else {}
    accuracy = {"own": _accuracy(session, x, label)}
    for readout in ("linear", "nearest", "fine-tune"):
        if (name := readout.replace("-", "_")) in names or (name == "nearest" and "beyond_raw" in names):
            spec = scenario.learner.model_copy(update={"readout": readout})
            session.learner.set_training(spec, scenario.training)
            accuracy[name] = _accuracy(session, x, label)
    session.learner.set_training(scenario.learner, scenario.training)
    accuracy["raw_nearest"] = np.full(content.seeds, _raw(session, x, label))
    if {"supervised", "beyond_supervised"} & names:
        taught = Session(scenario, session.scene, session.seeds, device=content.device, learner=_taught(session))
        taught.step(scenario.steps)
        accuracy["supervised"] = _accuracy(taught, x, label)
        found["beyond_supervised"] = accuracy["own"] - accuracy["supervised"]
    if "beyond_raw" in names:
        found["beyond_raw"] = accuracy["nearest"] - accuracy["raw_nearest"]
    means = {name: float(np.mean(values)) for name, values in {**accuracy, **found}.items() if name in names}
    return [{name: mean if np.isfinite(mean) else None for name, mean in means.items()}]


def _taught(session: Any) -> Any:
    points = session.scene.points
    known = points.label[points.is_labelled & (points.split == 0)]
    return session.spec.counterpart(int(np.bincount(known).min()) if len(known) else 1)


def _test(session: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    from boundaryviz.scene.scene import Split

    points = session.scene.points
    at = np.flatnonzero((points.split == Split.TEST) & points.is_labelled & ~points.is_poison & ~points.muted)
    return points.x[at], points.label[at].astype(np.int64)


def _accuracy(session: Any, x: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    return (session.learner.predict(x) == label).mean(axis=1)


def _raw(session: Any, x: NDArray[np.float64], label: NDArray[np.int64]) -> float:
    """The accuracy of the nearest labelled training point, in the units in which the learner is given the inputs."""
    from boundaryviz.learners import graphs
    from boundaryviz.scene.measure import scaling_of
    from boundaryviz.scene.scene import Split

    points, scale = session.scene.points, scaling_of(session.scene, session.scenario.data.input_scale)
    at = np.flatnonzero((points.split == Split.TRAIN) & points.is_labelled & session.scene.seen())
    there, asked = (some if scale is None else scale(some) for some in (points.x[at], x))
    return float((points.label[at][graphs.nearest(graphs.tree(there), asked, 1)[1][:, 0]] == label).mean())
