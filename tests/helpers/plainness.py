"""Looks at every widget, action and drawn text there is: whether any of it is taken for markup, or is out of bounds."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)  # fmt: skip

SIZE = (1400, 900)
_ACROSS = 80  # characters in a line of a tooltip, which Qt does not wrap
_ROWS = 30  # of a table that are looked at
_LONG = 2_100  # characters that a widget's words are at most, but those of texts that scroll
_OWN = ("About boundaryviz",)  # windows whose rich text is ours


def complaints() -> list[str]:
    """A line for each thing that is wrong anywhere."""
    found: list[str] = []
    actions: dict[QAction, QWidget] = {}
    for widget in QApplication.allWidgets():
        if _title(widget) not in _OWN:
            found += [f"{_called(widget)}: {words}" for words in _of_widget(widget)]
            actions |= dict.fromkeys(widget.actions(), widget)
    return found + [
        f"{_called(w)}, action {a.objectName()!r}: {said}" for a, w in actions.items() for said in _of_action(a)
    ]


def words_shown(widget: QWidget) -> str:
    """All words in a widget and what lies in it, for asking whether they stand there literally."""
    said = [
        part.text() for part in [widget, *widget.findChildren(QWidget)] if isinstance(part, QLabel | QAbstractButton)
    ]
    for view in widget.findChildren(QGraphicsView):
        scene = view.scene()
        said += [i.toPlainText() for i in (scene.items() if scene else []) if isinstance(i, QGraphicsTextItem)]
    return "\n".join(said)


def unwrapped(words: str) -> str:
    """The words of a tooltip without the line breaks that keep it narrow."""
    return " ".join(words.split())


def _of_widget(widget: QWidget) -> Iterator[str]:
    guessed = {"tooltip": widget.toolTip(), "status tip": widget.statusTip(), "what's this": widget.whatsThis()}
    plain = {
        "title": widget.windowTitle(), "name": widget.accessibleName(), "description": widget.accessibleDescription(),
    }  # fmt: skip
    if isinstance(widget, QLabel):
        (plain if widget.textFormat() == Qt.TextFormat.PlainText else guessed)["text"] = widget.text()
    if isinstance(widget, QAbstractButton):
        plain["text"] = widget.text()
        if _is_marked(widget.text()):
            yield f"a name marks a key: {widget.text()[:80]!r}"
    if isinstance(widget, QTextEdit) and not widget.isHidden():
        yield f"takes rich text: {widget.toPlainText()[:80]!r}"
    if isinstance(widget, QPlainTextEdit) and len(widget.toPlainText()) > 1_000_000:
        yield "a text without end"
    yield from _of_words(guessed, plain)
    if isinstance(widget, QAbstractItemView):
        yield from _of_model(widget)
    if isinstance(widget, QGraphicsView) and (scene := widget.scene()) is not None:
        for item in scene.items():
            yield from _of_words({"tooltip of an item": item.toolTip()}, {})
            if isinstance(item, QGraphicsTextItem) and item.document() is not None:
                html = item.document().toHtml()  # type: ignore[union-attr]
                if "<img" in html or "<b>" in html:
                    yield f"draws markup: {item.toPlainText()!r}"
                if item.boundingRect().width() > max(widget.width(), widget.height()):
                    yield f"draws beyond its edges: {item.toPlainText()[:80]!r}"
    if widget.isWindow() and widget.isVisible():
        least = widget.minimumSizeHint()
        if least.width() > SIZE[0] or least.height() > SIZE[1]:
            yield f"needs {least.width()} x {least.height()} pixels"


def _of_action(action: QAction) -> Iterator[str]:
    if _is_marked(action.text()):
        yield f"a name marks a key: {action.text()!r}"
    yield from _of_words({"tooltip": action.toolTip(), "what's this": action.whatsThis()}, {"text": action.text()})
    if len(action.text()) > 300:
        yield f"{len(action.text())} characters"


def _of_model(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is None:
        return
    none = QModelIndex()
    columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount(none))
    for row in range(min(model.rowCount(none), _ROWS)):
        for column in columns:
            index = model.index(row, column)
            yield from _of_words(
                {"tooltip": index.data(Qt.ItemDataRole.ToolTipRole) or ""}, {"cell": str(index.data())}
            )
    for section in columns:
        told = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        yield from _of_words({"tooltip of a head": told or ""}, {})


def _of_words(guessed: dict[str, str], plain: dict[str, str]) -> Iterator[str]:
    for what, words in guessed.items():
        if Qt.mightBeRichText(words):  # type: ignore[attr-defined]
            yield f"its {what} is taken for rich text: {words[:80]!r}"
        if "tooltip" in what and max(map(len, words.replace("\u2060", "").splitlines()), default=0) > _ACROSS:
            yield f"its {what} runs in one long line: {words[:80]!r}"
    for what, words in {**guessed, **plain}.items():
        if len(words) > _LONG:
            yield f"its {what} has {len(words):,} characters"
        if any(letter in words for letter in "\0\x1b\u202e\ud800"):
            yield f"its {what} acts on its reader: {words[:80]!r}"


def _is_marked(words: str) -> bool:
    """Whether a key is marked in a name of others, which hostile texts call `&File`."""
    return "&File" in words.replace("&&", "") and words != "&File"


def _called(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{type(widget).__name__} in {type(parent).__name__} in {_title(widget)[:30]!r}"


def _title(widget: QWidget) -> str:
    """Of the window that it is in."""
    window = widget.window()
    return "" if window is None else window.windowTitle()
