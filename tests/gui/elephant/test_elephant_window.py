"""The elephant's window: its parameters move it, its trunk wiggles, and a fit follows what is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from boundaryviz.gui.elephant.control import ElephantControl
from boundaryviz.gui.elephant.plane import _PLACES
from boundaryviz.gui.elephant.settings import ElephantSettings, RefitSettings
from boundaryviz.gui.elephant.window import ElephantWindow
from boundaryviz.gui.widgets.theme import DARK
from boundaryviz.scene.elephant import PARAMETERS, Elephant, Fit, NoisyPoints
from helpers.workbenches import bare_frame


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[ElephantWindow]:
    made = ElephantWindow()
    qtbot.addWidget(made)
    made.show()
    yield made
    made.hide()


def drawn(window: ElephantWindow) -> np.ndarray:
    return np.stack(window.plane.outline.getData(), axis=1)


def test_the_forms_begin_with_the_paper_s_parameters() -> None:
    assert ElephantSettings().elephant == Elephant(PARAMETERS)
    assert RefitSettings().harmonics == 5


def test_a_parameter_moves_the_elephant_and_the_paper_s_come_back(window: ElephantWindow) -> None:
    assert np.allclose(drawn(window), Elephant().outline(_PLACES))
    window.form.changed.emit("real_1", 80.0)
    window.form.changed.emit("imaginary_5", -10.0)
    changed = Elephant((80 - 30j, *PARAMETERS[1:4], 40 - 10j))
    assert np.allclose(drawn(window), changed.outline(_PLACES))
    assert [float(value[0]) for value in window.plane.eye.getData()] == [-10.0, -10.0]
    window.again.click()
    assert np.allclose(drawn(window), Elephant().outline(_PLACES))


def test_the_trunk_moves_while_it_is_seen_and_the_body_never(window: ElephantWindow, qtbot: QtBot) -> None:
    before = drawn(window)
    window.wiggle.click()
    qtbot.waitUntil(lambda: bool(window.phase > 0.3))
    moved = np.abs(drawn(window) - before).max(axis=1) > 1e-9
    assert 0 < moved.sum() < 0.4 * len(moved)
    window.hide()
    assert not window._turning.isActive()
    window.show()
    assert window._turning.isActive()
    window.wiggle.click()
    assert not window._turning.isActive()
    assert np.allclose(drawn(window), before)


def test_a_fit_is_shown_with_its_numbers_and_a_click_in_the_chart_takes_other_harmonics(
    window: ElephantWindow, qtbot: QtBot
) -> None:
    assert window.fit is None
    window.fitting.click()
    qtbot.waitUntil(lambda: bool(np.size(window.chart.train.getData()[0])))
    wanted = Fit.of(NoisyPoints.of(Elephant()), Elephant(), 5)
    assert window.fit is not None
    assert window.fit.outline_error == wanted.outline_error
    assert window.numbers.text().startswith("22 numbers, fitted to 120: ")
    assert np.allclose(window.plane.fitted.getData(), wanted.curve(_PLACES).T)
    harmonics, errors = window.chart.train.getData()
    assert harmonics.tolist() == list(range(1, 30))
    assert np.all(np.diff(errors) <= 1e-9)
    place = window.chart.mapFromScene(window.chart.box.mapViewToScene(window.chart.box.viewRect().center()))
    qtbot.mouseClick(window.chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    assert window.refit.harmonics == 15
    assert window.fit.harmonics == 15
    window.noise.click()
    assert window.refit.seed == 1
    window.fitting.click()
    assert window.plane.dots.getData()[0].size == 0


def test_far_away_curves_are_cut_off_and_drawn_in_every_theme(window: ElephantWindow) -> None:
    window.refit_form.changed.emit("harmonics", 29)
    assert window.fitting.isChecked()
    assert np.isfinite(window.plane.fitted.getData()).all()
    assert np.abs(window.plane.fitted.getData()).max() < 1_000
    window.set_theme(DARK)
    window.grab()


def test_it_opens_by_its_command_and_stays_as_it_was_left(qtbot: QtBot, tmp_path: Path) -> None:
    frame = bare_frame(qtbot, tmp_path)
    control = ElephantControl(frame)
    frame.themed.emit(DARK)
    assert control.window is None
    frame.actions_["help.elephant"].trigger()
    assert control.window is not None
    assert control.window.isVisible()
    control.window.form.changed.emit("real_1", 70.0)
    control.window.close()
    frame.actions_["help.elephant"].trigger()
    assert control.window.settings.real_1 == 70.0
    control.window.close()
