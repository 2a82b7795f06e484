"""Engines by their names: where the runs of a study are carried out."""

from __future__ import annotations

from boundaryviz.studies.executors import Executor, InProcess

_DASK = "dask://"


def executor_of(engine: str = "local", workers: int | None = None) -> Executor:
    """engine: 'local', in this process or in so many `workers` beside it, or 'dask://HOST:PORT', a cluster's scheduler.

    Raises ValueError, in words, for another.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers: at least one process is needed, not {workers}; leave it out for this one alone")
    if engine == "local":
        if workers is None:
            return InProcess()
        from boundaryviz.studies.loky import Loky

        return Loky(workers)
    if not engine.startswith(_DASK) or ":" not in engine.removeprefix(_DASK):
        raise ValueError(f"{engine!r} is no engine; there are: local, and dask://HOST:PORT, a scheduler's address")
    if workers is not None:
        raise ValueError("a cluster has the workers that it has; leave their number out")
    from boundaryviz.studies.dask import Dask

    return Dask(engine.removeprefix(_DASK))
