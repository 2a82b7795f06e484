"""A trainer that does not answer: it is said, work goes on, and nothing is kept for it that it will never need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import Silence
from boundaryviz.engine.messages import ToTrainer, gather
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move
from boundaryviz.scene.scene import Points
from helpers.workbenches import SilentLink, workbenches


class Mute(SilentLink):
    """A trainer that does not answer, for as long as `how` says so."""

    how: Silence | None = None
    abandoned = False

    def silence(self) -> Silence | None:  # type: ignore[override]
        return self.how

    def abandon(self) -> None:
        self.abandoned = True


@pytest.mark.parametrize(("works", "says"), [(False, "does not answer"), (True, "busy")])
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
        links[0].how = Silence(3.0, works)
        qtbot.waitUntil(lambda: not banner.isHidden() and says in banner.text.text(), timeout=5_000)
        assert "1,000" not in workbench.window.status.steps.text()
        workbench.controller.do(Add(Points.of([[0.0, 0.0]], 1, first_id=10_000)), "Add point")
        workbench.saving.save_to(tmp_path / "meanwhile.bviz")
        workbench.writer.wait()
        assert 10_000 in files.read(tmp_path / "meanwhile.bviz").scene().points.ids
        workbench.document.undo.undo()
        assert 10_000 not in workbench.document.scene.points.ids

        links[0].how = None  # it answers again
        qtbot.waitUntil(banner.isHidden, timeout=5_000)

        links[0].how = Silence(3.0, works)
        qtbot.waitUntil(lambda: not banner.isHidden(), timeout=5_000)
        banner.action_button.click()
        assert links[0].abandoned
        assert len(links) == 2
        assert says not in banner.text.text()


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
