"""What was understood of a table, and where it is corrected: choices, the plane to be, the rows, and what is said."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from boundaryviz.gui.files.import_choosers import SEPARATORS, ImportChoosers
from boundaryviz.gui.files.import_plane import ImportPlane
from boundaryviz.gui.files.import_table import ImportTable
from boundaryviz.gui.files.table_reading import Reading, said
from boundaryviz.gui.widgets.controls import Elided, label, restyle
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.plain_text import long_text, one_line
from boundaryviz.tables.choice import TableChoice
from boundaryviz.tables.words import counted

_SLOW = 300  # milliseconds after which it is said that something is being read
_LISTED = 1000  # rows that were left out, with their reasons
_NOTES = 20_000  # characters


class ImportDialog(QDialog):
    """Shows readings; the caller makes them. Escape leaves all untouched.

    wanted: another choice, of which a reading is to be made. taken: the reading that is to be opened.
    """

    wanted = pyqtSignal(object)
    taken = pyqtSignal(object)

    def __init__(
        self, reading: Reading, theme: Theme = LIGHT, parent: QWidget | None = None, verb: str = "Open"
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{verb} {one_line(reading.name)}" if reading.name else "Paste a table")
        self._reading, self._waits, self._accept_soon = reading, False, False
        self.about = Elided("faint")
        self.choosers, self.plane, self.table = ImportChoosers(), ImportPlane(), ImportTable()
        self.left_out = QTableWidget(0, 2)
        self.notes = QPlainTextEdit()
        self.tabs = QTabWidget()
        self.words = label("", wraps=True)
        self.show_left_out = QPushButton("Show which")
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.open_button = self.buttons.addButton(verb, role.AcceptRole)
        self.cancel_button = self.buttons.addButton("Cancel", role.RejectRole)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW)
        self._slow.timeout.connect(lambda: self._say("Reading\u2026"))
        self._compose()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.show_left_out.clicked.connect(lambda: self.tabs.setCurrentWidget(self.left_out))
        self.choosers.changed.connect(self._want)
        self.set_theme(theme)
        self.set_reading(reading)

    def _compose(self) -> None:
        assert self.open_button is not None
        assert self.cancel_button is not None
        self.open_button.setProperty("role", "primary")
        self.open_button.setToolTip("Take the points as they are shown here (Return)")
        self.cancel_button.setToolTip("Leave all as it was (Esc)")
        self.show_left_out.setAutoDefault(False)
        self.show_left_out.setToolTip("The rows that are left out, each with the reason")
        self.left_out.setHorizontalHeaderLabels(["Line", "Why it is left out"])
        self.left_out.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.left_out.setTabKeyNavigation(False)
        self.left_out.setAccessibleName("Rows that are left out")
        across, down = self.left_out.horizontalHeader(), self.left_out.verticalHeader()
        assert across is not None
        assert down is not None
        across.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        down.hide()
        self.notes.setReadOnly(True)
        self.notes.setTabChangesFocus(True)
        self.notes.setAccessibleName("Notes")
        for view in (self.table, self.left_out, self.notes):
            self.tabs.addTab(view, "")
        side = QScrollArea()
        side.setWidgetResizable(True)
        side.setFrameShape(QFrame.Shape.NoFrame)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setWidget(self.choosers)
        side.setFixedWidth(296)
        seen = QSplitter(Qt.Orientation.Vertical)
        seen.setChildrenCollapsible(False)
        seen.addWidget(self.plane)
        seen.addWidget(self.tabs)
        seen.setSizes([300, 240])
        seen.setStretchFactor(0, 3)
        seen.setStretchFactor(1, 2)
        across_all = QHBoxLayout()
        across_all.setSpacing(12)
        across_all.addWidget(side)
        across_all.addWidget(seen, 1)
        last = QHBoxLayout()
        last.addWidget(self.words, 1)
        last.addWidget(self.show_left_out)
        last.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.about)
        layout.addLayout(across_all, 1)
        layout.addLayout(last)
        self.cancel_button.setAutoDefault(False)  # or it is what Return presses while the other is off
        self.open_button.setDefault(True)
        self.setMinimumSize(720, 480)
        self.resize(920, 600)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.plane.set_theme(theme)
        self.table.set_theme(theme)

    # ---- a reading comes -------------------------------------------------------------------------

    def set_reading(self, reading: Reading) -> None:
        """Show what was read; this is the newest."""
        self._reading = reading
        self._waits = False
        self._slow.stop()
        found = reading.understanding
        sheet, notes = found.sheet, reading.table.notes if reading.table else found.notes
        parts = [sheet.format, sheet.encoding, SEPARATORS.get(sheet.separator or "", sheet.separator),
                 counted(len(sheet.columns), "column"), counted(len(sheet.lines), "row")]  # fmt: skip
        self.about.set_words(f"{reading.name or 'From the clipboard'}: {', '.join(filter(None, parts))}.")
        self.choosers.set_reading(reading)
        self.plane.set_scene(reading.scene)
        self.table.set_reading(reading)
        self._list_left_out()
        self.notes.setPlainText(long_text("\n".join(f"\u2022 {note}" for note in notes), _NOTES))
        for k, (title, many) in enumerate((("Rows", 0), ("Left out", len(found.left_out)), ("Notes", len(notes)))):
            self.tabs.setTabText(k, title + (f" ({many:,})" if many else ""))
            self.tabs.setTabVisible(k, k == 0 or many > 0)
        self.show_left_out.setVisible(bool(found.left_out))
        self._say(f"{said(reading.table)}." if reading.table else sentence(reading.problems), bool(reading.problems))
        self._enable(not reading.problems)
        if self._accept_soon and not reading.problems:
            self.accept()
        self._accept_soon = False

    def set_problems(self, problems: Sequence[str]) -> None:
        """The newest choice cannot be read at all: say why; the choices stay."""
        self._waits = self._accept_soon = False
        self._slow.stop()
        self._say(sentence(problems), True)
        self.plane.set_scene(None)
        self._enable(False)

    def _list_left_out(self) -> None:
        left = self._reading.understanding.left_out
        shown = left[:_LISTED]
        self.left_out.setRowCount(len(shown) + (len(left) > _LISTED))
        for row, one in enumerate(shown):
            self.left_out.setItem(row, 0, QTableWidgetItem(f"{one.line:,}"))
            reason = QTableWidgetItem(one_line(one.reason))
            reason.setToolTip(tip(one.reason))
            self.left_out.setItem(row, 1, reason)
        if len(left) > _LISTED:
            self.left_out.setItem(_LISTED, 1, QTableWidgetItem(f"and {len(left) - _LISTED:,} more"))

    def _say(self, words: str, problem: bool = False) -> None:
        restyle(self.words, "role", "problem" if problem else "")
        self.words.setText(words)

    def _enable(self, on: bool) -> None:
        assert self.open_button is not None
        self.open_button.setEnabled(on)

    # ---- a person says something -----------------------------------------------------------------

    def _want(self, choice: TableChoice) -> None:
        self._waits = True
        self._slow.start()
        self.wanted.emit(choice)

    @override
    def accept(self) -> None:
        """Open what is shown, once it has been read."""
        if self._waits:
            self._accept_soon = True
            return
        if not self._reading.problems:
            super().accept()
            self.taken.emit(self._reading)


def sentence(problems: Sequence[str]) -> str:
    """The first of several problems as a sentence."""
    words = "; ".join(problems[:2])
    more = f", and {len(problems) - 2:,} more" if len(problems) > 2 else ""
    return f"{words[:1].upper()}{words[1:]}{more}."
