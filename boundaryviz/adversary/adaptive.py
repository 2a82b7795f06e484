"""A function on a rectangle, known at the nodes of nested grids: at all nodes of the coarsest, and at those of finer
ones where it changes, or is largest. It knows nothing of models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain

LEVELS = (8, 16, 32)
"""Cells along a side, each a whole number of times as many as before."""
SHARE = 0.25
"""Of the cells of a level, how many are looked at more closely at most."""
_PEAKS = 4  # of the largest values, around which it is always looked more closely
_NOISE = 1.5  # times the distance of two seeds: corners that lie no further apart may be equal

Function = Callable[[NDArray[np.float64], NDArray[np.int64]], tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Places (M, 2) and the label (M,) of each, to values and ties, float64 (S, M): one row for each seed. Of values that
are equal that with the larger tie is the larger."""


@dataclass(frozen=True, eq=False)
class Grid:
    """What is known at the nodes (row 0 at the bottom) of a grid with so many cells along a side, for each of L labels.

    values, ties: float64 (S, L, level + 1, level + 1), bilinear where it is not measured; NaN of what came to nothing,
    and around it. measured: bool (L, level + 1, level + 1). asked: how many nodes of all labels were measured so far.
    """

    level: int
    values: NDArray[np.float64]
    ties: NDArray[np.float64]
    measured: NDArray[np.bool_]

    @property
    def asked(self) -> int:
        """How many nodes were measured, those of all labels together."""
        return int(self.measured.sum())

    @property
    def mean(self) -> NDArray[np.float64]:
        """Over the seeds, (L, level + 1, level + 1)."""
        found: NDArray[np.float64] = self.values.mean(axis=0)
        return found

    @property
    def floor(self) -> float | None:
        """How far the maps of two seeds lie apart: the root mean square over the measured nodes and pairs of seeds;
        None of one seed, or where all came to nothing."""
        known = self.values[:, self.measured]
        pairs = [(known[a] - known[b]) ** 2 for a, b in combinations(range(len(known)), 2)]
        apart = np.array(pairs)
        return float(np.sqrt(apart[np.isfinite(apart)].mean())) if np.isfinite(apart).any() else None

    @property
    def order(self) -> NDArray[np.int64]:
        """The measured nodes from the largest to the smallest, as positions in the flat (L, rows, columns); those that
        came to nothing are not among them."""
        value, tie = self.mean.ravel(), self.ties.mean(axis=0).ravel()
        some = np.flatnonzero(self.measured.ravel() & np.isfinite(value))
        tie = np.where(np.isfinite(tie), tie, -np.inf)
        return some[np.lexsort((some, -tie[some], -value[some]))]


def places(domain: Domain, level: int) -> NDArray[np.float64]:
    """The nodes of the grid, float64 (level + 1, level + 1, 2)."""
    x = np.linspace(domain.left, domain.right, level + 1)
    y = np.linspace(domain.bottom, domain.top, level + 1)
    return np.stack(np.meshgrid(x, y), axis=-1)


def refined(
    function: Function,
    domain: Domain,
    labels: Sequence[int],
    levels: Sequence[int] = LEVELS,
    share: float = SHARE,
    around: Sequence[tuple[float, float]] = (),
) -> Iterator[Grid]:
    """The function at every node of the coarsest grid, then of each finer one at nodes in and around those cells in
    which it changes most, by the range of its corners, those around its largest values, and those around the places
    `around`, where something may happen that is too narrow for a coarse grid.

    share: of the cells of a level that are refined at most; 1 measures every node. A cell whose corners are equal, or
    lie no further apart than one seed's map from another's, is taken for even.
    Raises ValueError for levels of which one is not a multiple of the one before.
    """
    if not levels or levels[0] < 1 or any(b % a or a == b for a, b in pairwise(levels)):
        raise ValueError(f"each level must have a whole number of times the cells of the one before, not {levels}")
    grid: Grid | None = None
    for level in levels:
        shape = (len(labels), level + 1, level + 1)
        if grid is None:
            wanted = np.ones(shape, dtype=bool)
        else:
            ratio = level // grid.level
            wanted = _spread_to_nodes(_chosen(grid, share) | _at(places(domain, grid.level), around), ratio)
        grid = _measured(function, places(domain, level), labels, wanted, grid)
        yield grid


def _measured(
    function: Function,
    nodes: NDArray[np.float64],
    labels: Sequence[int],
    wanted: NDArray[np.bool_],
    before: Grid | None,
) -> Grid:
    """The next grid: what was known, the wanted nodes that were not, and between them what is bilinear."""
    known = np.zeros_like(wanted)
    if before is not None:
        ratio = (wanted.shape[1] - 1) // before.level
        known[:, ::ratio, ::ratio] = before.measured
    at, row, column = np.nonzero(wanted & ~known)
    found = function(nodes[row, column], np.asarray(labels, dtype=np.int64)[at])
    parts = []
    for number, fresh in enumerate(found):
        if before is None:
            whole = np.empty((len(fresh), *wanted.shape))
        else:
            whole = finer((before.values, before.ties)[number], ratio)
        whole[:, at, row, column] = fresh
        parts.append(whole)
    return Grid(wanted.shape[1] - 1, parts[0], parts[1], known | wanted)


def finer(values: NDArray[np.float64], ratio: int) -> NDArray[np.float64]:
    """Values (..., n + 1, n + 1) at the nodes of a grid with `ratio` times as many cells along a side, bilinear between
    those given. A NaN reaches no node that was given."""
    for axis in (-2, -1):
        z = np.moveaxis(values, axis, -1)
        n = z.shape[-1] - 1
        whole = np.empty((*z.shape[:-1], n * ratio + 1))
        whole[..., ::ratio] = z
        for k in range(1, ratio):
            whole[..., k::ratio] = z[..., :-1] + (k / ratio) * (z[..., 1:] - z[..., :-1])
        values = np.moveaxis(whole, -1, axis)
    return np.ascontiguousarray(values)


def _chosen(grid: Grid, share: float) -> NDArray[np.bool_]:
    """Which cells (L, level, level) to look at more closely."""
    if share >= 1:
        return np.ones((grid.measured.shape[0], grid.level, grid.level), dtype=bool)
    corners = _corners(grid.mean)
    known = np.isfinite(corners)
    high = np.where(known, corners, -np.inf).max(axis=0)
    low = np.where(known, corners, np.inf).min(axis=0)
    change = np.where(known.any(axis=0), high - low, 0.0)
    change[~known.all(axis=0)] = np.inf  # something came to nothing here: where does that begin?
    flat = change.ravel()
    most = round(share * flat.size)
    first = np.argsort(-flat, kind="stable")[:most]
    chosen = np.zeros(flat.size, dtype=bool)
    chosen[first[flat[first] > _NOISE * (grid.floor or 0.0)]] = True
    peaks = np.zeros(grid.measured.size, dtype=bool)
    peaks[grid.order[:_PEAKS]] = True
    return chosen.reshape(change.shape) | _corners(peaks.reshape(grid.measured.shape)).any(axis=0)


def _at(nodes: NDArray[np.float64], around: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    """The cells (level, level) of a grid whose corners lie next to one of these places."""
    found = np.zeros(nodes.shape[:2], dtype=bool)
    for place in around:
        apart = np.abs(nodes - place) / (nodes[1, 1] - nodes[0, 0])
        found |= (apart < 1).all(axis=2)
    return np.logical_or.reduce(_corners(found), axis=0)


def _corners(nodes: NDArray) -> NDArray:
    """The four corners of every cell, (4, ..., n, n) of nodes (..., n + 1, n + 1)."""
    return np.stack([nodes[..., :-1, :-1], nodes[..., :-1, 1:], nodes[..., 1:, :-1], nodes[..., 1:, 1:]])


def _spread_to_nodes(cells: NDArray[np.bool_], ratio: int) -> NDArray[np.bool_]:
    """The nodes of the finer grid in and around these cells (L, n, n), (L, n ratio + 1, n ratio + 1)."""
    fine = cells.repeat(ratio, axis=1).repeat(ratio, axis=2)
    size = fine.shape[1] + 1
    nodes = np.zeros((len(cells), size, size), dtype=bool)
    for down in (0, 1):
        for right in (0, 1):
            nodes[:, down : size - 1 + down, right : size - 1 + right] |= fine
    return nodes
