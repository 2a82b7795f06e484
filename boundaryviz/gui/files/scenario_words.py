"""The words of a scenario: its title, what it is about and what to look at, read and written in a dialog."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from boundaryviz.gui.document.document import Document, Swap
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.scene.plain_text import PARAGRAPH, long_text, one_line

_TITLE = 200  # characters
_ROWS = 4  # lines that are seen of a longer text


class WordsDialog(QDialog):
    """Three texts to be changed."""

    def __init__(self, title: str, summary: str, look_at: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About this scenario")
        self.title = QLineEdit(one_line(title, _TITLE))
        self.title.setMaxLength(_TITLE)
        self.title.setToolTip("What it is called in the window and in figures")
        self.summary, self.look_at = _text(summary), _text(look_at)
        self.summary.setToolTip("What it is about, in a sentence or two")
        self.look_at.setToolTip("What whoever opens it is to look at; it is said above the plane")
        self.look_at.setPlaceholderText("Said above the plane when it is opened")
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for name, field in (("&Title", self.title), ("&Summary", self.summary), ("&What to look at", self.look_at)):
            form.addRow(name, field)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.resize(560, 320)

    def words(self) -> dict[str, str]:
        """The texts as they stand there, by the name of their field in a scenario."""
        return {
            "title": one_line(self.title.text().strip(), _TITLE),
            "summary": self.summary.toPlainText().strip()[:PARAGRAPH],
            "look_at": self.look_at.toPlainText().strip()[:PARAGRAPH],
        }


def _text(words: str) -> QPlainTextEdit:
    edit = QPlainTextEdit(long_text(words, PARAGRAPH))
    edit.setTabChangesFocus(True)
    edit.setMinimumHeight(_ROWS * edit.fontMetrics().lineSpacing() + 12)
    return edit


class ScenarioWords(QObject):
    """Has the words of the document changed, as one undo step."""

    def __init__(self, window: MainWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self.dialog: WordsDialog | None = None
        window.actions_["file.words"].triggered.connect(lambda: self.ask())

    def ask(self) -> None:
        """Show the dialog."""
        scenario = self._document.committed.scenario
        dialog = self.dialog = WordsDialog(scenario.title, scenario.summary, scenario.look_at, self._window)
        dialog.accepted.connect(lambda: self._take(dialog.words()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, words: dict[str, str]) -> None:
        state = self._document.committed
        words["title"] = words["title"] or state.scenario.title
        changed = {name: text for name, text in words.items() if text != getattr(state.scenario, name)}
        if changed:
            scenario = state.scenario.model_copy(update=changed)
            self._document.do(Swap(replace(state, scenario=scenario)), "Write about the scenario")
