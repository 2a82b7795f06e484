"""Learners that are fitted at once, in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.assembly import Desk
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario

AT_ONCE = [name for name, (spec, _) in FAMILIES.items() if getattr(spec, "AT_ONCE", False)]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    scenario = Scenario().with_values({"data.n": 60, "data.labels_per_class": 3})
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    desk = Desk(scenario, lambda: InlineLink(Trainer()), None, settings)
    desk.window.may_close = lambda: True
    qtbot.addWidget(desk.window)
    with qtbot.waitExposed(desk.window):
        desk.window.show()
    yield desk
    desk.close()


@pytest.mark.parametrize("name", AT_ONCE)
def test_chosen_and_stepped_it_is_shown_and_what_does_not_apply_is_switched_off(desk: Desk, qtbot: QtBot, name: str):
    desk.window.learner.changed.emit("learner.name", name)
    assert desk.document.scenario.learner.name == name
    rows = desk.window.training
    assert rows._row("training.learning_rate").reason
    qtbot.waitUntil(lambda: desk.controller.display.frame is not None)
    desk.client.step()
    qtbot.waitUntil(lambda: (frame := desk.controller.display.frame) is not None and frame.step == 1)
    frame = desk.controller.display.frame
    assert frame is not None
    assert np.isfinite(frame.field).mean() > 0.5
    desk.window.learner.changed.emit("learner.name", "mlp")
    assert not rows._row("training.learning_rate").reason


def test_settings_of_the_other_graph_are_switched_off(desk: Desk):
    desk.window.learner.changed.emit("learner.name", "label-spreading")
    form = desk.window.learner.form
    off = lambda: {n for n in ("neighbours", "both_ways", "gamma", "alpha") if form._row(f"learner.{n}").reason}  # noqa: E731
    assert off() == {"gamma"}
    desk.window.learner.changed.emit("learner.kernel", "rbf")
    assert off() == {"neighbours", "both_ways"}


def test_the_pointer_says_undecided_where_nothing_has_decided(desk: Desk, qtbot: QtBot):
    desk.window.learner.changed.emit("learner.name", "label-spreading")
    qtbot.waitUntil(lambda: (f := desk.controller.display.frame) is not None and bool(np.isnan(f.field).all()))
    domain = desk.document.scene.domain
    desk.window.plane.hovered.emit(((domain.left + domain.right) / 2, (domain.bottom + domain.top) / 2))
    assert desk.window.status.answer.text() == "undecided"
