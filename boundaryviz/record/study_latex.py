"""The curves of a study as a table for LaTeX."""

from __future__ import annotations

import math
from collections.abc import Sequence

from boundaryviz.record.study_chart import StudyChart
from boundaryviz.scenario.sweep import value_words

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def latex_of(chart: StudyChart) -> str:
    """A `tabular` of the `booktabs` package: a row for each value of the axis, and of each curve the mean with half the
    width of its band; what the chart says is a comment above it."""
    unit = r" (\%)" if chart.share else ""
    heads = [escaped(chart.axis.title), *(escaped(curve.title) + unit for curve in chart.curves)]
    rows = [
        [escaped(value_words(list(value) if isinstance(value, tuple) else value)), *_cells(chart, at)]
        for at, value in enumerate(chart.axis.values)
    ]
    comments = [f"% {line}" for words in (chart.title, *chart.found, *chart.notes) for line in words.splitlines()]
    return "\n".join([
        *comments, rf"\begin{{tabular}}{{l{'r' * len(chart.curves)}}}", r"\toprule", _line(heads), r"\midrule",
        *map(_line, rows), r"\bottomrule", r"\end{tabular}", "",
    ])  # fmt: skip


def escaped(words: str) -> str:
    """Words as LaTeX prints them."""
    return "".join(_SPECIAL.get(letter, letter) for letter in " ".join(words.split()))


def _cells(chart: StudyChart, at: int) -> list[str]:
    return [_cell(float(c.mean[at]), float(c.high[at] - c.low[at]) / 2, chart.share) for c in chart.curves]


def _cell(mean: float, half: float, share: bool) -> str:
    if not math.isfinite(mean):
        return "--"
    scale, form = (100.0, ".1f") if share else (1.0, ".4g")
    words = f"{scale * mean:{form}}"
    return rf"${words} \pm {scale * half:{form}}$" if half > 0 else f"${words}$"


def _line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"
