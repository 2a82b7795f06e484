"""Tabs that keep all their names in view."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QFont, QFontMetrics, QResizeEvent
from PyQt6.QtWidgets import QTabWidget, QWidget
from typing_extensions import override

_SMALLEST = 0.86  # of the usual type


class NamedTabs(QTabWidget):
    """Names are written smaller where they would not all fit; where that is not enough they end in dots, and are said
    under the pointer. There are no arrows behind which a tab could lie."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(False)

    def room_for_names(self) -> int:
        """The width in pixels that all names take in the usual type."""
        bar = self.tabBar()
        assert bar is not None
        return bar.sizeHint().width() + self._across(self.font()) - self._across(bar.font())

    @override
    def tabInserted(self, index: int) -> None:
        super().tabInserted(index)
        self.setTabToolTip(index, self.tabText(index))

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit_names()

    @override
    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit_names()  # another style gives the names their usual size again

    def _fit_names(self) -> None:
        bar, font = self.tabBar(), QFont(self.font())
        if bar is None or not self.count():
            return
        names = self._across(font)
        scale = (self.width() - (self.room_for_names() - names)) / names
        font.setPointSizeF(font.pointSizeF() * min(max(scale, _SMALLEST), 1.0))
        if font.pointSizeF() != bar.font().pointSizeF():
            bar.setFont(font)

    def _across(self, font: QFont) -> int:
        metrics = QFontMetrics(font)
        return sum(metrics.horizontalAdvance(self.tabText(at)) for at in range(self.count()))
