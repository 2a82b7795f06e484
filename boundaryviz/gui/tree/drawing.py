"""The drawn tree: a canvas of its own that is dragged and zoomed, whose nodes can be clicked and walked with arrows."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
    QWheelEvent,
    qGray,
)
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.figures.palette import class_colour
from boundaryviz.gui.tree.layout import places
from boundaryviz.gui.widgets.theme import DARK, LIGHT, Theme, mix
from boundaryviz.learners.trees import Tree, number

_WIDE, _HIGH = 104.0, 34.0  # pixels of a node at the usual size
_ACROSS, _DOWN = 52.0, 74.0  # from a leaf to the next, and from a row to the next
_LEAF = 46.0
_LEAST, _MOST = 0.12, 2.5  # sizes
_READABLE = 0.5  # below it words are left out
_BRIGHT = 125  # of 255, from which on words on a ground are dark
_CLICK = 4  # pixels that a click may wander


class TreeDrawing(QWidget):
    """Setters in, node_chosen out: the node that is clicked, or -1 for none.

    The wheel zooms at the pointer, a drag moves the drawing, a double click or the key F shows all of it; arrows go to
    the parent, the children and the sibling.
    """

    node_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(64, 80)
        self.setAccessibleName("Drawing of the tree")
        self.setAccessibleDescription("Arrows walk from node to node; the region of a node is shown on the plane.")
        self._theme: Theme = LIGHT
        self._tree: Tree | None = None
        self._inputs: Sequence[str] = ()
        self._classes: Sequence[str] = ()
        self._at: list[QPointF] = []
        self._parent: dict[int, int] = {}
        self._scale, self._origin = 1.0, QPointF()
        self._fits = True  # all of it is shown, and will be at another size
        self._whole = False  # however small that makes it
        self.chosen = -1
        self._pressed: tuple[QPointF, QPointF] | None = None

    def set_tree(self, tree: Tree | None, inputs: Sequence[str], classes: Sequence[str]) -> None:
        """Draw a tree, whose inputs and classes have these names; None for nothing."""
        shape = None if self._tree is None else len(self._tree)
        self._tree, self._inputs, self._classes = tree, inputs, classes
        self._at, self._parent = [], {}
        if tree is not None:
            self._at = [QPointF(column * _ACROSS, row * _DOWN) for column, row in places(tree).tolist()]
            for side in (tree.left, tree.right):
                self._parent |= {int(child): at for at, child in enumerate(side) if child >= 0}
        if self._fits or shape is None:
            self.fit()
        self.update()

    def choose(self, node: int) -> None:
        """Mark a node, and bring it into view; -1 marks none. Nothing is emitted."""
        self.chosen = node
        if 0 <= node < len(self._at):
            self._bring(self._box(node))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def show_all(self) -> None:
        """Show all of it, however small, until it is moved or zoomed."""
        self._whole = True
        self.fit()

    def fit(self) -> None:
        """Show all of it, or where that would be too small to read its upper part, unless all of it is asked for."""
        self._fits = True
        if not self._at:
            return
        left, right = min(p.x() for p in self._at) - _WIDE / 2, max(p.x() for p in self._at) + _WIDE / 2
        bottom = max(p.y() for p in self._at) + _HIGH
        across, down = self.width() / (right - left + 16), self.height() / (bottom + _HIGH / 2 + 16)
        self._scale = min(max(min(across, down), 0.0 if self._whole else _READABLE), 1.1)
        whole = (right - left) * self._scale <= self.width()
        middle = (left + right) / 2 if whole else self._at[0].x()
        self._origin = QPointF(self.width() / 2 - middle * self._scale, 8 + _HIGH / 2 * self._scale)
        self.update()

    # ---- painting -----------------------------------------------------------------------------------

    def _box(self, node: int) -> QRectF:
        """Of a node, on the screen."""
        assert self._tree is not None
        wide = _LEAF if self._tree.is_leaf(node) else _WIDE
        middle = self._at[node] * self._scale + self._origin
        size = QPointF(wide, _HIGH) * self._scale
        return QRectF(middle - size / 2, middle + size / 2)

    @override
    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.raised))
        if self._tree is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            font = QFont(self.font())
            font.setPointSizeF(max(font.pointSizeF() * self._scale, 1.0))
            painter.setFont(font)
            self._paint_edges(painter)
            for node in range(len(self._at)):
                box = self._box(node)
                if box.intersects(QRectF(self.rect())):
                    self._paint_node(painter, node, box)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_edges(self, painter: QPainter) -> None:
        way, node = {self.chosen}, self.chosen
        while node in self._parent:
            node = self._parent[node]
            way.add(node)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for child, parent in self._parent.items():
            marked = child in way
            painter.setPen(QPen(QColor(self._theme.accent if marked else self._theme.faint), 2.4 if marked else 1.0))
            above, below = self._box(parent), self._box(child)
            start, end = QPointF(above.center().x(), above.bottom()), QPointF(below.center().x(), below.top())
            path = QPainterPath(start)
            half = QPointF(0, (end.y() - start.y()) / 2)
            path.cubicTo(start + half, end - half, end)
            painter.drawPath(path)

    def _paint_node(self, painter: QPainter, node: int, box: QRectF) -> None:
        tree, theme = self._tree, self._theme
        assert tree is not None
        chosen, leaf = node == self.chosen, tree.is_leaf(node)
        decides = tree.decides(node)
        colour, share = class_colour(decides), float(tree.share[node, decides])
        ground = mix(theme.raised, colour, share if leaf else 0.15 * share)
        painter.setBrush(QColor(ground))
        painter.setPen(
            QPen(QColor(theme.accent if chosen else theme.ink if leaf else theme.faint), 2.6 if chosen else 1)
        )
        painter.drawRoundedRect(box, 5 * self._scale, 5 * self._scale)
        if self._scale < _READABLE * 0.999:
            return
        flags = Qt.AlignmentFlag.AlignCenter
        painter.setPen(QColor(LIGHT.text if qGray(QColor(ground).rgb()) > _BRIGHT else DARK.text))
        if leaf:
            painter.drawText(box, flags, f"{tree.count[node]:,}")
            return
        words = f"{self._inputs[tree.feature[node]]} \u2264 {number(tree.threshold[node])}"
        room = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(box.width() - 6))
        painter.drawText(box, flags, room)

    # ---- mouse and keys -----------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    @override
    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        scale = min(max(self._scale * 1.0015 ** event.angleDelta().y(), min(_LEAST, self._scale)), _MOST)
        at = event.position()
        self._origin = at - (at - self._origin) * (scale / self._scale)
        self._scale, self._fits, self._whole = scale, False, False
        self.update()
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._pressed = event.position(), QPointF(self._origin)

    @override
    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._pressed is not None:
            start, origin = self._pressed
            moved = event.position() - start
            if moved.manhattanLength() > _CLICK or not self._fits:
                self._origin, self._fits, self._whole = origin + moved, False, False
                self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._pressed is None:
            return
        start, _ = self._pressed
        self._pressed = None
        if (event.position() - start).manhattanLength() <= _CLICK:
            self._pick(next((k for k in range(len(self._at)) if self._box(k).contains(event.position())), -1))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and not any(self._box(k).contains(event.position()) for k in range(len(self._at))):
            self.show_all()

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        tree, node = self._tree, self.chosen
        key = Qt.Key(event.key())
        moves = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape}
        if tree is not None and key == Qt.Key.Key_F and not event.modifiers():
            self.show_all()
        elif tree is None or key not in moves:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._pick(-1)
        elif node < 0:
            self._pick(0)
        elif key == Qt.Key.Key_Up:
            self._pick(self._parent.get(node, node))
        elif key == Qt.Key.Key_Down:
            self._pick(node if tree.is_leaf(node) else int(tree.left[node]))
        elif node in self._parent:
            sides = tree.left if key == Qt.Key.Key_Left else tree.right
            self._pick(int(sides[self._parent[node]]))

    @override
    def focusInEvent(self, event: object) -> None:
        self.update()

    @override
    def focusOutEvent(self, event: object) -> None:
        self.update()

    @override
    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self.update()

    def _pick(self, node: int) -> None:
        if node != self.chosen:
            self.choose(node)
            self.node_chosen.emit(node)

    def _bring(self, box: QRectF) -> None:
        """Move the drawing no farther than needed for a part of the screen to be seen."""
        right = max(8 - box.left(), 0) - max(box.right() - self.width() + 8, 0)
        down = max(8 - box.top(), 0) - max(box.bottom() - self.height() + 8, 0)
        if right or down:
            self._origin += QPointF(right, down)
            self._fits = False
