"""A frame that shows where the keyboard's focus is."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from boundaryviz.gui.shell.theme import LIGHT, Theme


class FocusFrame(QWidget):
    """Its margin takes the accent while it has the focus by a key; by the mouse one knows where one is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._focus_shown = False

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._show_focus(event is not None and event.reason() in keys)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self._show_focus(False)

    def _show_focus(self, on: bool) -> None:
        self._focus_shown = on
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(QWidget.rect(self), QColor(self._theme.accent if self._focus_shown else self._theme.panel))
