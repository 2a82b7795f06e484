"""A stand-in for CUDA graphs on the processor: what is recorded is done again on the same memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

_WAITS = ("_local_scalar_dense", "nonzero", "lift_fresh", "unique")
"""Operations that look at a value on the host or bring one from there, which no recording can do."""


class _Listener(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[Any, Any, Any, Any]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert not any(word in str(func) for word in _WAITS), f"{func} cannot be recorded"
        out = func(*args, **(kwargs or {}))
        self.done.append((func, args, kwargs or {}, out))
        return out


def _tensors(tree: Any) -> list[Tensor]:
    return [one for one in tree_flatten(tree)[0] if isinstance(one, Tensor)]


def _replay(done: Sequence[tuple[Any, Any, Any, Any]]) -> None:
    """Every operation again, on the memory it had: numbers of the host are those of the recording."""
    with torch.no_grad():
        for func, args, kwargs, out in done:
            new = func(*args, **kwargs)
            shared = {one.untyped_storage().data_ptr() for one in _tensors((args, kwargs))}
            for old, found in zip(_tensors(out), _tensors(new), strict=True):
                if old.numel() and old.untyped_storage().data_ptr() not in shared:
                    old.copy_(found)


class Graphs:
    """Takes the place of torch.cuda. state: gives the tensors that are to be untouched by recording, which with CUDA
    runs nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, state: Callable[[], Sequence[Tensor]]) -> None:
        self._state, self.recordings = state, 0
        stream = SimpleNamespace(wait_stream=lambda other: None)
        for name, stand_in in {
            "Stream": lambda: stream, "current_stream": lambda: stream, "stream": lambda _: nullcontext(),
            "CUDAGraph": self._graph, "graph": self._recording,
        }.items():  # fmt: skip
            monkeypatch.setattr(torch.cuda, name, stand_in)

    def _graph(self) -> Any:
        graph = SimpleNamespace(done=[])
        graph.replay = lambda: _replay(graph.done)
        return graph

    @contextmanager
    def _recording(self, graph: Any, stream: Any) -> Iterator[None]:
        self.recordings += 1
        before = [one.clone() for one in self._state()]
        with _Listener() as listener:
            yield
        graph.done = listener.done
        with torch.no_grad():
            for now, then in zip(self._state(), before, strict=True):
                now.copy_(then)
