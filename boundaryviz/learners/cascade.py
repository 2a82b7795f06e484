"""Who gave whom a label: what is known of it, whichever learner it comes from. Free of scipy and torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.family import Measure


@dataclass(frozen=True, eq=False)
class Cascade:
    """For each of N points, where its label came from, and when.

    before: int64 (N,), position of the point that handed the label on, -1 for none. seed: int64 (N,), position of the
    labelled point where the chain begins. label: int64 (N,), the class handed on; of a labelled point its own.
    when: float64 (N,), 0 for a labelled point; it never falls along a chain.

    `before` is the point next to last on the shortest path along a learner's graph (measure "length"). Of the other
    learners nobody can say whom a label came from: it is the nearest point that had the same label earlier, labelled
    points being the earliest, and no claim of a cause. A chain of them may begin without a labelled point; its points
    have the seed -1. since: the step at which watching began; what had passed by then has this step as its `when`.
    Points that no label reached, or that are not seen, have -1, -1, -1 and infinity.
    """

    measure: Measure
    before: NDArray[np.int64]
    seed: NDArray[np.int64]
    label: NDArray[np.int64]
    when: NDArray[np.float64]
    since: int = 0

    @classmethod
    def none(cls, measure: Measure, n: int, since: int = 0) -> Cascade:
        """Of n points that no label has reached."""
        before, seed, label = np.full((3, n), -1)
        return cls(measure, before, seed, label, np.full(n, np.inf), since)

    def path(self, to: int) -> list[int]:
        """Positions from the seed to the point at position `to`; empty where no chain leads there from a label."""
        if self.seed[to] < 0:
            return []
        steps = [to]
        while (step := int(self.before[steps[-1]])) >= 0:
            steps.append(step)
        return steps[::-1]

    def among(self, n: int, at: NDArray[np.int64]) -> Cascade:
        """The same of n points, in which point i of these is at position at[i]; a position of -1 is nowhere.

        A chain is cut before a point whose predecessor is nowhere, and what hangs on it has no seed.
        """
        whole, here = Cascade.none(self.measure, n, self.since), at >= 0
        places = np.append(at, -1)  # so that -1 stays -1
        whole.label[at[here]], whole.when[at[here]] = self.label[here], self.when[here]
        whole.before[at[here]], whole.seed[at[here]] = places[self.before][here], places[self.seed][here]
        if not here.all():
            whole.seed[:] = seeds(whole.before, whole.seed == np.arange(n))
        return whole


def same(a: Cascade | None, b: Cascade | None) -> bool:
    """Whether both say the same of the same points."""
    if a is None or b is None:
        return a is b
    columns = ("when", "before", "label", "seed")
    return a is b or all(np.array_equal(getattr(a, name), getattr(b, name)) for name in columns)


def seeds(before: NDArray[np.int64], labelled: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions (N,) where chains of `before` (N,) begin, -1 for those that do not begin at a labelled point (N,)."""
    root = np.where(before < 0, np.arange(len(before)), before)
    while not np.array_equal(further := root[root], root):
        root = further
    return np.where(labelled[root], root, -1)


def measured(spec: Any) -> Measure | None:
    """What the cascade of a learner with this spec is measured in; None for a supervised learner, which has none."""
    found: Measure | None = spec.family.cascade
    return found
