"""Which of several sizes is chosen by what cross-validation measured of them. Sizes go from the simplest model to the
richest, and a choice is a position among them. Of sizes that err alike the simplest is chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOLERANCE = 1e-3
"""By how much the training error may still change from one size to the next where it has converged: of a share."""
SEVERAL = 3
"""Changes in a row that have to be as small."""
_ALIKE = 1e-9


def tolerance_of(train: ArrayLike, share: bool) -> float:
    """`TOLERANCE` for a training error (S,), and of a loss, which has units, this part of that of the simplest size."""
    errors = np.asarray(train, dtype=np.float64)
    known = errors[np.isfinite(errors)]
    return TOLERANCE * (1.0 if share or not len(known) else float(abs(known[0])))


def converged(train: ArrayLike, tolerance: float = TOLERANCE, several: int = SEVERAL) -> int | None:
    """The first size at which the training error (S,) has converged: it and `several` - 1 sizes before it each differ
    from the one before by less than `tolerance`, up or down, and no richer one has an error that is lower by
    `tolerance` or more. None where it has not. An error that is not known, NaN, is no lower one.

    The pseudocode leaves open what "has converged" means. One change that is no rise, as a well-known port of it has
    it, would already be met by an error that is falling; small changes alone are met by models that are too simple to
    learn anything. Of a study all sizes are measured, so that what comes after is known.
    """
    errors = np.asarray(train, dtype=np.float64)
    later = np.fmin.accumulate(errors[::-1])[::-1]  # the least from each size on
    small, done = np.abs(np.diff(errors)) < tolerance, errors - later < tolerance
    run = 0
    for at, one in enumerate(small, start=1):
        run = run + 1 if one else 0
        if run >= several and done[at]:
            return at
    return None


def cross_validated(
    train: ArrayLike, validation: ArrayLike, tolerance: float = TOLERANCE, several: int = SEVERAL
) -> int | None:
    """The size with the smallest validation error (S,) among those up to where the training error (S,) has converged,
    or among all where it does not. None where no size has one.

    CROSS-VALIDATION-WRAPPER (Russell and Norvig, Artificial Intelligence: A Modern Approach, 3rd edition, figure 18.8).
    Errors are means over folds.
    """
    end = converged(train, tolerance, several)
    return _least(np.asarray(validation, dtype=np.float64)[: None if end is None else end + 1])


def one_standard_error(validation: ArrayLike) -> int | None:
    """The simplest size whose mean validation error is at most one standard error above the smallest, for validation
    errors (S, K) of K folds. None without at least two folds that have them.

    Breiman, Friedman, Olshen and Stone (1984), section 3.4.3; Hastie, Tibshirani and Friedman (2009), section 7.10.1.
    The standard error is that of the mean over folds at the smallest, with K - 1 in the variance.
    """
    errors = np.asarray(validation, dtype=np.float64)
    mean = errors.mean(axis=1)
    best = _least(mean) if errors.shape[1] > 1 else None
    if best is None:
        return None
    most = mean[best] + errors[best].std(ddof=1) / np.sqrt(errors.shape[1])
    return int(np.flatnonzero(mean <= most + _ALIKE)[0])


def _least(errors: NDArray[np.float64]) -> int | None:
    """The first of those with the smallest error (S,), NaN left out. Sums over folds differ in their last digits."""
    known = errors[np.isfinite(errors)]
    return int(np.flatnonzero(errors <= known.min() + _ALIKE)[0]) if len(known) else None
