"""Probability fields: exact everywhere, or exact only where it can be seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain

Ask = Callable[[NDArray[np.float64]], NDArray[np.float32]]

_STRIDE = 4


def surface(
    ask: Ask, rect: Domain, columns: int, rows: int, refine_at: NDArray[np.float64] | None = None
) -> NDArray[np.float32]:
    """Class probabilities at the cell centres of `rect`, float32 (C, rows, columns).

    ask: points (G, 2) to probabilities (C, G).
    refine_at: None asks for every cell. Otherwise, points (N, 2): every fourth cell is asked for, the rest
        interpolated, and those blocks asked for exactly that the boundary may cross or that hold a point.
    """
    if refine_at is None or min(columns, rows) < 4 * _STRIDE:
        return ask(rect.grid(columns, rows)).reshape(-1, rows, columns)
    across, up = -(-columns // _STRIDE), -(-rows // _STRIDE)
    dx, dy = rect.width / columns, rect.height / rows
    # coarse nodes at cells 0, 4, 8, ...; the last may lie outside the rectangle, which does no harm
    x = rect.left + (np.arange(across + 1) * _STRIDE + 0.5) * dx
    y = rect.bottom + (np.arange(up + 1) * _STRIDE + 0.5) * dy
    coarse = ask(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)).reshape(-1, up + 1, across + 1)
    fine = _bilinear(coarse)[:, :rows, :columns]
    blocks = _uncertain(coarse) | _holding(refine_at, rect, dx, dy, up, across)
    row, column = np.nonzero(blocks)
    offsets = np.arange(_STRIDE)
    r = (row[:, None, None] * _STRIDE + offsets[:, None]).repeat(_STRIDE, axis=2).ravel()
    c = (column[:, None, None] * _STRIDE + offsets[None, :]).repeat(_STRIDE, axis=1).ravel()
    inside = (r < rows) & (c < columns)
    r, c = r[inside], c[inside]
    if len(r):
        exact = ask(np.stack([rect.left + (c + 0.5) * dx, rect.bottom + (r + 0.5) * dy], axis=1))
        fine[:, r, c] = exact
    return np.ascontiguousarray(fine)


def _bilinear(coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """(C, u + 1, a + 1) nodes to (C, 4 u, 4 a) cells, linear in each direction."""
    t = (np.arange(_STRIDE, dtype=np.float32) / _STRIDE)[:, None]
    low, high = coarse[:, :-1, None, :], coarse[:, 1:, None, :]
    tall = (low + (high - low) * t).reshape(len(coarse), -1, coarse.shape[2])
    left, right = tall[:, :, :-1, None], tall[:, :, 1:, None]
    return (left + (right - left) * t[:, 0]).reshape(len(coarse), tall.shape[1], -1).astype(np.float32, copy=False)


def _uncertain(coarse: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Blocks in which the leading class may change: the range of some margin, widened by itself, holds zero."""
    ordered = np.sort(coarse, axis=0)
    lead, runner = ordered[-1], ordered[-2]
    top = coarse.argmax(axis=0)
    margin = lead - runner
    corners = [np.s_[:-1, :-1], np.s_[:-1, 1:], np.s_[1:, :-1], np.s_[1:, 1:]]
    tops = np.stack([top[c] for c in corners])
    margins = np.stack([margin[c] for c in corners])
    low, high = margins.min(axis=0), margins.max(axis=0)
    changes = (tops != tops[0]).any(axis=0)
    # NaN compares as False everywhere, so say so: a field that is no number is asked for no further
    return changes | (low - (high - low) <= 0)


def _holding(xy: NDArray[np.float64], rect: Domain, dx: float, dy: float, up: int, across: int) -> NDArray[np.bool_]:
    """Blocks that hold one of the points; skipped where points are so many that they cover the plane."""
    mask = np.zeros((up, across), dtype=bool)
    if len(xy) > up * across // 2:
        return mask
    xy = xy[(xy >= (rect.left, rect.bottom)).all(axis=1) & (xy < (rect.right, rect.top)).all(axis=1)]
    column = ((xy[:, 0] - rect.left) / (dx * _STRIDE)).astype(np.int64)
    row = ((xy[:, 1] - rect.bottom) / (dy * _STRIDE)).astype(np.int64)
    mask[np.minimum(row, up - 1), np.minimum(column, across - 1)] = True
    return mask
