"""Where exactly a decision changes, near the outline of a field that was asked for cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.slices import Slices
from boundaryviz.learners.base import UNDECIDED

_HALVINGS = 12
_ROUNDS = 6  # of steps along the boundary, each half as long as the last, beginning with a cell
_FURTHER = np.array([0.0, 1e-3, 0.1, 0.5, 1.0, 2.0])  # cells beyond the outline
_MARGIN = 5e-4  # of a cell
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Crossing:
    """The search for where the decision changes around n places.

    decide: places (G, 2) to classes (G,). metric: in which ways are short or long. places: (n, 2). label: (n,), what
    they are decided as. target: the class to be reached, None for any other. cell: (n, 2), the width and height of the
    cells in which an outline was found.
    """

    decide: Callable[[NDArray[np.float64]], NDArray[np.int64]]
    metric: Metric
    places: NDArray[np.float64]
    label: NDArray[np.int64]
    target: int | None
    cell: NDArray[np.float64]

    def some(self, at: NDArray[np.intp]) -> Crossing:
        """That around some of the places."""
        return replace(self, places=self.places[at], label=self.label[at], cell=self.cell[at])

    def across(self, ends: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Ends (n, 2) on an outline taken across the boundary, and whether that succeeded, (n,): up to two cells
        further along the way, or else somewhere around the end."""
        way = ends - self.places
        one = way / np.maximum(np.abs(way / self.cell).max(axis=1, keepdims=True), _TINY)  # a cell along the way
        hit, found = self._first(ends[:, None] + _FURTHER[:, None] * one[:, None])
        if not hit.all():
            missed = np.flatnonzero(~hit)
            at = np.linspace(-1.5, 1.5, 7)
            square = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
            around = ends[missed, None] + square * self.cell[missed, None]
            size = self.metric.length(around - self.places[missed, None])
            order = size.argsort(axis=1, kind="stable")[:, :, None]
            hit[missed], found[missed] = self.some(missed)._first(np.take_along_axis(around, order, axis=1))
        return np.where(hit[:, None], found, ends), hit

    def back(self, ends: NDArray[np.float64], cells: float, halvings: int = _HALVINGS) -> NDArray[np.float64]:
        """Ends (n, 2) that are across, taken back along the way to where it is first found to be, by halving: within so
        many cells, or, where it is across there already, from the very beginning."""
        way = ends - self.places
        low = np.maximum(1 - cells / np.maximum(np.abs(way / self.cell).max(axis=1), _TINY), 0.0)
        low = np.where(self._is_across(self.places + low[:, None] * way), 0.0, low)
        high = np.ones(len(ends))
        for _ in range(halvings):
            middle = (low + high) / 2
            now = self._is_across(self.places + middle[:, None] * way)
            high, low = np.where(now, middle, high), np.where(now, low, middle)
        found: NDArray[np.float64] = self.places + high[:, None] * way
        return found

    def along(self, ends: NDArray[np.float64]) -> Slices[NDArray[np.float64]]:
        """Ends (n, 2) moved along the boundary as long as that is nearer: an outline cuts corners."""
        step = 1.0
        for _ in range(_ROUNDS):
            way = ends - self.places
            size = self.metric.length(way)
            aside = np.stack([-way[:, 1], way[:, 0]], axis=1)
            aside *= step / np.maximum(np.abs(aside / self.cell).max(axis=1, keepdims=True), _TINY)
            tried = way[:, None] + np.stack([aside, -aside], axis=1)
            shorter = (1 - 1e-6) * size[:, None] / np.maximum(self.metric.length(tried), _TINY)
            hit, found = self._first(self.places[:, None] + shorter[:, :, None] * tried)
            some = np.flatnonzero(hit)
            if len(some):
                ends[some] = self.some(some).back(found[some], 2 * step, _HALVINGS // 2)
            step /= 2
            yield
        return ends

    def beyond(self, ends: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ends (n, 2) moved on by so little of a cell that the decision is not a matter of rounding."""
        way = ends - self.places
        found: NDArray[np.float64] = ends + way * _MARGIN / np.maximum(
            np.abs(way / self.cell).max(axis=1, keepdims=True), _TINY
        )
        return found

    def _is_across(self, ends: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether ends (n, 2), or several of each place (n, m, 2), are decided as wanted."""
        found = self.decide(ends.reshape(-1, 2)).reshape(ends.shape[:-1])
        if self.target is not None:
            return np.asarray(found == self.target)
        label = self.label if found.ndim == 1 else self.label[:, None]
        return np.asarray((found != label) & (found != UNDECIDED))

    def _first(self, ends: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Whether any of several ends (n, m, 2) is across, (n,), and the first that is, (n, 2)."""
        every = self._is_across(ends)
        return np.asarray(every.any(axis=1)), ends[np.arange(len(ends)), every.argmax(axis=1)]
