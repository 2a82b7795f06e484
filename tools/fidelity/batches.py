"""Which points a step shows: every clean point once an epoch, whatever poison there is."""

from __future__ import annotations

from collections import Counter

import numpy as np

from boundaryviz.learners.batches import Epoch, Pool, epoch
from tools.fidelity.frame import Subject, apart, differing

SUBJECT = Subject(
    "Batches",
    """
    Drawn points, seeds, batch sizes and poison; what is dealt is counted in loops (decision 4).
    """,
)


class Dealt:
    """The batches of an epoch with some poison, and those without it."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.size = int(rng.integers(20, 120)), int(rng.integers(1, 20))
        self.ids = rng.permutation(1000)[: self.n]
        self.poison = rng.random(self.n) < 0.3
        self.poison[0] = False
        self.seeds = (int(rng.integers(1000)),) * 2 + (int(rng.integers(1000)),)
        self.weights = np.ones((3, self.n), dtype=np.float32)
        self.weights[0, self.poison] = 0.0
        self.number = int(rng.integers(5))
        self.all = self.epoch(np.ones(self.n, dtype=bool))
        self.clean = self.epoch(~self.poison)

    def epoch(self, eligible: np.ndarray) -> Epoch:
        """Of these points."""
        pool = Pool.of(self.ids, self.poison, self.weights, eligible)
        return epoch(pool, self.seeds, self.number, self.size)

    def shown(self, dealt: Epoch, replica: int, batch: int, poison: bool) -> list[int]:
        """The ids that a replica sees in a batch, in order, of clean points or of poison."""
        index, weight = dealt.index[batch, replica], dealt.weight[batch, replica]
        return [int(self.ids[i]) for i, w in zip(index, weight, strict=True) if w > 0 and self.poison[i] == poison]


@SUBJECT.check("every point that a replica sees, once an epoch", "counting (points that are not)", 0.0, 60)
def once(seed: int) -> float:
    dealt = Dealt(seed)
    wrong = 0.0
    for replica in range(3):
        counts: Counter[int] = Counter()
        for batch in range(len(dealt.all)):
            for poison in (False, True):
                counts.update(dealt.shown(dealt.all, replica, batch, poison))
        found = [counts[int(one)] for one in dealt.ids]
        wrong += differing(found, [int(w > 0) for w in dealt.weights[replica]])
    return wrong


@SUBJECT.check("as many clean points in each batch as its size", "counting (batches that have not)", 0.0, 60)
def sizes(seed: int) -> float:
    dealt = Dealt(seed)
    clean = int((~dealt.poison).sum())
    found = [len(dealt.shown(dealt.all, 1, batch, False)) for batch in range(len(dealt.all))]
    whole, rest = divmod(clean, min(dealt.size, clean))
    return differing(found, [min(dealt.size, clean)] * whole + [rest] * (rest > 0))


@SUBJECT.check("the clean points of each batch, with poison and without", "the run without poison", 0.0, 60)
def poison_moves_nobody(seed: int) -> float:
    dealt = Dealt(seed)
    pairs = [
        (dealt.shown(dealt.all, r, b, False), dealt.shown(dealt.clean, r, b, False))
        for r in range(3) for b in range(len(dealt.clean))
    ]  # fmt: skip
    return differing([len(dealt.all), *(a == b for a, b in pairs)], [len(dealt.clean), *(True for _ in pairs)])


@SUBJECT.check("weights of a batch", "their sum is 1, and each of them equal", 1e-6, 60)
def weights(seed: int) -> float:
    dealt = Dealt(seed)
    found, expected = [], []
    for replica in range(3):
        for batch in range(len(dealt.all)):
            own = [float(w) for w in dealt.all.weight[batch, replica] if w > 0]
            found += own
            expected += [1 / len(own)] * len(own)
    return apart(found, expected)


@SUBJECT.check("twins of one seed see the same clean points", "each other", 0.0, 60)
def twins(seed: int) -> float:
    dealt = Dealt(seed)
    batches = range(len(dealt.all))
    same = [dealt.shown(dealt.all, 0, b, False) == dealt.shown(dealt.all, 1, b, False) for b in batches]
    return differing(same, [True for _ in same])
