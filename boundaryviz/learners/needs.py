"""What the memory of learners depends on. Each spec says how much its family needs, beside its settings; no torch.

Amounts are of the peak, as measured: numbers such as 50 bytes for a point that is dealt out count the copies that numpy
and torch make on the way. `tests/scenario/test_cost.py` holds them against what processes really take.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Needs = dict[str, float]
"""Bytes, each amount under what would make it smaller."""

INPUTS = "fewer points or inputs"
PLACES = 1 << 16
"""Places that a learner which is fitted at once is asked about at a time; a usual field is no more."""
FLAT = 3
"""Inputs up to which the rank of a kernel is estimated; of more it is taken to be full."""
_FARTHEST = 1e15  # cells from the origin, beyond which they are no longer told apart
_CELL = 4  # points to a cell, where it is counted who is in the minority


@dataclass(frozen=True, eq=False)
class Size:
    """How much there is to be learnt, by how many.

    runs: how many, each with a seed of its own. sights: how many different sets of points there are to see; every run
    is trained once with each. training, unlabelled: points that are trained on, and how many of them are. poison:
    whether some are, labelled and unlabelled ones. asked: points that all replicas are asked about at once. classes:
    how many. xy (n, 2) and label (n,): of the labelled training points. width: inputs of a point. x (n, D): of all
    training points that have a place by now, where D is at most `FLAT`. on_gpu: all replicas are worked on at once, not
    as many as the processor's cache holds.
    """

    runs: int
    sights: int
    training: int
    unlabelled: int
    poison: tuple[bool, bool]
    asked: int
    classes: int
    xy: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    label: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    width: int = 2
    x: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    on_gpu: bool = False

    @property
    def replicas(self) -> int:
        """How many models are trained together."""
        return self.runs * self.sights

    @property
    def labelled(self) -> int:
        """Training points with a label."""
        return self.training - self.unlabelled

    @cached_property
    def mixed(self) -> int:
        """How many labelled points are of another class than most of those around them."""
        n = len(self.label)
        if not n:
            return 0
        side = max(int((n / _CELL) ** 0.5), 1)
        x, y = (np.argsort(np.argsort(axis, kind="stable")) * side // n for axis in self.xy.T)
        counts = np.bincount((x * side + y) * self.classes + self.label, minlength=side * side * self.classes)
        return int(n - counts.reshape(-1, self.classes).max(axis=1).sum())

    def rank(self, gamma: float) -> int:
        """About how many columns the kernel exp(-gamma d^2) of the training points comes to, to 14 digits.

        A stretch of length 1 / sqrt(gamma) has 3.6 frequencies above that, a cell of the plane pi / 4 as many squared,
        and the kernel reaches about one cell beyond the points. Measured: within a tenth on squares full of points.
        """
        if self.width > FLAT or not len(self.x):
            return self.training
        cells = np.unique(np.floor(np.clip(self.x * gamma**0.5, -_FARTHEST, _FARTHEST)), axis=0)
        around = np.stack(np.meshgrid(*[(-1, 0, 1)] * self.width), axis=-1).reshape(-1, self.width)
        reached = np.unique((cells[:, None] + around).reshape(-1, self.width), axis=0)
        each = (3.6, 3.6**2 * np.pi / 4, 3.6**3 * np.pi / 6)[self.width - 1]
        return int(min(self.training, each * len(reached) + max(self.training - len(self.x), 0)))


def summed(*several: Needs) -> Needs:
    """All of it together."""
    found: Needs = {}
    for needs in several:
        for remedy, amount in needs.items():
            found[remedy] = found.get(remedy, 0.0) + amount
    return found
