"""The column left of the plane: tools, and the class that new points get."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from typing_extensions import override

from boundaryviz.figures.palette import SYMBOLS, class_colour
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_SIDE, _GAP = 34, 1  # pixels: a button, and from one to the next
_LEAST, _MOST = 3, 10  # buttons for classes, by how high the window is


class ToolColumn(QWidget):
    """Buttons of actions in groups. Of the classes as many are shown as there is room for, the chosen one among them;
    where there are more, another button leads to all of them."""

    def __init__(
        self, tools: Sequence[QAction], classes: Sequence[QAction], more: QAction, others: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """classes: their actions in order, and last the one for no label. more: chooses among all classes."""
        super().__init__(parent)
        self.setObjectName("tools")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(_GAP)
        self._classes, self._unlabelled = list(classes[:-1]), classes[-1]
        self._theme = LIGHT
        self._count, self._first = 2, 0
        self._add(tools)
        self._rule()
        self._slots = [self._button() for _ in range(_MOST)]
        self._more = self._add([more])[0]
        self._add([self._unlabelled])
        self._rule()
        self._add(others)
        layout.addStretch(1)
        self._full = layout.minimumSize().height()  # while all buttons are there
        for action in self._classes:
            action.toggled.connect(lambda on: self._fill() if on else None)
        self.set_classes(2)

    def set_classes(self, count: int) -> None:
        """How many classes there are; one more can be chosen, so that a point may open it."""
        self._count = min(count + 1, len(self._classes))
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Draw the symbols of the classes."""
        self._theme = theme
        self._unlabelled.setIcon(_symbol("o", None, theme))
        self._fill(anew=True)

    @property
    def shown(self) -> range:
        """The classes that have a button now."""
        return range(self._first, self._first + sum(not slot.isHidden() for slot in self._slots))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height(min(_LEAST, self._count)))

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fill()

    # ---- inside

    def _button(self) -> QToolButton:
        button = QToolButton()
        button.setFixedSize(_SIDE, _SIDE)
        button.setIconSize(QSize(22, 22))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._column().addWidget(button)
        return button

    def _column(self) -> QVBoxLayout:
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        return layout

    def _add(self, actions: Sequence[QAction]) -> list[QToolButton]:
        made = [self._button() for _ in actions]
        for button, action in zip(made, actions, strict=True):
            _show_action(button, action)
        return made

    def _rule(self) -> None:
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setProperty("role", "line")
        layout = self._column()
        layout.addSpacing(4)
        layout.addWidget(line)
        layout.addSpacing(4)

    def _height(self, slots: int) -> int:
        """Pixels that it takes with so many buttons for classes."""
        wanted = slots + (slots < self._count)
        return self._full + (wanted - _MOST - 1) * (_SIDE + _GAP)

    def _fill(self, anew: bool = False) -> None:
        """Give the buttons those classes that lie around the chosen one. anew: draw all symbols again."""
        for k, action in enumerate(self._classes[: self._count]):
            if anew or action.icon().isNull():
                action.setIcon(_symbol(SYMBOLS[k % len(SYMBOLS)], class_colour(k), self._theme))
        fits = max((k for k in range(_LEAST, _MOST + 1) if self._height(k) <= self.height()), default=_LEAST)
        slots = min(fits, self._count)
        chosen = next((k for k, action in enumerate(self._classes) if action.isChecked()), self._first)
        self._first = min(max(self._first, chosen - slots + 1), max(self._count - slots, chosen - slots + 1, 0), chosen)
        for k, slot in enumerate(self._slots, self._first):
            known = k < self._first + slots and k < len(self._classes)
            slot.setVisible(known)
            if known and slot.defaultAction() is not self._classes[k]:
                _show_action(slot, self._classes[k])
        self._more.setVisible(slots < self._count)


def _show_action(button: QToolButton, action: QAction) -> None:
    """Have a button stand for an action, in the place of any other."""
    for old in button.actions():
        button.removeAction(old)
    button.setDefaultAction(action)
    button.setAccessibleName(action.text().replace("&", ""))


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
