"""Supervised networks on the replica axis: any multilayer perceptron, and logistic regression as one without
hidden layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners import losses
from boundaryviz.learners.backprop import Backprop
from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.capture import Captured
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.feed import Batch, Feed
from boundaryviz.learners.net import ACTIVATIONS, Layout, forward
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.learners.streams import Purpose, generator

_SURFACE_CHUNK = 4096  # columns at a time stay in the second-level cache


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
        self.hidden = hidden
        self._squash = isinstance(spec, MLPSpec) and spec.output == "tanh"
        self.P = self.layout.init(problem.seeds, spec.init, dtype).to(self.device)
        self.params = self.layout.views(self.P)
        activation = spec.activation if isinstance(spec, MLPSpec) else "linear"
        self._activate = ACTIVATIONS[activation]
        self._backprop = Backprop(self.layout, self.P, activation, spec.loss, self._squash)
        self.optimiser = Optimiser(training, self.P, self.layout.is_weight(self.P))
        self._descend: Callable[..., None] = self._descend_eagerly
        if self.device.type == "cuda":
            state = [self.P, *self.optimiser.state]
            self._descend = Captured(self._descend_eagerly, state, lambda: (self._drops, self.optimiser.constants))
        self.steps_done = 0
        self._feed = Feed(problem.seeds, self.device, dtype)
        self.set_training(spec, training)

    # ---- what it trains on --------------------------------------------------------------------------

    def set_data(self, data: TrainingData) -> None:
        """Train on the labelled points of `data` from the next step on; the weights stay."""
        label = torch.tensor(data.label, device=self.device)
        targets = losses.targets(label, self._loss, self.problem.classes, self.dtype)
        self._feed.set_data(data, self._inputs(data.xy), targets)

    def set_training(self, spec: MLPSpec | LogisticSpec, training: TrainingSpec) -> None:
        """Take over rate, penalties, batch size and dropout from the next step on."""
        self._dropout = spec.dropout if isinstance(spec, MLPSpec) else 0.0
        self._drops = self._dropout > 0
        self.optimiser.set_training(training)
        self._feed.set_batch_size(training.batch_size)

    @property
    def parameters(self) -> int:
        """How many numbers one replica learns."""
        return self.layout.size

    @property
    def can_train(self) -> bool:
        """Whether there is a labelled point to learn from."""
        return len(self._feed) > 0

    def _inputs(self, xy: NDArray[np.float64]) -> Tensor:
        return torch.from_numpy(self.features(xy)).to(self.device, self.dtype)

    # ---- training -----------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Do n steps. Without a labelled point the steps pass and nothing is learnt."""
        for _ in range(n):
            if self.can_train:
                parts = [(p.x, p.q, p.weight, *self._masks(p, at)) for at, p in enumerate(self._feed.next())]
                self._descend(*chain.from_iterable(parts))
            self.steps_done += 1

    def _descend_eagerly(self, *tensors: Tensor) -> None:
        """One step on the columns of x, q, weight and masks, and then again x, q, ... of more columns."""
        each = 3 + len(self.hidden) * self._drops
        gradient = self._gradient(*tensors[:each])
        for at in range(each, len(tensors), each):
            so_far = gradient.clone()  # the next call overwrites it
            gradient = so_far.add_(self._gradient(*tensors[at : at + each]))
        self.optimiser.step(self.P, gradient)

    def _gradient(self, x: Tensor, q: Tensor, weight: Tensor, *masks: Tensor) -> Tensor:
        return self._backprop.gradient(x, q, weight, masks)

    def _masks(self, batch: Batch, part: int) -> list[Tensor]:
        """Inverted dropout (Srivastava et al. 2014, section 10): 0 or 1 / (1 - rate), (R, units, B) for each layer.

        Keyed by seed, step, layer and part of the step, so that poison shifts no mask of a clean column.
        """
        if not self._drops:
            return []
        columns = batch.weight.shape[2]
        seeds, which = np.unique(self.problem.seeds, return_inverse=True)
        masks = []
        for layer, units in enumerate(self.hidden):
            streams = [generator(int(s), Purpose.DROPOUT, self.steps_done, layer, part) for s in seeds]
            rows = np.stack([stream.random((columns, units), np.float32).T for stream in streams])
            keep = torch.from_numpy((rows >= self._dropout)[which])
            masks.append(keep.to(self.device, self.dtype) / (1 - self._dropout))
        return masks

    # ---- what it thinks -----------------------------------------------------------------------------

    def _chunks(self, xy: NDArray[np.float64], replica: int | None) -> Iterator[tuple[Tensor, list[Tensor]]]:
        params = self.params if replica is None else [p[replica : replica + 1] for p in self.params]
        for part in self._inputs(xy).split(_SURFACE_CHUNK, 1):
            z, hidden = forward(params, part[None], self._activate)
            yield (torch.tanh(z) if self._squash else z), hidden

    def probabilities(self, xy: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Class probabilities at `xy` (G, 2): float32 (R, C, G), or (1, C, G) of one replica."""
        parts = [losses.probabilities(self._loss, z) for z, _ in self._chunks(xy, replica)]
        return torch.cat(parts, 2).float().cpu().numpy()

    def predict(self, xy: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """Predicted classes at `xy` (G, 2): int64 (R, G), or (1, G) of one replica."""
        return torch.cat([losses.leading(z) for z, _ in self._chunks(xy, replica)], 1).cpu().numpy()

    def unit(self, xy: NDArray[np.float64], layer: int, index: int, replica: int = 0) -> NDArray[np.float32]:
        """Activation of one hidden unit at `xy` (G, 2): float32 (G,)."""
        return torch.cat([h[layer][0, index] for _, h in self._chunks(xy, replica)]).float().cpu().numpy()

    def units(self, xy: NDArray[np.float64], replica: int = 0) -> list[NDArray[np.float32]]:
        """Activations of every hidden layer at `xy` (G, 2): float32 (units, G) each."""
        parts = [[h[0] for h in hidden] for _, hidden in self._chunks(xy, replica)]
        return [torch.cat(layer, 1).float().cpu().numpy() for layer in zip(*parts, strict=True)]

    def evaluate(
        self, xy: NDArray[np.float64], label: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Loss without penalties, float64 (R, N), and predicted class, int64 (R, N), of labelled points."""
        q = losses.targets(torch.tensor(label, device=self.device), self._loss, self.problem.classes, self.dtype)
        loss, predicted = [], []
        for (z, _), part in zip(self._chunks(xy, None), q.split(_SURFACE_CHUNK, 1), strict=True):
            loss.append(losses.per_point(self._loss, z, part[None]))
            predicted.append(losses.leading(z))
        return torch.cat(loss, 1).cpu().double().numpy(), torch.cat(predicted, 1).cpu().numpy()

    def finite(self) -> NDArray[np.bool_]:
        """Whether a replica's parameters are all finite, (R,)."""
        return torch.isfinite(self.P).all(1).cpu().numpy()
