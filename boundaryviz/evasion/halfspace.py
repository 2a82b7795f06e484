"""Adversarial examples as a consequence of error in noise: what distances to the boundary predict of it.

Where the boundary were a plane at distance d, noise of deviation sigma would cross it in a share Phi(-d / sigma) of
draws (Ford, Gilmer, Carlini and Cubuk 2019, section 3, equation 1). It nearly is: measured and predicted agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from boundaryviz.evasion.smoothing import Predict
from boundaryviz.learners.streams import Purpose, generator

_AT_ONCE = 1 << 15


def predicted_flips(distance: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """The share of draws of noise (...) that cross a plane at these distances (...)."""
    found: NDArray[np.float64] = ndtr(-distance / sigma) if sigma > 0 else np.zeros(np.shape(distance))
    return found


def predicted_error(distance: NDArray[np.float64], right: NDArray[np.bool_], sigma: float) -> NDArray[np.float64]:
    """The error in noise (...) that distances (..., N) predict, of points that are decided rightly or not, (..., N)."""
    flips = predicted_flips(distance, sigma)
    found: NDArray[np.float64] = np.where(right, flips, 1 - flips).mean(axis=-1)
    return found


def distance_from(error: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """How far a plane is, (...), that noise crosses in these shares of draws (...): the same the other way around."""
    found: NDArray[np.float64] = -sigma * ndtri(error)
    return found


def measured_flips(
    predict: Predict, x: NDArray[np.float64], sigma: float, draws: int = 300, seed: int = 0
) -> NDArray[np.float64]:
    """The share of draws, float64 (R, N), in which points x (N, D) are decided otherwise in noise than without.

    Each point has noise of its own, the same in every replica, a function of the seed and of how many points there are.
    """
    now, (n, d) = predict(x), x.shape
    noise, flips = generator(seed, Purpose.EVASION, 2), np.zeros(now.shape)
    some = max(1, _AT_ONCE // max(n, 1))
    for start in range(0, draws, some):
        count = min(some, draws - start)
        moved = x + sigma * noise.standard_normal((count, n, d))
        decided = predict(moved.reshape(-1, d)).reshape(len(now), count, n)
        flips += (decided != now[:, None]).sum(axis=1)
    return flips / draws
