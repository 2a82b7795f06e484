"""The contrastive loss on the replica axis, over columns of which some are worked on apart.

A contrastive loss is no mean over points: every column is a negative of every other. So poison comes as further blocks
of columns, and what its presence adds to the loss of the clean ones is a term of its own, exactly 0 where a replica
sees none (decision 62).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

_TINY = 1e-12  # squared lengths that are no longer told from 0
_SHARPEST = 30.0  # one over the temperature, up to which exp of twice that less is far from 0 in single precision
_LEAST = 1e-37  # what columns sum to of which none is seen, which then count for nothing
_NOBODY, _ITSELF = -1e4, -1e9  # logarithms of how much a column counts that is not seen, and a column for itself


def unit(z: Tensor) -> Tensor:
    """Columns (R, E, B) at length 1; one of length 0 stays so."""
    return z * (z.square().sum(1, keepdim=True) + _TINY).rsqrt()


def nt_xent(columns: Sequence[Tensor], weights: Sequence[Tensor], rows: slice, temperature: float) -> Tensor:
    """Of each replica the mean over its columns a, (R,), of -log exp(s(a, b)/t) / sum_k exp(s(a, k)/t).

    s: the cosine; b is the partner of a, and k runs over all columns of all blocks but a itself (Chen et al. 2020,
    equation 1). columns: blocks of (r, E, 2 B), of any length but 0, a column's partner B further on; weights
    (r, 1, B) of pairs, which sum to 1 over a replica's blocks, 0 for one that it does not see. The first block has all
    replicas, the others have `rows` of them. A point that weighs twice as much stands twice among the columns.
    """
    halves = [one[:, 0].repeat(1, 2) / 2 for one in weights]
    often = [much.repeat(1, 1, 2) for much in often_in(weights, rows)]
    alone: Tensor = _NTXent.apply(columns[0], halves[0], often[0], 1 / temperature)
    if len(columns) == 1:
        return alone
    put = [unit(columns[0][rows]), *map(unit, columns[1:])]
    partner = [torch.cat(one.chunk(2, 2)[::-1], 2) for one in put]
    positive = [(one * other).sum(1) / temperature for one, other in zip(put, partner, strict=True)]
    seen = [halves[0][rows], *halves[1:]], [often[0][rows], *often[1:]]
    more = added(put, put, positive, *seen, temperature, itself=True)
    return torch.cat([alone[: rows.start], alone[rows] + more, alone[rows.stop :]])


def often_in(weights: Sequence[Tensor], rows: slice) -> list[Tensor]:
    """How often the columns of pairs of these weights (r, 1, B) count among the negatives, as its logarithm."""
    count = (weights[0] != 0).sum(2, keepdim=True)
    if len(weights) > 1:
        count = count.clone()
        for one in weights[1:]:
            count[rows] += (one != 0).sum(2, keepdim=True)
    counts = [count, *(count[rows] for _ in weights[1:])]
    return [(one * n).log().clamp(min=_NOBODY) for one, n in zip(weights, counts, strict=True)]


def added(
    anchors: Sequence[Tensor],
    columns: Sequence[Tensor],
    positive: Sequence[Tensor],
    weight: Sequence[Tensor],
    often: Sequence[Tensor],
    temperature: float,
    itself: bool = False,
) -> Tensor:
    """What further blocks add to the loss of the first by itself, (r,), of those replicas that have all blocks: to the
    weighted sum over anchors of the log of the sum over all columns of exp(s / t), less what is positive.

    Each in blocks: anchors (r, E, A) and columns (r, E, K) of length 1, positive (r, A) cosines over t, weight (r, A),
    often (r, 1, K) as `often_in`. itself: anchors are the columns, and none is its own negative.

    To the anchors of the first it is log(1 + theirs / own), which is 0 to the bit, and so is its slope, where all
    columns of the others count for nothing.
    """
    blocks = range(1, len(anchors))
    own = _spread(anchors[0], columns[0], often[0], temperature, itself)
    theirs = _joined([_spread(anchors[0], columns[k], often[k], temperature) for k in blocks])
    more = (F.softplus(theirs - own) * weight[0]).sum(1)
    for at in blocks:
        parts = [_spread(anchors[at], columns[0], often[0], temperature)]
        parts += [_spread(anchors[at], columns[k], often[k], temperature, itself and k == at) for k in blocks]
        more = more + ((_joined(parts) - positive[at]) * weight[at]).sum(1)
    return more


def _joined(parts: Sequence[Tensor]) -> Tensor:
    total, *others = parts
    for one in others:
        total = torch.logaddexp(total, one)
    return total


def _spread(anchors: Tensor, columns: Tensor, often: Tensor, temperature: float, itself: bool = False) -> Tensor:
    """The log of the sum over columns of how often each counts times exp(s / t), (r, A)."""
    found: Tensor = _Spread.apply(anchors, columns, often, 1 / temperature, itself)
    return found


class _Spread(torch.autograd.Function):
    """By hand, for autograd keeps and passes over the table of cosines twice as often."""

    @staticmethod
    def forward(  # type: ignore[no-untyped-def]
        ctx, anchors: Tensor, columns: Tensor, often: Tensor, sharp: float, itself: bool
    ) -> Tensor:
        s = torch.baddbmm(often, anchors.transpose(1, 2), columns, alpha=sharp)
        if itself:
            s.diagonal(dim1=1, dim2=2).fill_(_ITSELF)
        top = s.amax(2, keepdim=True)
        p = s.sub_(top).exp_()
        total = p.sum(2, keepdim=True)
        ctx.save_for_backward(anchors, columns, p, total)
        ctx.sharp = sharp
        return (total.log() + top)[:, :, 0]

    @staticmethod
    def backward(ctx, grad: Tensor):  # type: ignore[no-untyped-def]
        anchors, columns, p, total = ctx.saved_tensors
        slope = p * (grad[:, :, None] * ctx.sharp / total)
        return torch.bmm(columns, slope.transpose(1, 2)), torch.bmm(anchors, slope), None, None, None


class _NTXent(torch.autograd.Function):
    """`nt_xent` of one block of columns y (r, E, 2 B), by hand, for it is most of a step. halves: (r, 2 B) weights."""

    @staticmethod
    def forward(ctx, y: Tensor, halves: Tensor, often: Tensor, sharp: float) -> Tensor:  # type: ignore[no-untyped-def]
        shrink = (y * y).sum(1, keepdim=True).add_(_TINY).rsqrt_()
        z = y * shrink
        # no cosine exceeds 1, so that nothing needs to be looked up for exp to stay within its range
        s = torch.baddbmm(often - sharp, z.transpose(1, 2), z, alpha=sharp)
        pairs = y.shape[2] // 2
        positive = (z[:, :, :pairs] * z[:, :, pairs:]).sum(1) * sharp
        s.diagonal(dim1=1, dim2=2).fill_(_ITSELF)
        if sharp > _SHARPEST:
            top = s.amax(2, keepdim=True)
            p = s.sub_(top).exp_()
        else:
            top, p = torch.zeros_like(s[:, :, :1]), s.exp_()
        total = p.sum(2, keepdim=True).clamp_(min=_LEAST)
        ctx.save_for_backward(z, shrink, halves, p, total)
        ctx.sharp = sharp
        spread = (total.log() + top)[:, :, 0] + sharp
        return (spread * halves).sum(1) - 2 * (positive * halves[:, :pairs]).sum(1)

    @staticmethod
    def backward(ctx, grad: Tensor):  # type: ignore[no-untyped-def]
        z, shrink, halves, p, total = ctx.saved_tensors
        scale = halves * (grad[:, None] * ctx.sharp)
        slope = p * (scale[:, :, None] / total)
        pairs = z.shape[2] // 2
        for offset, some in ((pairs, scale[:, :pairs]), (-pairs, scale[:, pairs:])):
            slope.diagonal(offset, 1, 2).sub_(some)
        by_z = torch.baddbmm(torch.bmm(z, slope), z, slope.transpose(1, 2))
        return (by_z - z * (z * by_z).sum(1, keepdim=True)).mul_(shrink), None, None, None
