"""The figure of a study: error over the values of a setting, what a report says of it, and a law's residuals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from boundaryviz import __version__
from boundaryviz.figures.palette import shades
from boundaryviz.figures.parts import letter_panels
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, literal, room
from boundaryviz.record.study_chart import StudyChart, StudyCurve, log_ticks
from boundaryviz.scene.plain_text import one_line

_MARKERS = {"train": "s", "validation": "^", "test": "o", "series": "o"}
_MOST_MARKED = 40  # values up to which each has a marker
_COLUMNS = 3  # of the legend


def draw_study(
    chart: StudyChart, options: Options | None = None, facts: Mapping[str, str] | None = None
) -> SceneFigure:
    """Curves with their bands, the values that the report names as upright lines, and a law dashed, with how far what
    was measured lies from it below. facts: what the file says of itself, besides what the chart does."""
    options = options or Options()
    with sheet("study", options, _facts(chart) | dict(facts or {})) as (figure, style):
        width = float(figure.get_size_inches()[0])
        line = style.text / 72
        notes = _notes(chart, int(2.12 * width / line))
        below = (1.3 * len(notes) + 1.0) * line if notes else 0.0
        residuals = chart.law is not None and bool(len(chart.law.residual))
        height = 7 * line + 0.5 * width + 0.14 * width * residuals + below
        figure.set_size_inches(width, height)
        parts: Any = figure.subfigures(2, 1, height_ratios=(height - below, below)) if notes else [figure]
        _panels(parts[0], chart, residuals, options, style)
        if options.letters:
            letter_panels(figure, style)
        if notes:
            parts[1].text(
                0.02, 0.98, "\n".join(notes), va="top", ha="left", color=style.faint, fontsize=0.85 * style.text,
                linespacing=1.35,
            )  # fmt: skip
    return figure


def _panels(part: SubFigure, chart: StudyChart, residuals: bool, options: Options, style: Style) -> None:
    rows = np.atleast_1d(part.subplots(1 + residuals, 1, sharex=True, height_ratios=(4, 1.2) if residuals else None))
    axes = rows[0]
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    for at, (curve, colour) in enumerate(zip(chart.curves, _colours(chart, style), strict=True)):
        _draw(axes, chart, curve, colour, at, style)
    if chart.law is not None:
        places = [chart.axis.place(value) for value in chart.law.x]
        axes.plot(
            places, chart.up(chart.law.y), linestyle=(0, (4, 2)), linewidth=style.line, color=style.ink, zorder=5,
            label=literal(chart.law.words), gid="law",
        )  # fmt: skip
    if residuals:
        _draw_residuals(rows[1], chart, style)
    _scale(rows, chart, style)
    _draw_marks(axes, chart, style)
    axes.set_title(in_lines(chart.title, int(room(axes, style) / (0.66 * style.text))), fontweight="bold")
    handles, words = axes.get_legend_handles_labels()
    if handles and options.legend:
        columns = 1 if chart.law is not None else _COLUMNS
        part.legend(handles, words, loc="outside lower center", ncols=min(columns, len(handles)))


def _colours(chart: StudyChart, style: Style) -> list[str]:
    own = {"train": style.train, "validation": style.validation, "test": style.test}
    others = iter(shades(sum(curve.name not in own for curve in chart.curves), style.name == "dark"))
    return [own.get(curve.name) or next(others) for curve in chart.curves]


def _draw(axes: Axes, chart: StudyChart, curve: StudyCurve, colour: str, at: int, style: Style) -> None:
    order = np.argsort(chart.axis.places, kind="stable")
    places, mean = chart.axis.places[order], chart.up(curve.mean)[order]
    low, high = (chart.up(edge)[order] for edge in (curve.low, curve.high))
    marked = len(places) <= _MOST_MARKED
    axes.plot(
        places, mean, color=colour, linewidth=style.line, marker=_MARKERS[curve.name] if marked else None,
        markersize=0.8 * style.marker, markeredgecolor=style.paper, markeredgewidth=0.3 * style.line,
        zorder=4.0 - 0.1 * at, label=literal(curve.title), gid=f"study {curve.name}",
    )  # fmt: skip
    if (np.isfinite(low) & np.isfinite(high) & (low != high)).any():
        axes.fill_between(places, low, high, color=colour, alpha=0.16, linewidth=0, zorder=1.5)


def _draw_residuals(axes: Axes, chart: StudyChart, style: Style) -> None:
    assert chart.law is not None
    places = [chart.axis.place(value) for value in chart.law.at]
    axes.axhline(0.0, color=style.faint, linewidth=0.5 * style.line)
    axes.plot(
        places, chart.law.residual, linestyle="none", marker="o", markersize=0.8 * style.marker, color=style.test,
        markeredgewidth=0, gid="residuals",
    )  # fmt: skip
    most = max(float(np.nanmax(np.abs(chart.law.residual))), 1e-3)
    axes.set_ylim(-1.25 * most, 1.25 * most)
    axes.yaxis.set_major_locator(MaxNLocator(3, symmetric=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda decades, _: f"{100 * (10.0**decades - 1):+.2g} %"))
    axes.set_ylabel("off the law")


def _draw_marks(axes: Axes, chart: StudyChart, style: Style) -> None:
    """An upright line for each value that the report names, with its few letters above."""
    top = axes.get_xaxis_transform()
    low, high = chart.axis.limits
    for row, mark in enumerate(sorted(chart.marks, key=lambda mark: mark.value)):
        place = chart.axis.place(mark.value)
        dashes: Any = (0, (3, 2)) if mark.kind in ("chosen", "one-se") else (0, (1, 2))
        axes.axvline(place, color=style.faint, linewidth=0.8 * style.line, linestyle=dashes, zorder=1, gid=mark.kind)
        left = 2 * place > low + high
        axes.annotate(
            literal(mark.words), (place, 0.99 - 0.07 * (row % 3)), xycoords=top, va="top",
            ha="right" if left else "left", xytext=(-2 if left else 2, 0), textcoords="offset points",
            fontsize=0.85 * style.text, color=style.ink, zorder=2,  # on a ground, which lines of others run under
            bbox={"facecolor": style.paper, "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip


def _scale(rows: np.ndarray[Any, Any], chart: StudyChart, style: Style) -> None:
    axes, lowest = rows[0], rows[-1]
    lowest.set_xlim(*chart.axis.limits)
    if (ticks := chart.axis.ticks()) is not None:
        _set_ticks(lowest.xaxis, ticks)
    elif all(isinstance(value, int) for value in chart.axis.values):  # there is no half a leaf
        lowest.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 5, 10], integer=True))
    low, high = chart.limits
    over = 0.07 * min(len(chart.marks), 3) * (high - low)  # where the words of the marks stand
    axes.set_ylim(low, high + over)
    if chart.log:
        named, silent = log_ticks(low, high + over)
        _set_ticks(axes.yaxis, ([(place, chart.tick_words(10.0**place)) for place, _ in named], silent))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: chart.tick_words(value)))
    lowest.set_xlabel(in_lines(chart.axis.title, int(room(lowest, style) / (0.62 * style.text))))
    axes.set_ylabel(chart.measure)


def _set_ticks(axis: Any, ticks: tuple[list[tuple[float, str]], list[float]]) -> None:
    named, silent = ticks
    axis.set_major_locator(FixedLocator([place for place, _ in named]))
    axis.set_major_formatter(FixedFormatter([literal(words) for _, words in named]))
    axis.set_minor_locator(FixedLocator(silent))


def _notes(chart: StudyChart, letters: int) -> list[str]:
    """What has to be known to read the figure, in lines of so many letters."""
    return textwrap.wrap(literal(" ".join([*chart.found, *chart.notes])), max(letters, 20), break_on_hyphens=False)


def _facts(chart: StudyChart) -> dict[str, str]:
    return {
        "scenario": one_line(chart.title), "title": one_line(chart.title), "seed": "several", "step": "the last",
        "version": __version__,
    }  # fmt: skip
