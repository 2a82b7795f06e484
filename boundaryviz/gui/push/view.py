"""The tab Robustness: robust error of each attack against the length of the push, exact values on hover, and the one
push common to all points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.evasion.pushes import Robustness
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.push.chart import RobustnessPlot
from boundaryviz.gui.push.rows import Swatch
from boundaryviz.gui.widgets.controls import figures, label
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.theme import LIGHT, Theme

EMPTY = "Robust error appears here as it trains: the share of points that a push of at most some length takes across."
_WHOLE = 0.99  # of its length: less of a push is its shadow
PAST = "The robust error of then comes where you rest."


class CommonPush(QWidget):
    """The best push common to all points, as one arrow in a square whose half side is the size in force."""

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._theme = theme
        self.push: tuple[float, float] | None = None  # as shares of the size, right and up
        self.norm = "l2"
        self.setFixedSize(56, 56)

    def show_push(self, push: tuple[float, float] | None, norm: str) -> None:
        """push: (right, up) in shares of the size in force; None shows nothing. norm: 'l2' or 'linf'."""
        self.push, self.norm = push, norm
        self.setVisible(push is not None)
        if push is not None:
            self.setAccessibleName(f"One push for all: {push[0]:+.2f} right, {push[1]:+.2f} up of its length")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if self.push is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        painter.setPen(QPen(QColor(self._theme.line), 1.2))
        (painter.drawRect if self.norm == "linf" else painter.drawEllipse)(ground)
        middle, half = ground.center(), ground.width() / 2
        end = middle + QPointF(self.push[0] * half, -self.push[1] * half)
        style = PUSHES["universal"]
        painter.setPen(QPen(QColor(style.colour(self._theme.name == "dark")), 2.4))
        painter.drawLine(middle, end)
        way = end - middle
        size = max(float(np.hypot(way.x(), way.y())), 1e-9)
        along = way / size * min(8.0, size)
        across = QPointF(-along.y(), along.x()) * 0.5
        for side in (across, -across):
            painter.drawLine(end - along + side, end)
        painter.end()


class _Row(QWidget):
    """A line of the chart: how it is drawn, what it is, and what is read from it."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.mark, self.number = Swatch(name, theme), figures("100.0 %")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 8, 0)
        line.setSpacing(5)
        for part in (self.mark, label(PUSHES[name].words), self.number):
            line.addWidget(part)


class RobustnessView(QWidget):
    """Setters in. dragged: a size that is tried out. chosen: the size that was let go, or stepped to by a key."""

    dragged = pyqtSignal(float)
    chosen = pyqtSignal(float)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.setAccessibleName("Robustness")
        self._theme = theme
        self.found: Robustness | None = None
        """What is shown."""
        self._epsilon: float | None = None
        self._tried: float | None = None
        self._hovered: float | None = None
        self._of = ""
        self.plot = RobustnessPlot(theme)
        self.plot.pulled.connect(self._pull)
        self.plot.released.connect(self._release)
        self.plot.stepped.connect(self._step)
        self.plot.hovered.connect(self._hover)
        self.here = label("", wraps=True)
        self.common = CommonPush(theme)
        self.common_words = label("", "faint", wraps=True)
        self.hint = label(EMPTY, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption = label("", "faint", wraps=True)
        self.legend = QWidget()
        self._flow = FlowLayout(self.legend, spacing=3)
        self.rows: dict[str, _Row] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.here)
        layout.addWidget(self.legend)
        beside = QHBoxLayout()
        beside.addWidget(self.common)
        beside.addWidget(self.common_words, 1)
        layout.addLayout(beside)
        layout.addWidget(self.hint, 1)
        layout.addWidget(self.caption)
        self.clear()

    # ---- in -----------------------------------------------------------------------------------------

    def set_robustness(self, found: Robustness, common: tuple[float, float] | None = None, of: str = "") -> None:
        """found: what was measured. common: the shadow of the best push for all, in units of the plane. of: which seed
        it is of."""
        self.found, self._of = found, of
        self._tell("")
        self.plot.show_lines(found.epsilons, found.lines)
        size = float(found.epsilons[-1]) if self._epsilon is None else self._epsilon
        share = None if common is None or size <= 0 else (common[0] / size, common[1] / size)
        self.common.show_push(share, found.norm)
        self._draw()

    def set_epsilon(self, epsilon: float | None) -> None:
        """The size in force."""
        self._epsilon = epsilon
        self._draw()

    def clear(self, words: str = EMPTY, problem: bool = False) -> None:
        """Nothing is known; `words` say why."""
        self.found = None
        self._tell(words)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.plot.set_theme(theme)
        self.common.set_theme(theme)
        for row in self.rows.values():
            row.mark.set_theme(theme)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 360)

    # ---- what it shows ------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, str]:
        """What is read at the moment, by line."""
        return {name: row.number.text() for name, row in self.rows.items()}

    @property
    def _at(self) -> float | None:
        """Where values are read: under the pointer, or at the size in force."""
        tried = self._epsilon if self._tried is None else self._tried
        return tried if self._hovered is None else self._hovered

    def _draw(self) -> None:
        found = self.found
        self.plot.show_epsilon(self._epsilon if self._tried is None else self._tried)
        if found is None:
            return
        at = self._at
        values = {} if at is None else values_at(found, at)
        self.plot.show_values(self._hovered, values if self._hovered is not None else {})
        self._list(list(found.lines), values)
        self.here.setText("" if at is None else f"Of {found.count:,} points, pushed by at most {at:.3g}:")
        norm = "largest coordinate" if found.norm == "linf" else "straight line"
        self.caption.setText("; ".join(filter(None, (f"length: {norm}, in the units of the plane", self._of))))
        if self.common.push is not None:
            share = values.get("universal")
            told = "" if share is None else f" It takes {share:.1%} wrong."
            shadow = "" if np.linalg.norm(self.common.push) > _WHOLE else " Drawn is its shadow."
            self.common_words.setText(f"The one push that, added to every point, takes the most across.{told}{shadow}")
        self.common_words.setVisible(self.common.push is not None)

    def _list(self, names: list[str], values: Mapping[str, float]) -> None:
        if list(self.rows) != names:
            for row in self.rows.values():
                self._flow.removeWidget(row)
                row.setParent(None)
                row.deleteLater()
            self.rows = {name: _Row(name, self._theme) for name in names}
            for row in self.rows.values():
                self._flow.addWidget(row)
        for name, row in self.rows.items():
            row.number.setText(f"{100 * values[name]:.1f} %" if name in values else "")

    def _tell(self, words: str) -> None:
        self.hint.setText(words)
        self.hint.setVisible(bool(words))
        whole: list[QWidget] = [self.plot, self.here, self.legend, self.caption]
        for part in whole:
            part.setVisible(not words)
        common: list[QWidget] = [self.common, self.common_words]
        for part in common:
            part.setVisible(not words and self.common.push is not None)

    # ---- out ----------------------------------------------------------------------------------------

    def _hover(self, at: float | None) -> None:
        self._hovered = at
        self._draw()

    def _pull(self, at: float) -> None:
        self._tried = tidy(at)
        self.dragged.emit(self._tried)
        self._draw()

    def _release(self) -> None:
        tried, self._tried = self._tried, None
        if tried is not None:
            self.chosen.emit(tried)

    def _step(self, factor: float) -> None:
        if self._epsilon is not None:
            self.chosen.emit(tidy(min(self._epsilon * factor, self.plot.most)))


def values_at(found: Robustness, at: float) -> dict[str, float]:
    """Robust error by line at a size, between two that were measured on the straight line; NaN is left out."""
    read = {name: float(np.interp(at, found.epsilons, errors)) for name, errors in found.lines.items()}
    return {name: value for name, value in read.items() if np.isfinite(value)}


def tidy(size: float) -> float:
    """With three figures, as it is typed."""
    return float(f"{size:.2e}")
