"""The column left of the plane: tools, and the class that new points get."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols

from boundaryviz.figures.palette import SYMBOLS, class_colour
from boundaryviz.gui.widgets.theme import Theme

_SIDE = 36


class ToolColumn(QWidget):
    """Buttons of actions in groups; the buttons of classes beyond the scene's are hidden."""

    def __init__(
        self, tools: Sequence[QAction], classes: Sequence[QAction], others: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("tools")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 8, 6, 8)
        layout.setSpacing(2)
        self._classes = list(classes)
        self._buttons: dict[QAction, QToolButton] = {}
        for group in (tools, classes, others):
            if group is not tools:
                line = QFrame()
                line.setFrameShape(QFrame.Shape.HLine)
                line.setProperty("role", "line")
                layout.addSpacing(4)
                layout.addWidget(line)
                layout.addSpacing(4)
            for action in group:
                button = QToolButton()
                button.setDefaultAction(action)
                button.setFixedSize(_SIDE, _SIDE)
                button.setIconSize(QSize(22, 22))
                button.setAutoRaise(True)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(action.text().replace("&", ""))
                layout.addWidget(button)
                self._buttons[action] = button
        layout.addStretch(1)
        self.set_classes(2)  # nine would make the window taller than many screens

    def set_classes(self, count: int) -> None:
        """How many classes there are; one more can be chosen, so that a point may open it."""
        shown = min(count + 1, 9)
        for label, action in enumerate(self._classes[:-1]):
            self._buttons[action].setVisible(label < shown)

    def set_theme(self, theme: Theme) -> None:
        """Draw the symbols of the classes."""
        for label, action in enumerate(self._classes[:-1]):
            action.setIcon(_symbol(SYMBOLS[label], class_colour(label), theme))
        self._classes[-1].setIcon(_symbol("o", None, theme))


def _symbol(name: str, colour: str | None, theme: Theme) -> QIcon:
    """A class's symbol as the plane draws it; hollow without a colour."""
    pixmap = QPixmap(44, 44)
    pixmap.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(22, 22)
    painter.scale(26, 26)
    pen = painter.pen()
    pen.setColor(QColor(theme.ink))
    pen.setWidthF(2.0 / 26)
    painter.setPen(pen)
    painter.setBrush(QColor(colour) if colour else QColor(Qt.GlobalColor.transparent))
    painter.drawPath(Symbols[name])
    painter.end()
    return QIcon(pixmap)
