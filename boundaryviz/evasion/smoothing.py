"""Randomised smoothing: the class that a model decides most often in noise, and within which radius that is certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import UNDECIDED
from boundaryviz.learners.streams import Purpose, generator

CHOOSING, COUNTING, FAILS = 100, 1000, 0.001
"""Draws to choose a class by and to count it in, and the share of certificates that may be wrong (Cohen et al. 2019,
section 3.2.2: n0 = 100, alpha = 0.001)."""
_AT_ONCE = 1 << 15  # places asked about at once

Predict = Callable[[NDArray[np.float64]], NDArray[np.int64]]
"""Inputs (G, D) to the classes decided, (R, G), -1 undecided: `Learner.predict`."""


@dataclass(frozen=True, eq=False)
class Certificates:
    """Of N points in R replicas. label: int64 (R, N), the class of the smoothed model, -1 where that is uncertain.
    radius: float64 (R, N), the Euclidean length below which no push changes it, 0 there. share: float64 (R, N), of the
    draws that are decided so."""

    label: NDArray[np.int64]
    radius: NDArray[np.float64]
    share: NDArray[np.float64]


def certify(
    predict: Predict,
    x: NDArray[np.float64],
    classes: int,
    sigma: float,
    draws: int = COUNTING,
    fails: float = FAILS,
    seed: int = 0,
    choosing: int = CHOOSING,
) -> Certificates:
    """Certificates of points x (N, D) under noise of deviation sigma (Cohen, Rosenfeld and Kolter 2019, theorem 1 and
    algorithm CERTIFY): sigma times the normal quantile of a lower bound of the share, by Clopper and Pearson.

    fails: how probable it is at most, for each point, that its certificate is wrong. The noise is the same for every
    point and replica, a function of the seed alone, which makes no difference to what holds for each of them. Raises
    ValueError for a sigma that is not above 0.
    """
    if sigma <= 0:
        raise ValueError("smoothing needs noise: a deviation above 0")
    chosen = counts(predict, x, classes, sigma, choosing, seed, 0).argmax(axis=0)
    counted = counts(predict, x, classes, sigma, draws, seed, 1)
    k = np.take_along_axis(counted, chosen[None], axis=0)[0]
    low = lower_bound(k, draws, fails)
    certain = low > 0.5
    from scipy.special import ndtri  # late, as in `balls`

    return Certificates(np.where(certain, chosen, UNDECIDED), np.where(certain, sigma * ndtri(low), 0.0), k / draws)


def lower_bound(k: NDArray[np.int64], n: int, fails: float) -> NDArray[np.float64]:
    """The probability of which k successes of n are at most so improbable, one-sided (Clopper and Pearson 1934)."""
    some = np.maximum(k, 1)
    from scipy.special import betaincinv

    found: NDArray[np.float64] = np.where(k > 0, betaincinv(some, n - some + 1, fails), 0.0)
    return found


def counts(
    predict: Predict, x: NDArray[np.float64], classes: int, sigma: float, draws: int, seed: int, part: int
) -> NDArray[np.int64]:
    """How often each class is decided in so many draws of noise, int64 (C, R, N)."""
    n, d = x.shape
    noise = generator(seed, Purpose.EVASION, part)
    found: NDArray[np.int64] | None = None
    left, some = draws, max(1, _AT_ONCE // max(n, 1))
    while left:
        now = min(left, some)
        moved = x[None] + sigma * noise.standard_normal((now, d))[:, None]
        decided = predict(moved.reshape(-1, d)).reshape(-1, now, n)
        each = np.stack([(decided == k).sum(axis=1) for k in range(classes)])
        found, left = each if found is None else found + each, left - now
    assert found is not None
    return found
