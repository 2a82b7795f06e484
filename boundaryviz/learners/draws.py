"""The random numbers of a semi-supervised step: jitters, and who is mixed with whom."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.handing import handed
from boundaryviz.learners.streams import AHEAD, MANY, Purpose, generator

Draw = Callable[[np.random.Generator, tuple[int, ...]], NDArray]
Shape = tuple[slice, int, int]
"""Which replicas, rows, columns."""
Rows = tuple[Tensor, NDArray[np.int64]]
"""Numbers, once for each seed, and int64 (R,) which of them each replica has."""


def _normal(stream: np.random.Generator, n: tuple[int, ...]) -> NDArray:
    return stream.standard_normal(n, np.float32)


class Draws:
    """Numbers of each replica, keyed by its seed, the purpose, the step and the part of the step.

    Replicas with one seed share them, so twins do; and a part's numbers do not depend on the other parts, so poison
    shifts nobody's.
    """

    def __init__(self, seeds: tuple[int, ...], device: torch.device, dtype: torch.dtype) -> None:
        self._seeds = seeds
        self._device, self._dtype = device, dtype
        self._drawn: dict[tuple[Purpose, int], tuple[object, Rows]] = {}
        self._spread: dict[tuple[Purpose, int], tuple[Rows, Tensor]] = {}  # the same for each replica

    def normal(self, step: int, part: int, shape: Shape) -> Tensor:
        """Standard normal numbers, as all of these (R, rows, columns)."""
        return self._of(Purpose.AUGMENT, step, part, shape, _normal)

    def normals(self, step: int, part: int, shape: Shape) -> Rows:
        """As `normal`, but once for each seed, (seeds, rows, columns)."""
        block, which = self._rows(Purpose.AUGMENT, step, part, shape, _normal)
        return block[step % len(block)], which

    def shares(self, step: int, part: int, shape: Shape, alpha: float) -> Tensor:
        """Beta(alpha, alpha) numbers."""
        return self._of(Purpose.MIX, step, part, shape, lambda stream, n: stream.beta(alpha, alpha, n), alpha)

    def partners(self, step: int, part: int, shape: Shape, among: int) -> Tensor:
        """Numbers below `among`, int64."""
        return self._of(Purpose.PARTNER, step, part, shape, lambda stream, n: stream.integers(0, among, n), among)

    def chances(self, step: int, part: int, shape: Shape) -> Tensor:
        """Uniform numbers in [0, 1)."""
        return self._of(Purpose.CHANCE, step, part, shape, lambda stream, n: stream.random(n, np.float32))

    def turns(self, step: int, part: int, shape: Shape) -> Tensor:
        """Which way each step of a walk turns: numbers below 2^16, int32."""

        def draw(stream: np.random.Generator, n: tuple[int, ...]) -> NDArray:
            return stream.integers(0, 1 << 16, n, np.uint16).astype(np.int32)

        return self._of(Purpose.WALK, step, part, shape, draw)

    def _of(self, purpose: Purpose, step: int, part: int, shape: Shape, draw: Draw, setting: float = 0.0) -> Tensor:
        """The numbers of one step, from those of several that were drawn at once.

        Each column's numbers follow the column before, so that some more columns change none of them.
        """
        who, count, columns = shape
        if not count:
            return torch.empty((len(self._seeds[who]), 0, columns), device=self._device, dtype=self._dtype)
        key = purpose, part
        rows = self._rows(purpose, step, part, shape, draw, setting)
        if key not in self._spread or self._spread[key][0] is not rows:
            block, which = rows
            every = block[:, handed(torch.from_numpy(which), self._device)] if len(which) > 1 else block
            self._spread[key] = rows, every
        return self._spread[key][1][step % len(rows[0])]

    def _rows(self, purpose: Purpose, step: int, part: int, shape: Shape, draw: Draw, setting: float = 0.0) -> Rows:
        """The numbers of some steps, once for each seed, (steps, seeds, rows, columns), and which seed each has."""
        who, rows, columns = shape
        ahead = AHEAD if columns <= MANY else 1
        first = step - step % ahead
        wanted = (first, who.start, who.stop, rows, columns, setting)
        had, drawn = self._drawn.get((purpose, part), (None, None))
        if drawn is None or had != wanted:
            distinct, which = np.unique(np.asarray(self._seeds[who], dtype=np.int64), return_inverse=True)
            streams = (generator(int(seed), purpose, first, part) for seed in distinct)
            found = np.stack([draw(stream, (columns, ahead, rows)) for stream in streams])
            block = handed(torch.from_numpy(np.ascontiguousarray(found.transpose(2, 0, 3, 1))), self._device)
            drawn = block.to(self._dtype) if block.is_floating_point() else block, which
            self._drawn[purpose, part] = wanted, drawn
        return drawn
