"""Batches in several processes of this machine, by joblib's loky."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from typing import Any

from boundaryviz.jobs.lookup import function_named
from boundaryviz.studies.executors import Outcome, Outcomes, Watch
from boundaryviz.studies.tasks import Batch, Content

_PACK = 0.2  # seconds of work that go to a process at a time, where single batches take less
_GROWS = 16  # a pack has so many times as many batches as the ones before at most: what comes may take longer
_AHEAD = 1  # packs that wait for a process beside those at work
_LOOKS = 0.5  # seconds between two looks whether whoever started a process is still there


class BatchError(RuntimeError):
    """What a batch raised in another process, in words, or that it ended the process."""


class Loky:
    """Batches in processes of their own, small ones in packs, with one thread each.

    Nothing is heard of work under way. A batch that ends its process (by a crash, for want of memory) fails alone:
    those that were under way with it are done again, each by itself. The processes end with the iterator, and when
    whoever started them is killed.
    """

    def __init__(self, workers: int | None = None) -> None:
        """workers: how many processes, default one for each core."""
        self.workers = workers or os.cpu_count() or 1

    def run(self, batches: Sequence[Batch], watch: Watch | None = None) -> Outcomes:
        """See `Executor.run`; packs of batches, in several processes."""
        return _Run(batches, self.workers).outcomes()


Packed = tuple[float, list[tuple[Sequence[Any], str]]]
"""Seconds that a pack took, and of each batch its values, or words that say why there are none."""


class _Run:
    """What is left to do. alone: the numbers of batches that were under way when a process ended."""

    def __init__(self, batches: Sequence[Batch], workers: int) -> None:
        self._batches, self._workers = batches, min(workers, max(len(batches), 1))
        self._left, self._alone = deque(range(len(batches))), deque[int]()
        self._under_way: dict[Future[Packed], list[int]] = {}
        self._pack = 1
        self._pool: Any = None

    def outcomes(self) -> Outcomes:
        try:
            while self._left or self._alone or self._under_way:
                alone = self._submit()
                wait(self._under_way, return_when=FIRST_COMPLETED)
                if outcomes := list(self._gather(alone)):
                    yield outcomes
        finally:
            self._end_pool()

    def _submit(self) -> bool:
        """Have as much under way as there are processes; whether that is one batch by itself."""
        if self._alone:
            if not self._under_way:
                self._start([self._alone.popleft()])
            return len(self._under_way) == 1
        while self._left and len(self._under_way) < self._workers + _AHEAD:
            count = min(self._pack, -(-len(self._left) // self._workers))
            self._start([self._left.popleft() for _ in range(count)])
        return False

    def _start(self, numbers: list[int]) -> None:
        if self._pool is None:
            self._pool = _pool(self._workers)
        future = self._pool.submit(_carry_out, [self._batches[number].content for number in numbers])
        self._under_way[future] = numbers

    def _gather(self, alone: bool) -> Iterator[Outcome]:
        """What has ended. Where a process is gone, all that was under way is, too."""
        gone = False
        for future in [future for future in self._under_way if future.done()]:
            numbers = self._under_way.pop(future)
            error = future.exception()
            gone = gone or isinstance(error, BrokenExecutor)
            if error is None:
                yield from self._ended(numbers, *future.result())
            elif alone and len(numbers) == 1:
                words = "its process crashed or was killed" if gone else f"{type(error).__name__}: {error}"
                yield Outcome(numbers[0], error=BatchError(words))
            else:
                self._alone.extend(numbers)
        if gone:
            self._alone.extend(number for numbers in self._under_way.values() for number in numbers)
            self._under_way.clear()
            self._end_pool()

    def _ended(self, numbers: list[int], seconds: float, found: list[tuple[Sequence[Any], str]]) -> Iterator[Outcome]:
        most = _GROWS * len(numbers)
        self._pack = max(1, min(most, int(_PACK * len(numbers) / max(seconds, 1e-9))))
        for number, (values, words) in zip(numbers, found, strict=True):
            yield Outcome(number, values, BatchError(words) if words else None)

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(kill_workers=True)
            self._pool = None


def _pool(workers: int) -> Any:
    from joblib.externals.loky.process_executor import ProcessPoolExecutor

    return ProcessPoolExecutor(
        workers, initializer=_prepare, initargs=(os.getpid(),), env={"OMP_NUM_THREADS": "1"}
    )  # fmt: skip


def _prepare(parent: int) -> None:
    """The first thing that a process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever started it, who then ends it
    threading.Thread(target=_end_with, args=(parent,), name="boundaryviz-ends", daemon=True).start()


def _end_with(parent: int) -> None:
    """loky's processes would wait for a killed parent for ever."""
    while os.getppid() == parent or sys.platform == "win32":
        time.sleep(_LOOKS)
    os._exit(1)


def _carry_out(contents: Sequence[Content]) -> Packed:
    """In a process of its own. Exceptions go as words: not every one survives the way back."""
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
