"""The bar under the plane: the recorded moments of training, what happened when, and a handle to go back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.timeline.paint import EDGE, Axis, Mark, paint
from boundaryviz.gui.widgets.controls import figures, label
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme

__all__ = ["STEPS", "Mark", "TimelineBar", "Words"]

_HEIGHT = 44
_REPAINT = 100  # milliseconds at least between two paintings while moments keep coming
_NEAR = 7  # pixels within which a mark is under the pointer
_POPUP = 30  # milliseconds between two pictures
_ROOMY = 800  # pixels from which on the buttons have their place while they are hidden
_TRACK = 120  # pixels that the moments take at least


@dataclass(frozen=True)
class Words:
    """What a bar calls things. title: what is counted. moment: one of them, where they are counted; "" for none.
    resume, resume_tip, now_tip: of the buttons."""

    title: str
    moment: str
    resume: str
    resume_tip: str
    now_tip: str


STEPS = Words(
    "step", "moment", "Resume here", "Go on training from this moment, as a branch (Ctrl+Return)",
    "Back to the present (Ctrl+End)",
)  # fmt: skip


class _Track(QWidget):
    """The moments in a row, each as wide as the others: they are dense where much happens."""

    scrubbed = pyqtSignal(int)
    now_wanted = pyqtSignal()

    def __init__(self, popup: Callable[[int | None, int], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._popup = popup
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(_TRACK, _HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription("Recorded moments of training. Left and Right step through them, End is now.")
        self.axis = Axis(np.empty(0, dtype=np.int64), 0, 1.0)
        self.marks: tuple[Mark, ...] = ()
        self.shown: int | None = None
        self.theme: Theme = LIGHT
        self.title = STEPS.title
        self._step: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._now = 0
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(_REPAINT)
        self._repaint.timeout.connect(self.update)

    def set_checkpoints(self, step: NDArray[np.int64], now: int) -> None:
        self._step, self._now = step, now
        if not self._repaint.isActive():
            self._repaint.start()

    def _place(self) -> Axis:
        return Axis(self._step, self._now, float(self.width()))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        self.axis = self._place()
        painter = QPainter(self)
        paint(painter, self.size(), self.axis, self.marks, self.shown, self.theme, self.hasFocus())
        painter.end()

    # ---- the mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or not len(self._step):
            return
        x = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton:  # the plane shows what the picture would
            self._popup(None, 0)
            self._scrub(x)
            return
        near = [mark for mark in self.marks if abs(self.axis.of_step(mark.step) - x) <= _NEAR]
        words = "\n".join(f"{self.title} {mark.step:,}: {mark.words}" for mark in near[:6])
        self.setToolTip(tip(words))
        self._popup(None if words else self._place().index(x), round(x))

    def leaveEvent(self, _event: QEvent | None) -> None:
        self._popup(None, 0)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            self.move_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()

    def _scrub(self, x: float) -> None:
        if not len(self._step):
            return
        index = self._place().index(x)
        if x > self.width() - EDGE / 2 and self.shown is not None:
            self.now_wanted.emit()
        elif index != self.shown:
            self.shown = index
            self.update()
            self.scrubbed.emit(index)

    # ---- keys

    def move_by(self, count: int) -> None:
        """To a moment so many later; past the last one, to now."""
        if not len(self._step):
            return
        at = len(self._step) if self.shown is None else self.shown
        if count > 0 and at + count >= len(self._step):
            self.now_wanted.emit()
        else:
            self.scrubbed.emit(max(at + count, 0))

    def _to_mark(self, forward: bool) -> None:
        here = len(self._step) if self.shown is None else self.shown
        at = sorted({int(np.abs(self._step - mark.step).argmin()) for mark in self.marks if len(self._step)})
        others = [k for k in at if k > here] if forward else [k for k in reversed(at) if k < here]
        if others:
            self.scrubbed.emit(others[0])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        match Qt.Key(event.key()):
            case Qt.Key.Key_Left:
                self.move_by(-far)
            case Qt.Key.Key_Right:
                self.move_by(far)
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown as key:
                self._to_mark(key == Qt.Key.Key_PageDown)
            case Qt.Key.Key_Home if len(self._step):
                self.scrubbed.emit(0)
            case Qt.Key.Key_End | Qt.Key.Key_Escape:
                self.now_wanted.emit()
            case _:
                super().keyPressEvent(event)


class TimelineBar(QWidget):
    """Setters in, signals out. scrubbed: the index of the moment to be shown. now_wanted: the present.

    resume_wanted: go on training from the moment shown, as a branch. pin_wanted: pin it, to compare it with others.
    """

    scrubbed = pyqtSignal(int)
    now_wanted = pyqtSignal()
    resume_wanted = pyqtSignal()
    pin_wanted = pyqtSignal()

    def __init__(self, words: Words = STEPS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = words
        self._step: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._now = 0
        self._make: Callable[[int], QPixmap | None] = lambda _index: None
        self._wanted: tuple[int, int] | None = None
        self.track = _Track(self._hover, self)
        self.track.scrubbed.connect(self.scrubbed)
        self.track.now_wanted.connect(self.now_wanted)
        self.where = figures("step 8,888,888 of 8,888,888", "faint", Qt.AlignmentFlag.AlignLeft)
        self.buttons = {
            "resume": self._button(words.resume, words.resume_tip),
            "pin": self._button("Pin", "Pin this moment, to compare it with others (Ctrl+P)"),
            "now": self._button("Now", words.now_tip),
        }
        self.buttons["resume"].setProperty("role", "primary")
        self.buttons["resume"].clicked.connect(lambda: self.resume_wanted.emit())
        self.buttons["pin"].clicked.connect(lambda: self.pin_wanted.emit())
        self.buttons["now"].clicked.connect(lambda: self.now_wanted.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.track, 1)
        row.addWidget(self.where)
        for button in self.buttons.values():
            row.addWidget(button)
        self._popup = _Popup(self)
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(_POPUP)
        self._asking.timeout.connect(self._show_popup)
        self.set_words(words)
        self.set_shown(None)

    def set_words(self, words: Words) -> None:
        """What things are called from now on."""
        self.words, self.track.title = words, words.title
        self.buttons["resume"].setText(words.resume)
        self.buttons["resume"].setToolTip(tip(words.resume_tip))
        self.buttons["now"].setToolTip(tip(words.now_tip))
        self._say()

    def set_checkpoints(self, step: NDArray[np.int64]) -> None:
        """The steps (K,) of the recorded moments, increasing."""
        self._step = step
        self.track.set_checkpoints(step, self._now)
        self._say()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """What stands on the timeline."""
        if tuple(marks) != self.track.marks:
            self.track.marks = tuple(marks)
            self.track.set_checkpoints(self._step, self._now)

    def set_shown(self, index: int | None) -> None:
        """Which moment is shown; None is the present."""
        if self.track.shown != index:
            self.track.shown = index
            self.track.update()
            if not self.track.underMouse() or (self._wanted is not None and self._wanted[0] != index):
                self._hover(None, 0)  # a key has led elsewhere
        if index is None and any(button.hasFocus() for button in self.buttons.values()):
            self.track.setFocus()
        self._make_room()
        self._say()

    def set_now(self, step: int) -> None:
        """The step that training has come to."""
        self._now = step
        self.track.set_checkpoints(self._step, step)
        self._say()

    def set_memory(self, words: str) -> None:
        """What the moments take, in words."""
        self.where.setToolTip(words)

    def set_thumbnail(self, make: Callable[[int], QPixmap | None]) -> None:
        """make: the picture of the moment with this index, for the pointer."""
        self._make = make

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.track.theme = theme
        self._popup.set_theme(theme)
        self.track.update()

    def _say(self) -> None:
        shown = self.track.shown
        if shown is not None and shown < len(self._step):
            self.where.setText(f"{self.words.title} {self._step[shown]:,} of {self._now:,}")
        elif self.words.moment:
            count = len(self._step)
            self.where.setText(f"{count:,} {self.words.moment}{'s' * (count != 1)}" if count else "")
        else:
            self.where.setText(f"{self.words.title} {self._now:,}" if len(self._step) else "")

    def _make_room(self) -> None:
        """The buttons' place is kept where there is room, so that nothing jumps when they come; elsewhere the moments
        take it meanwhile, and pinning is left to its key and the menu."""
        roomy = self.width() >= _ROOMY
        for name, button in self.buttons.items():
            policy = button.sizePolicy()
            if policy.retainSizeWhenHidden() != roomy:
                policy.setRetainSizeWhenHidden(roomy)
                button.setSizePolicy(policy)
            button.setVisible(self.track.shown is not None and (roomy or name != "pin"))
        self.where.setVisible(self.width() >= self._room(self.where, self.buttons["resume"], self.buttons["now"]))

    @override
    def minimumSizeHint(self) -> QSize:
        """Room for the moments and for the two buttons that a narrow bar shows; words give way."""
        wide = self._room(self.buttons["resume"], self.buttons["now"])
        return QSize(wide, super().minimumSizeHint().height())

    def _room(self, *parts: QWidget) -> int:
        """Pixels that the moments take with these beside them."""
        layout = self.layout()
        assert layout is not None
        wide = sum(part.minimumSizeHint().width() + layout.spacing() for part in parts)
        return _TRACK + wide + 2 * layout.contentsMargins().left()

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # or a click, which hides it, would lead the keys astray
        return button

    # ---- the picture under the pointer

    def _hover(self, index: int | None, x: int) -> None:
        if index is None:
            self._wanted = None
            self._popup.hide()
        else:
            self._wanted = (index, x)
            if not self._asking.isActive():
                self._asking.start()

    def _show_popup(self) -> None:
        if self._wanted is None or not self.isVisible() or self._wanted[0] >= len(self._step):
            self._popup.hide()
            return
        index, x = self._wanted
        picture = self._make(index)
        if picture is not None:
            above = self.track.mapTo(self.window(), self.track.rect().topLeft())
            self._popup.tell(picture, f"{self.words.title} {self._step[index]:,}", above.x() + x, above.y())


class _Popup(QWidget):
    """A small picture over the bar, which takes neither focus nor mouse; a child of the window, so it cannot stay."""

    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        self._bar = bar
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._picture = QLabel(self)
        self._words = label("", "figures", parent=self)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 4)
        column.setSpacing(2)
        column.addWidget(self._picture)
        column.addWidget(self._words)
        self.set_theme(LIGHT)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"_Popup {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; }}"
            f"QLabel {{ color: {theme.text}; }}"
        )

    def tell(self, picture: QPixmap, words: str, x: int, bottom: int) -> None:
        """Stand above the place (x, bottom) of the window."""
        window = self._bar.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self._picture.setPixmap(picture)
        self._words.setText(words)
        self.adjustSize()
        left = min(max(x - self.width() // 2, 4), max(window.width() - self.width() - 4, 4)) if window else x
        self.move(left, bottom - self.height() - 4)
        self.show()
        self.raise_()
