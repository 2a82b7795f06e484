"""What filters may ask of learners."""

from __future__ import annotations

import numpy as np

from boundaryviz.engine.fits import Course, LearnerFit
from boundaryviz.learners.base import Problem
from boundaryviz.scenario.scenario import Scenario


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
