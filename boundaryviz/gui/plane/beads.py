"""The outlines around poison: one around all points of a group that touch, so that a chain of beads is seen as one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPixmap
from pyqtgraph.Qt.internals import PrimitiveArray

from boundaryviz.figures.palette import GROUPS
from boundaryviz.gui.plane.symbols import RESTS
from boundaryviz.gui.widgets.theme import Theme, mix

_GAP, _WIDTH, _HALO = 2.0, 2.2, 1.2  # pixels: from a bead to its outline, the outline, the light rim outside it
_THIN, _REST = 1.1, 0.7  # of poison that rests: width of the outline, its opacity


def paint_outlines(
    painter: QPainter, at: NDArray[np.float64], ring: NDArray, size: NDArray[np.float64], screen: QRectF, ratio: float,
    theme: Theme,
) -> None:  # fmt: skip
    """Draw the outlines of beads (M,) at pixels (M, 2) of the device: of those that rest first.

    ring: of each, see `symbols.Style`. size: diameters of the beads in pixels of the screen. ratio: of the device's
    pixels to those. The painter's transform is that of the device.
    """
    for kind in np.unique(ring)[::-1].tolist():
        own = ring == kind
        _paint_group(painter, at[own], ratio * size[own], int(kind), screen, ratio, theme)


def reach(size: float) -> float:
    """How far from the middle of a bead of this diameter its outline reaches, in pixels."""
    return size / 2.0 + _GAP + _WIDTH + _HALO


def _paint_group(
    painter: QPainter, at: NDArray[np.float64], size: NDArray[np.float64], kind: int, screen: QRectF, ratio: float,
    theme: Theme,
) -> None:  # fmt: skip
    """In a picture of their own, in which what lies inside is taken out again: whatever overlaps has one outline."""
    margin = 12.0 * ratio + float(size.max())
    low, high = at.min(axis=0) - margin, at.max(axis=0) + margin
    box = QRectF(*low, *(high - low)).intersected(screen).toAlignedRect()
    if box.isEmpty():
        return
    acts = kind < RESTS
    colour = QColor(GROUPS[(kind - 1) % len(GROUPS)])
    if not acts:
        colour = QColor(mix(colour.name(), theme.faint, 0.45))
    sheet = QImage(box.size(), QImage.Format.Format_ARGB32_Premultiplied)
    sheet.fill(Qt.GlobalColor.transparent)
    brush = QPainter(sheet)
    brush.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    brush.translate(-box.left(), -box.top())
    width = _WIDTH if acts else _THIN
    if acts:
        _discs(brush, at, size + 2.0 * ratio * (_GAP + width + _HALO), QColor("white"))
    _discs(brush, at, size + 2.0 * ratio * (_GAP + width), colour)
    if not acts:  # the field is seen between beads that rest
        brush.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    _discs(brush, at, size + 2.0 * ratio * _GAP, QColor(theme.plane))
    brush.end()
    painter.save()
    painter.setOpacity(painter.opacity() * (1.0 if acts else _REST))
    painter.drawImage(QRect(box), sheet)
    painter.restore()


def _discs(painter: QPainter, at: NDArray[np.float64], diameter: NDArray[np.float64], colour: QColor) -> None:
    """Discs of one colour, copies of one picture: to draw each by itself takes several times as long."""
    side = float(np.ceil(diameter.max())) + 2.0
    picture = QPixmap(int(side), int(side))
    picture.fill(Qt.GlobalColor.transparent)
    brush = QPainter(picture)
    brush.setRenderHint(QPainter.RenderHint.Antialiasing)
    brush.setPen(Qt.PenStyle.NoPen)
    brush.setBrush(colour)
    brush.drawEllipse(QPointF(side / 2.0, side / 2.0), diameter.max() / 2.0, diameter.max() / 2.0)
    brush.end()
    copies = PrimitiveArray(QPainter.PixmapFragment, 10)
    copies.resize(len(at))
    table = copies.ndarray()
    table[:, 0:2] = at
    table[:, 2:6] = (0.0, 0.0, side, side)
    table[:, 6] = table[:, 7] = diameter / diameter.max()
    table[:, 8:10] = (0.0, 1.0)
    painter.drawPixmapFragments(*copies.drawargs(), picture)  # type: ignore[call-arg]
