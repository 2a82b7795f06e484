"""A layout that sets its widgets side by side and goes to the next line where the width ends."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtWidgets import QLayout, QLayoutItem, QWidget
from typing_extensions import override


class FlowLayout(QLayout):
    """Lines of widgets at their preferred sizes; the height follows from the width.

    stretch: columns of one width instead, at least the preferred one, that fill the line; widgets of a line are as
    high as the highest.
    """

    def __init__(self, parent: QWidget | None = None, spacing: int = 4, *, stretch: bool = False) -> None:
        super().__init__(parent)
        self._stretch = stretch
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    @override
    def addItem(self, item: QLayoutItem | None) -> None:
        if item is not None:
            self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    @override
    def sizeHint(self) -> QSize:
        return self.minimumSize()

    @override
    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        if self._stretch and self._items:
            return self._columns(rect, move=move)
        margins = self.contentsMargins()
        inside = rect.adjusted(margins.left(), margins.top(), -margins.right(), -margins.bottom())
        x, y, line = inside.x(), inside.y(), 0
        for item in self._items:
            if item.isEmpty():  # what is not shown takes no room
                continue
            size = item.sizeHint()
            if x + size.width() > inside.right() + 1 and line:
                x, y, line = inside.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            line = max(line, size.height())
        return y + line - rect.y() + margins.bottom()

    def _columns(self, rect: QRect, *, move: bool) -> int:
        margins, gap = self.contentsMargins(), self.spacing()
        inside = rect.adjusted(margins.left(), margins.top(), -margins.right(), -margins.bottom())
        least = max(item.sizeHint().width() for item in self._items)
        columns = max(1, (inside.width() + gap) // (least + gap))
        width = (inside.width() - (columns - 1) * gap) // columns
        y = inside.y()
        for first in range(0, len(self._items), columns):
            line = self._items[first : first + columns]
            height = max(
                item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height() for item in line
            )
            for i, item in enumerate(line):
                if move:
                    item.setGeometry(QRect(inside.x() + i * (width + gap), y, width, height))
            y += height + gap
        return y - gap - rect.y() + margins.bottom()
