"""Contour lines of fields as one run of vertices with NaN between the lines, by contourpy's serial algorithm."""

from __future__ import annotations

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


def to_edges(field: NDArray) -> NDArray:
    """Grow cell-centred fields (..., rows, columns) to the edges of their rectangle, linearly: lines reach the rim."""
    rows, columns = field.shape[-2:]
    grown = np.empty((*field.shape[:-2], rows + 2, columns + 2), dtype=field.dtype)
    grown[..., 1:-1, 1:-1] = field
    row, column = min(2, rows), min(2, columns)  # a field of one row or column goes on as it is
    inner = grown[..., 1:-1]
    inner[..., 0, :] = 1.5 * inner[..., 1, :] - 0.5 * inner[..., row, :]
    inner[..., -1, :] = 1.5 * inner[..., -2, :] - 0.5 * inner[..., -1 - row, :]
    grown[..., 0] = 1.5 * grown[..., 1] - 0.5 * grown[..., column]
    grown[..., -1] = 1.5 * grown[..., -2] - 0.5 * grown[..., -1 - column]
    return grown


def level_lines(field: NDArray, rect: Domain, levels: tuple[float, ...], every: int = 1) -> Lines:
    """The lines (K, 2) on which a cell-centred field (rows, columns) takes one of `levels`.

    every: trace through every so many cells only; twice as many make it four times as fast and a little less exact.
    """
    x, y = nodes(rect, field.shape[1], field.shape[0])
    column, row = _some(len(x), every), _some(len(y), every)
    grown = to_edges(field)
    return _joined(_trace(x[column], y[row], grown if every == 1 else grown[np.ix_(row, column)], levels))


def _some(count: int, every: int) -> NDArray[np.intp]:
    """Every so many of `count` indices, and always the last."""
    return np.unique(np.append(np.arange(0, count, every), count - 1))


def class_lines(field: NDArray, rect: Domain) -> Lines:
    """The lines on which the largest of the class probabilities (classes, rows, columns) changes hands.

    Each class is traced where its probability equals the largest of the others', within the box that it fills.
    Nothing is traced beside what is undecided (NaN).
    """
    x, y = nodes(rect, field.shape[2], field.shape[1])
    grown = to_edges(field)
    undecided = np.isnan(grown[0]) if np.isnan(grown.sum()) else None
    if undecided is not None:
        grown = np.nan_to_num(grown)
    top, first = winner(grown)
    second = _second(grown)
    present = np.flatnonzero(np.bincount(top.ravel(), minlength=len(grown)))
    lines: list[Lines] = []
    for k in present[:-1]:  # every line lies between two classes, so the last one needs none of its own
        mine = top == k
        rows, columns = _around(mine.any(axis=1)), _around(mine.any(axis=0))
        at = (rows, columns)
        lead = np.where(mine[at], first[at] - second[at], grown[k][at] - first[at])
        if undecided is not None:
            lead[undecided[at]] = np.nan
        lines += _trace(x[columns], y[rows], lead, (0.0,))
    return _joined(lines)


def _second(values: NDArray) -> NDArray:
    """The second largest along the first axis, of at least two; equal to the largest where two are."""
    first, second = np.maximum(values[0], values[1]), np.minimum(values[0], values[1])
    for p in values[2:]:
        np.maximum(second, np.minimum(first, p), out=second)
        np.maximum(first, p, out=first)
    return second


def finer(lines: Lines, times: int) -> Lines:
    """The same lines with so many times as many vertices, between which they are straight."""
    if len(lines) < 2:
        return lines
    share = np.arange(times)[None, :, None] / times
    with np.errstate(invalid="ignore"):
        between = lines[:-1, None] + share * np.diff(lines, axis=0)[:, None]
    between[:, 0] = lines[:-1]  # which a gap beside it would have made one, too
    return np.concatenate([between.reshape(-1, 2), lines[-1:]])


def dashed(lines: Lines, on: float, off: float, cell: tuple[float, float]) -> Lines:
    """The lines with gaps: `on` drawn, `off` not, by their length in cells of that width and height; cut at
    vertices."""
    steps = np.hypot(*(np.diff(lines, axis=0, prepend=lines[:1]) / cell).T)
    along = np.cumsum(np.nan_to_num(steps))
    cut = lines.copy()
    cut[along % (on + off) >= on] = np.nan
    return cut


def _around(used: NDArray[np.bool_]) -> slice:
    """From one before the first to one after the last that is used."""
    at = np.flatnonzero(used)
    return slice(max(int(at[0]) - 1, 0), int(at[-1]) + 2)


def _trace(x: NDArray, y: NDArray, z: NDArray, levels: tuple[float, ...]) -> list[Lines]:
    generator = contour_generator(x, y, z, name="serial", line_type=LineType.ChunkCombinedNan)
    found = (generator.lines(level)[0][0] for level in levels)
    return [points for points in found if points is not None]


def _joined(parts: list[Lines]) -> Lines:
    gap = np.full((1, 2), np.nan)
    pieces = [piece for part in parts for piece in (part, gap)]
    return np.concatenate(pieces[:-1]) if pieces else NONE
