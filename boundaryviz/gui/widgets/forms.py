"""A form made from a spec: every field with its control, its explanation and its limits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError
from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.controls import Fold, label
from boundaryviz.gui.widgets.editors import Editor, editor_for
from boundaryviz.gui.widgets.fields import FieldPlan, plans
from boundaryviz.gui.widgets.number import NumberEditor
from boundaryviz.gui.widgets.places import PlaceEditor, PlacesEditor
from boundaryviz.gui.widgets.plain import literal, tip

TITLE_WIDTH = 112
_PLACES: dict[str, type[PlaceEditor | PlacesEditor]] = {"place": PlaceEditor, "places": PlacesEditor}


class _Row(QWidget):
    """Title and editor, with a line under them while what was typed cannot be used."""

    def __init__(self, plan: FieldPlan) -> None:
        super().__init__()
        self.plan = plan
        self.editor: NumberEditor | Editor = _PLACES[plan.kind](plan) if plan.kind in _PLACES else editor_for(plan)
        self.title = label(plan.title, wraps=True)
        self.title.setBuddy(self.editor)
        self.unit: QLabel | None = label(plan.unit, "faint") if plan.unit else None
        self.problem = label("", "problem", wraps=True)
        self.problem.hide()
        self.help = plan.help
        self.reason: str | None = None
        line = QVBoxLayout() if self.editor.wide else QHBoxLayout()
        line.setSpacing(4 if self.editor.wide else 8)
        if not self.editor.wide:
            self.title.setFixedWidth(TITLE_WIDTH)
        line.addWidget(self.title)
        line.addWidget(self.editor, 1)
        if self.unit is not None:
            line.addWidget(self.unit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.problem)
        self.set_disabled(None)

    def set_disabled(self, reason: str | None) -> None:
        self.reason = reason
        self.editor.setEnabled(reason is None)
        self.title.setEnabled(reason is None)
        words = f"{self.help}\nOff: {reason}" if reason else self.help
        self.setToolTip(tip(words))
        self.setWhatsThis(literal(words))

    def set_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.editor.set_invalid(bool(words))


class _Unseen(QWidget):
    """What is filled when it is shown for the first time."""

    def __init__(self, fill: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._fill = fill
        self.hide()

    @override
    def showEvent(self, a0: QShowEvent | None) -> None:
        self._fill()
        super().showEvent(a0)


def _stops(whole: QWidget) -> list[QWidget]:
    """Where the Tab key stops in a widget that stands alone, in order."""
    found, at = [whole], whole.nextInFocusChain()
    while at is not None and at is not whole:
        found.append(at)
        at = at.nextInFocusChain()
    return [one for one in found if one.focusPolicy() & Qt.FocusPolicy.TabFocus]


def _stop_after(widget: QWidget, stops: list[QWidget]) -> None:
    """Have the Tab key stop here where `widget` stands in its window, and not at the end with all that comes late."""
    before: QWidget | None = widget  # back to the window, with which the chain begins
    while before is not None and before is not widget.window() and not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
        before = before.previousInFocusChain()
    if before is None or before is widget.window():
        return
    for one in stops:
        QWidget.setTabOrder(before, one)
        before = one


def _column(within: QWidget) -> QVBoxLayout:
    """The column of rows that a widget has."""
    there = within.layout()
    if isinstance(there, QVBoxLayout):
        return there
    made = QVBoxLayout(within)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(8)
    return made


class SpecForm(QWidget):
    """Controls for the fields of one spec; `advanced` ones lie in a fold.

    A row is made when it is shown, before it is painted, or when somebody asks for it: most forms lie behind others.

    changed: dotted path (`prefix` and field) and the new value, checked by the spec itself. A value that the
        spec turns down is never emitted: a sentence under the field says why, the old value stays in force.
    settled: path; a drag or typing is over, so that an undo step can end.
    prefix: put before the field's name, such as 'training'. skip: fields left out.
    """

    changed = pyqtSignal(str, object)
    settled = pyqtSignal(str)

    def __init__(
        self,
        spec_type: type[BaseModel],
        prefix: str = "",
        skip: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._type = spec_type
        self._prefix = f"{prefix}." if prefix else ""
        self._spec: BaseModel = spec_type()
        self._plans = {plan.name: plan for plan in plans(spec_type) if plan.name not in skip}
        self._rows: dict[str, _Row] = {}
        self._awaits: dict[str, dict[str, Callable[[_Row], None]]] = {name: {} for name in self._plans}
        """Of each row that is not there yet, what is to be done to it."""
        self._main = _column(self)
        self._deeper = _Unseen(self._make_deeper, self)
        self._fold: Fold | None = None
        self._made = False

    @property
    def fold(self) -> Fold | None:
        """What advanced fields lie in, where there are some."""
        self.make()
        return self._fold

    @override
    def showEvent(self, a0: QShowEvent | None) -> None:
        self.make()
        super().showEvent(a0)

    def make(self) -> None:
        """Make the rows now that are not in the fold, and the fold."""
        if self._made:
            return
        self._made = True
        stops = self._make(self, advanced=False)
        if any(plan.advanced for plan in self._plans.values()):
            self._fold = Fold("Advanced", self._deeper, parent=self)
            stops.append(self._fold.heading)
            self._main.addWidget(self._fold)
            if self.isVisible():
                self._fold.show()
        _stop_after(self, stops)
        self._main.activate()

    def _make_deeper(self) -> None:
        self.make()  # first, for the order of the keys
        _stop_after(self._deeper, self._make(self._deeper, advanced=True))
        _column(self._deeper).activate()

    def _make(self, within: QWidget, *, advanced: bool) -> list[QWidget]:
        """Make rows that are not there; where the Tab key stops in them."""
        plans = [plan for plan in self._plans.values() if plan.advanced == advanced and plan.name not in self._rows]
        column, stops = _column(within), list[QWidget]()
        for plan in plans:
            row = self._rows[plan.name] = _Row(plan)
            stops += _stops(row)
            column.addWidget(row)
            row.editor.set_value(getattr(self._spec, plan.name))
            for act in self._awaits.pop(plan.name).values():
                act(row)
            self._connect(row)
            if within.isVisible():
                row.show()  # and not only when the loop turns again
        return stops

    def _with(self, path: str, what: str, act: Callable[[_Row], None]) -> None:
        """Do something to a row, or have it done when it is made; what: in whose place it comes, of what waits."""
        name = path.removeprefix(self._prefix)
        if name in self._rows:
            act(self._rows[name])
        else:
            self._awaits[name][what] = act

    def set_values(self, spec: BaseModel) -> None:
        """Show this spec; nothing is emitted. Raises TypeError for a spec of another kind."""
        if not isinstance(spec, self._type):
            raise TypeError(f"this form shows {self._type.__name__}, not {type(spec).__name__}")
        for name, row in self._rows.items():
            value = getattr(spec, name)
            changed = value != getattr(self._spec, name)
            row.editor.set_value(value)
            if changed:
                row.set_problem("")
        self._spec = spec

    @property
    def paths(self) -> list[str]:
        """The paths of all fields shown."""
        return [self._prefix + name for name in self._plans]

    def plan(self, path: str) -> FieldPlan:
        """What the spec says of a field, by its name or path."""
        return self._plans[path.removeprefix(self._prefix)]

    def titles(self) -> dict[str, str]:
        """What each field is called: path -> title."""
        return {self._prefix + name: plan.title for name, plan in self._plans.items()}

    def go_to(self, path: str) -> None:
        """Give the keys to a field, where it can be seen."""
        row = self._row(path)
        if row.plan.advanced and self._fold is not None:
            self._fold.set_open(True)
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        outer = self.parentWidget()
        while outer is not None:
            if isinstance(outer, QScrollArea):
                soon = QTimer(row)  # when the fold has opened
                soon.setSingleShot(True)
                soon.timeout.connect(partial(outer.ensureWidgetVisible, row))
                soon.timeout.connect(soon.deleteLater)
                soon.start(0)
            outer = outer.parentWidget()

    def values(self) -> BaseModel:
        """The spec in force."""
        return self._spec

    def set_disabled(self, path: str, reason: str | None) -> None:
        """Switch a field off and say why in its tooltip; None switches it on again."""
        self._with(path, "disabled", lambda row: row.set_disabled(reason))

    def set_unused(self, reasons: Mapping[str, str]) -> None:
        """Switch off the fields that have a reason, name -> why, and switch on all others."""
        for name in self._plans:
            self.set_disabled(name, reasons.get(name))

    def set_range(self, path: str, low: float | None, high: float | None) -> None:
        """Where a number's slider runs; typed values may go as far as the field allows."""
        self._with_number(path, "range", lambda editor: editor.set_range(low, high))

    def set_fallback(self, path: str, value: float | None) -> None:
        """The number that a field's 'default' stands for."""
        self._with_number(path, "fallback", lambda editor: editor.set_fallback(value))

    def offer_special(self, path: str, offered: bool) -> None:
        """Whether the value of a number that is none, such as 'all', can be chosen."""
        self._with_number(path, "special", lambda editor: editor.offer_special(offered))

    def _with_number(self, path: str, what: str, act: Callable[[NumberEditor], None]) -> None:
        self._with(path, what, lambda row: act(row.editor) if isinstance(row.editor, NumberEditor) else None)

    def explain(self, path: str, words: str) -> None:
        """A tooltip in better words than the field's own, such as what noise means for the data set at hand."""

        def explained(row: _Row) -> None:
            row.help = words
            row.set_disabled(row.reason)

        self._with(path, "words", explained)

    def editor(self, path: str) -> Any:
        """The editor of a field, by its name or path."""
        return self._row(path).editor

    def problem(self, path: str) -> str:
        """The sentence under a field; empty where there is none."""
        return self._row(path).problem.text()

    def _row(self, path: str) -> _Row:
        if (name := path.removeprefix(self._prefix)) not in self._rows:
            (self._make_deeper if self._plans[name].advanced else self.make)()
        return self._rows[name]

    def _connect(self, row: _Row) -> None:
        name = row.plan.name
        row.editor.proposed.connect(lambda value: self._propose(name, value))
        row.editor.refused.connect(row.set_problem)
        row.editor.settled.connect(lambda: self.settled.emit(self._prefix + name))

    def _propose(self, name: str, value: object) -> None:
        row = self._rows[name]
        try:
            spec = self._type.model_validate({**dict(self._spec), name: value})
        except ValidationError as error:
            row.set_problem(_sentence(row.plan, error))
            return
        row.set_problem("")
        changed = getattr(spec, name) != getattr(self._spec, name)
        self._spec = spec
        row.editor.set_value(getattr(spec, name))
        if changed:
            self.changed.emit(self._prefix + name, getattr(spec, name))


def _sentence(plan: FieldPlan, error: ValidationError) -> str:
    """Why the spec turned a value down."""
    first = error.errors(include_url=False)[0]
    if plan.range_words and first["type"] in (
        "greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"
    ):  # fmt: skip
        return f"{plan.title} runs {plan.range_words}{' ' + plan.unit if plan.unit else ''}."
    words = first["msg"].removeprefix("Value error, ")
    return f"{words[:1].upper()}{words[1:]}."
