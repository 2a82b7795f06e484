"""Captions: the word that stands under a point, one of those of its label. No torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.streams import Purpose, hashes, key
from boundaryviz.scene.scene import UNLABELLED


def captions(ids: NDArray[np.integer], label: NDArray[np.integer], seed: int, words: int) -> NDArray[np.int64]:
    """The words under points with these ids and labels (..., N), -1 where there is no label and hence no caption.

    Every class has `words` of its own: class k those from k words on. Which of them it is depends on the seed of the
    training and the point's id alone, so that adding a point, or giving one another label, changes no other caption.
    """
    drawn = (hashes(key(seed, Purpose.CAPTION), np.asarray(ids)) % np.uint64(words)).astype(np.int64)
    label = np.asarray(label, dtype=np.int64)
    return np.where(label == UNLABELLED, UNLABELLED, label * words + drawn)
