"""When training stops by itself because the validation loss no longer falls, and with which weights.

Prechelt 1998, "Early stopping - but when?", section 2.1, has the criteria GL, PQ and UP; patience is that of Keras.
Where Prechelt counts epochs, evaluations are counted here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import State
from boundaryviz.learners.training_spec import TrainingSpec

STRIP = 5
"""Evaluations in a strip of PQ and UP (Prechelt's k)."""
NEVER = -1


class EarlyStopping:
    """Watches R replicas, each of which stops by itself; what has stopped is held with the weights it keeps.

    stopped, kept: int64 (R,), the steps at which each stopped and whose weights it keeps; -1 where it has not.
    What has no validation loss never stops. What diverges stops, with whatever weights it has.
    """

    def __init__(self, training: TrainingSpec, replicas: int) -> None:
        self._training = training
        self._best = np.full(replicas, np.inf)
        self._since = np.zeros(replicas, dtype=np.int64)  # evaluations since the best, or strips of UP in a row
        self._last = np.full((2, replicas, STRIP), np.nan)  # validation and training losses, the latest last
        self._strip_end = np.full(replicas, np.nan)  # validation loss at the end of the strip before
        self._looks = 0
        self._best_step = np.full(replicas, NEVER, dtype=np.int64)
        self.stopped = np.full(replicas, NEVER, dtype=np.int64)
        self.kept = np.full(replicas, NEVER, dtype=np.int64)
        self._weights: dict[str, NDArray] = {}

    @property
    def over(self) -> bool:
        """Whether every replica has stopped."""
        return bool((self.stopped != NEVER).all())

    @property
    def holds(self) -> bool:
        """Whether some replica has stopped with weights that are to be held."""
        return bool((self.kept != NEVER).any())

    def look(self, step: int, validation: NDArray[np.float64], train: NDArray[np.float64], state: State) -> None:
        """An evaluation: losses (R,), NaN of what diverged or has none, and the state that they are of."""
        running = self.stopped == NEVER
        lower = running & (validation < self._best - self._least)
        self._best = np.where(lower, validation, self._best)
        self._best_step[lower] = step
        self._last = np.concatenate([self._last[:, :, 1:], np.stack([validation, train])[:, :, None]], axis=2)
        self._looks += 1
        stops = running & np.isfinite(self._best) & (self._says(validation, lower) | np.isnan(validation))
        self.stopped[stops] = step
        held = stops & np.isfinite(validation)
        restores = self._training.restore_best
        self.kept[held] = self._best_step[held] if restores else step
        self._keep(state, lower if restores else held)

    def _says(self, validation: NDArray[np.float64], lower: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which replicas (R,) the criterion stops."""
        training, strip = self._training, self._looks % STRIP == 0
        if training.early_stopping == "patience":
            self._since = np.where(lower, 0, self._since + 1)
            return self._since >= training.patience
        if training.early_stopping == "UP":
            if not strip:
                return np.zeros(len(validation), dtype=bool)
            self._since = np.where(validation > self._strip_end, self._since + 1, 0)
            self._strip_end = validation
            return self._since >= training.patience
        loss = 100.0 * (validation / self._best - 1.0)  # GL, the generalisation loss, in percent
        if training.early_stopping == "GL":
            return loss > training.most_loss
        # training progress in thousandths: by how much the mean of a strip lies above its least
        train = self._last[1]
        with np.errstate(invalid="ignore", divide="ignore"):
            progress = 1000.0 * (train.mean(axis=1) / train.min(axis=1) - 1.0)
            quotient = loss / progress
        found: NDArray[np.bool_] = strip & (quotient > training.most_loss)
        return found

    @property
    def _least(self) -> float:
        """By how much a loss has to be lower to be the lowest."""
        return self._training.tolerance if self._training.early_stopping == "patience" else 0.0

    def _keep(self, state: State, which: NDArray[np.bool_]) -> None:
        """Take the weights of these replicas (R,)."""
        if not which.any():
            return
        for name, array in state.items():
            if array.dtype.kind == "f" and array.ndim > 1 and len(array) == len(which):
                held = self._weights.get(name)
                if held is None or held.shape != array.shape:
                    self._weights[name] = array.copy()
                else:
                    held[which] = array[which]

    def held(self, state: State) -> State:
        """The state in which what has stopped has the weights that it keeps."""
        rows = self.kept != NEVER
        found = dict(state)
        for name, array in self._weights.items():
            if name in found and found[name].shape == array.shape:
                found[name] = np.where(rows.reshape(-1, *[1] * (array.ndim - 1)), array, found[name])
        return found

    # ---- going back ---------------------------------------------------------------------------------

    def state(self) -> dict[str, NDArray]:
        """All that the next look depends on, as arrays of its own."""
        found = {name: getattr(self, name).copy() for name in _ARRAYS} | {"looks": np.array(self._looks)}
        return found | {f"weights.{name}": array.copy() for name, array in self._weights.items()}

    def restore(self, state: Mapping[str, NDArray]) -> None:
        """Go on from a `state` of one with as many replicas. Raises KeyError or ValueError for what does not fit."""
        if any(state[name].shape != getattr(self, name).shape for name in _ARRAYS):
            raise ValueError("a state of early stopping of other models")
        for name in _ARRAYS:
            setattr(self, name, state[name].copy())
        self._looks = int(state["looks"])
        prefix = "weights."
        self._weights = {k.removeprefix(prefix): v.copy() for k, v in state.items() if k.startswith(prefix)}


_ARRAYS = ("_best", "_since", "_last", "_strip_end", "_best_step", "stopped", "kept")
