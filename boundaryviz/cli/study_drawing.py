"""`figure --view study`: a study, carried out and drawn."""

from __future__ import annotations

import os
from pathlib import Path

from boundaryviz.cli.drawing import Picture, check
from boundaryviz.cli.failures import Exit, UsageProblem
from boundaryviz.cli.results import Result, deliver
from boundaryviz.cli.studying import carried_out, opened, study_asked_for, told_of
from boundaryviz.cli.training import Job
from boundaryviz.cli.values import assignments
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.study import Study


def study_and_draw(job: Job, picture: Picture, store: Path | None) -> int:
    """Write the figure, and its data where that is asked for; the exit code. Interrupted, what is known is drawn.

    store: the SQLite file in which finished runs are kept; None for none.
    """
    check(picture)
    if job.columns:
        raise UsageProblem("--columns: a table of points holds no study; write a study file of it, see docs/studies.md")
    steps = {} if job.steps is None else {"training.steps": job.steps, "study.steps": None}
    seeds = {} if job.seeds is None else {"study.seeds": job.seeds}
    scenario = study_asked_for(job.scenario, assignments(job.values) | steps | seeds)
    spec, bare = scenario.study, scenario.model_copy(update={"study": None})
    study = Study.of(bare, spec, job.device)
    study.check()
    from boundaryviz.studies.engines import executor_of

    cores = os.cpu_count() or 1
    with opened(store) as kept:
        table, ended = carried_out(study, kept, executor_of(workers=cores if cores > 1 else None))
        failed = _write(study, bare, table, picture) if len(table) else Exit.DONE
    return failed or told_of(table, ended, store)


def _write(study: Study, scenario: Scenario, table: StudyTable, picture: Picture) -> Exit:
    from boundaryviz.figures.data import data_of_study, write_data
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.study import draw_study
    from boundaryviz.figures.style import Options
    from boundaryviz.record.study_reading import study_chart

    chart, data = study_chart(study.scenario, study.spec, table), picture.data
    facts = {"scenario": scenario.name, "title": scenario.title}
    files = [Result(picture.output, lambda: save(draw_study(chart, Options(**picture.options), facts), picture.output))]
    if data is not None:
        files.append(Result(data, lambda: write_data(data_of_study(table), data)))
    return deliver(files)
