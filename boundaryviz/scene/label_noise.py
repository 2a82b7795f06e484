"""Which labels of drawn points are known to be wrong, because noise has replaced them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.arrays import frozen


@dataclass(frozen=True, eq=False)
class LabelNoise:
    """The points whose label was replaced, and the class that each had before.

    ids: int64 (K,), increasing. label: int16 (K,). Raises ValueError for columns of different lengths.
    """

    ids: NDArray[np.int64]
    label: NDArray[np.int16]

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", frozen(self.ids, np.int64))
        object.__setattr__(self, "label", frozen(self.label, np.int16))
        if self.ids.shape != self.label.shape or (self.ids[1:] <= self.ids[:-1]).any():
            raise ValueError("label noise needs increasing ids, and a class for each")

    @classmethod
    def between(cls, ids: NDArray[np.int64], before: NDArray, after: NDArray) -> Self | None:
        """What has changed the labels (N,) of points with these ids (N,); None where it changed none."""
        at = np.flatnonzero(np.asarray(before) != np.asarray(after))
        at = at[np.argsort(ids[at])]
        return cls(ids[at], np.asarray(before)[at]) if len(at) else None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LabelNoise)
            and np.array_equal(self.ids, other.ids)
            and np.array_equal(self.label, other.label)
        )

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.ids)

    def truth(self, ids: NDArray[np.int64], label: NDArray[np.int16]) -> NDArray[np.int16]:
        """The classes (N,) that points of these ids had before, for labels (N,) that they have now."""
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where((self.ids[at] == ids) & (label >= 0), self.label[at], label)
