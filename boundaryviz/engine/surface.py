"""Fields over the plane: exact everywhere, or exact only where it can be seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain

Ask = Callable[[NDArray[np.float64]], NDArray[np.float32]]

_STRIDE = 4


def surface(
    ask: Ask,
    rect: Domain,
    columns: int,
    rows: int,
    refine_at: NDArray[np.float64] | None = None,
    label: NDArray[np.integer] | None = None,
) -> NDArray[np.float32]:
    """Scores at the cell centres of `rect`, float32 (K, rows, columns).

    ask: points (G, 2) to scores (K, G). The largest is the decision; a single score decides by its sign.
    refine_at: None asks for every cell. Otherwise, points (N, 2): every fourth cell is asked for, the rest
        interpolated, and those blocks asked for exactly that the boundary may cross or that hold a point.
    label: the class of each point, -1 for none. A point of the class that its block is decided for anyway gives
        no island away, nor does one without a class; their blocks are spared.

    An interpolated score is off by at most 2 (|f_xx| + |f_yy|), with the cell as the unit of length (bilinear
    interpolation, h^2 / 8 with h = 4); the decision is wrong only where that is more than the block's least margin,
    which is more than the margin's range over the corners.
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
    decision, margin = _decided(coarse)
    blocks = _uncertain(decision, margin)
    blocks |= _holding(refine_at, label, decision, rect, dx, dy)
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
    """(K, u + 1, a + 1) nodes to (K, 4 u, 4 a) cells, linear in each direction."""
    k, up, across = coarse.shape[0], coarse.shape[1] - 1, coarse.shape[2] - 1
    tall = np.empty((k, up * _STRIDE, across + 1), dtype=np.float32)
    fine = np.empty((k, up * _STRIDE, across * _STRIDE), dtype=np.float32)
    for at in range(_STRIDE):
        t = np.float32(at / _STRIDE)
        tall[:, at::_STRIDE] = coarse[:, :-1] + (coarse[:, 1:] - coarse[:, :-1]) * t
    step = (tall[:, :, 1:] - tall[:, :, :-1]) / np.float32(_STRIDE)
    for at in range(_STRIDE):
        fine[:, :, at::_STRIDE] = tall[:, :, :-1] + step * np.float32(at)
    return fine


def _decided(coarse: NDArray[np.float32]) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    """The decision at each node and its margin, (u + 1, a + 1) each."""
    if len(coarse) == 1:
        return (coarse[0] > 0).astype(np.int8), np.abs(coarse[0])
    two = np.partition(coarse, -2, axis=0)[-2:]
    return coarse.argmax(axis=0), two[1] - two[0]


def _uncertain(decision: NDArray[np.integer], margin: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Blocks in which the decision may change: the range of the margin, widened by itself, holds zero."""
    low, high = _corners(np.minimum, margin), _corners(np.maximum, margin)
    changes = _corners(np.minimum, decision) != _corners(np.maximum, decision)
    # NaN compares as False everywhere, so say so: a field that is no number is asked for no further
    return changes | (low - (high - low) <= 0)


def _corners(of: np.ufunc, nodes: NDArray) -> NDArray:
    """`of` the four corners of each block."""
    side = of(nodes[:-1], nodes[1:])
    result: NDArray = of(side[:, :-1], side[:, 1:])
    return result


def _holding(
    xy: NDArray[np.float64],
    label: NDArray[np.integer] | None,
    decision: NDArray[np.integer],
    rect: Domain,
    dx: float,
    dy: float,
) -> NDArray[np.bool_]:
    """Blocks that hold a point which may sit on an island; none where such points cover the plane."""
    up, across = decision.shape[0] - 1, decision.shape[1] - 1
    inside = (xy >= (rect.left, rect.bottom)).all(axis=1) & (xy < (rect.right, rect.top)).all(axis=1)
    xy = xy[inside]
    column = np.minimum(((xy[:, 0] - rect.left) / (dx * _STRIDE)).astype(np.int64), across - 1)
    row = np.minimum(((xy[:, 1] - rect.bottom) / (dy * _STRIDE)).astype(np.int64), up - 1)
    if label is not None:
        label = label[inside]
        telling = (label >= 0) & (label != decision[row, column])
        row, column = row[telling], column[telling]
    mask = np.zeros((up, across), dtype=bool)
    if len(row) <= up * across // 2:
        mask[row, column] = True
    return mask
