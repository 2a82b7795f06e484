"""How long a learner takes to answer about places of the plane, and so what may be asked of it for a frame."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.surface import Ask

BUDGET = 1 / 240  # seconds that a field may take in any case: a quarter of the time between two frames
PART = 0.01  # seconds of one part of a field that is worked out in parts
_MANY = 512  # places; calls with fewer tell what a call costs by itself, those with more what a place adds
_QUICK = 8, 1 / 8  # calls that a usual quick field takes, and the share of the cells that it asks for
_LONGER = 1.5  # times as long as a quick field an exact one may take in any case
_UNKNOWN = 4096  # places of a part while nothing is known


class Pace:
    """Times what is asked: so many seconds a call, and so many a place, by the latest calls with few and with many.

    clock: of the time this process has worked, so that what else is done on the machine does not decide what a picture
    shows.
    """

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self._clock = clock
        self._key: object = None
        self._few = self._many = (0, 0.0)  # places, seconds

    def timed(self, ask: Ask) -> Ask:
        """The same, timed."""

        def asked(places: NDArray[np.float64]) -> NDArray[np.float32]:
            began = self._clock()
            answer = ask(places)
            took = len(places), self._clock() - began
            if len(places) < _MANY:
                self._few = took
            else:
                self._many = took
            return answer

        return asked

    def learn(self, key: object, ask: Ask, places: NDArray[np.float64]) -> None:
        """Ask something `timed` about some `places` (G, 2), unless that has been done for this key."""
        if key != self._key:
            self._key = key
            for asked in (places[:1], places[:1], places):  # the first call may be about to load something
                ask(asked)

    def seconds(self, calls: float, places: float) -> float:
        """What so many calls with so many places together are expected to take; infinite where nothing is known."""
        (few, at_least), (many, took) = self._few, self._many
        if not many:
            return math.inf
        each = max((took - at_least) / (many - few), 0.0)
        return calls * max(at_least - few * each, 0.0) + places * each

    def affords(self, cells: int) -> bool:
        """Whether a field may be asked for at every cell, though it has to be quick."""
        whole, (calls, share) = self.seconds(1, cells), _QUICK
        return whole < math.inf and whole <= max(BUDGET, _LONGER * self.seconds(calls, share * cells))

    def part(self) -> int:
        """How many places make up a part."""
        call, two = self.seconds(1, 0), self.seconds(1, 1)
        return _UNKNOWN if two == math.inf else int(max(PART - call, PART / 2) / max(two - call, 1e-9))
