"""The tab Tree: the tree as a drawing, and below it as text."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFontDatabase, QTextCursor
from PyQt6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QToolButton, QVBoxLayout, QWidget

from boundaryviz.gui.tree.drawing import TreeDrawing
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.learners.trees import Tree

EMPTY = "The tree appears here once it is grown."
OTHER = "A decision tree is read here, as a drawing and as text. Choose it in the tab Learner."


class TreeView(QWidget):
    """Setters in. node_chosen: the node that is clicked, in the drawing or in the text; -1 for none."""

    node_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing = TreeDrawing()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("The tree as text")
        self.text.setMinimumHeight(40)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(True)
        for part, share in ((self.drawing, 3), (self.text, 2)):
            self._split.addWidget(part)
            self._split.setStretchFactor(self._split.indexOf(part), share)
        self.said = label("", "faint", wraps=True)
        self.fit = QToolButton()
        self.fit.setText("Fit")
        self.fit.setToolTip("Show all of the tree (F in the drawing, or a double click)")
        self.fit.clicked.connect(self.drawing.show_all)
        head = QHBoxLayout()
        head.addWidget(self.said, 1)
        head.addWidget(self.fit)
        self.hint = label(EMPTY, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._split, 1)
        layout.addWidget(self.hint, 1)
        self._nodes: list[int] = []
        self._silent = False
        self.drawing.node_chosen.connect(self._picked)
        self.text.cursorPositionChanged.connect(self._line_picked)
        self.set_theme(LIGHT)
        self.clear()

    def set_tree(self, tree: Tree, inputs: Sequence[str], classes: Sequence[str]) -> None:
        """Show a tree, whose inputs and classes have these names; the node that is chosen stays so if it is there."""
        lines = tree.lines(inputs, classes)
        self._nodes = [node for node, _ in lines]
        self.drawing.set_tree(tree, inputs, classes)
        words = "\n".join(line for _, line in lines)
        if words != self.text.toPlainText():
            self._silent = True
            self.text.setPlainText(words)
            self._silent = False
        self._tell("")
        if self.drawing.chosen >= len(tree):
            self._picked(-1)
            self.drawing.choose(-1)
        else:
            self._mark_line(self.drawing.chosen)

    def clear(self, words: str = EMPTY) -> None:
        """There is none; `words` say why."""
        self._nodes = []
        self.drawing.set_tree(None, (), ())
        self.drawing.choose(-1)
        self._tell(words)
        self.say("")

    def say(self, words: str) -> None:
        """What is said of the tree, or of the node that is chosen."""
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.drawing.set_theme(theme)

    def _picked(self, node: int) -> None:
        self._mark_line(node)
        self.node_chosen.emit(node)

    def _line_picked(self) -> None:
        line = self.text.textCursor().blockNumber()
        if not self._silent and line < len(self._nodes) and (node := self._nodes[line]) != self.drawing.chosen:
            self.drawing.choose(node)
            self.node_chosen.emit(node)

    def _mark_line(self, node: int) -> None:
        """Bring the text to the line of a node; the root, which has none of its own, has the first."""
        at = self._nodes.index(node) if node in self._nodes else 0
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.MoveAnchor, at)
        if node >= 0 and at < len(self._nodes):
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self._silent = True
        self.text.setTextCursor(cursor)
        self._silent = False

    def _tell(self, words: str) -> None:
        self.hint.setText(words)
        self.hint.setVisible(bool(words))
        self._split.setVisible(not words)
        self.fit.setVisible(not words)
