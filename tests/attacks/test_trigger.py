"""A trigger by one point: where it lies, what is pushed, and what it says where it cannot be planted."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.attacks.kinds.trigger import TriggerSpec, direction_of
from boundaryviz.attacks.placement import check, inject
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.studies.triggering import Triggering, measure, plan

SCENE = build(DataSpec(n=60, lift=6, lift_noise=0.0))


def test_its_point_lies_off_the_plane_by_its_height_above_the_middle() -> None:
    scene = inject(SCENE, TriggerSpec(count=2, height=3.0, wanted=1))
    poison = scene.points.take(scene.points.is_poison)
    section = scene.section
    assert section is not None
    off = poison.x - section.embed(poison.xy)
    np.testing.assert_allclose(np.linalg.norm(off, axis=1), 3.0)
    np.testing.assert_allclose(off @ section.axes.T, 0.0, atol=1e-12)
    np.testing.assert_allclose(poison.xy, np.tile(SCENE.points.xy[SCENE.points.is_train].mean(axis=0), (2, 1)))
    assert set(poison.label.tolist()) == {1}
    assert scene.targets == ()


def test_what_is_pushed_keeps_its_place_on_the_plane() -> None:
    spec, section = TriggerSpec(count=1, push=7.0), SCENE.section
    assert section is not None
    pushed = spec.pushed(SCENE, SCENE.points.x)
    np.testing.assert_allclose(section.shadow(pushed), SCENE.points.xy, atol=1e-12)
    np.testing.assert_allclose(pushed - SCENE.points.x, 7.0 * np.tile(direction_of(SCENE), (len(SCENE.points), 1)))


def test_it_says_what_it_needs() -> None:
    assert "data.lift" in (check(build(DataSpec(n=60)), TriggerSpec(count=1)) or "")
    assert "no class 5" in (check(SCENE, TriggerSpec(count=1, wanted=5)) or "")
    with pytest.raises(ScenarioError, match=r"trigger\.success is a measure of a trigger"):
        plan(Scenario(), 0, ["success"], 1, "cpu")


def test_a_linear_model_is_triggered_and_decides_all_else_as_without_the_poison() -> None:
    """Peinemann et al. 2025: with a direction that no clean point uses, the clean task is not touched."""
    scenario = Scenario.parse({
        "data": {"name": "gauss", "n": 80, "noise": 0.1, "lift": 6, "lift_noise": 0.0},
        "poison": {"attack": "trigger", "count": 1, "wanted": 0, "height": 10.0, "push": 300.0},
        "learner": {"name": "logistic"},
        "training": {"steps": 400, "learning_rate": 0.05, "batch_size": "full", "evaluate_every": 400, "l2": 1e-4},
    })  # fmt: skip
    found = measure(Triggering(scenario, 2, "cpu"), _Silent())[0]
    assert found["success"] == 1.0
    assert (found["clean_success"] or 0.0) <= 0.5
    run = train(scenario, seeds=2, twin=True, progress=False)
    assert run.metrics["flip_rate"].mean <= 0.02


class _Silent:
    def progress(self, done: int, of: int, words: str = "") -> None: ...

    def result(self, value: object) -> None: ...
