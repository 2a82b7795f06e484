"""What stands in a corner of the plane while heights are shown: how far off it lines are, what they are, and what was
found."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.engine.height_map import NEAR
from boundaryviz.gui.plane.corner_legend import draw_panel
from boundaryviz.gui.widgets.controls import choices, label
from boundaryviz.gui.widgets.fields import FieldPlan
from boundaryviz.gui.widgets.number import NumberEditor
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme

LEAST, MOST = 0.01, 20.0
COLOURS = {"near": "how near it is", "above": "answers above", "below": "answers below", "none": "no colours"}
"""What the colours of the plane say, beside the lines."""
_PLAN = FieldPlan(
    "z", "Off the plane", "How far above and below the plane the dashed and the dotted line are, in the units of the "
    "inputs. Colours are full on the boundary, and gone from five times as far on.", "number", NEAR,
    low=LEAST, high=MOST, log=True,
)  # fmt: skip
_WIDE, _SWATCH = 324, 20  # pixels
_INSIDE = 10  # to both sides of what stands in it
_AWAY = 12  # from the edges of the plane


class _Lines(QWidget):
    """What the three kinds of lines are, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._theme, self.entries = LIGHT, ("on the plane", "", "")
        self.setFixedHeight(self.fontMetrics().height() + 4)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_height(self, z: float) -> None:
        self.entries = ("on the plane", f"{z:.3g} above", f"{z:.3g} below")
        self.setAccessibleName("Boundary: a line on the plane, dashes {1}, dots {2}".format(*self.entries))
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, at = 0.5 * self.height(), 0.0
        for words, dashes in zip(self.entries, (None, [4.0, 2.0], [1.2, 1.6]), strict=True):
            pen = QPen(QColor(self._theme.ink), 2.0, cap=Qt.PenCapStyle.FlatCap)
            if dashes:
                pen.setDashPattern(dashes)
            painter.setPen(pen)
            painter.drawLine(QPointF(at, middle), QPointF(at + _SWATCH, middle))
            painter.setPen(QColor(self._theme.text))
            place = QRectF(at + _SWATCH + 5, 0, self.width(), self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            at += _SWATCH + 5 + self.fontMetrics().horizontalAdvance(words) + 10
        painter.end()


class HeightsStrip(QWidget):
    """Slider, what colours say, legend and words; it stands in the lower left corner of its parent.

    moved: how far off the plane is looked at. coloured: one of `COLOURS` was chosen.
    """

    moved = pyqtSignal(float)
    coloured = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._area = LIGHT, QRectF()
        self.editor = NumberEditor(_PLAN)
        self.editor.set_range(LEAST, MOST)
        self.editor.setToolTip(tip(_PLAN.explains))
        self.colours = choices("Colours", COLOURS, 120)
        self.colours.setToolTip(tip("Colour each place by how near the boundary lies over or under it, or by what the "
                                    "model answers so far above or below it, the clean twin beside it"))  # fmt: skip
        self.legend = _Lines()
        self.words = label("", wraps=True)
        title = label("Off the plane")
        title.setBuddy(self.editor)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(title)
        line.addWidget(self.editor, 1)
        below = QHBoxLayout()
        shown = label("Colours")
        shown.setBuddy(self.colours)
        below.addWidget(shown)
        below.addWidget(self.colours, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_INSIDE, 8, _INSIDE, 8)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addLayout(below)
        layout.addWidget(self.words)
        layout.addWidget(self.legend)
        self.setFixedWidth(_WIDE)
        self.editor.proposed.connect(self._moved)
        self.colours.activated.connect(lambda _at: self.coloured.emit(self.shown))
        self.set_height(NEAR)
        self.hide()

    @property
    def shown(self) -> str:
        """What colours say, as in `COLOURS`."""
        return str(self.colours.currentData())

    def set_height(self, z: float) -> None:
        """Show how far off the plane lines are; nothing is emitted."""
        self.editor.set_value(z)
        self.legend.set_height(z)
        self._place()

    def set_words(self, words: str) -> None:
        """What was found, or why there is nothing."""
        self.words.setText(words)
        inside = _WIDE - 2 * _INSIDE
        lines = 2 * self.words.fontMetrics().lineSpacing()  # with and without a pointer
        self.words.setMinimumHeight(max(lines, self.words.heightForWidth(inside)))
        self._place()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.legend.set_theme(theme)
        self.update()

    def stand_in(self, area: QRectF) -> None:
        """Go to the lower left corner of this part of the parent, in its pixels."""
        self._area = QRectF(area)
        self._place()

    def _moved(self, value: object) -> None:
        if isinstance(value, int | float):
            z = min(max(float(value), LEAST), MOST)
            self.set_height(z)
            self.moved.emit(z)

    def _place(self) -> None:
        self.resize(_WIDE, self.heightForWidth(_WIDE) if self.hasHeightForWidth() else self.sizeHint().height())
        self.move(int(self._area.left()) + _AWAY, int(self._area.bottom()) - self.height() - _AWAY)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        draw_panel(painter, self.rect(), self._theme)
        painter.end()
