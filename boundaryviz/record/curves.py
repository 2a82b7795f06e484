"""Curves of training, kept losslessly and growing without copying at every chunk."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, Curves

FIRST = 256
"""Evaluations for which there is room from the beginning."""


class CurveStore:
    """Evaluations of R replicas in the order they came; `step` strictly increases."""

    def __init__(self, replicas: int = 1) -> None:
        self._length = 0
        self._step = np.empty(FIRST, dtype=np.int64)
        self._values = np.empty((FIRST, replicas, len(CURVES)))
        self._margins = np.empty((FIRST, replicas, 0))

    def __len__(self) -> int:
        return self._length

    def append(self, chunk: Curves) -> None:
        """Take over a chunk. Raises ValueError when it holds another number of replicas.

        With another number of pins than before, the margins begin anew: those so far are NaN.
        """
        if chunk.values.shape[1:] != self._values.shape[1:]:
            raise ValueError(f"{chunk.values.shape[1]} replicas in the chunk, {self._values.shape[1]} in the store")
        end = self._length + len(chunk.step)
        if end > len(self._step):
            room = max(end, 2 * len(self._step))
            self._step = np.resize(self._step, room)
            self._values = np.resize(self._values, (room, *self._values.shape[1:]))
            self._margins = np.resize(self._margins, (room, *self._margins.shape[1:]))
        if chunk.margins.shape[2] != self._margins.shape[2]:
            self._margins = np.full((len(self._step), *chunk.margins.shape[1:]), np.nan)
        self._step[self._length : end] = chunk.step
        self._values[self._length : end] = chunk.values
        self._margins[self._length : end] = chunk.margins
        self._length = end

    @property
    def replicas(self) -> int:
        """Of how many models the curves are."""
        return int(self._values.shape[1])

    @property
    def step(self) -> NDArray[np.int64]:
        """int64 (K,), read-only"""
        return _read_only(self._step[: self._length])

    @property
    def values(self) -> NDArray[np.float64]:
        """float64 (K, R, 33), columns as in `CURVES`, read-only"""
        return _read_only(self._values[: self._length])

    def column(self, name: str) -> NDArray[np.float64]:
        """float64 (K, R), one of `CURVES`, read-only; NaN where there was nothing to evaluate."""
        return _read_only(self._values[: self._length, :, CURVES.index(name)])

    @property
    def margins(self) -> NDArray[np.float64]:
        """float64 (K, R, P), read-only; see `Curves`"""
        return _read_only(self._margins[: self._length])

    def best(self, replica: int = 0) -> tuple[int, float] | None:
        """Step and value of the lowest validation loss of a replica; None where there is none."""
        loss = self.column("validation_loss")[:, replica]
        if not np.isfinite(loss).any():
            return None
        at = int(np.nanargmin(np.where(np.isfinite(loss), loss, np.nan)))
        return int(self.step[at]), float(loss[at])

    def rows(self, replica: int = 0) -> list[dict[str, Any]]:
        """The step and every measure of each evaluation of a replica; what was never measured is left out."""
        values = self.values[:, replica]
        shown = [(k, name) for k, name in enumerate(CURVES) if not np.isnan(self.values[:, :, k]).all()]
        return [
            {"step": step} | {name: row[k] for k, name in shown}
            for step, row in zip(self.step.tolist(), values.tolist(), strict=True)
        ]

    def until(self, step: int) -> CurveStore:
        """A copy of what was evaluated in the first `step` steps."""
        count = int(np.searchsorted(self.step, step, side="right"))
        chosen = CurveStore(self.replicas)
        if count:
            chosen.append(Curves(self.step[:count], self._values[:count], self._margins[:count]))
        return chosen

    def of(self, replicas: slice) -> CurveStore:
        """A copy with these replicas alone."""
        step, values = self.step, self._values[: self._length, replicas]
        chosen = CurveStore(values.shape[1])
        chosen.append(Curves(step, values, self._margins[: self._length, replicas]))
        return chosen


def _read_only(view: NDArray) -> NDArray:
    view.flags.writeable = False
    return view
