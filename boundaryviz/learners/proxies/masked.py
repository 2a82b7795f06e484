"""An input that is hidden is to be told from the others: its density, a mixture of Gaussians."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F
from typing_extensions import override

from boundaryviz.learners.batch_loader import Batch
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.proxy import Nets, Part, Proxy, spread

_NARROW, _WIDE = -4.0, 2.0  # logarithms of the least and the largest standard deviation


class MaskedCoordinate(Proxy):
    """Each column has one of its inputs hidden; the net is given the others, 0 for it, and which it is (1 where shown).

    Its parts are inputs (r, D, B), which is hidden (r, 1, B), and weights (r, 1, B).
    """

    NAME: ClassVar[str] = "masked-coordinate"

    @override
    def nets(self) -> Sequence[tuple[int, ...]]:
        spec = self.spec
        return [
            (self.features.size + self.problem.width, *spec.hidden, spec.embedding),
            (spec.embedding, 3 * spec.mixture),
        ]

    @override
    def dealt(self, batch: Batch, who: slice, step: int, number: int, draws: Draws) -> Part:
        x, weight = spread(batch)
        return [x, draws.partners(step, number, (who, 1, x.shape[2]), x.shape[1]), weight]

    @override
    def loss(self, nets: Nets, parts: Sequence[Part], rows: slice) -> Tensor:
        total = torch.empty(0)
        for at, (x, hidden, weight) in enumerate(parts):
            some = rows if at else slice(None)
            mask = torch.ones_like(x).scatter_(1, hidden, 0.0)
            z = self._put(nets, x, mask, some)
            loss = (mixture_loss(nets(z, some, 1), x.gather(1, hidden)) * weight[:, 0]).sum(1)
            total = loss if not at else torch.cat([total[: rows.start], total[rows] + loss, total[rows.stop :]])
        return total

    @override
    def embedded(self, nets: Nets, x: Tensor) -> Tensor:
        masks = 1 - torch.eye(x.shape[1], device=x.device, dtype=x.dtype)
        return torch.cat([self._put(nets, x, mask[None, :, None].expand_as(x)) for mask in masks], 1)

    def _put(self, nets: Nets, x: Tensor, mask: Tensor, rows: slice = slice(None)) -> Tensor:
        return torch.relu(nets(torch.cat([self.features.of_tensor(x * mask), mask], 1), rows))

    @override
    def shown(self, x: Tensor) -> Tensor:
        return torch.cat([super().shown(x), torch.ones_like(x)], 1)


def mixture_loss(outputs: Tensor, target: Tensor) -> Tensor:
    """-log of the density of targets (R, 1, B), (R, B), by mixtures of K Gaussians.

    outputs (R, 3 K, B): logits of the shares, means, logarithms of the standard deviations (Bishop 1994, section 3).
    """
    logits, mean, log_sd = outputs.chunk(3, 1)
    log_sd = log_sd.clamp(_NARROW, _WIDE)
    each = F.log_softmax(logits, 1) - log_sd - 0.5 * ((target - mean) * torch.exp(-log_sd)).square()
    return 0.5 * math.log(2 * math.pi) - torch.logsumexp(each, 1)
