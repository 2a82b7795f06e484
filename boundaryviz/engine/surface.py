"""Fields over the plane: exact everywhere, or exact only where it can be seen."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain

Ask = Callable[[NDArray[np.float64]], NDArray[np.float32]]

_STRIDE = 8  # cells between the nodes that are always asked for; a power of two
_ALL, _UP, _DOWN = slice(None), slice(1, None), slice(None, -1)
_BESIDE = (
    ((_UP, _ALL), (_DOWN, _ALL)),
    ((_ALL, _UP), (_ALL, _DOWN)),
    ((_UP, _UP), (_DOWN, _DOWN)),
    ((_UP, _DOWN), (_DOWN, _UP)),
)
"""Cells, and one beside each: above, right, and at both corners."""


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
        is one around a training point. Wherever a cell that was asked for is decided otherwise than an interpolated
        one beside it, the block of that one is asked for too, and so on: a strip that was met anywhere is followed to
        its ends.
    label: the class of each point, -1 for none; it spares the points that are decided as they are labelled.

    An interpolated score is off by at most 8 (|f_xx| + |f_yy|), with the cell as the unit of length (bilinear
    interpolation, h^2 / 8 with h = 8); a decision is wrong only where that is more than the block's least margin,
    which in turn is more than the margin's range over the corners. That bound is of no use where scores jump: a strip
    between the nodes, or an island, without a training point in it is missed. So what stays on the screen is asked for
    cell by cell.
    """
    if refine_at is None or min(columns, rows) < 4 * _STRIDE:
        return ask(rect.grid(columns, rows)).reshape(-1, rows, columns)
    origin, cell = np.array([rect.left, rect.bottom]), np.array([rect.width / columns, rect.height / rows])

    def at(r: NDArray[np.integer], c: NDArray[np.integer]) -> NDArray[np.float32]:
        return ask(origin + (np.stack([c, r], axis=-1) + 0.5) * cell)

    # nodes at cells 0, 8, 16, ...; the last may lie outside the rectangle, which does no harm
    r, c = np.indices((-(-rows // _STRIDE) + 1, -(-columns // _STRIDE) + 1))
    scores = at(r.ravel() * _STRIDE, c.ravel() * _STRIDE).reshape(-1, *r.shape)
    asked = np.ones(r.shape, dtype=bool)
    step = _STRIDE
    while step > 1:
        step //= 2
        new = _between(_uncertain(scores))
        r, c = _true(new)
        scores = _doubled(scores)
        if len(r):
            scores[:, r, c] = at(r * step, c * step)
        new[::2, ::2] = asked
        asked = new
    asked = asked[:rows, :columns].copy()
    field = np.ascontiguousarray(scores[:, :rows, :columns])
    x, y = refine_at.T
    seen = (x >= rect.left) & (x < rect.right) & (y >= rect.bottom) & (y < rect.top)
    xy = refine_at[seen]
    cells = np.minimum((xy - origin) / cell, (columns - 1, rows - 1)).astype(np.int64)[:, ::-1]
    missed = _missed(field, ask, xy, cells, None if label is None else label[seen])

    def fill(cells: NDArray[np.bool_]) -> None:
        r, c = _true(cells)
        if len(r):
            field[:, r, c] = at(r, c)
            asked[r, c] = True

    if len(missed):
        fill(_around(missed, rows, columns) & ~asked)
    while (wanted := _beside(field, asked)).any():
        fill(wanted)
    return field


def in_parts(
    ask: Ask, rect: Domain, columns: int, rows: int, places: int
) -> Generator[None, None, NDArray[np.float32]]:
    """As `surface` with every cell asked for, in parts of about so many places, a row at least, between which it may be
    given up. Some learners' answers depend, by rounding, on what is asked together."""
    grid, height = rect.grid(columns, rows).reshape(rows, columns, 2), max(places // columns, 1)
    parts: list[NDArray[np.float32]] = []
    for row in range(0, rows, height):
        if parts:
            yield
        parts.append(ask(grid[row : row + height].reshape(-1, 2)))
    return np.concatenate(parts, axis=-1).reshape(-1, rows, columns)


def _decision(scores: NDArray[np.float32]) -> NDArray[np.int8]:
    """The decision, -1 for none, (...), of scores (K, ...); argmax over few classes takes several times as long."""
    if len(scores) == 1:
        best, found = scores[0], (scores[0] > 0).astype(np.int8)
    else:
        best, found = scores[0].copy(), np.zeros(scores[0].shape, dtype=np.int8)
        for k, one in enumerate(scores[1:], 1):
            np.copyto(found, np.int8(k), where=one > best)
            np.maximum(best, one, out=best)  # NaN where either is
    np.copyto(found, np.int8(-1), where=np.isnan(best))
    return found


def _margin(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """By how much it is decided, (...), of scores (K, ...)."""
    if len(scores) == 1:
        return np.abs(scores[0])
    two = np.partition(scores, -2, axis=0)[-2:]
    margin: NDArray[np.float32] = two[1] - two[0]
    return margin


def _uncertain(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Blocks (u, a) between nodes (K, u + 1, a + 1) in which the decision may change: it differs between corners, or
    the range of its margin, widened by itself, holds zero."""
    decision, margin = _decision(scores), _margin(scores)
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
    shown = _decision(field[:, cells[:, 0], cells[:, 1]])
    doubtful = np.ones(len(xy), dtype=bool) if label is None else (label >= 0) & (label != shown)
    if not doubtful.any():
        return cells[:0]
    return cells[doubtful][_decision(ask(xy[doubtful])) != shown[doubtful]]


def _around(cells: NDArray[np.int64], rows: int, columns: int) -> NDArray[np.bool_]:
    """Which cells, (rows, columns), are less than a block away from one of these."""
    mask = np.zeros((rows, columns), dtype=bool)
    for r, c in cells:
        mask[max(r - _STRIDE + 1, 0) : r + _STRIDE, max(c - _STRIDE + 1, 0) : c + _STRIDE] = True
    return mask


def _beside(field: NDArray[np.float32], asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells, (rows, columns), that were not asked for, of blocks with one among them that is beside a cell that was and
    is decided otherwise; corner to corner is beside."""
    decision, odd = _decision(field), np.zeros(asked.shape, dtype=bool)
    for one, other in _BESIDE:
        differ = decision[one] != decision[other]
        differ &= asked[one] != asked[other]
        odd[one] |= differ
        odd[other] |= differ
    odd &= ~asked
    if not odd.any():
        return odd
    (rows, columns), (r, c) = asked.shape, _true(odd)
    blocks = np.zeros((-(-rows // _STRIDE), -(-columns // _STRIDE)), dtype=bool)
    blocks[r // _STRIDE, c // _STRIDE] = True
    return blocks.repeat(_STRIDE, axis=0).repeat(_STRIDE, axis=1)[:rows, :columns] & ~asked


def _true(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column of what is True; np.nonzero takes five times as long."""
    r, c = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return r, c
