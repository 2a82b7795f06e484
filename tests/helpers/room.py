"""Whether the words of a window have room: what of it is cut, squeezed or pushed out of what holds it."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QSplitterHandle,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

from boundaryviz.gui.widgets.controls import Elided


def cut_off(whole: QWidget) -> list[str]:
    """Each visible label, button, tab, choice and field below `whole` that has not the room for its words, in words.

    What elides says all of it under the pointer and counts as whole; so does what can be scrolled to.
    """
    found = []
    for part in whole.findChildren(QWidget):
        if not part.isVisible() or part.parent() is None or isinstance(part, QSplitterHandle):
            continue
        found += [f"{_name(part)}: {words}" for words in (*_narrow(part), *_outside(part))]
    return found


def _name(part: QWidget) -> str:
    text = part.text() if isinstance(part, QLabel | QAbstractButton | QLineEdit) else ""
    return f"{type(part).__name__} {(part.accessibleName() or part.objectName() or text)[:60]!r} {text[:40]!r}"


def _narrow(part: QWidget) -> Iterator[str]:
    """What of its words does not fit into it."""
    needs, width = 0, part.width()
    if isinstance(part, Elided):
        return
    if isinstance(part, QLabel):
        if part.wordWrap():
            high = part.heightForWidth(width)
            if high > part.height() + 1:
                yield f"{high} px high in {part.height()}"
            needs = part.minimumSizeHint().width()
        elif part.pixmap().isNull():
            needs = part.sizeHint().width()
    elif isinstance(part, QToolButton):
        needs = part.fontMetrics().horizontalAdvance(part.text()) + 6 if part.icon().isNull() else 0
    elif isinstance(part, QCheckBox) or (
        isinstance(part, QAbstractButton) and part.text() and not _paints_itself(part)
    ):
        needs = part.sizeHint().width()
    elif isinstance(part, QTabBar):
        for at in filter(part.isTabVisible, range(part.count())):
            if not QWidget.rect(part).contains(part.tabRect(at)):
                yield f"tab {part.tabText(at)!r} outside"
            if part.tabRect(at).width() < part.fontMetrics().horizontalAdvance(part.tabText(at)):
                yield f"tab {part.tabText(at)!r} narrow"
    elif isinstance(part, QComboBox):
        option = QStyleOptionComboBox()
        part.initStyleOption(option)
        style = part.style()
        assert style is not None
        field = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, part
        )
        needs = part.fontMetrics().horizontalAdvance(part.currentText()) + width - field.width()
        if part.toolTip():  # which says all of it
            needs = 0
    elif isinstance(part, QLineEdit):
        words = part.text() or part.placeholderText()
        margins = part.textMargins()
        needs = part.fontMetrics().horizontalAdvance(words) + margins.left() + margins.right() + 4
    elif isinstance(part, QMenuBar):
        for action in part.actions():
            if not QWidget.rect(part).contains(part.actionGeometry(action)):
                yield f"menu {action.text()!r} outside"
    if needs > width + 1:
        yield f"needs {needs} px, has {width}"


def _paints_itself(button: QAbstractButton) -> bool:
    return type(button).paintEvent is not QAbstractButton.paintEvent and type(button).__module__.startswith(
        "boundaryviz"
    )


def _outside(part: QWidget) -> Iterator[str]:
    """How far it sticks out of what holds it, unless it can be scrolled to."""
    above = part.parentWidget()
    if above is None or part.isWindow() or isinstance(above, QAbstractScrollArea | QComboBox | QLineEdit):
        return
    rect, room = part.geometry(), QWidget.rect(above)
    area = above.parentWidget()
    if isinstance(area, QAbstractScrollArea):  # up and down it scrolls
        bar = area.horizontalScrollBar()
        reached = isinstance(area, QAbstractItemView) or (bar is not None and bar.isVisible())
        if not reached and rect.width() > room.width():
            yield f"{rect.width()} px wide where {room.width()} are seen"
    elif not room.adjusted(-1, -1, 1, 1).contains(rect) and not rect.isEmpty():
        yield f"sticks out of {type(above).__name__}: {rect.getRect()} of {room.getRect()}"
