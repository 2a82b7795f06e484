"""Contour lines of fields as one run of vertices with NaN between the lines, by contourpy's serial algorithm."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from boundaryviz.figures.palette import winner
from boundaryviz.scene.scene import Domain

FAINT_LEVELS = (0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9)

Lines = NDArray[np.float64]
NONE: Lines = np.empty((0, 2))


def nodes(rect: Domain, columns: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x (columns + 2,) and y (rows + 2,): the cell centres of `rect` and its two edges."""
    x = rect.left + (np.arange(columns) + 0.5) * (rect.width / columns)
    y = rect.bottom + (np.arange(rows) + 0.5) * (rect.height / rows)
    return np.concatenate([[rect.left], x, [rect.right]]), np.concatenate([[rect.bottom], y, [rect.top]])


def to_edges(field: NDArray) -> NDArray[np.float64]:
    """Grow a cell-centred field (rows, columns) to the edges of its rectangle, linearly: lines reach the rim."""
    grown = np.pad(np.asarray(field, dtype=np.float64), 1, mode="edge")
    for axis in (0, 1):
        g = np.moveaxis(grown, axis, 0)
        if len(g) > 3:
            g[0] = 1.5 * g[1] - 0.5 * g[2]
            g[-1] = 1.5 * g[-2] - 0.5 * g[-3]
    return grown


def level_lines(field: NDArray, rect: Domain, levels: tuple[float, ...]) -> Lines:
    """The lines (K, 2) on which a cell-centred field (rows, columns) takes one of `levels`."""
    x, y = nodes(rect, field.shape[1], field.shape[0])
    generator = contour_generator(x, y, to_edges(field), name="serial", line_type=LineType.ChunkCombinedNan)
    return _joined(_runs(generator.lines(level)[0][0]) for level in levels)


def class_lines(field: NDArray, rect: Domain) -> Lines:
    """The lines on which the largest of the class probabilities (classes, rows, columns) changes hands."""
    top, first = winner(field)
    second = np.full(first.shape, -np.inf, dtype=field.dtype)
    for k, p in enumerate(field):
        np.maximum(second, np.where(top == k, -np.inf, p), out=second)
    present = np.flatnonzero(np.bincount(top.ravel(), minlength=len(field)))
    # every line lies between two classes, so the last class present needs none of its own
    lead = (np.where(top == k, first - second, field[k] - first) for k in present[:-1])
    return _joined(level_lines(margin, rect, (0.0,)) for margin in lead)


def _runs(points: NDArray[np.float64] | None) -> Lines:
    return NONE if points is None else points


def _joined(parts: Iterator[Lines]) -> Lines:
    gap = np.full((1, 2), np.nan)
    pieces = [piece for part in parts if len(part) for piece in (part, gap)]
    return np.concatenate(pieces[:-1]) if pieces else NONE
