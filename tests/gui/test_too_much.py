"""More than there is memory for, asked for in the window: it says so, nothing is lost, and undoing it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.assembly import Desk
from boundaryviz.scenario import cost
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add
from boundaryviz.scene.scene import Points
from helpers.desks import desks

WIDE = {"data.n": 60, "learner.hidden": [256, 256, 256], "learner.dropout": 0.5, "training.batch_size": "full"}


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(cost, "available", lambda: 30e6)
    monkeypatch.setattr(cost, "SMALL", 0.0)
    with desks(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        yield show(Scenario().with_values(WIDE))


def plays(desk: Desk, qtbot: QtBot) -> None:
    """Training goes on when it is asked to."""
    desk.controller.play(True)
    before = desk.client.step_count
    qtbot.waitUntil(lambda: desk.client.step_count > before and desk.client.playing, timeout=10_000)
    desk.controller.play(False)


def test_a_data_set_that_is_too_large_is_refused_in_the_banner_and_undone(desk: Desk, qtbot: QtBot) -> None:
    plays(desk, qtbot)
    desk.controller.play(True)
    desk.controller._set("data.n", 1900)
    banner = desk.window.banner
    qtbot.waitUntil(lambda: not banner.isHidden())
    assert "this run would take about" in banner.text.text()
    assert "30 MB are free; take no dropout" in banner.text.text()
    qtbot.waitUntil(lambda: not desk.client.playing)
    play = desk.window.actions_["train.play"]
    assert play.isEnabled()
    play.trigger()
    qtbot.waitUntil(lambda: not desk.client.playing, timeout=5_000)  # refused again
    assert len(desk.document.scene.points) > 3000  # nothing is lost
    desk.window.actions_["edit.undo"].trigger()
    qtbot.waitUntil(lambda: desk.controller.display.frame is not None, timeout=5_000)
    plays(desk, qtbot)
    assert desk.document.scenario.data.n == 60


def test_points_that_are_too_many_are_refused_in_the_banner_and_undone(desk: Desk, qtbot: QtBot) -> None:
    plays(desk, qtbot)
    before = desk.document.scene
    xy = np.random.default_rng(0).standard_normal((1900, 2))
    desk.controller.do(Add(Points.of(xy, 0, first_id=before.points.next_id)), "Paste points")
    qtbot.waitUntil(lambda: not desk.window.banner.isHidden())
    assert "30 MB are free; take no dropout" in desk.window.banner.text.text()
    assert len(desk.document.scene.points) == len(before.points) + 1900
    desk.window.actions_["edit.undo"].trigger()
    plays(desk, qtbot)
    frame = desk.controller.display.frame
    assert frame is not None
    assert len(frame.predicted) == len(before.points) == len(desk.document.scene.points)
