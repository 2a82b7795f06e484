"""The table of points beside the plane: what it shows of the present and the past, what is chosen and typed there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench
from boundaryviz.learners.captions import captions
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Remove
from helpers.runs import put_a_point, train_to
from helpers.there import there


def test_it_follows_into_the_past_and_back_with_what_was_predicted_then(
    show: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = show(Scenario().with_values({"data.n": 30, "learner.hidden": [4]}))
    table = workbench.points.table
    workbench.window.show_result(table)
    n = len(workbench.document.scene.points)
    train_to(workbench, qtbot, 10)
    put_a_point(workbench, 1.5)
    train_to(workbench, qtbot, 20)
    for shown, count in ((0, n), (len(workbench.timeline.timeline) - 1, n + 1), (0, n), (None, n + 1)):
        if shown is None:
            workbench.timeline.now()
        else:
            workbench.timeline.show(shown)
        assert len(table.model.points) == count
        assert np.array_equal(there(table.model.predicted), there(workbench.controller.presenter.frame).predicted)


def test_predictions_wait_while_another_tab_is_at_the_front(
    show: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = show(Scenario().with_values({"data.n": 30, "learner.hidden": [4]}))
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    table, matrix = workbench.points.table, workbench.confusion.view
    assert (table.model.predicted, matrix._matrix) == (None, None)
    workbench.window.show_result(matrix)
    assert there(matrix._matrix).shape == (3, 2, 2)
    assert table.model.predicted is None
    workbench.window.show_result(table)
    assert len(there(table.model.predicted)) == len(table.model.points)
    workbench.controller.presenter.forget()
    assert table.model.predicted is None


def test_what_is_chosen_and_typed_there_is_so_on_the_plane(show: Callable[[Scenario], Workbench]) -> None:
    workbench = show(Scenario().with_values({"data.n": 20}))
    table, ids = workbench.points.table, workbench.document.scene.points.ids
    table.selection_changed.emit(frozenset(ids[[3, 1]].tolist()))
    assert workbench.plane.selection.tolist() == ids[[1, 3]].tolist()
    workbench.plane.selection_changed.emit(ids[2:4])
    assert table.selection() == set(ids[2:4].tolist())
    table.edited.emit(int(ids[1]), "y", 0.25)
    assert workbench.document.scene.points.xy[1, 1] == 0.25
    table.edited.emit(int(ids[1]), "label", 1)
    assert workbench.document.scene.points.label[1] == 1
    workbench.document.do(Remove(ids[:1]), "Delete")
    assert len(table.model.points) == len(ids) - 1


def test_captions_stand_beside_labels_where_the_learner_is_told_any(
    show: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = show(Scenario().with_values({"data.n": 30, "learner.name": "captions", "learner.hidden": [4]}))
    table, points = workbench.points.table, workbench.document.scene.points

    def shown() -> list[str]:
        model = table.model
        return [model.index(row, 3).data().rpartition(" ")[2] for row in range(model.rowCount())]

    for seed in (0, 5):
        workbench.document.do(Settings({"training.seed": seed}), "Set seed")
        assert shown() == [str(word) for word in captions(points.ids, points.label, seed, 8)]
    workbench.document.do(Settings({"learner.name": "mlp"}), "Set learner")
    assert all("word" not in table.model.index(row, 3).data() for row in range(5))
