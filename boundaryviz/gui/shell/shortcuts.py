"""All keys at a glance, read from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from boundaryviz.gui.shell.palette import plain, score
from boundaryviz.gui.widgets.controls import label


def keys_of(action: QAction) -> str:
    """Every shortcut of an action in the desktop's own spelling."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(dict.fromkeys(key.toString(native) for key in action.shortcuts()))


class ShortcutsDialog(QDialog):
    """Groups of actions in two columns, with a line to search them.

    groups: heading -> actions; those without a shortcut are left out. gestures: heading -> (what one does, what
    happens), for the mouse and for keys that are no actions.
    """

    def __init__(
        self,
        groups: Mapping[str, Iterable[QAction]],
        gestures: Mapping[str, Iterable[tuple[str, str]]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and gestures")
        self._rows: list[tuple[str, tuple[QWidget, ...], int]] = []
        self._headings: list[QWidget] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search keys")
        self.search.setClearButtonEnabled(True)
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 8, 0)
        columns.setSpacing(32)
        tables = self._tables(groups, gestures or {})
        halves: list[list[int]] = [[], []]
        lengths = [0, 0]
        for i, (_, rows) in enumerate(tables):
            side = 0 if lengths[0] <= lengths[1] else 1
            halves[side].append(i)
            lengths[side] += len(rows) + 2
        for half in halves:
            column = QVBoxLayout()
            column.setSpacing(16)
            for i in half:
                column.addLayout(self._block(*tables[i]))
            column.addStretch(1)
            columns.addLayout(column, 1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.search)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        self.resize(760, 560)
        self.search.textChanged.connect(self._filter)

    @property
    def listed(self) -> list[str]:
        """What is shown, as 'keys: what they do'."""
        return [words for words, parts, _ in self._rows if not parts[0].isHidden()]

    def _tables(
        self, groups: Mapping[str, Iterable[QAction]], gestures: Mapping[str, Iterable[tuple[str, str]]]
    ) -> list[tuple[str, list[tuple[str, str]]]]:
        tables = [
            (heading, [(keys_of(action), plain(action)) for action in actions if keys_of(action)])
            for heading, actions in groups.items()
        ]
        tables += [(heading, list(rows)) for heading, rows in gestures.items()]
        return [(heading, rows) for heading, rows in tables if rows]

    def _block(self, heading: str, rows: list[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        title = label(heading, "title")
        self._headings.append(title)
        grid.addWidget(title, 0, 0, 1, 2)
        for i, (keys, words) in enumerate(rows, start=1):
            does, press = label(words, wraps=True), label(keys, "faint", wraps=True)
            press.setFixedWidth(136)
            press.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(press, i, 0)
            grid.addWidget(does, i, 1)
            self._rows.append((f"{keys}: {words}", (press, does), len(self._headings) - 1))
        grid.setColumnStretch(1, 1)
        return grid

    def _filter(self, typed: str) -> None:
        alive = set()
        for words, parts, heading in self._rows:
            fits = typed.casefold() in words.casefold() or (len(typed) > 2 and score(typed, words) is not None)
            for part in parts:
                part.setVisible(fits)
            if fits:
                alive.add(heading)
        for i, title in enumerate(self._headings):
            title.setVisible(i in alive)
