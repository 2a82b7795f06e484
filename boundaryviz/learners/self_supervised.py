"""Self-supervised networks on the replica axis: one loop for every task in `proxies`, and a readout that decides.

A step takes columns of all points, labelled or not, clean and poison in batches of their own, as `semi` does; their
labels are never looked at. What a contrastive loss makes of that: decision 62. Labelled points alone fit the readout,
whenever something is asked, from the weights of that step.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners import embeddings, losses, readouts
from boundaryviz.learners.backprop import Chained
from boundaryviz.learners.base import Problem, State, TrainingData
from boundaryviz.learners.batch_loader import Batch, BatchLoader
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.families.self_supervised import SelfSupervisedSpec
from boundaryviz.learners.masking import AS_IT_IS, Asking
from boundaryviz.learners.net import Layout, forward, shards
from boundaryviz.learners.network import Network
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.proxies import tasks
from boundaryviz.learners.proxy import Nets, Part
from boundaryviz.learners.readouts import Reads
from boundaryviz.learners.state import put_back, saved
from boundaryviz.learners.stepping import stepper
from boundaryviz.learners.streams import Purpose, hashes, key
from boundaryviz.learners.training_spec import TrainingSpec

_LOOKED_AT, _MOST = 256, 512  # points by which an embedding's health is judged, and the loss of full batches


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
        self._loader = BatchLoader(problem.seeds, self.device, dtype)
        self._draws, self._judging = (Draws(problem.seeds, self.device, dtype) for _ in range(2))
        kept = [self.P, *self.optimiser.state]
        self._stepper = stepper(self.device, self._deal, self._descend, lambda: kept, self._constants)
        self._differentiated: dict[tuple[int, int], list[list[Tensor]]] = {}
        self._each = 1  # tensors of each part of a step
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
        x, label = data.rows()
        inputs = self.proxy.columns(self._points(x))[0]
        self._loader.set_data(data, inputs, inputs[:0], self.proxy.eligible(label))
        self.proxy.set_data(data)
        self._data = data
        if not self.steps_done:
            self._known, self._reads = data, {}

    def set_training(self, spec: SelfSupervisedSpec, training: TrainingSpec) -> None:
        """Take over rate, penalties, batch size, the task's own settings and the readout from now on."""
        if spec != self.spec:
            self._reads = {}
        self.spec = self.proxy.spec = spec
        self._training = training
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
        self._each = len(parts[0])
        return [tensor for part in parts for tensor in part]

    def _descend(self, *tensors: Tensor) -> None:
        """One step on what was dealt."""
        parts = [list(tensors[at : at + self._each]) for at in range(0, len(tensors), self._each)]
        gradients = [self._gradient(some, parts) for some in self._shards(parts[0])]
        self.optimiser.step(self.P, gradients[0] if len(gradients) == 1 else torch.cat(gradients))

    def _constants(self) -> Hashable:
        return self.spec, self._loader.seeing.start, self._loader.seeing.stop, self.optimiser.constants

    def _gradient(self, some: slice, parts: Sequence[Part]) -> Tensor:
        """Of the losses of some replicas by their own weights, (r, n)."""
        params = self._leaves(some)
        seeing = self._loader.seeing
        first, last = max(some.start, seeing.start), min(some.stop, seeing.stop)
        mine = [[tensor[some] for tensor in parts[0]]]
        if first < last:
            own = slice(first - seeing.start, last - seeing.start)
            mine += [[tensor[own] for tensor in part] for part in parts[1:]]
        rows = slice(first - some.start, last - some.start)
        loss = self.proxy.loss(self._descended(params), mine, rows)
        slopes = torch.autograd.grad(loss.sum(), [one for net in params for one in net])
        return torch.cat([slope.flatten(1) for slope in slopes], 1)

    def _leaves(self, some: slice) -> list[list[Tensor]]:
        """The weights of each net of some replicas, to be differentiated by."""
        key = some.start, some.stop
        if key not in self._differentiated:
            views = self._views(self.P[some])
            self._differentiated[key] = [[one.detach().requires_grad_() for one in net] for net in views]
        return self._differentiated[key]

    def _views(self, flat: Tensor) -> list[list[Tensor]]:
        return [self.layout.views(flat, at) for at in range(len(self.proxy.nets()))]

    def _nets(self, flat: Tensor) -> Nets:
        """Those whose parameters are (r, n)."""
        return self._asking(self._views(flat))

    def _descended(self, views: Sequence[list[Tensor]]) -> Nets:
        """As `_asking`, quicker, of what is differentiated once."""

        def ask(inputs: Tensor, rows: slice = slice(None), net: int = 0) -> Tensor:
            params = views[net]
            if rows != slice(None) and rows != slice(0, len(params[0])):
                params = [one[rows] for one in params]
            found: Tensor = Chained.apply(self.spec.activation, inputs, *params)
            return found

        return ask

    def _asking(self, views: Sequence[list[Tensor]]) -> Nets:
        def ask(inputs: Tensor, rows: slice = slice(None), net: int = 0) -> Tensor:
            return forward([one[rows] for one in views[net]], inputs, self._activate)

        return ask

    def _shards(self, clean: Part) -> list[slice]:
        """The replicas divided for columns as many as these."""
        return shards(len(self.P), clean[0].shape[2], max(self.layout.dims), self.device)

    # ---- where it puts points -----------------------------------------------------------------------

    @override
    def _inputs(self, x: NDArray[np.float64]) -> Tensor:
        return self.proxy.shown(self._points(x))[0]

    def _points(self, x: NDArray[np.float64]) -> Tensor:
        """(1, D, N) of points (N, D)."""
        return torch.tensor(np.ascontiguousarray(x.T), dtype=self.dtype, device=self.device)[None]

    @torch.no_grad()
    def _embedded(self, x: NDArray[np.float64], replica: int | None, net: Tensor | None = None) -> Iterator[Tensor]:
        """Where points (G, D) are put, (R or 1, E, g) at a time. net: with these weights (1, n) in place of its own."""
        flat = net
        if flat is None:
            flat = self.P if replica is None else self.P[replica : replica + 1]
        nets = self._nets(flat)
        many = self._together(len(flat))
        for part in self._points(x).split(many, 2) if len(x) else [self._points(x)]:
            yield self.proxy.embedded(nets, part.expand(len(flat), -1, -1))

    @override
    def embed(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        """Where points `x` (G, D) are put: float32 (R, E, G), or (1, E, G) of one replica."""
        return torch.cat([*self._embedded(x, replica)], 2).float().cpu().numpy()

    def health(self) -> dict[str, NDArray[np.float64]]:
        """How the embedding of the points that each replica trains on uses its room, (R,) each: `collapse`, the mean
        cosine between two points, and `rank`, its effective rank; see `embeddings`. NaN where there is nothing to tell.
        """
        found = np.full((2, len(self.P)), np.nan)
        if self._data is not None:
            for replica in range(len(self.P)):
                x = self._some_of(replica, _LOOKED_AT)[0]
                z = self.embed(x, replica)[0]
                found[:, replica] = embeddings.alike(z), embeddings.effective_rank(z)
        return {"collapse": found[0], "rank": found[1]}

    def _some_of(self, replica: int, most: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Inputs (n, D) of up to so many points that a replica is trained on, and their positions (n,): the same of
        them at any time, in an order of their ids. Of points that the task can do nothing with there are none."""
        assert self._data is not None
        own = self._data.of(replica)
        at = np.flatnonzero((own.weights[0] != 0) & self.proxy.eligible(own.label))
        at = at[np.argsort(hashes(key(0, Purpose.ORDER), own.ids[at]))][:most]
        return own.x[at], at

    @torch.no_grad()
    def proxy_loss(self) -> NDArray[np.float64]:
        """The task's loss (R,) on one batch of the points that each replica is trained on, the same with the same
        random numbers whenever it is asked; NaN where there is no point."""
        if self._data is None or not self.can_train:
            return np.full(len(self.P), np.nan)
        size = self._training.batch_size
        some = [self._some_of(replica, _MOST if size == "full" else size) for replica in range(len(self.P))]
        columns = max(len(at) for _, at in some)
        x = torch.zeros(len(some), self.problem.width, columns, dtype=self.dtype)
        at, weight = torch.zeros(len(some), columns, dtype=torch.int64), torch.zeros(len(some), 1, columns)
        for replica, (places, which) in enumerate(some):
            n = len(which)
            x[replica, :, :n], at[replica, :n] = torch.from_numpy(places.T), torch.from_numpy(which)
            weight[replica, :, :n] = 1 / max(n, 1)
        x, weight, at = self.proxy.columns(x.to(self.device)), weight.to(self.device, self.dtype), at.to(self.device)
        part = self.proxy.dealt(Batch(x, x[:, :0], weight, at, at), slice(0, len(self.P)), 0, 0, self._judging)
        found = np.full(len(self.P), np.nan)
        for shard in self._shards(part):
            nets = self._nets(self.P[shard])
            found[shard] = self.proxy.loss(nets, [[tensor[shard] for tensor in part]], slice(0, 0)).cpu().numpy()
        return np.where([len(which) > 0 for _, which in some], found, np.nan)

    def measures(self) -> NDArray[np.float64]:
        """The last columns of the curves, (R, 3): `proxy_loss`, and the two of `health`."""
        health = self.health()
        return np.stack([self.proxy_loss(), health["collapse"], health["rank"]], axis=1)

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
        if (by_task := self.proxy.reads(self._nets(flat), np.unique(label))) is not None:
            return Readout(by_task)
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
        if any(one is not None and one.net is not None for one in several) and len(several) > 1:
            return torch.cat([self._outputs(x, at) for at in which])
        net = several[0] and several[0].net
        parts = [
            torch.stack([self._read(one, own) for one, own in zip(several, z, strict=True)])
            for z in self._embedded(x, replica, net)
        ]
        return torch.cat(parts, 2)

    @override
    def answers(self, x: Tensor, replicas: slice = slice(None), how: Asking = AS_IT_IS) -> Tensor:
        """The readout's logits (R, C, N) of points (1 or R, D, N); see `Network.answers`."""
        found = []
        for at, replica in enumerate(range(len(self.P))[replicas]):
            readout = self._readout(replica)
            flat = self.P[replica : replica + 1] if readout is None or readout.net is None else readout.net
            own = x[at if len(x) > 1 else 0][None].to(self.dtype)
            found.append(self._read(readout, self.proxy.embedded(self._nets(flat), own)[0]))
        return torch.stack(found)

    def _read(self, readout: Readout | None, z: Tensor) -> Tensor:
        """Logits (C, G) of what is put at z (E, G); NaN where nothing decides."""
        if readout is None:
            return z[:1].repeat(self.problem.classes, 1) * float("nan")
        return readout.reads(z)

    @override
    def _answers(
        self, label: NDArray[np.int64], response: NDArray[np.float64] | None, z: Tensor
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        loss, predicted = super()._answers(label, response, z)
        return np.where(np.isnan(loss), np.log(self.problem.classes), loss), predicted
