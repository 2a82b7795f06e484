"""The choice of the plane that is shown, as it stands in the panel of the data."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boundaryviz.gui.widgets.controls import QuietCombo, label
from boundaryviz.gui.widgets.forms import TITLE_WIDTH
from boundaryviz.gui.widgets.plain import tip

OWN, COLUMNS, COMPONENTS, POINTS = "own", "columns", "components", "points"
KINDS = {
    OWN: "as the data came",
    COLUMNS: "two of the inputs",
    COMPONENTS: "principal components",
    POINTS: "through three points",
}
OTHER = "as it was opened"
_HELP = (
    "Points with more than two inputs are shown on a plane of them. Models are given all inputs, whichever plane is "
    "shown: nothing that is trained changes."
)


class SectionPanel(QWidget):
    """Kinds of planes, and two inputs where it is of those.

    chosen: the plane in words, as `scene.planes.parsed` reads them; of three points the kind alone.
    """

    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QuietCombo()
        self.kind.setAccessibleName("Plane shown")
        self.kind.setToolTip(tip(_HELP))
        for kind, words in KINDS.items():
            self.kind.addItem(words, kind)
        self.across, self.up = QuietCombo(), QuietCombo()
        title = label("Plane shown")
        title.setFixedWidth(TITLE_WIDTH)
        title.setBuddy(self.kind)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(title)
        first.addWidget(self.kind, 1)
        self._columns = QWidget()
        second = QHBoxLayout(self._columns)
        second.setContentsMargins(TITLE_WIDTH + 8, 0, 0, 0)
        second.setSpacing(8)
        for combo, name in ((self.across, "Input to the right"), (self.up, "Input upwards")):
            combo.setAccessibleName(name)
            combo.setToolTip(tip(name))
            combo.setMaxVisibleItems(20)
            second.addWidget(combo, 1)
            combo.activated.connect(lambda _at: self._choose(COLUMNS))
        self.words = label("", "faint", wraps=True)
        self.problem = label("", "problem", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addWidget(self._columns)
        layout.addWidget(self.problem)
        layout.addWidget(self.words)
        self._names: tuple[str, ...] = ()
        self.kind.activated.connect(lambda at: self._choose(str(self.kind.itemData(at) or "")))
        self.set_problem("")

    def set_plane(self, kind: str, shown: tuple[int, int], names: Sequence[str], words: str) -> None:
        """Show which plane it is; nothing is emitted. kind: of `KINDS`, empty for another. shown: of the inputs, which
        lie along the axes or would. names: of all inputs. words: how far off it points lie."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            for combo in (self.across, self.up):
                combo.clear()
                combo.addItems(list(names))
        at = self.kind.findText(OTHER)
        if not kind and at < 0:
            self.kind.addItem(OTHER, "")
        elif kind and at >= 0:
            self.kind.removeItem(at)
        self.kind.setCurrentIndex(self.kind.findData(kind))
        for combo, column in zip((self.across, self.up), shown, strict=True):
            combo.setCurrentIndex(column)
        self._columns.setVisible(kind == COLUMNS)
        self.words.setText(words)

    def set_problem(self, words: str) -> None:
        """Why what was chosen cannot be shown; empty for nothing."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _choose(self, kind: str) -> None:
        if kind == COLUMNS:
            self.chosen.emit(f"{COLUMNS}:{self.across.currentIndex() + 1},{self.up.currentIndex() + 1}")
        elif kind:
            self.chosen.emit(kind)
