"""What a filter may ask of the scenario's learner."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.engine.fits import Abandoned, Course, LearnerFit
from boundaryviz.engine.session import Session
from boundaryviz.learners.base import Problem
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scene import Points

SMALL = {"data.n": 40, "learner.hidden": [5, 3], "training.steps": 30, "training.batch_size": 8}


def made(wanted: bool = True, **values: object) -> tuple[LearnerFit, Points, Scenario]:
    scenario = Scenario().with_values(SMALL | {name.replace("__", "."): value for name, value in values.items()})
    scene = scenario.scene()
    problem = Problem(scene.classes, scene.domain, (), scene.section)
    scale = scaling_of(scene, scenario.data.input_scale)
    fit = LearnerFit(Course(scenario.learner, scenario.training, problem, scale), 3, lambda: wanted)
    return fit, scene.points.take(scene.points.is_train), scenario


@pytest.mark.parametrize("scale", ["as-is", "standardised"])
def test_it_is_the_learner_of_a_session_with_that_seed(scale: str) -> None:
    fit, points, scenario = made(data__input_scale=scale)
    fitted = fit(points, np.ones(len(points), np.float32))
    session = Session(scenario, seeds=(3,), device="cpu")
    session.step(30)
    assert np.array_equal(fitted.probabilities(points.x), session.probabilities(points.x).astype(np.float64))
    assert fitted.features(points.x).shape == (40, 3)
    assert fit.used


def test_models_side_by_side_are_those_alone_and_points_of_weight_0_do_not_act() -> None:
    fit, points, _ = made()
    weights = np.ones((3, 40), np.float32)
    weights[1, :10] = 0
    weights[2, 5:20] = 0
    several = fit.several(points, weights)
    for one, row in zip(several, weights, strict=True):
        assert np.array_equal(one.probabilities(points.x), fit(points, row).probabilities(points.x))
    moved = points.with_columns(xy=np.where(weights[1][:, None] == 0, 9.0, points.xy))
    assert np.array_equal(fit(moved, weights[1]).probabilities(points.x), several[1].probabilities(points.x))


def test_neither_order_nor_marks_matter() -> None:
    fit, points, _ = made()
    order = np.random.default_rng(0).permutation(40)
    marked = points.take(order).with_columns(origin=np.ones(40, np.int8))
    ones = np.ones(40, np.float32)
    assert np.array_equal(fit(points, ones).probabilities(points.x), fit(marked, ones).probabilities(points.x))


def test_another_learner_may_stand_in_and_one_without_layers_gives_its_inputs() -> None:
    fit, points, _ = made(data__input_scale="standardised")
    ones = np.ones(40, np.float32)
    fitted = fit(points, ones, "SVC")
    assert np.array_equal(fitted.features(points.x), fit.inputs(points))
    assert np.allclose(fit.inputs(points).mean(axis=0), 0.0, atol=1e-9)
    with pytest.raises(ValueError, match="there is no learner 'luck'"):
        fit(points, ones, "luck")


def test_without_labels_it_says_so_and_what_nobody_wants_ends() -> None:
    fit, points, _ = made()
    with pytest.raises(ValueError, match="no point with a label is left"):
        fit(points.with_columns(label=np.full(40, -1)), np.ones(40, np.float32))
    fit, points, _ = made(wanted=False)
    with pytest.raises(Abandoned):
        fit(points, np.ones(40, np.float32))


def test_a_surrogate_is_trained_as_it_comes_however_short_the_scenario_is():
    """That of a learner that is fitted at once may have one step, in which a net learns nothing."""
    scenario = Scenario.parse(
        {"data": {"name": "circle", "n": 100}, "learner": {"name": "SVC"}, "training": {"steps": 1}}
    )
    scene = scenario.scene()
    points = scene.points.take(scene.points.is_train)
    fit = LearnerFit(Course(scenario.learner, scenario.training, Problem(scene.classes, scene.domain, ()), None), 0)
    net = fit(points, np.ones(len(points), dtype=np.float32), "mlp")
    assert (net.probabilities(points.x).argmax(axis=1) == points.label).mean() > 0.95
    assert net.features(points.x).shape[1] > 2
