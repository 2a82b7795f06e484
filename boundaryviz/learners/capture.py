"""A step recorded as a CUDA graph: one launch instead of some forty, each of which costs more than its work."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import torch
from torch import Tensor

_WARM_UP = 3  # runs before recording, as PyTorch asks for: libraries allocate their workspaces in them
_KEPT = 4  # recordings; batches with and without poison take turns, and each has a shape of its own


class Captured:
    """`work(*inputs)` on CUDA, recorded for each new set of shapes and replayed from then on.

    work: writes its result into tensors that stay where they are. It may not wait for the device, nor let a shape
        depend on a value; what it decides on the host is decided once, when it is recorded.
    state: gives every tensor that one run leaves for the next; recording does not change them.
    constants: the numbers that `work` reads on the host; it is recorded anew for others.
    """

    def __init__(
        self,
        work: Callable[..., None],
        state: Callable[[], Sequence[Tensor]],
        constants: Callable[[], Hashable] = tuple,
    ) -> None:
        self._work, self._state, self._constants = work, state, constants
        self._recorded: dict[Hashable, tuple[torch.cuda.CUDAGraph, list[Tensor]]] = {}

    def __call__(self, *inputs: Tensor) -> None:
        """Do `work` on a copy of these inputs, all on the same CUDA device."""
        key = (self._constants(), *((t.shape, t.dtype) for t in inputs))
        if key not in self._recorded:
            if len(self._recorded) == _KEPT:
                del self._recorded[next(iter(self._recorded))]  # the oldest
            self._recorded[key] = self._record(inputs)
        graph, own = self._recorded[key]
        for mine, given in zip(own, inputs, strict=True):
            mine.copy_(given)
        graph.replay()

    def _record(self, inputs: Sequence[Tensor]) -> tuple[torch.cuda.CUDAGraph, list[Tensor]]:
        """Warm up on a side stream, put the state back, and record; recording itself runs nothing."""
        own = [t.clone() for t in inputs]
        state = self._state()
        before = [t.clone() for t in state]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(_WARM_UP):
                self._work(*own)
            for now, then in zip(state, before, strict=True):
                now.copy_(then)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._work(*own)
        return graph, own
