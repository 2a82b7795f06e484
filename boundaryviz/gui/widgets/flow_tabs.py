"""Many tabs, in as many lines as their names need."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QButtonGroup, QStackedWidget, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.flow import FlowLayout

_GAP = 11  # pixels between one name and the next
_MANY = 1_000  # as many steps as lead from any tab to the last


class _Tab(QToolButton):
    """A name; arrow keys, Home and End lead on to others."""

    moved = pyqtSignal(int)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setAccessibleName(title)
        self.setProperty("role", "tab")
        self.setCheckable(True)

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance(self.text()) + _GAP)
        return hint

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -_MANY, Qt.Key.Key_End: _MANY}
        by = 0 if event is None else steps.get(Qt.Key(event.key()), 0)
        if by:
            self.moved.emit(by)
        else:
            super().keyPressEvent(event)


class FlowTabs(QWidget):
    """As a QTabWidget, whose tabs go on in the next line where the width ends, so that all names can be read.

    A tab that does not apply can be left out. The names are one stop for the Tab key.
    """

    currentChanged = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs: list[_Tab] = []
        self._left_out: set[int] = set()
        self._group = QButtonGroup(self)
        self._stack = QStackedWidget()
        self.names = QWidget()
        self.names.setObjectName("names")
        self._flow = FlowLayout(self.names, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.names)
        layout.addWidget(self._stack, 1)
        self._group.idToggled.connect(self._toggled)

    def addTab(self, view: QWidget, title: str) -> int:
        """A tab at the end; its place."""
        tab = _Tab(title)
        at = len(self._tabs)
        self._tabs.append(tab)
        self._stack.addWidget(view)
        self._group.addButton(tab, at)
        self._flow.addWidget(tab)
        tab.moved.connect(self._step)
        tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if at == 0:
            tab.setChecked(True)
        self._fit()
        return at

    def count(self) -> int:
        """How many tabs, those that are left out among them."""
        return len(self._tabs)

    def tabText(self, at: int) -> str:
        """The name of a tab."""
        return self._tabs[at].text()

    def widget(self, at: int) -> QWidget | None:
        """What is in a tab."""
        return self._stack.widget(at)

    def currentIndex(self) -> int:
        """The place of the tab at the front; -1 where there is none."""
        return self._stack.currentIndex()

    def currentWidget(self) -> QWidget | None:
        """What is in the tab at the front."""
        return self._stack.currentWidget()

    def setCurrentIndex(self, at: int) -> None:
        """Bring a tab to the front, unless it is left out."""
        if self.isTabVisible(at):
            self._tabs[at].setChecked(True)

    def setCurrentWidget(self, view: QWidget | None) -> None:
        """Bring the tab with this to the front, unless it is left out."""
        at = -1 if view is None else self._stack.indexOf(view)
        if at >= 0:
            self.setCurrentIndex(at)

    def setTabVisible(self, at: int, on: bool) -> None:
        """Leave a tab out, or have it again. Of one at the front that goes, the first takes the place."""
        if on == self.isTabVisible(at):
            return
        self._left_out ^= {at}
        self._tabs[at].setVisible(on)
        if not on and at == self.currentIndex():
            self.setCurrentIndex(next(k for k in range(self.count()) if self.isTabVisible(k)))
        self._fit()

    def isTabVisible(self, at: int) -> bool:
        """Whether it is not left out."""
        return at not in self._left_out

    def room_for_names(self, lines: int = 2) -> int:
        """The width in pixels at which the names of all tabs that there are take so many lines."""
        widths = [tab.sizeHint().width() for at, tab in enumerate(self._tabs) if at not in self._left_out]
        return sum(widths) // lines + (max(widths, default=0) // 2 if lines > 1 else 0)

    def _fit(self) -> None:
        """Have the names take the height of their lines, and no more: what a layout takes for their least height is
        that of one name a line."""
        self.names.setFixedHeight(self._flow.heightForWidth(max(self.width(), 1)))

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def _toggled(self, at: int, on: bool) -> None:
        """The one that is chosen is where the Tab key stops."""
        self._tabs[at].setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.NoFocus)
        if on:
            self._stack.setCurrentIndex(at)
            self.currentChanged.emit(at)

    def _step(self, by: int) -> None:
        shown = [at for at in range(self.count()) if self.isTabVisible(at)]
        place = shown.index(self.currentIndex()) + by
        at = shown[min(max(place, 0), len(shown) - 1)]
        self._tabs[at].setChecked(True)
        self._tabs[at].setFocus(Qt.FocusReason.TabFocusReason)
