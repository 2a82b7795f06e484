"""The window in this process and on no screen, for programs that drive it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from PyQt6.QtCore import QEvent, QSettings
from PyQt6.QtWidgets import QApplication

from boundaryviz.engine.link import InlineLink, StartLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario


@cache
def application() -> QApplication:
    """The one Qt application of this process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(sys.argv[:1])


def inline() -> InlineLink:
    """A trainer in this process."""
    return InlineLink(Trainer())


@contextmanager
def opened(scenario: Scenario, start: StartLink = inline, recovery: bool = False) -> Iterator[tuple[Workbench, Path]]:
    """A window yet to be shown, and a folder that lasts as long. recovery: whether it keeps recovery files there."""
    app = application()
    with tempfile.TemporaryDirectory(prefix="boundaryviz-bench-") as name:
        folder = Path(name)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        workbench = Workbench(scenario, start, None, settings, folder / "state" if recovery else None)
        workbench.window.ask_nothing()
        workbench.controller.pacing.free()
        try:
            yield workbench, folder
        finally:
            workbench.window.close()
            workbench.close()
            workbench.window.deleteLater()
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
