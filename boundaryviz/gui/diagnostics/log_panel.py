"""What the program has said, line by line: to be filtered, copied and cleared."""

from __future__ import annotations

import time
from collections.abc import Iterable

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QColor, QFontDatabase, QGuiApplication, QTextCharFormat, QTextCursor
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from boundaryviz.gui.shell.logbook import ERROR, INFO, WARNING, Entry
from boundaryviz.gui.widgets.controls import QuietCombo, label
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_LEVELS = {"Everything": INFO, "Warnings and errors": WARNING, "Errors": ERROR}
_NAMES = {INFO: "", WARNING: "warning", ERROR: "error"}


class LogPanel(QDialog):
    """A window of its own that stays open while one works. cleared: the entries are to be forgotten."""

    cleared = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None, limit: int = 2000) -> None:
        super().__init__(parent)
        self.setWindowTitle("Log")
        self._theme, self._limit = theme, limit
        self._entries: list[Entry] = []
        self.level = QuietCombo()
        self.level.addItems(list(_LEVELS))
        self.level.setAccessibleName("Show")
        self.level.setToolTip("Which lines are shown")
        self.level.setMinimumWidth(200)
        self.level.currentIndexChanged.connect(self._fill)
        self.count = label("", "faint")
        self.copy_button, self.clear_button = QPushButton("Copy"), QPushButton("Clear")
        self.copy_button.setToolTip("Copy the lines shown, or the marked part of them")
        self.clear_button.setToolTip("Forget all lines")
        self.copy_button.clicked.connect(self._copy)
        self.clear_button.clicked.connect(self._clear)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText("Nothing has been said yet.")
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Log")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.level)
        row.addWidget(self.count, 1)
        row.addWidget(self.copy_button)
        row.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.text, 1)
        self.resize(760, 400)
        self._fill()

    def set_entries(self, entries: Iterable[Entry]) -> None:
        """All there is so far."""
        self._entries = list(entries)[-self._limit :]
        self._fill()

    def add(self, entry: Entry) -> None:
        """One more; the view stays where it is, unless it stands at the end."""
        self._entries.append(entry)
        if len(self._entries) > self._limit + self._limit // 4:  # not at every line
            self._entries = self._entries[-self._limit :]
            self._fill()
        elif entry.level >= self._least:
            bar = self.text.verticalScrollBar()
            at_end = bar is None or bar.value() >= bar.maximum()
            self._write(entry)
            if at_end and bar is not None:
                bar.setValue(bar.maximum())
        self._say_count()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self._fill()

    @property
    def _least(self) -> int:
        return _LEVELS[self.level.currentText()]

    @property
    def _shown(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.level >= self._least]

    def _fill(self) -> None:
        self.text.clear()
        for entry in self._shown:
            self._write(entry)
        bar = self.text.verticalScrollBar()
        if bar is not None:
            bar.setValue(bar.maximum())
        self._say_count()

    def _write(self, entry: Entry) -> None:
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.text.document().isEmpty():  # type: ignore[union-attr]
            cursor.insertBlock()
        danger, theme = entry.level > INFO, self._theme
        day = time.strftime("%H:%M:%S", time.localtime(entry.when))
        cursor.insertText(f"{day}  {entry.source:<9} ", _coloured(theme.faint))
        indent = "\n" + " " * 20
        words = f"{_NAMES[entry.level]}: {entry.text}" if danger else entry.text
        cursor.insertText(words.strip().replace("\n", indent), _coloured(theme.danger if danger else theme.text))

    def _say_count(self) -> None:
        shown, total = len(self._shown), len(self._entries)
        lines = f"{total:,} {'entry' if total == 1 else 'entries'}"
        self.count.setText(lines if shown == total else f"{shown:,} of {lines}")
        self.copy_button.setEnabled(shown > 0)
        self.clear_button.setEnabled(total > 0)

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        cursor = self.text.textCursor()
        if clipboard is not None:
            marked = cursor.selection().toPlainText() if cursor.hasSelection() else ""
            clipboard.setText(marked or "\n".join(entry.line for entry in self._shown) + "\n")

    def _clear(self) -> None:
        self._entries.clear()
        self._fill()
        self.cleared.emit()


def _coloured(colour: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(colour))
    return made
