"""What a report reads off a study, in its chart: marks at the values that it names, a law, sentences."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from boundaryviz.record.reports import (
    REPORTS,
    DoubleDescentReport,
    PowerLawReport,
    Report,
    ReportError,
    SizeReport,
)
from boundaryviz.record.reports.base import number_words
from boundaryviz.record.study_chart import StudyChart, StudyCurve, StudyLaw, StudyMark
from boundaryviz.record.study_charting import SPLIT, chart_of, one_axis, second_axis
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.sweep import title_of

_FINE = 64  # places at which a law is drawn


def study_chart(
    scenario: Scenario, table: StudyTable, report: str = "", measure: str = "error", at: Any = None, floor: float = 0.0
) -> StudyChart:
    """The chart of a study of a scenario, with what a report reads off it. measure, at: as `chart_of` takes them.

    Of curves for each value of a second axis nothing is read off. A report that cannot be made says so in the notes.
    """
    titles = {path: title_of(scenario, path) for path in table.axes}
    first, second = next(iter(titles)), second_axis(table)
    chart = chart_of(table, f"{scenario.title}: {titles[first].lower()}", titles, measure, at)
    if not report or (second is not None and at is None):
        return chart
    try:
        return with_report(chart, report_of(one_axis(table, at), report, measure, floor))
    except ReportError as error:
        words = str(error)
        return replace(chart, notes=(*chart.notes, f"{words[:1].upper()}{words[1:]}."))


def report_of(table: StudyTable, name: str, measure: str = "error", floor: float = 0.0) -> Report:
    """The report of this name on a measure as `study_charting.measures` names it. Raises ReportError, in words, for a
    name that is none, and a table of which it cannot be made, not even in part."""
    if name not in REPORTS:
        raise ReportError(f"there is no report {name!r}; there are: {', '.join(REPORTS)}")
    return REPORTS[name].of(table, f"test_{measure}" if measure in SPLIT else measure, floor)


def with_report(chart: StudyChart, report: Report) -> StudyChart:
    """The chart with what the report finds in the same table."""
    chart = replace(chart, found=report.words)
    match report:
        case SizeReport():
            return replace(chart, marks=_choices(report))
        case DoubleDescentReport():
            return replace(chart, marks=_peak(report))
        case PowerLawReport():
            return _on_law(chart, report)
        case _:
            return chart


def _choices(report: SizeReport) -> tuple[StudyMark, ...]:
    """The sizes chosen, of several repeats the median."""
    found = report.measures
    by = "CV" if report.folds else "validation"
    marks = (StudyMark("chosen", found["chosen"], by), StudyMark("one-se", found["chosen_one_se"], "1 SE"))
    return tuple(replace(m, words=f"{m.words} {number_words(m.value)}") for m in marks if math.isfinite(m.value))


def _peak(report: DoubleDescentReport) -> tuple[StudyMark, ...]:
    """The first valley, and the threshold at which training points are just fitted: where the peak is, if any."""
    found = report.measures
    if report.found is None or not (found["peak_over_valley"] > 1 and found["peak_over_widest"] > 1):
        return ()
    return (
        StudyMark("valley", found["valley_at"], f"valley {number_words(found['valley_at'])}"),
        StudyMark("threshold", found["peak_at"], f"threshold {number_words(found['peak_at'])}"),
    )


def _on_law(chart: StudyChart, report: PowerLawReport) -> StudyChart:
    """The measure alone, on a logarithmic axis, with its law and how far it lies from that."""
    curve = StudyCurve("test", report.measure.replace("_", " "), report.curve.mean, report.curve.low, report.curve.high)
    law, placed = report.law, np.isfinite(report.law.residuals)
    drawn = replace(chart, curves=(curve,), log=True)
    if not placed.any():
        return drawn
    at = report.places[placed]
    x = np.geomspace(at.min(), at.max(), _FINE)
    low, high = law.interval
    ends = "" if math.isnan(low) else f" [{low:.3f}, {high:.3f}]"
    line = StudyLaw(x, law.at(x), f"power {law.exponent:.3f}{ends}", at, np.log10(1 + law.residuals[placed]))
    return replace(drawn, law=line)
