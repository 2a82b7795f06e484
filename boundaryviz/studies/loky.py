"""Batches in several processes of this machine, by joblib's loky."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait
from typing import Any

from boundaryviz.studies.executors import Outcomes, Watch
from boundaryviz.studies.packs import Packed, Packs, carried_out
from boundaryviz.studies.tasks import Batch, Content

_AHEAD = 1  # packs that wait for a process beside those at work
_LOOKS = 0.5  # seconds between two looks whether whoever started a process is still there


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
        return Packs(batches, lambda: _Processes(min(self.workers, len(batches)))).outcomes()


class _Processes:
    """A `Pool` of loky's, started when it is first needed. Where one process ends, all do."""

    def __init__(self, workers: int) -> None:
        self.workers, self.places = workers, workers + _AHEAD
        self._pool: Any = None

    def submit(self, contents: Sequence[Content]) -> Any:
        if self._pool is None:
            self._pool = _pool(self.workers)
        return self._pool.submit(carried_out, contents)

    def ended(self, packs: Iterable[Any]) -> list[tuple[Any, Packed | BaseException]]:
        done = wait(packs, return_when=FIRST_COMPLETED).done
        return [(pack, pack.exception() or pack.result()) for pack in packs if pack in done]

    def died(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def renew(self) -> bool:
        self.close()
        return True

    def close(self) -> None:
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
