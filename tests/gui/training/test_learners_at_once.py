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
from boundaryviz.gui.workbench import Workbench
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario

AT_ONCE = [*(name for name, family in FAMILIES.items() if family.at_once), "GaussianNB"]  # which is not listed


@pytest.fixture
def workbench(qtbot: QtBot, tmp_path: Path) -> Iterator[Workbench]:
    scenario = Scenario().with_values({"data.n": 60, "data.labels_per_class": 3})
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    workbench = Workbench(scenario, lambda: InlineLink(Trainer()), None, settings)
    workbench.window.may_close = lambda: True
    qtbot.addWidget(workbench.window)
    with qtbot.waitExposed(workbench.window):
        workbench.window.show()
    yield workbench
    workbench.close()


@pytest.mark.parametrize("name", AT_ONCE)
def test_chosen_and_stepped_it_is_shown_and_what_does_not_apply_is_switched_off(
    workbench: Workbench, qtbot: QtBot, name: str
):
    workbench.window.learner.changed.emit("learner.name", name)
    assert workbench.document.scenario.learner.name == name
    rows = workbench.window.training
    assert rows._row("training.learning_rate").reason
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    workbench.client.step()
    qtbot.waitUntil(lambda: (frame := workbench.controller.presenter.frame) is not None and frame.step == 1)
    frame = workbench.controller.presenter.frame
    assert frame is not None
    assert np.isfinite(frame.field).mean() > 0.5
    workbench.window.learner.changed.emit("learner.name", "mlp")
    assert not rows._row("training.learning_rate").reason


def test_settings_of_the_other_graph_are_switched_off(workbench: Workbench):
    workbench.window.learner.changed.emit("learner.name", "label-spreading")
    form = workbench.window.learner.form
    off = lambda: {n for n in ("neighbours", "both_ways", "gamma", "alpha") if form._row(f"learner.{n}").reason}  # noqa: E731
    assert off() == {"gamma"}
    workbench.window.learner.changed.emit("learner.kernel", "rbf")
    assert off() == {"neighbours", "both_ways"}


def test_the_pointer_says_undecided_where_nothing_has_decided(workbench: Workbench, qtbot: QtBot):
    workbench.window.learner.changed.emit("learner.name", "label-spreading")
    qtbot.waitUntil(lambda: (f := workbench.controller.presenter.frame) is not None and bool(np.isnan(f.field).all()))
    domain = workbench.document.scene.domain
    workbench.window.plane.hovered.emit(((domain.left + domain.right) / 2, (domain.bottom + domain.top) / 2))
    assert workbench.window.status.answer.text() == "undecided"
