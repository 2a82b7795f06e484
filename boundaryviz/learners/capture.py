"""Steps recorded as a CUDA graph: one launch instead of some forty a step, each of which costs more than its work."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import groupby

import torch
from torch import Tensor

from boundaryviz.learners.handing import handed

_log = logging.getLogger(__name__)

Step = Sequence[Tensor]
"""The inputs of one step."""

_WARM_UP = 3  # runs before recording, as PyTorch asks for: libraries allocate their workspaces in them
_KEPT = 6  # recordings; steps with and without poison take turns, and each has a shape of its own
_OFTEN = 3  # so often the same steps are asked for in one call before these are recorded together
_COUNTED = 64  # kinds of calls whose number is remembered
_ALIGNED = 128  # numbers: those of the least size make the 512 bytes to which CUDA's memory is given out by PyTorch


class Captured:
    """`work(*inputs)` on CUDA, step after step, recorded for each new set of shapes and replayed from then on.

    work: a step; it writes its result into tensors that stay where they are. It may not wait for the device, nor let a
        shape depend on a value; what it decides on the host is decided once, when it is recorded.
    state: gives every tensor that one step leaves for the next; recording does not change them.
    constants: the numbers that `work` reads on the host; it is recorded anew for others.

    One step is recorded when it is first asked for. Several that are asked for in one call are recorded one after the
    other in one graph, once calls of as many have come often: recording takes as long as doing them. Each has its
    inputs in a place of its own, so that nothing happens between them. A call in which the shapes change is done step
    by step: wherever the change falls, there would be other recordings.

    Where CUDA refuses to record, they are done as they are, which is said in the log once.
    """

    def __init__(
        self,
        work: Callable[..., None],
        state: Callable[[], Sequence[Tensor]],
        constants: Callable[[], Hashable] = tuple,
    ) -> None:
        self._work, self._state, self._constants = work, state, constants
        self._recorded: dict[Hashable, _Recording] = {}
        self._asked: Counter[Hashable] = Counter()
        self._refused, self._refused_many = False, False
        self._side: torch.cuda.Stream | None = None

    def __call__(self, steps: Sequence[Step], device: torch.device) -> None:
        """Do these steps in turn. Their inputs may lie on the host; they are not kept, nor changed."""
        constants = self._constants()
        kinds = [list(alike) for _, alike in groupby(steps, lambda step: [(t.shape, t.dtype) for t in step])]
        for alike in kinds:
            for some in self._portions(constants, alike) if len(kinds) == 1 else ([step] for step in alike):
                if self._refused or not self._replayed(constants, some, device):
                    for step in some:
                        self._work(*(handed(t, device) for t in step))

    def _portions(self, constants: Hashable, steps: list[Step]) -> Iterator[list[Step]]:
        """All of them at once, where that is recorded or is to be, else one by one."""
        key = _key(constants, steps)
        if len(steps) > 1 and key not in self._recorded:
            if len(self._asked) == _COUNTED:
                self._asked.clear()
            self._asked[key] += 1
            if self._refused_many or self._asked[key] < _OFTEN:
                yield from ([step] for step in steps)
                return
        yield steps

    def _replayed(self, constants: Hashable, steps: list[Step], device: torch.device) -> bool:
        """Whether they could be done by a recording."""
        key = _key(constants, steps)
        if key not in self._recorded:
            if len(self._recorded) == _KEPT:
                del self._recorded[next(iter(self._recorded))]  # the one that has not been asked for for longest
            current = torch.cuda.current_stream()
            try:
                self._recorded[key] = self._record(steps, device)
            except RuntimeError as error:
                torch.cuda.set_stream(current)  # a recording that fails at its end leaves its own behind
                self._refuse(len(steps), error)
                return False
        recording = self._recorded[key] = self._recorded.pop(key)  # the last one now
        recording.fill(steps)
        recording.graph.replay()
        return True

    def _refuse(self, count: int, error: RuntimeError) -> None:
        what = "one training step" if count == 1 else f"{count} training steps at once"
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        _log.warning("CUDA does not record %s, which is slower from now on: %s", what, why)
        self._recorded.clear()
        self._refused |= count == 1
        self._refused_many = True

    def _record(self, steps: list[Step], device: torch.device) -> _Recording:
        """Warm up on a side stream, put the state back, and record; recording itself runs nothing.

        On the same stream, always: libraries keep handles, and autograd keeps leaves, by the stream of their first use.
        """
        recording = _Recording(steps, device)
        recording.fill(steps)
        state = self._state()
        before = [t.clone() for t in state]
        side = self._side = self._side or torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        try:
            with torch.cuda.stream(side):
                for _ in range(_WARM_UP):
                    self._work(*recording.inputs[0])
        finally:
            torch.cuda.current_stream().wait_stream(side)
            for now, then in zip(state, before, strict=True):
                now.copy_(then)
        with torch.cuda.graph(recording.graph, stream=side):
            for inputs in recording.inputs:
                self._work(*inputs)
        return recording


class _Recording:
    """A graph, and the memory that it reads its steps' inputs from; of what is the same in every step there is one
    copy. inputs: of each step."""

    def __init__(self, steps: Sequence[Step], device: torch.device) -> None:
        """For steps such as these."""
        self.graph = torch.cuda.CUDAGraph()
        self._device = device
        self._copies = [
            _Once(each, device) if _all_one(each) else _Row(each, device) for each in zip(*steps, strict=True)
        ]
        self.inputs = [list(step) for step in zip(*(copy.parts for copy in self._copies), strict=True)]

    @torch.no_grad()
    def fill(self, steps: Sequence[Step]) -> None:
        """Have the next replay do these steps."""
        for copy, each in zip(self._copies, zip(*steps, strict=True), strict=True):
            copy.take(each, self._device)


class _Once:
    """The copy of an input that is the same in every step; parts: it, for each of them."""

    def __init__(self, each: Sequence[Tensor], device: torch.device) -> None:
        self._own = torch.empty(each[0].shape, dtype=each[0].dtype, device=device)
        self.parts = [self._own] * len(each)
        self._given, self._version = self._own, -1  # what it was copied from, and which version of that

    def take(self, each: Sequence[Tensor], device: torch.device) -> None:
        given = each[0]
        if not (_same(self._given, given) and self._version == given._version):
            self._own.copy_(handed(given, device))
            self._given, self._version = given, given._version


class _Row:
    """Copies of an input of several steps, made at once; parts: that of each step. Each begins where memory that is
    given out does, since libraries may do otherwise elsewhere, in the last bit."""

    def __init__(self, each: Sequence[Tensor], device: torch.device) -> None:
        shape, size = each[0].shape, each[0].numel()
        self._gap = torch.zeros(-size % _ALIGNED, dtype=each[0].dtype, device=device)
        self._own = torch.empty((len(each), size + len(self._gap)), dtype=each[0].dtype, device=device)
        self.parts = [row[:size].view(shape) for row in self._own.unbind()]

    def take(self, each: Sequence[Tensor], device: torch.device) -> None:
        if each[0].device.type != device.type:
            self._own[:, : each[0].numel()] = handed(torch.stack([one.reshape(-1) for one in each]), device)
            return
        pieces = [piece for one in each for piece in (one.reshape(-1), self._gap)]
        torch.cat(pieces, out=self._own.view(-1))


def _key(constants: Hashable, steps: Sequence[Step]) -> Hashable:
    """Of steps that are alike: what one recording does for."""
    return constants, len(steps), *((each[0].shape, each[0].dtype, _all_one(each)) for each in zip(*steps, strict=True))


def _all_one(each: Sequence[Tensor]) -> bool:
    """Whether these are the same numbers in the same place."""
    return all(_same(one, each[0]) for one in each[1:])


def _same(one: Tensor, other: Tensor) -> bool:
    return one is other or (
        one.data_ptr() == other.data_ptr() and one.stride() == other.stride() and one.shape == other.shape
    )
