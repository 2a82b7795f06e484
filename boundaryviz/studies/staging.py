"""A run of a fitted learner, measured as if it had been fitted with each of several sizes of its course."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.deciding import Deciding, deciding
from boundaryviz.engine.messages import Curves
from boundaryviz.learners.base import Answers, Learner, decided, leads_of
from boundaryviz.learners.fitted_learner import judged
from boundaryviz.record.curves import CurveStore
from boundaryviz.runs.run import Run

T = TypeVar("T")


def each_stage(run: Run, stages: Sequence[int]) -> Iterator[None]:
    """Have the run be of one size after the other while the caller looks at it, and then as it was.

    What it says is that of runs with the setting `Family.course` at these sizes, to the bit; its curves are those of
    such runs as far as errors and losses go. Raises ValueError for a size that the fit has not got.
    """
    session, learner, curves = run.session, run.session.learner, run.curves
    asked = _Asked(learner.learner if isinstance(learner, Deciding) else learner, stages)
    try:
        for at in range(len(stages)):
            session.learner = deciding(cast("Learner", _AtStage(asked, at)), session.rule)
            run.evaluated = session.evaluate()
            run.curves = _as_now(curves, run.evaluated)
            yield
    finally:
        session.learner, run.curves, run.evaluated = learner, curves, None


def _as_now(curves: CurveStore, now: NDArray[np.float64]) -> CurveStore:
    """The curves with `now` (R, K) at every step but the first, before which nothing was fitted."""
    values = curves.values.copy()
    values[curves.step > 0] = now
    found = CurveStore(curves.replicas)
    found.append(Curves(curves.step.copy(), values, curves.margins.copy()))
    return found


class _Asked:
    """A learner, and what it said of the same places at all of the sizes, which are asked about together."""

    def __init__(self, learner: Learner, stages: Sequence[int]) -> None:
        self.learner: Any = learner
        self.stages = tuple(stages)
        self._said: dict[tuple[str, bytes], Any] = {}

    def said(self, what: str, x: NDArray[np.float64], ask: Callable[[], T]) -> T:
        key = what, np.ascontiguousarray(x).tobytes()
        if key not in self._said:
            self._said[key] = ask()
        found: T = self._said[key]
        return found


class _AtStage:
    """The learner at one of the sizes, as far as metrics ask it."""

    def __init__(self, asked: _Asked, at: int) -> None:
        self._asked, self._at = asked, at

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_asked"].learner, name)

    def assess(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> Answers:
        p = self._shares(x)
        return Answers(*judged(p, label), np.stack([leads_of(one) for one in p]))

    def evaluate(
        self, x: NDArray[np.float64], label: NDArray[np.int64], response: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        return self.assess(x, label)[:2]

    def probabilities(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.float32]:
        p = self._shares(x).transpose(0, 2, 1).astype(np.float32)
        return p if replica is None else p[replica : replica + 1]

    def predict(self, x: NDArray[np.float64], replica: int | None = None) -> NDArray[np.int64]:
        found = decided(self._shares(x))
        return found if replica is None else found[replica : replica + 1]

    def _shares(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (R, G, C), laid out as the learner itself has them, so that sums come to the same bits."""
        asked = self._asked
        said = asked.said("shares", x, lambda: asked.learner.staged(x, asked.stages))
        return np.ascontiguousarray(said[self._at])
