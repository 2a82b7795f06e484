"""Self-supervised networks on the replica axis: one loop for every task in `proxies`, and a readout that decides.

A step takes columns of all points, labelled or not, clean and poison in batches of their own, as `semi` does; their
labels are never looked at. What a contrastive loss makes of that: decision 62. Labelled points alone fit the readout,
whenever something is asked, from the weights of that step.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners import embeddings, losses, readouts
from boundaryviz.learners.base import Problem, State, TrainingData
from boundaryviz.learners.batch_loader import BatchLoader
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.families.self_supervised import SelfSupervisedSpec
from boundaryviz.learners.net import Layout, forward
from boundaryviz.learners.network import Network
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.proxies import tasks
from boundaryviz.learners.proxy import Nets, Part
from boundaryviz.learners.readouts import Reads
from boundaryviz.learners.state import put_back, saved
from boundaryviz.learners.stepping import Eager, Stepper
from boundaryviz.learners.training_spec import TrainingSpec

_SHARD = 1 << 17  # floats of one layer's activations; beyond it they leave the second-level cache
_LOOKED_AT = 512  # points by which an embedding's health is judged


class Readout(NamedTuple):
    """What reads classes out of one replica's embedding, and the weights (1, n) of the net that it reads, where they
    are not those that were trained without labels."""

    reads: Reads
    net: Tensor | None = None


class SelfSupervised(Network):
    """A network that is trained by a proxy task, and a readout; see `Learner` for the contract.

    Without a labelled point it is trained, and nothing decides. What labels say of a change of data is read out from
    the next step on, as everything else that is learnt from it.
    """

    def __init__(
        self,
        spec: SelfSupervisedSpec,
        training: TrainingSpec,
        problem: Problem,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.spec = spec
        super().__init__(spec, spec.hidden, spec.activation, "cross-entropy", False, problem, device, dtype)
        self.optimiser = Optimiser(training, self.P, self.layout.is_weight(self.P))
        self._grad = torch.empty_like(self.P)
        self._loader = BatchLoader(problem.seeds, self.device, dtype)
        self._draws = Draws(problem.seeds, self.device, dtype)
        self._stepper: Stepper = Eager(self._deal, self._descend)
        self._each: list[int] = []  # tensors of each part of the step at hand
        self._data: TrainingData | None = None
        self._known: TrainingData | None = None  # by which the readouts are fitted
        self._reads: dict[int, Readout | None] = {}  # of the replicas that were asked at this step
        self.steps_done = 0
        self.set_training(spec, training)

    @override
    def _laid_out(self) -> Layout:
        self.proxy = tasks()[self.spec.name](self.spec, self.problem, self.features, self.device, self.dtype)
        return Layout(*self.proxy.nets())

    # ---- what it trains on --------------------------------------------------------------------------

    def set_data(self, data: TrainingData) -> None:
        """Train on the points of `data`, all of them, from the next step on; the weights stay."""
        x, _ = data.rows()
        inputs = torch.tensor(np.ascontiguousarray(x.T), dtype=self.dtype, device=self.device)
        self._loader.set_data(data, inputs, inputs[:0], np.ones(len(x), dtype=bool))
        self.proxy.set_data(data)
        self._data = data
        if not self.steps_done:
            self._known, self._reads = data, {}

    def set_training(self, spec: SelfSupervisedSpec, training: TrainingSpec) -> None:
        """Take over rate, penalties, batch size, the task's own settings and the readout from now on."""
        if spec != self.spec:
            self._reads = {}
        self.spec = self.proxy.spec = spec
        self.optimiser.set_training(training)
        self._loader.set_batch_size(training.batch_size)

    @property
    def can_train(self) -> bool:
        """Whether there is a point to learn from, labelled or not."""
        return self._loader.teaches

    # ---- its state ----------------------------------------------------------------------------------

    def _tensors(self) -> dict[str, Tensor]:
        return {"P": self.P, **self.optimiser.tensors}

    def state(self) -> State:
        """Parameters, what the optimiser keeps, and where in the order of points it is; readouts follow from these."""
        return {**saved(self._tensors()), "steps": np.array(self.steps_done), "place": self._loader.place}

    def restore(self, state: State) -> None:
        """Go on from a `state`; see `Learner`."""
        put_back(self._tensors(), state)
        self.steps_done = int(state["steps"])
        self._loader.go_to(state["place"])
        self._known, self._reads = self._data, {}

    # ---- training -----------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Do n steps. Without a point the steps pass and nothing is learnt."""
        self._known, self._reads = self._data, {}
        if self.can_train:
            with self._standing(self._loader.idle, [self.P, *self.optimiser.slots]):
                self._stepper.step(n)
        else:
            self.steps_done += n

    def _deal(self) -> Sequence[Tensor]:
        """The columns of the next step with their random numbers: the clean ones, then the poison in parts."""
        self.steps_done += 1
        every, seeing = slice(0, len(self.P)), self._loader.seeing
        parts = [
            self.proxy.dealt(batch, seeing if at else every, self.steps_done, at, self._draws)
            for at, batch in enumerate(self._loader.next())
        ]
        self._each = [len(part) for part in parts]
        return [tensor for part in parts for tensor in part]

    def _descend(self, *tensors: Tensor) -> None:
        """One step on what was dealt."""
        left = iter(tensors)
        parts = [list(islice(left, many)) for many in self._each]
        for some in self._shards(parts[0]):
            gradient = self._gradient(some, parts)
            self._grad[some] = gradient
        self.optimiser.step(self.P, self._grad)

    def _gradient(self, some: slice, parts: Sequence[Part]) -> Tensor:
        """Of the losses of some replicas by their own weights, (r, n)."""
        flat = self.P[some].detach().requires_grad_()
        seeing = self._loader.seeing
        first, last = max(some.start, seeing.start), min(some.stop, seeing.stop)
        mine = [[tensor[some] for tensor in parts[0]]]
        if first < last:
            own = slice(first - seeing.start, last - seeing.start)
            mine += [[tensor[own] for tensor in part] for part in parts[1:]]
        rows = slice(first - some.start, last - some.start)
        loss = self.proxy.loss(self._nets(flat), mine, rows)
        return torch.autograd.grad(loss.sum(), flat)[0]

    def _nets(self, flat: Tensor) -> Nets:
        """Those whose parameters are (r, n)."""
        views = [self.layout.views(flat, at) for at in range(len(self.proxy.nets()))]

        def ask(inputs: Tensor, rows: slice = slice(None), net: int = 0) -> Tensor:
            return forward([one[rows] for one in views[net]], inputs, self._activate)

        return ask

    def _shards(self, clean: Part) -> list[slice]:
        """The replicas divided for columns as many as these."""
        replicas = rows = len(self.P)
        if self.device.type == "cpu":
            rows = min(replicas, max(1, _SHARD // (clean[0].shape[2] * 2 * max(self.layout.dims))))
        return [slice(a, min(a + rows, replicas)) for a in range(0, replicas, rows)]

    # ---- where it puts points -----------------------------------------------------------------------

    @override
    def _inputs(self, x: NDArray[np.float64]) -> Tensor:
        return self.proxy.shown(self._points(x))[0]

    def _points(self, x: NDArray[np.float64]) -> Tensor:
        """(1, D, N) of points (N, D)."""
        return torch.tensor(np.ascontiguousarray(x.T), dtype=self.dtype, device=self.device)[None]

    @torch.no_grad()
    def _embedded(self, x: NDArray[np.float64], replica: int | None, flat: Tensor | None = None) -> Tensor:
        """Where points (G, D) are put, (R or 1, E, G). flat: with these weights (1, n) in place of its own."""
        if flat is None:
            flat = self.P if replica is None else self.P[replica : replica + 1]
        nets = self._nets(flat)
        many = max(256, (1 << 18) // (len(flat) * max(self.layout.dims)))
        parts = self._points(x).split(many, 2) if len(x) else [self._points(x)]
        return torch.cat([self.proxy.embedded(nets, part.expand(len(flat), -1, -1)) for part in parts], 2)

    @override
    def embed(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Where points `x` (G, D) are put: float32 (R, E, G), or (1, E, G) of one replica."""
        return self._embedded(x, replica).float().cpu().numpy()

    def health(self) -> dict[str, NDArray[np.float64]]:
        """How the embedding of the points that each replica trains on uses its room, (R,) each: `collapse`, the mean
        cosine between two points, and `rank`, its effective rank; see `embeddings`. NaN where there is nothing to tell.
        """
        found = np.full((2, len(self.P)), np.nan)
        for replica in range(len(self.P)):
            if self._data is not None:
                own = self._data.of(replica)
                at = np.flatnonzero(own.weights[0] != 0)
                at = at[np.argsort(own.ids[at])]
                z = self.embed(own.x[at[:: -(-len(at) // _LOOKED_AT) or 1]], replica)[0]
                found[:, replica] = embeddings.alike(z), embeddings.effective_rank(z)
        return {"collapse": found[0], "rank": found[1]}

    # ---- what it decides ----------------------------------------------------------------------------

    @property
    def decides(self) -> NDArray[np.bool_]:
        """Which replicas have a labelled point to read classes out by, (R,)."""
        data = self._data
        if data is None:
            return np.zeros(len(self.P), dtype=bool)
        known = data.label >= 0
        found: NDArray[np.bool_] = ((data.weights != 0) & known).any(axis=1)
        if data.extra is not None:
            found |= ((data.extra.weight != 0) & (data.extra.label >= 0)).any(axis=1)
        return found

    def _readout(self, replica: int) -> Readout | None:
        """Of one replica, fitted at this step; None where there is nothing to fit it by."""
        if replica not in self._reads:
            self._reads[replica] = self._fitted(replica)
        return self._reads[replica]

    @torch.no_grad()
    def _fitted(self, replica: int) -> Readout | None:
        if self._known is None:
            return None
        own, spec, classes = self._known.of(replica), self.spec, self.problem.classes
        at = np.flatnonzero((own.weights[0] != 0) & (own.label >= 0))
        at = at[np.argsort(own.ids[at])]
        if not len(at) or not torch.isfinite(self.P[replica]).all():
            return None
        label, weight = own.label[at], own.weights[0, at].astype(np.float64)
        x = torch.tensor(np.ascontiguousarray(own.x[at].T), dtype=torch.float64)[None]
        flat = self.P[replica : replica + 1].detach().cpu().double()
        if spec.readout == "fine-tune":
            net, reads = readouts.tuned(
                lambda some, places: self.proxy.embedded(self._nets(some), places),
                flat, x, label, weight, classes, spec.ridge, spec.tuning_steps, spec.tuning_rate,
            )  # fmt: skip
            return Readout(reads, net.to(self.P))
        z = self.proxy.embedded(self._nets(flat), x)[0].numpy()
        if spec.readout == "linear":
            return Readout(readouts.linear(z, label, weight, classes, spec.ridge))
        return Readout(readouts.nearest(z, label, classes, spec.neighbours))

    @override
    def read(self, embedded: NDArray[np.floating], replica: int) -> NDArray[np.float32] | None:
        """As `Network.read`; nothing reads the embedding of a net that is trained on before it decides."""
        found = self._readout(replica)
        if found is None or found.net is not None:
            return None
        logits = found.reads(torch.from_numpy(embedded).to(self.dtype))
        return losses.probabilities(self._loss, logits[None]).float().numpy()

    @override
    def _outputs(self, x: NDArray[np.float64], replica: int | None) -> Tensor:
        """Logits at `x` (G, D), (R or 1, C, G); NaN where nothing decides."""
        which = range(len(self.P)) if replica is None else [replica]
        several = [self._readout(one) for one in which]
        if all(one is None or one.net is None for one in several):
            z = self._embedded(x, replica)
        else:
            z = torch.cat([self._embedded(x, at, one and one.net) for at, one in zip(which, several, strict=True)])
        nowhere = torch.full((self.problem.classes, z.shape[2]), float("nan"), dtype=z.dtype, device=z.device)
        logits = [nowhere if one is None else one.reads(own) for one, own in zip(several, z, strict=True)]
        return torch.stack(logits)

    @override
    def _answers(
        self, label: NDArray[np.int64], response: NDArray[np.float64] | None, z: Tensor
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        loss, predicted = super()._answers(label, response, z)
        return np.where(np.isnan(loss), np.log(self.problem.classes), loss), predicted
