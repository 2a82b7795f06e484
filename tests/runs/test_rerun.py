"""A scenario with a history is trained again as it was: what was changed, at its step, to the same bits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundaryviz.cli.app import run as cli
from boundaryviz.engine import messages as m
from boundaryviz.runs.run import start, train
from boundaryviz.scenario import files
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Edit, Move, Remove, apply, relabel
from boundaryviz.scene.scene import Points
from helpers.talks import Conversation


def session(learner: str, twin: bool, engine: str = "cpu") -> tuple[Scenario, m.Checkpoint]:
    """A live run with changes while it trained, as a project holds it, and the last moment of it."""
    scenario = load("two-moons-bridge").with_values(
        {"data.n": 60, "learner.name": learner, "poison.count": 4, "training.batch_size": 16}
    )
    scene = scenario.scene()
    talk = Conversation(m.Load(scenario, scene, 1, engine, 2, twin))
    history = RunHistory.of(scenario, scene, True, 2, twin, talk.heard(m.Engine)[-1].name)
    ids = scene.points.ids
    changes: tuple[tuple[int, dict[str, Any], Edit], ...] = (
        (7, {}, Move(ids[:3], np.zeros((3, 2)))),
        (12, {"training.learning_rate": 0.005}, relabel(ids[4:6], 0)),
        (20, {}, Add(Points.of([[0.3, 0.3]], first_id=scene.points.next_id))),
        (31, {"training.batch_size": 8}, Remove(ids[10:12])),
    )
    for number, (step, values, edit) in enumerate(changes, 2):
        talk.train_to(step)
        scenario = scenario.replaced(values) if values else scenario
        scene, _ = apply(edit, scene)
        talk.tell(m.SetScene(scene, number, scenario))
        history = history.then(step, scenario, scene)
    talk.train_to(45)
    return history.come_to(45).written(scenario.with_scene(scene), scene), talk.heard(m.Checkpoint)[-1]


@pytest.mark.parametrize(
    ("learner", "twin", "engine"),
    [
        ("mlp", False, "cpu"),
        ("mlp", True, "auto"),
        ("vat", True, "auto"),
        ("vat", True, "cpu"),
        ("mean-teacher", False, "cpu"),
        ("label-spreading", True, "auto"),
    ],
)
def test_a_rerun_from_the_file_ends_in_the_same_parameters(
    learner: str, twin: bool, engine: str, tmp_path: Path
) -> None:
    project, last = session(learner, twin, engine)
    files.write(tmp_path / "live.bviz", project)
    again = train(str(tmp_path / "live.bviz"), progress=False)
    assert project.course is not None
    assert again.session.engine.name == project.course.engine
    assert again.step == 45
    assert (len(again.seeds), again.twin) == (2, twin)
    state = again.session.state()
    watched = {name for name in last.state if name.startswith("cascade.")}
    assert state.keys() == last.state.keys() - watched
    assert all(np.array_equal(state[name], last.state[name]) for name in state)


def test_any_chunks_of_steps_take_the_same_turns() -> None:
    project, _ = session("mlp", False)
    whole, bits = (start(project, device="cpu") for _ in range(2))
    whole.advance(50)
    for some in (1, 6, 1, 20, 3, 19):
        bits.advance(some)
    a, b = (one.session.state() for one in (whole, bits))
    assert all(np.array_equal(a[name], b[name]) for name in a)
    np.testing.assert_array_equal(whole.curves.step, bits.curves.step)


def test_a_rerun_can_be_saved_and_run_again(tmp_path: Path) -> None:
    project, _ = session("mlp", True)
    run = start(project, device="cpu")
    run.advance(25)
    saved = run.saved()
    history = RunHistory.read(saved)
    assert history is not None
    assert [change.step for change in history.changes] == [7, 12, 20]
    assert history.steps == 25
    again = train(saved, device="cpu", progress=False)
    a, b = (one.session.state() for one in (run, again))
    assert all(np.array_equal(a[name], b[name]) for name in a)


def test_the_command_line_runs_a_project_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, _ = session("mlp", True)
    path = tmp_path / "live.bviz"
    files.write(path, project)
    assert cli(["train", str(path), "--json", "-", "--device", "cpu"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["steps"] == 45
    assert told["seeds"] == [0, 1]
    assert "clean" in told
    assert cli(["train", str(path), "--json", "-", "--device", "cpu", "--steps", "9", "--no-twin", "--seeds", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["steps"] == 9
    assert told["seeds"] == [0]
    assert "clean" not in told


def test_curves_begin_anew_with_other_data() -> None:
    scenario = load("moons").with_values({"data.n": 40})
    history = RunHistory.of(scenario, scenario.scene(), drawn=True)
    other = scenario.with_values({"data.seed": 5})
    history = history.then(20, other, other.scene()).come_to(40)
    run = train(history.written(other, other.scene()), device="cpu", progress=False)
    assert run.curves.step[0] > 20
    assert run.scenario.data.seed == 5


def test_what_was_changed_after_the_last_step_is_there_at_the_end() -> None:
    project, _ = session("mlp", False)
    scene = project.scene()
    later, _ = apply(Move(scene.points.ids[:1], np.array([[2.0, 2.0]])), scene)
    run = train(project.with_scene(later), device="cpu", progress=False)
    assert run.step == 45
    assert run.scene.points == later.points
    shorter = train(project.with_scene(later), steps=30, device="cpu", progress=False)
    assert not np.isin(2.0, shorter.scene.points.xy)
    assert run.saved().scene().points == later.points
    again = train(run.saved(), device="cpu", progress=False)
    assert again.scene.points == later.points
