"""Editors of everything that is not a single number: choices, switches, layers, rows of toggles."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.controls import QuietCombo, label, restyle
from boundaryviz.gui.widgets.fields import FieldPlan
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.number import NumberEdit, NumberEditor, parse_number


class Editor(QWidget):
    """What a form asks of an editor. A proposal changes nothing until `set_value` shows it.

    proposed: the value a person chose. settled: a drag or typing is over. refused: why what was typed is no value.
    wide: it takes the whole width, under its title.
    """

    proposed = pyqtSignal(object)
    settled = pyqtSignal()
    refused = pyqtSignal(str)
    wide = False

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__()
        self.plan = plan

    def _fill(self, widget: QWidget) -> None:
        """The whole editor is this widget, which is named as the setting."""
        widget.setAccessibleName(self.plan.title)
        widget.setAccessibleDescription(self.plan.help)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)
        self.setFocusProxy(widget)

    def _enter(self, value: object) -> None:
        self.proposed.emit(value)
        self.settled.emit()

    def value(self) -> object:
        """The value shown."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        raise NotImplementedError

    def set_invalid(self, invalid: bool) -> None:
        """Mark what is typed as no value of the setting, or take the mark away."""
        restyle(self, "invalid", invalid)


class ChoiceEditor(Editor):
    """A combo box with the words of a Literal's values."""

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__(plan)
        self.combo = QuietCombo(self)
        for value, words in plan.choices:
            self.combo.addItem(words, value)
        self._fill(self.combo)
        self.combo.activated.connect(self._chosen)
        self._value: object = plan.default
        self.set_value(plan.default)

    @override
    def value(self) -> object:
        return self._value

    @override
    def set_value(self, value: Any) -> None:
        self._value = value
        self.combo.setCurrentIndex(self.combo.findData(value))

    def _chosen(self, index: int) -> None:
        value = self.combo.itemData(index)
        if value != self._value:
            self._enter(value)


class FlagEditor(Editor):
    """A check box; the form's title stands beside it."""

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__(plan)
        self.box = QCheckBox(self)
        self._fill(self.box)
        self.box.clicked.connect(self._enter)
        self.set_value(plan.default)

    @override
    def value(self) -> object:
        return self.box.isChecked()

    @override
    def set_value(self, value: Any) -> None:
        self.box.setChecked(bool(value))


class TextEditor(Editor):
    """One line of text."""

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__(plan)
        self.edit = QLineEdit(self)
        self._fill(self.edit)
        self._value = str(plan.default)
        self.edit.editingFinished.connect(self._typed)
        self.set_value(plan.default)

    @override
    def value(self) -> object:
        return self._value

    @override
    def set_value(self, value: Any) -> None:
        self._value = str(value)
        if not (self.edit.hasFocus() and self.edit.isModified()):
            self.edit.setText(self._value)

    @override
    def set_invalid(self, invalid: bool) -> None:
        restyle(self.edit, "invalid", invalid)

    def _typed(self) -> None:
        if self.edit.isModified():
            self.edit.setModified(False)
            self._enter(self.edit.text())


class TogglesEditor(Editor):
    """A row of buttons, any number of them pressed; the value is a tuple in the order of the choices."""

    wide = True

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__(plan)
        layout = FlowLayout(self)
        self.buttons: dict[Any, QToolButton] = {}
        for value, words in plan.choices:
            button = QToolButton(self)
            button.setText(words)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(f"{plan.title}: {words}")
            button.setMinimumWidth(34)
            button.clicked.connect(self._clicked)
            self.buttons[value] = button
            layout.addWidget(button)
        self.set_value(plan.default)

    @override
    def value(self) -> object:
        return self._value

    @override
    def set_value(self, value: Any) -> None:
        self._value = tuple(value)
        for each, button in self.buttons.items():
            button.setChecked(each in self._value)

    def _clicked(self) -> None:
        self._enter(tuple(value for value, button in self.buttons.items() if button.isChecked()))
        self.set_value(self._value)  # a proposal that was turned down springs back


class LayersEditor(Editor):
    """A tuple of whole numbers: one small box per layer, with buttons to add and take away the last layer."""

    wide = True

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__(plan)
        self._low, self._high = int(plan.low or 1), int(plan.high or 256)
        self._most = plan.most or 6
        self._value: tuple[int, ...] = ()
        self.boxes: list[NumberEdit] = []
        self.remove, self.add = self._button("\u2212", "Take the last layer away"), self._button("+", "Add a layer")
        self.words = label("", "faint")
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.words, 1)
        head.addWidget(self.remove)
        head.addWidget(self.add)
        self._row = FlowLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._row)
        self.remove.clicked.connect(lambda: self._enter(self._value[:-1]))
        self.add.clicked.connect(lambda: self._enter((*self._value, self._value[-1] if self._value else 8)))
        self.set_value(plan.default)

    @override
    def value(self) -> object:
        return self._value

    @override
    def set_value(self, value: Any) -> None:
        self._value = tuple(value)
        while len(self.boxes) > len(self._value):
            box = self.boxes.pop()
            self._row.removeWidget(box)
            box.hide()
            box.deleteLater()
        while len(self.boxes) < len(self._value):
            box, layer = NumberEdit(self), len(self.boxes)
            box.setFixedWidth(48)
            box.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            box.committed.connect(lambda text, layer=layer: self._typed(layer, text))
            box.stepped.connect(lambda steps, layer=layer: self._stepped(layer, steps))
            self.boxes.append(box)
            self._row.addWidget(box)
        for i, (box, units) in enumerate(zip(self.boxes, self._value, strict=True)):
            box.show_text(str(units))
            restyle(box, "invalid", False)
            box.setAccessibleName(f"Units of layer {i + 1}")
            box.setToolTip(f"Units of layer {i + 1}, from {self._low} to {self._high}")
        count = len(self._value)
        self.words.setText("no hidden layer: a linear model" if not count else f"{count} layer{'s' * (count > 1)}")
        self.remove.setEnabled(count > 0)
        self.add.setEnabled(count < self._most)
        self.add.setToolTip("Add a layer" if count < self._most else f"{self._most} layers are the most")

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFixedWidth(34)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _typed(self, layer: int, text: str) -> None:
        number = parse_number(text)
        if number is not None and number.is_integer() and self._low <= number <= self._high:
            self._choose(layer, int(number))
        else:
            restyle(self.boxes[layer], "invalid", True)
            self.refused.emit(f"A layer has {self._low} to {self._high} units.")

    def _stepped(self, layer: int, steps: int) -> None:
        self._choose(layer, min(max(self._value[layer] + steps, self._low), self._high))

    def _choose(self, layer: int, units: int) -> None:
        self._enter((*self._value[:layer], units, *self._value[layer + 1 :]))


_EDITORS: dict[str, type[Editor]] = {
    "choice": ChoiceEditor,
    "flag": FlagEditor,
    "text": TextEditor,
    "toggles": TogglesEditor,
    "layers": LayersEditor,
}


def editor_for(plan: FieldPlan) -> NumberEditor | Editor:
    """The editor for a field."""
    if plan.kind in ("number", "whole"):
        return NumberEditor(plan)
    return _EDITORS[plan.kind](plan)
