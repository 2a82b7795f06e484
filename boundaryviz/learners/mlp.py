"""Supervised networks on the replica axis: any multilayer perceptron, and logistic regression as one without
hidden layers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from functools import partial
from itertools import accumulate, chain
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners import dropout
from boundaryviz.learners.alone import Alone
from boundaryviz.learners.backprop import Backprop
from boundaryviz.learners.base import Problem, State, TrainingData
from boundaryviz.learners.batch_loader import Batch, BatchLoader
from boundaryviz.learners.compiled.jobs import Compiled, Net
from boundaryviz.learners.network import Network
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.point_draws import PointDraws
from boundaryviz.learners.robust import Robust
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.learners.state import put_back, saved
from boundaryviz.learners.stepping import Eager, stepper
from boundaryviz.learners.streams import Purpose, generator

if TYPE_CHECKING:
    from boundaryviz.learners.compiled.program import Program


class MLP(Network):
    """A supervised network; see `Learner` for the contract."""

    def __init__(
        self,
        spec: MLPSpec | LogisticSpec,
        training: TrainingSpec,
        problem: Problem,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        net = spec if isinstance(spec, MLPSpec) else None
        activation, squash = (net.activation, net.output == "tanh") if net else ("linear", False)
        hidden = net.hidden if net else ()
        super().__init__(spec, hidden, activation, spec.loss, squash, problem, device, dtype, spec.exponent)
        self._smoothing = spec.smoothed
        self._robust = Robust(self.features, spec)
        self._backprop = Backprop(self.layout, self.P, activation, spec.loss, squash, spec.exponent, self._robust)
        self._told = Net(self.layout, self.P, activation, spec.loss, squash, spec.exponent, problem.seeds)
        self._compiled: Compiled | None = None
        self.optimiser = Optimiser(training, self.P, self.layout.is_weight(self.P))
        kept = [self.P, *self.optimiser.state]
        self._stepper = stepper(self.device, self._deal, self._descend, lambda: kept, self._constants)
        self._plainly = Eager(self._deal, self._descend)  # robust steps, until a graph of them has been tried
        self.steps_done = 0
        self._loader = BatchLoader(problem.seeds, self.device, dtype)
        self._draws = PointDraws(problem.seeds, Purpose.ROBUST, self.device)
        self._silenced = dropout.starts(problem.seeds, self.device)
        self._data: TrainingData | None = None
        self.set_training(spec, training)

    @override
    def step_by(self, program: Program | None) -> None:
        """As `Network.step_by`: all but robust training and clipped gradients, in single precision on the processor."""
        self._compiled = None
        if program is not None and self.dtype == torch.float32 and self.device.type == "cpu":
            self._compiled = Compiled(program, self._told, self.optimiser, self._loader)

    # ---- what it trains on --------------------------------------------------------------------------

    def set_data(self, data: TrainingData) -> None:
        """Train on the labelled points of `data` from the next step on; the weights stay."""
        self._data = data
        x, label = data.rows()
        columns = torch.tensor(x.T).to(self.device, self.dtype) if self._robust.on else self._inputs(x)
        self._loader.set_data(data, columns, self._targets(label, data.responses(), self._smoothing), label >= 0)
        self._robust.set_scale(self.problem.scale, self.P)
        self._ids = torch.tensor(data.point_ids, device=self.device)
        self._renew()

    def set_training(self, spec: MLPSpec | LogisticSpec, training: TrainingSpec) -> None:
        """Take over rate, penalties, clipping, noise, batch size, dropout and robustness from the next step on."""
        self.mask.set_spec(spec)
        before = self._robust.on
        self._robust.set_spec(spec)
        if before != self._robust.on and self._data is not None:
            self.set_data(self._data)
        self._backprop.clip, self._noise = training.clip, training.gradient_noise if training.clip else 0.0
        self._dropout = spec.dropout if isinstance(spec, MLPSpec) else 0.0
        self._drops = self._dropout > 0
        self.optimiser.set_training(training)
        self._loader.set_batch_size(training.batch_size)
        self._renew()

    @property
    def can_train(self) -> bool:
        """Whether there is a labelled point to learn from."""
        return self._loader.teaches

    @override
    def alone(self, replica: int = 0) -> Alone:
        """As `Network.alone`, with targets as they are taught."""
        return replace(super().alone(replica), target=partial(self._targets, smoothing=self._smoothing))

    # ---- its state ----------------------------------------------------------------------------------

    def _tensors(self) -> dict[str, Tensor]:
        return {"P": self.P, **self.optimiser.tensors}

    def state(self) -> State:
        """Parameters, what the optimiser keeps, and where in the order of points it is."""
        return {**saved(self._tensors()), "steps": np.array(self.steps_done), "place": self._loader.place}

    def restore(self, state: State) -> None:
        """Go on from a `state`; see `Learner`."""
        put_back(self._tensors(), state)
        self.steps_done = int(state["steps"])
        self._loader.go_to(state["place"])
        self._renew()

    # ---- training -----------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Do n steps. Without a labelled point the steps pass and nothing is learnt."""
        if not self.can_train:
            self.steps_done += n
        elif self._compiled is not None and not self._robust.on and not self._backprop.clip:
            self._compiled.step(n, self.steps_done, self._dropout)
            self.steps_done += n
        else:
            with self._standing(self._loader.idle, [self.P, *self.optimiser.slots]):
                (self._plainly if self._robust.on else self._stepper).step(n)

    def _renew(self) -> None:
        if self._compiled is not None:
            self._compiled.renew()

    def _deal(self) -> list[Tensor]:
        """The columns of x, q, weight, starts and masks of the next step, then again x, q, ... of its poison, then
        noise."""
        batches = list(self._loader.next())
        widths = [p.weight.shape[2] for p in batches]
        before = [0, *accumulate(widths[1:], initial=0)]  # poison columns are counted through
        parts = [
            (p.x, p.q, p.weight, *self._starts(p, at), *self._masks(p, min(at, 1), before[at]))
            for at, p in enumerate(batches)
        ]
        noise = [self._drawn(batches[0])] if self._noise else []
        self.steps_done += 1
        return [*chain.from_iterable(parts), *noise]

    def _descend(self, *tensors: Tensor) -> None:
        """One step on what was dealt."""
        parts, noise = (tensors[:-1], tensors[-1]) if self._noise else (tensors, None)
        first = 3 + self._robust.on
        each = first + len(self.hidden) * self._drops
        for at in range(0, len(parts), each):
            x, q, weight, *more = parts[at : at + each]
            drawn = more[0] if self._robust.on else None
            masks = more[first - 3 :]
            gradient = self._backprop.gradient(x, q, weight, masks, self._loader.seeing if at else None, drawn)
        self.optimiser.step(self.P, gradient if noise is None else gradient.add_(noise))

    def _constants(self) -> Hashable:
        seeing = self._loader.seeing
        clip, noisy = self._backprop.clip, self._noise > 0
        return self._drops, seeing.start, seeing.stop, clip, noisy, self.optimiser.constants

    def _starts(self, batch: Batch, part: int) -> list[Tensor]:
        """What robust training needs of chance, keyed by seed, step and point."""
        if not self._robust.on:
            return []
        some = self._loader.seeing if part else slice(None)
        hashes = partial(self._draws.of, self.steps_done, self._ids[batch.at], some=some)
        return [self._robust.drawn(hashes, batch.x.shape[1], batch.x)]

    def _drawn(self, batch: Batch) -> Tensor:
        """Noise (R, n) on the gradients of the step: of each replica as much as its `gradient_noise` times what one
        clipped point adds at most (Abadi et al. 2016, algorithm 1). Keyed by seed and step alone."""
        seeds, which = np.unique(self.problem.seeds, return_inverse=True)
        streams = [generator(int(s), Purpose.GRADIENT_NOISE, self.steps_done) for s in seeds]
        rows = np.stack([stream.standard_normal(self.P.shape[1], np.float32) for stream in streams])
        drawn = torch.from_numpy(rows[which]).to(self.device, self.dtype)
        return drawn.mul_(self._noise * self._backprop.clip * batch.weight.amax((1, 2))[:, None])

    def _masks(self, batch: Batch, part: int, first: int) -> list[Tensor]:
        """Dropout of each layer, see `dropout.masks`; first: of how many columns of its part others come before."""
        if not self._drops:
            return []
        begun, columns = self._silenced[self._loader.seeing] if part else self._silenced, batch.weight.shape[2]
        return dropout.masks(begun, self.steps_done, part, self.hidden, first, columns, self._dropout, self.dtype)
