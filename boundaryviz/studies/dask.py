"""Batches on the workers of a Dask cluster, here or on other machines."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from boundaryviz import __version__
from boundaryviz.studies.executors import EngineError, Outcomes, Watch
from boundaryviz.studies.packs import Packed, Packs, carried_out
from boundaryviz.studies.tasks import FORMAT, Batch, Content

_PACKAGES = ("dask", "distributed", "torch", "numpy", "scikit-learn")
_AHEAD = 2  # packs for each worker, so that none waits for the way there and back
_LOOKS = 1.0  # seconds between two looks at how many workers there are, and whether there is a scheduler
_REACHED, _FIRST = 5.0, 5.0  # seconds to reach a scheduler, and until it is said that there is no worker


class Dask:
    """Batches on a cluster, small ones in packs, one pack at a time in each worker's process.

    Nothing is heard of work under way. A batch that ends its worker fails alone, once Dask has given up the pack that
    it was in (`distributed.scheduler.allowed-failures`) and then the batch by itself; the others of the pack are done
    again. Workers may come and go; while there is none it waits.
    """

    def __init__(self, cluster: Any) -> None:
        """cluster: the scheduler's address, HOST:PORT, or a cluster of Dask's own, such as dask-jobqueue has."""
        self._cluster = cluster

    def run(self, batches: Sequence[Batch], watch: Watch | None = None) -> Outcomes:
        """See `Executor.run`. Raises EngineError where the cluster cannot be reached or has other versions, and, once
        under way, where its scheduler is gone."""
        return Packs(batches, lambda: _Workers(self._cluster)).outcomes()


class _Workers:
    """A `Pool` of a cluster's workers."""

    def __init__(self, cluster: Any) -> None:
        self._where = cluster if isinstance(cluster, str) else getattr(cluster, "scheduler_address", "the cluster")
        self._quiet = _Quiet()
        self._workers, self._due = 1, 0.0
        self._client: Any = None
        try:
            self._client = _client(cluster, self._where)
            self._wait_for_one()
            _check_versions(self._client, self._where)
        except BaseException:
            self.close()
            raise

    @property
    def workers(self) -> int:
        if (now := time.monotonic()) >= self._due:
            self._workers = max(1, len(self._asked(self._client.nthreads)))
            self._due = now + _LOOKS
        return self._workers

    @property
    def places(self) -> int:
        return _AHEAD * self.workers

    def submit(self, contents: Sequence[Content]) -> Any:
        return self._asked(self._client.submit, carried_out_alone, contents, pure=False)

    def ended(self, packs: Iterable[Any]) -> list[tuple[Any, Packed | BaseException]]:
        from distributed import wait

        futures = list(packs)
        while self._client.status == "running":
            with suppress(TimeoutError), self._client.as_current():  # `wait` takes no client
                done = self._asked(wait, futures, timeout=_LOOKS, return_when="FIRST_COMPLETED").done
                return [(future, self._came(future)) for future in futures if future in done]
        raise self._lost()

    def _came(self, future: Any) -> Packed | BaseException:
        error: BaseException | None = self._asked(future.exception)
        return self._asked(future.result) if error is None else error

    def died(self, error: BaseException) -> bool:
        from distributed.scheduler import KilledWorker

        return isinstance(error, KilledWorker)

    def renew(self) -> bool:
        return False

    def close(self) -> None:
        if self._client is not None:
            self._client.close(timeout=_REACHED)
        self._quiet.end()

    def _wait_for_one(self) -> None:
        began, said = time.monotonic(), False
        while not self._asked(self._client.nthreads):
            if not said and time.monotonic() - began > _FIRST:
                warnings.warn(f"the scheduler at {self._where} has no worker yet; waiting for one", stacklevel=2)
                said = True
            time.sleep(0.2)

    def _asked(self, ask: Any, *given: Any, **more: Any) -> Any:
        """What the cluster answers. Raises EngineError where there is no scheduler any more."""
        from distributed import CancelledError
        from distributed.comm.core import CommClosedError

        try:
            return ask(*given, **more)
        except TimeoutError:
            if self._client.status == "running":
                raise
            raise self._lost() from None
        except (CommClosedError, CancelledError, OSError) as error:
            raise self._lost() from error

    def _lost(self) -> EngineError:
        return EngineError(
            f"the scheduler at {self._where} is gone; what was finished is kept, and the same study goes on from there"
        )


class _Quiet:
    """Until its end Dask's client says nothing on standard error of a scheduler that is lost: we say so."""

    def __init__(self) -> None:
        """Raises EngineError where there is no Dask here, which sets how much it says when it is loaded."""
        try:
            import distributed  # noqa: F401
        except ImportError:
            words = "a Dask cluster needs the package distributed, which is not installed; "
            raise EngineError(words + "pip install 'boundaryviz[dask]'") from None
        self._log = logging.getLogger("distributed.client")
        self._level = self._log.level
        self._log.setLevel(logging.CRITICAL)

    def end(self) -> None:
        self._log.setLevel(self._level)


def _client(cluster: Any, where: str) -> Any:
    from distributed import Client

    nobody = f"no Dask scheduler answers at {where}; start one with `dask scheduler`, or see docs/studies.md"
    try:
        if isinstance(cluster, str):  # a client that reaches nobody would leave a thread behind
            _reach(cluster)
    except (OSError, ValueError, OverflowError) as error:
        raise EngineError(nobody) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other versions, which are looked at here
        try:
            return Client(cluster, timeout=_REACHED, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(nobody) from error


def _reach(address: str) -> None:
    """Connect, and let go. Raises OSError or ValueError where nobody answers for a while."""
    place, end = urlsplit(address if "://" in address else f"tcp://{address}"), time.monotonic() + _REACHED
    while True:
        try:
            socket.create_connection((place.hostname, place.port), _REACHED).close()
        except ConnectionRefusedError:  # it may be starting
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _check_versions(client: Any, where: str) -> None:
    """Raises EngineError where scheduler or workers have other versions than this program."""
    here = versions()
    scheduler = client.get_versions()["scheduler"]
    host, packages = scheduler["host"], scheduler["packages"]
    python = ".".join(str(dict(host)["python"]).split(".")[:2]) if "python" in dict(host) else here["python"]
    told = {"the scheduler": {"python": python} | {name: packages[name] for name in ("dask", "distributed")}}
    try:
        told |= {f"the worker {name}": found for name, found in client.run(versions).items()}
    except Exception as error:  # whatever a worker without this program raises
        raise EngineError(
            f"the workers of {where} cannot load this program ({type(error).__name__}: {error}); install boundaryviz "
            f"{here['boundaryviz']} where they run"
        ) from error
    for who, found in told.items():
        if words := _differences(found, here):
            raise EngineError(f"{who} at {where} has other versions: {words}; install the same on both sides")


def _differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {there[name]} and not {here[name]}" for name in here if name in there and there[name] != here[name]
    )


def versions() -> dict[str, str]:
    """Of what results and the way they take depend on, in this process."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {"python": python, "boundaryviz": __version__, "results": str(FORMAT)}
    for name in _PACKAGES:
        try:
            found[name] = version(name).partition("+")[0]
        except PackageNotFoundError:
            found[name] = "missing"
    return found


_ONE = threading.Lock()
"""Of a worker's process, whose threads share what torch has set."""


def carried_out_alone(contents: Sequence[Content]) -> Packed:
    """As `carried_out`, one pack at a time in each process."""
    with _ONE:
        return carried_out(contents)
