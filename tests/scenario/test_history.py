"""The history of a run: differences lead from one scene to the next to the bit, in memory and through a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.scenario import files
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.history import RunHistory, changed, difference
from boundaryviz.scenario.history_spec import ChangeSpec
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.edits import Add, Edit, Move, Remove, Replace, SetTargets, apply, mute, relabel
from boundaryviz.scene.scene import Points, Scene, Target
from helpers.scenes import bits, edits, scenes


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Scene, Scene]:
    scene = draw(scenes())
    after = scene
    for _ in range(draw(st.integers(0, 3))):
        after, _ = apply(draw(edits(after)), after)
    return scene, after


@given(neighbours())
def test_a_difference_leads_from_one_scene_to_the_other_to_the_bit(pair: tuple[Scene, Scene]) -> None:
    before, after = pair
    edit = difference(before, after)
    if edit is None:
        assert bits(before) == bits(after)
    else:
        assert bits(apply(edit, before)[0]) == bits(after)


@given(neighbours())
def test_a_turn_survives_its_columns(pair: tuple[Scene, Scene]) -> None:
    before, after = pair
    edit = difference(before, after)
    if edit is not None:
        plain = ChangeSpec.of(3, {}, edit).model_dump_json(exclude_defaults=True)
        assert bits(apply(ChangeSpec.model_validate_json(plain).edit(), before)[0]) == bits(after)


def test_differences_are_no_larger_than_the_change() -> None:
    scene = load("moons").scene()
    assert difference(scene, replace(scene)) is None
    moved, _ = apply(Move(scene.points.ids[3:5], np.array([[0.1, 0.2], [-0.0, 0.3]])), scene)
    edit = difference(scene, moved)
    assert isinstance(edit, Move)
    assert edit.ids.tolist() == scene.points.ids[3:5].tolist()
    gone, _ = apply(Remove(scene.points.ids[:2]), scene)
    assert isinstance(difference(scene, gone), Remove)
    more, _ = apply(Add(Points.of([[0.0, 0.0]], first_id=scene.points.next_id)), scene)
    assert isinstance(difference(scene, more), Add)
    assert isinstance(difference(scene, replace(scene, class_names=("a", "b"))), Replace)


def test_the_sign_of_zero_is_a_difference() -> None:
    scene = apply(Move(np.array([0]), np.array([[0.0, 0.0]])), load("moons").scene())[0]
    assert isinstance(difference(scene, apply(Move(np.array([0]), np.array([[-0.0, 0.0]])), scene)[0]), Move)


def evolved(start: Scenario) -> tuple[RunHistory, Scenario, Scene]:
    """A history with every kind of change, and what it came to."""
    scene = start.scene()
    history = RunHistory.of(start, scene, drawn=True, seeds=2, twin=True)
    ids = scene.points.ids
    steps: tuple[tuple[int, dict[str, Any], Edit], ...] = (
        (10, {}, Move(ids[:2], np.array([[0.5, 0.25], [0.1, -0.3]]))),
        (10, {"training.learning_rate": 0.001}, relabel(ids[3:4], 1)),
        (25, {"poison.on": False}, mute(ids[5:7], True)),
        (40, {"poison.on": True, "training.batch_size": 16}, Add(Points.of([[1, 1]], first_id=scene.points.next_id))),
        (41, {}, SetTargets((Target(0.0, 0.5, 1),))),
        (60, {}, Remove(ids[8:12])),
    )
    scenario = start
    for step, values, edit in steps:
        scenario = scenario.replaced(values) if values else scenario
        scene = replace(apply(edit, scene)[0], poison_on=scenario.poison.on)
        history = history.then(step, scenario, scene)
    return history.come_to(75), scenario, scene


def test_a_course_replays_every_turn_through_a_file(tmp_path: Path) -> None:
    start = load("two-moons-bridge-neural").with_values({"data.n": 40})
    history, scenario, scene = evolved(start)
    files.write(tmp_path / "course.bviz", history.written(scenario.with_scene(scene), scene))
    read = files.read(tmp_path / "course.bviz")
    again = RunHistory.read(read)
    assert again is not None
    assert (again.steps, again.seeds, again.twin, again.drawn) == (75, 2, True, True)
    assert [change.step for change in again.changes] == [10, 10, 25, 40, 41, 60]
    for count in range(len(history.changes) + 1):
        (a, one), (b, other) = history.at(count), again.at(count)
        assert changed(a, b) == {}
        assert bits(one) == bits(other)
        assert one.poison_on == other.poison_on
    assert bits(read.scene()) == bits(scene)
    assert again.written(read, read.scene()).course == read.course


def test_what_was_trained_through_at_a_step() -> None:
    history, _, _ = evolved(load("two-moons-bridge-neural").with_values({"data.n": 40}))
    assert [history.changes_before(step) for step in (0, 10, 11, 25, 26, 61, 1000)] == [0, 0, 2, 2, 3, 6, 6]
    cut = history.until(25)
    assert len(cut.changes) == 2
    assert cut.steps == 25
    assert bits(cut.last[1]) == bits(history.at(2)[1])
    with pytest.raises(ValueError, match="before the last turn"):
        history.then(59, *history.last)


def test_nothing_changed_is_no_turn() -> None:
    start = load("moons")
    history = RunHistory.of(start, start.scene(), drawn=True)
    assert history.then(5, start, start.scene()) is history


def test_an_untouched_course_needs_no_second_scene() -> None:
    start = load("moons")
    scene = apply(Move(np.array([0]), np.array([[0.3, 0.4]])), start.scene())[0]
    written = RunHistory.of(start, scene).come_to(9).written(start.with_scene(scene), scene)
    assert written.course is not None
    assert written.course.start == "present"
    again = RunHistory.read(written)
    assert again is not None
    assert bits(again.scene) == bits(scene)
    other = apply(Move(np.array([0]), np.array([[0.5, 0.4]])), scene)[0]  # changed at the end, not yet trained on
    pending = RunHistory.read(RunHistory.of(start, scene).come_to(9).written(start.with_scene(other), other))
    assert pending is not None
    assert bits(pending.scene) == bits(scene)


def test_settings_given_later_overrule_the_course() -> None:
    start = load("two-moons-bridge-neural").with_values({"data.n": 40})
    history, scenario, scene = evolved(start)
    written = history.written(scenario.with_scene(scene), scene)
    faster = written.with_values({"training.learning_rate": 0.5, "training.steps": 90})
    again = RunHistory.read(faster)
    assert again is not None
    assert again.steps == 90
    assert {again.at(k)[0].training.learning_rate for k in range(len(again.changes) + 1)} == {0.5}
    assert again.at(6)[0].training.batch_size == 16
    assert written.with_values({"data.seed": 3}).course is None
    assert written.with_values({"poison.count": 3}).course is None
    other = RunHistory.read(written.with_values({"learner.name": "mlp"}))
    assert other is not None
    assert other.at(6)[0].learner.name == "mlp"


@settings(max_examples=50)
@given(st.integers(0, 5), st.sampled_from(["step", "ids", "columns", "values"]))
def test_a_turn_that_cannot_be_made_is_named(number: int, mistake: str) -> None:
    start = load("two-moons-bridge-neural").with_values({"data.n": 40})
    history, scenario, scene = evolved(start)
    plain = history.written(scenario.with_scene(scene), scene).model_dump(mode="json")
    change = plain["course"]["turns"][number]
    if mistake == "step":
        change["step"] = -1
    elif mistake == "ids":
        change["removed"] = [99_999]
    elif mistake == "columns":
        change["moved"] = {"id": [0, 1], "x": [0.0], "y": [0.0]}
    else:
        change["values"] = {"training.nothing": 1}
    with pytest.raises(ScenarioError) as refused:
        RunHistory.read(Scenario.parse(plain))
    assert f"course.turns.{number}" in refused.value.problems[0]


def test_a_random_walk_of_scenes_is_cheap_to_keep() -> None:
    scene = load("moons").scene()
    history = RunHistory.of(load("moons"), scene, drawn=True)
    rng = np.random.default_rng(0)
    for step in range(1, 200):
        scene, _ = apply(Move(scene.points.ids[:1], rng.normal(size=(1, 2))), scene)
        history = history.then(step, history.scenario, scene)
    written = history.written(history.scenario.with_scene(scene), scene)
    assert len(files.dumps(written)) < 2 * len(files.dumps(history.scenario.with_scene(scene))) + 200 * 120


def test_what_is_not_trained_on_yet_is_pending() -> None:
    start = load("two-moons-bridge-neural").with_values({"data.n": 40})
    history, scenario, scene = evolved(start)
    assert RunHistory.read(history.written(scenario.with_scene(scene), scene)).pending is None  # type: ignore[union-attr]
    later, _ = apply(Move(scene.points.ids[:1], np.array([[2.0, 2.0]])), scene)
    written = history.written(scenario.with_scene(later), later)
    pending = RunHistory.read(written).pending  # type: ignore[union-attr]
    assert pending is not None
    assert pending.step == 75
    assert bits(apply(pending.edit, scene)[0]) == bits(later)
    shorter = RunHistory.read(written.with_values({"training.steps": 50}))
    assert shorter is not None
    assert shorter.pending is None
    assert shorter.steps == 50
