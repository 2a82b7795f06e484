"""The report that a study asks for."""

from __future__ import annotations

from difflib import get_close_matches

from boundaryviz.record.reports.base import Report
from boundaryviz.record.reports.double_descent import DoubleDescentReport
from boundaryviz.record.reports.learning import LearningReport
from boundaryviz.record.reports.power_law import PowerLawReport
from boundaryviz.record.reports.size import SizeReport
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.study_spec import StudySpec

REPORTS: dict[str, type[Report]] = {
    one.NAME: one for one in (SizeReport, LearningReport, PowerLawReport, DoubleDescentReport)
}
"""By the names that files give them."""


def problems_of(spec: StudySpec) -> list[str]:
    """Why the report that a study asks for cannot be made of it, as 'field: what is wrong'; nothing where it can, or
    where it asks for none."""
    if not spec.report:
        unused = [name for name in ("measure", "floor") if getattr(spec, name)]
        return [f"{name}: it says what a report reads, and no report is asked for" for name in unused]
    found = []
    if spec.report not in REPORTS:
        near = get_close_matches(spec.report, REPORTS, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(REPORTS)}"
        found.append(f"report: there is no report {spec.report!r}; {hint}")
    if len(several := [axis.path for axis in spec.axes if len(axis.values) > 1]) != 1:
        words = f"{' and '.join(several)} are" if several else "nothing is"
        found.append(f"report: it is along one axis with several values, and {words} varied")
    return found


def report_of(spec: StudySpec, table: StudyTable) -> Report | None:
    """The report on these results; None where the study asks for none. Raises ReportError where there can be none."""
    if not spec.report:
        return None
    return REPORTS[spec.report].of(table, spec.measure, spec.floor)
