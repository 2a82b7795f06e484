"""Whole windows for tests, each with a trainer of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import StartLink
from boundaryviz.engine.messages import FromTrainer
from boundaryviz.gui.assembly import Desk
from boundaryviz.scenario.scenario import Scenario
from helpers.there import there


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


@contextmanager
def desks(
    qtbot: QtBot, folder: Path, start: StartLink, state: Path | None = None
) -> Iterator[Callable[[Scenario], Desk]]:
    """Shows a window on each scenario it is called with; closes them all in the end. state: for recovery files."""
    opened: list[Desk] = []

    def show(scenario: Scenario) -> Desk:
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        desk = Desk(scenario, start, None, settings, state)
        desk.window.may_close = lambda: True
        opened.append(desk)
        qtbot.addWidget(desk.window)
        with qtbot.waitExposed(desk.window):
            desk.window.show()
        return desk

    yield show
    for desk in opened:
        desk.close()


@contextmanager
def lasting_desk(folder: Path) -> Iterator[Desk]:
    """One window for several tests, with a trainer that says nothing; `afresh` makes it as new for each."""
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    desk = Desk(Scenario().with_values({"data.n": 20}), SilentLink, None, settings)
    desk.window.show()
    QApplication.processEvents()  # what comes with the first painting belongs to the window, and not to its first test
    yield desk
    desk.close()
    desk.window.deleteLater()


def afresh(desk: Desk, scenario: Scenario) -> Desk:
    """The same window on another scenario, as if it had just been opened on it."""
    desk.document.open(scenario)
    desk.window.banner.hide()
    desk.window.plane.set_selection([])
    desk.recent.forget()
    desk.log.clear()
    return desk


def at_rest(desk: Desk) -> bool:
    """Whether nothing is waiting for its turn but the next look for answers."""
    there(desk.window.statusBar()).clearMessage()  # which would stand there for four seconds
    return all(timer.parent() is desk.client for timer in desk.window.findChildren(QTimer) if timer.isActive())
