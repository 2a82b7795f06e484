"""Numbers that can be typed as well as dragged."""

from __future__ import annotations

import math
from typing import Self

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.controls import QuietSlider, Throttle, restyle
from boundaryviz.gui.widgets.fields import FieldPlan, number_words
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.scale import Scale

DRAG_INTERVAL = 33  # ms between two values of a drag
_SLIDER_REACH = 1000  # where a slider ends for a number without an upper limit
_WIDEST_EVEN = 1_000_000  # whole numbers over a wider even range get no slider: one pixel would skip thousands


class NumberEdit(QLineEdit):
    """A line for one number. Enter or leaving it commits, Escape takes the typing back, Up and Down step.

    committed: the text that was typed. stepped: +1, -1, +10 or -10.
    """

    committed = pyqtSignal(str)
    stepped = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    @classmethod
    def called(cls, name: str, explains: str, width: int, parent: QWidget | None = None) -> Self:
        """One with a name for screen readers, a tooltip and a width in pixels."""
        made = cls(parent)
        made.setAccessibleName(name)
        made.setToolTip(tip(explains))
        made.setFixedWidth(width)
        return made

    def show_text(self, text: str) -> None:
        """Show a value from outside. What is being typed right now is left alone."""
        self._shown = text
        if not (self.hasFocus() and self.isModified()):
            self.setText(text)
            self.setCursorPosition(0)

    def take_back(self) -> None:
        """Forget what was typed and show the value in force."""
        self.setText(self._shown)
        self.setModified(False)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        key = Qt.Key(event.key())
        if key in steps:
            self.setModified(False)
            self.stepped.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.isModified():
            self._commit()
            if not isinstance(self.window(), QDialog):  # whose default button it would press
                event.ignore()
        elif key == Qt.Key.Key_Escape and self.text() != self._shown:
            self.take_back()
            self.committed.emit(self._shown)
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._commit()
        super().focusOutEvent(event)

    def _commit(self) -> None:
        if self.isModified():
            self.setModified(False)
            self.committed.emit(self.text())


class NumberEditor(QWidget):
    """Slider, typed field and, where the plan has one, a button for the value that is not a number.

    proposed: the value a person chose (int, float or the special value); whoever takes it calls `set_value`.
    settled: a drag or typing is over. refused: why the typed text is no number.
    """

    proposed = pyqtSignal(object)
    settled = pyqtSignal()
    refused = pyqtSignal(str)
    wide = False

    def __init__(self, plan: FieldPlan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = plan
        self._value: object = plan.default
        self._fallback: float | None = None
        self.slider = QuietSlider(self)
        self.edit = NumberEdit(self)
        self.edit.setFixedWidth(76)
        self.button: QToolButton | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.slider, 1)
        layout.addStretch(0)
        if plan.special:
            self.edit.setPlaceholderText(plan.special[0])
            self.button = QToolButton(self)
            self.button.setText(plan.special[0])
            self.button.setCheckable(True)
            self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.button.clicked.connect(self._toggle_special)
            layout.addWidget(self.button)
        layout.addWidget(self.edit)
        for part, what in ((self.slider, "slider"), (self.edit, ""), (self.button, plan.special and plan.special[0])):
            if part is not None:
                part.setAccessibleName(f"{plan.title} {what}".strip() if what else plan.title)
                part.setAccessibleDescription(plan.help)
        self.setFocusProxy(self.edit)
        self._throttle = Throttle(self.proposed.emit, DRAG_INTERVAL, self)
        self.slider.valueChanged.connect(self._dragged)
        self.slider.sliderReleased.connect(self._released)
        self.edit.committed.connect(self._typed)
        self.edit.stepped.connect(self._stepped)
        self._scale: Scale | None = None
        self.set_range(plan.low, plan.high)
        self.set_value(plan.default)

    def value(self) -> object:
        """The number shown."""
        return self._value

    def set_value(self, value: object) -> None:
        """Show a value; nothing is emitted."""
        self._value = value
        special = self._plan.special is not None and value == self._plan.special[1]
        number = self._fallback if special else value
        if special:
            self.edit.show_text("" if number is None else self._words(number))
        else:
            self.edit.show_text(self._words(number))
        if self.button is not None:
            self.button.setChecked(special)
            restyle(self.edit, "role", "faint" if special else "")
        if self._scale is not None and isinstance(number, int | float) and not self.slider.isSliderDown():
            self._move_slider(self._scale.position(float(number)))

    def set_range(self, low: float | None, high: float | None) -> None:
        """Where the slider runs; typed values may go as far as the field allows."""
        plan = self._plan
        whole = plan.kind == "whole"
        log = plan.log or (whole and high is None)
        low = low if low is not None else 1.0
        high = high if high is not None else _SLIDER_REACH
        sensible = high > low and not (whole and not log and high - low > _WIDEST_EVEN)
        self.slider.setVisible(sensible)
        if sensible:
            self._scale = Scale.between(
                low, high, log=log, whole=whole, low_open=plan.low_open, high_open=plan.high_open and high == plan.high
            )
            self.slider.blockSignals(True)
            self.slider.setRange(0, self._scale.last)
            self.slider.setPageStep(max(1, self._scale.last // 10))
            self.slider.blockSignals(False)
            self.set_value(self._value)
        else:
            self._scale = None

    def set_fallback(self, value: float | None) -> None:
        """The number that the special value stands for, shown while it is chosen."""
        self._fallback = value
        self.set_value(self._value)

    def offer_special(self, offered: bool) -> None:
        """Whether the special value can be chosen."""
        if self.button is not None:
            self.button.setVisible(offered)

    def set_invalid(self, invalid: bool) -> None:
        """Outline the typed field in red."""
        restyle(self.edit, "invalid", invalid)

    def _words(self, number: object) -> str:
        return number_words(number) if isinstance(number, int | float) else str(number)

    def _move_slider(self, position: int) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(position)
        self.slider.blockSignals(False)

    def _dragged(self, position: int) -> None:
        if self._scale is None:
            return
        number = self._number(self._scale.value(position))
        self.edit.setModified(False)
        self.edit.show_text(self._words(number))
        self._throttle(number)
        if not self.slider.isSliderDown():
            self._released()

    def _released(self) -> None:
        self._throttle.flush()
        self.settled.emit()

    def _number(self, value: float) -> float | int:
        return round(value) if self._plan.kind == "whole" else value

    def _stepped(self, steps: int) -> None:
        if self._scale is not None:
            here = self._scale.value(self.slider.value())
            at = self.slider.value() + steps
            step = 1 if steps > 0 else -1
            while 0 < at < self._scale.last and self._scale.value(at) == here:
                at += step  # whole numbers stand still on the dense end of a logarithmic slider
            self.slider.setValue(at)
        elif isinstance(self._value, int):
            self._enter(self._value + steps)

    def _typed(self, text: str) -> None:
        special = self._plan.special
        if special and text.strip().lower() in (special[0].lower(), ""):
            self._enter(special[1])
            return
        number = parse_number(text)
        if number is None or (self._plan.kind == "whole" and not number.is_integer()):
            kind = "a whole number" if self._plan.kind == "whole" else "a number"
            also = f" or '{special[0]}'" if special else ""
            limits = f" {self._plan.range_words}" if self._plan.range_words else ""
            self.refused.emit(f"{self._plan.title} is {kind}{limits}{also}.")
            return
        self._enter(self._number(number))

    def _enter(self, value: object) -> None:
        self.proposed.emit(value)
        self.settled.emit()

    def _toggle_special(self, chosen: bool) -> None:
        if self._plan.special is None:
            return
        if chosen:
            self._enter(self._plan.special[1])
        else:
            number = parse_number(self.edit.text())
            if number is None:
                number = self._scale.value(self.slider.value()) if self._scale else 1.0
            self._enter(self._number(number))


def parse_number(text: str) -> float | None:
    """The number a person typed: '1,000', '1e-3', '0,5' and '12 000' are fine; None when it is none."""
    plain = "".join(text.split()).replace("\u2212", "-")
    groups = plain.lstrip("+-").split(",")
    thousands = len(groups) > 1 and all(len(g) == 3 for g in groups[1:-1]) and 1 <= len(groups[0]) <= 3
    if thousands and len(groups[-1].split(".")[0]) == 3 and groups[0] != "0":
        plain = plain.replace(",", "")
    elif len(groups) == 2 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in plain else None
