"""The report that a study asks for."""

from __future__ import annotations

from difflib import get_close_matches

from boundaryviz.record.reports.base import Report, ReportError, needs_test, sizes_of
from boundaryviz.record.reports.double_descent import DoubleDescentReport
from boundaryviz.record.reports.learning import LearningReport
from boundaryviz.record.reports.power_law import PowerLawReport
from boundaryviz.record.reports.size import SizeReport
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.study_spec import Axis, StudySpec

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
    found = [] if spec.report in REPORTS else [f"report: {_unknown(spec.report)}"]
    if len(several := [axis.path for axis in spec.axes if len(axis.values) > 1]) != 1:
        words = f"{' and '.join(several)} are" if several else "nothing is"
        found.append(f"report: it is along one axis with several values, and {words} varied")
    for axis in spec.axes:
        if len(axis.values) > 1:
            found += _no_sizes(axis)
    if spec.report in _OF_SPLITS and (why := needs_test(spec.measure)):
        found.append(f"measure: {why}")
    return found


_OF_SPLITS = (SizeReport.NAME, LearningReport.NAME)


def _no_sizes(axis: Axis) -> list[str]:
    try:
        sizes_of(axis.values, axis.path)
    except ReportError as error:
        return [f"report: {error}"]
    return []


def report_of(spec: StudySpec, table: StudyTable) -> Report | None:
    """The report on these results; None where the study asks for none. Raises ReportError where there can be none."""
    return report(table, spec.report, spec.measure, spec.floor) if spec.report else None


def report(table: StudyTable, name: str, measure: str = "", floor: float = 0.0) -> Report:
    """What the results of a study come to: "size", "learning", "power-law" or "double-descent".

    measure: which of the runs' is read, empty for the test error. floor: what is taken off it before a law is fitted.
    Raises ReportError for a name that is none, and where the report cannot be made of this table.
    """
    if name not in REPORTS:
        raise ReportError(_unknown(name))
    return REPORTS[name].of(table, measure, floor)


def _unknown(name: str) -> str:
    near = get_close_matches(name, REPORTS, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(REPORTS)}"
    return f"there is no report {name!r}; {hint}"
