"""The measures of a scenario's own study: what is to be trained for them, and how they follow from what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from boundaryviz.record.reports import REPORTS, ReportError, report_of
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, Row
from boundaryviz.studies.study import Study, StudyTask


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """The study that the scenario holds, and the measures of its report; see `draws.Planner`. Its seeds are its own.

    Raises ScenarioError where the scenario holds no study, or one that has not got these measures.
    """
    spec = scenario.study
    if spec is None or not spec.report:
        lacks = "no study" if spec is None else "a study without a report"
        asked = [f"study.{name}" for name in names] or ["what is asked for"]
        raise ScenarioError([f"expect: {one} is a measure of a report, and there is {lacks}" for one in asked])
    study = Study.of(scenario, device=device)
    study.check()
    report = REPORTS[spec.report]
    if wrong := [name for name in names if name not in report.MEASURES]:
        there = ", ".join(f"study.{name}" for name in report.MEASURES)
        raise ScenarioError(
            [f"expect: the report {report.NAME!r} has no study.{name}; it has: {there}" for name in wrong]
        )
    batches = study.batches()
    tasks = [task for batch in batches for task in batch.tasks if isinstance(task, StudyTask)]

    def reduce(rows: Sequence[Row | None]) -> dict[str, float]:
        found = [(study.place(task), row) for task, row in zip(tasks, rows, strict=True) if row is not None]
        table = StudyTable.of({axis.path: axis.values for axis in study.axes}, found, len(tasks))
        try:
            made = report_of(spec, table)
        except ReportError:  # of a measure that no run came to have
            return {}
        return {} if made is None else made.measures

    return Draw(data_seed, tuple(batches), reduce)
