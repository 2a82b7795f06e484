"""Supervised networks on the replica axis: any multilayer perceptron, and logistic regression as one without
hidden layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners import losses
from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.batches import Epoch, Pool, epoch
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.net import ACTIVATIONS, Layout, forward
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.learners.streams import Purpose, generator

_SURFACE_CHUNK = 4096  # columns at a time stay in the second-level cache
_PAD = 32  # a full batch is padded to a multiple of this, so that adding a point rarely changes a shape


@dataclass(frozen=True, eq=False)
class _Batch:
    """x (R or 1, F, B), q (R or 1, K, B), weight (R, B)."""

    x: Tensor
    q: Tensor
    weight: Tensor
    clean: int


class MLP:
    """A supervised network; see `Learner` for the contract.

    P: the parameters of all replicas, one flat buffer (R, n).
    """

    def __init__(
        self,
        spec: MLPSpec | LogisticSpec,
        training: TrainingSpec,
        problem: Problem,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.problem, self.device, self.dtype = problem, torch.device(device), dtype
        self.features = FeatureMap(spec, problem.domain)
        self._loss = spec.loss
        hidden = spec.hidden if isinstance(spec, MLPSpec) else ()
        self.layout = Layout((self.features.size, *hidden, losses.outputs(spec.loss, problem.classes)))
        self._activate = ACTIVATIONS[spec.activation] if isinstance(spec, MLPSpec) else ACTIVATIONS["linear"]
        self.hidden = hidden
        self._squash = isinstance(spec, MLPSpec) and spec.output == "tanh"
        self.P = self.layout.init(problem.seeds, spec.init, dtype).to(self.device)
        self.params = [view.requires_grad_() for view in self.layout.views(self.P)]
        self.optimiser = Optimiser(training, self.P, self.layout.is_weight(self.P))
        self.steps_done, self._epoch_number, self._at = 0, 0, 0
        self._epoch: Epoch | None = None
        self._pool: Pool | None = None
        self.set_training(spec, training)

    # ---- what it trains on --------------------------------------------------------------------------

    def set_data(self, data: TrainingData) -> None:
        """Train on the labelled points of `data` from the next step on; the weights stay."""
        before = self._pool
        self._pool = Pool.of(data.ids, data.poison, data.weights, data.label >= 0)
        label = torch.from_numpy(np.ascontiguousarray(data.label)).to(self.device)
        inputs = torch.from_numpy(self.features(data.xy)).to(self.device, self.dtype)
        wanted = losses.targets(label, self._loss, self.problem.classes, self.dtype)
        self._rows = torch.cat([inputs, wanted]).T.contiguous()  # (N, F + K): a batch is a gather of rows
        self._sections = [len(inputs), len(wanted)]
        same = before is not None and all(
            np.array_equal(getattr(before, k), getattr(self._pool, k)) for k in ("at", "ids", "poison", "weights")
        )
        if not same:
            self._epoch = None
        elif self._epoch is not None and self._whole is not None:
            self._whole = self._gather_whole(self._epoch)

    def set_training(self, spec: MLPSpec | LogisticSpec, training: TrainingSpec) -> None:
        """Take over rate, penalties, batch size and dropout from the next step on."""
        self._dropout = spec.dropout if isinstance(spec, MLPSpec) else 0.0
        self.optimiser.set_training(training)
        if self._epoch is not None and training.batch_size != self._batch_size:
            self._epoch, self._at = None, 0
        self._batch_size = training.batch_size

    @property
    def can_train(self) -> bool:
        """Whether there is a labelled point to learn from."""
        return self._pool is not None and len(self._pool) > 0

    # ---- training -----------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Do n steps. Without a labelled point the steps pass and nothing is learnt."""
        for _ in range(n):
            if self.can_train:
                self._descend(self._next_batch())
            self.steps_done += 1

    def _descend(self, batch: _Batch) -> None:
        masks = self._dropout_masks(batch) if self._dropout and self.hidden else None
        z = self._outputs(batch.x, masks)
        total = (losses.per_point(self._loss, z, batch.q) * batch.weight).sum()
        grads = torch.autograd.grad(total, self.params)
        self.optimiser.step(self.P, torch.cat([g.flatten(1) for g in grads], 1))

    def _outputs(self, x: Tensor, masks: list[Tensor] | None = None) -> Tensor:
        z, _ = forward(self.params, x, self._activate, masks)
        return torch.tanh(z) if self._squash else z

    def _next_batch(self) -> _Batch:
        if self._epoch is None or self._at >= len(self._epoch):
            self._open_epoch()
        assert self._epoch is not None
        at, self._at = self._at, self._at + 1
        if self._whole is not None:
            return self._whole
        index = self._index[at]
        rows = self._rows.index_select(0, index.flatten()).view(*index.shape, -1)
        x, q = rows.transpose(1, 2).split(self._sections, 1)
        return _Batch(x, q, self._weight[at], self._epoch.clean)

    def _open_epoch(self) -> None:
        """Lay out the next epoch, or the present one again after points came or went."""
        assert self._pool is not None
        if self._epoch is not None:
            self._epoch_number, self._at = self._epoch_number + 1, 0
        now = epoch(self._pool, self.problem.seeds, self._epoch_number, self._batch_size)
        if self._at >= len(now):
            self._epoch_number, self._at = self._epoch_number + 1, 0
            now = epoch(self._pool, self.problem.seeds, self._epoch_number, self._batch_size)
        keep = self._epoch is not None and self._batch_size == "full"
        self._epoch = now
        if self._batch_size == "full":
            if not keep or self._whole is None:
                self._whole = self._gather_whole(now)
            return
        self._whole = None
        self._index = torch.from_numpy(now.index).to(self.device)
        self._weight = torch.from_numpy(now.weight).to(self.device, self.dtype)

    def _gather_whole(self, now: Epoch) -> _Batch:
        """All points as one batch that every replica shares; padded with columns of weight 0."""
        index, weight = torch.from_numpy(now.index[0, 0].copy()), torch.from_numpy(now.weight[0])
        spare = -len(index) % _PAD
        index = torch.cat([index, index[:1].expand(spare)]).to(self.device)
        weight = torch.nn.functional.pad(weight, (0, spare)).to(self.device, self.dtype)
        x, q = self._rows[index].T.contiguous().split(self._sections)
        return _Batch(x[None], q[None], weight, now.clean)

    def _dropout_masks(self, batch: _Batch) -> list[Tensor]:
        """Inverted dropout (Srivastava et al. 2014, section 10): 0 or 1 / (1 - rate), keyed by seed, step and layer.

        Clean columns and poison columns draw from streams of their own, so poison shifts no clean mask.
        """
        width = batch.weight.shape[1]
        seeds = sorted(set(self.problem.seeds))
        which = torch.tensor([seeds.index(s) for s in self.problem.seeds])
        masks = []
        for layer, units in enumerate(self.hidden):
            rows = []
            for seed in seeds:
                zones = [
                    generator(seed, Purpose.DROPOUT, self.steps_done, layer, zone).random((columns, units), np.float32)
                    for zone, columns in enumerate((batch.clean, width - batch.clean))
                ]
                rows.append(np.concatenate(zones).T)
            keep = torch.from_numpy(np.stack(rows) >= self._dropout)[which]
            masks.append(keep.to(self.device, self.dtype) / (1 - self._dropout))
        return masks

    # ---- what it thinks -----------------------------------------------------------------------------

    @torch.no_grad()
    def _chunks(self, xy: NDArray[np.float64], replica: int | None) -> Iterator[tuple[Tensor, list[Tensor]]]:
        params = self.params if replica is None else [p[replica : replica + 1] for p in self.params]
        inputs = torch.from_numpy(self.features(xy)).to(self.device, self.dtype)
        for part in inputs.split(_SURFACE_CHUNK, 1):
            z, hidden = forward(params, part[None], self._activate)
            yield (torch.tanh(z) if self._squash else z), hidden

    @torch.no_grad()
    def probabilities(self, xy: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Class probabilities at `xy` (G, 2): float32 (R, C, G), or (1, C, G) of one replica."""
        parts = [losses.probabilities(self._loss, z) for z, _ in self._chunks(xy, replica)]
        return torch.cat(parts, 2).float().cpu().numpy()

    @torch.no_grad()
    def unit(self, xy: NDArray[np.float64], layer: int, index: int, replica: int = 0) -> NDArray[np.float32]:
        """Activation of one hidden unit at `xy` (G, 2): float32 (G,)."""
        return torch.cat([h[layer][0, index] for _, h in self._chunks(xy, replica)]).float().cpu().numpy()

    @torch.no_grad()
    def units(self, xy: NDArray[np.float64], replica: int = 0) -> list[NDArray[np.float32]]:
        """Activations of every hidden layer at `xy` (G, 2): float32 (units, G) each."""
        parts = [[h[0] for h in hidden] for _, hidden in self._chunks(xy, replica)]
        return [torch.cat(layer, 1).float().cpu().numpy() for layer in zip(*parts, strict=True)]

    @torch.no_grad()
    def evaluate(
        self, xy: NDArray[np.float64], label: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Loss without penalties, float64 (R, N), and predicted class, int64 (R, N), of labelled points."""
        q = losses.targets(torch.from_numpy(label).to(self.device), self._loss, self.problem.classes, self.dtype)
        loss, predicted = [], []
        for (z, _), part in zip(self._chunks(xy, None), q.split(_SURFACE_CHUNK, 1), strict=True):
            loss.append(losses.per_point(self._loss, z, part[None]))
            predicted.append((z[:, 0] >= 0).long() if z.shape[1] == 1 else z.argmax(1))
        return torch.cat(loss, 1).double().cpu().numpy(), torch.cat(predicted, 1).cpu().numpy()

    def finite(self) -> NDArray[np.bool_]:
        """Whether a replica's parameters are all finite, (R,)."""
        return torch.isfinite(self.P).all(1).cpu().numpy()
