"""The tab Rule: a program of a few lines, whether it can be read, and how far the model does as it says."""

from __future__ import annotations

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QFocusEvent, QFontDatabase, QTextCharFormat, QTextCursor
from PyQt6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.controls import QuietCombo, label, restyle
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.plain_text import long_text
from boundaryviz.scene.rules import MAX_LENGTH, Rule, RuleError, parse

EXAMPLES: dict[str, str] = {
    "A wave": "y > sin(3 x)",
    "A disc": "x^2 + y^2 < 4",
    "A triangle": "above_floor = y > -1\nleft_side   = y < 2 + 2 x\nright_side  = y < 2 - 2 x\n"
    "above_floor and left_side and right_side",
    "Exclusive or": "x y > 0",
    "A checkerboard": "(floor(x) + floor(y)) % 2",
    "Three sectors": "turn = (atan2(y, x) + pi) / (2 pi)  # from 0 to 1\nmin(2, floor(3 turn))",
}
"""Rules to begin with, by what they are called."""

_PAUSE = 400  # milliseconds without a key until what is written is taken
_ROWS = 5  # lines that are seen of a rule
_HELP = (
    "Says the class of every place (x, y): a condition, or the number of a class. "
    "Arithmetic + - * / % ^, products such as 3 x, comparisons such as 0 < x < 1, and, or, not, "
    "where(condition, a, b), functions such as sin, exp, log, sqrt, abs, floor, min, max, atan2, hypot, and pi and e. "
    "A line such as r = hypot(x, y) gives a value a name; the last line is the class. After # comes a remark."
)


class RuleEdit(QPlainTextEdit):
    """A few lines of a rule; what is wrong is underlined. left: the focus went elsewhere."""

    left = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setPlaceholderText("y > sin(3 x)")
        self.setAccessibleName("Rule")
        self.setToolTip(tip(_HELP))
        self.setMinimumHeight(_ROWS * self.fontMetrics().lineSpacing() + 16)
        self.setMaximumHeight(self.minimumHeight())

    def underline(self, place: tuple[int, int] | None, colour: str) -> None:
        """Underline the characters from one to another, at least one; None underlines nothing."""
        if place is None:
            self.setExtraSelections([])
            return
        marked = QTextEdit.ExtraSelection()
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(QColor(colour))
        cursor = QTextCursor(self.document())
        last = len(self.toPlainText())
        begin = min(place[0], max(last - 1, 0))  # what is missing at the end is shown under the last character
        cursor.setPosition(begin)
        cursor.setPosition(min(max(place[1], begin + 1), last), QTextCursor.MoveMode.KeepAnchor)
        marked.cursor, marked.format = cursor, look
        self.setExtraSelections([marked])

    @override
    def focusOutEvent(self, e: QFocusEvent | None) -> None:
        super().focusOutEvent(e)
        self.left.emit()


class RulePanel(QWidget):
    """The editor, what is to be said of what is written, and two switches.

    written: a rule that can be read, or '' for none, a moment after the last key, at once on leaving the editor, and
    only where it is another than was shown or written last. labels, difference: a switch was pressed.
    """

    written = pyqtSignal(str)
    labels = pyqtSignal(bool)
    difference = pyqtSignal(bool)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._theme, self._in_force = theme, ""
        self._standing = ""  # what is in force as it stands in the editor
        self._silent = ""
        self.examples = QuietCombo()
        self.examples.setAccessibleName("Examples")
        self.examples.setToolTip("Rules to begin with")
        self.examples.addItem("Examples...")
        self.examples.addItems(list(EXAMPLES))
        self.edit = RuleEdit()
        self.words = label("", "faint", wraps=True)
        self.label_by = _switch("&Label the data by it", "Every point gets the class that the rule says; label noise "
                                "acts on top, and the test points stay the rule's")  # fmt: skip
        self.differ = _switch("Show the &difference", "Hatch on the plane where the model decides otherwise than the "
                              "rule, as what the model decides there")  # fmt: skip
        self.numbers = label("", wraps=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.label_by, self.differ):
            row.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.edit, self.words, self.examples):
            layout.addWidget(part)
        layout.addLayout(row)
        layout.addWidget(self.numbers)
        layout.addStretch(1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.take)
        self.edit.textChanged.connect(self._typed)
        self.edit.left.connect(self.take)
        self.examples.activated.connect(self._example)
        self.label_by.clicked.connect(self.labels)
        self.differ.clicked.connect(self.difference)
        self._check()

    # ---- what it shows

    def set_rule(self, text: str) -> None:
        """The rule that is in force, '' for none. What is being written gives way to it, if it is another one."""
        if text != self._in_force:
            self._in_force = text
            self.show_rule()

    def show_rule(self) -> None:
        """Write what is in force in the place of what is being written."""
        self._pause.stop()
        self.edit.blockSignals(True)
        self.edit.setPlainText(long_text(self._in_force, MAX_LENGTH))
        self.edit.blockSignals(False)
        self._standing = self.edit.toPlainText()
        self._check()

    def set_switches(self, labels: bool, difference: bool) -> None:
        """Whether the data are labelled by the rule, and whether the difference is shown."""
        self.label_by.setChecked(labels)
        self.differ.setChecked(difference)

    def set_silent(self, silent: int, points: int, labels: bool) -> None:
        """At how many of the points the rule in force says no class. labels: the data are labelled by it."""
        self._silent = ""
        if silent:
            self._silent = f" At {silent:,} of {points:,} points it says no class" + (
                ", and they are unlabelled." if labels else "."
            )
        self._check()

    def set_numbers(self, of_test: float | None, of_plane: float | None) -> None:
        """On what share of the test points, and of what is shown of the plane, model and rule differ; None without."""
        told = [f"{100 * share:.3g} % of {what}" for share, what in ((of_test, "the test points"),
                (of_plane, "the plane that is shown")) if share is not None]  # fmt: skip
        self.numbers.setText(f"The model differs from it on {' and '.join(told)}." if told else "")

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self._check()

    # ---- what is written

    def take(self) -> None:
        """Say what is written, if it can be read and is not in force."""
        self._pause.stop()
        text = self.edit.toPlainText()
        if not text.strip():
            text = ""
        if text != self._standing and (not text or isinstance(_read(text), Rule)):
            self._in_force = self._standing = text
            self.written.emit(text)

    def _typed(self) -> None:
        self._check()
        self._pause.start()

    def _example(self, number: int) -> None:
        if number > 0:
            self.edit.setPlainText(EXAMPLES[self.examples.itemText(number)])
            self.take()
        self.examples.setCurrentIndex(0)

    def _check(self) -> None:
        """Say what the text comes to, and underline what is wrong."""
        text = self.edit.toPlainText()
        found = _read(text) if text.strip() else None
        wrong = isinstance(found, RuleError)
        restyle(self.words, "role", "problem" if wrong else "faint")
        place = (found.start, found.end) if isinstance(found, RuleError) else None
        self.edit.underline(place, self._theme.danger)
        for switch in (self.label_by, self.differ):
            switch.setEnabled(isinstance(found, Rule))
        in_force = isinstance(found, Rule) and text == self._standing
        self.words.setText(_said(found) + (self._told(found) if isinstance(found, Rule) and in_force else ""))

    def _told(self, rule: Rule) -> str:
        """Of the points at which it says no class, and why that may be."""
        if not self._silent or not rule.is_condition:
            return self._silent
        return f"{self._silent} It has no value there: a division by zero, or the log or root of a negative number."


def _read(text: str) -> Rule | RuleError:
    try:
        return parse(text)
    except RuleError as error:
        return error


def _said(found: Rule | RuleError | None) -> str:
    if found is None:
        return "There is no rule. Write one, or take an example."
    if isinstance(found, RuleError):
        words = str(found)
        return f"{words[0].upper()}{words[1:]}."
    if found.is_condition:
        return "Class 1 where it holds, class 0 where it does not."
    return "The number it comes to is the class; what is no whole number from 0 up is no class."


def _switch(words: str, explains: str) -> QPushButton:
    button = QPushButton(words)
    button.setCheckable(True)
    button.setAutoDefault(False)
    button.setToolTip(tip(explains))
    return button
