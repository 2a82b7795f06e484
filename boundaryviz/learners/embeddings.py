"""How well an embedding uses its room: whether all points have come together, or lie along few directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COLLAPSED = 0.98
"""The mean cosine between two points from which on an embedding has collapsed."""


def collapsed_words(collapse: float) -> str | None:
    """What to say where the mean cosine between two points is this; None where nothing is to be said."""
    if not collapse >= COLLAPSED:
        return None
    return (
        f"The embedding has collapsed: all points lie in nearly one direction (mean cosine {collapse:.3f}), so that "
        "nothing can be told apart. Take larger batches or a lower learning rate, and press Reset."
    )


def alike(z: NDArray[np.floating]) -> float:
    """The mean cosine between two different columns of z (E, n): 0 of directions that are evenly spread, 1 where all
    points are put in one direction. NaN of fewer than two columns, or where something is not finite."""
    n = z.shape[1]
    unit = z.astype(np.float64) / np.maximum(np.linalg.norm(z, axis=0), 1e-12)
    if n < 2 or not np.isfinite(unit).all():
        return float("nan")
    return float((np.square(unit.sum(axis=1)).sum() - np.square(unit).sum()) / (n * (n - 1)))


def effective_rank(z: NDArray[np.floating]) -> float:
    """exp of the entropy of the shares of singular values of z (E, n) about its mean (Roy and Vetterli 2007, definition
    1): between 1, all along a line, and E. NaN of fewer than two columns, or where something is not finite."""
    if z.shape[1] < 2 or not np.isfinite(z).all():
        return float("nan")
    centred = z.astype(np.float64) - z.mean(axis=1, keepdims=True)
    return rank_of(np.linalg.eigvalsh(centred @ centred.T))


def rank_of(eigenvalues: NDArray[np.float64]) -> float:
    """The same of the eigenvalues (E,) of the scatter about the mean, which are the squares of the singular values."""
    size = np.sqrt(np.maximum(eigenvalues, 0.0))
    if not size.sum() > 0:
        return 1.0
    share = size[size > 0] / size.sum()
    return float(np.exp(-(share * np.log(share)).sum()))
