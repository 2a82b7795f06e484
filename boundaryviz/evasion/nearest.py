"""The nearest point of the boundary on the plane, of any learner: the outline of a fine field, and its nearest piece.

It asks for scores and decisions alone, so it works with trees and neighbours as with nets. What the outline misses
within a cell is made good by asking for the decision itself, see `crossing`; what is thinner than a cell may be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.evasion.crossing import Crossing
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.model import border, rule_of
from boundaryviz.evasion.slices import Slices, whole
from boundaryviz.learners.base import UNDECIDED, Learner, Problem
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.section import on_plane

SIDE = 300
"""Cells along the longer side of what is looked at."""
AROUND = 0.25
"""How far beyond the domain it is looked at first, in its sides."""
_WIDER, _LEVELS = 3.0, 4  # times as far at each level, in as many cells
_PAIRS = 1 << 16  # of places and pieces that are held at a time

Look = Callable[[Domain, int, int], NDArray[np.float32]]
"""Numbers as in `Asked`, (K, rows, columns), at the cell centres of a rectangle with so many columns and rows."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What a model says of places (G, 2) of the plane that is shown.

    numbers: (K, G), of two classes the second's lead, K = 1; else one a class, the largest decides. decide: the class
    decided, (G,), -1 undecided.
    """

    numbers: Callable[[NDArray[np.float64]], NDArray[np.float32]]
    decide: Callable[[NDArray[np.float64]], NDArray[np.int64]]

    def look(self, rect: Domain, columns: int, rows: int) -> NDArray[np.float32]:
        """A field of numbers, asked for cell by cell."""
        return self.numbers(rect.grid(columns, rows)).reshape(-1, rows, columns)


def asked_by(learner: Learner, replica: int, problem: Problem | None = None) -> Asked:
    """A session's learner; its costs and thresholds lie inside. problem: with the plane that is shown, by default the
    learner's own."""
    rule, classes = rule_of(learner), learner.problem.classes
    section = (problem or learner.problem).section
    shift = border(rule.threshold, learner.scale == "logits") if rule is not None and classes == 2 else 0.0

    def numbers(x: NDArray[np.float64]) -> NDArray[np.float32]:
        scores = learner.scores(x, replica)
        if rule is None or classes == 2:
            return scores - np.float32(shift)
        expected = np.einsum("ig,ij->jg", learner.shown(scores).astype(np.float64), rule.costs)
        return -np.log(np.maximum(expected, 1e-30)).astype(np.float32)  # even slopes, for outlines

    return Asked(on_plane(section, numbers), on_plane(section, lambda x: learner.predict(x, replica)[0]))


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outline of each class within a rectangle: pieces (S, 4), from one end to the other, by class.

    Of two classes there is one, for both.
    """

    rect: Domain
    pieces: tuple[NDArray[np.float64], ...]

    @classmethod
    def of(cls, numbers: NDArray[np.floating], rect: Domain, which: Sequence[int] | None = None) -> Outlines:
        """Those of a field of numbers (K, rows, columns). which: the classes that are asked about, default all."""
        if len(numbers) == 1:
            return cls(rect, (_pieces(numbers[0], rect),))
        second, best = np.partition(numbers, -2, axis=0)[-2:]
        none, some = np.empty((0, 4)), range(len(numbers)) if which is None else which
        leads = (one - np.where(one == best, second, best) for one in numbers)
        return cls(rect, tuple(_pieces(lead, rect) if k in some else none for k, lead in enumerate(leads)))

    def around(self, label: int) -> NDArray[np.float64]:
        """The pieces around a class."""
        return self.pieces[0] if len(self.pieces) == 1 else self.pieces[label]


def _pieces(lead: NDArray[np.floating], rect: Domain) -> NDArray[np.float64]:
    rows, columns = lead.shape
    if min(rows, columns) < 2:
        return np.empty((0, 4))
    import contourpy  # what trains without a window does without it

    x = rect.left + (np.arange(columns) + 0.5) * rect.width / columns
    y = rect.bottom + (np.arange(rows) + 0.5) * rect.height / rows
    lines = contourpy.contour_generator(x, y, np.ma.masked_invalid(lead)).lines(0.0)
    pieces = [np.concatenate([line[:-1], line[1:]], axis=1) for line in map(np.asarray, lines)]
    return np.concatenate(pieces) if pieces else np.empty((0, 4))


def nearest_piece(
    places: NDArray[np.float64], pieces: NDArray[np.float64], metric: Metric
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The nearest point (N, 2) on any of the pieces (S, 4) to each place (N, 2), and how far it is, (N,); NaN and inf
    without pieces."""
    ends, far = np.full(places.shape, np.nan), np.full(len(places), np.inf)
    if not len(pieces):
        return ends, far
    begin, way = pieces[:, :2], pieces[:, 2:] - pieces[:, :2]
    size = metric.length(way)
    rows = metric.rows
    some = max(1, _PAIRS // len(pieces))
    for start in range(0, len(places), some):
        part = slice(start, start + some)
        gap = (begin @ rows.T)[None] - (places[part] @ rows.T)[:, None]  # (n, S, H)
        near = np.abs(gap).max(axis=2) if metric.norm == "linf" else np.sqrt(np.square(gap).sum(axis=2))
        # a piece holds nothing nearer than its first end less its length
        who, which = np.nonzero(near - size <= near.min(axis=1, keepdims=True))
        first = begin[which] - places[part][who]
        share = metric.to_segments(first, way[which])
        found = metric.length(first + share[:, None] * way[which])
        order = np.lexsort((found, who))
        best = order[np.flatnonzero(np.diff(who[order], prepend=-1))]
        far[part] = found[best]
        ends[part] = begin[which[best]] + share[best][:, None] * way[which[best]]
    return ends, far


@dataclass(frozen=True, eq=False)
class Nearest:
    """ends: float64 (N, 2), just across the boundary. length: float64 (N,), how far that is. Both NaN and inf where
    there is no boundary. to_class: int64 (N,), decided there, -1 without. words: what to say of it, or nothing."""

    ends: NDArray[np.float64]
    length: NDArray[np.float64]
    to_class: NDArray[np.int64]
    words: str = ""


NO_BOUNDARY = (
    "There is no boundary: as far as {far:g} times the width of the plane, the model decides one class everywhere."
)
NONE_OF_IT = "The model decides class {target} nowhere, as far as {far:g} times the width of the plane."


def nearest(ask: Asked, domain: Domain, places: NDArray[np.float64], metric: Metric, **more: Any) -> Nearest:
    """As `nearest_in_slices`, in one go."""
    return whole(nearest_in_slices(ask, domain, places, metric, **more))


def nearest_in_slices(
    ask: Asked,
    domain: Domain,
    places: NDArray[np.float64],
    metric: Metric,
    target: int | None = None,
    look: Look | None = None,
    side: int = SIDE,
) -> Slices[Nearest]:
    """The nearest places that are decided otherwise than `places` (N, 2), or as `target`.

    What is decided as the target already stays where it is, and what is undecided goes nowhere. look: how a field is
    asked for, by default cell by cell. Where the edge of what is looked at is nearer than the boundary found, more is
    looked at, up to 27 times as far.
    """
    look = ask.look if look is None else look
    now = ask.decide(places)
    moves = np.flatnonzero((now != UNDECIDED) & (now != target))
    ends, far, rect = places.copy(), np.where(now == target, 0.0, np.inf), _scaled(domain, 1 + 2 * AROUND)
    ends[now == UNDECIDED] = np.nan
    ends[moves] = np.nan
    across, up = metric.to_lines()
    idle = ~metric.rows.any(axis=0)  # of a single input the second coordinate means nothing
    open_, cell = moves, np.zeros(places.shape)
    known: Domain | None = None
    for _ in range(_LEVELS):
        if not len(open_):
            break
        columns, rows = rect.shape(side)
        sought = {target} if target is not None else set(now[open_].tolist())
        outlines = Outlines.of(look(rect, columns, rows), rect, sorted(sought))
        yield
        for label in sought:
            mine = open_ if target is not None else open_[now[open_] == label]
            end, length = nearest_piece(places[mine], outlines.around(label), metric)
            end[:, idle] = places[mine][:, idle]
            closer = (length < far[mine]) & ~_inside(end, known)  # what was looked at before was so in finer cells
            ends[mine[closer]], far[mine[closer]] = end[closer], length[closer]
            cell[mine[closer]] = rect.width / columns, rect.height / rows
            yield
        x, y = places[open_].T
        edge = np.minimum(
            across * np.minimum(x - rect.left, rect.right - x), up * np.minimum(y - rect.bottom, rect.top - y)
        )
        open_ = open_[far[open_] > edge]
        known, rect = rect, _scaled(rect, _WIDER)
    found = moves[np.isfinite(far[moves])]
    to_class = np.where(now == target, now, UNDECIDED)
    if len(found):
        search = Crossing(ask.decide, metric, places[found], now[found], target, cell[found])
        ends[found], hit = search.across(ends[found])
        yield
        search, some = search.some(np.flatnonzero(hit)), found[hit]
        ends[some] = search.back(ends[some], 4.0)
        yield
        ends[some] = search.beyond((yield from search.along(ends[some])))
        far[found], to_class[some] = metric.length(ends[found] - places[found]), ask.decide(ends[some])
    words = ""
    if len(moves) and not len(found):
        reach = rect.width / _WIDER / domain.width
        words = (NO_BOUNDARY if target is None else NONE_OF_IT).format(far=round(reach / 2, 1), target=target)
    return Nearest(ends, far, to_class, words)


def _inside(places: NDArray[np.float64], rect: Domain | None) -> NDArray[np.bool_]:
    """Which places (n, 2) lie in a rectangle, (n,)."""
    if rect is None:
        return np.zeros(len(places), dtype=bool)
    x, y = places.T
    found: NDArray[np.bool_] = (x > rect.left) & (x < rect.right) & (y > rect.bottom) & (y < rect.top)
    return found


def _scaled(rect: Domain, times: float) -> Domain:
    x, y = (rect.left + rect.right) / 2, (rect.bottom + rect.top) / 2
    across, up = rect.width * times / 2, rect.height * times / 2
    return Domain(x - across, x + across, y - up, y + up)
