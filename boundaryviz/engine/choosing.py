"""Which engine is the quickest for a learner and its data: measured, where a machine has more than one to offer.

Nothing else would tell: a tiny net of one replica is quickest on the processor, hundreds of them on a GPU, and where
the one becomes the other hangs on the net, the data, the number of replicas and the machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from boundaryviz.learners.base import Learner

WORDS = {"cuda": "CUDA", "mps": "MPS", "compiled": "compiled", "cpu": "CPU"}
"""Engines as they are called in sentences."""

_SECONDS = 0.1  # of steps on each engine, about
_WARM_UP = 3  # calls before that, in which a device is woken, and what is quicker repeated is recorded

_CHOSEN: dict[Hashable, Choice] = {}


@dataclass(frozen=True)
class Choice:
    """engine: the quickest. why: in words, 'CUDA: 41,000 steps/s, compiled: 9,000 steps/s'. speeds: steps a second of
    those that could be measured."""

    engine: str
    why: str
    speeds: Mapping[str, float] = field(default_factory=dict)


def choose(
    engines: Sequence[str],
    learner_on: Callable[[str], Learner],
    block: int,
    key: Hashable,
    clock: Callable[[], float] = time.perf_counter,
) -> Choice:
    """The engine that does most steps a second.

    engines: which there are; the last one is the processor's, taken where nothing can be measured or another fails,
    for want of memory or because the device is broken. learner_on: a learner of its own on an engine, with the data it
    is to be trained on, which is thrown away. block: steps in a call of `step`, as the run will do them. key: of all
    that decides how long a step takes (settings, replicas, sizes, engines): what was measured for it once in this
    process is not measured again. clock: seconds.
    """
    if key not in _CHOSEN:
        _CHOSEN[key] = _measured(engines, learner_on, block, clock)
    return _CHOSEN[key]


def forget() -> None:
    """Measure everything anew from now on."""
    _CHOSEN.clear()


def _measured(
    engines: Sequence[str], learner_on: Callable[[str], Learner], block: int, clock: Callable[[], float]
) -> Choice:
    if len(engines) == 1:
        return Choice(engines[0], f"{WORDS[engines[0]]}: there is no other")
    speeds: dict[str, float] = {}
    words = []
    for engine in engines:
        try:
            found = speed(learner_on(engine), block, clock)
        except Exception as error:  # whatever is wrong with it, the run is to go on elsewhere
            words.append(f"{WORDS[engine]}: not used, {_line(error)}")
            continue
        if found is None:
            return Choice(engines[-1], f"{WORDS[engines[-1]]}: there is nothing to learn from that could be timed")
        speeds[engine] = found
        words.append(f"{WORDS[engine]}: {found:,.0f} steps/s")
    return Choice(max(speeds, key=lambda one: speeds[one], default=engines[-1]), ", ".join(words), speeds)


def speed(learner: Learner, block: int, clock: Callable[[], float] = time.perf_counter) -> float | None:
    """Steps a second in calls of so many; None where steps would pass without anything being learnt."""
    if not learner.can_train:
        return None
    for _ in range(2):
        learner.step(1)
    each = _seconds(learner, 1, 1, clock)
    block = max(1, min(block, int(_SECONDS / 2 / max(each, 1e-9))))
    _seconds(learner, block, _WARM_UP, clock)
    calls = 1
    while (taken := _seconds(learner, block, calls, clock)) < _SECONDS / 2:
        calls *= 2
    return block * calls / taken


def _seconds(learner: Learner, block: int, calls: int, clock: Callable[[], float]) -> float:
    """What so many calls of so many steps take."""
    began = clock()
    for _ in range(calls):
        learner.step(block)
    learner.finite()  # its answer is a transfer, before which a device has done all that it was told
    return clock() - began


def _line(error: Exception) -> str:
    """The first line of what an error says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
