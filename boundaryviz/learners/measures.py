"""Losses as measures of any learner, whatever it was trained on: from what decides at a point. Numpy alone.

Of the probability p of the true class: absolute, 1 - p, half the sum of |t_k - p_k| over the classes with t one-hot;
squared, half the sum of (t_k - p_k)^2 (Brier 1950; of two classes (1 - p)^2); log, -log p; focal, -(1 - p)^2 log p (Lin
et al. 2017, equation 4). hinge is of the scores: max(0, 1 + max_{j != y} s_j - s_y), of two classes
max(0, 1 - lead) (Crammer and Singer 2001, equation 4). The 0/1 loss is the error.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Scale = Literal["logits", "probabilities"]
"""What scores are: logits, of which a softmax makes probabilities, or those themselves. Of two classes the second's
lead in either, and a lead of probabilities may go beyond -1 and 1, which then count for certain."""

LOSSES = ("absolute", "squared", "log", "hinge", "focal")
_SMALLEST = np.float32(1e-12)  # a probability below it counts as this much: a certain mistake has a finite loss
_ONE = np.float32(1)


@np.errstate(over="ignore", invalid="ignore")  # of a net that is about to diverge
def point_losses(scores: NDArray[np.float32], label: NDArray[np.int64], scale: Scale) -> NDArray[np.float32]:
    """`LOSSES` of each point, float32 (5, R, M), of scores (R, 1 or C, M) and true classes (M,).

    A place that is undecided, with NaN for probabilities, counts as an even guess.
    """
    if scores.shape[1] == 1:
        return _of_two(scores[:, 0], label, scale)
    classes, at = scores.shape[1], np.arange(len(label))
    if scale == "logits":
        log_p = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(log_p)
        total = p.sum(axis=1, keepdims=True)
        p, mine = p / total, log_p[:, label, at] - np.log(total[:, 0])
    else:
        scores = np.where(np.isnan(scores), np.float32(1 / classes), scores)
        p, mine = scores, np.log(np.maximum(scores[:, label, at], _SMALLEST))
    true, own = p[:, label, at], scores[:, label, at]
    short = _ONE - true
    squared = np.float32(0.5) * (short * short + (p * p).sum(axis=1) - true * true)
    rivals = scores.copy()
    rivals[:, label, at] = -np.inf
    return np.stack([short, squared, -mine, np.maximum(_ONE + rivals.max(axis=1) - own, 0), -short * short * mine])


def _of_two(lead: NDArray[np.float32], label: NDArray[np.int64], scale: Scale) -> NDArray[np.float32]:
    """As `point_losses`, of the second class's lead (R, M)."""
    mine = lead * (2 * label - 1).astype(np.float32)
    if scale == "logits":
        small = np.exp(-np.abs(mine))
        short = np.where(mine >= 0, small, _ONE) / (_ONE + small)
        log_p = np.minimum(mine, 0) - np.log1p(small)
    else:
        mine = np.where(np.isnan(mine), np.float32(0), mine)
        p = ((mine + _ONE) * np.float32(0.5)).clip(0, 1)
        short, log_p = _ONE - p, np.log(np.maximum(p, _SMALLEST))
    squared = short * short
    return np.stack([short, squared, -log_p, np.maximum(_ONE - mine, 0), -squared * log_p])
