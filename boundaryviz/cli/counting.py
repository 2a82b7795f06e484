"""`figure` of what takes many runs of its own: poison needed against training points, scoreboards, transfer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaryviz.cli.checking import watched
from boundaryviz.cli.drawing import Picture, check
from boundaryviz.cli.failures import Exit, say
from boundaryviz.cli.results import Result, deliver
from boundaryviz.cli.studying import opened
from boundaryviz.cli.training import Job
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.records import Tabular
from boundaryviz.scenario.scenario import Scenario


@dataclass(frozen=True)
class Kind:
    """What is carried out, and drawn.

    words: for the progress bar. carry_out: called with scenario, data seeds, and the arguments by name that all such
    studies take: progress, device, watch, store, executor. draw: a figure of what came of it, with `Options`.
    """

    words: str
    carry_out: Callable[..., Any]
    draw: Callable[..., Any]


def kind_of(view: str) -> Kind:
    """By the name of the view."""
    from boundaryviz.figures.poison_count import draw_poison_count
    from boundaryviz.figures.scoreboard import draw_scoreboard
    from boundaryviz.figures.transfer import draw_transfer
    from boundaryviz.studies.poison_count import poison_count
    from boundaryviz.studies.scoreboard import scoreboard
    from boundaryviz.studies.transfer import transfer

    kinds = {
        "poison-count": Kind("poison needed", poison_count, draw_poison_count),
        "scoreboard": Kind("scoreboard", scoreboard, draw_scoreboard),
        "transfer": Kind("transfer", transfer, draw_transfer),
    }
    return kinds[view]


def carry_out_and_draw(job: Job, picture: Picture, store: Path | None) -> int:
    """Write the figure, and its data where that is asked for; the exit code. Interrupted, what is known is drawn.

    The seeds of the job are of the data, from the scenario's own on. store: the SQLite file in which what is finished
    is kept; None for none.
    """
    check(picture)
    scenario, kind = job.prepared(), kind_of(picture.view)
    first = scenario.data.seed
    seeds = None if job.seeds is None else range(first, first + job.seeds)
    with opened(store) as kept:

        def work(show: OnProgress, watch: Callable[[Tabular], object]) -> Any:
            from boundaryviz.studies.engines import executor_of

            cores = os.cpu_count() or 1
            executor = executor_of(workers=cores if cores > 1 else None)
            return kind.carry_out(
                scenario, data_seeds=seeds, progress=show, device=job.device, watch=watch, store=kept, executor=executor
            )

        found, interrupted = watched(f"{kind.words} of {scenario.name}", job.device, work)
    failed = Exit.DONE if found is None else _write(kind, scenario, found, picture)
    if interrupted:
        on = "the same command goes on from here" if store is not None else "with --store FILE it could go on from here"
        say(f"interrupted; what was finished is kept; {on}")
        return failed or Exit.INTERRUPTED
    return failed


def _write(kind: Kind, scenario: Scenario, found: Any, picture: Picture) -> Exit:
    from boundaryviz.figures.data import data_of_rows, write_data
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options

    options, data = Options(**picture.options), picture.data
    files = [Result(picture.output, lambda: save(kind.draw(found, options), picture.output))]
    if data is not None:
        files.append(Result(data, lambda: write_data(data_of_rows(found), data)))
    return deliver(files, lambda: say(str(found)))
