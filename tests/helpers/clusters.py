"""A Dask scheduler and its workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers.waits import until

ALLOWED = 0  # deaths of a worker that Dask itself lets a pack have


class Cluster:
    """scheduler: its process. workers: those of nannies, which start another worker where one is killed."""

    def __init__(self, folder: Path, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2]), *sys.path])
        self._environment = os.environ | {
            "PYTHONPATH": paths,
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(ALLOWED),
            "DASK_TEMPORARY_DIRECTORY": str(folder),
        }
        self._log = (folder / "dask.log").open("ab")
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        until(self._answers)
        self.workers = [
            self._start("dask_worker", self.address, "--nthreads", "1", "--memory-limit", "0") for _ in range(workers)
        ]

    def _start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options, "--no-dashboard"]
        return subprocess.Popen(command, env=self._environment, stdout=self._log, stderr=self._log)

    def _answers(self) -> bool:
        with socket.socket() as there:
            return there.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self) -> None:
        """At once: asked to, they would wait for each other."""
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                others = children(process.pid)
                process.kill()
                for other in others:
                    with suppress(ProcessLookupError):
                        os.kill(other, signal.SIGKILL)
            process.wait()
        self._log.close()


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """One that ends with the block."""
    found = Cluster(folder, workers)
    try:
        yield found
    finally:
        found.end()


def children(process: int) -> list[int]:
    """The processes that a process has started, by their ids."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
