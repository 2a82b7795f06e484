"""The random numbers of a semi-supervised step: jitters, and who is mixed with whom."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.streams import Purpose, generator


class Draws:
    """Numbers of each replica, keyed by its seed, the purpose, the step and the part of the step.

    Replicas with one seed share them, so twins do; and a part's numbers do not depend on the other parts, so poison
    shifts nobody's.
    """

    def __init__(self, seeds: tuple[int, ...], device: torch.device, dtype: torch.dtype) -> None:
        distinct, which = np.unique(np.asarray(seeds, dtype=np.int64), return_inverse=True)
        self._seeds, self._which = distinct.tolist(), which
        self._device, self._dtype = device, dtype

    def normal(self, step: int, part: int, rows: int, columns: int) -> Tensor:
        """Standard normal numbers (R, rows, columns)."""
        return self._floats(lambda stream: stream.standard_normal((columns, rows), np.float32), step, part, rows)

    def shares(self, step: int, part: int, rows: int, columns: int, alpha: float) -> Tensor:
        """Beta(alpha, alpha) numbers (R, rows, columns)."""
        return self._floats(lambda stream: stream.beta(alpha, alpha, (columns, rows)), step, part, rows, Purpose.MIX)

    def partners(self, step: int, part: int, rows: int, columns: int, among: int) -> Tensor:
        """Numbers below `among`, int64 (R, rows, columns)."""
        if not rows:
            return torch.empty((len(self._which), 0, columns), dtype=torch.int64, device=self._device)
        found = self._drawn(lambda stream: stream.integers(0, among, (columns, rows)), Purpose.PARTNER, step, part)
        return torch.from_numpy(found).to(self._device)

    def _floats(
        self,
        draw: Callable[[np.random.Generator], NDArray],
        step: int,
        part: int,
        rows: int,
        purpose: Purpose = Purpose.AUGMENT,
    ) -> Tensor:
        if not rows:
            return torch.empty((len(self._which), 0, 0), device=self._device, dtype=self._dtype)
        return torch.from_numpy(self._drawn(draw, purpose, step, part)).to(self._device, self._dtype)

    def _drawn(self, draw: Callable[[np.random.Generator], NDArray], purpose: Purpose, step: int, part: int) -> NDArray:
        """Each column's numbers follow the column before, so that more columns change none of them."""
        rows = np.stack([draw(generator(seed, purpose, step, part)).T for seed in self._seeds])
        return rows[self._which] if len(self._which) > 1 else rows
