"""The defence of a session: when its replicas are judged, and which verdict is in force meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Thread

from boundaryviz.defences import DefenceSettings
from boundaryviz.defences.judged import Judged
from boundaryviz.engine.fits import Abandoned, Course
from boundaryviz.engine.judging import Sight, Verdicts, judge

QUICK = 0.03
"""Seconds that a verdict may have taken for the next one to be waited for while points move."""
WAIT, REST = 0.1, 0.25
"""Seconds that are waited for a verdict of which it is not known that it takes longer; and for which points rest before
one that does is begun."""


class Defending:
    """The defence of a session: the verdicts on its replicas.

    A session without a window judges at once, once for each scene. While somebody drags a point (live), what is quick
    is judged at once too; what takes longer, in a thread, once the points have rested for a moment, while training
    goes on with the last verdict. Before there is one, nothing is trained.

    judged: the verdict for each replica that is in force; None without a defence, and before there is one. pending:
    whether another one is to come. version: grows with every other verdict. seconds: what the last one took.
    """

    def __init__(self, live: bool = False, clock: Callable[[], float] = time.perf_counter) -> None:
        self._live, self._clock = live, clock
        self._verdicts = Verdicts()
        self.judged: tuple[Judged, ...] | None = None
        self.pending, self.failed = False, False
        self.version = 0
        self.seconds = 0.0
        self._settings: DefenceSettings | None = None
        self._thread: _Thread | None = None
        self._rests_at = 0.0

    @property
    def holds(self) -> bool:
        """Whether nothing is to be trained, because no verdict is there yet or none can be had."""
        return self.failed or (self.pending and self.judged is None)

    def forget(self) -> None:
        """Go on with no last verdict: training begins anew."""
        self.judged = None

    def stop(self, patience: float | None = 0.0) -> None:
        """Give up what is being judged. patience: seconds to wait for the end of that, None for as long as it takes."""
        if self._thread is not None:
            self._thread.abandon(patience)
            self._thread = None

    def take(
        self, settings: DefenceSettings | None, course: Callable[[], Course], asked: Callable[[], Sequence[Sight]]
    ) -> tuple[Judged, ...] | None:
        """The verdict to train with from now on. Raises as `judge` does, and leaves the last one in force."""
        self.stop()
        if settings is None:
            self._hold_to(None, None)
            return None
        seen, how = asked(), course()
        self._verdicts.begin(settings, how, seen)
        missing = {(sight.digest, sight.seed): sight for sight in seen if self._verdicts.of(sight) is None}
        if missing and not self._live:
            self._judge(settings, how, list(missing.values()), seen)
        elif missing:
            self._thread = _Thread(settings, how, list(missing.values()), self._clock)
            self._rests_at = self._clock() + REST
            if self.seconds > QUICK or not self._thread.run(WAIT):
                last = self.judged if settings == self._settings and len(self.judged or ()) == len(seen) else None
                if last is not self.judged:
                    self.version += 1
                self.judged, self._settings, self.pending, self.failed = last, settings, True, False
                return last
            self._finish()
        self._hold_to(settings, seen)
        return self.judged

    def look(self) -> bool:
        """Begin what is to be judged where the points have rested; whether a verdict has come, to be taken.

        Raises as `judge` does.
        """
        thread = self._thread
        if thread is None:
            return False
        if not thread.begun:
            if self._clock() >= self._rests_at:
                thread.run(0.0)
            return False
        if not thread.done:
            return False
        try:
            self._finish()
        except Exception:
            self.pending, self.failed = False, True
            raise
        return True

    def wait(self) -> bool:
        """Wait for the verdict that is to come; whether there was any."""
        if self._thread is None:
            return False
        self._thread.run(None)
        return self.look()

    def _judge(
        self, settings: DefenceSettings, course: Course, missing: Sequence[Sight], seen: Sequence[Sight]
    ) -> None:
        began = self._clock()
        for sight in missing:
            if self._verdicts.of(sight) is None:
                self._verdicts.add(sight, *judge(settings, course, sight))
        self.seconds = self._clock() - began

    def _finish(self) -> None:
        """Take over what the thread has found. Raises what it has raised."""
        thread, self._thread = self._thread, None
        assert thread is not None
        self.seconds = thread.seconds
        if thread.error is not None:
            raise thread.error
        for sight, judged, depends in thread.found:
            self._verdicts.add(sight, judged, depends)

    def _hold_to(self, settings: DefenceSettings | None, seen: Sequence[Sight] | None) -> None:
        found = None if seen is None else tuple(one for sight in seen if (one := self._verdicts.of(sight)) is not None)
        before, self.judged = self.judged, found
        if (
            self.pending
            or before is None
            or found is None
            or any(a is not b for a, b in zip(before, found, strict=False))
        ):
            self.version += 1
        self._settings, self.pending, self.failed = settings, False, False


class _Thread:
    """Judges what is missing beside training. found: (sight, verdict, whether it depends on the seed). error: what was
    raised instead. seconds: what it took."""

    def __init__(
        self, settings: DefenceSettings, course: Course, missing: Sequence[Sight], clock: Callable[[], float]
    ) -> None:
        self._settings, self._course, self._missing, self._clock = settings, course, missing, clock
        self.found: list[tuple[Sight, Judged, bool]] = []
        self.error: Exception | None = None
        self.seconds = 0.0
        self.begun, self._wanted = False, True
        self._thread = Thread(target=self._work, name="defence", daemon=True)

    @property
    def done(self) -> bool:
        """Whether it has come to an end."""
        return self.begun and not self._thread.is_alive()

    def run(self, patience: float | None) -> bool:
        """Begin, and wait so many seconds for the end, None for as long as it takes; whether it has come."""
        if not self.begun:
            self.begun = True
            self._thread.start()
        self._thread.join(patience)
        return self.done

    def abandon(self, patience: float | None) -> None:
        """End it at the next look at whether it is wanted."""
        self._wanted = False
        if self.begun:
            self._thread.join(patience)

    def _work(self) -> None:
        began, known = self._clock(), Verdicts()
        known.begin(self._settings, self._course, self._missing)
        try:
            for sight in self._missing:
                if known.of(sight) is None:
                    judged, depends = judge(self._settings, self._course, sight, lambda: self._wanted)
                    known.add(sight, judged, depends)
                    self.found.append((sight, judged, depends))
        except Abandoned:
            pass
        except Exception as error:  # whatever a filter of someone else's raises
            self.error = error
        self.seconds = self._clock() - began
