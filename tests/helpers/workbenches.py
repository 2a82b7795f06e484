"""Whole windows for tests, each with a trainer of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from unittest.mock import patch

import pytest
from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import StartLink
from boundaryviz.engine.messages import FromTrainer
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets import theme
from boundaryviz.gui.workbench import LATE, Workbench
from boundaryviz.scenario.scenario import Scenario
from helpers.silence import undress
from helpers.there import there

DRESSED = pytest.mark.parametrize("dressed", [True], ids=["dressed"])
"""For tests with `show` of how large or how coloured something is."""


class SilentLink:
    """A trainer that hears everything and says nothing."""

    def send(self, message: object) -> None:
        pass

    def poll(self) -> list[FromTrainer]:
        return []

    def silence(self) -> None:
        return None

    def close(self) -> None:
        pass

    abandon = close

    def fileno(self) -> None:
        return None


def bare_frame(qtbot: QtBot, folder: Path) -> MainWindow:
    """A window around an empty widget, for one control alone."""
    plane = QWidget()
    frame = MainWindow(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat), plane)
    frame.add_centre(QWidget(), plane, QWidget())
    frame.compose()
    qtbot.addWidget(frame)
    return frame


@contextmanager
def workbenches(
    qtbot: QtBot,
    folder: Path,
    start: StartLink,
    state: Path | None = None,
    shown: bool = True,
    paced: bool = False,
    dressed: bool = False,
) -> Iterator[Callable[[Scenario], Workbench]]:
    """Shows a window on each scenario it is called with; closes them all in the end.

    state: for recovery files. shown: False only makes them, which is quicker. paced: they train as a person sees it,
    and not as fast as they can and without a stop. dressed: with the style sheet, for tests of how it looks: dressing a
    window takes a quarter of its time, a second one beside it more than all the rest.
    """
    opened: list[Workbench] = []

    def show(scenario: Scenario) -> Workbench:
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        workbench = Workbench(scenario, start, None, settings, state)
        workbench.window.ask_nothing()
        if not paced:
            workbench.controller.pacing.free()
        opened.append(workbench)
        qtbot.addWidget(workbench.window)
        if shown:
            with qtbot.waitExposed(workbench.window):
                workbench.window.show()
        return workbench

    with nullcontext() if dressed else patch.object(theme, "apply"):
        yield show
        for workbench in opened:
            workbench.close()


@contextmanager
def lasting_workbench(folder: Path, start: StartLink = SilentLink, dressed: bool = True) -> Iterator[Workbench]:
    """One window for several tests, by default with a trainer that says nothing; `afresh` makes it as new for each.

    dressed: with the style sheet.
    """
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    undress()
    with nullcontext() if dressed else patch.object(theme, "apply"):
        workbench = Workbench(Scenario().with_values({"data.n": 20}), start, None, settings)
        for name in LATE:  # or what a test is the first to ask for would be left over from it
            getattr(workbench, name)
        workbench.window.show()
        QApplication.processEvents()  # what comes with the first painting belongs to the window, not to its first test
        yield workbench
        workbench.close()
        workbench.window.deleteLater()


def afresh(workbench: Workbench, scenario: Scenario) -> Workbench:
    """The same window on another scenario, as if it had just been opened on it."""
    workbench.document.open(scenario)
    workbench.window.banner.hide()
    workbench.plane.set_selection([])
    workbench.recent.forget()
    workbench.log.clear()
    return workbench


def at_rest(workbench: Workbench) -> bool:
    """Whether nothing is waiting for its turn but the next look for answers."""
    there(workbench.window.statusBar()).clearMessage()  # which would stand there for four seconds
    return all(
        timer.parent() is workbench.client for timer in workbench.window.findChildren(QTimer) if timer.isActive()
    )
