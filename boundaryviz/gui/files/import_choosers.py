"""What a person may correct of a table: which column is what and why, further inputs, how its file is read, and what
fits two readings, each asked where it matters."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractItemView, QGridLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from boundaryviz.gui.files.table_reading import Reading, answered, with_inputs, with_role
from boundaryviz.gui.widgets.controls import Fold, QuietCombo, choices, label
from boundaryviz.gui.widgets.plain import menu_words, tip
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.tables.choice import Question, TableChoice

_ROLES = {
    "x": ("x", "The column that lies along the plane's bottom"),
    "y": ("y", "The column that lies along the plane's side"),
    "label": ("Label", "The column that holds the class of each point; an empty cell is a point without a label"),
    "split": ("Split", "The column that says which points train, and which are for validation and test"),
    "origin": ("Origin", "The column that says which points are poison"),
}
ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Western European (cp1252)", "iso8859-1": "Latin-1",
    "gb18030": "Chinese (GBK, GB 18030)", "big5": "Chinese (Big5)", "shift_jis": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)", "euc_kr": "Korean (EUC-KR)", "cp1251": "Cyrillic (cp1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp1250": "Central European (cp1250)", "cp1253": "Greek (cp1253)", "cp1254": "Turkish (cp1254)",
}  # fmt: skip
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", " ": "spaces", "|": "vertical bar"}
_PLANE = {"columns": "x and y", "principal": "the first two principal components"}
_HEADER = {True: "the names of the columns", False: "a point like the others"}


class _Chooser(QWidget):
    """A name, a choice, and words below it. chosen: the value of the choice."""

    chosen = pyqtSignal(object)

    def __init__(self, name: str, explains: str) -> None:
        super().__init__()
        self.combo = QuietCombo()
        self.combo.setAccessibleName(name)
        self._explains = explains
        self.words = label("", "faint", wraps=True)
        self.words.hide()
        self.name = QLabel(name)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setMinimumWidth(72)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setVerticalSpacing(2)
        self._layout.setColumnStretch(1, 1)
        self._layout.addWidget(self.name, 0, 0)
        self._layout.addWidget(self.combo, 0, 1)
        self._layout.addWidget(self.words, 1, 1)
        self._options: list[tuple[Any, str]] = []
        self._taken: Any = None
        self.combo.activated.connect(self._choose)

    def _choose(self, at: int) -> None:
        if (value := self._options[at][0]) != self._taken:
            self.chosen.emit(value)

    def set_options(self, options: Sequence[tuple[Any, str]], taken: Any, tips: Sequence[str] = ()) -> None:
        """(value, words) of each; nothing is emitted."""
        self._taken = taken
        if list(options) != self._options:
            self._options = list(options)
            self.combo.clear()
            for at, (_value, words) in enumerate(options):
                self.combo.addItem(one_line(words, NAME))
                if tips:
                    self.combo.setItemData(at, tip(tips[at]), Qt.ItemDataRole.ToolTipRole)
        values = [value for value, _words in options]
        at = values.index(taken) if taken in values else -1
        self.combo.setCurrentIndex(at)
        self.combo.setToolTip(tip(f"{self._explains}.\n{options[at][1] if at >= 0 else ''}".strip()))

    def set_words(self, words: str) -> None:
        """Say this below the choice."""
        self.words.setText(words)
        self.words.setVisible(bool(words))


class _Asked(QWidget):
    """Questions, each with a choice of its answers. answered: the dotted path, and the value."""

    answered = pyqtSignal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 2, 0, 2)
        self._shown: tuple[Question, ...] = ()
        self.combos: list[QuietCombo] = []
        self.hide()

    def set_questions(self, questions: Sequence[Question]) -> None:
        """Ask these, and show what is taken of each."""
        if tuple(questions) == self._shown:
            return
        self._shown = tuple(questions)
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.combos = [self._ask(question) for question in questions]
        self.setVisible(bool(questions))

    def _ask(self, question: Question) -> QuietCombo:
        combo = choices(one_line(question.words, NAME), {k: menu_words(words) for k, (_value, words)
                                                         in enumerate(question.options)}, 120)  # fmt: skip
        taken = [value for value, _words in question.options]
        combo.setCurrentIndex(taken.index(question.taken) if question.taken in taken else -1)
        combo.setToolTip(tip(question.words))
        combo.activated.connect(lambda at: self.answered.emit(question.about, question.options[at][0]))
        self._layout.addWidget(label(question.words, wraps=True))
        self._layout.addWidget(combo)
        return combo


class ImportChoosers(QWidget):
    """All that can be chosen of a reading. changed: the choice that a person wants."""

    changed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.roles = {role: _Chooser(*words) for role, words in _ROLES.items()}
        self.asked = {role: _Asked() for role in ("x", "y", "label", "sheet")}
        self.inputs = QListWidget()
        self.inputs.setAccessibleName("Columns that are inputs")
        self.inputs.setToolTip(tip("What models are given of each point, if that is more than its place on the plane"))
        self.inputs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.inputs.setFixedHeight(120)
        self.shown = _Chooser("Plane", "What is shown: two of the inputs, or the directions in which points vary most")
        self.file = {
            "sheet": _Chooser("Sheet", "Which of the tables in the file is read"),
            "encoding": _Chooser("Encoding", "How the letters of the file are written as bytes"),
            "separator": _Chooser("Separator", "What stands between two cells of a row"),
            "header": _Chooser("First row", "What the first row holds"),
        }
        self._reading: Reading | None = None
        self._reasons: dict[tuple[str, str], str] = {}
        self._plane: tuple[str, str] = ("", "")
        self._compose()
        self._wire()

    def _compose(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(6)
        for role, chooser in self.roles.items():
            layout.addWidget(chooser)
            if role in self.asked:
                layout.addWidget(self.asked[role])
        self.more = Fold("More inputs than two", _column(self.inputs, self.shown))
        self.reading = Fold("How the file is read", _column(*self.file.values(), self.asked["sheet"]))
        layout.addWidget(self.more)
        layout.addWidget(self.reading)
        layout.addStretch(1)

    def _wire(self) -> None:
        for role, chooser in self.roles.items():
            chooser.chosen.connect(lambda column, role=role: self._send(with_role(self.choice, role, column)))
        for asked in self.asked.values():
            asked.answered.connect(lambda about, value: self._send(answered(self.choice, about, value)))
        for name, chooser in self.file.items():
            chooser.chosen.connect(lambda value, name=name: self._send(answered(self.choice, f"sheet.{name}", value)))
        self.shown.chosen.connect(lambda shown: self._send(self.choice.model_copy(update={"shown": shown} | (
            {"x": None, "y": None} if shown == "columns" else {}))))  # fmt: skip
        self.inputs.itemChanged.connect(lambda _item: self._tick())

    @property
    def choice(self) -> TableChoice:
        """What is shown."""
        assert self._reading is not None
        return self._reading.understanding.choice

    def _send(self, choice: TableChoice) -> None:
        self.changed.emit(choice)

    def _tick(self) -> None:
        ticked = [name for k, name in enumerate(self._names) if self._is_ticked(k)]
        self._send(with_inputs(self.choice, ticked, self._plane))

    def _is_ticked(self, at: int) -> bool:
        item = self.inputs.item(at)
        return item is not None and item.checkState() == Qt.CheckState.Checked

    # ---- to the widgets --------------------------------------------------------------------------

    def set_reading(self, reading: Reading) -> None:
        """Show another reading; nothing is emitted."""
        self._reading = reading
        found, choice = reading.understanding, reading.understanding.choice
        for role, why in found.reasons.items():
            column = getattr(choice, role) or ""
            if why != "chosen" or (role, column) not in self._reasons:
                self._reasons[role, column] = why
        self._plane = (choice.x or self._plane[0], choice.y or self._plane[1])
        self._show_roles()
        self._show_inputs()
        self._show_file()
        of = {"x": choice.x, "y": choice.y, "label": choice.label}
        for place, asked in self.asked.items():
            asked.set_questions([q for q in found.questions if _place(q, of) == place])
        if any(q.about.startswith("sheet.") for q in found.questions):
            self.reading.set_open(True)

    def _show_roles(self) -> None:
        assert self._reading is not None
        columns, choice = self._reading.understanding.columns, self.choice
        principal = bool(choice.inputs) and choice.shown == "principal"
        for role, chooser in self.roles.items():
            fits = [one for one in columns if one.kind != "empty" and (role not in "xy" or one.values is not None)]
            if role in "xy" and choice.inputs:
                fits = [one for one in fits if one.name in choice.inputs]
            none = [] if role in "xy" and not principal else [("", "none")]
            taken = getattr(choice, role) or ""
            chooser.set_options(
                [*none, *((one.name, one.name) for one in fits)], taken,
                ["" for _ in none] + [f"{one.reading}, such as {', '.join(one.examples)}" for one in fits],
            )  # fmt: skip
            chooser.setEnabled(not (principal and role in "xy"))
            why = self._reasons.get((role, taken), "") if taken else ""
            chooser.set_words("" if why in ("", "chosen") else f"Proposed: {why}.")

    def _show_inputs(self) -> None:
        assert self._reading is not None
        choice = self.choice
        self._names = [one.name for one in self._reading.understanding.columns if one.numeric]
        used = choice.inputs or (choice.x, choice.y)
        self.inputs.blockSignals(True)
        if [item.text() for k in range(self.inputs.count()) if (item := self.inputs.item(k))] != self._names:
            self.inputs.clear()
            for name in self._names:
                self.inputs.addItem(QListWidgetItem(one_line(name, NAME)))
        for k, name in enumerate(self._names):
            if (item := self.inputs.item(k)) is not None:
                item.setCheckState(Qt.CheckState.Checked if name in used else Qt.CheckState.Unchecked)
        self.inputs.blockSignals(False)
        self.more.setVisible(len(self._names) > 2)
        self.shown.set_options([*_PLANE.items()], choice.shown)
        self.shown.setEnabled(len(choice.inputs) > 1)
        if choice.inputs:
            self.more.set_open(True)

    def _show_file(self) -> None:
        assert self._reading is not None
        sheet = self._reading.understanding.sheet
        encoding = "" if sheet.encoding is None else _encoding(sheet.encoding)
        separator = sheet.separator or ""
        options: dict[str, list[tuple[Any, str]]] = {
            "sheet": [(name, name) for name in sheet.sheets],
            "encoding": [*(ENCODINGS if encoding in ENCODINGS else {encoding: encoding} | ENCODINGS).items()],
            "separator": [*({separator: separator} | SEPARATORS).items()],
            "header": [*_HEADER.items()],
        }
        taken = {"sheet": sheet.sheet, "encoding": encoding, "separator": sheet.separator, "header": sheet.header}
        for name, chooser in self.file.items():
            chooser.setVisible(bool(taken[name]) or name == "header")
            chooser.set_options(options[name], taken[name])


def _place(question: Question, columns: dict[str, str | None]) -> str:
    """Where a question is asked: at the role of its column, or at how the file is read."""
    section, _, name = question.about.partition(".")
    if section == "minus_one":
        return "label"
    return next((role for role, column in columns.items() if column and column == name and section != "sheet"),
                "sheet" if section == "sheet" else "x")  # fmt: skip


def _encoding(name: str) -> str:
    """As Python calls it."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def _column(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 4, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    return holder
