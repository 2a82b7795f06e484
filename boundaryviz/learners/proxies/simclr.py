"""Two jittered views of a point are to be alike, and those of others not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners.batch_loader import Batch
from boundaryviz.learners.contrast import Pairs, nt_xent, unit
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.proxy import Nets, Part, Proxy, spread


class Contrastive(Proxy):
    """Whatever pairs two views of a point; its parts are both views (r, D, B) and weights (r, 1, B)."""

    @override
    def loss(self, nets: Nets, parts: Sequence[Part], rows: slice) -> Tensor:
        pairs = []
        for at, (one, other, weight) in enumerate(parts):
            views = self.embedded(nets if not at else _of(nets, rows), torch.cat([one, other], 2))
            a, b = views.chunk(2, 2)
            pairs.append(Pairs(a, b, weight))
        return nt_xent(pairs, rows, self.spec.temperature)

    @override
    def embedded(self, nets: Nets, x: Tensor) -> Tensor:
        return unit(nets(self.shown(x)))


def _of(nets: Nets, rows: slice) -> Nets:
    return lambda inputs, _=rows, net=0: nets(inputs, rows, net)


class SimCLR(Contrastive):
    """Chen et al. 2020, section 2.1, its augmentation being jitter, and without a projection head."""

    NAME: ClassVar[str] = "simclr"

    @override
    def dealt(self, batch: Batch, who: slice, step: int, number: int, draws: Draws) -> Part:
        x, weight = spread(batch)
        width, columns = x.shape[1:]
        noise = draws.normal(step, number, (who, 2 * width, columns))
        return [*(x + self.spec.jitter * one for one in noise.split(width, 1)), weight]
