"""Small things every view is made of: frames, folds, labels, choices, a throttle, and what the wheel passes over."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QComboBox, QLabel, QListView, QSizePolicy, QSlider, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.plain import PlainLabel, tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.plain_text import PARAGRAPH, one_line


class Throttle(QObject):
    """Calls `act` with the newest value at most once in `interval` ms: at once, then late, the last one always."""

    def __init__(self, act: Callable[[object], None], interval: int, parent: QObject) -> None:
        super().__init__(parent)
        self._act = act
        self._waiting: list[object] = []
        self._timer = QTimer(self)
        self._timer.setInterval(interval)
        self._timer.timeout.connect(self._due)

    def __call__(self, value: object = None) -> None:
        """This is the newest value."""
        self._waiting = [value]
        if not self._timer.isActive():
            self._timer.start()
            self._send()

    def flush(self) -> None:
        """Do now what is still waiting."""
        self._send()

    def _due(self) -> None:
        if self._waiting:
            self._send()
        else:
            self._timer.stop()

    def _send(self) -> None:
        if self._waiting:
            self._act(self._waiting.pop())


class _Quiet:
    """Leaves the wheel to the panel it lies in, unless it has the focus; stands before the widget it is mixed into."""

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        if cast(QWidget, self).hasFocus():
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class QuietSlider(_Quiet, QSlider):
    """A horizontal slider that leaves the wheel to the panel it lies in, unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class QuietCombo(_Quiet, QComboBox):
    """A combo box that leaves the wheel to the panel it lies in, unless it has the focus.

    Its list hangs below it like a drop-down: Fusion's own popup forgets the style sheet's padding and cuts entries.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setView(QListView(self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)


class FocusFrame(QWidget):
    """Its margin takes the accent while it has the focus by a key; by the mouse one knows where one is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._focus_shown = False

    @override
    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._show_focus(event is not None and event.reason() in keys)

    @override
    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self._show_focus(False)

    def _show_focus(self, on: bool) -> None:
        self._focus_shown = on
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(QWidget.rect(self), QColor(self._theme.accent if self._focus_shown else self._theme.panel))


class Fold(QWidget):
    """A heading that opens and closes what lies under it."""

    toggled = pyqtSignal(bool)

    def __init__(self, title: str, content: QWidget, *, is_open: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QToolButton(self)
        self.heading.setText(title)
        self.heading.setProperty("role", "heading")
        self.heading.setCheckable(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.content = content
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.heading)
        layout.addWidget(content)
        self.heading.toggled.connect(self._show)
        self.heading.setChecked(is_open)
        self._show(is_open)

    @property
    def is_open(self) -> bool:
        """Whether what it holds is shown."""
        return self.heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Show what it holds, or hide it."""
        self.heading.setChecked(is_open)

    def _show(self, is_open: bool) -> None:
        self.heading.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.heading.setAccessibleDescription("open" if is_open else "folded away")
        self.content.setVisible(is_open)
        self.toggled.emit(is_open)


class Elided(QLabel):
    """A label that ends in dots where it has no room, and says all of it under the pointer."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if role:
            self.setProperty("role", role)
        self.words = ""

    def set_words(self, words: str) -> None:
        """Show these words, shortened to the room there is."""
        self.words = one_line(words, PARAGRAPH)
        self.setToolTip(tip(self.words))
        self.updateGeometry()
        self._fill()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.words) + 1, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, self.width()))


def label(text: str = "", role: str = "", *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """A label with one of the style sheet's roles."""
    made = PlainLabel(text, parent)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wraps)
    return made


def choices(name: str, words: Mapping[Any, str], width: int = 272) -> QuietCombo:
    """A combo box of values in these words; `currentData` is the value that is chosen. width: px at least."""
    made = QuietCombo()
    made.setAccessibleName(name)
    made.setMinimumWidth(width)
    for value, text in words.items():
        made.addItem(text, value)
    return made


class _Figures(PlainLabel):
    """As wide as its template in whatever type it is written, or as the longest number so far, of which no digit may
    be missing."""

    def __init__(self, template: str) -> None:
        self._template = template
        super().__init__()
        self._fit()

    @override
    def setText(self, words: str | None) -> None:
        super().setText(words)
        metrics = self.fontMetrics()
        if metrics.horizontalAdvance(self.text()) > metrics.horizontalAdvance(self._template):
            self._template = self.text()
            self._fit()

    @override
    def changeEvent(self, a0: QEvent | None) -> None:
        super().changeEvent(a0)
        if a0 is not None and a0.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(self._template) + 4)


def figures(template: str, role: str = "", align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight) -> QLabel:
    """A label as wide as `template`, so that running numbers push nothing about; with more digits it grows once."""
    made = _Figures(template)
    if role:
        made.setProperty("role", role)
    made.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
    return made


def value_words(value: float) -> str:
    """A loss or an error in at most seven characters, so that it fits a place of its own for ever."""
    if not math.isfinite(value):
        return "\u2013" if math.isnan(value) else "too big"
    size = abs(value)
    form = ".4f" if size < 10 else ".4g" if size < 1e4 else ".0f" if size < 1e6 else ".0e"
    return format(value, form)


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property the style sheet looks at, and have the widget drawn by it."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
    widget.update()
