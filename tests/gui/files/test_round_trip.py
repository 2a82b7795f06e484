"""What is saved opens, and is the same: over random walks through the window; `make roundtrips` takes 2,000."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from benchmarks import roundtrips
from boundaryviz.gui.document.recovery import Origin, Session, orphans
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files, text
from boundaryviz.scenario.atomic import WriteError
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.workbenches import SilentLink, at_rest, workbenches


@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.slow) for first in range(5, 25, 5))])
def test_every_state_that_the_window_can_reach_is_the_same_when_it_is_opened_again(
    first: int, show: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    workbench = show(Scenario().with_values({"data.n": 20}))
    workbench.client._stop_listening()  # walks listen themselves
    for seed in range(first, first + 5):
        roundtrips.look(workbench, tmp_path, seed)
    qtbot.waitUntil(lambda: at_rest(workbench))


def test_a_table_that_is_pasted_while_poison_is_off_comes_back_so(qtbot: QtBot, tmp_path: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText("x,y,label,origin\n0,0,0,\n1,1,1,poison\n")
    with workbenches(qtbot, tmp_path, SilentLink) as show:
        workbench = show(Scenario().with_values({"data.n": 20, "poison.on": False}))
        workbench.pasting.paste()
        workbench.reader.wait()
        state = workbench.document.committed
        assert not state.scene.acting
        assert state.complete().scene() == state.scene


def own_points() -> Scenario:
    scene = Scene(Points.of([[0.0, 1.0], [2.0, 0.5]], [0, 1]), Domain(-6.0, 6.0, -6.0, 6.0))
    return Scenario(title="Own", data=DataSpec(name="points")).with_scene(scene)


def test_own_points_that_were_trained_on_as_they_are_open_again(tmp_path: Path) -> None:
    scenario = own_points()
    history = RunHistory.of(scenario, scenario.scene()).come_to(25)
    files.write(path := tmp_path / "own.bviz", history.written(scenario, scenario.scene()))
    found = RunHistory.read(files.read(path))
    assert found is not None
    assert found.scene == scenario.scene()
    assert (found.steps, found.drawn) == (25, False)


class Unreadable(Scenario):
    """Says of itself what no reader takes."""

    def model_dump(self, **options: object) -> dict[str, object]:
        return super().model_dump(**options) | {"training": {"steps": -1}}  # type: ignore[arg-type]


def test_what_could_not_be_opened_is_refused_and_the_file_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "mine.bviz"
    files.write(path, own_points())
    before = path.read_bytes()
    with pytest.raises(WriteError, match=r"could not be opened again.*training\.steps"):
        files.write(path, Unreadable())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["mine.bviz"]


@pytest.mark.parametrize("suffix", [".bviz", ".toml"])
def test_what_would_be_another_thing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    for name in ("dumps", "dumps_toml"):
        write = getattr(text, name)
        monkeypatch.setattr(text, name, lambda values, write=write: write(values).replace("0.03", "0.3", 1))
    scenario = own_points().with_values({"training.learning_rate": 0.03})
    with pytest.raises(WriteError, match="another thing"):
        files.write(tmp_path / f"mine{suffix}", scenario)
    assert not list(tmp_path.iterdir())


def test_half_a_character_does_not_keep_the_rest_from_being_saved(tmp_path: Path) -> None:
    files.write(path := tmp_path / "mine.bviz", own_points().model_copy(update={"title": "half \ud800"}))
    assert files.read(path).title == "half ?"


@pytest.mark.parametrize(("where", "why"), [(None, "no points"), (3e20, "numbers beyond")])
def test_a_table_that_could_not_be_opened_is_not_written(tmp_path: Path, where: float | None, why: str) -> None:
    points = Points.of([] if where is None else [[where, 0.0]])
    scenario = own_points().with_scene(Scene(points, Domain(-1.0, 1.0, -1.0, 1.0)))
    with pytest.raises(WriteError, match=why):
        files.write(tmp_path / "mine.csv", scenario)
    assert not list(tmp_path.iterdir())


def test_a_course_that_cannot_be_followed_does_not_keep_the_points_from_being_kept(tmp_path: Path) -> None:
    scenario = own_points()
    torn = RunHistory.of(scenario, scenario.scene(), drawn=True).come_to(3)  # they are not drawn
    moved = apply(Move(np.array([0]), np.array([[1.0, 1.0]])), scenario.scene())[0]
    written = torn.then(2, scenario, moved).written(scenario.with_scene(moved), moved)
    with pytest.raises(WriteError):
        files.sealed(written)
    session = Session(tmp_path)
    session.keep(lambda: written, Origin("", "Own", 2, 0.0))
    session._lock.release(remove=False)
    (orphan,), broken = orphans(tmp_path)
    assert not broken
    found = orphan.read()
    assert np.array_equal(found.scene().points.xy, moved.points.xy)
    assert found.course is None
    orphan.discard()
