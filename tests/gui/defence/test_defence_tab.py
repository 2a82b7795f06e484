"""The defence in the window: switched on as an edit, its verdict marked, told and listed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from boundaryviz.defences.judged import Judged
from boundaryviz.defences.kinds.knn import KnnSpec
from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.defence import Guarded
from boundaryviz.engine.session import Session
from boundaryviz.gui.defence.histogram import ScoreBars
from boundaryviz.gui.defence.panel import DefencePanel
from boundaryviz.gui.defence.view import OFF, DefenceView
from boundaryviz.gui.plane.class_legend import Cross
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from helpers.there import there

BASE = Scenario().with_values(
    {"data.n": 60, "data.noise": 0.3, "poison.attack": "flip", "poison.count": 8, "learner.name": "SVC"}
)
ON = BASE.with_values({"defence.defence": "knn", "defence.neighbours": 5})


def judged(scores: list[float], removed: list[int], poison: list[int]) -> Judged:
    count = len(scores)
    flags = np.arange(count)
    weights = (~np.isin(flags, removed)).astype(np.float32)
    return Judged(np.arange(count, dtype=np.int64), np.isin(flags, poison), weights, np.array(scores))


# ---- the panel --------------------------------------------------------------------------------------------


def test_the_panel_asks_for_a_defence_with_the_settings_it_had_last(qtbot: QtBot) -> None:
    panel = DefencePanel()
    qtbot.addWidget(panel)
    asked: list[tuple[str, object]] = []
    panel.changed.connect(lambda path, value: asked.append((path, value)))
    panel.set_defence(KnnSpec(neighbours=7))
    assert (panel.switch.isChecked(), panel.name) == (True, "knn")
    panel.form("knn").editor("neighbours").proposed.emit(9)
    panel.switch.click()
    panel.set_defence(None)
    assert panel.form("knn").isHidden()
    panel.switch.click()
    assert asked == [
        ("defence.neighbours", 9), ("defence", None), ("defence", KnnSpec(neighbours=7).model_dump(mode="json")),
    ]  # fmt: skip


def test_another_defence_is_asked_for_only_where_one_is_on(qtbot: QtBot) -> None:
    panel = DefencePanel()
    qtbot.addWidget(panel)
    asked: list[object] = []
    panel.changed.connect(lambda _path, value: asked.append(value))
    at = panel.combo.findData("lof")
    panel.combo.setCurrentIndex(at)
    panel.combo.activated.emit(at)
    assert asked == []
    assert "sparser" in panel.summary.text().lower()
    panel.switch.click()
    assert asked == [{"defence": "lof"}]


# ---- the tab ----------------------------------------------------------------------------------------------


def test_the_bars_count_what_was_kept_and_removed_of_clean_points_and_poison(qtbot: QtBot) -> None:
    bars = ScoreBars()
    qtbot.addWidget(bars)
    bars.resize(300, 200)
    bars.set_judged(judged([0.0, 0.0, 0.5, 1.0, 1.0], [3, 4], [4]))
    assert bars.words(0) == "score 0 to 0.333: 2 clean, kept"
    assert bars.words(2) == "score 0.667 to 1: 1 clean, removed; 1 poison, removed"
    last = bars.bars()[2]
    assert [part.height() > 0 for part in last] == [False, True, False, True]
    assert bars.words_at(QPointF(last[1].center())) == bars.words(2)
    assert bars.words_at(QPointF(0.0, 0.0)) == ""
    bars.grab()


def test_what_stands_under_the_bars_does_not_run_together(qtbot: QtBot) -> None:
    bars = ScoreBars()
    qtbot.addWidget(bars)
    metrics = bars.fontMetrics()
    for wide in (120, 200, 300, 600):
        bars.resize(wide, 200)
        bars.set_judged(judged([4.0512e-11, 0.28123], [], []))
        left, middle, right = (metrics.horizontalAdvance(words) for words in bars.under())
        assert middle == 0 or 2 * max(left, right) + middle < wide
    assert bars.under() == ("4.05e-11", "score, more for more suspicious", "0.281")


def test_scores_are_shown_whole_and_nothing_is_less_than_nothing(qtbot: QtBot) -> None:
    view = DefenceView()
    qtbot.addWidget(view)
    view.resize(300, 500)
    view.show()
    view.set_verdict(judged([-0.0, -2.10912e-07, 0.00012345], [2], [2]), BASE.scene(), "")
    assert {view.model.index(row, 3).data() for row in range(3)} == {"0", "-2.11e-07", "0.000123"}
    for column in (0, 2, 3, 4):
        assert view.table.sizeHintForColumn(column) <= view.table.columnWidth(column)
    assert "class" in view.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_the_table_lists_the_most_suspicious_first_and_says_which_was_chosen(qtbot: QtBot) -> None:
    view = DefenceView()
    qtbot.addWidget(view)
    scene = BASE.scene()
    assert view.hint.text() == OFF
    view.set_verdict(judged([0.1, np.nan, 0.9, 0.4], [2], [2]), scene, "It removes a point.")
    texts = lambda row: [view.model.index(row, column).data() for column in range(5)]  # noqa: E731
    assert [texts(row)[0] for row in range(4)] == ["2", "3", "0", "1"]
    assert texts(0)[2:] == ["poison", "0.9", "removed"]
    assert texts(3)[2:] == ["clean", "\u2013", "kept"]
    chosen: list[int] = []
    view.chosen.connect(chosen.append)
    view.table.selectRow(1)
    assert chosen == [3]
    view.set_verdict(judged([0.1, 0.2, 0.3, 0.9], [], []), scene, "")
    assert view.table.currentIndex().row() == 0  # where the same point is now
    assert chosen == [3]
    view.clear("Nothing yet.")
    assert view.table.isHidden() or not view._parts.isVisible()


# ---- the window -------------------------------------------------------------------------------------------


def expected(scenario: Scenario, scene: object = None) -> Judged:
    found = Session(scenario, scene, device="cpu").defending.judged  # type: ignore[arg-type]
    assert found is not None
    return found[0]


def places(found: Judged, scene: object, poison: bool) -> list[tuple[float, float]]:
    points = scene.points  # type: ignore[attr-defined]
    ids = found.ids[found.removed & (found.poison == poison)]
    return sorted(map(tuple, points.xy[points.positions(ids)].tolist()))


def marked(workbench: Workbench, poison: bool) -> list[tuple[float, float]]:
    marks = workbench.defence.crosses.marks
    return sorted(map(tuple, (marks.poison if poison else marks.clean).tolist()))


@pytest.fixture
def guarded(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    """A window in which the defence has just been switched on."""
    workbench = show(BASE)
    window = workbench.window
    window.show_panel(workbench.defence.panel)
    window.show_result(workbench.defence.view)
    assert workbench.defence.view.hint.text() == OFF
    combo = workbench.defence.panel.combo
    combo.setCurrentIndex(combo.findData("knn"))
    qtbot.mouseClick(workbench.defence.panel.switch, Qt.MouseButton.LeftButton)
    workbench.controller.set_setting("defence.neighbours", 5)
    qtbot.waitUntil(lambda: marked(workbench, False) == places(expected(ON), ON.scene(), False))
    return workbench


def test_what_is_removed_is_crossed_told_and_listed(guarded: Workbench) -> None:
    verdict = expected(ON)
    assert guarded.document.scenario.defence == KnnSpec(neighbours=5)
    assert marked(guarded, True) == places(verdict, ON.scene(), True)
    crosses = {row.what for row in guarded.planes.classes.rows if isinstance(row.what, Cross)}
    assert crosses == {
        cross for cross, poison in ((Cross.POISON, True), (Cross.CLEAN, False)) if marked(guarded, poison)
    }
    count = int(verdict.removed.sum())
    assert f"It removes {count} points" in guarded.defence.panel.headline.text()
    assert guarded.defence.view.headline.text() == guarded.defence.panel.headline.text()
    assert guarded.defence.view.model.rowCount() == 60
    snapshot = guarded.controller.presenter.snapshot()
    assert snapshot is not None
    assert snapshot.judged is not None
    assert np.array_equal(snapshot.judged.weights, verdict.weights)
    guarded.defence.crosses.scene()
    guarded.plane.grab()


def test_that_points_cannot_be_judged_is_taken_back_when_they_are(guarded: Workbench, qtbot: QtBot) -> None:
    guarded.controller.set_setting("defence.neighbours", 90)
    panel, banner = guarded.defence.panel, guarded.window.banner
    qtbot.waitUntil(lambda: "Ask for fewer neighbours." in panel.waits.text())
    assert panel.waits.text().startswith(KnnSpec.TITLE)
    assert banner.isVisible()
    assert panel.waits.text() in banner.words
    guarded.controller.set_setting("defence.neighbours", 5)
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert panel.waits.text() == ""


def test_why_points_cannot_be_judged_outlasts_what_was_told_before_it(guarded: Workbench) -> None:
    control = guarded.defence
    guarded.controller.client.failed.emit(m.Failed(m.IN_THE_DEFENCE, "There are too few."))
    key = m.Key(guarded.controller.presenter.number, 0)
    guarded.controller.client.probed.emit(m.ProbeResult("defence", key, Guarded(None, None, True, 0.0)))
    assert control.panel.waits.text() == "There are too few."
    assert control.view.hint.text() == "There are too few."


def test_it_is_undone_and_done_again(guarded: Workbench, qtbot: QtBot) -> None:
    undo = guarded.document.undo
    while guarded.document.scenario.defence is not None:
        undo.undo()
    assert marked(guarded, False) == []
    assert not guarded.defence.panel.switch.isChecked()
    assert guarded.defence.view.hint.text() == OFF
    assert not guarded.window.actions_["train.defence"].isChecked()
    guarded.window.actions_["train.defence"].trigger()
    qtbot.waitUntil(lambda: marked(guarded, False) == places(expected(ON), ON.scene(), False))


def test_a_row_shows_its_point_on_the_plane(guarded: Workbench, qtbot: QtBot) -> None:
    table = guarded.defence.view.table
    place = table.visualRect(guarded.defence.view.model.index(0, 0)).center()
    qtbot.mouseClick(there(table.viewport()), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert guarded.plane.selection.tolist() == [guarded.defence.view.model.id_of(0)]


def test_crosses_follow_their_points_and_the_verdict_follows_the_drag(guarded: Workbench, qtbot: QtBot) -> None:
    scene = guarded.document.scene
    far = Move(scene.points.ids[scene.points.is_train][:1], np.array([[1.0, -0.4]]))
    guarded.document.preview(far)
    moved = guarded.document.scene
    wanted = expected(guarded.document.scenario, moved)
    qtbot.waitUntil(lambda: marked(guarded, False) == places(wanted, moved, False))
    guarded.document.drop_preview()
    qtbot.waitUntil(lambda: marked(guarded, False) == places(expected(ON), scene, False))


def test_a_clean_twin_has_crosses_of_its_own(guarded: Workbench, qtbot: QtBot) -> None:
    guarded.twin.train(1, True)
    guarded.twin.show("side")
    clean = Session(ON, device="cpu", twin=True).defending.judged
    assert clean is not None
    wanted = places(clean[0], ON.scene(), False)
    qtbot.waitUntil(
        lambda: (
            guarded.defence.clean_crosses is not None
            and sorted(map(tuple, guarded.defence.clean_crosses.marks.clean.tolist())) == wanted
        )
    )
    assert len(there(guarded.defence.clean_crosses).marks.poison) == 0
    assert "Of the clean twin's points it removes" in guarded.defence.panel.headline.text()


def test_a_defence_that_cannot_judge_is_said_and_the_scene_stays(guarded: Workbench, qtbot: QtBot) -> None:
    scene = guarded.document.scene
    guarded.controller.set_setting("defence.neighbours", 900)
    qtbot.waitUntil(lambda: "needs at least 901 points" in guarded.window.banner.text.text())
    assert "needs at least 901 points" in guarded.defence.panel.waits.text()
    assert "needs at least 901 points" in guarded.defence.view.hint.text()
    assert marked(guarded, False) == []
    assert guarded.document.scene is scene
    guarded.document.undo.undo()
    guarded.window.withdraw()
    qtbot.waitUntil(lambda: marked(guarded, False) == places(expected(ON), scene, False))
