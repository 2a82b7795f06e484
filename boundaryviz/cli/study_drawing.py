"""`figure --view study`: the study that a scenario holds, carried out and drawn."""

from __future__ import annotations

import os

from boundaryviz.cli.drawing import Picture, check
from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.training import Job
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.study import Study


def study_and_draw(job: Job, picture: Picture) -> int:
    """Write the figure, and its data where that is asked for; the exit code. Interrupted, what is known is drawn."""
    check(picture)
    scenario = job.prepared()
    if scenario.study is None:
        raise UsageProblem(
            f"--view study: {job.scenario} holds no study; give it a table [study], or save one from the window's tab "
            "Study"
        )
    spec = scenario.study if job.seeds is None else scenario.study.model_copy(update={"seeds": job.seeds})
    study = Study.of(scenario.model_copy(update={"study": None}), spec, job.device)
    table, interrupted = _done(study)
    failed = Exit.DONE if table is None or not len(table) else _write(study, scenario, table, picture)
    if interrupted:
        say("interrupted; what was finished is drawn")
    return failed or (Exit.INTERRUPTED if interrupted else Exit.DONE)


def _done(study: Study) -> tuple[StudyTable | None, bool]:
    """The table as far as it came, and whether it was interrupted."""
    so_far: StudyTable | None = None

    def watch(table: StudyTable) -> None:
        nonlocal so_far
        so_far = table

    with first_interrupt_waits() as asked:
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.runs.bars import bar
        from boundaryviz.studies.executors import InProcess
        from boundaryviz.studies.loky import Loky
        from boundaryviz.studies.tabling import run_study

        with bar(f"study of {study.scenario.name}") as show:

            def progress(done: int, of: int) -> None:
                show(done, of)
                if asked:
                    raise KeyboardInterrupt

            executor = Loky() if (os.cpu_count() or 1) > 1 else InProcess()
            try:
                return run_study(study, executor=executor, progress=progress, watch=watch), False
            except DeviceError as error:
                raise UsageProblem(f"--device {study.device}: {error}") from None
            except KeyboardInterrupt:
                return so_far, True


def _write(study: Study, scenario: Scenario, table: StudyTable, picture: Picture) -> Exit:
    from boundaryviz.figures.data import data_of_study, write_data
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.study import draw_study
    from boundaryviz.figures.style import Options
    from boundaryviz.record.study_reading import study_chart

    for where, why in table.failed[:1]:
        say(f"note: nothing came of {len(table.failed)} of its batches, such as {where}: {why}")
    chart, data = study_chart(study.scenario, study.spec, table), picture.data
    facts = {"scenario": scenario.name, "title": scenario.title}
    files = [Result(picture.output, lambda: save(draw_study(chart, Options(**picture.options), facts), picture.output))]
    if data is not None:
        files.append(Result(data, lambda: write_data(data_of_study(table), data)))
    return deliver(files)
