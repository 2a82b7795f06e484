"""The work of a study's batches: training. It is heavy, and so reached by its name alone."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from boundaryviz.engine.replicas import Replicas
from boundaryviz.jobs.messages import Tell
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scene.scene import Scene
from boundaryviz.studies.staging import each_stage
from boundaryviz.studies.study import Training


def metrics(content: Training, tell: Tell) -> list[dict[str, float | None]]:
    """Of each run its metrics, as `Run.metrics` has them, and with twins those of the clean one as `clean.NAME`; where
    there are stages, of all runs at the first, then at the next.

    Those of a fold are of its own training and validation points. None for what is no number. Raises what
    `runs.run.start` does, and ScenarioError for folds that cannot be had.
    """
    scenario, seeds = content.scenario, [seed for seed, _ in content.runs]
    if content.data_seed is not None:
        scenario = scenario.with_values({"data.seed": content.data_seed})
    replicas = partial(_replicas, content) if content.folds else None
    run = start(scenario, seeds, content.twin, content.device, steps=content.steps, replicas=replicas)
    run.lengths = content.lengths
    if content.stepwise:
        at = {steps: _rows(run) for steps in _each_step(run, content, tell)}
        return [row for steps in content.stages for row in at[steps]]
    run.advance(content.steps, tell.progress)
    if not content.stages:
        return _rows(run)
    return [row for _ in each_stage(run, content.stages) for row in _rows(run)]


def _each_step(run: Run, content: Training, tell: Tell) -> Iterator[int]:
    """Train on to each of the numbers of steps, the least first, and let the caller look at the run there."""
    begin = run.step

    def progress(done: int, _total: int) -> None:
        tell.progress(begin + done, content.steps)

    for steps in sorted(set(content.stages)):
        begin = run.step
        run.advance(steps - begin, progress)
        yield steps


def _rows(run: Run) -> list[dict[str, float | None]]:
    sides = {"": run.metrics} | ({"clean.": run.clean} if run.twin else {})
    found = {side + name: metric.per_seed for side, metrics in sides.items() for name, metric in metrics.items()}
    return [
        {name: number if math.isfinite(number := float(values[at])) else None for name, values in found.items()}
        for at in range(len(run.seeds))
    ]


def _replicas(content: Training, scene: Scene) -> Replicas:
    parts = {seed: folds_of(scene, content.folds, seed) for seed in dict.fromkeys(seed for seed, _ in content.runs)}
    return Replicas.cut(
        scene,
        [seed for seed, _ in content.runs],
        [None if fold is None else parts[seed][fold] for seed, fold in content.runs],
    )


def folds_of(scene: Scene, folds: int, seed: int) -> list[NDArray[np.int64]]:
    """The ids of the clean training points in each fold: those of scikit-learn's
    `StratifiedKFold(folds, shuffle=True, random_state=seed)` on these points in the order of their ids.

    Raises ScenarioError for more folds than any class has points.
    """
    points = scene.points
    points = points.take(points.is_train & ~points.is_poison & ~points.muted)
    points = points.take(np.argsort(points.ids))
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The least populated class", UserWarning)
            cut = StratifiedKFold(folds, shuffle=True, random_state=seed).split(points.label, points.label)
            return [points.ids[part] for _, part in cut]
    except ValueError:
        most = int(np.unique(points.label, return_counts=True)[1].max(initial=0))
        raise ScenarioError([f"folds: no class has {folds} training points; take at most {most} folds"]) from None
