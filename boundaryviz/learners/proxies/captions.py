"""Which word stands under which point: two towers, one of points and one of words (CLIP)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.batch_loader import Batch
from boundaryviz.learners.captions import captions
from boundaryviz.learners.contrast import unit
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.proxy import Nets, Part, Proxy, spread
from boundaryviz.learners.readouts import Reads, of_all

_LEAST = 1e-30  # what a replica that sees no point divides by


@dataclass(frozen=True, eq=False)
class Captioned:
    """B points of r replicas, each with its caption: z (r, E, B), of length 1, word int64 (r, B), and weight (r, 1, B),
    which sums to 1 over all of a replica's points; 0 for one that it does not see."""

    z: Tensor
    word: Tensor
    weight: Tensor


class _Compared(torch.autograd.Function):
    """What `_compared` says, with the slopes that it knows."""

    @staticmethod
    def forward(  # type: ignore[no-untyped-def]
        ctx, parts: Sequence[Captioned], who: Sequence[slice], *alike: Tensor
    ) -> Tensor:
        loss, slopes = _compared(parts, alike, who)
        ctx.known = list(zip(who, slopes, strict=True))
        return loss

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[no-untyped-def]
        return None, None, *(slopes * grad[some, None, None] for some, slopes in ctx.known)


def info_nce(parts: Sequence[Captioned], table: Tensor, rows: slice, temperature: float) -> Tensor:
    """Of each replica the mean over its points, (R,), of how badly a point tells its caption among all captions of the
    batch, and its caption the point among all points (Radford et al. 2021, figure 3).

    table: the words (R, E, V), of length 1. The first part has all replicas, the others `rows` of them. temperature:
    at least .02, below which an exponential may overflow. A caption that stands under many points counts so often among
    the negatives; hence points are compared with the V words and not with the B captions, and the loss is the same.
    """
    who = [slice(None), *(rows for _ in parts[1:])]
    alike = [torch.bmm(table[w].transpose(1, 2), part.z) / temperature for w, part in zip(who, parts, strict=True)]
    loss: Tensor = _Compared.apply(parts, who, *alike)
    return loss


def _compared(parts: Sequence[Captioned], alike: Sequence[Tensor], who: Sequence[slice]) -> tuple[Tensor, list[Tensor]]:
    """The losses (R,), and of each part their slopes by how `alike` (r, V, B) points and words are, cosines over t.

    With e = exp(alike), p_v the weight of all points under word v and w_i that of point i, a point tells its caption by
    p_v e_vi / d_i, d_i = sum_v p_v e_vi, and a caption its point by w_i e_vi / c_v, c_v = sum_i w_i e_vi. Products with
    vectors are summed by hand: of one replica the library would do it otherwise than of several.
    """
    odds = [one.exp() for one in alike]
    vocabulary = torch.arange(odds[0].shape[1], device=odds[0].device)[:, None]
    under = [(part.word[:, None] == vocabulary) * part.weight for part in parts]  # weights at the words, (r, V, B)
    share, c, points = (torch.zeros_like(odds[0][:, :, :1]) for _ in range(3))
    for some, e, part, mine in zip(who, odds, parts, under, strict=True):
        share[some] += mine.sum(2, keepdim=True)
        c[some] += (e * part.weight).sum(2, keepdim=True)
        points[some] += (part.weight != 0).sum(2, keepdim=True)
    c.clamp_(min=_LEAST)
    loss = (share * c.log()).sum((1, 2)) / 2 + points[:, 0, 0].clamp(min=1).log()
    slopes = []
    for some, e, part, mine, one in zip(who, odds, parts, under, alike, strict=True):
        d = (e * share[some]).sum(1, keepdim=True).clamp_(min=_LEAST)
        loss[some] += (d.log() * part.weight).sum((1, 2)) / 2 - (one * mine).sum((1, 2))
        slopes.append(e.mul_(1 / d + 1 / c[some]).mul_(share[some]).mul_(part.weight / 2).sub_(mine))
    return loss, slopes


class Captions(Proxy):
    """Radford et al. 2021, its text tower being a table of words. Points without a label have no caption, and take no
    part. Its parts are what the net is shown of points (r, F, B), the words under them (r, B), and weights (r, 1, B).
    """

    NAME: ClassVar[str] = "captions"

    @override
    def nets(self) -> Sequence[tuple[int, ...]]:
        return [*super().nets(), (self._words, self.spec.embedding)]

    @property
    def _words(self) -> int:
        return int(self.problem.classes * self.spec.words)

    @override
    def eligible(self, label: NDArray[np.int64]) -> NDArray[np.bool_]:
        return label >= 0

    @override
    def columns(self, x: Tensor) -> Tensor:
        return self.shown(x)

    @override
    def set_data(self, data: TrainingData) -> None:
        seeds = np.array(self.problem.seeds)
        label = np.broadcast_to(data.label, (len(seeds), len(data.label)))
        if data.extra is not None:
            label = np.concatenate([label, data.extra.label], axis=1)
        word = np.empty(label.shape, dtype=np.int64)
        for seed in np.unique(seeds).tolist():
            word[seeds == seed] = captions(data.point_ids, label[seeds == seed], seed, self.spec.words)
        self._under = torch.from_numpy(np.maximum(word, 0)).to(self.device)  # (R, N + P)

    @override
    def dealt(self, batch: Batch, who: slice, step: int, number: int, draws: Draws) -> Part:
        x, weight = spread(batch)
        return [x, self._under[who].gather(1, batch.at.expand(len(weight), -1)), weight]

    @override
    def loss(self, nets: Nets, parts: Sequence[Part], rows: slice) -> Tensor:
        said = []
        for at, (x, word, weight) in enumerate(parts):
            z = unit(nets(x, rows if at else slice(None)))
            said.append(Captioned(z, word, weight))
        table = self._table(nets, len(parts[0][0]), self.device, self.dtype)
        return info_nce(said, table, rows, self.spec.temperature)

    def _table(self, nets: Nets, replicas: int, device: torch.device | str, dtype: torch.dtype) -> Tensor:
        """Where the words are put, (R, E, V)."""
        words = torch.eye(self._words, device=device, dtype=dtype)
        return unit(nets(words.expand(replicas, -1, -1), net=1))

    @override
    def embedded(self, nets: Nets, x: Tensor) -> Tensor:
        return unit(nets(self.shown(x)))

    @override
    def reads(self, nets: Nets, present: NDArray[np.int64]) -> Reads | None:
        """By words: how like the mean of a class's words a point is, of the classes that stand in captions (Radford et
        al. 2021, section 3.1.4); no labelled point is asked."""
        if self.spec.readout != "words":
            return None
        classes = self.problem.classes
        words = self._table(nets, 1, "cpu", torch.float64)[0].unflatten(1, (classes, self.spec.words))
        means = words.mean(2).T[torch.from_numpy(present)] / self.spec.temperature
        return lambda q: of_all(means.to(q) @ q, present, classes)
