"""The command palette: every action of the window, and whatever else it is given, found by a few letters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter
from PyQt6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip
from typing_extensions import override

from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.plain import tip

_ASKS = "Type a few letters of a command, a setting, a learner or an example"
_SHORTCUT = Qt.ItemDataRole.UserRole + 1


def score(typed: str, name: str) -> float | None:
    """The higher the better; None when the letters of `typed` do not occur in `name` in their order.

    Runs of letters, beginnings of words and short names count; case and spaces in `typed` do not.
    """
    wanted = re.sub(r"\s+", "", typed.casefold())
    folded = name.casefold()
    if not wanted:
        return 0.0
    starts = {match.start() for match in re.finditer(r"\b\w", folded)}
    best: dict[int, float] = {-1: 0.0}  # where the last letter fitted -> best total so far
    for letter in wanted:
        following: dict[int, float] = {}
        for at, here in enumerate(folded):
            if here != letter:
                continue
            totals = [
                total + 1.0 + (2.0 if at == before + 1 and before >= 0 else 0.0) + (3.0 if at in starts else 0.0)
                for before, total in best.items()
                if before < at
            ]
            if totals:
                following[at] = max(totals)
        best = following
        if not best:
            return None
    return max(best.values()) - 0.02 * len(folded)


def plain(action: QAction) -> str:
    """The action's words without the mark of its mnemonic."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("\u2026")


class _Row(QStyledItemDelegate):
    """Words on the left, the shortcut on the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:  # type: ignore[no-untyped-def]
        return QSize(super().sizeHint(option, index).width(), 30)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index) -> None:  # type: ignore[no-untyped-def]
        super().paint(painter, option, index)
        shortcut = index.data(_SHORTCUT)
        if painter is None or not shortcut:
            return
        painter.save()
        painter.setPen(option.palette.placeholderText().color())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -12, 0), flags, shortcut)
        painter.restore()


class CommandPalette(QDialog):
    """Type, Up and Down, Enter; Escape closes. Actions that are off are listed last and say why in their tooltip."""

    def __init__(
        self, actions: Iterable[QAction], parent: QWidget | None = None, asks: str = _ASKS,
        pictures: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Commands")
        self._actions = [action for action in actions if action.text() and not action.isSeparator()]
        self._shown: list[QAction] = []
        self._pictures = pictures
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(asks)
        self.edit.setAccessibleName("Command")
        self.edit.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Commands found")
        self.nothing = label("Nothing has these letters in this order.", "faint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.edit)
        layout.addWidget(self.list)
        layout.addWidget(self.nothing)
        self.setFixedSize(480, 400)
        self.edit.textChanged.connect(self._search)
        self.edit.installEventFilter(self)
        self.list.itemClicked.connect(self._clicked)
        self._search("")

    def popup(self) -> None:
        """Show it over the upper middle of its parent, ready to type."""
        self.edit.clear()
        self._search("")
        parent = self.parentWidget()
        if parent is not None:
            corner = parent.mapToGlobal(parent.rect().topLeft())
            self.move(corner.x() + (parent.width() - self.width()) // 2, corner.y() + 72)
        self.show()
        self.edit.setFocus()

    @property
    def shown(self) -> list[QAction]:
        """The actions listed, best first."""
        return self._shown

    @override
    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            key = Qt.Key(event.key())
            if key in moves and self._shown:
                at = self.list.currentRow() + moves[key]
                wraps = abs(moves[key]) == 1
                self.list.setCurrentRow(at % len(self._shown) if wraps else min(max(at, 0), len(self._shown) - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._trigger(self.list.currentRow())
                return True
        return super().eventFilter(watched, event)

    def _search(self, typed: str) -> None:
        ranked = []
        for place, action in enumerate(self._actions):
            if action.isVisible() and (fit := score(typed, plain(action))) is not None:
                ranked.append((not action.isEnabled(), -fit, place, action))
        self._shown = [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3])]
        self.list.clear()
        for action in self._shown:
            item = QListWidgetItem(action.icon(), plain(action)) if self._pictures else QListWidgetItem(plain(action))
            item.setToolTip(tip(action.statusTip() or action.toolTip()))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item.setData(_SHORTCUT, keys)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{plain(action)} {keys}".strip())
            if not action.isEnabled():
                item.setFlags(Qt.ItemFlag.ItemIsSelectable)
            self.list.addItem(item)
        self.list.setCurrentRow(0 if self._shown else -1)
        self.list.setVisible(bool(self._shown))
        self.nothing.setVisible(not self._shown)

    def _clicked(self, item: QListWidgetItem) -> None:
        self._trigger(self.list.row(item))

    def _trigger(self, row: int) -> None:
        if 0 <= row < len(self._shown) and self._shown[row].isEnabled():
            action = self._shown[row]
            self.accept()
            action.trigger()
