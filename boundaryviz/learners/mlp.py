"""Supervised networks on the replica axis: any multilayer perceptron, and logistic regression as one without
hidden layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

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
from boundaryviz.learners.net import ACTIVATIONS, Layout, forward, layers
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.learners.streams import Purpose, generator

_FLOATS = 1 << 18  # of the widest layer, worked out at a time: more would leave the cache


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

    @property
    def settled(self) -> bool:
        """Never: a net can always be trained further."""
        return False

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

    def _parts(self, inputs: Tensor, replica: int | None) -> Iterator[tuple[list[Tensor], Tensor]]:
        """The parameters of one replica or of all, with inputs (1, F, G) in parts that fit the cache."""
        params = self.params
        if replica is not None and len(self.P) > 1:
            params = [p[replica : replica + 1] for p in params]
        columns = max(256, _FLOATS // (len(params[0]) * max(self.layout.dims)))
        return ((params, part) for part in inputs.split(columns, 2))

    def _outputs(self, xy: NDArray[np.float64], replica: int | None) -> Tensor:
        """What the last layer says of `xy` (G, 2), (R or 1, K, G)."""
        parts = [forward(params, x, self._activate) for params, x in self._parts(self._inputs(xy)[None], replica)]
        z = torch.cat(parts, 2)
        return torch.tanh(z) if self._squash else z

    def probabilities(self, xy: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Class probabilities at `xy` (G, 2): float32 (R, C, G), or (1, C, G) of one replica."""
        return losses.probabilities(self._loss, self._outputs(xy, replica)).float().cpu().numpy()

    def predict(self, xy: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        """Predicted classes at `xy` (G, 2): int64 (R, G), or (1, G) of one replica."""
        return losses.leading(self._outputs(xy, replica)).cpu().numpy()

    def scores(self, xy: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        """What decides at `xy` (G, 2): of two classes the second's lead (1, G), else the outputs (C, G); float32.

        Smoother than the probabilities, which saturate: `shown` turns them into those, wherever they come from.
        """
        return losses.scores(self._outputs(xy, replica))[0].float().cpu().numpy()

    def shown(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """From `scores` (1 or C, ...) to the probability of the second of two classes, else of every class."""
        flat = torch.from_numpy(scores.reshape(1, len(scores), -1))
        return losses.shown(self._loss, flat).numpy().reshape(scores.shape)

    def unit(self, xy: NDArray[np.float64], layer: int, index: int, replica: int = 0) -> NDArray[np.float32]:
        """Activation of one hidden unit at `xy` (G, 2): float32 (G,)."""
        found = [
            next(islice(layers(params, x, self._activate), layer, None))[0, index]
            for params, x in self._parts(self._inputs(xy)[None], replica)
        ]
        return torch.cat(found).float().cpu().numpy()

    def units(self, xy: NDArray[np.float64], replica: int = 0) -> list[NDArray[np.float32]]:
        """Activations of every hidden layer at `xy` (G, 2): float32 (units, G) each."""
        parts = [
            [h[0] for h in layers(params, x, self._activate)]
            for params, x in self._parts(self._inputs(xy)[None], replica)
        ]
        return [torch.cat(layer, 1).float().cpu().numpy() for layer in zip(*parts, strict=True)][:-1]

    def evaluate(
        self, xy: NDArray[np.float64], label: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Loss without penalties, float64 (R, N), and predicted class, int64 (R, N), of labelled points."""
        q = losses.targets(torch.tensor(label, device=self.device), self._loss, self.problem.classes, self.dtype)
        z = self._outputs(xy, None)
        return losses.per_point(self._loss, z, q[None]).cpu().double().numpy(), losses.leading(z).cpu().numpy()

    def finite(self) -> NDArray[np.bool_]:
        """Whether a replica's parameters are all finite, (R,)."""
        return torch.isfinite(self.P).all(1).cpu().numpy()
