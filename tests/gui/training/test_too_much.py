"""More than there is memory for, asked for in the window: it says so, nothing is lost, and undoing it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import cost
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add
from boundaryviz.scene.scene import Points
from helpers.workbenches import workbenches

WIDE = {"data.n": 60, "learner.hidden": [256, 256, 256], "learner.dropout": 0.5, "training.batch_size": "full"}


@pytest.fixture
def workbench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setattr(cost, "available", lambda: 30e6)
    monkeypatch.setattr(cost, "SMALL", 0.0)
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        yield show(Scenario().with_values(WIDE))


def plays(workbench: Workbench, qtbot: QtBot) -> None:
    """Training goes on when it is asked to."""
    workbench.controller.play(True)
    before = workbench.client.step_count
    qtbot.waitUntil(lambda: workbench.client.step_count > before and workbench.client.playing)
    workbench.controller.play(False)


def test_a_data_set_that_is_too_large_is_refused_in_the_banner_and_undone(workbench: Workbench, qtbot: QtBot) -> None:
    plays(workbench, qtbot)
    workbench.controller.play(True)
    workbench.controller.set_setting("data.n", 1900)
    banner = workbench.window.banner
    qtbot.waitUntil(lambda: not banner.isHidden())
    assert "this run would take about" in banner.text.text()
    assert "30 MB are free; take no dropout" in banner.text.text()
    qtbot.waitUntil(lambda: not workbench.client.playing)
    play = workbench.window.actions_["train.play"]
    assert play.isEnabled()
    play.trigger()
    qtbot.waitUntil(lambda: not workbench.client.playing)  # refused again
    assert len(workbench.document.scene.points) > 3000  # nothing is lost
    workbench.window.actions_["edit.undo"].trigger()
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    plays(workbench, qtbot)
    assert workbench.document.scenario.data.n == 60


def test_points_that_are_too_many_are_refused_in_the_banner_and_undone(workbench: Workbench, qtbot: QtBot) -> None:
    plays(workbench, qtbot)
    before = workbench.document.scene
    xy = np.random.default_rng(0).standard_normal((1900, 2))
    workbench.controller.do(Add(Points.of(xy, 0, first_id=before.points.next_id)), "Paste points")
    qtbot.waitUntil(lambda: not workbench.window.banner.isHidden())
    assert "30 MB are free; take no dropout" in workbench.window.banner.text.text()
    assert len(workbench.document.scene.points) == len(before.points) + 1900
    workbench.window.actions_["edit.undo"].trigger()
    plays(workbench, qtbot)
    frame = workbench.controller.presenter.frame
    assert frame is not None
    assert len(frame.predicted) == len(before.points) == len(workbench.document.scene.points)
