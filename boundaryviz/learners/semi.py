"""Semi-supervised networks on the replica axis: one loop for every method in `methods`.

A step takes labelled and unlabelled columns, clean and poison in batches of their own, so that the clean ones are
worked on in the same shapes and with the same random numbers, hence to the same bits, whether or not there is poison.
Only the replicas that see poison work on it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import fields
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners.base import Problem, State, TrainingData
from boundaryviz.learners.batch_loader import Batch, BatchLoader
from boundaryviz.learners.compiled import semi_fields as places
from boundaryviz.learners.compiled.semi import CompiledSteps, Dealt, Group, address, settings_of
from boundaryviz.learners.compiled.semi_fields import LABELS, TASKS
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.families.semi_supervised import UnlabelledSpec
from boundaryviz.learners.method import Columns, StepBatch, StepContext
from boundaryviz.learners.methods import METHODS
from boundaryviz.learners.net import forward, shards
from boundaryviz.learners.network import Network
from boundaryviz.learners.objectives import Ask
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.state import put_back, saved
from boundaryviz.learners.stepping import stepper
from boundaryviz.learners.training_spec import TrainingSpec

if TYPE_CHECKING:
    from boundaryviz.learners.compiled.program import Program


class SemiSupervised(Network):
    """A network that also uses unlabelled points; see `Learner` for the contract.

    teacher: where the method keeps one, the moving average of P, (R, n); it is then what is shown.
    """

    def __init__(
        self,
        spec: UnlabelledSpec,
        training: TrainingSpec,
        problem: Problem,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(spec, spec.hidden, spec.activation, "cross-entropy", False, problem, device, dtype)
        replicas = len(problem.seeds)
        self.method = METHODS[spec.name](spec, replicas, problem.classes, self.device, dtype)
        self.teacher: Tensor | None = None
        if self.method.teaches:
            self.teacher = self.P.clone()
            self.asked = self.layout.views(self.teacher)
        self._activation = spec.activation
        self.optimiser = Optimiser(training, self.P, self.layout.is_weight(self.P))
        self._grad = torch.empty_like(self.P)
        self._nets: dict[tuple[int, int], tuple[list[Tensor], list[Tensor]]] = {}
        self._labelled, self._unlabelled = (BatchLoader(problem.seeds, self.device, dtype) for _ in range(2))
        self._draws = Draws(problem.seeds, self.device, dtype)
        self._stepper = stepper(self.device, self._deal, self._descend, self._kept, self._constants)
        self._none = [torch.empty(0, device=self.device, dtype=dtype)] * len(fields(Columns))
        self._compiled: CompiledSteps | None = None
        self.steps_done = 0
        self.set_training(spec, training)

    @override
    def step_by(self, program: Program | None) -> None:
        """As `Network.step_by`: the methods of `semi_fields.TASKS`, of nets that are shown points as they are."""
        fit = self.dtype == torch.float32 and self.device.type == "cpu" and self.features.plain
        self._compiled = None
        if program is not None and fit and self.method.spec.name in TASKS:
            net = self.P, self.layout, self._activation, self.optimiser
            self._compiled = CompiledSteps(program.semi_steps, *net, self._hand_over, self._words, self._numbers)

    # ---- what it trains on --------------------------------------------------------------------------

    def set_data(self, data: TrainingData) -> None:
        """Train on the points of `data` from the next step on; weights and what is remembered of points stay."""
        x, label = data.rows()
        inputs = torch.tensor(np.ascontiguousarray(x.T), dtype=self.dtype, device=self.device)
        known = label >= 0
        self._labelled.set_data(data, inputs, self._targets(label).to(self.device), known)
        self._unlabelled.set_data(data, inputs, inputs[:0], ~known)
        hidden = np.broadcast_to(data.label < 0, data.weights.shape)
        if data.extra is not None:
            hidden = np.concatenate([hidden, data.extra.label < 0], axis=1)
        ids, seen = data.point_ids, (data.point_weights != 0) & hidden
        self._points, self._seeing = len(ids), self._labelled.seeing
        # the compiled program reads it row by row, however the weights happen to lie
        self.method.set_points(ids, torch.from_numpy(np.ascontiguousarray(seen)).to(self.device))

    def set_training(self, spec: UnlabelledSpec, training: TrainingSpec) -> None:
        """Take over the rate, penalties, batch sizes and the method's own settings from the next step on."""
        self.method.spec = spec
        self.optimiser.set_training(training)
        self._labelled.set_batch_size(training.batch_size)
        self._unlabelled.set_batch_size(spec.unlabelled_batch)

    @property
    def can_train(self) -> bool:
        """Whether there is a labelled point to learn from; unlabelled ones alone say nothing of classes."""
        return self._labelled.teaches

    # ---- its state ----------------------------------------------------------------------------------

    def _tensors(self) -> dict[str, Tensor]:
        memory = {f"memory-{k}": one for k, one in enumerate(self.method.memory)}
        teacher = {} if self.teacher is None else {"teacher": self.teacher}
        return {"P": self.P, **teacher, **memory, **self.optimiser.tensors}

    def state(self) -> State:
        """Parameters, what is kept of points and by the optimiser, and where in the order of points it is."""
        places: Sequence[NDArray[np.int64]] = (self._labelled.place, self._unlabelled.place)
        if places[0].shape != places[1].shape:  # where poison alone is labelled, or unlabelled, who sees it is apart
            places = np.broadcast_arrays(*(one.reshape(2, -1) for one in places))
        place = np.stack(places)
        return {**saved(self._tensors()), "steps": np.array(self.steps_done), "place": place}

    def restore(self, state: State) -> None:
        """Go on from a `state`; see `Learner`."""
        put_back(self._tensors(), state)
        self.steps_done = int(state["steps"])
        for batch_loader, place in zip((self._labelled, self._unlabelled), state["place"], strict=True):
            batch_loader.go_to(place)

    # ---- training -----------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Do n steps. Without a labelled point the steps pass and nothing is learnt."""
        if self.can_train:
            teacher = [] if self.teacher is None else [self.teacher]
            moved = [self.P, *teacher, *self.method.memory, *self.optimiser.slots]
            with self._standing(self._labelled.idle, moved):
                (self._compiled or self._stepper).step(n)
        else:
            self.steps_done += n

    def _deal(self) -> list[Tensor]:
        """How far the weight of the unlabelled has risen in the next step, and how much of it the teacher takes in,
        both on the host; then the columns of its batches one after the other, empty tensors where one has none."""
        self._gather(True)
        progress, batches = self._progress(), self._batches()
        self.steps_done += 1
        groups = [columns for batch in batches for columns in (batch.labelled, batch.unlabelled)]
        numbers = [torch.tensor(k, dtype=self.dtype) for k in progress]
        return numbers + [t for columns in groups for t in (self._none if columns is None else columns.tensors)]

    def _progress(self) -> tuple[float, float]:
        """How far the weight of the unlabelled has risen in the next step, and how much of the net the teacher takes
        in."""
        risen, method = self.method.risen_at, self.method
        ramp = min(1.0, self.steps_done / risen) if risen else 1.0
        # a true mean at first, so that the initial weights are soon forgotten (Tarvainen and Valpola 2017)
        keep = min(1 - 1 / (self.steps_done + 1), method.spec.teacher_decay) if method.teaches else 1.0
        return ramp, 1 - keep

    def _gather(self, columns: bool) -> None:
        """Whether batches are to come with their columns, which the compiled program gathers by itself."""
        for loader in (self._labelled, self._unlabelled):
            loader.set_gathering(columns)

    def _pairs(self) -> list[tuple[int, Batch | None, Batch | None]]:
        """The columns of the next step, labelled and unlabelled: the clean ones; then its poison where there is any, of
        the replicas that see poison. With each what keys the numbers drawn for the labelled ones; for the unlabelled
        ones it is 2 more."""
        method = self.method
        labelled = self._labelled.next()
        unlabelled: tuple[Batch | None, ...] = self._unlabelled.next() if len(self._unlabelled) else ()
        if method.mixes_labels and self._unlabelled.only_poison and not self._labelled.only_poison:
            # there is something clean, which is not to be mixed with poison that its replica does not see
            unlabelled = None, *(batch.of(self._seeing) for batch in unlabelled if batch is not None)
        count = max(len(labelled), len(unlabelled))
        pairs = zip_longest(labelled, unlabelled)
        return [(4 * at - 3 if at else 0, *pair) for at, pair in zip(range(count), pairs, strict=True)]  # odd of poison

    def _batches(self) -> list[StepBatch]:
        """As `_pairs`, with what is drawn for them."""
        method, parts = self.method, self._pairs()
        _, shown, hidden = parts[0]
        poisoned = len(parts) > 1
        among = 0 if hidden is None else hidden.weight.shape[2]  # columns to be mixed with
        if method.mixes_labels:
            among *= method.jitters
            among += 0 if shown is None else shown.weight.shape[2]
        batches = []
        for number, shown, hidden in parts:
            counts = (min(1, method.jitters), int(method.mixes_labels)), (method.jitters, method.mixtures)
            taken = [
                None if batch is None else self._columns(batch, key, *each, among, poisoned)
                for batch, key, each in zip((shown, hidden), (number, number + 2), counts, strict=True)
            ]
            batches.append(StepBatch(*taken))
        return batches

    def _hand_over(self) -> Dealt:
        """The next step, as the compiled program is told of it."""
        (ramp, share), jitters, width = self._progress(), self.method.jitters, self.problem.width
        self._gather(False)
        groups = []
        for at, (number, shown, hidden) in enumerate(self._pairs()):
            who = self._seeing if at else slice(None)
            parts = (
                (self._labelled, shown, number, min(1, jitters), LABELS),
                (self._unlabelled, hidden, number + 2, jitters, TASKS[self.method.spec.name]),
            )
            for loader, batch, part, count, task in parts:
                if batch is not None:
                    shape = who, width * count, batch.weight.shape[2]
                    drawn = self._draws.normals(self.steps_done, part, shape) if count else None
                    groups.append(Group(loader.rows, batch, who.start or 0, task, drawn))
        self.steps_done += 1
        return Dealt(float(np.float32(ramp) * np.float32(self.method.spec.weight)), share, groups)

    def _columns(self, batch: Batch, number: int, jitters: int, mixtures: int, among: int, poisoned: bool) -> Columns:
        """A batch with its random numbers; what replicas share is spread out over them."""
        replicas, columns = batch.weight.shape[0], batch.weight.shape[2]
        x, q, at = (t.expand(replicas, *t.shape[1:]) for t in (batch.x, batch.q, batch.at))
        draws, key = self._draws, (self.steps_done, number)
        mixing = (self._seeing if number % 2 else slice(None), mixtures, columns)
        return Columns(
            x,
            q,
            batch.weight,
            torch.where(batch.weight[:, 0] != 0, at, self._points) if self.method.memory else at,
            draws.normal(*key, (mixing[0], x.shape[1] * jitters, columns)),
            draws.shares(*key, mixing, self.method.mixing),
            draws.partners(*key, mixing, among),
            draws.chances(*key, mixing if poisoned else (mixing[0], 0, columns)),
        )

    def _words(self) -> dict[int, int]:
        """Where lies what new points, or none, may have moved."""
        teacher, memory = (0 if t is None else address(t) for t in (self.teacher, next(iter(self.method.memory), None)))
        return {
            places.TEACHER: teacher, places.MEMORY: memory, places.SEEN: address(self.method.seen),
            places.POINTS: self._points, places.ITERATIONS: getattr(self.method.spec, "power_iterations", 0),
        }  # fmt: skip

    def _numbers(self) -> dict[int, float]:
        """What the method is set to."""
        return settings_of(self.method.spec, self.method.jitters)

    def unlabelled_gradients(self) -> Tensor:
        """Of each replica's loss of unlabelled points, as it is weighed in a step, by its weights, over the batch that
        comes next: (R, n), 0 where there is none. The batch is used up, and no step is taken.

        Raises NotImplementedError for a method of which the unlabelled points have no loss of their own.
        """
        ramp, _, *tensors = self._deal()
        found = torch.zeros_like(self.P)
        for contexts in self._contexts(ramp, tensors):
            for context in contexts:
                if (columns := context.batch.unlabelled) is None:
                    continue
                loss = ramp * self.method.spec.weight * self.method.unlabelled(context, columns)
                params, _ = self._net(context.some)
                slopes = torch.autograd.grad(loss.sum(), params) if loss.requires_grad else None
                if slopes is not None:
                    found[context.some] += torch.cat([g.flatten(1) for g in slopes], 1)
        return found

    def _contexts(self, ramp: Tensor, tensors: Sequence[Tensor]) -> Iterator[list[StepContext]]:
        """What a method is given of what was dealt, some replicas at a time: the clean batch, then the poison."""
        each = len(self._none)
        groups = [
            Columns(*tensors[at : at + each]) if tensors[at].numel() else None for at in range(0, len(tensors), each)
        ]
        batches = [StepBatch(*pair) for pair in zip(groups[::2], groups[1::2], strict=True)]
        for some in self._shards(batches[0]):
            contexts = [self._context(some, batches[0], some, ramp)]
            seeing = slice(max(some.start, self._seeing.start), min(some.stop, self._seeing.stop))
            if seeing.start < seeing.stop:
                first = self._seeing.start
                own = slice(seeing.start - first, seeing.stop - first)
                contexts += [self._context(seeing, poison, own, ramp) for poison in batches[1:]]
            yield contexts

    def _descend(self, ramp: Tensor, share: Tensor, *tensors: Tensor) -> None:
        """One step on what was dealt, down the sum of the batches' losses, whose gradients are taken one by one."""
        for contexts in self._contexts(ramp, tensors):
            for at, (context, loss) in enumerate(zip(contexts, self.method.losses(contexts), strict=True)):
                params, _ = self._net(context.some)
                gradient = torch.cat([g.flatten(1) for g in torch.autograd.grad(loss.sum(), params)], 1)
                if at:
                    self._grad[context.some] += gradient
                else:
                    self._grad[context.some] = gradient
        self.optimiser.step(self.P, self._grad)
        if self.teacher is not None:
            self.teacher.lerp_(self.P, share)

    def _kept(self) -> list[Tensor]:
        """Every tensor that one step leaves for the next."""
        return [*self._tensors().values()]

    def _constants(self) -> Hashable:
        """What a step reads on the host, and where what is kept of points lies: new points give it a new place."""
        places = [(t.data_ptr(), t.shape) for t in (*self.method.memory, self.method.seen)]
        return self._seeing.start, self._seeing.stop, self.optimiser.constants, self.method.spec, *places

    def _context(self, some: slice, columns: StepBatch, rows: slice, ramp: Tensor) -> StepContext:
        """Of replicas `some`, whose columns are these rows of a batch."""
        student, teacher = (self._ask(params) for params in self._net(some))
        return StepContext(some, student, teacher, columns.of(rows), ramp)

    def _ask(self, params: list[Tensor]) -> Ask:
        return lambda x: forward(params, self.features.of_tensor(x), self._activate)

    def _net(self, some: slice) -> tuple[list[Tensor], list[Tensor]]:
        """The net of these replicas, to be differentiated by, and their teacher's."""
        key = some.start, some.stop
        if key not in self._nets:
            views, teacher = self.layout.views, self.P if self.teacher is None else self.teacher
            self._nets[key] = [v.detach().requires_grad_() for v in views(self.P[some])], views(teacher[some])
        return self._nets[key]

    def _shards(self, clean: StepBatch) -> list[slice]:
        """The replicas divided for batches as wide as this one."""
        points = max(part.x.shape[2] for part in (clean.labelled, clean.unlabelled) if part is not None)
        return shards(len(self.P), points, max(self.layout.dims), self.device)
