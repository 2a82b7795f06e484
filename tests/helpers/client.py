"""A program that carries out a study, to be killed: `python client.py STORE loky` or `... HOST:PORT`."""

from __future__ import annotations

import sys

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.executors import EngineError, Executor
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.study import Axis, Study

STUDY = Study(
    scenario=Scenario().with_values(
        {"data.n": 40, "learner.hidden": [4], "training.steps": 300, "training.evaluate_every": 50, "poison.count": 0}
    ),
    axes=(Axis(path="data.noise", values=tuple(k / 40 for k in range(12))),),
    seeds=2,
    folds=2,
)


def executor(where: str) -> Executor:
    from boundaryviz.studies.dask import Dask
    from boundaryviz.studies.loky import Loky

    return Loky(2) if where == "loky" else Dask(where)


if __name__ == "__main__":
    from boundaryviz.studies.tabling import run_study

    with SqliteStore(sys.argv[1]) as store:
        try:
            run_study(STUDY, store=store, executor=executor(sys.argv[2]))
        except EngineError as error:
            print(error)
            sys.exit(1)
