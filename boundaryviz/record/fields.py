"""What the fields of recorded moments say at places of the plane, and which class that decides for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import UNDECIDED


def classes_of(field: NDArray[np.floating]) -> int:
    """How many classes a field as in `Snapshot` tells apart."""
    return 2 if field.ndim == 2 else len(field)


def decided(values: NDArray[np.floating], classes: int) -> NDArray[np.int8]:
    """The class decided, (...,), -1 where that is undecided, which NaN says.

    values: of a field, probabilities of class 1, (...,), or of more than two classes those of each, (classes, ...).
    """
    if classes == 2:
        return np.where(np.isnan(values), UNDECIDED, values > 0.5).astype(np.int8)
    undecided = np.isnan(values).any(axis=0)
    return np.where(undecided, UNDECIDED, values.argmax(axis=0)).astype(np.int8)
