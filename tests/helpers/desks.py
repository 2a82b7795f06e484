"""Whole windows for tests, each with a trainer of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import StartLink
from boundaryviz.engine.messages import FromTrainer
from boundaryviz.gui.assembly import Desk
from boundaryviz.scenario.scenario import Scenario


class SilentLink:
    """A trainer that hears everything and says nothing."""

    def send(self, message: object) -> None:
        pass

    def poll(self) -> list[FromTrainer]:
        return []

    def close(self) -> None:
        pass

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
