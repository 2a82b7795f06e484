"""The dose tab alone: what it asks, what it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from boundaryviz.gui.dose.panel import DosePanel
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.record.dose import DoseCurve, DoseResponse

DOSES = (0, 1, 10, 40)


def response(pins: bool = True) -> DoseResponse:
    flips = np.array([[0.0, 0.0], [0.0, 0.02], [0.1, 0.12], [0.1, np.nan]])
    won = np.where(np.isnan(flips), np.nan, flips > 0.05) if pins else None
    found = DoseResponse("moons", "Moons", "Bridge", DOSES, tuple(d / (1000 + d) for d in DOSES))
    found = found.with_curve(DoseCurve("fixmatch", "FixMatch", False, "training", 10, flips, won))
    return found.with_curve(DoseCurve("mlp", "Multilayer perceptron", True, "training", 10, 0 * flips, won))


@pytest.fixture
def panel(qtbot: QtBot) -> DosePanel:
    made = DosePanel()
    qtbot.addWidget(made)
    made.resize(340, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


def texts(panel: DosePanel) -> list[str]:
    QCoreApplication.processEvents()
    return [part.text() for part in panel.findChildren(QLabel) if part.isVisible()]


def test_at_first_it_says_what_it_is_for_and_run_asks_with_the_usual_doses(panel: DosePanel, qtbot: QtBot):
    assert any("lays this scenario's attack" in words for words in texts(panel))
    assert not panel.save.isEnabled()
    with qtbot.waitSignal(panel.asked) as asked:
        qtbot.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    assert asked.args == [None, 8]


def test_doses_and_seeds_can_be_typed(panel: DosePanel, qtbot: QtBot):
    panel.doses.setText("1, 10; 100")
    panel.seeds.setFocus()
    panel.seeds.selectAll()
    qtbot.keyClicks(panel.seeds, "12")
    qtbot.keyClick(panel.seeds, Qt.Key.Key_Return)
    with qtbot.waitSignal(panel.asked) as asked:
        qtbot.keyClick(panel.doses, Qt.Key.Key_Return)
    assert asked.args == [(1, 10, 100), 12]
    qtbot.keyClick(panel.seeds, Qt.Key.Key_Up)
    assert panel.seeds.text() == "13"
    for wrong, right in (("999", "64"), ("0", "1"), ("many", "1")):
        panel.seeds.selectAll()
        qtbot.keyClicks(panel.seeds, wrong)
        qtbot.keyClick(panel.seeds, Qt.Key.Key_Return)
        assert panel.seeds.text() == right


@pytest.mark.parametrize("text", ["a few", "1, x", "-3", "1.5", "1e9", "1, , 200000"])
def test_what_is_no_dose_is_said_and_not_asked(panel: DosePanel, qtbot: QtBot, text: str):
    panel.doses.setText(text)
    with qtbot.assertNotEmitted(panel.asked):
        panel.run.click()
    assert "whole numbers" in panel.words.text()
    assert panel.doses.property("invalid")
    panel.doses.clear()
    qtbot.keyClicks(panel.doses, "5")
    assert not panel.doses.property("invalid")


def test_while_it_runs_the_button_cancels_and_progress_is_shown(panel: DosePanel, qtbot: QtBot):
    panel.set_running(True)
    panel.set_progress(30, 120)
    assert panel.progress.isVisible()
    assert panel.progress.value() == 30
    assert not panel.doses.isEnabled()
    with qtbot.waitSignal(panel.cancelled):
        panel.run.click()
    with qtbot.assertNotEmitted(panel.asked):
        panel.ask()
    panel.set_running(False)
    assert not panel.progress.isVisible()
    assert panel.run.text() == "Run"


def test_values_are_those_of_the_dose_pointed_at_else_of_the_largest(panel: DosePanel, qtbot: QtBot):
    panel.set_response(response())
    assert {"40 points, 3.8\u00a0%", "10 %", "100 %", "FixMatch"} <= set(texts(panel))
    panel.plots["flips"].hovered.emit(2)
    assert {"10 points, 0.99\u00a0%", "11 %"} <= set(texts(panel))
    assert all(plot.cursor.isVisible() for plot in panel.plots.values())
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert {"1 point, 0.1\u00a0%", "1 %"} <= set(texts(panel))
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert "40 points, 3.8\u00a0%" in texts(panel)
    panel.plots["success"].hovered.emit(0)
    panel.plots["success"].hovered.emit(None)
    assert "40 points, 3.8\u00a0%" in texts(panel)


def test_the_curves_are_the_means_and_the_talk_s_rates_are_marked(panel: DosePanel):
    panel.set_response(response())
    plot = panel.plots["flips"]
    curves = [
        item
        for item in plot.box.childGroup.childItems()
        if type(item).__name__ == "PlotCurveItem" and len(item.xData) == 3
    ]
    means = response().curves[0].flip_band().mean[1:]
    assert any(np.array_equal(curve.yData, means, equal_nan=True) for curve in curves)
    upright = [item.value() for item in plot.box.childGroup.childItems() if type(item).__name__ == "InfiniteLine"]
    assert any(10**place == pytest.approx(10, rel=0.02) for place in upright)  # 1 % of a thousand
    assert "dotted: rates that are quoted" in texts(panel)
    assert "0.1\u00a0% (semi-supervised)" in panel.notes.toolTip()


def test_every_seed_is_a_point_and_what_is_so_without_poison_is_hollow(panel: DosePanel):
    first = replace(response().curves[0], already=np.array([0.0, 1.0]))
    panel.set_response(replace(response(), curves=(first,)))
    dots, hollow = (
        [item for item in plot.box.childGroup.childItems() if type(item).__name__ == "ScatterPlotItem"]
        for plot in panel.plots.values()
    )
    seeds = first.flip_rate[1:]
    assert any(np.array_equal(item.getData()[1], seeds[np.isfinite(seeds)]) for item in dots)
    assert not [i for i in panel.plots["flips"].box.childGroup.childItems() if type(i).__name__ == "FillBetweenItem"]
    assert any(np.array_equal(item.getData()[1], [0.5]) for item in hollow)
    assert "attack success; hollow: already so without poison" in texts(panel)
    panel.set_response(response())
    assert "attack success, of all pins" in texts(panel)


def test_without_pins_there_is_one_plot_and_a_theme_redraws_it(panel: DosePanel):
    panel.set_response(response(pins=False))
    assert not panel.plots["success"].isVisible()
    assert "\u2013" in texts(panel)
    panel.set_theme(DARK)
    panel.set_theme(LIGHT)
    panel.set_response(response())
    assert panel.plots["success"].isVisible()


def test_few_doses_unfinished_curves_and_nothing_known_are_shown_too(panel: DosePanel):
    lost = np.full((4, 2), np.nan)
    nothing = DoseCurve("mlp", "Net", True, "training", 1, lost, lost)
    for shown in (
        replace(response(), curves=(nothing,)),
        replace(response(), curves=()),
        DoseResponse("a", "A", "Bridge", (0,), (0.0,), (replace(nothing, flip_rate=lost[:1], success=None),)),
        None,
    ):
        panel.set_response(shown)
        panel.grab()
    assert not panel.save.isEnabled()
