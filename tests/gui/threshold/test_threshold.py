"""The tab Threshold: curves, the handle, costs, and the boundary that moves with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.probes.scores import Scores
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.threshold.plot import nearest_on
from boundaryviz.gui.threshold.view import EMPTY, ThresholdView
from boundaryviz.gui.widgets.theme import THEMES
from boundaryviz.scenario.decision import DecisionSpec
from boundaryviz.scenario.scenario import Scenario
from helpers.qtest import QTest
from helpers.workbenches import workbenches


def scores(n: int = 60, twin: bool = False, positive: int = 1) -> Scores:
    """A third of the points in each split."""
    rng = np.random.default_rng(3)
    hit = rng.random(n) < 0.5
    p = np.clip(0.3 * hit + 0.7 * rng.random(n), 0, 1).astype(np.float32)
    split = (np.arange(n) % 3).astype(np.int8)
    return Scores(positive, p, hit, split, np.bincount(split, minlength=3), p[::-1].copy() if twin else None)


@pytest.fixture
def view(qtbot: QtBot) -> ThresholdView:
    made = ThresholdView()
    qtbot.addWidget(made)
    made.resize(340, 520)
    made.show()
    return made


def test_empty_it_says_what_to_do_and_without_points_why(view: ThresholdView) -> None:
    assert (view.hint.text(), view.plot.isVisible()) == (EMPTY, False)
    none = np.empty(0, dtype=np.float32), np.empty(0, dtype=bool), np.empty(0, dtype=np.int8)
    nobody = Scores(1, *none, np.zeros(3, dtype=int))
    view.set_scores(nobody, ["a", "b"])
    assert view.hint.text() == "No labelled clean validation points, so there is nothing to rank."
    view.set_scores(scores(), ["a", "b"])
    assert (view.hint.isVisible(), view.plot.isVisible()) == (False, True)


def test_the_handle_stands_where_the_decision_falls_and_words_count_it(view: ThresholdView) -> None:
    found = scores()
    view.set_scores(found, ["mail", "spam"], "seed 3")
    view.set_decision(DecisionSpec(false_positive=10.0), 2)
    held = found.split == 1
    p, hit = found.p[held], found.hit[held]
    taken = p >= np.float32(10 / 11)
    assert view.plot.drawn.handle is not None
    np.testing.assert_allclose(view.plot.drawn.handle, [taken[~hit].mean(), taken[hit].mean()])
    assert view.here.text() == (
        f"Threshold 0.909: of 20 validation points {taken[~hit].sum()} mail taken for spam, "
        f"{(~taken)[hit].sum()} spam missed, {taken[hit].sum()} found."
    )
    cost = (10.0 * taken[~hit].sum() + (~taken)[hit].sum()) / 20
    assert view.costs.text().startswith(f"Expected cost {cost:.4g}; least ")
    assert "seed 3" in view.area.text()
    assert view.plot.drawn.best is not None


@pytest.mark.parametrize("kind", [0, 1, 2])
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_each_curve_shows_the_twin_beside_it_in_either_theme(view: ThresholdView, kind: int, theme: object) -> None:
    view.set_theme(theme)  # type: ignore[arg-type]
    view.set_scores(scores(), ["a", "b"])
    view.kinds.button(kind).click()  # type: ignore[union-attr]
    assert (len(view.plot.drawn.line) > 1, len(view.plot.drawn.clean)) == (True, 0)
    before = view.grab().toImage()
    view.set_scores(scores(twin=True), ["a", "b"])
    assert len(view.plot.drawn.clean) > 1
    assert view.grab().toImage() != before


def test_dragging_tries_thresholds_and_letting_go_chooses_one(view: ThresholdView, qtbot: QtBot) -> None:
    view.set_scores(scores(), ["a", "b"])
    tried, chosen = list[float](), list[tuple[str, object]]()
    view.dragged.connect(tried.append)
    view.chosen.connect(lambda path, value: chosen.append((path, value)))
    ranking = view.ranking
    assert ranking is not None
    for place in (2, 9):
        at = view.plot.place_of(ranking.fpr[place], ranking.tpr[place]).toPoint()
        if not tried:
            QTest.mousePress(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseMove(view.plot.viewport(), at)
        reached = view.plot.drawn.handle
        assert reached is not None
        assert np.abs(reached - [ranking.fpr[place], ranking.tpr[place]]).max() < 0.12
    assert chosen == []
    QTest.mouseRelease(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen == [("decision.threshold", tried[-1])]


def test_keys_and_buttons_choose_thresholds_too(view: ThresholdView, qtbot: QtBot) -> None:
    view.set_scores(scores(), ["a", "b"])
    view.set_decision(DecisionSpec(threshold=0.4, false_negative=3.0), 2)
    chosen = list[tuple[str, object]]()
    view.chosen.connect(lambda path, value: chosen.append((path, value)))
    view.plot.setFocus()
    qtbot.keyClick(view.plot, Qt.Key.Key_Right)
    qtbot.keyClick(view.plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    view.by_costs.click()
    view.least.click()
    ranking = view.ranking
    assert ranking is not None
    table = np.array([[0.0, 1.0], [3.0, 0.0]])
    best = ranking.best(table)
    assert best is not None
    assert chosen[:3] == [("decision.threshold", 0.41), ("decision.threshold", 0.3), ("decision.threshold", "costs")]
    assert ranking.costs(table)[ranking.at(float(str(chosen[3][1])))] == ranking.costs(table).min()


def test_of_three_classes_each_is_ranked_against_the_rest_without_a_handle(view: ThresholdView) -> None:
    view.set_decision(DecisionSpec(), 3)
    view.set_scores(scores(positive=2), ["a", "b", "c"])
    assert view.plot.drawn.handle is None
    assert view.here.text() == "c against the rest, of 20 validation points."
    asked = list[int]()
    view.class_chosen.connect(asked.append)
    view.classes.activated.emit(0)
    assert asked == [0]
    QTest.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))


def test_one_class_alone_is_said(view: ThresholdView) -> None:
    found = scores()
    view.set_scores(Scores(1, found.p, np.ones_like(found.hit), found.split, found.whole), ["a", "b"])
    assert view.area.text() == "All validation points are of one class: there is no rate of the other."


@given(
    path=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12),
    here=st.tuples(st.floats(-1, 2), st.floats(-1, 2)),
)
def test_nothing_on_the_path_is_nearer_than_what_is_found(
    path: list[tuple[float, float]], here: tuple[float, float]
) -> None:
    line = np.array(path)
    at, share = nearest_on(line, np.array(here))
    assert 0 <= at < len(line)
    assert 0 <= share < 1
    reached = line[at] if share == 0 else line[at] + share * (line[at + 1] - line[at])
    fine = [line[k] + s * (line[k + 1] - line[k]) for k in range(len(line) - 1) for s in np.linspace(0, 1, 11)]
    distances = np.hypot(*(np.array([*fine, line[-1]]) - here).T)
    assert np.hypot(*(reached - here)) <= distances.min() + 1e-9


def test_a_dragged_threshold_moves_the_boundary_and_can_be_undone(qtbot: QtBot, tmp_path: Path) -> None:
    scenario = Scenario().with_values(
        {"data.name": "mail", "data.n": 120, "learner.name": "logistic", "decision.false_positive": 10.0}
    )
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        bench = show(scenario)
        bench.window.show_result(bench.threshold.view)
        bench.controller.play(True)
        view, layer = bench.threshold.view, bench.plane.field_layer
        qtbot.waitUntil(lambda: view.ranking is not None and layer.half.xData is not None and len(layer.half.xData) > 0)
        qtbot.waitUntil(lambda: bench.client.step_count > 300)
        bench.controller.play(False)
        solid, dotted = (
            lambda item=item: float(np.nanmean(item.xData + item.yData)) for item in (layer.boundary, layer.half)
        )
        before = solid(), dotted()
        assert view.ranking is not None
        view.plot.pulled.emit(float(view.ranking.at(0.3)), 0.0)
        assert bench.document.previewing
        tried = bench.document.scenario.decision.threshold
        assert tried != "costs"
        assert abs(solid() - before[0]) > 0.15, "the boundary follows at once"
        assert dotted() == pytest.approx(before[1], abs=0.1), "the line of one half stays"
        view.plot.released.emit()
        assert bench.document.committed.scenario.decision.threshold == tried
        bench.document.undo.undo()
        assert bench.document.scenario.decision.threshold == "costs"
        assert solid() == pytest.approx(before[0], abs=0.1)


def test_the_probe_is_asked_while_the_tab_is_at_the_front_and_of_the_twin(qtbot: QtBot, tmp_path: Path) -> None:
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        bench = show(Scenario().with_values({"data.n": 60, "poison.count": 4, "poison.target": [0.0, 0.0]}))
        bench.twin.train(1, True)
        view = bench.threshold.view
        bench.controller.play(True)
        qtbot.waitUntil(lambda: bench.client.step_count > 5)
        assert view.ranking is None
        bench.window.show_result(view)
        qtbot.waitUntil(lambda: len(view.plot.drawn.clean) > 1)
        bench.controller.play(False)


def test_costs_scroll_where_there_is_no_room_and_rows_keep_their_height(view: ThresholdView, qtbot: QtBot) -> None:
    view.set_scores(scores(), ["mail", "spam"])
    view.resize(340, 320)
    view.fold.set_open(True)
    qtbot.waitUntil(lambda: view.form.isVisible())
    QTest.qWait(30)
    assert view.height() <= 330
    assert view.plot.height() >= view.plot.minimumHeight()
    for edit in (view.by_costs, view.least):
        assert edit.height() >= edit.minimumSizeHint().height()
    assert view.form.height() >= view.form.minimumSizeHint().height()
