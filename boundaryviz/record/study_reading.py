"""What a report reads off a study, in its chart: marks at the values that it names, a law, sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from boundaryviz.record.reports import REPORTS, DoubleDescentReport, PowerLawReport, Report, ReportError, SizeReport
from boundaryviz.record.reports.base import numbers_of, size_words
from boundaryviz.record.reports.size import Choices
from boundaryviz.record.study_chart import MarkKind, StudyChart, StudyCurve, StudyLaw, StudyMark
from boundaryviz.record.study_charting import SPLIT, chart_of, measures, one_axis, second_axis
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.study_spec import StudySpec
from boundaryviz.scenario.sweep import title_of

_FINE = 64  # places at which a law is drawn


def study_chart(
    scenario: Scenario, spec: StudySpec, table: StudyTable, measure: str = "", at: Any = None
) -> StudyChart:
    """The chart of a study of a scenario, with what its report reads off it. measure: as `study_charting.measures`
    names it, empty for the one that the study asks for. at: of a second axis, as `chart_of` takes it.

    Of curves for each value of a second axis nothing is read off. A report that cannot be made says so in the notes.
    """
    titles, own = {path: title_of(scenario, path) for path in table.axes}, measure_of(spec)
    if not spec.measure and own not in (there := measures(table)):
        own = there[0] if there else own  # a regression has no error
    title = f"{scenario.title} \u00b7 {titles[next(iter(titles))].lower()}"
    chart = chart_of(table, title, titles, measure or own, at)
    if not spec.report or (second_axis(table) is not None and at is None):
        return chart
    reads, floor = (spec.measure, spec.floor) if measure in ("", own) else (column_of(measure), 0.0)
    try:
        return with_report(chart, REPORTS[spec.report].of(one_axis(table, at), reads, floor))
    except ReportError as error:
        words = str(error)
        return replace(chart, notes=(*chart.notes, f"{words[:1].upper()}{words[1:]}."))


def measure_of(spec: StudySpec) -> str:
    """The measure that a study is about: 'error' of 'test_error', and of others as they are called."""
    kind = spec.measure.rpartition("_")[2] if spec.measure else "error"
    return kind if kind in SPLIT else spec.measure


def column_of(measure: str) -> str:
    """Of a measure that is parted, the one of the test points."""
    return f"test_{measure}" if measure in SPLIT else measure


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
    """The sizes chosen, of several repeats the lower median."""
    by = "CV" if report.folds else "validation"
    found: tuple[tuple[MarkKind, Choices, str], ...] = (
        ("chosen", report.chosen, by), ("one-se", report.chosen_one_se, "1 SE"),
    )  # fmt: skip
    made = [(kind, report.middle(choices), words) for kind, choices, words in found]
    return tuple(_mark(kind, report.sizes, at, words) for kind, at, words in made if at is not None)


def _mark(kind: MarkKind, sizes: Sequence[Any], at: int, words: str) -> StudyMark:
    """At a position among the sizes, where the axis of the chart has it."""
    return StudyMark(kind, float(numbers_of(sizes)[at]), f"{words} {size_words(sizes[at])}")


def _peak(report: DoubleDescentReport) -> tuple[StudyMark, ...]:
    """The first valley, and the threshold at which training points are just fitted: where the peak is, if any."""
    found = report.measures
    if report.found is None or not (found["peak_over_valley"] > 1 and found["peak_over_widest"] > 1):
        return ()
    return (
        _mark("valley", report.sizes, report.found.valley, "valley"),
        _mark("threshold", report.sizes, report.found.peak, "threshold"),
    )


def _on_law(chart: StudyChart, report: PowerLawReport) -> StudyChart:
    """The measure alone, on a logarithmic axis, with its law and how far it lies from that."""
    curve = StudyCurve("test", report.measure.replace("_", " "), report.curve.mean, report.curve.low, report.curve.high)
    law, placed = report.law, np.isfinite(report.law.residuals)
    drawn = replace(chart, curves=(curve,), log=True)
    if not placed.any() or not drawn.axis.numeric:
        return drawn
    at = report.places[placed]
    x = np.geomspace(at.min(), at.max(), _FINE)
    low, high = law.interval
    ends = "" if math.isnan(low) else f" [{low:.3f}, {high:.3f}]"
    line = StudyLaw(x, law.at(x), f"power {law.exponent:.3f}{ends}", at, np.log10(1 + law.residuals[placed]))
    return replace(drawn, law=line)
