"""A model that diverged decides nothing, counts nowhere, and changes nothing for the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.estimator import BoundaryClassifier
from boundaryviz.figures.progress import best_step
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.runs.run import Run
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Split
from boundaryviz.testing.models import GRID

IN_STEPS = sorted(name for name, family in FAMILIES.items() if not family.at_once)
LOSSES = [
    ("mlp", {"learner.loss": loss, "data.name": data}) for loss in ("squared", "hinge") for data in ("moons", "blobs")
]
SUBJECTS: list[tuple[str, dict[str, Any]]] = [*((name, {}) for name in IN_STEPS), *LOSSES]


def session(name: str, twin: bool = False, seeds: Any = (0, 1, 2), **values: Any) -> Session:
    few = {"data.n": 40, "data.labels_per_class": 8, "learner.name": name, "poison.count": 4}
    return Session(Scenario().with_values(few | values), seeds=seeds, twin=twin, device="cpu")


def spoil(run: Session, *replicas: int, value: float = np.nan) -> None:
    learner: Any = run.learner
    for buffer in (learner.P, getattr(learner, "teacher", None)):
        if buffer is not None:
            buffer.detach()[list(replicas)] = value


@pytest.mark.parametrize(("name", "values"), SUBJECTS)
def test_a_net_that_diverged_decides_nothing_wherever_it_is_asked(name: str, values: dict[str, Any]):
    run, whole = (session(name, **values) for _ in range(2))
    spoil(run, 1)
    points = run.scene.points
    label = np.maximum(points.label, 0).astype(np.int64)
    predicted = run.learner.predict(GRID)
    assert (predicted[1] == -1).all()
    assert np.array_equal(predicted[[0, 2]], whole.learner.predict(GRID)[[0, 2]])
    assert (run.learner.predict(GRID, 1) == -1).all()
    assert (run.learner.evaluate(points.x, label)[1][1] == -1).all()
    assert (run.predicted(1) == -1).all()
    assert not run.confusion(run.predicted(1)).any()
    assert np.isnan(run.field(run.scene.domain, 8, 8, 1)).all()
    assert np.isnan(run.evaluate()[1]).all()
    assert np.array_equal(run.evaluate()[[0, 2]], whole.evaluate()[[0, 2]], equal_nan=True)
    assert np.isnan(run.margins()[1]).all()
    assert run.diverged.tolist() == [False, True, False]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_seeds_that_diverged_are_left_out_of_every_measure(value: float):
    """Twins of three seeds: the poisoned one of the second diverges, between two evaluations."""
    run, whole = (Run(session("mlp", twin=True, **{"training.evaluate_every": 10})) for _ in range(2))
    run.advance(20)
    whole.advance(20)
    run.session.step(3)
    whole.session.step(3)
    spoil(run.session, 4, value=value)
    found, wanted = run.metrics, whole.metrics
    assert found.keys() == wanted.keys()
    assert run.left_out == 1
    for measure in found.keys() - {"poison_rate", "flip_rate_excess"}:
        assert np.isnan(found[measure].per_seed[1]), measure
        others = [wanted[measure].per_seed[k] for k in (0, 2)]
        assert np.array_equal([found[measure].per_seed[k] for k in (0, 2)], others, equal_nan=True), measure
        if np.isfinite(others).all():
            assert found[measure].mean == pytest.approx(np.mean(others)), measure
    assert not np.isnan(run.clean["test_error"].per_seed).any()
    flips = run.session.evaluate()[:, CURVES.index("flip_rate")]
    assert np.isnan(flips[4])
    assert not np.isnan(flips[[3, 5]]).any()


def test_the_best_step_of_a_figure_is_that_of_the_seeds_that_trained():
    often: Any = {"training.evaluate_every": 2}
    run = Run(session("mlp", seeds=(0, 1), **often))
    run.advance(2)
    spoil(run.session, 1)
    run.advance(24)
    alone = Run(session("mlp", seeds=(0,), **often))
    alone.advance(26)
    assert best_step(run.curves) == best_step(alone.curves)


def test_no_flips_are_counted_on_poison_among_the_test_points():
    run = session("mlp", twin=True)
    points = run.scene.points
    count = int((points.split == Split.TEST).sum())
    held_out = points.with_columns(split=np.where(points.is_poison, Split.TEST, points.split))
    run.set_scene(run.scene.with_points(held_out))
    assert run.twins(4).clean.shape[1] == count
    asked = run._evaluation_set
    assert asked.test.sum(axis=1).tolist() == [count] * 6


def test_the_classifier_refuses_to_diverge():
    wild = {"learning_rate": 100.0, "optimiser": "sgd", "steps": 200}
    model = BoundaryClassifier("mlp", settings={"loss": "squared", "activation": "linear"}, training=wild)
    x = np.random.default_rng(0).standard_normal((30, 2))
    with pytest.raises(ValueError, match="diverged"):
        model.fit(x, (x[:, 0] > 0).astype(int))
