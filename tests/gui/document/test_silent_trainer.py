"""A trainer that does not answer: it is said, work goes on, and nothing is kept for it that it will never need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import Silence
from boundaryviz.engine.messages import ToTrainer, gather
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move
from boundaryviz.scene.scene import Points
from helpers.qtest import QTest
from helpers.workbenches import SilentLink, workbenches


class Mute(SilentLink):
    """A trainer that does not answer, for as long as `how` says so."""

    how: Silence | None = None
    abandoned = False

    def silence(self) -> Silence | None:  # type: ignore[override]
        return self.how

    def abandon(self) -> None:
        self.abandoned = True


@pytest.mark.parametrize(("works", "says"), [(False, "does not answer"), (True, "has not begun")])
def test_a_trainer_that_does_not_answer_is_said_and_work_goes_on(
    works: bool, says: str, qtbot: QtBot, tmp_path: Path
) -> None:
    links: list[Mute] = []

    def start() -> Mute:
        links.append(Mute())
        return links[-1]

    with workbenches(qtbot, tmp_path, start) as show:
        workbench = show(Scenario().with_values({"data.n": 20}))
        banner = workbench.window.banner
        workbench.window.status.set_rates(1000.0, 60.0)
        links[0].how = Silence(3.0, works, begun=not works)
        qtbot.waitUntil(lambda: not banner.isHidden() and says in banner.text.text())
        assert "1,000" not in workbench.window.status.steps.text()
        workbench.controller.do(Add(Points.of([[0.0, 0.0]], 1, first_id=10_000)), "Add point")
        workbench.saving.save_to(tmp_path / "meanwhile.bviz")
        workbench.writer.wait()
        assert 10_000 in files.read(tmp_path / "meanwhile.bviz").scene().points.ids
        workbench.document.undo.undo()
        assert 10_000 not in workbench.document.scene.points.ids

        links[0].how = None  # it answers again
        qtbot.waitUntil(banner.isHidden)

        links[0].how = Silence(3.0, works, begun=not works)
        qtbot.waitUntil(lambda: not banner.isHidden())
        banner.action_button.click()
        assert links[0].abandoned
        assert len(links) == 2
        assert says not in banner.text.text()


LAPRLS = {"data.n": 20, "data.labels_per_class": 3, "learner.name": "laprls"}


@pytest.fixture
def fitting(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[Workbench, list[Mute]]]:
    """A window on a learner that is fitted at once, whose trainer is at it, and the trainers it has had."""
    links: list[Mute] = []

    def start() -> Mute:
        links.append(Mute())
        return links[-1]

    with workbenches(qtbot, tmp_path, start) as show:
        workbench = show(Scenario().with_values(LAPRLS))
        workbench.controller.play(True)
        hear(workbench, links[-1], Silence(0.6, True))
        yield workbench, links


def hear(workbench: Workbench, link: Mute, how: Silence | None) -> None:
    link.how = how
    workbench.client._look()


def over_the_plane(workbench: Workbench) -> str:
    return workbench.plane._banner_text or ""


def test_a_long_fit_is_said_over_the_plane_with_its_seconds_and_in_no_banner(
    fitting: tuple[Workbench, list[Mute]],
) -> None:
    workbench, (link,) = fitting
    area, banner = workbench.plane.canvas.area, workbench.window.banner
    assert over_the_plane(workbench) == "Fitting for 1 s; Pause stops it."
    hear(workbench, link, Silence(4.2, True))
    assert over_the_plane(workbench) == "Fitting for 4 s; Pause stops it."
    assert banner.isHidden()
    assert workbench.plane.canvas.area == area, "nothing is pushed about"
    hear(workbench, link, Silence(6.0, False))
    assert over_the_plane(workbench) == ""
    assert "does not answer" in banner.text.text()
    hear(workbench, link, Silence(6.5, True))
    assert banner.isHidden()
    hear(workbench, link, None)
    assert over_the_plane(workbench) == ""


@pytest.mark.parametrize("how", ["button", "Space"])
def test_pause_stops_a_long_fit_and_play_fits_again(fitting: tuple[Workbench, list[Mute]], how: str) -> None:
    workbench, links = fitting
    button = workbench.controller.transport.play_button
    if how == "Space":
        QTest.keyClick(workbench.plane, Qt.Key.Key_Space)
    else:
        button.click()
    assert links[0].abandoned
    assert len(links) == 2
    assert not workbench.client.playing
    assert button.text() == "Play"
    assert over_the_plane(workbench) == "The fit was stopped; Play fits again."
    button.click()
    assert workbench.client.playing
    assert not links[1].abandoned


def test_what_is_at_work_while_it_is_paused_is_stopped_too(fitting: tuple[Workbench, list[Mute]]) -> None:
    workbench, links = fitting
    hear(workbench, links[0], None)
    workbench.controller.play(False)
    hear(workbench, links[0], Silence(1.0, True))
    button = workbench.controller.transport.play_button
    assert button.text() == "Pause"
    hear(workbench, links[0], None)
    assert button.text() == "Play"
    hear(workbench, links[0], Silence(1.0, True))
    QTest.keyClick(workbench.plane, Qt.Key.Key_Space)
    assert links[0].abandoned


def test_a_run_that_would_lose_its_steps_is_paused_first(qtbot: QtBot, tmp_path: Path) -> None:
    links: list[Mute] = []
    with workbenches(qtbot, tmp_path, lambda: links.append(Mute()) or links[-1]) as show:  # type: ignore[func-returns-value]
        workbench = show(Scenario().with_values({"data.n": 20}))
        workbench.controller.play(True)
        workbench.client.step_count = 500
        hear(workbench, links[0], Silence(1.0, True))
        assert over_the_plane(workbench) == "At one step for 1 s; Pause rests after it."
        QTest.keyClick(workbench.plane, Qt.Key.Key_Space)
        assert not links[0].abandoned
        assert not workbench.client.playing
        hear(workbench, links[0], Silence(1.3, True))
        assert "Pause stops it, and training is back at step 0" in over_the_plane(workbench)
        QTest.keyClick(workbench.plane, Qt.Key.Key_Space)
        assert links[0].abandoned


def test_a_revision_that_is_under_way_is_kept_when_its_repetition_is_replaced(qtbot: QtBot, tmp_path: Path) -> None:
    class Slow(SilentLink):
        """Sends what comes first, and holds back what comes after it."""

        def __init__(self) -> None:
            self.room, self.waiting = 1000, list[ToTrainer]()

        def send(self, message: ToTrainer) -> ToTrainer | None:  # type: ignore[override]
            self.room -= 1
            return gather(self.waiting, message) if self.room < 0 else None

    links: list[Slow] = []
    with workbenches(qtbot, tmp_path, lambda: links.append(Slow()) or links[-1]) as show:  # type: ignore[func-returns-value]
        workbench = show(Scenario().with_values({"data.n": 20}))
        point = workbench.document.scene.points.ids[:1]
        workbench.document.preview(Move(point, np.array([[0.1, 0.0]])))
        state, revision = workbench.document.state, workbench.document.revision  # which is under way
        links[0].room = 0
        workbench.client.set_scene(state.scene, revision, state.scenario)  # told again, as after a restart
        workbench.document.preview(Move(point, np.array([[0.2, 0.0]])))
        assert workbench.controller.history.state(revision) is state


def test_states_that_nobody_will_train_on_are_not_kept(qtbot: QtBot, tmp_path: Path) -> None:
    class Full(SilentLink):
        """Takes the first message and nothing after it."""

        def __init__(self) -> None:
            self.waiting: list[ToTrainer] = []

        def send(self, message: ToTrainer) -> ToTrainer | None:  # type: ignore[override]
            return gather(self.waiting, message)

    with workbenches(qtbot, tmp_path, Full) as show:
        workbench = show(Scenario().with_values({"data.n": 20}))
        for x in range(200):
            workbench.document.preview(Move(workbench.document.scene.points.ids[:1], np.array([[x / 100, 0.0]])))
        assert len(workbench.controller.history._pushed) < 5
        state, revision = workbench.document.state, workbench.document.revision
        workbench.client.set_scene(state.scene, revision, state.scenario)  # told again, as after a restart
        assert workbench.controller.history.state(revision) is state
