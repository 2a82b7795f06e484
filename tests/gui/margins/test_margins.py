"""The tab of margins: figures, bars and words of the table, and when it asks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.messages import Key, ProbeResult
from boundaryviz.engine.probes.margins import Margins
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.margins.view import AT, EMPTY, NOBODY, PAST, MarginsView, figure
from boundaryviz.gui.widgets.theme import THEMES
from boundaryviz.scenario.scenario import Scenario
from helpers.workbenches import workbenches


def found(classes: int = 2, missing: tuple[tuple[int, int], ...] = ()) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles and counts; of `missing` (split, class) there are no points."""
    rng = np.random.default_rng(classes)
    quantiles = np.sort(rng.uniform(-1, 1, (3, classes, len(AT))), axis=2)
    count = np.full((3, classes), 7, dtype=np.int64)
    for at in missing:
        quantiles[at], count[at] = np.nan, 0
    return quantiles, count


@pytest.fixture
def view(qtbot: QtBot) -> MarginsView:
    made = MarginsView()
    qtbot.addWidget(made)
    made.resize(316, 380)
    made.show()
    return made


def cell(view: MarginsView, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return view.model.data(view.model.index(row, column), role)


def test_empty_it_says_what_to_do_and_without_points_why(view: MarginsView) -> None:
    assert (view.hint.text(), view.table.isVisible()) == (EMPTY, False)
    view.set_margins(np.full((3, 2, 5), np.nan), np.zeros((3, 2), dtype=np.int64), ["a", "b"])
    assert (view.hint.text(), view.table.isVisible()) == (NOBODY, False)
    view.set_margins(*found(), ["a", "b"])
    assert (view.hint.isVisible(), view.table.isVisible()) == (False, True)
    view.clear()
    assert (view.hint.text(), view.table.isVisible()) == (EMPTY, False)


def test_each_class_has_a_row_for_each_split_with_points_of_it(view: MarginsView) -> None:
    quantiles, count = found(3, missing=((1, 0), (0, 2), (1, 2), (2, 2)))
    view.set_margins(quantiles, count, ["left", "right", "nobody"])
    assert [cell(view, row, 0) for row in range(view.model.rowCount())] == [
        "left", "train", "test", "right", "train", "validation", "test",
    ]  # fmt: skip
    assert [cell(view, 2, 1 + k) for k in range(5)] == [figure(value) for value in quantiles[2, 0]]
    assert view.table.columnSpan(3, 0) == 6
    count[1, 0], quantiles[1, 0] = 5, 0.25
    view.set_margins(quantiles.copy(), count.copy(), ["left", "right", "nobody"])
    assert [cell(view, row, 0) for row in range(4)] == ["left", "train", "validation", "test"]
    assert (view.table.columnSpan(3, 0), view.table.columnSpan(4, 0)) == (1, 6)


def test_a_cell_says_in_a_sentence_what_it_shows(view: MarginsView) -> None:
    quantiles, count = found()
    quantiles[0, 0] = -0.5, 0.0, 0.25, 0.5, 0.993
    count[0, 0] = 1200
    view.set_margins(quantiles, count, ["<b>left</b>", "right"])
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert cell(view, 0, 0, spoken) == "1,214 labelled points of <b>left</b>"
    assert cell(view, 1, 0, spoken) == (
        "1,200 train points of <b>left</b>: median margin 0.25, nine in ten from \u22120.50 to 0.99"
    )
    assert cell(view, 1, 1, spoken) == "5% of 1,200 train points of <b>left</b> have a margin of at most \u22120.50"
    assert "<b>" not in str(cell(view, 1, 1, Qt.ItemDataRole.ToolTipRole))


@given(st.floats(-1, 1))
def test_a_figure_has_one_width_but_for_its_sign(value: float) -> None:
    words = figure(value)
    assert len(words.lstrip("\u2212")) == 4
    assert words.startswith("\u2212") == (round(value, 2) < 0)


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_figures_fit_their_columns_in_either_theme(view: MarginsView, classes: int, theme: object) -> None:
    view.set_theme(theme)  # type: ignore[arg-type]
    view.set_margins(*found(classes), [f"class number {k}" for k in range(classes)])
    before = view.grab().toImage()
    assert all(
        view.table.columnWidth(1 + k) >= view.fontMetrics().horizontalAdvance("\u22120.88") for k in range(len(AT))
    )
    quantiles, count = found(classes)
    view.set_margins(quantiles - 0.3, count, [f"class number {k}" for k in range(classes)])
    assert view.grab().toImage() != before, "the bars follow"


def test_arrow_keys_walk_over_the_cells(view: MarginsView, qtbot: QtBot) -> None:
    view.set_margins(*found(), ["a", "b"])
    view.table.setFocus()
    view.table.setCurrentIndex(view.model.index(1, 0))
    for key, at in ((Qt.Key.Key_Right, (1, 1)), (Qt.Key.Key_Down, (2, 1)), (Qt.Key.Key_Left, (2, 0))):
        qtbot.keyClick(view.table, key)
        assert (view.table.currentIndex().row(), view.table.currentIndex().column()) == at


def test_what_does_not_fit_is_refused(view: MarginsView) -> None:
    with pytest.raises(ValueError, match="3 classes"):
        view.set_margins(*found(2), ["a", "b", "c"])


def test_the_tab_fills_while_it_is_at_the_front_and_shows_the_moment_shown(qtbot: QtBot, tmp_path: Path) -> None:
    scenario = Scenario().with_values({"data.n": 40, "learner.hidden": [3]})
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        workbench = show(scenario)
        window, view = workbench.window, workbench.margins.view
        qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
        assert not view.model.rows
        window.show_result(view)
        qtbot.waitUntil(lambda: bool(view.model.rows))
        points = workbench.document.scene.points
        assert view.model.count.sum() == points.is_labelled.sum()
        before = view.model.quantiles
        quantiles, count = found(2)
        for key in (Key(7, 1, 3), Key(None, 1, 3)):
            assert view.model.quantiles is before
            workbench.client.probed.emit(ProbeResult("margin-quantiles", key, Margins(quantiles, count, count)))
        assert view.model.quantiles is quantiles
        workbench.client.probed.emit(ProbeResult("margin-quantiles", Key(None, 1, 3), Margins(*found(3), count)))
        assert view.model.quantiles is quantiles, "a class has just gone"
        workbench.controller.presenter.turned.emit()
        assert view.hint.text() == EMPTY != PAST
