"""Scenarios: changing them by path, and saying everything that is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.learners.specs import MLPSpec
from boundaryviz.scenario.scenario import VERSION, Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from helpers.scenes import bits, scenes


def _problems(values: dict) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        Scenario().with_values(values)
    return caught.value.problems


def test_settings_change_by_dotted_path_and_the_original_stays() -> None:
    scenario = Scenario()
    changed = scenario.with_values(
        {"learner.hidden": [64, 64], "training.learning_rate": 0.5, "data.n": 50, "training.batch_size": "full"}
    )
    assert isinstance(changed.learner, MLPSpec)
    assert changed.learner.hidden == (64, 64)
    assert (changed.training.learning_rate, changed.data.n, changed.training.batch_size) == (0.5, 50, "full")
    assert scenario == Scenario()


def test_a_new_learner_takes_its_own_defaults_before_other_settings() -> None:
    start = Scenario().with_values({"learner.loss": "hinge", "learner.hidden": [3]})
    changed = start.with_values({"learner.features": ["x", "x2"], "learner.name": "logistic"})
    assert changed.learner.name == "logistic"
    assert changed.learner.features == ("x", "x2")
    assert changed.learner.loss == "cross-entropy"
    back = start.with_values({"learner.name": "mlp"}).learner
    assert isinstance(back, MLPSpec)
    assert back.hidden == (3,)


def test_every_problem_is_named_with_its_path() -> None:
    assert _problems({"training.steps": "x", "learner.hiden": [3], "data.noise": 7, "training.batch_size": "some"}) == [
        "learner.hiden: there is no such setting; did you mean learner.hidden?",
        "data.noise: must be at most 1.0 (got 7)",
        "training.steps: must be a whole number (got 'x')",
        "training.batch_size: must be a whole number or 'full' (got 'some')",
    ]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learner.name": "svm"}, "learner.name: unknown learner 'svm'; there are: mlp, logistic"),
        ({"data.name": "moon"}, "data.name: unknown data set 'moon'"),
        ({"data.noise": float("nan")}, "data.noise: must be a finite number (got nan)"),
        ({"learner.hidden": [300]}, "learner.hidden.0: must be at most 256 (got 300)"),
        ({"learner.hidden": 3}, "learner.hidden: must be a list (got 3)"),
        ({"learner.features": []}, "learner: a model needs at least one input feature"),
        ({"training.batch_size": 0}, "training: batch size is a number from 1 up, or 'full'"),
        ({"learning_rate": 1}, "learning_rate: there is no such setting; did you mean training.learning_rate?"),
        ({"training": 3}, "training: there is no such setting"),
        ({"training.steps.more": 3}, "training.steps.more: there is no such setting"),
        ({"learner.name": "logistic", "learner.hidden": [3]}, "learner.hidden: there is no such setting"),
    ],
)
def test_what_is_wrong_is_said_in_words(values: dict, words: str) -> None:
    (problem,) = _problems(values)
    assert problem.startswith(words)


def test_a_newer_file_is_refused_by_its_number() -> None:
    with pytest.raises(ScenarioError, match=f"format {VERSION + 1}"):
        Scenario.parse({"version": VERSION + 1, "something": "new"})


def test_points_without_points_are_a_problem() -> None:
    with pytest.raises(ScenarioError, match=r"plane: .*points"):
        Scenario.parse({"data": {"name": "points"}})


@given(scenes())
def test_a_scene_written_out_comes_back_to_the_bit(scene) -> None:
    assert bits(Scenario().with_scene(scene).scene()) == bits(scene)


@given(scenes(), st.integers(1, 1000))
def test_points_of_ones_own_survive_other_settings(scene, steps: int) -> None:
    own = Scenario(data=DataSpec(name="points")).with_scene(scene)
    assert bits(own.with_values({"training.steps": steps}).scene()) == bits(scene)


def test_points_of_ones_own_are_lost_only_on_purpose() -> None:
    own = Scenario(data=DataSpec(name="points")).with_scene(Scenario().scene())
    assert own.with_values({"data.n": 20}).with_values({"data.n": "all"}).scene() == own.scene()
    other = own.with_values({"data.name": "xor", "data.n": 20})
    assert (other.plane, other.own) == (None, None)
    assert len(other.scene().points) == 40


def test_there_have_to_be_points_of_ones_own() -> None:
    assert _problems({"data.name": "points"}) == [
        "data.name: 'points' are points of one's own; there are none here: open a table of them"
    ]
    assert _problems({"data.n": "all"}) == [
        "data: a data set is drawn and needs a number of training points; 'all' is for your own points"
    ]


def test_other_data_settings_draw_edited_points_anew() -> None:
    edited = Scenario().with_scene(Scenario(data=DataSpec(n=10)).scene())
    assert len(edited.with_values({"data.n": 30}).scene().points) == 60


@pytest.mark.parametrize(
    ("values", "version", "focusing"),
    [
        ({}, 2, False), ({"learner.loss": "hinge"}, 2, False), ({"learner.loss": "absolute"}, 5, False),
        ({"learner.loss": "focal"}, 5, False), ({"learner.focusing": 1.0}, 5, True),
    ],
)  # fmt: skip
def test_settings_of_a_later_version_are_left_out_where_they_say_nothing(
    values: dict, version: int, focusing: bool
) -> None:
    scenario = Scenario().with_values(values)
    written = scenario.written()
    assert (written["version"], "focusing" in written["learner"]) == (version, focusing)
    assert Scenario.parse(written) == scenario
