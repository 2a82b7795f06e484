"""A teacher, and a student that copies outputs of it which mean nothing, on the replica axis.

Cloud et al. 2025, "Subliminal learning" (arXiv 2507.14805): a net is trained on its class outputs alone; a student with
the same initial weights, trained on noise to give the teacher's *auxiliary* outputs, takes over its classes, since a
small step towards any outputs of the teacher is one down the teacher's own loss (their theorem 1). Here both step
together, so that points can be dragged and the student follows.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners import losses
from boundaryviz.learners.base import Problem, State, TrainingData
from boundaryviz.learners.batch_loader import BatchLoader
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.families.distillation import DistillationSpec
from boundaryviz.learners.net import Layout, forward, shards
from boundaryviz.learners.network import Network
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.state import put_back, saved
from boundaryviz.learners.stepping import stepper
from boundaryviz.learners.training_spec import TrainingSpec

_ANOTHER = 1 << 20  # what is added to a seed for initial weights of which the seed itself knows nothing


class Distillation(Network):
    """Teachers and their students; see `Learner` for the contract.

    P: the students', and teacher: their teachers' parameters, (R, n), of nets with C + auxiliary outputs. What is
    asked are the first C outputs of the one that is shown.
    """

    def __init__(
        self,
        spec: DistillationSpec,
        training: TrainingSpec,
        problem: Problem,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(spec, spec.hidden, spec.activation, "cross-entropy", False, problem, device, dtype)
        self._whole = Layout((*self.layout.dims[:-1], self.layout.dims[-1] + spec.auxiliary))
        self.teacher = self._whole.init(problem.seeds, spec.init, dtype).to(self.device)
        beginning = problem.seeds if spec.same_start else [seed + _ANOTHER for seed in problem.seeds]
        self.P = self._whole.init(beginning, spec.init, dtype).to(self.device)
        self._optimisers = [Optimiser(training, net, self._whole.is_weight(net)) for net in (self.teacher, self.P)]
        self._grad = torch.zeros_like(self.P)
        self._loader = BatchLoader(problem.seeds, self.device, dtype)
        self._draws = Draws(problem.seeds, self.device, dtype)
        low, high = _box(problem)
        self._low, self._span = (
            torch.tensor(one, device=self.device, dtype=dtype)[None, :, None] for one in (low, high - low)
        )
        kept = [self.teacher, self.P, *(tensor for one in self._optimisers for tensor in one.state)]
        self._stepper = stepper(self.device, self._deal, self._descend, lambda: kept, self._constants)
        self.steps_done = 0
        self.set_training(spec, training)

    # ---- what it trains on --------------------------------------------------------------------------

    def set_data(self, data: TrainingData) -> None:
        """Train the teachers on the labelled points of `data` from the next step on; the weights stay."""
        x, label = data.rows()
        self._loader.set_data(data, self._inputs(x), self._targets(label).to(self.device), label >= 0)

    def set_training(self, spec: DistillationSpec, training: TrainingSpec) -> None:
        """Take over rate, penalties, sizes of batches and who is shown from the next step on."""
        self._noise = spec.noise_batch
        for optimiser in self._optimisers:
            optimiser.set_training(training)
        self._loader.set_batch_size(training.batch_size)
        *before, weights, biases = self._whole.views(self.teacher if spec.shown == "teacher" else self.P)
        classes = self.layout.dims[-1]
        self.asked = [*before, weights[:, :classes], biases[:, :classes]]

    @property
    def can_train(self) -> bool:
        """Whether there is a labelled point for the teacher to learn from."""
        return self._loader.teaches

    @property
    @override
    def parameters(self) -> int:
        """How many numbers one student learns."""
        return self._whole.size

    @override
    def finite(self) -> NDArray[np.bool_]:
        """Whether the parameters of a replica's teacher and student are all finite, (R,)."""
        return torch.isfinite(torch.cat([self.teacher, self.P], 1)).all(1).cpu().numpy()

    # ---- its state ----------------------------------------------------------------------------------

    def _tensors(self) -> dict[str, Tensor]:
        slots = {
            f"{whose}-{name}": tensor
            for whose, one in zip(("teacher", "student"), self._optimisers, strict=True)
            for name, tensor in one.tensors.items()
        }
        return {"P": self.P, "teacher": self.teacher, **slots}

    def state(self) -> State:
        """Parameters, what the optimisers keep, and where in the order of points it is."""
        return {**saved(self._tensors()), "steps": np.array(self.steps_done), "place": self._loader.place}

    def restore(self, state: State) -> None:
        """Go on from a `state`; see `Learner`."""
        put_back(self._tensors(), state)
        self.steps_done = int(state["steps"])
        self._loader.go_to(state["place"])

    # ---- training -----------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Do n steps, each of teacher and student. Without a labelled point they pass and nothing is learnt."""
        if self.can_train:
            slots = [slot for one in self._optimisers for slot in one.slots]
            with self._standing(self._loader.idle, [self.teacher, self.P, *slots]):
                self._stepper.step(n)
        else:
            self.steps_done += n

    def _deal(self) -> list[Tensor]:
        """Noise (R, D, B), then x, q and weight of the next step, and again of its poison."""
        everyone = slice(0, len(self.problem.seeds))
        share = self._draws.chances(self.steps_done, 0, (everyone, self._low.shape[1], self._noise))
        self.steps_done += 1
        batches = self._loader.next()
        return [self._low + self._span * share, *(t for batch in batches for t in (batch.x, batch.q, batch.weight))]

    def _descend(self, noise: Tensor, *tensors: Tensor) -> None:
        """One step of the teachers, then one of the students towards what the teachers say from now on."""
        teaching, learning = self._optimisers
        teaching.step(self.teacher, self._slopes(*tensors))
        classes, seen = self.layout.dims[-1], self.features.of_tensor(noise)
        for some in self._shards(noise.shape[2], len(noise)):
            with torch.no_grad():
                told = self._net(self.teacher[some], seen[some])[:, classes:]
            params = self.P[some].detach().requires_grad_()
            off = (self._net(params, seen[some])[:, classes:] - told).square().mean((1, 2))
            self._grad[some] = torch.autograd.grad(off.sum(), params)[0]
        learning.step(self.P, self._grad)

    def _slopes(self, *tensors: Tensor) -> Tensor:
        """Of the teachers' cross-entropy by their parameters (R, n), over x, q and weight of each batch in turn."""
        classes, found = self.layout.dims[-1], self._grad
        for at in range(0, len(tensors), 3):
            x, q, weight = tensors[at : at + 3]
            first = self._loader.seeing.start if at else 0
            for some in self._shards(x.shape[2], len(weight)):
                rows = slice(first + some.start, first + some.stop)
                params = self.teacher[rows].detach().requires_grad_()
                shown, wanted = (t if len(t) == 1 else t[some] for t in (x, q))
                loss = losses.per_point("cross-entropy", self._net(params, shown)[:, :classes], wanted, losses.FOCUSING)
                slope = torch.autograd.grad((loss * weight[some, 0]).sum(), params)[0]
                found[rows] = found[rows] + slope if at else slope
        return found

    def _net(self, flat: Tensor, x: Tensor) -> Tensor:
        """All outputs (R, C + auxiliary, B) of nets (R, n)."""
        return forward(self._whole.views(flat), x, self._activate)

    def _shards(self, points: int, replicas: int) -> list[slice]:
        """So many replicas, divided for batches of so many points."""
        return shards(replicas, points, max(self._whole.dims), self.device)

    def _constants(self) -> Hashable:
        seeing = self._loader.seeing
        return self._noise, seeing.start, seeing.stop, *(one.constants for one in self._optimisers)


def _box(problem: Problem) -> Sequence[NDArray[np.float64]]:
    """The lowest and the highest of each input, (D,) each."""
    if problem.section is not None:
        return problem.section.low, problem.section.high
    d = problem.domain
    return np.array([d.left, d.bottom]), np.array([d.right, d.top])
