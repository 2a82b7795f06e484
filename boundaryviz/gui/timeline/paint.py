"""How the timeline is painted: where moments and steps lie, the ticks, the marks and the handle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from boundaryviz.figures.palette import POISON
from boundaryviz.gui.widgets.theme import Theme

Kind = Literal["edit", "setting", "best", "flip", "diverged", "branch", "stop"]
EDGE = 14.0  # pixels at both ends, so that the handle fits
_GROOVE = 22.0  # the middle of the groove from above
_SIZE = 5.0  # half of a mark's height
_APART = 56.0  # pixels at least between two ticks
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Mark:
    """Something that happened at a step, in words."""

    step: int
    kind: Kind
    words: str


@dataclass(frozen=True, eq=False)
class Axis:
    """step: of the moments (K,), increasing. now: the step that training has come to. width: in pixels."""

    step: NDArray[np.int64]
    now: int
    width: float

    @property
    def _room(self) -> float:
        return max(self.width - 2 * EDGE, 1.0)

    def of_index(self, index: float) -> float:
        """The pixel of a moment."""
        return EDGE + self._room * index / max(len(self.step) - 1, 1)

    def of_step(self, step: float) -> float:
        """The pixel of a step, between the moments around it."""
        if not len(self.step):
            return EDGE
        return self.of_index(float(np.interp(step, self.step, np.arange(len(self.step)))))

    def index(self, x: float) -> int:
        """The moment nearest to a pixel."""
        share = (x - EDGE) / self._room
        return int(np.clip(round(share * (len(self.step) - 1)), 0, max(len(self.step) - 1, 0)))

    def ticks(self) -> list[tuple[float, int]]:
        """Pixels and tidy steps, 1, 2 or 5 times a power of ten, as many as have room."""
        if len(self.step) < 2:
            return []
        tidy = [f * 10**e for e in range(math.ceil(math.log10(max(self.now, 10))) + 1) for f in _STEPS]
        found: list[tuple[float, int]] = []
        for step in [0, *tidy]:
            if self.step[0] <= step <= self.step[-1]:
                x = self.of_step(step)
                if not found or x - found[-1][0] >= _APART:
                    found.append((x, step))
        return found


def paint(
    painter: QPainter, size: QSize, axis: Axis, marks: Sequence[Mark], shown: int | None, theme: Theme, focus: bool
) -> None:
    """The whole track."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not len(axis.step):
        painter.setPen(QColor(theme.faint))
        painter.drawText(QRectF(0, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignCenter,
                         "Moments of training appear here.")  # fmt: skip
        return
    right = axis.of_index(len(axis.step) - 1)
    at = right if shown is None else axis.of_index(shown)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.line))
    painter.drawRoundedRect(QRectF(EDGE, _GROOVE - 2, right - EDGE, 4), 2, 2)
    painter.setBrush(QColor(theme.accent))
    painter.drawRoundedRect(QRectF(EDGE, _GROOVE - 2, max(at - EDGE, 0.0), 4), 2, 2)
    painter.setPen(QColor(theme.faint))
    small = painter.font()
    small.setPointSizeF(max(small.pointSizeF() - 1.5, 6.0))
    painter.setFont(small)
    for x, step in axis.ticks():
        painter.drawLine(QPointF(x, _GROOVE + 5), QPointF(x, _GROOVE + 8))
        painter.drawText(QRectF(x - 40, _GROOVE + 8, 80, 14), Qt.AlignmentFlag.AlignHCenter, _brief(step))
    for mark in marks:
        _draw(painter, mark.kind, QPointF(axis.of_step(mark.step), _GROOVE - 13), theme)
    painter.setPen(QPen(QColor(theme.accent if focus or shown is not None else theme.faint), 2.0))
    painter.setBrush(QColor(theme.raised))
    painter.drawEllipse(QPointF(at, _GROOVE), 7.0, 7.0)


def _brief(step: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if step >= size:
            return f"{step / size:g}{letter}"
    return str(step)


def _draw(painter: QPainter, kind: Kind, at: QPointF, theme: Theme) -> None:
    """Told apart by shape as well as by colour."""
    x, y, s = at.x(), at.y(), _SIZE
    colour = {"flip": POISON, "diverged": theme.danger, "best": theme.ink, "branch": theme.accent,
              "stop": theme.ink}.get(kind, theme.faint)  # fmt: skip
    painter.setPen(QPen(QColor(theme.panel), 1.0))
    painter.setBrush(QColor(colour))
    match kind:
        case "edit":
            painter.drawPolygon(_polygon((x, y - s), (x + s, y), (x, y + s), (x - s, y)))
        case "setting":
            painter.drawRect(QRectF(x - s + 1, y - s + 1, 2 * s - 2, 2 * s - 2))
        case "flip":
            painter.drawPolygon(_polygon((x - s, y - s), (x + s, y - s), (x, y + s)))
        case "best":
            turn = [math.pi * k / 5 - math.pi / 2 for k in range(10)]
            radii = [1.35 * s if k % 2 == 0 else 0.55 * s for k in range(10)]
            star = [(x + r * math.cos(t), y + r * math.sin(t)) for t, r in zip(turn, radii, strict=True)]
            painter.drawPolygon(_polygon(*star))
        case "stop":
            for left in (x - s, x + 1):
                painter.drawRect(QRectF(left, y - s, s - 1, 2 * s))
        case "diverged":
            painter.setPen(QPen(QColor(colour), 2.4))
            painter.drawLine(QPointF(x - s, y - s), QPointF(x + s, y + s))
            painter.drawLine(QPointF(x - s, y + s), QPointF(x + s, y - s))
        case "branch":
            painter.setPen(QPen(QColor(colour), 2.0))
            painter.drawLine(QPointF(x, y + s + 2), QPointF(x, y))
            painter.drawLine(QPointF(x, y), QPointF(x - s, y - s))
            painter.drawLine(QPointF(x, y), QPointF(x + s, y - s))


def _polygon(*corners: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(*corner) for corner in corners])
