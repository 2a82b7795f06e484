"""When which probe works, so that what is asked of a model costs training a bounded share of its time."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable
from importlib import import_module

from boundaryviz.engine.blocks import TURN
from boundaryviz.engine.messages import Failed, FromTrainer, Key, ProbeResult, Subscribe
from boundaryviz.engine.probes import PROBES
from boundaryviz.engine.probes.base import Probe, Shown, Slices

_AT_REST = 0.5  # share of the time while nothing is trained
_TRIES = 3  # how often in a row an answer may be abandoned before it is worked out in one go


class Scheduler:
    """The probes that are subscribed to, worked on a few slices at a time; `advance` gives their answers.

    An answer that has become stale while it is worked out is abandoned and begun anew. A drag makes every answer
    stale with each move, so one of those that training waits for anyway is finished in one go in the end.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._subscriptions: dict[str, _Subscription] = {}

    def subscribe(self, message: Subscribe) -> list[FromTrainer]:
        """Answer from now on, what is known already included; says why where there is no such probe."""
        where = "while subscribing to a probe"
        if message.probe not in PROBES:
            return [Failed(where, f"There is no {message.probe!r}; there are {', '.join(PROBES)}.", aside=True)]
        module, _, name = PROBES[message.probe].partition(":")
        kind: type[Probe] = getattr(import_module(module), name)
        settings = kind.Settings() if message.settings is None else message.settings
        if not isinstance(settings, kind.Settings):
            words = f"{message.probe!r} takes {kind.Settings.__name__}, not {type(settings).__name__}."
            return [Failed(where, words, aside=True)]
        probe, before = kind(settings), self._subscriptions.get(message.probe)
        if before is not None:
            probe.succeed(before.probe)
        self._subscriptions[message.probe] = _Subscription(message.probe, probe, self._clock)
        return []

    def unsubscribe(self, probe: str) -> None:
        """Answer no more; of a probe that is not subscribed to nothing happens."""
        self._subscriptions.pop(probe, None)

    def begin(self) -> None:
        """Another run begins, of which nothing is known yet."""
        for one in self._subscriptions.values():
            one.begin()

    @property
    def holds(self) -> bool:
        """Whether an answer is under way for which training has to wait."""
        return any(one.holds for one in self._subscriptions.values())

    def advance(self, shown: Shown, training: bool, seen: bool) -> list[FromTrainer]:
        """Work for some milliseconds where anything is due; those first that have waited longest.

        training: whether steps are done meanwhile. seen: whether anybody sees the screen.
        """
        if not self._subscriptions:
            return []
        said: list[FromTrainer] = []
        end = self._clock() + TURN
        for one in sorted(self._subscriptions.values(), key=lambda one: one.worked):
            said += one.advance(shown, training, seen, end)
            if self._clock() >= end:
                break
        return said

    def patience(self, shown: Shown, seen: bool) -> float | None:
        """Seconds until `advance` has something to do if nothing changes; None if it has not."""
        waits = [wait for one in self._subscriptions.values() if (wait := one.patience(shown, seen)) is not None]
        return min(waits, default=None)


class _Subscription:
    """One probe: what was answered last, what is under way, and what it has taken of the time."""

    def __init__(self, name: str, probe: Probe, clock: Callable[[], float]) -> None:
        self._name, self.probe, self._clock = name, probe, clock
        self.worked = self._began = -math.inf  # when it worked last, and when it began what it worked at then
        self._spent = 0.0  # seconds since it last left the time to training
        self.begin()

    def begin(self) -> None:
        """Nothing has been answered, and nothing is under way."""
        self._answered: Key | None = None
        self._work: Slices[object] | None = None
        self._key: Key | None = None  # of what is under way
        self._abandoned = 0  # in a row
        self._failed = False

    @property
    def holds(self) -> bool:
        """Whether training waits for what is under way."""
        return self._work is not None and self._key is not None and self._key.step is not None

    def _wanted(self, shown: Shown, seen: bool) -> Key | None:
        """The key of the answer that is missing, None where none is."""
        if self._failed or (self.probe.drawn and not seen and self._work is None):
            return None
        key = self.probe.key(shown)
        return None if key == self._answered else key

    def _due(self, training: bool) -> float:
        """When it may work again."""
        probe = self.probe
        share, least = (probe.share, probe.interval) if training else (_AT_REST, probe.rest)
        earliest = self.worked + self._spent * (1 - share) / share
        return earliest if self._work is not None else max(earliest, self._began + least)

    def patience(self, shown: Shown, seen: bool) -> float | None:
        """As `Scheduler.patience`, while nothing is trained."""
        if self.holds:
            return 0.0
        try:
            wanted = self._wanted(shown, seen)
        except Exception:
            return 0.0  # `advance` meets the same and tells it
        return None if wanted is None else max(self._due(False) - self._clock(), TURN)

    def advance(self, shown: Shown, training: bool, seen: bool, end: float) -> list[FromTrainer]:
        """Work until `end`, or as long as its share allows."""
        try:
            wanted = self._wanted(shown, seen)
            if self._work is not None and wanted != self._key:
                self._work, self._abandoned, self._began = None, self._abandoned + 1, -math.inf
            if wanted is None or (not self.holds and self._clock() < self._due(training)):
                return []
            if not self.holds:
                self._spent = 0.0
            if self._work is None:
                self._work, self._key, self._began = self.probe.work(shown), wanted, self._clock()
            return self._slices(training, end)
        except Exception as error:
            self._work, self._failed = None, True
            words = str(error) or type(error).__name__
            return [Failed(f"in the probe {self._name!r}", words, traceback.format_exc(), aside=True)]

    def _slices(self, training: bool, end: float) -> list[FromTrainer]:
        assert self._work is not None
        assert self._key is not None
        in_one_go = self.holds and self._abandoned >= _TRIES
        while True:
            began, value, done = self._clock(), None, False
            try:
                next(self._work)
            except StopIteration as stop:
                value, done = stop.value, True
            self.worked = self._clock()
            self._spent += self.worked - began
            if done:
                self._answered, self._work, self._abandoned = self._key, None, 0
                return [ProbeResult(self._name, self._key, value)]
            if (training and not self.holds) or (self.worked >= end and not in_one_go):
                return []
