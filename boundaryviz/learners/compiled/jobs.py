"""What the program is told of a net that learns from labels; see `fields`. Free of numba and llvmlite.

Parameters, the optimiser's slots and the loader's count of epochs and batches are worked on where they lie, so that
steps of torch and of the program may follow each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners import dropout
from boundaryviz.learners.batch_loader import BatchLoader, Dealing
from boundaryviz.learners.compiled import fields as f
from boundaryviz.learners.net import Layout
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.streams import Purpose, key

if TYPE_CHECKING:
    from torch import Tensor

    from boundaryviz.learners.compiled.program import Program

_EDGE = 16  # floats from which arrays begin, a line of the cache


@dataclass(frozen=True)
class Net:
    """A net, as the program is told of it; arguments as for `Backprop`."""

    layout: Layout
    params: Tensor
    activation: str
    loss: str
    squash: bool
    gamma: float
    seeds: tuple[int, ...]


class Table:
    """Numbers and addresses, each in the place of its field; keeps what the addresses are of."""

    def __init__(self) -> None:
        self._numbers = np.zeros(f.FIELDS, dtype=np.int64)
        self._singles = self._numbers.view(np.float32)
        self._kept: dict[int, object] = {}
        self.address = self._numbers.ctypes.data

    def number(self, field: int, value: int) -> None:
        """A whole number."""
        self._numbers[field] = value

    def single(self, field: int, value: float) -> None:
        """A number in single precision."""
        self._singles[2 * field] = value

    def array(self, field: int, array: NDArray) -> None:
        """The address of an array, contiguous and of the type that the field says."""
        assert array.flags.c_contiguous
        self._kept[field] = array
        self._numbers[field] = array.ctypes.data

    def tensor(self, field: int, tensor: Tensor) -> None:
        """The address of a tensor that stays where it is."""
        assert tensor.is_contiguous()
        self._kept[field] = tensor
        self._numbers[field] = tensor.data_ptr()


def room(floats: int) -> NDArray[np.float32]:
    """Room for so many numbers, from the edge of a line of the cache on."""
    whole = np.empty(floats + _EDGE, dtype=np.float32)
    return whole[-(whole.ctypes.data // 4) % _EDGE :][:floats]


def _padded(columns: int) -> int:
    return -(-columns // _EDGE) * _EDGE


def tell_net(table: Table, net: Net) -> None:
    """The layers, with room for what they hold of a block of columns."""
    dims = net.layout.dims
    widest, layers = max(dims), len(dims) - 1
    told = np.zeros((layers, f.LAYER), dtype=np.int64)
    held = room(2 * sum(dims[1:]) * f.BLOCK)
    at = held.ctypes.data
    for layer, (inputs, units) in enumerate(pairwise(dims)):
        weight, bias = (net.layout.parts[2 * layer + k][0] for k in (0, 1))
        told[layer] = units, inputs, weight, bias, at, at + 4 * units * f.BLOCK
        at += 8 * units * f.BLOCK
    table.number(f.LAYERS, layers)
    table.array(f.NET, told)
    table.array(f.HELD, held)
    table.number(f.PARAMETERS, net.layout.size)
    table.number(f.ACTIVATION, f.ACTIVATIONS[net.activation])
    table.number(f.LOSS, f.LOSSES[net.loss])
    table.number(f.SQUASH, net.squash)
    table.single(f.GAMMA, net.gamma)
    table.tensor(f.P, net.params)
    for field in (f.BACK, f.FORTH, f.SPARE):
        table.array(field, room(max(widest * f.BLOCK, _EDGE * _EDGE)))
    table.array(f.GRADIENT, room(_padded(net.layout.size)))


def tell_optimiser(table: Table, optimiser: Optimiser) -> None:
    """Its slots and settings."""
    momentum, l1, l2 = optimiser.constants
    table.number(f.OPTIMISER, f.OPTIMISERS[optimiser.kind])
    for field, slot in zip((f.FIRST, f.SECOND), optimiser.slots, strict=False):
        table.tensor(field, slot)
    table.tensor(f.WEIGHS, optimiser.is_weight)
    table.tensor(f.RATE, optimiser.rate)
    table.tensor(f.POWERS, optimiser.beta_power)
    for field, value in ((f.DECAY, momentum), (f.L1, l1), (f.L2, l2)):
        table.single(field, value)


def tell_dropout(table: Table, rate: float, starts: NDArray[np.int64]) -> None:
    """How much of it there is, and where the hashes of each replica begin."""
    table.number(f.DROPS, rate > 0)
    table.number(f.LEAST, dropout.threshold(rate))
    table.single(f.ALIVE, 1 / (1 - rate))
    table.array(f.STARTS, starts)


def tell_points(table: Table, dealing: Dealing, seeds: Sequence[int]) -> None:
    """The points, who is dealt which of them, and where everybody stands."""
    pool = dealing.pool
    points = len(pool)
    windows = np.zeros(len(seeds), dtype=np.int64) if pool.windows is None else pool.windows
    dealt = np.stack([seeds, windows, dealing.number, dealing.at])  # whoever agrees in all of it is dealt the same
    _, first, which = np.unique(dealt, axis=1, return_index=True, return_inverse=True)
    members = np.argsort(which.reshape(-1), kind="stable")
    begins = np.append(0, np.cumsum(np.bincount(which.reshape(-1))))
    kinds = np.where(pool.clean[first], f.CLEAN, np.where(pool.placed[first], f.LATE, f.UNSEEN)).astype(np.uint8)
    size = pool.width(dealing.size)
    late = int((kinds == f.LATE).sum(axis=1).max())
    several = dealing.several[first]
    longest = min(points, size + late) if several.all() else points
    table.tensor(f.ROWS, dealing.rows)
    table.number(f.COUNT, dealing.points)
    table.number(f.SLOTS, dealing.slots)
    table.number(f.POOL, points)
    table.array(f.IDS, np.ascontiguousarray(pool.ids))
    table.array(f.PLACES, np.ascontiguousarray(pool.at))
    table.array(f.SEEN, np.ascontiguousarray(pool.weights, dtype=np.float32))
    table.number(f.GROUPS, len(first))
    table.array(f.BEGINS, begins)
    table.array(f.MEMBERS, members)
    table.array(f.KEYS, np.array([key(int(seeds[r]), Purpose.ORDER) for r in first], dtype=np.uint64))
    table.array(f.KINDS, kinds)
    table.array(f.CLEANS, pool.counts[first])
    table.array(f.HAS_SEVERAL, several.astype(np.int64))
    table.number(f.SIZE, size)
    table.array(f.EPOCHS, dealing.number)
    table.array(f.BATCHES, dealing.at)
    idle = np.zeros(len(seeds), dtype=np.uint8)
    idle[dealing.idle] = 1
    table.array(f.IDLE, idle)
    table.array(f.ORDER, np.empty((len(first), points), dtype=np.int32))
    table.array(f.ORDERED, np.full(len(first), -1, dtype=np.int64))
    for field in (f.PLACED, f.CURSOR, f.WALKED):
        table.array(field, np.zeros(len(first), dtype=np.int64))
    table.array(f.HASHES, np.empty(points, dtype=np.uint64))
    table.array(f.BUCKETS, np.empty(2 * points + 4, dtype=np.int32))
    table.array(f.FOUND, np.empty(longest, dtype=np.int64))
    table.array(f.SHARES, np.empty(longest, dtype=np.float32))
    table.array(f.COLUMNS, room((_padded(longest) + _EDGE) * (dealing.rows.shape[1] + 1)))


class Compiled:
    """Does the steps of a net that learns from labels; see `stepping.Stepper`."""

    def __init__(self, program: Program, net: Net, optimiser: Optimiser, loader: BatchLoader) -> None:
        self._steps, self._net, self._optimiser, self._loader = program.steps, net, optimiser, loader
        self._starts = dropout.starts(net.seeds, net.params.device).numpy()
        self._table = Table()
        tell_net(self._table, net)
        self._fresh = False

    def renew(self) -> None:
        """Data, settings or places were changed; they are looked at before the next step."""
        self._fresh = False

    def step(self, n: int, done: int, rate: float) -> None:
        """Do the next n steps, after so many; with dropout at this rate."""
        table = self._table
        if not self._fresh:
            tell_optimiser(table, self._optimiser)
            tell_dropout(table, rate, self._starts)
            tell_points(table, self._loader.dealing(), self._net.seeds)
            self._fresh = True
        table.number(f.STEPS, n)
        table.number(f.DONE, done)
        self._steps(table.address)
