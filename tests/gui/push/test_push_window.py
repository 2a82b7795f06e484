"""A window that trains: the push under the pointer, a point pushed over and added, and figures of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boundaryviz.figures.style import Options
from boundaryviz.gui.widgets.export_dialog import ExportDialog
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from helpers.mouse import mouse
from helpers.qtest import QTest
from helpers.runs import wait_for_exact

ASKED = Scenario(name="mine", title="Mine").with_values(
    {"data.n": 60, "learner.name": "logistic", "training.steps": 100, "evasion.epsilon": 0.4, "evasion.method": "pgd"}
)


@pytest.fixture
def trained(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    workbench = show(ASKED)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: workbench.client.step_count >= 100)
    workbench.controller.play(False)
    qtbot.waitUntil(lambda: not workbench.client.playing)
    wait_for_exact(workbench, qtbot)
    return workbench


def test_the_push_is_followed_the_point_goes_over_and_is_added_and_all_of_it_is_drawn(trained: Workbench, qtbot: QtBot):
    push, scene = trained.push, trained.document.scene
    assert trained.window.actions_["view.pushes"].isChecked()
    trained.window.show_result(push.robustness.view)
    push.panel.whom.setCurrentIndex(push.panel.whom.findData("train"))
    push.panel.whom.activated.emit(2)
    mouse(trained.plane, "Move", (0.5, 0.9), Qt.MouseButton.NoButton)
    here = push.on_plane.lead.here
    qtbot.waitUntil(lambda: len(here.here.arrows) == 4)
    first = here.here.arrows[0]
    along = (first.ends[0] - first.starts[0]) / np.hypot(*(first.ends[0] - first.starts[0]))
    value = trained.planes.value_at(*(first.ends[0] + 0.1 * along))  # some cells beyond the boundary
    before = trained.planes.value_at(*first.starts[0])
    assert value is not None
    assert before is not None
    assert (value > 0.5) != (before > 0.5)
    qtbot.waitUntil(lambda: push.many is not None and push.robustness.found is not None)
    assert {"exact", "pgd", "universal"} <= set(push.robustness.view.values)
    for name, (_, draw, _) in push.figures().items():
        snapshot = trained.controller.presenter.snapshot()
        assert draw(snapshot, Options()).png(60)[:4] == b"\x89PNG", name
    assert push.many is not None
    run = push.many.runs[0]
    label = scene.points.label[scene.points.positions(run.ids)]
    point = int(run.ids[np.flatnonzero(run.flipped & (run.from_class == label))[0]])
    trained.plane.select(np.array([point]))
    mouse(trained.plane, "Move", (0.5, 1.9), Qt.MouseButton.NoButton)
    QTest.keyClick(trained.plane, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: push.hand.over.taken is not None and not push.hand.over.under_way)
    (ghost,) = here.ghosts
    assert push.hand.over.taken is not None
    assert push.hand.over.taken.to[0] != ghost.label  # its colour is that of the field, which has cells
    QTest.keyClick(trained.plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    points = trained.document.scene.points
    assert (len(points), int(points.label[-1])) == (len(scene.points) + 1, ghost.label)
    assert tuple(points.xy[-1]) == ghost.place


def test_the_dialog_of_figures_offers_the_pushes_that_are_shown(
    trained: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: dialog.show())
    monkeypatch.setattr(ExportDialog, "deleteLater", lambda dialog: None)
    mouse(trained.plane, "Move", (0.5, 0.9), Qt.MouseButton.NoButton)
    qtbot.waitUntil(lambda: trained.push.asking.found is not None)
    trained.window.actions_["file.export"].trigger()
    qtbot.waitUntil(lambda: bool(trained.window.findChildren(ExportDialog)))
    (dialog,) = trained.window.findChildren(ExportDialog)
    assert dialog.view.currentData() == "pushes"
    assert dialog.view.findData("robustness") < 0, "its tab has not been looked at"
    dialog._show()
    assert "boundaryviz evade" in dialog.line.text()
    dialog.close()
