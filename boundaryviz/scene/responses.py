"""Responses, the real numbers of points for regression: their signs are classes, and what each teaches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def signs(response: NDArray[np.float64]) -> NDArray[np.int64]:
    """The classes (N,) of responses (N,): 1 where they are not negative, else 0."""
    return (response >= 0).astype(np.int64)


def taught(label: NDArray[np.integer], response: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a point teaches a learner that fits responses (N,): its response, and its class as -1 or +1 where it has no
    response, or one of the other class, for its label was changed; 0 where it has no label.

    label: (N,) of two classes, -1 for none. response: (N,), NaN where it is not known.
    """
    agrees = signs(response) == label
    return np.where(label < 0, 0.0, np.where(np.isnan(response) | ~agrees, 2.0 * label - 1.0, response))
