"""The figure of a study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundaryviz.figures.draw import save
from boundaryviz.figures.study import draw_study
from boundaryviz.figures.style import Options
from boundaryviz.record.study_chart import StudyAxis, StudyChart
from boundaryviz.record.study_reading import study_chart
from helpers.few import few
from helpers.study_tables import LEAVES, SIZES, study, table
from helpers.words_apart import check_words_apart


def chart(kind: str) -> StudyChart:
    """size, law, or one with a second axis."""
    if kind == "law":
        of = study(("data.n", (30, 100, 300, 1000, 3000)), report="power-law")
        return study_chart(of.scenario, of, table(of, lambda n, draw: 0.9 * n**-0.5 * (1 + np.sin(n + draw) / 9)))
    of = study((LEAVES, SIZES), ("data.noise", (0.1, 0.2, 0.3))) if kind == "second" else study(folds=2, report="size")
    return study_chart(of.scenario, of, table(of))


@pytest.mark.parametrize(
    ("kind", "style", "width"), [("size", "paper", 8.5), ("law", "dark", 8.5), ("second", "slides", 17.0)]
)
def test_nothing_of_it_overlaps_or_leaves_the_sheet(kind: str, style: Any, width: float, monkeypatch: Any):
    figure = draw_study(chart(kind), Options(style=style, width_cm=width, dpi=100))
    check_words_apart(figure, monkeypatch, more_than=10)


def test_it_draws_the_curves_of_the_chart_and_the_values_that_are_chosen():
    shown = chart("size")
    (axes,) = draw_study(shown).axes
    lines = {line.get_gid(): line for line in axes.get_lines()}
    for curve in shown.curves:
        assert lines[f"study {curve.name}"].get_ydata() == pytest.approx(curve.mean)
        assert lines[f"study {curve.name}"].get_xdata() == pytest.approx(shown.axis.places)
    assert np.asarray(lines["chosen"].get_xdata())[0] == pytest.approx(np.log10(8))
    words = [text.get_text() for text in axes.texts]
    assert words == ["CV 8", "1 SE 8"]


def test_a_law_has_its_line_its_exponent_and_its_residuals():
    shown = chart("law")
    assert shown.law is not None
    upper, lower = draw_study(shown).axes
    law = next(line for line in upper.get_lines() if line.get_gid() == "law")
    assert law.get_label() == shown.law.words
    slope = np.polyfit(np.asarray(law.get_xdata()), np.asarray(law.get_ydata()), 1)[0]
    assert f"power {slope:.3f}" in shown.law.words
    dots = next(line for line in lower.get_lines() if line.get_gid() == "residuals")
    assert dots.get_ydata() == pytest.approx(shown.law.residual)


@pytest.mark.parametrize("suffix", few(["png", "svg", "pgf"]))
def test_it_is_written_and_twice_the_same(tmp_path: Path, suffix: str):
    path, written = tmp_path / f"study.{suffix}", list[bytes]()
    for _ in range(2):
        save(draw_study(chart("size"), Options(dpi=60)), path)
        written.append(path.read_bytes())
    first, second = written
    assert first == second
    assert len(first) > 1000


def test_what_others_wrote_is_no_formula_in_it():
    of = study(scenario=study().scenario.model_copy(update={"title": "costs $5 or $6_x"}))
    figure = draw_study(study_chart(of.scenario, of, table(of)))
    assert "$5" in figure.axes[0].get_title(loc="left").replace("\\", "")
    figure.canvas.draw()


def test_whole_sizes_have_whole_ticks():
    shown = chart("size")
    values = tuple(range(1, 21))
    axis = StudyAxis.of(shown.axis.path, shown.axis.title, values, log=False)
    (axes,) = draw_study(replace(shown, axis=axis, curves=(), marks=())).axes
    ticks = axes.get_xticks()
    assert len(ticks) > 3
    assert all(float(place).is_integer() for place in ticks)
