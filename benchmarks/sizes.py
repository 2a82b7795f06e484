"""Size curves: a tree of 1 to 60 leaves with folds and draws, as a study has it and as scikit-learn does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedKFold, validation_curve
from sklearn.tree import DecisionTreeClassifier

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, repeated, span
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.executors import Executor, InProcess
from boundaryviz.studies.loky import Loky
from boundaryviz.studies.study import Axis, Study
from boundaryviz.studies.tabling import run_study

PATH = "learner.max_leaf_nodes"


@section("sizes", "Size curves")
def sizes(least: bool) -> Iterator[Row]:
    """The curve of the gallery's `tree-size`, in processes started for it and in this one; and what a draw takes."""
    leaves, draws = (range(1, 4), 2) if least else (range(1, 61), 20)
    scenario = load("tree-size")
    axes = (Axis(path=PATH, values=tuple(leaves)),)
    study = Study(scenario=scenario, axes=axes, folds=5, data_seeds=draws)
    what = f"a tree of 1 to {len(leaves)} leaves, {draws} draws, 5 folds"
    whole, _ = _timed(study, Loky(2))
    yield Row(f"{what}: two processes started for it", "", "", whole, ceiling=10.0, unit="s")
    whole, first = _timed(study, InProcess())
    yield Row("the same in this process", "", "", whole, ceiling=10.0, unit="s")
    yield Row("its first points", "", "", first, ceiling=1.0, unit="s")
    one = study.model_copy(update={"data_seeds": None})
    _hold_equal(scenario, run_study(one), leaves)
    theirs, mine = interleaved(
        [repeated(lambda: _validation_curve(scenario, leaves)), repeated(lambda: run_study(one))], least
    )
    yield Row(
        f"one draw, {len(leaves)} sizes, 5 folds", "scikit-learn, a fit for each",
        f"{span(median(theirs))} → {span(median(mine))}", ratio(theirs, mine),
    )  # fmt: skip


def _timed(study: Study, executor: Executor) -> tuple[float, float]:
    """Seconds until all is done, and until the first points are there."""
    first: list[float] = []
    began = time.perf_counter()

    def watch(table: StudyTable) -> None:
        if len(table) and not first:
            first.append(time.perf_counter() - began)

    run_study(study, executor=executor, watch=watch)
    return time.perf_counter() - began, first[0]


def _points(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    points = scenario.scene().points
    learnt = points.take(points.is_train)
    return learnt.x, learnt.label


def _validation_curve(scenario: Scenario, leaves: range) -> np.ndarray:
    """The errors (S, K) of the folds; of a single leaf by itself, which scikit-learn's tree cannot be."""
    x, y = _points(scenario)
    cut = StratifiedKFold(5, shuffle=True, random_state=scenario.training.seed)
    tree = DecisionTreeClassifier(random_state=0)
    _, scores = validation_curve(tree, x, y, param_name="max_leaf_nodes", param_range=list(leaves)[1:], cv=cut)
    root = [DummyClassifier().fit(x[learnt], y[learnt]).score(x[held], y[held]) for learnt, held in cut.split(x, y)]
    return 1 - np.concatenate([[root], scores])


def _hold_equal(scenario: Scenario, table: StudyTable, leaves: range) -> None:
    """Raise AssertionError where the two disagree on any error."""
    found = table.cube("validation_error", PATH, folds=True)[0]
    np.testing.assert_allclose(found, _validation_curve(scenario, leaves), rtol=0, atol=1e-12)
