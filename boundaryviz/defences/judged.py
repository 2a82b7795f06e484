"""What a filter made of the points that one model is trained on, beside what they truly are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Judged:
    """The verdict on the N training points that one replica sees, in the order of their ids.

    ids: int64 (N,). poison: bool (N,), the truth, which the filter is not told. weights: float32 (N,) in 0..1, 0 for
    what is removed. scores: float64 (N,), more for more suspicious, NaN for what was not looked at.
    """

    ids: NDArray[np.int64]
    poison: NDArray[np.bool_]
    weights: NDArray[np.float32]
    scores: NDArray[np.float64]

    def __post_init__(self) -> None:
        for column in (self.ids, self.poison, self.weights, self.scores):
            column.flags.writeable = False

    @property
    def removed(self) -> NDArray[np.bool_]:
        """Which of them the model is not trained on, (N,)."""
        return self.weights == 0

    def weights_of(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """What points with these ids (M,) weigh, (M,); 1 for those that were not judged."""
        found = np.ones(len(ids), dtype=np.float32)
        _, at, mine = np.intersect1d(ids, self.ids, assume_unique=True, return_indices=True)
        found[at] = self.weights[mine]
        return found
