"""The first page: example scenarios as cards, and the ways to one's own data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShortcut,
)
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.thumbnails import scene_pixmap
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.plain import menu_words, tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix
from boundaryviz.scene.plain_text import PARAGRAPH, one_line
from boundaryviz.scene.scene import Scene

CARD = QSize(248, 216)  # a card's least width and its usual height
_MARGIN, _PICTURE, _TEXT = 12, 112, 132  # around everything; the picture's height; where the words begin
_TITLE_LINES, _SUMMARY_LINES = 2, 4  # at most


@dataclass(frozen=True, eq=False)
class Card:
    """A scenario as the welcome page shows it. field: what its model thinks when it is trained, where that is known.
    lesson: the chapter it stands in."""

    name: str
    title: str
    summary: str
    scene: Scene
    field: NDArray | None = None
    lesson: str = ""


class CardButton(QAbstractButton):
    """A picture of the points, a title and two or three lines of text, to be clicked as a whole."""

    def __init__(self, card: Card, theme: Theme) -> None:
        super().__init__()
        self.card = card
        self._theme = theme
        self._picture: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setText(menu_words(one_line(card.title)))
        self.setAccessibleName(one_line(card.title))
        self.setAccessibleDescription(one_line(card.summary, PARAGRAPH))
        self.setToolTip(tip(card.summary))

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self._picture = None
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return CARD

    @override
    def heightForWidth(self, width: int) -> int:
        title, summary = self._lines(width)
        return (
            _TEXT
            + len(title) * self._title_metrics().lineSpacing()
            + 4
            + len(summary) * self.fontMetrics().lineSpacing()
            + _MARGIN
        )

    def _lines(self, width: int) -> tuple[list[str], list[str]]:
        """Title and summary as lines of a card so wide."""
        room = width - 2 * _MARGIN
        return (
            wrapped(self.card.title, room, _TITLE_LINES, self._title_metrics()),
            wrapped(self.card.summary, room, _SUMMARY_LINES, self.fontMetrics()),
        )

    def _title_font(self) -> QFont:
        font = self.font()
        font.setBold(True)
        return font

    def _title_metrics(self) -> QFontMetrics:
        return QFontMetrics(self._title_font(), self)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lifted = self.underMouse() or self.isDown()
        painter.setBrush(QColor(mix(theme.raised, theme.accent, 0.12) if lifted else theme.raised))
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(theme.accent if focused else theme.line), 2 if focused else 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        width = self.width() - 2 * _MARGIN
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.width() != round(width * ratio):
            size = QSize(width, _PICTURE)
            self._picture = scene_pixmap(self.card.scene, size, theme, ratio, self.card.field)
        painter.drawPixmap(_MARGIN, _MARGIN, self._picture)
        title, summary = self._lines(self.width())
        below = _TEXT + len(title) * self._title_metrics().lineSpacing() + 4
        for lines, top, font, colour in (
            (title, _TEXT, self._title_font(), theme.text), (summary, below, self.font(), theme.faint)
        ):  # fmt: skip
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(
                QRect(_MARGIN, top, width, self.height() - top), Qt.AlignmentFlag.AlignLeft, "\n".join(lines)
            )
        painter.end()


def wrapped(text: str, width: int, most: int, metrics: QFontMetrics) -> list[str]:
    """`text` in at most `most` lines of `width` pixels, the last one ended by an ellipsis where it must be."""
    words, lines = one_line(text, PARAGRAPH).split(), [""]
    for i, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if metrics.horizontalAdvance(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            rest = " ".join([lines[-1], *words[i:]])
            lines[-1] = rest
            break
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


class WelcomePage(QWidget):
    """chosen: the name of a scenario. left: back without choosing. The others are the ways to one's own data."""

    chosen = pyqtSignal(str)
    open_file = pyqtSignal()
    paste_table = pyqtSignal()
    draw_own = pyqtSignal()
    give_talk = pyqtSignal()
    left = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.cards: list[CardButton] = []
        heading = label("Why did the model learn this boundary?", "title")
        font = heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        heading.setFont(font)
        heading.setMinimumHeight(32)
        self.open_button = QPushButton("Open a file")
        self.open_button.setToolTip("A scenario (.bviz, .toml) or a table of points (.csv)")
        self.paste_button = QPushButton("Paste a table")
        self.paste_button.setToolTip("Points from the clipboard: columns x, y and optionally label")
        self.draw_button = QPushButton("Draw your own")
        self.draw_button.setToolTip("An empty plane and a brush")
        self.talk_button = QPushButton("Give the talk")
        self.talk_button.setToolTip("Lead through the whole argument, step by step, as a presentation")
        own = QHBoxLayout()
        own.setSpacing(8)
        for button in (self.open_button, self.paste_button, self.draw_button):
            own.addWidget(button)
        own.addStretch(1)
        self.back_button = QPushButton("Back to the plane")
        self.back_button.setToolTip("Go on where you were (Esc)")
        inside = QWidget()
        self._lessons = QVBoxLayout(inside)
        self._lessons.setContentsMargins(2, 2, 2, 2)
        self._lessons.setSpacing(8)
        area = self._area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing = label("The gallery is empty: open a file or draw your own points.", "faint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 24, 32, 24)
        layout.setSpacing(16)
        layout.addWidget(heading)
        invitation = QHBoxLayout()
        words = label("Choose a scenario and drag its points while the model trains.", "faint", wraps=True)
        invitation.addWidget(words, 1)
        invitation.addWidget(self.talk_button)
        invitation.addWidget(self.back_button)
        layout.addLayout(invitation)
        layout.addLayout(own)
        layout.addWidget(self._nothing)
        layout.addWidget(area, 1)
        self.open_button.clicked.connect(self.open_file)
        self.paste_button.clicked.connect(self.paste_table)
        self.draw_button.clicked.connect(self.draw_own)
        self.talk_button.clicked.connect(self.give_talk)
        self.back_button.clicked.connect(self.left)
        QShortcut(QKeySequence("Escape"), self, self.left, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.set_theme(theme)

    def set_cards(self, cards: Iterable[Card]) -> None:
        """Show these scenarios in place of those before."""
        while (item := self._lessons.takeAt(0)) is not None:
            if (shown := item.widget()) is not None:
                shown.hide()
                shown.deleteLater()
        self.cards, flows = [], dict[str, FlowLayout]()
        for card in cards:
            button = CardButton(card, self._theme)
            button.clicked.connect(lambda _=False, name=card.name: self.chosen.emit(name))
            self.cards.append(button)
            if card.lesson not in flows:
                flows[card.lesson] = self._chapter(card.lesson)
            flows[card.lesson].addWidget(button)
            button.show()
        self._lessons.addStretch(1)
        self._nothing.setVisible(not self.cards)

    def _chapter(self, title: str) -> FlowLayout:
        """Room for the cards of a lesson, below its title."""
        if title:
            heading = label(title, "title")
            heading.setContentsMargins(0, 8 * (self._lessons.count() > 0), 0, 0)
            self._lessons.addWidget(heading)
        holder = QWidget()
        self._lessons.addWidget(holder)
        return FlowLayout(holder, spacing=16, stretch=True)

    def focus_on(self, name: str) -> None:
        """Give the keys to the card of a scenario, or to the first one, and have it seen."""
        if self.cards:
            card = next((card for card in self.cards if card.card.name == name), self.cards[0])
            card.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(card)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for button, name in ((self.open_button, "open"), (self.paste_button, "paste"), (self.draw_button, "draw")):
            button.setIcon(icon(name, theme.text))
        for card in self.cards:
            card.set_theme(theme)
