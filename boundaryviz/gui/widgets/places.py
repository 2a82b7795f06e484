"""Editors of places on the plane: one, which may be left to the program, and a row of them."""

from __future__ import annotations

import re
from typing import Any

from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton
from typing_extensions import override

from boundaryviz.gui.widgets.controls import restyle
from boundaryviz.gui.widgets.editors import Editor
from boundaryviz.gui.widgets.fields import FieldPlan
from boundaryviz.gui.widgets.number import NumberEdit, parse_number

_SEVERAL = "x, y; x, y; ..."


def _words(number: float) -> str:
    """A coordinate as it is shown: to a thousandth, which is finer than a pixel."""
    return f"{number:.3f}".rstrip("0").rstrip(".") if abs(number) < 1000 else f"{number:.4g}"


class PlaceEditor(Editor):
    """Two numbers, and a button that leaves the choice to the program."""

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__(plan)
        self._value: tuple[float, float] | None = None
        self.edits = (NumberEdit(self), NumberEdit(self))
        self.button = QToolButton(self)
        self.button.setText("auto")
        self.button.setCheckable(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addStretch(1)
        layout.addWidget(self.button)
        for edit, axis in zip(self.edits, "xy", strict=True):
            edit.setFixedWidth(62)
            edit.setPlaceholderText(axis)
            edit.setAccessibleName(f"{plan.title} {axis}")
            edit.setAccessibleDescription(plan.help)
            edit.committed.connect(self._typed)
            edit.stepped.connect(lambda steps, edit=edit: self._stepped(edit, steps))
            layout.addWidget(edit)
        self.button.setAccessibleName(f"{plan.title} automatic")
        self.button.clicked.connect(self._left_to_it)
        self.setFocusProxy(self.edits[0])
        self.set_value(None)

    @override
    def value(self) -> object:
        return self._value

    @override
    def set_value(self, value: Any) -> None:
        self._value = None if value is None else (float(value[0]), float(value[1]))
        for k, edit in enumerate(self.edits):
            edit.show_text("" if self._value is None else _words(self._value[k]))
        self.button.setChecked(self._value is None)

    @override
    def set_invalid(self, invalid: bool) -> None:
        for edit in self.edits:
            restyle(edit, "invalid", invalid)

    def _typed(self, _text: str = "") -> None:
        texts = [edit.text().strip() for edit in self.edits]
        if not any(texts):
            if self._value is not None:
                self._enter(None)
        elif all(texts):  # until both are there it is no place
            numbers = [parse_number(text) for text in texts]
            if None in numbers:
                self.refused.emit(f"{self.plan.title} is two numbers such as 0.5 and 1.")
            else:
                self._enter(tuple(numbers))

    def _stepped(self, edit: NumberEdit, steps: int) -> None:
        if self._value is not None:
            k = self.edits.index(edit)
            moved = list(self._value)
            moved[k] = round(moved[k] + 0.01 * steps, 6)
            self._enter(tuple(moved))

    def _left_to_it(self, automatic: bool) -> None:
        if automatic:
            self._enter(None)
        else:
            self.button.setChecked(self._value is None)  # numbers have to be typed for it
            self.edits[0].setFocus()


class PlacesEditor(Editor):
    """Places in one line: 'x, y; x, y'."""

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__(plan)
        self._value: tuple[tuple[float, float], ...] = ()
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText(_SEVERAL)
        self._fill(self.edit)
        self.edit.editingFinished.connect(self._typed)

    @override
    def value(self) -> object:
        return self._value

    @override
    def set_value(self, value: Any) -> None:
        self._value = tuple((float(x), float(y)) for x, y in value)
        if not (self.edit.hasFocus() and self.edit.isModified()):
            self.edit.setText("; ".join(f"{_words(x)}, {_words(y)}" for x, y in self._value))
            self.edit.setCursorPosition(0)

    @override
    def set_invalid(self, invalid: bool) -> None:
        restyle(self.edit, "invalid", invalid)

    def _typed(self) -> None:
        if not self.edit.isModified():
            return
        self.edit.setModified(False)
        places: list[tuple[float, float]] = []
        for part in filter(None, (p.strip() for p in self.edit.text().split(";"))):
            numbers = [parse_number(word) for word in re.split(r"[,\s]+", part)]
            if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
                self.refused.emit(f"{self.plan.title} are places such as 0.5, 1; 1.2, 0.4.")
                return
            places.append((numbers[0], numbers[1]))
        if tuple(places) != self._value:
            self._enter(tuple(places))
