"""The contrastive loss on the replica axis, over columns of which some are worked on apart.

A contrastive loss is no mean over points: every column is a negative of every other. So poison comes as further blocks
of columns, and what its presence adds to the loss of the clean ones is a term of its own, exactly 0 where a replica
sees none (decision 62).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

_NOBODY, _ITSELF = -1e4, -1e9  # logarithms of how much a column counts that is not seen, and a column for itself


@dataclass(frozen=True, eq=False)
class Pairs:
    """B pairs of columns of r replicas: their members a and b (r, E, B), of length 1, and weight (r, 1, B), which sums
    to 1 over all of a replica's pairs; 0 for one that it does not see."""

    a: Tensor
    b: Tensor
    weight: Tensor


def unit(z: Tensor) -> Tensor:
    """Columns (R, E, B) at length 1; one of length 0 stays so."""
    return z * (z.square().sum(1, keepdim=True) + 1e-12).rsqrt()


def nt_xent(pairs: Sequence[Pairs], rows: slice, temperature: float) -> Tensor:
    """Of each replica the mean over the members of its pairs, (R,), of -log exp(s(a, b)/t) / sum_k exp(s(a, k)/t).

    s: the cosine; k runs over all columns of all blocks but a itself (Chen et al. 2020, equation 1). The first block
    has all replicas, the others have `rows` of them. A point that weighs twice as much stands twice among the columns.
    """
    both = [torch.cat([one.a, one.b], 2) for one in pairs]
    halves = [one.weight[:, 0].repeat(1, 2) / 2 for one in pairs]
    often = [much.repeat(1, 1, 2) for much in often_in(pairs, rows)]
    positive = [((one.a * one.b).sum(1) / temperature).repeat(1, 2) for one in pairs]
    return contrasted(both, both, positive, halves, often, rows, temperature, itself=True)


def two_towers(pairs: Sequence[Pairs], rows: slice, temperature: float) -> Tensor:
    """As `nt_xent` where a and b are of two kinds: the mean over pairs, (R,), of the loss of a among all b and of b
    among all a (Radford et al. 2021, figure 3)."""
    often = often_in(pairs, rows)
    weight = [one.weight[:, 0] / 2 for one in pairs]
    positive = [(one.a * one.b).sum(1) / temperature for one in pairs]
    kinds = [one.a for one in pairs], [one.b for one in pairs]
    there, back = (
        contrasted(one, other, positive, weight, often, rows, temperature) for one, other in (kinds, kinds[::-1])
    )
    return there + back


def often_in(pairs: Sequence[Pairs], rows: slice) -> list[Tensor]:
    """How often each pair's columns count among the negatives, as its logarithm (r, 1, B)."""
    count = (pairs[0].weight != 0).sum(2, keepdim=True)
    if len(pairs) > 1:
        count = count.clone()
        for one in pairs[1:]:
            count[rows] += (one.weight != 0).sum(2, keepdim=True)
    counts = [count, *(count[rows] for _ in pairs[1:])]
    much = [one.weight * n for one, n in zip(pairs, counts, strict=True)]
    return [torch.where(w > 0, torch.where(w > 0, w, 1.0).log(), _NOBODY) for w in much]


def contrasted(
    anchors: Sequence[Tensor],
    columns: Sequence[Tensor],
    positive: Sequence[Tensor],
    weight: Sequence[Tensor],
    often: Sequence[Tensor],
    rows: slice,
    temperature: float,
    itself: bool = False,
) -> Tensor:
    """The weighted sum over anchors, (R,), of the log of the sum over all columns of exp(s / t), less what is positive.

    Each in blocks, of which the first has all replicas and the others `rows` of them: anchors (r, E, A) and columns
    (r, E, K) of length 1, positive (r, A) cosines over t, weight (r, A), often (r, 1, K) as `often_in`. itself: anchors
    are the columns, and none is its own negative.

    What other blocks do to the anchors of the first is added as log(1 + theirs / own), which is 0 to the bit, and so is
    its slope, where all their columns count for nothing.
    """
    own = _spread(anchors[0], columns[0], often[0], temperature, itself)
    loss = ((own - positive[0]) * weight[0]).sum(1)
    if len(anchors) == 1:
        return loss
    blocks = range(1, len(anchors))
    theirs = _joined([_spread(anchors[0][rows], columns[k], often[k], temperature) for k in blocks])
    more = (F.softplus(theirs - own[rows]) * weight[0][rows]).sum(1)
    for at in blocks:
        parts = [_spread(anchors[at], columns[0][rows], often[0][rows], temperature)]
        parts += [_spread(anchors[at], columns[k], often[k], temperature, itself and k == at) for k in blocks]
        more = more + ((_joined(parts) - positive[at]) * weight[at]).sum(1)
    return torch.cat([loss[: rows.start], loss[rows] + more, loss[rows.stop :]])


def _joined(parts: Sequence[Tensor]) -> Tensor:
    total, *others = parts
    for one in others:
        total = torch.logaddexp(total, one)
    return total


def _spread(anchors: Tensor, columns: Tensor, often: Tensor, temperature: float, itself: bool = False) -> Tensor:
    """The log of the sum over columns of how often each counts times exp(s / t), (r, A)."""
    s = torch.baddbmm(often, anchors.transpose(1, 2), columns, alpha=1 / temperature)
    if itself:
        s.diagonal(dim1=1, dim2=2).fill_(_ITSELF)
    return torch.logsumexp(s, 2)
