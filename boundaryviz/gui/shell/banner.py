"""A strip that says what happened and offers a way on, without standing in anybody's way."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontDatabase, QGuiApplication, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip
from typing_extensions import override

from boundaryviz.gui.widgets.controls import label, restyle
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.plain_text import long_text, one_line

_GAP, _AROUND = 8, 80  # pixels between its parts, and that sign, cross and margins take
_READABLE = 440  # pixels that a sentence of several lines has at least, with what is around it, or the line alone
SENTENCE, DETAILS = 600, 20_000
"""Characters of what is told, and of its details."""


class Banner(QFrame):
    """Hidden until `tell`; Escape or its cross closes it.

    action: the action button was pressed. other: one of the buttons beside it was, called so. focus_left: it hid with
    the focus in it, which should go to a better place than the next widget.
    """

    action = pyqtSignal()
    other = pyqtSignal(str)
    closed = pyqtSignal()
    focus_left = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alarm = False
        self.words = ""
        """What was told last, all of it."""
        self._sign = QLabel()
        self.text = label("", wraps=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details_button = QPushButton("Details")
        self.details_button.setCheckable(True)
        self.action_button = QPushButton()
        self.action_button.setProperty("role", "primary")
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "flat")
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.setAccessibleName("Close")
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setFixedHeight(160)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("Details")
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Copy the details, for a report")
        self.copy_button.clicked.connect(self._copy)
        self.other_buttons: list[QPushButton] = []
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons, _GAP)
        for button in (self.copy_button, self.details_button, self.action_button):
            self._flow.addWidget(button)
        self._below = False  # whether the buttons stand below the sentence
        line = self._line = QHBoxLayout()
        line.setSpacing(_GAP)
        line.addWidget(self._sign)
        line.addWidget(self.text, 1)
        line.addWidget(self._buttons)
        line.addWidget(self.close_button)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 6, 8, 6)
        self._rows.setSpacing(_GAP)
        self._rows.addLayout(line)
        self._rows.addWidget(self.details)
        self.details_button.toggled.connect(self.details.setVisible)
        self.details_button.toggled.connect(self.copy_button.setVisible)
        self.details_button.toggled.connect(self._arrange)
        self.action_button.clicked.connect(self.action)
        self.close_button.clicked.connect(self._close)
        self.set_theme(theme)
        self.hide()

    def tell(
        self, text: str, *, details: str = "", action: str = "", others: Sequence[str] = (), alarm: bool = False,
        closable: bool = True,
    ) -> None:  # fmt: skip
        """Show a sentence; of a long one, and of many lines, the beginning, and all of it in the details.

        details: for a report, folded away. action: words of the button; others: of further ones. alarm: something broke
        """
        self._alarm = alarm
        self.words, shown = text, one_line(text, SENTENCE)
        if len(text) > SENTENCE:
            details = "\n\n".join(filter(None, (text, details)))
        self.text.setText(shown)
        self.setAccessibleName(shown)
        self.details.setPlainText(long_text(details, DETAILS))
        self.details_button.setChecked(False)
        self.details.hide()
        self.copy_button.hide()
        self.details_button.setVisible(bool(details))
        self.action_button.setText(action)
        self.action_button.setVisible(bool(action))
        self.close_button.setVisible(closable)
        self._offer(others)
        restyle(self, "role", "alarm" if alarm else "banner")
        self.set_theme(self._theme)
        self._arrange()
        self.show()

    def _arrange(self) -> None:
        """Buttons beside the sentence where enough of the line is left for it, else below it."""
        offered = (self.copy_button, self.details_button, self.action_button, *self.other_buttons)
        shown = [button for button in offered if not button.isHidden()]
        wide = sum(button.sizeHint().width() + _GAP for button in shown)
        room = self.width() - wide
        words = self.text.fontMetrics().horizontalAdvance(self.text.text()) + _AROUND
        below = bool(shown) and room < min(words, max(_READABLE, self.width() // 2))
        self._buttons.setVisible(bool(shown))
        self._buttons.setMinimumWidth(0 if below else wide)
        if below != self._below:
            self._below = below
            (self._line if below else self._rows).removeWidget(self._buttons)
            if below:
                self._rows.insertWidget(1, self._buttons)
            else:
                self._line.insertWidget(2, self._buttons)

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _offer(self, words: Sequence[str]) -> None:
        for button in self.other_buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.other_buttons = [QPushButton(word) for word in words]
        for button in self.other_buttons:
            button.clicked.connect(lambda _=False, button=button: self.other.emit(button.text()))
            self._flow.addWidget(button)
            button.show()

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(f"{self.text.text()}\n\n{self.details.toPlainText()}\n")

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        name, colour = ("warning", theme.danger) if self._alarm else ("info", theme.accent)
        self._sign.setPixmap(icon(name, colour).pixmap(20, 20))
        self.close_button.setIcon(icon("close", theme.faint))

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape and not self.close_button.isHidden():
            self._close()
        else:
            super().keyPressEvent(event)

    @override
    def setVisible(self, visible: bool) -> None:
        focused = QApplication.focusWidget()
        leaves = not visible and focused is not None and self.isAncestorOf(focused)
        super().setVisible(visible)
        if leaves:
            self.focus_left.emit()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
