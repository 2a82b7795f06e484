"""The field under the points and its contour lines, alone or with the clean twin's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from boundaryviz.figures.palette import UNDER_POINTS, field_image
from boundaryviz.gui.plane.contours import FAINT_LEVELS, NONE, class_lines, dashed, level_lines
from boundaryviz.gui.plane.lines import line_item, trace
from boundaryviz.gui.plane.rule_layer import RuleLayer
from boundaryviz.gui.plane.twin_pictures import flip_picture, floor_picture
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scene import Domain

Lean = Callable[[NDArray], NDArray]
"""From a field of probabilities to one in which one half, or the largest of several, is where the decision falls."""
Beside = Literal["nothing", "overlay", "flips", "floor"]
_DASH, _DOT, _GAP = 4.0, 1.5, 3.0  # of the clean twin's boundary, in cells of the field


class FieldItem(pg.GraphicsObject):
    """An opaque picture stretched over a rectangle, smooth between the centres of its cells; row 0 is the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._pixels: NDArray[np.uint8] | None = None
        self._image = QImage()
        self._rect = QRectF()
        self.smooth = True

    @property
    def pixels(self) -> NDArray[np.uint8] | None:
        """The picture shown, RGBA (rows, columns, 4), or None."""
        return self._pixels

    def show_pixels(self, pixels: NDArray[np.uint8] | None, rect: Domain | None) -> None:
        """pixels: RGBA (rows, columns, 4), its cells tiling `rect`; None shows nothing."""
        area = QRectF() if rect is None else QRectF(rect.left, rect.bottom, rect.width, rect.height)
        if area != self._rect:
            self.prepareGeometryChange()
            self._rect = area
        self._pixels = pixels
        if pixels is None:
            self._image = QImage()
        else:
            rows, columns = pixels.shape[:2]
            image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBX8888)
            self._image = image.convertToFormat(QImage.Format.Format_RGB32)  # the format that is fastest to stretch
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        return self._rect

    @override
    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, _widget: QWidget | None = None
    ) -> None:
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
            painter.drawImage(self._rect, self._image)


class FieldLayer:
    """Picture, boundary and faint levels of the last field, redrawn when it or the way it is shown changes."""

    def __init__(self, box: pg.ViewBox, theme: Theme) -> None:
        self.image = FieldItem()
        self.boundary, self.clean_boundary, self.ghost, self.half = (line_item() for _ in range(4))
        self.levels = pg.PlotCurveItem(connect="finite", antialias=True)
        self.rule = RuleLayer(box, -17, theme)
        lines = (
            (-22, self.half), (-21, self.levels), (-20, self.boundary), (-19, self.clean_boundary), (-18, self.ghost),
        )  # fmt: skip
        for z, item in ((-30, self.image), *lines):
            item.setZValue(z)
            box.addItem(item, ignoreBounds=True)
        self._theme, self._scale = theme, 1.0
        self._field: NDArray | None = None
        self._rect: Domain | None = None
        self._unit = self._discrete = False
        self._contours = False
        self._strength = UNDER_POINTS
        self._span = 0.0
        self._beside: Beside = "nothing"
        self._clean: NDArray | None = None
        self._floor: tuple[NDArray, NDArray, Domain] | None = None
        self._floor_pixels: NDArray[np.uint8] | None = None
        self._other: tuple[NDArray, Domain] | None = None
        self._lean: Lean | None = None

    def compare(self, how: Beside, clean: NDArray | None = None) -> None:
        """How the clean twin shows, from the next field on.

        clean: its field, over the same rectangle as the next one. 'overlay' adds its boundary, dashed; 'flips' also
        fades everything but the cells decided otherwise; 'floor' shows what `set_floor` was given instead.
        """
        self._beside, self._clean = how, clean

    def set_floor(self, floor: tuple[NDArray, NDArray, Domain] | None) -> None:
        """For each cell of a rectangle, the share of seeds that flip and the share of clean pairs that differ."""
        self._floor, self._floor_pixels = floor, None
        if self._beside == "floor":
            self._draw()

    def set_decision(self, lean: Lean | None) -> None:
        """Where the decision falls; None: where the likeliest class changes. If it falls elsewhere that line is drawn
        beside the boundary, thin and dotted."""
        if lean is not None or self._lean is not None:
            self._lean = lean
            self._draw()

    def set_ghost(self, field: NDArray | None, rect: Domain | None) -> None:
        """The field of another history over a rectangle; its boundary is drawn, dashed in the accent colour."""
        self._other = None if field is None or rect is None else (field, rect)
        self._draw_ghost()

    def set_rule(self, rule: Rule | None) -> None:
        """The rule whose boundary is drawn, dotted, wherever there is a field; None for none."""
        self.rule.set_rule(rule)
        self._draw()

    def set_rule_difference(self, on: bool) -> None:
        """Whether everything fades but what is decided otherwise than by the rule, where no twin is compared."""
        self.rule.differs = on
        self._draw()

    def _draw_ghost(self) -> None:
        lines = NONE
        if self._other is not None:
            field, rect = self._other
            lines = dashed(self._lines(field, rect, True)[0], _DASH, _GAP, _cell(field, rect))
        self._trace(self.ghost, lines, QColor(self._theme.accent), 1.5)

    def show_field(self, field: NDArray, rect: Domain, unit: bool) -> None:
        """field: probabilities as in `Frame`, or one hidden unit's activation where `unit` is set."""
        if not (unit and self._unit):
            self._span = 0.0
        self._field, self._rect, self._unit = field, rect, unit
        self._draw()

    def clear(self) -> None:
        """Show no field."""
        self._field = self._rect = None
        self._span = 0.0
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme, self._floor_pixels = theme, None
        self.rule.set_look(theme, self._scale)
        self._draw()
        self._draw_ghost()

    def set_scale(self, scale: float) -> None:
        """Draw lines so many times as wide as usual."""
        self._scale = scale
        self.rule.set_look(self._theme, scale)
        self._draw()
        self._draw_ghost()

    def set_discrete(self, on: bool) -> None:
        """Whether each place shows only the class decided there."""
        self._discrete = on
        self._draw()

    def set_contours(self, on: bool) -> None:
        """Whether the faint lines of 0.1 to 0.9 go with the boundary."""
        self._contours = on
        self._draw()

    def set_strength(self, share: float) -> None:
        """How much of the classes' colours it shows, 0 to 1."""
        self._strength = share
        self._draw()

    @property
    def rect(self) -> Domain | None:
        """The rectangle that the field shown covers."""
        return self._rect

    def value_at(self, x: float, y: float) -> NDArray | None:
        """The field's value in the cell at a place: a number, or one per class; None outside it."""
        if self._field is None or self._rect is None:
            return None
        rows, columns = self._field.shape[-2:]
        row, column, inside = self._rect.cells(np.array([[x, y]]), columns, rows)
        return self._field[..., row[0], column[0]] if inside[0] else None

    def _draw(self) -> None:
        self.rule.set_rect(self._rect)
        if self._field is None or self._rect is None:
            self.image.show_pixels(None, None)
            for item in (self.boundary, self.half, self.clean_boundary, self.levels):
                item.setData([], [])
            return
        beside = "nothing" if self._unit else self._beside
        clean = self._clean if beside in ("overlay", "flips") else None
        if clean is not None and clean.shape != self._field.shape:
            clean = None
        half = NONE
        if beside == "floor":
            self._draw_floor()
            boundary = levels = clean_boundary = NONE
        else:
            if beside == "flips" and clean is not None:
                both = (self._leaning(self._field), self._leaning(clean))
                pixels = flip_picture(*both, self._theme.plane, self._theme.ink)
            else:
                differs = None if self._unit or beside == "flips" else self.rule.difference(self._field, self._rect)
                pixels = self._pixels(self._field) if differs is None else differs
            self.image.show_pixels(pixels, self._rect)
            boundary, levels = self._lines(self._field, self._rect, beside != "nothing")
            if (leaning := self._leaning(self._field)) is not self._field:
                half, boundary = boundary, self._lines(leaning, self._rect, True)[0]
            clean_boundary = NONE if clean is None else self._lines(self._leaning(clean), self._rect, True)[0]
        ink = QColor(self._theme.ink)
        cell = _cell(self._field, self._rect)
        self._trace(self.half, dashed(half, _DOT, _GAP, cell), ink, 1.25)
        self._trace(self.boundary, boundary, ink, 2.0)
        self._trace(self.clean_boundary, dashed(clean_boundary, _DASH, _GAP, cell), ink, 2.0)
        ink.setAlphaF(0.28)
        self._trace(self.levels, levels, ink, 1.0)

    def _draw_floor(self) -> None:
        if self._floor is None:
            self.image.show_pixels(None, None)
        else:
            flipped, floor, rect = self._floor
            if self._floor_pixels is None:  # frames come more often than comparisons
                self._floor_pixels = floor_picture(flipped, floor, self._theme.plane, self._theme.ink)
            self.image.show_pixels(self._floor_pixels, rect)

    def _pixels(self, field: NDArray) -> NDArray[np.uint8]:
        if not self._unit:
            field = self._leaning(field) if self._discrete else field
            return field_image(field, self._theme.plane, 2 if self._discrete else None, self._strength)
        # the range follows the unit's activation up at once and down slowly, so that colours do not flicker
        self._span = max(float(np.nanmax(np.abs(field), initial=1e-6)), 0.98 * self._span)
        share = (0.5 + 0.5 * field / self._span).astype(np.float32)
        return field_image(share, self._theme.plane, 2 if self._discrete else None, self._strength)

    def _leaning(self, field: NDArray) -> NDArray:
        return field if self._lean is None or self._unit else self._lean(field)

    def _lines(self, field: NDArray, rect: Domain, alone: bool = False) -> tuple[NDArray, NDArray]:
        """The boundary and, unless it stands alone, the faint levels."""
        if not np.isfinite(field).all() and (np.isinf(field).any() or np.isnan(field).all()):
            return NONE, NONE
        if field.ndim == 3:
            return class_lines(field, rect), NONE
        if self._unit:
            return level_lines(field, rect, (0.0,)), NONE
        faint = level_lines(field, rect, FAINT_LEVELS, every=2) if self._contours and not alone else NONE
        return level_lines(field, rect, (0.5,)), faint

    def _trace(self, item: pg.PlotCurveItem, lines: NDArray, colour: QColor, width: float) -> None:
        trace(item, lines, colour, width * self._scale)


def _cell(field: NDArray, rect: Domain) -> tuple[float, float]:
    """Width and height of a cell of a field over a rectangle."""
    rows, columns = field.shape[-2:]
    return rect.width / columns, rect.height / rows
