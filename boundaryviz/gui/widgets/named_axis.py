"""An axis under a name that somebody wrote: plain, in a few lines, and ended by dots where the axis is too short."""

from __future__ import annotations

from html import escape

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QFontMetricsF
from typing_extensions import override

from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.ticks import Common
from boundaryviz.scene.plain_text import LINE, one_line

LINES = 3  # of a name
_LIFT = 3  # pixels: pyqtgraph puts the foot of a letter that has one below the edge
_TICKS = {"left": 52, "bottom": 30}  # pixels for ticks and their numbers
_NAME = {"left": 16, "bottom": 18}  # pixels for the first line of a name
_BESIDE = 12  # pixels beside a number
_MARGIN = 8.0  # pixels that Qt keeps free on both sides of a label
_ZOOM = 1e3  # times: how far one zooms in


class NamedAxis(pg.AxisItem):  # type: ignore[misc, unused-ignore]
    """pyqtgraph writes labels as HTML; nothing in a name is markup here. The whole name stands under the pointer.

    What all numbers share, an offset or a power of ten, is said once, behind the name.
    """

    def __init__(self, side: str, box: pg.ViewBox) -> None:
        self.name = ""
        self.common = Common()
        self._most = 1
        self._scale = 1.0
        super().__init__(side, linkView=box)
        self.enableAutoSIPrefix(False)  # ticks say what they are, and not how many thousandths

    def set_name(self, name: str) -> None:
        """Write a name at the axis; an empty one takes no room."""
        self.name = one_line(name, LINE)
        self.setToolTip(tip(self.name))
        self.setLabel(self.name)

    def make_room(self, along: float, low: float, high: float) -> None:
        """Take as much room as the name and the numbers need, on an axis of about `along` pixels that shows `low` to
        `high` at first."""
        side, metrics = self.orientation, QFontMetricsF(self.label.font())
        shares = max(abs(low), abs(high)) * _ZOOM >= 1e4 * (high - low) or not 1e-2 <= max(abs(low), abs(high)) < 1e4
        said = f"{self.name} (\u00d71e\u22128)" if shares else self.name  # about as long as what may be said
        self._most = len(_lines(said, metrics, along, LINES))
        room = _TICKS[side] + (
            _NAME[side] + (self._most - 1) * metrics.lineSpacing() / self._scale if self._most else 0.0
        )
        if side == "left":
            numbers = [words for words, _ in self._numbers(low, high, along)]
            widest = max(map(QFontMetricsF(self._font()).horizontalAdvance, numbers), default=0.0)
            self.setWidth(int(room + max(widest / self._scale + _BESIDE - _TICKS[side], 0.0)))
        else:
            self.setHeight(int(room))
        self.showLabel(bool(self._most))
        self._write()

    def _font(self) -> QFont:
        font: QFont = self.style["tickFont"] or self.label.font()
        return font

    def _numbers(self, low: float, high: float, along: float) -> list[tuple[str, float]]:
        """What would stand at the ticks of an axis that shows `low` to `high`, and where."""
        levels = self.tickValues(low, high, along)[:2]
        common = Common.of([tick for _, ticks in levels for tick in ticks], low, high)
        return [(common.tick(tick, spacing), tick) for spacing, ticks in levels for tick in ticks]

    @override
    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self.common.tick(value, spacing) for value in values]

    @override
    def setRange(self, mn: float, mx: float) -> None:
        super().setRange(mn, mx)
        self._find_common()

    def _along(self) -> float:
        return float(self.size().height() if self.orientation in ("left", "right") else self.size().width())

    def _find_common(self) -> None:
        """What all numbers that are in sight share."""
        if self.orientation not in _TICKS or not np.isfinite(self.range).all() or self.range[0] >= self.range[1]:
            return
        levels = self.tickValues(*self.range, max(self._along(), 1.0))[:2]
        common = Common.of([tick for _, ticks in levels for tick in ticks], *self.range)
        if common != self.common:
            self.common = common
            self._write()

    def _write(self) -> None:
        """The name and what the numbers share, in as many lines as there is room for."""
        if self.label is None:
            return
        self.label.setTextWidth(-1)
        self.label.setHtml(self.labelString())
        self.label.setTextWidth(self.label.boundingRect().width())  # lines are centred within it
        super().resizeEvent()
        if self.orientation == "bottom":
            self.label.setY(self.label.y() - _LIFT)

    def set_scale(self, scale: float) -> None:
        """Take so many times as much room as usual, for larger type."""
        before, self._scale = self._scale, scale
        for fixed, take in ((self.fixedWidth, self.setWidth), (self.fixedHeight, self.setHeight)):
            if fixed is not None:
                take(fixed / before)

    @override
    def setWidth(self, w: float | None = None) -> None:
        super().setWidth(None if w is None else w * self._scale)

    @override
    def setHeight(self, h: float | None = None) -> None:
        super().setHeight(None if h is None else h * self._scale)

    def labelString(self) -> str:
        """The name as far as there is room, in HTML that says just that."""
        words = f" ({self.common.words})" if self.common.words else ""
        metrics = QFontMetricsF(self.label.font())
        along = self._along() - _MARGIN
        lines = _lines(f"{self.name}{words}".strip(), metrics, along, max(self._most, 1), words)
        style = ";".join(f"{key}: {value}" for key, value in self.labelStyle.items())
        return f"<div align='center'><span style='{style}'>{'<br>'.join(map(escape, lines))}</span></div>"

    @override
    def resizeEvent(self, ev: object = None) -> None:
        if self.label is None:
            return
        self.picture = None
        self._find_common()
        self._write()


def _lines(words: str, metrics: QFontMetricsF, along: float, most: int, kept: str = "") -> list[str]:
    """Words in at most so many lines of so many pixels; where there are more, the last line ends in dots, and in
    `kept`, with which the words end."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= along:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most or any(metrics.horizontalAdvance(line) > along for line in lines):
        first, rest = lines[: most - 1], " ".join(lines[most - 1 :]).removesuffix(kept.strip()).rstrip()
        dots = Qt.TextElideMode.ElideRight
        room = along - metrics.horizontalAdvance(kept)
        lines = [
            *(metrics.elidedText(line, dots, along) for line in first),
            metrics.elidedText(rest, dots, room) + kept,
        ]
    return lines
