"""Fields over the plane: exact everywhere, or exact only where it can be seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain

Ask = Callable[[NDArray[np.float64]], NDArray[np.float32]]

_STRIDE = 8  # cells between the nodes that are always asked for; a power of two


@np.errstate(over="ignore", invalid="ignore")  # shortly before a net diverges its scores are as large as can be
def surface(
    ask: Ask,
    rect: Domain,
    columns: int,
    rows: int,
    refine_at: NDArray[np.float64] | None = None,
    label: NDArray[np.integer] | None = None,
) -> NDArray[np.float32]:
    """Scores at the cell centres of `rect`, float32 (K, rows, columns).

    ask: points (G, 2) to scores (K, G). The largest is the decision; a single score decides by its sign;
        NaN is undecided, a decision of its own.
    refine_at: None asks for every cell. Otherwise, points (N, 2): every eighth cell is asked for, then those
        halfway between them, and so on, but only in blocks that the boundary may cross; the rest is interpolated.
        Around a point that is found on the wrong side, all cells are asked for: an island that slipped through
        is one around a training point.
    label: the class of each point, -1 for none; it spares the points that are decided as they are labelled.

    An interpolated score is off by at most 8 (|f_xx| + |f_yy|), with the cell as the unit of length (bilinear
    interpolation, h^2 / 8 with h = 8); a decision is wrong only where that is more than the block's least margin,
    which in turn is more than the margin's range over the corners.
    """
    if refine_at is None or min(columns, rows) < 4 * _STRIDE:
        return ask(rect.grid(columns, rows)).reshape(-1, rows, columns)
    origin, cell = np.array([rect.left, rect.bottom]), np.array([rect.width / columns, rect.height / rows])

    def at(r: NDArray[np.integer], c: NDArray[np.integer]) -> NDArray[np.float32]:
        return ask(origin + (np.stack([c, r], axis=-1) + 0.5) * cell)

    # nodes at cells 0, 8, 16, ...; the last may lie outside the rectangle, which does no harm
    r, c = np.indices((-(-rows // _STRIDE) + 1, -(-columns // _STRIDE) + 1))
    scores = at(r.ravel() * _STRIDE, c.ravel() * _STRIDE).reshape(-1, *r.shape)
    step = _STRIDE
    while step > 1:
        step //= 2
        r, c = _true(_between(_uncertain(scores)))
        scores = _doubled(scores)
        if len(r):
            scores[:, r, c] = at(r * step, c * step)
    field = np.ascontiguousarray(scores[:, :rows, :columns])
    x, y = refine_at.T
    seen = (x >= rect.left) & (x < rect.right) & (y >= rect.bottom) & (y < rect.top)
    xy = refine_at[seen]
    cells = np.minimum((xy - origin) / cell, (columns - 1, rows - 1)).astype(np.int64)[:, ::-1]
    missed = _missed(field, ask, xy, cells, None if label is None else label[seen])
    if len(missed):
        r, c = _around(missed, rows, columns)
        field[:, r, c] = at(r, c)
    return field


def _decided(scores: NDArray[np.float32]) -> tuple[NDArray[np.integer], NDArray[np.float32]]:
    """The decision, -1 for none, and its margin, (...) each, of scores (K, ...)."""
    if len(scores) == 1:
        decision, margin = (scores[0] > 0).astype(np.int8), np.abs(scores[0])
    else:
        two = np.partition(scores, -2, axis=0)[-2:]
        decision, margin = scores.argmax(axis=0), two[1] - two[0]
    decision[np.isnan(margin)] = -1
    return decision, margin


def _uncertain(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Blocks (u, a) between nodes (K, u + 1, a + 1) in which the decision may change: it differs between corners, or
    the range of its margin, widened by itself, holds zero."""
    decision, margin = _decided(scores)
    low, high = _corners(np.minimum, margin), _corners(np.maximum, margin)
    changes = _corners(np.minimum, decision) != _corners(np.maximum, decision)
    # NaN compares as False, so inside what is undecided nothing is asked for; its border is a change of decision
    return changes | (low - (high - low) <= 0)


def _corners(of: np.ufunc, nodes: NDArray) -> NDArray:
    """`of` the four corners of each block."""
    side = of(nodes[:-1], nodes[1:])
    result: NDArray = of(side[:, :-1], side[:, 1:])
    return result


def _doubled(nodes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K, u + 1, a + 1) nodes to (K, 2 u + 1, 2 a + 1), linear in each direction."""
    k, up, across = nodes.shape
    fine = np.empty((k, 2 * up - 1, 2 * across - 1), dtype=np.float32)
    fine[:, ::2, ::2] = nodes
    fine[:, 1::2, ::2] = (nodes[:, :-1] + nodes[:, 1:]) * np.float32(0.5)
    fine[:, :, 1::2] = (fine[:, :, :-2:2] + fine[:, :, 2::2]) * np.float32(0.5)
    return fine


def _between(blocks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which nodes of the doubled grid are new, in the middle or on an edge of one of the blocks."""
    nodes = np.zeros((2 * blocks.shape[0] + 1, 2 * blocks.shape[1] + 1), dtype=bool)
    nodes[1::2, 1::2] = blocks
    nodes[1::2, :-1:2] |= blocks
    nodes[1::2, 2::2] |= blocks
    nodes[:-1:2, 1::2] |= blocks
    nodes[2::2, 1::2] |= blocks
    return nodes


def _missed(
    field: NDArray[np.float32],
    ask: Ask,
    xy: NDArray[np.float64],
    cells: NDArray[np.int64],
    label: NDArray[np.integer] | None,
) -> NDArray[np.int64]:
    """Those of the `cells` (N, 2), row and column, whose point of `xy` (N, 2) is decided otherwise than they are."""
    shown = _decided(field[:, cells[:, 0], cells[:, 1]])[0]
    doubtful = np.ones(len(xy), dtype=bool) if label is None else (label >= 0) & (label != shown)
    if not doubtful.any():
        return cells[:0]
    return cells[doubtful][_decided(ask(xy[doubtful]))[0] != shown[doubtful]]


def _around(cells: NDArray[np.int64], rows: int, columns: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the cells less than a block away from one of these."""
    mask = np.zeros((rows, columns), dtype=bool)
    for r, c in cells:
        mask[max(r - _STRIDE + 1, 0) : r + _STRIDE, max(c - _STRIDE + 1, 0) : c + _STRIDE] = True
    return _true(mask)


def _true(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column of what is True; np.nonzero takes five times as long."""
    r, c = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return r, c
