"""Which checkpoints of training are kept, so that one can go back to them, at a small share of the time of training."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, Checkpoint, Why
from boundaryviz.engine.session import Session
from boundaryviz.scene.scene import Domain

SHARE = 0.015  # of the time of training; looking at every step takes some more
BURST = 0.1  # seconds that may be spent ahead of it
AGAIN = 0.05  # of the time since the last beginning: what may be spent ahead at another
SPARSE = 0.005  # steps between two checkpoints, as a share of those since the last change
LONGER = 256  # cells of a field along the longer side
NEARLY = 1e-6  # of the domain, that a rectangle may lack
ROOM = 4.0  # how many times the domain a rectangle that is recorded may be: what is shown, unless it is far out

Fields = tuple[Domain, NDArray, NDArray | None]
"""A rectangle, the field over it, and the clean twin's."""

_VALIDATION = CURVES.index("validation_loss")


class Recorder:
    """Looks at a session after every few steps and makes the checkpoints worth keeping; `take` hands them out.

    They are dense after the beginning and after every change, and sparser with the steps since, as far as the time
    allows. What happens once, the first flip of a pin, is recorded whatever it costs. The lowest validation loss is
    remembered, and recorded as soon as there is time, or before anything changes.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._checkpoints: list[Checkpoint] = []
        self._credit, self._began = BURST, clock()
        self._shown: Domain | None = None
        self.begin()

    def begin(self, step: int = 0) -> None:
        """A session begins, or goes on, at this step. What was not taken yet is dropped.

        The first steps are worth a new burst, unless one beginning follows the other, as while a slider is dragged.
        """
        now = self._clock()
        self._credit = max(self._credit, min(BURST, AGAIN * (now - self._began)))
        self._began = now
        self._changed, self._due, self._last = step, step, -1
        self._roughly = -1  # the last step recorded, while it may be recorded once more with exact fields
        self._lowest = np.inf
        self._best: dict[str, NDArray] | None = None  # the state of the lowest validation loss, yet to be recorded
        self._looked = step
        self._won: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._checkpoints = []

    def take(self) -> list[Checkpoint]:
        """The checkpoints since the last call."""
        checkpoints, self._checkpoints = self._checkpoints, []
        return checkpoints

    def trained(self, seconds: float) -> None:
        """So much time has gone into training."""
        self._credit = min(BURST, self._credit + SHARE * seconds)

    def changing(self, session: Session, seed: int) -> None:
        """Other data or settings are about to be trained on."""
        self.settle(session, seed)
        if self._credit > -BURST:  # a drag changes something at every step
            self.record(session, seed, "edit")
        self._changed, self._due, self._roughly = session.step_count, session.step_count + 1, -1

    def settle(self, session: Session, seed: int) -> None:
        """Record the lowest validation loss, if it is not recorded yet: what it was of is about to change."""
        best, self._best = self._best, None
        if best is not None:
            with self._paid(), session.as_of(best):
                self._keep(session, seed, best, frozenset({"best"}))

    def free(self, session: Session) -> int:
        """How many steps may be done before the next `look`, and the same is recorded as if it looked at each."""
        free = session.free
        if self._credit <= 0:  # none comes before the turn ends; evaluations are looked at all the same
            return free
        return 1 if self._best is not None else max(1, min(free, self._due - session.step_count))

    def look(self, session: Session, seed: int) -> None:
        """Steps have been done, as many as were `free` at most."""
        step = session.step_count
        if session.evaluated.step == step and step != self._looked:
            self._looked = step
            self._evaluated(session, seed)
        if step >= self._due and self._credit > 0:
            self.record(session, seed, *({"edit"} if step == self._changed + 1 else ()))
        elif self._best is not None and self._credit > 0:
            self.settle(session, seed)

    def offer(
        self, session: Session, seed: int, rect: Domain, field: NDArray, clean: NDArray | None, exact: bool = False
    ) -> None:
        """Fields of now have been worked out anyway: with them a checkpoint that is due costs next to nothing.

        Moments between are recorded over the same rectangle, so that going through them the plane stays full. exact:
        at every cell; where this step has been recorded with quick fields, it is again.
        """
        self._shown = rect
        if (clean is None and session.twin) or not _worth(rect, session.scene.domain):
            return
        if session.step_count >= self._due:
            self.record(session, seed, given=(rect, field, clean))
        elif exact and session.step_count == self._roughly:
            with self._paid():
                self._keep(session, seed, session.state(), frozenset(), (rect, field, clean))
        if exact:
            self._roughly = -1

    def record(self, session: Session, seed: int, *why: Why, given: Fields | None = None) -> None:
        """Keep the checkpoint now, unless it is kept already. given: its fields, where they are known."""
        step = session.step_count
        if step == self._last:
            return
        if self._best is not None and self._best["step"] == step:
            self._best, why = None, (*why, "best")
        self._last = self._roughly = step
        with self._paid():
            self._keep(session, seed, session.state(), frozenset(why), given)
        self._due = step + max(1, int(SPARSE * (step - self._changed)))

    def _evaluated(self, session: Session, seed: int) -> None:
        replica = session.shown(seed)
        loss = session.evaluated.values[replica, _VALIDATION]
        if loss < self._lowest:
            self._lowest = float(loss)
            if not session.settled:  # what is fitted at once is recorded anyway, and costly to restore
                self._best = session.state()
        won = session.evaluated.margins[replica] > 0
        if not len(won):
            return
        if session.twin:
            won &= ~(session.evaluated.margins[seed] > 0) & ~session.diverged[seed]
        if len(won) != len(self._won):
            self._won = np.zeros(len(won), dtype=bool)
        if (won & ~self._won).any():
            self._won = self._won | won
            self.record(session, seed, "flip")

    def _keep(
        self, session: Session, seed: int, state: dict[str, NDArray], why: frozenset[Why], given: Fields | None = None
    ) -> None:
        rect, field, clean = given or self._fields(session, seed)
        half = lambda values: None if values is None else values.astype(np.float16)  # noqa: E731
        self._checkpoints.append(
            Checkpoint(int(state["step"]), rect, field.astype(np.float16), half(clean), state, why)
        )

    @contextmanager
    def _paid(self) -> Iterator[None]:
        """What is done within is paid for out of the share of the time."""
        began = self._clock()
        yield
        self._credit -= self._clock() - began

    def _fields(self, session: Session, seed: int) -> Fields:
        """Of the run with this seed and of its clean twin."""
        rect = session.scene.domain
        if self._shown is not None and _worth(self._shown, rect):
            rect = self._shown
        columns, rows = rect.shape(LONGER, session.scene.domain.stretch)
        ask = lambda replica: session.field(rect, columns, rows, replica, quick=True)  # noqa: E731
        return rect, ask(session.shown(seed)), ask(seed) if session.twin else None


def _worth(rect: Domain, domain: Domain) -> bool:
    """Whether a field over this rectangle tells of the whole domain, and not too coarsely."""
    across, up = NEARLY * domain.width, NEARLY * domain.height  # a view that just shows it may miss it by rounding
    wide = rect.left <= domain.left + across and rect.right >= domain.right - across
    high = rect.bottom <= domain.bottom + up and rect.top >= domain.top - up
    return wide and high and rect.width * rect.height <= ROOM * domain.width * domain.height
