"""Batches in packs, for executors of other processes: what goes together, and what is done again where one is lost."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from boundaryviz.jobs.lookup import function_named
from boundaryviz.studies.executors import Outcome, Outcomes
from boundaryviz.studies.tasks import Batch, Content

_PACK = 0.2  # seconds of work that go to a process at a time, where single batches take less
_GROWS = 16  # a pack has so many times as many batches as the ones before at most: what comes may take longer


class BatchError(RuntimeError):
    """What a batch raised in another process, in words, or that it ended the process."""


Packed = tuple[float, list[tuple[Sequence[Any], str]]]
"""Seconds that a pack took, and of each batch its values, or words that say why there are none."""


class Pool(Protocol):
    """Processes that carry out packs by `carried_out`."""

    @property
    def workers(self) -> int:
        """How many processes there are."""
        ...

    @property
    def places(self) -> int:
        """How many packs are to be under way."""
        ...

    def submit(self, contents: Sequence[Content]) -> Hashable:
        """Have a pack done; what it is called from now on."""
        ...

    def ended(self, packs: Iterable[Hashable]) -> list[tuple[Any, Packed | BaseException]]:
        """Wait until at least one of these has ended; all that have, with what came of them."""
        ...

    def died(self, error: BaseException) -> bool:
        """Whether a pack came to this because its process ended."""
        ...

    def renew(self) -> bool:
        """Be ready for more after a process has ended; whether all that was under way is lost with it."""
        ...

    def close(self) -> None:
        """Cancel what is under way and let go of the processes."""
        ...


class Packs:
    """What is left to do. A batch that was under way when a process ended is done again, by itself; one that ends its
    process by itself has failed."""

    def __init__(self, batches: Sequence[Batch], pool: Callable[[], Pool]) -> None:
        """pool: makes one, where there is anything to do."""
        self._batches, self._make = batches, pool
        self._left, self._alone = deque(range(len(batches))), deque[int]()
        self._under_way: dict[Hashable, list[int]] = {}
        self._pack = 1

    def outcomes(self) -> Outcomes:
        """See `Executor.run`."""
        if not self._batches:
            return
        self._pool = self._make()
        try:
            while self._left or self._alone or self._under_way:
                alone = self._submit()
                if outcomes := list(self._gather(alone)):
                    yield outcomes
        finally:
            self._pool.close()

    def _submit(self) -> bool:
        """Have as much under way as there are places; whether that is one batch by itself."""
        if self._alone:
            if not self._under_way:
                self._start([self._alone.popleft()])
            return len(self._under_way) == 1
        while self._left and len(self._under_way) < self._pool.places:
            count = min(self._pack, -(-len(self._left) // self._pool.workers))
            self._start([self._left.popleft() for _ in range(count)])
        return False

    def _start(self, numbers: list[int]) -> None:
        self._under_way[self._pool.submit([self._batches[number].content for number in numbers])] = numbers

    def _gather(self, alone: bool) -> Iterator[Outcome]:
        """What has ended."""
        gone = False
        for pack, found in self._pool.ended(self._under_way):
            numbers = self._under_way.pop(pack)
            if not isinstance(found, BaseException):
                yield from self._ended(numbers, *found)
                continue
            died = self._pool.died(found)
            gone = gone or died
            if alone and len(numbers) == 1:
                words = "its process crashed or was killed" if died else f"{type(found).__name__}: {found}"
                yield Outcome(numbers[0], error=BatchError(words))
            else:
                self._alone.extend(numbers)
        if gone and self._pool.renew():
            self._alone.extend(number for numbers in self._under_way.values() for number in numbers)
            self._under_way.clear()

    def _ended(self, numbers: list[int], seconds: float, found: list[tuple[Sequence[Any], str]]) -> Iterator[Outcome]:
        most = _GROWS * len(numbers)
        self._pack = max(1, min(most, int(_PACK * len(numbers) / max(seconds, 1e-9))))
        for number, (values, words) in zip(numbers, found, strict=True):
            yield Outcome(number, values, BatchError(words) if words else None)


def carried_out(contents: Sequence[Content]) -> Packed:
    """The work of a pack, in a process of its own. Exceptions go as words: not every one survives the way back."""
    began, found = time.perf_counter(), list[tuple[Sequence[Any], str]]()
    for content in contents:
        try:
            found.append((function_named(type(content).WORK)(content, _SILENT), ""))
        except Exception as error:
            found.append(((), f"{type(error).__name__}: {error}"))
    return time.perf_counter() - began, found


class _Silent:
    """A `Tell` that nobody hears."""

    def progress(self, done: int, of: int, words: str = "") -> None:
        pass

    def result(self, value: object) -> None:
        pass


_SILENT = _Silent()
