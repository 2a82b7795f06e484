"""What the curves say, against means worked out point by point, and in one part or in several."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.messages import CURVES, MEASURES
from boundaryviz.engine.session import Session
from boundaryviz.learners import network
from boundaryviz.learners.measures import LOSSES, point_losses
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Points, Scene, Split, Target

DOMAIN = Domain(-2.0, 2.0, -2.0, 2.0)


def run(classes: int = 2, n: int = 700, twin: bool = True, **values: Any) -> Session:
    """Two seeds on points of all splits, some unlabelled, some planted, some with a label known to be wrong; pins."""
    rng = np.random.default_rng(5)
    planted = rng.random(n) < 0.1
    label = rng.integers(-1, classes, n)
    points = Points.of(rng.normal(0, 1, (n, 2)), label, rng.integers(0, 3, n), planted)
    scene = Scene(points, DOMAIN, classes, targets=(Target(0.1, 0.2, 1), Target(-1.0, 0.4, 0)))
    settings = {"learner.hidden": [6], "training.learning_rate": 0.05} | {
        k.replace("__", "."): v for k, v in values.items()
    }
    made = Session(Scenario().with_values(settings), scene, (0, 1), twin, "cpu")
    made.step(25)
    return made


@pytest.mark.parametrize(("classes", "values"), [(2, {}), (3, {}), (2, {"learner__loss": "hinge"})])
def test_every_loss_is_the_mean_over_the_points_of_its_split(classes: int, values: Any):
    made = run(classes, **values)
    found, points = made.evaluate(), made.scene.points
    label = np.maximum(points.label, 0).astype(np.int64)
    own, predicted, scores = made.learner.assess(points.x, label)
    each = dict(zip(LOSSES, point_losses(scores, label, made.learner.scale), strict=True))
    for replica in range(4):
        for split in Split:
            among = points.is_labelled & ~points.is_poison & (points.split == split)
            wrong = (predicted[replica] != label)[among]
            assert found[replica, split] == pytest.approx(own[replica, among].mean(), rel=1e-5)
            assert found[replica, 3 + split] == wrong.sum() / among.sum()
            for name, values_ in each.items():
                column = CURVES.index(f"{split.name.lower()}_{name}_loss")
                assert found[replica, column] == pytest.approx(values_[replica, among].mean(), rel=1e-5, abs=1e-6)
        poison = points.is_labelled & points.is_poison & (points.split == Split.TRAIN)
        assert found[replica, 6] == pytest.approx(own[replica, poison].mean(), rel=1e-5)
        test = (points.split == Split.TEST) & ~points.is_poison
        flips = (predicted[replica] != predicted[replica % 2])[test].mean()
        assert found[replica, 7] == pytest.approx(flips if replica > 1 else np.nan, nan_ok=True)
    assert len(MEASURES) == len(LOSSES) + 1


@pytest.mark.parametrize("values", [{}, {"decision__false_negative": 5.0}, {"data__input_scale": "standardised"}])
def test_parts_come_to_the_same(values: Any, monkeypatch: pytest.MonkeyPatch):
    """With the pins in a part of points, or apart."""
    for n in (600, 512):
        made = run(n=n, **values)
        whole = made.evaluate(), made.margins()
        assert (whole[1] ** 2 > 1e-4).any()
        with monkeypatch.context() as patch:
            patch.setattr(network, "_FLOATS", 0)
            made._assess = None
            np.testing.assert_allclose(made.evaluate(), whole[0], rtol=1e-6, atol=1e-9)
            np.testing.assert_allclose(made.margins(), whole[1], rtol=1e-5, atol=1e-6)


def test_a_pin_is_on_the_side_that_its_probabilities_say():
    made = run(3)
    p = made.learner.probabilities(np.array([[0.1, 0.2], [-1.0, 0.4]])).astype(np.float64)
    wanted = np.stack([p[:, 1, 0] - p[:, [0, 2], 0].max(axis=1), p[:, 0, 1] - p[:, 1:, 1].max(axis=1)], axis=1)
    np.testing.assert_allclose(made.margins(), wanted, atol=1e-6)


def test_masks_that_are_not_kept_come_to_the_same(monkeypatch: pytest.MonkeyPatch):
    made = run()
    whole = made.evaluate()
    monkeypatch.setattr("boundaryviz.engine.evaluation_set._KEPT", 0)
    made.set_scene(made.scene)
    assert np.array_equal(made.evaluate(), whole, equal_nan=True)


def test_settings_that_change_what_is_said_are_heeded_at_once():
    made = run()
    before = made.evaluate()
    made.set_scenario(made.scenario.with_values({"learner.mask": "saturated"}))
    assert (made.evaluate()[:, :3] > before[:, :3]).all()
