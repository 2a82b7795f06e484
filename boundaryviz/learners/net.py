"""Fully connected networks with a leading replica axis.

Weights live in one flat buffer (R, n); layers are views (R, out, in) and (R, out, 1) of it. Activations are
feature-major, (R, features, points): two-class softmax and normalisation are several times faster so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.specs_net import SHARD
from boundaryviz.learners.streams import Purpose, key

_QUICK, _VECTORS = 512, 32

Activate = Callable[[Tensor], Tensor]


def _fast_tanh(x: Tensor) -> Tensor:
    """tanh as 1 - 2 sigmoid(-2x): on the CPU sigmoid is vectorised and torch.tanh is not (3 to 4 times slower)."""
    return torch.rsub(torch.sigmoid(x * -2), 1, alpha=2)


class _FastTanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        y = _fast_tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        return torch.ops.aten.tanh_backward(grad, ctx.saved_tensors[0])


def tanh(x: Tensor) -> Tensor:
    """tanh, by the quicker of two ways for the size (R, units, B) of one replica: they differ in the last bit, so the
    number of replicas must not decide. The quick one takes whole vectors alone, what is left over is rounded otherwise.
    """
    size = x[0].numel()
    if x.device.type == "cpu" and x.dtype == torch.float32 and size > _QUICK and size % _VECTORS == 0:
        return _FastTanh.apply(x) if x.requires_grad else _fast_tanh(x)
    return torch.tanh(x)


ACTIVATIONS: dict[str, Activate] = {
    "relu": torch.relu,
    "tanh": tanh,
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "sine": torch.sin,
    "linear": lambda x: x,
}


class Layout:
    """Where each layer stands in the flat buffer. dims: (inputs, hidden..., outputs). others: of further nets in the
    same buffer, one behind the other."""

    def __init__(self, dims: Sequence[int], *others: Sequence[int]) -> None:
        self.dims = tuple(dims)
        self.parts: list[tuple[int, int, tuple[int, int], int]] = []  # start, end, shape, fan-in
        self.size = 0
        self._nets: list[slice] = []  # of the parts
        for net in (dims, *others):
            first = len(self.parts)
            for fan_in, out in pairwise(net):
                for shape in ((out, fan_in), (out, 1)):
                    end = self.size + math.prod(shape)
                    self.parts.append((self.size, end, shape, fan_in))
                    self.size = end
            self._nets.append(slice(first, len(self.parts)))

    def views(self, buffer: Tensor, net: int = 0) -> list[Tensor]:
        """[weights (R, out, in), biases (R, out, 1), ...] of one of the nets, sharing memory with `buffer` (R, n)."""
        return [buffer[:, a:b].view(-1, *shape) for a, b, shape, _ in self.parts[self._nets[net]]]

    def is_weight(self, like: Tensor) -> Tensor:
        """1 where the buffer holds a weight and 0 where it holds a bias, (n,)."""
        mask = torch.zeros(self.size, device=like.device, dtype=like.dtype)
        for a, b, _, _ in self.parts[::2]:
            mask[a:b] = 1
        return mask

    def init(self, seeds: Sequence[int], how: str, dtype: torch.dtype = torch.float32) -> Tensor:
        """Initial weights (R, n); a row depends on its own seed alone.

        fan-in: U(-a, a) with a = 1 / sqrt(fan-in), weights and biases, as torch.nn.Linear has it.
        playground: weights U(-0.5, 0.5), biases 0.1.
        """
        rows = []
        for seed in seeds:
            random = torch.Generator().manual_seed(key(seed, Purpose.INIT) >> 1)
            row = torch.rand(self.size, generator=random, dtype=torch.float64)
            for at, (a, b, _, fan_in) in enumerate(self.parts):
                if how == "fan-in":
                    row[a:b] = (row[a:b] * 2 - 1) / math.sqrt(fan_in)
                else:
                    row[a:b] = row[a:b] - 0.5 if at % 2 == 0 else 0.1
            rows.append(row)
        return torch.stack(rows).to(dtype)


def layers(params: Sequence[Tensor], x: Tensor, activate: Activate, masks: Sequence[Tensor] = ()) -> Iterator[Tensor]:
    """Activations (R, units, B) of each hidden layer in turn, last the outputs (R, K, B); of inputs x (R or 1, F, B).

    masks: what each hidden layer is multiplied by, (R, units, B); dropout comes in here.
    """
    if len(x) != len(params[0]):
        x = x.expand(len(params[0]), -1, -1)
    last = len(params) - 2
    for at in range(0, len(params), 2):
        x = torch.baddbmm(params[at + 1], params[at], x)
        if at < last:
            x = activate(x)
            if masks:
                x = x * masks[at // 2]
        yield x


def at_once(replicas: int, points: int, widest: int, device: torch.device) -> int:
    """How many of the replicas are worked on at once in batches of so many points: on the processor as many as have
    their layer of `widest` units in the cache, elsewhere all."""
    return min(replicas, max(1, SHARD // (points * widest))) if device.type == "cpu" else replicas


def shards(replicas: int, points: int, widest: int, device: torch.device) -> list[slice]:
    """So many replicas, divided as `at_once` says."""
    rows = at_once(replicas, points, widest, device)
    return [slice(a, min(a + rows, replicas)) for a in range(0, replicas, rows)]


def forward(params: Sequence[Tensor], x: Tensor, activate: Activate, masks: Sequence[Tensor] = ()) -> Tensor:
    """The outputs alone; what the hidden layers hold is let go on the way, so that it stays in the cache."""
    for x in layers(params, x, activate, masks):  # noqa: B007, B020
        pass
    return x
