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
_SMALLEST = 1e-12  # a probability below it counts as this much: a certain mistake has a finite loss


@np.errstate(over="ignore", invalid="ignore")  # of a net that is about to diverge
def point_losses(
    scores: NDArray[np.floating],
    label: NDArray[np.int64],
    scale: Scale,
    log: NDArray[np.float64] | None = None,
    out: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """`LOSSES` of each point, (5, R, M), of scores (R, 1 or C, M) and true classes (M,), in double precision.

    A place that is undecided, with NaN for probabilities, counts as an even guess. log: of each point (R, M), where it
    is known already. out: where to put them.
    """
    out = np.empty((len(LOSSES), len(scores), len(label))) if out is None else out
    if scores.shape[1] == 1:
        _of_two(scores[:, 0], label, scale, log, out)
        return out
    classes, at = scores.shape[1], np.arange(len(label))
    rivals: NDArray[np.float64] = scores.astype(np.float64)
    if scale == "logits":
        p, mine = _softmax(rivals, label)
    else:
        rivals[np.isnan(rivals)] = 1 / classes
        p = rivals.copy()
        mine = np.log(np.maximum(p[:, label, at], _SMALLEST))
    log = -mine if log is None else log
    true, own = p[:, label, at], rivals[:, label, at]
    short = 1 - true
    squared = (short * short + (p * p).sum(axis=1) - true * true) * 0.5
    rivals[:, label, at] = -np.inf
    out[0], out[1], out[2] = short, squared, log
    np.maximum(1 + rivals.max(axis=1) - own, 0, out=out[3])
    np.multiply(short * short, log, out=out[4])
    return out


@np.errstate(over="ignore", invalid="ignore")
def log_losses(logits: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    """-log of the probability of the true class (M,), float64 (R, M), of logits (R, 1 or C, M), 1 for the second of
    two classes' lead; in double precision, for in single what is almost certain has a loss of nothing but rounding."""
    if logits.shape[1] > 1:
        return -_softmax(logits, label)[1]
    mine = logits[:, 0] * (2 * label - 1)
    found = np.abs(mine)
    np.negative(found, out=found)
    np.exp(found, out=found)
    np.log1p(found, out=found)
    found -= np.minimum(mine, 0, out=mine)
    return found


def _softmax(logits: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The probabilities (R, C, M), and of the true class their log (R, M)."""
    log_p = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(log_p)
    total = p.sum(axis=1, keepdims=True)
    return p / total, log_p[:, label, np.arange(len(label))] - np.log(total[:, 0])


def _of_two(
    lead: NDArray[np.floating],
    label: NDArray[np.int64],
    scale: Scale,
    log: NDArray[np.float64] | None,
    out: NDArray[np.float64],
) -> None:
    """As `point_losses`, of the second class's lead (R, M)."""
    short, squared, given, hinge, focal = out
    np.multiply(lead, 2 * label - 1, out=hinge)
    if scale == "logits":
        given[...] = log_losses(lead[:, None].astype(np.float64), label) if log is None else log
        np.negative(given, out=short)
        np.expm1(short, out=short)
        np.negative(short, out=short)  # 1 - p, exactly where p is almost 1
    else:
        hinge[np.isnan(hinge)] = 0
        p = ((hinge + 1) * 0.5).clip(0, 1)
        np.subtract(1, p, out=short)
        given[...] = -np.log(np.maximum(p, _SMALLEST)) if log is None else log
    np.multiply(short, short, out=squared)
    np.subtract(1, hinge, out=hinge)
    np.maximum(hinge, 0, out=hinge)
    np.multiply(squared, given, out=focal)
