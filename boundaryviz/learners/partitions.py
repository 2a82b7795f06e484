"""Deep partition aggregation: models of parts of the data that vote, and how many points it takes to change the vote.

Levine and Feizi 2021, "Deep partition aggregation: provable defenses against general poisoning attacks" (ICLR).
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.learners.families.partitions import AT_ONCE, PartitionSpec
from boundaryviz.learners.fitted_learner import Decide, FittedLearner

Ballots = Callable[[NDArray[np.float64]], NDArray[np.int64]]
"""Inputs (G, D) to the class that each of K parts is for, (K, G)."""


class PartitionAggregation(FittedLearner):
    """Models of parts of the labelled points that vote; see `Learner` for the contract. Probabilities are shares of the
    votes; of classes with equally many the first is decided for."""

    _spec: PartitionSpec

    def _fit(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> Decide:
        x, label = x[label >= 0], label[label >= 0]
        return Ensemble(self._spec, x, label, parts_of(self._in_box(x), self._spec.parts), self.problem.classes)

    def _in_box(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Inputs (n, D) in units of the domain, which does not depend on the points, as a part must not either."""
        domain, section = self.problem.domain, self.problem.section
        low, high = (
            (np.array([domain.left, domain.bottom]), np.array([domain.right, domain.top]))
            if section is None
            else (section.low, section.high)
        )
        return (x - (low if self._origin is None else low - self._origin)) / np.where(high > low, high - low, 1.0)

    def certificates(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """How many training points may be put in, taken out or relabelled, in any way, and the decision at `x` (G, D)
        is the same: int64 (R, G), or (1, G) of one replica; 0 where nothing is decided.

        It holds as long as inputs come in units that do not depend on the points, as all but standardised ones do.
        """

        def ask(fit: Decide, places: NDArray[np.float64]) -> NDArray[np.float64]:
            known = fit.certificate(places) if isinstance(fit, Ensemble) else np.zeros(len(places))
            return known[:, None].astype(np.float64)

        return self._ask(x, replica, ask)[..., 0].astype(np.int64)


class Ensemble:
    """The models of the parts of one set of points, as a `Decide`."""

    def __init__(
        self,
        spec: PartitionSpec,
        x: NDArray[np.float64],
        label: NDArray[np.int64],
        part: NDArray[np.int64],
        classes: int,
    ) -> None:
        """x (n, D), label (n,) and part (n,): of labelled points, at least one; in whichever order they come."""
        order = np.lexsort((*x.T[::-1], label, part))  # what becomes of a part depends on what is in it alone
        self._x, self._label, self._part, self._classes = x[order], label[order], part[order], classes
        self._begins = np.flatnonzero(np.diff(self._part, prepend=-1))  # a part without a point has no vote
        makers = {"nearest": self._nearest, "mean": self._means, "tree": self._trees}
        self._ballots: Ballots = makers[spec.base]()

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shares of the votes (G, C) at x (G, D)."""
        return self.votes(x) / len(self._begins)

    def votes(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many parts are for each class at x (G, D): (G, C)."""
        found = np.zeros((len(x), self._classes), dtype=np.int64)
        step = max(1, AT_ONCE // len(self._x))
        for at in range(0, len(x), step):
            ballots = self._ballots(x[at : at + step])
            for k in range(self._classes):
                found[at : at + step, k] = (ballots == k).sum(axis=0)
        return found

    def certificate(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """At x (G, D): (G,); see `certified`."""
        return certified(self.votes(x))

    def _nearest(self) -> Ballots:
        return self._nearest_of(self._x, np.arange(len(self._x)))

    def _means(self) -> Ballots:
        group = self._groups()
        counts = np.diff(group, append=len(self._x))
        return self._nearest_of(np.add.reduceat(self._x, group, axis=0) / counts[:, None], group)

    def _groups(self) -> NDArray[np.int64]:
        """Where the points of each class of each part begin."""
        return np.flatnonzero(np.diff(self._part * self._classes + self._label, prepend=-1))

    def _nearest_of(self, x: NDArray[np.float64], of: NDArray[np.int64]) -> Ballots:
        """Each part is for the class of its nearest among x (m, D), which stand for the points `of` (m,); of equally
        near ones for the first class."""
        part, label = self._part[of], self._label[of]
        group = np.flatnonzero(np.diff(part * self._classes + label, prepend=-1))
        first = np.flatnonzero(np.diff(part[group], prepend=-1))
        several, own = np.diff(first, append=len(group)), label[group][:, None]

        def ballots(places: NDArray[np.float64]) -> NDArray[np.int64]:
            of_class = _least(cdist(x, places, "sqeuclidean"), group)
            least = np.repeat(_least(of_class, first), several, axis=0)
            return _least(np.where(of_class == least, own, self._classes), first)

        return ballots

    def _trees(self) -> Ballots:
        ends = np.append(self._begins[1:], len(self._x))
        trees = [
            DecisionTreeClassifier(random_state=0).fit(self._x[a:b], self._label[a:b])
            for a, b in zip(self._begins, ends, strict=True)
        ]

        def ballots(places: NDArray[np.float64]) -> NDArray[np.int64]:
            return np.stack([tree.predict(places) for tree in trees])

        return ballots


def _least(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    """The least of each run of rows, which begin there: `np.minimum.reduceat`, which takes nine times as long."""
    ends = np.append(begins[1:], len(values))
    return np.stack([values[a:b].min(axis=0) for a, b in zip(begins, ends, strict=True)])


def parts_of(x: NDArray[np.float64], parts: int) -> NDArray[np.int64]:
    """Into which of so many parts each of the points at x (n, D) is dealt: int64 (n,), of its inputs alone.

    By the inputs and not by the label: so another label is one change and not two (the paper's SS-DPA, section 3.2),
    and for points put in or taken out the bound is the same.
    """
    rows = np.ascontiguousarray(x + 0.0, dtype=np.float32)  # seven digits, which no rounding on the way changes
    digests = (blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    return np.fromiter((int.from_bytes(one, "little") % parts for one in digests), np.int64, len(x))


def certified(votes: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many votes may change, in any way, without another decision, from votes (G, C): int64 (G,).

    floor((n_c - max over c' != c of (n_c' + [c' < c])) / 2), with c the class that is decided for, the first of those
    with the most votes (theorem 1, eq. 3). A part that gains its first point, or loses its last, changes a lead by 1,
    and so by less than is allowed for.
    """
    winner = votes.argmax(axis=1)
    lead = votes.max(axis=1)[:, None] - votes - (np.arange(votes.shape[1]) < winner[:, None])
    np.put_along_axis(lead, winner[:, None], np.iinfo(np.int64).max, axis=1)
    if votes.shape[1] < 2:
        return votes[:, 0]
    return np.maximum(lead.min(axis=1), 0) // 2
