"""One pin on the board: its head, its plane, and whether it was chosen. Setters in, signals out."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.compare.plane import ComparePlane
from boundaryviz.gui.widgets.controls import Elided, label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.pins import PinnedSnapshot

_FRAME = 2  # pixels of the frame around a chosen tile
_NARROW = 150  # pixels
_SWATCH = 18  # pixels of its width


class Swatch(QWidget):
    """A short piece of a curve."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pen = QPen()
        self.setFixedSize(_SWATCH, 12)

    def set_pen(self, pen: QPen) -> None:
        """Show the line of a curve."""
        self.pen = pen
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setPen(self.pen)
        painter.drawLine(0, 6, _SWATCH, 6)
        painter.end()


class NameEdit(QLineEdit):
    """The label of a pin while it is written: Enter takes it, Escape gives it up."""

    given_up = pyqtSignal()

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
            if event is not None:
                event.accept()  # the keys of the board are letters and arrows here


class CompareTile(QWidget):
    """A pin. removed: its x was pressed. renamed: another label was written. clicked: Ctrl or Shift was held."""

    clicked = pyqtSignal(bool)
    removed = pyqtSignal()
    renamed = pyqtSignal(str)

    def __init__(self, pin: PinnedSnapshot, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._chosen = theme, ""
        self.plane = ComparePlane(theme)
        self.swatch, self.name, self.facts = Swatch(), Elided("title"), Elided("faint")
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # as wide as it is, if it can
        self.edit = NameEdit()
        self.edit.setMaxLength(40)
        self.edit.setAccessibleName("Label of the pin")
        self.edit.hide()
        self.choice = label("", "title")
        self.close_ = QToolButton()
        self.close_.setText("\u00d7")
        self.close_.setProperty("role", "flat")
        self.close_.setToolTip("Remove this pin (Delete)")
        self.close_.setAccessibleName("Remove this pin")
        self.close_.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_.setFixedWidth(20)
        self._head = head = QHBoxLayout()
        head.setContentsMargins(6, 0, 0, 0)
        head.setSpacing(4)
        for part in (self.choice, self.swatch, self.name):
            head.addWidget(part)
        head.addWidget(self.edit, 1)
        head.addWidget(self.facts, 1)
        head.addWidget(self.close_)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_FRAME, _FRAME, _FRAME, _FRAME)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.plane, 1)
        self.plane.clicked.connect(self.clicked)
        self.close_.clicked.connect(lambda: self.removed.emit())
        self.edit.editingFinished.connect(self._take_name)
        self.edit.given_up.connect(self._end_edit)
        snapshot = pin.snapshot
        self.plane.set_scene(snapshot.scene)
        rule = snapshot.scenario.decision.rule_in(snapshot.scene, snapshot.scenario.learner)
        self.plane.field.set_decision(rule.leaning)
        self.plane.set_field(snapshot.field, snapshot.rect)
        self.set_pin(pin, "")

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.swatch.setVisible(self.width() >= _NARROW)  # or the label would be cut off

    @property
    def frame(self) -> QSize:
        """What it takes around its plane, in pixels."""
        return QSize(2 * _FRAME, 2 * _FRAME + self._head.sizeHint().height())

    def set_pin(self, pin: PinnedSnapshot, facts: str) -> None:
        """Its label, and in what it differs from the others."""
        self.name.set_words(pin.label)
        self.facts.set_words(facts)
        self.setAccessibleName(f"{self.name.words}: {facts}")
        self.name.setToolTip(f"{self.name.toolTip()}\nDouble-click or F2 writes another label")

    def set_choice(self, which: str) -> None:
        """'A', 'B' or, not chosen, ''."""
        self._chosen = which
        self.choice.setText(which)
        self.choice.setVisible(bool(which))
        self.update()

    def set_pen(self, pen: QPen) -> None:
        """How its curve is drawn."""
        self.swatch.set_pen(pen)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.plane.set_theme(theme)
        self.update()

    def rename(self) -> None:
        """Write another label where the label stands."""
        self.edit.setText(self.name.words)
        self._show_edit(True)
        self.edit.setFocus()
        self.edit.selectAll()

    def _show_edit(self, on: bool) -> None:
        for part in (self.name, self.facts):
            part.setVisible(not on)
        self.edit.setVisible(on)

    def _take_name(self) -> None:
        if self.edit.isVisible():
            words = self.edit.text().strip()
            self._end_edit()
            if words and words != self.name.words:
                self.renamed.emit(words)

    def _end_edit(self) -> None:
        had = self.edit.hasFocus()
        self._show_edit(False)
        parent = self.parentWidget()
        if had and parent is not None:
            parent.setFocus()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """On its head: chooses as on its plane."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            self.clicked.emit(bool(event.modifiers() & held))

    @override
    def mouseDoubleClickEvent(self, _event: QMouseEvent | None) -> None:
        self.rename()

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        whole = QRectF(self.rect())
        painter.fillRect(whole, QColor(self._theme.panel))
        if self._chosen:
            pen = QPen(QColor(self._theme.accent if self._chosen == "A" else self._theme.text), _FRAME)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        else:
            pen = QPen(QColor(self._theme.line), 1.0)
        half = pen.widthF() / 2.0
        painter.setPen(pen)
        painter.drawRect(whole.adjusted(half, half, -half, -half))
        painter.end()
