"""Points shared out to training, validation and test at random, in equal parts of every class."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Split

SHARES = (0.5, 0.2, 0.3)
"""Of training, validation and test, where nobody says otherwise."""


class Shuffles(Protocol):
    """What puts positions into a random order: a numpy generator, or an order by the ids of points."""

    def permutation(self, x: NDArray[np.int64], /) -> NDArray[np.int64]:
        """Those of `x` (K,) in another order."""


def shared_out(
    label: NDArray[np.int16], free: NDArray[np.bool_], shares: tuple[float, float, float], rng: Shuffles
) -> NDArray[np.int8]:
    """A `Split` (N,) for each point: those that are `free` (N,) by shares within each class, all others training.

    As many are held out as the shares say of all, and of each class as many as its part of them, to the next whole
    number (largest remainders first). Of every class at least one point trains, unless nothing is to train.
    """
    split = np.full(len(label), Split.TRAIN, dtype=np.int8)
    order = rng.permutation(np.flatnonzero(free))
    classes, which, count = np.unique(label[order], return_inverse=True, return_counts=True)
    if not len(classes):
        return split
    order = order[np.argsort(which, kind="stable")]  # class by class, at random within each
    room = count - (shares[0] > 0)
    begin = np.cumsum(count) - count
    for kind, share in ((Split.VALIDATION, shares[1]), (Split.TEST, shares[2])):
        taken = _apportioned(count * share, int(len(order) * share + 1e-9), room)
        for first, many in zip(begin, taken, strict=True):
            split[order[first : first + many]] = kind
        begin, room = begin + taken, room - taken
    return split


def _apportioned(quota: NDArray[np.floating], total: int, room: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole numbers (C,) as near to the quota (C,) as `total`, or all the `room` (C,) that there is, lets them be."""
    taken = np.minimum(np.floor(quota + 1e-9).astype(np.int64), room)
    rank = np.argsort(taken - quota, kind="stable")
    while (lacking := total - int(taken.sum())) > 0 and (open_ := rank[taken[rank] < room[rank]]).size:
        taken[open_[:lacking]] += 1
    return taken
