"""The label cascade of a run: traced when asked for, or watched while a net trains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import Learner, TrainingData
from boundaryviz.learners.cascade import Cascade, measured
from boundaryviz.learners.scaled import scaled
from boundaryviz.scene.scaling import Scaling

_ASKED = 4000  # points a net is asked about at every evaluation; were there twice as many, at every second one


class Cascades:
    """Who has which label from whom, in a session's replicas. version: grows whenever the answer may have changed.

    Of a net one replica is watched at a time: at evaluations it is asked about the unlabelled points that have not
    passed the threshold yet, thinned out so that this takes a few per cent of the time of training at most. What
    has been seen of a point stays, by its id, whatever is done to the scene, until the next reset.
    """

    def __init__(self, learner: Learner, spec: Any) -> None:
        self._learner: Any = learner
        self._scale: Scaling | None = None
        self._spec, self._measure = spec, measured(spec)
        self.version = 0
        self.watched: int | None = None
        self._since, self._passed_over = 0, 0
        self._data: TrainingData | None = None
        self._when, self._label = np.empty(0), np.empty(0, dtype=np.int64)

    # ---- what the session tells it ------------------------------------------------------------------

    def watch(self, replica: int | None, step: int) -> None:
        """Watch this replica from now, step `step`, on, or none any more. What another one had shown is forgotten."""
        if replica != self.watched:
            self.watched, self._since = replica, step
            self._when, self._label = np.full(len(self._when), np.inf), np.full(len(self._label), -1)
            self._passed_over = len(self._when)
            self.version += 1
            self.look(step)

    def set_data(self, data: TrainingData, scale: Scaling | None = None) -> None:
        """These points are trained on from now on. scale: the units in which the learner measures them."""
        self._scale = scale
        ids = data.point_ids
        when, label = np.full(len(ids), np.inf), np.full(len(ids), -1)
        if self._data is not None:
            _, new, old = np.intersect1d(ids, self._data.point_ids, assume_unique=True, return_indices=True)
            when[new], label[new] = self._when[old], self._label[old]
        self._data, self._when, self._label = data, when, label
        self.version += 1

    def set_spec(self, spec: Any) -> None:
        """The learner has these settings now."""
        self._spec = spec
        self.version += 1

    def look(self, step: int) -> None:
        """The session evaluates at `step`, or the learner has just been fitted."""
        if self._measure == "step":
            self._ask(step)
        elif self._measure is not None:
            self.version += 1

    def _ask(self, step: int) -> None:
        if self._data is None or self.watched is None:
            return
        data = self._data.of(self.watched)
        left = np.flatnonzero((data.label < 0) & (data.weights[0] != 0) & np.isinf(self._when))
        self._passed_over += 1
        if not len(left) or self._passed_over * _ASKED < len(left):
            return
        self._passed_over = 0
        p = self._learner.probabilities(data.x[left], self.watched)[0]
        passed = p.max(axis=0) >= self._spec.sure  # never of NaN
        self._when[left[passed]], self._label[left[passed]] = step, p.argmax(axis=0)[passed]
        self.version += bool(passed.any())

    def state(self) -> dict[str, NDArray]:
        """What has been seen of points so far; empty where nothing is watched."""
        if self._measure != "step" or self.watched is None:
            return {}
        clock = np.array([self.watched, self._since, self._passed_over])
        return {"clock": clock, "when": self._when.copy(), "label": self._label.copy()}

    def restore(self, state: Mapping[str, NDArray], step: int) -> None:
        """Go on from a `state` on the same points if it is of the replica that is watched, else from `step` on."""
        watched, self.watched = self.watched, None
        self.watch(watched, step)
        if "clock" in state and watched == state["clock"][0] and len(state["when"]) == len(self._when):
            _, self._since, self._passed_over = (int(k) for k in state["clock"])
            self._when, self._label = state["when"].copy(), state["label"].copy()

    # ---- what it answers ----------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether there is an answer; while a learner is yet to be fitted to new points there is none."""
        return self._measure in (None, "step") or self._learner.settled

    def of(self, replica: int) -> Cascade | None:
        """The cascade of a replica among the training points, its own extra ones last; None for a supervised learner,
        while it is not `ready`, and of a net that is not watched.
        """
        if self._data is None or self._measure is None or not self.ready:
            return None
        from boundaryviz.learners import chains  # late, for scipy is not what a run waits for

        data = self._data.of(replica)
        if self._measure == "step":
            if replica != self.watched:
                return None
            return chains.handed(data, self._when, self._label, "step", since=self._since)
        if self._measure == "length":
            return chains.shortest(scaled(data, self._scale), self._spec)
        return self._rounds(data, replica)

    def _rounds(self, data: TrainingData, replica: int) -> Cascade:
        from boundaryviz.learners import chains

        when, label = np.full(len(data.ids), np.inf), np.full(len(data.ids), -1)
        order = np.argsort(data.ids)
        seen = order[data.weights[0][order] != 0]
        rounds = self._learner.rounds(replica)
        if rounds is not None:
            often = data.weights[0][seen].astype(np.int64)
            first = np.cumsum(often) - often  # a point that is there several times
            when[seen], label[seen] = (column[first] for column in rounds)
        return chains.handed(data, when, label, "round")
