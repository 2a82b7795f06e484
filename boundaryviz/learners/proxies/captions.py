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

_NOBODY = -1e4  # the logarithm of how much counts that is not there


@dataclass(frozen=True, eq=False)
class Captioned:
    """B points of r replicas, each with its caption: z (r, E, B), of length 1, word int64 (r, B), and weight (r, 1, B),
    which sums to 1 over all of a replica's points; 0 for one that it does not see."""

    z: Tensor
    word: Tensor
    weight: Tensor


def info_nce(parts: Sequence[Captioned], table: Tensor, rows: slice, temperature: float) -> Tensor:
    """Of each replica the mean over its points, (R,), of how badly a point tells its caption among all captions of the
    batch, and its caption the point among all points (Radford et al. 2021, figure 3).

    table: the words (R, E, V), of length 1. The first part has all replicas, the others `rows` of them. A caption that
    stands under many points counts so often among the negatives; hence words are compared and not captions: V columns
    are as good as B, and the loss is the same.
    """
    first, *others = parts
    tables = [table, *(table[rows] for _ in others)]
    alike = [torch.bmm(t.transpose(1, 2), part.z) / temperature for t, part in zip(tables, parts, strict=True)]
    own = [cosines.gather(1, part.word[:, None]) for cosines, part in zip(alike, parts, strict=True)]
    share = first.weight.new_zeros(table.shape[0], table.shape[2]).scatter_add_(1, first.word, first.weight[:, 0])
    points = (first.weight != 0).sum(2).to(first.weight)
    told = torch.logsumexp(alike[0] + _logarithm(first.weight), 2)  # of each word among the points, (R, V)
    for part, cosines in zip(others, alike[1:], strict=True):
        share[rows] = share[rows].scatter_add(1, part.word, part.weight[:, 0])
        points[rows] += (part.weight != 0).sum(2)
        joined = torch.logaddexp(told[rows], torch.logsumexp(cosines + _logarithm(part.weight), 2))
        told = torch.cat([told[: rows.start], joined, told[rows.stop :]])
    often = _logarithm(share)[:, :, None]
    loss = (told * share).sum(1)
    for at, (part, cosines) in enumerate(zip(parts, alike, strict=True)):
        some = rows if at else slice(None)
        each = torch.logsumexp(cosines + often[some], 1)
        mine = ((each[:, None] - 2 * own[at]) * part.weight).sum((1, 2))
        loss = loss + mine if not at else torch.cat([loss[: rows.start], loss[rows] + mine, loss[rows.stop :]])
    return loss / 2 + points[:, 0].clamp(min=1).log()


def _logarithm(weight: Tensor) -> Tensor:
    return torch.where(weight > 0, torch.where(weight > 0, weight, 1.0).log(), _NOBODY)


class Captions(Proxy):
    """Radford et al. 2021, its text tower being a table of words; its parts are points (r, D, B), the words under them
    (r, B), and weights (r, 1, B). Points without a label have no caption, and take no part."""

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
            z = unit(nets(self.shown(x), rows if at else slice(None)))
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
