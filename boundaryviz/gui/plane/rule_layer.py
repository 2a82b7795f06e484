"""The boundary of a rule written by hand, dotted, and where a model decides otherwise than it says."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from boundaryviz.gui.plane.contours import NONE, Lines, class_lines, dashed, finer, level_lines
from boundaryviz.gui.plane.lines import line_item, trace
from boundaryviz.gui.plane.twin_pictures import changed_picture, decided
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.record.rule import differing
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scene import Domain

_SIDE = 240  # cells along the longer side, in which the boundary is traced
_DOT, _GAP = 1.5, 2.5  # cells


class RuleLayer:
    """What of a rule is shown over a rectangle of the plane; worked out when the rectangle or the rule changes."""

    def __init__(self, box: pg.ViewBox, z: float, theme: Theme) -> None:
        self.boundary = line_item()
        self.boundary.setZValue(z)
        box.addItem(self.boundary, ignoreBounds=True)
        self._theme, self._scale = theme, 1.0
        self.rule: Rule | None = None
        self.differs = False
        self._rect: Domain | None = None
        self._lines: Lines = NONE
        self._classes: tuple[Domain, NDArray[np.int16]] | None = None

    def set_rule(self, rule: Rule | None) -> None:
        """Show another rule, or none."""
        self.rule, self._classes = rule, None
        self._find_lines()

    def set_rect(self, rect: Domain | None) -> None:
        """Over which part of the plane; None shows nothing."""
        if rect != self._rect:
            self._rect = rect
            self._find_lines()

    def set_look(self, theme: Theme, scale: float) -> None:
        """Take over the colours of a theme, and how wide lines are."""
        self._theme, self._scale = theme, scale
        self._draw()

    def difference(self, field: NDArray[np.float32], rect: Domain) -> NDArray[np.uint8] | None:
        """The picture of where the class decided by a field over `rect` is not what the rule says, hatched as the class
        decided there; None where that is not shown."""
        if self.rule is None or not self.differs:
            return None
        became = decided(field)
        rows, columns = became.shape
        if self._classes is None or self._classes[0] != rect or self._classes[1].shape != became.shape:
            self._classes = rect, self.rule.over(rect, columns, rows)
        differ = differing(became, self._classes[1])
        return changed_picture(field, became, differ, self._theme.plane, self._theme.ink)

    def _find_lines(self) -> None:
        self._lines = NONE
        if self.rule is not None and self._rect is not None:
            rect = self._rect
            columns, rows = rect.shape(_SIDE)
            field = self.rule.field(rect, columns, rows)
            lines = class_lines(field, rect) if field.ndim == 3 else level_lines(field, rect, (0.5,))
            self._lines = dashed(finer(lines, 4), _DOT, _GAP, (rect.width / columns, rect.height / rows))
        self._draw()

    def _draw(self) -> None:
        trace(self.boundary, self._lines, QColor(self._theme.ink), 3.0 * self._scale)
