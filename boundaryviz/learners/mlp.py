"""Supervised networks on the replica axis: any multilayer perceptron, and logistic regression as one without
hidden layers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners import dropout
from boundaryviz.learners.alone import Alone
from boundaryviz.learners.backprop import Backprop
from boundaryviz.learners.base import Problem, State, TrainingData
from boundaryviz.learners.batch_loader import BatchLoader
from boundaryviz.learners.compiled.jobs import Compiled, Net
from boundaryviz.learners.network import Network
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.point_draws import PointDraws
from boundaryviz.learners.robust import Robust
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.learners.state import put_back, saved
from boundaryviz.learners.stepping import stepper
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
        targets = self._targets(label, data.responses(), self._smoothing).to(self.device)
        self._loader.set_data(data, columns, targets, label >= 0)
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
                self._stepper.step(n)

    def _renew(self) -> None:
        if self._compiled is not None:
            self._compiled.renew()

    def _deal(self) -> list[Tensor]:
        """The columns of x, q and weight of the next step, and where it is robust the ids of its points; then again x,
        q, ... of its poison; then on the host the number of the step, and noise, where it needs these."""
        batches = self._loader.next()
        dealt = [t for p in batches for t in (p.x, p.q, p.weight, *([self._ids[p.at]] if self._robust.on else []))]
        if self._robust.on or self._drops:
            dealt.append(torch.tensor(self.steps_done))
        if self._noise:
            dealt.append(self._drawn())
        self.steps_done += 1
        return dealt

    def _descend(self, *tensors: Tensor) -> None:
        """One step on what was dealt."""
        each, robust = 3 + self._robust.on, self._robust.on
        ahead = len(tensors) - (robust or self._drops) - (self._noise > 0)
        before = 0  # poison columns are counted through
        for at in range(0, ahead, each):
            x, q, weight, *ids = tensors[at : at + each]
            some, columns = self._loader.seeing if at else slice(None), weight.shape[2]
            hashes = partial(self._draws.of, tensors[ahead], ids[0], some=some) if robust else None
            drawn = None if hashes is None else self._robust.drawn(hashes, x.shape[1], x)
            masks: list[Tensor] = []
            if self._drops:
                begun, part, rate = self._silenced[some], min(at, 1), self._dropout
                masks = dropout.masks(begun, tensors[ahead], part, self.hidden, before, columns, rate, self.dtype)
            gradient = self._backprop.gradient(x, q, weight, masks, some if at else None, drawn)
            before += columns if at else 0
        if self._noise:
            # of each replica as much as its `gradient_noise` times what one clipped point adds at most
            most = self._noise * self._backprop.clip * tensors[2].amax((1, 2))[:, None]
            gradient.add_(tensors[-1] * most)
        self.optimiser.step(self.P, gradient)

    def _constants(self) -> Hashable:
        seeing, rates = self._loader.seeing, (self._dropout, self._backprop.clip, self._noise)
        return seeing.start, seeing.stop, rates, self._robust.constants, self.optimiser.constants

    def _drawn(self) -> Tensor:
        """Standard normal noise (R, n) for the gradients of the step (Abadi et al. 2016, algorithm 1), on the host.
        Keyed by seed and step alone."""
        seeds, which = np.unique(self.problem.seeds, return_inverse=True)
        streams = [generator(int(s), Purpose.GRADIENT_NOISE, self.steps_done) for s in seeds]
        rows = np.stack([stream.standard_normal(self.P.shape[1], np.float32) for stream in streams])
        return torch.from_numpy(rows[which]).to(self.dtype)
