"""Two jittered views of a point are to be alike, and those of others not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners.batch_loader import Batch
from boundaryviz.learners.contrast import nt_xent, unit
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.proxy import Nets, Part, Proxy, spread


class Contrastive(Proxy):
    """Whatever pairs two views of a point; its parts are all first views, then all second (r, D, 2 B), and weights
    (r, 1, B)."""

    @override
    def loss(self, nets: Nets, parts: Sequence[Part], rows: slice) -> Tensor:
        put = [nets(self.shown(views), rows if at else slice(None)) for at, (views, _) in enumerate(parts)]
        return nt_xent(put, [weight for _, weight in parts], rows, self.spec.temperature)

    @override
    def embedded(self, nets: Nets, x: Tensor) -> Tensor:
        return unit(nets(self.shown(x)))


class SimCLR(Contrastive):
    """Chen et al. 2020, section 2.1, its augmentation being jitter, and without a projection head."""

    NAME: ClassVar[str] = "simclr"

    @override
    def dealt(self, batch: Batch, who: slice, step: int, number: int, draws: Draws) -> Part:
        x, weight = spread(batch)
        width, columns = x.shape[1:]
        noise = draws.normal(step, number, (who, 2 * width, columns))
        return [torch.cat([x + self.spec.jitter * one for one in noise.split(width, 1)], 2), weight]
