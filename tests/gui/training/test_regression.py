"""A regression in the window: what is said under the cursor, in the table, beside the curves and over the plane."""

from __future__ import annotations

import re

import numpy as np
from pytestqt.qtbot import QtBot

from boundaryviz.gui.plane.point_model import COLUMNS, PointModel
from boundaryviz.gui.threshold.view import REGRESSION
from boundaryviz.scenario import gallery
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.edits import apply, relabel


def test_the_cursor_reads_a_response_and_no_error_is_shown(show, qtbot: QtBot) -> None:
    workbench = show(gallery.load("reg-plane").with_values({"data.n": 60, "learner.hidden": []}))
    workbench.controller.play(True)
    presenter, status = workbench.controller.presenter, workbench.window.status
    qtbot.waitUntil(lambda: presenter.frame is not None and presenter.frame.step > 5)
    presenter._hovered((3.0, 3.0))
    assert re.fullmatch(r"response [+-][01]\.\d\d", status.answer.text())
    qtbot.waitUntil(lambda: status.loss.text() != "\u2013")
    assert status.error.text() == "\u2013"
    workbench.controller.do(Settings({"learner.loss": "cross-entropy"}), "Loss")
    qtbot.waitUntil(lambda: status.error.text() != "\u2013")
    presenter._hovered((3.0, 3.0))
    assert "response" not in status.answer.text()
    assert "learns the signs" in workbench.plane._banner.text()
    workbench.controller.play(False)


def test_the_table_shows_what_a_point_teaches() -> None:
    scene = gallery.load("reg-plane").with_values({"data.n": 10, "data.labels_per_class": 1}).scene()
    model = PointModel()
    model.set_scene(scene)
    points, column = scene.points, COLUMNS.index("label")

    def words(at: int) -> object:
        row = model.row_of(int(points.ids[at]))
        assert row is not None
        return model.data(model.index(row, column))

    for at in np.flatnonzero(points.label >= 0):
        name = ("negative", "positive")[points.label[at]]
        assert words(int(at)) == f"{name} {points.responses[at]:+.2f}"
    assert words(int(np.flatnonzero(points.label < 0)[0])) == "unlabelled"
    turned = int(np.flatnonzero(points.label == 0)[0])
    model.set_scene(apply(relabel(points.ids[turned : turned + 1], 1), scene)[0])
    assert words(turned) == "positive +1.00"


def test_costs_wait_while_responses_are_fitted(show, qtbot: QtBot) -> None:
    costly = {"data.n": 60, "learner.hidden": [], "learner.loss": "cross-entropy", "decision.false_negative": 10.0}
    workbench = show(gallery.load("reg-plane").with_values(costly))
    view, controller = workbench.threshold.view, workbench.controller
    workbench.window.show_result(view)
    controller.play(True)
    qtbot.waitUntil(lambda: view.ranking is not None)
    controller.do(Settings({"learner.loss": "squared"}), "Loss")
    begun = controller.presenter.frame
    qtbot.waitUntil(lambda: controller.presenter.frame is not begun and controller.presenter.frame.step > 5)
    assert "costs and the threshold have no effect" in workbench.plane._banner.text()
    assert (view.ranking, view.hint.text()) == (None, REGRESSION)
    controller.do(Settings({"decision.threshold": 0.7}), "Threshold")
    step = controller.presenter.frame.step
    qtbot.waitUntil(lambda: controller.presenter.frame.step > step + 5)
    controller.do(Settings({"learner.loss": "cross-entropy"}), "Loss")
    workbench.window.show_result(view)  # whose tab was left out meanwhile
    qtbot.waitUntil(lambda: view.ranking is not None)
    controller.play(False)


def test_tabs_that_speak_of_classes_are_left_out(show) -> None:
    workbench = show(gallery.load("reg-plane").with_values({"data.n": 20, "learner.hidden": []}))
    tabs = workbench.window.result_tabs

    def there() -> set[str]:
        named = {tabs.tabText(at) for at in range(tabs.count()) if tabs.isTabVisible(at)}
        return named & {"Confusion", "Margins", "Threshold"}

    assert there() == set()
    workbench.controller.do(Settings({"learner.loss": "cross-entropy"}), "Loss")
    assert there() == {"Confusion", "Margins", "Threshold"}
    workbench.document.undo.undo()
    assert there() == set()
