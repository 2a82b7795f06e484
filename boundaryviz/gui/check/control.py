"""Checks in the window."""

from __future__ import annotations

from typing_extensions import override

from boundaryviz.gui.check.panel import CheckPanel
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.document.run_control import RunControl
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.record.expectations import Check
from boundaryviz.studies.requests import CheckRequest


class CheckControl(RunControl):
    """Whether the document, as it is now, holds what it promises; see `RunControl`."""

    def __init__(self, window: MainWindow, document: Document) -> None:
        self.panel = CheckPanel()
        super().__init__(window, document, self.panel, "train.check")
        window.themed.connect(self.panel.set_theme)

    @property
    def check(self) -> Check | None:
        """What is known by now."""
        found: Check | None = self.found
        return found

    @override
    def _request(self, listed: tuple[int, ...], seeds: int) -> CheckRequest:
        return CheckRequest(self._document.committed.complete(), listed, seeds)

    @override
    def _show(self, found: Check | None) -> None:
        self.panel.set_check(found)
