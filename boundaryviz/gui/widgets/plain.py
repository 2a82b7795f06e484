"""What others wrote, in widgets: Qt takes text that looks like markup for markup, and would load what it names.

Labels and boxes made here hold plain text. Tooltips cannot be told so; what is shown in them looks like none.
"""

from __future__ import annotations

import re
import textwrap

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QLabel, QMenu, QMessageBox, QWidget
from typing_extensions import override

from boundaryviz.scene.plain_text import few_lines

_MOST, _ROWS = 800, 12  # characters and lines of a label or a box
_TIP_ROWS, _TIP_WIDTH = 12, 80  # lines of a tooltip and characters of each
_JOINER = "\u2060"  # has no width, and after it nothing is a tag
_RUN, _SPACE = re.compile(r"\S{20}(?=\S)"), "\u200b"  # letters without a space, and one without width


class PlainLabel(QLabel):
    """Shows words as they stand, and no more of them than a window has room for."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(words)

    @override
    def setText(self, words: str | None) -> None:
        super().setText(breakable(few_lines(words or "", _MOST, _ROWS)))

    @override
    def text(self) -> str:
        return super().text().replace(_SPACE, "")


def breakable(words: str) -> str:
    """The same words, of which a long one can go on in the next line, so that it makes nothing wide."""
    return _RUN.sub(f"\\g<0>{_SPACE}", words)


def literal(words: str) -> str:
    """The same words, so that Qt does not guess that they are rich text."""
    if not Qt.mightBeRichText(words):  # type: ignore[attr-defined]  # which the stubs forget
        return words
    return words.replace("<", f"<{_JOINER}").replace("&", f"&{_JOINER}")


def tip(words: str) -> str:
    """Words for a tooltip, as they stand: a few lines of readable length, for Qt itself only breaks rich text."""
    wrapped = textwrap.TextWrapper(_TIP_WIDTH, break_on_hyphens=False).wrap
    lines = [part for line in few_lines(words).splitlines() for part in wrapped(line) or [""]]
    return literal("\n".join(lines[:_TIP_ROWS] + ["\u2026"] * (len(lines) > _TIP_ROWS)))


def menu_words(words: str) -> str:
    """Words for a menu or a button, in which an ampersand is no mark of a key."""
    return words.replace("&", "&&")


def add_submenu(menu: QMenu, words: str) -> QMenu:
    """A menu at the end of a menu."""
    made = menu.addMenu(menu_words(words))
    assert made is not None
    return made


def add_action(menu: QMenu, words: str, explains: str = "") -> QAction:
    """An action at the end of a menu that says `words`. explains: its tooltip, by default the same."""
    action = menu.addAction(menu_words(words))
    assert action is not None
    action.setToolTip(tip(explains or words))
    return action


def title_words(words: str) -> str:
    """Words for a window's title, in which [*] stands for the mark of what is not saved."""
    return words.replace("[*]", "[*][*]")


def ask(
    parent: QWidget, title: str, words: str, buttons: QMessageBox.StandardButton, usual: QMessageBox.StandardButton
) -> QMessageBox.StandardButton:
    """Ask in a box with these buttons, of which `usual` is pressed by Return; which was pressed."""
    return QMessageBox.question(parent, title, literal(_for_box(words)), buttons, usual)


def warning_box(parent: QWidget, title: str, words: str, more: str = "") -> QMessageBox:
    """A box that warns, to be given buttons. more: further words, below."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, _for_box(words), parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(literal(_for_box(more)))
    return box


def _for_box(words: str) -> str:
    return breakable(few_lines(words, _MOST, _ROWS))
