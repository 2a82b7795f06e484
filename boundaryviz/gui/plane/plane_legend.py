"""A small legend in a corner of the plane; the mouse goes through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.gui.plane.corner_legend import AWAY, CornerLegend
from boundaryviz.gui.plane.twin_pictures import floor_picture, hatched

MOST = 14  # lines


@dataclass(frozen=True)
class Entry:
    """What stands beside some words. label: the class, for `became`, -1 for undecided."""

    kind: Literal["line", "dashes", "dots", "became", "flipped", "floor", "more"]
    words: str
    label: int = -1


def summed_up(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """At most `MOST`; of more, the last are left out, and their number is said."""
    if len(entries) <= MOST:
        return tuple(entries)
    return (*entries[: MOST - 1], Entry("more", f"and {len(entries) - MOST + 1} more"))


class PlaneLegend(CornerLegend):
    """Entries one below the other on a quiet ground."""

    SWATCH = 30

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these; none hides the legend."""
        self.entries = summed_up(entries)
        self._renewed()

    def stand_in(self, area: QRectF) -> None:
        """Go to the upper right corner of this part of the parent, in its pixels; the lower one is a cascade's."""
        self.resize(self.sizeHint())
        self.move(int(area.right()) - self.width() - AWAY, int(area.top()) + AWAY)

    @override
    def _words(self) -> Sequence[str]:
        return [entry.words for entry in self.entries]

    @override
    def _swatch(self, painter: QPainter, line: int, place: QRectF) -> None:
        entry = self.entries[line]
        if entry.kind == "more":
            return
        ink = QColor(self._theme.ink)
        if entry.kind in ("line", "dashes", "dots"):
            pen = QPen(ink, 3.0 if entry.kind == "dots" else 2.0, cap=Qt.PenCapStyle.FlatCap)
            if entry.kind != "line":
                pen.setDashPattern([4.0, 3.0] if entry.kind == "dashes" else [1.2, 1.6])
            painter.setPen(pen)
            painter.drawLine(QPointF(place.left(), place.center().y()), QPointF(place.right(), place.center().y()))
            return
        rows, columns = 2 * int(place.height()), 2 * int(place.width())
        if entry.kind == "became":
            colours = hatched(entry.label, rows, columns, self._theme.plane, self._theme.ink)
            picture = colours.view(np.uint8).reshape(rows, columns, 4)
        else:  # from none to all
            share = np.tile(np.linspace(0.0, 1.0, columns // 6, dtype=np.float32), (rows // 6, 1))
            none = np.zeros_like(share)
            parts = (share, none) if entry.kind == "flipped" else (none, share)
            picture = floor_picture(*parts, self._theme.plane, self._theme.ink)
        upright = np.ascontiguousarray(picture[::-1])
        rows, columns = upright.shape[:2]
        image = QImage(upright.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBX8888)
        painter.drawImage(place, image)
