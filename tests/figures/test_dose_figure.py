"""The figure of a dose-response, and its axis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from boundaryviz.figures.dose import draw_dose
from boundaryviz.figures.draw import save
from boundaryviz.figures.style import Options
from boundaryviz.record.dose import DoseCurve, DoseResponse
from boundaryviz.record.dose_axis import DoseAxis, percent
from helpers.words_apart import check_words_apart

DOSES = (0, 1, 3, 10, 30, 40)


def response(
    doses: tuple[int, ...] = DOSES, n: int = 1000, seeds: int = 8, pins: bool = True, title: str = "A title"
) -> DoseResponse:
    """Of two learners on n points: one that flips with the dose, one that never does."""
    found = DoseResponse("moons", title, "Bridge", doses, tuple(d / (n + d) for d in doses))
    rising = np.minimum(np.array(doses)[:, None] * np.linspace(0.001, 0.004, seeds), 1.0)
    won = (rising > 0.02).astype(float)
    for name, words, flips, success in (
        ("label-spreading", "Label spreading", rising, won),
        ("KNeighborsClassifier", "Nearest neighbours", 0 * rising, 0 * won),
    ):
        supervised = name[0] == "K"
        already = np.full(seeds, float(supervised))
        shown = (success, already) if pins else (None, None)
        found = found.with_curve(DoseCurve(name, words, supervised, "data", 1, flips, *shown))
    return found


def words_of(figure: object) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("style", "width"), [("paper", 8.5), ("dark", 8.5), ("slides", 17.0)])
def test_nothing_of_it_overlaps_or_leaves_the_sheet(style: Any, width: float, monkeypatch: pytest.MonkeyPatch):
    figure = draw_dose(response(n=20_000, title="Poison"), Options(style=style, width_cm=width, dpi=100))
    check_words_apart(figure, monkeypatch, more_than=15)


def test_it_shows_means_seeds_and_the_quoted_rates():
    shown = response()
    figure = draw_dose(shown)
    flips, success = figure.axes[:2]
    lines = {line.get_gid(): line for line in flips.get_lines() if line.get_gid()}
    means = lines["dose label-spreading"]
    np.testing.assert_allclose(10 ** np.asarray(means.get_xdata()), DOSES[1:])
    np.testing.assert_allclose(np.asarray(means.get_ydata()), shown.curves[0].flip_band().mean[1:])
    assert lines["dose KNeighborsClassifier"].get_linestyle() == "--"
    assert means.get_marker() != lines["dose KNeighborsClassifier"].get_marker()
    assert means.get_color() != lines["dose KNeighborsClassifier"].get_color()
    talk = sorted(
        10 ** float(np.asarray(line.get_xdata())[0]) for line in success.get_lines() if line.get_gid() == "talk"
    )
    assert talk == pytest.approx([1.0, 10.0], rel=0.02)  # 0.1 % and 1 % of a thousand
    words = words_of(figure).replace("\n", " ")
    assert "as given in the talk; off the axis: 0.00001\u00a0% (self-supervised)" in words
    assert "0.0001\u00a0% (image captions), published by Carlini and Terzis (2022): 3 of 3 million" in words
    assert "8 data seeds each" in words
    assert "already so without poison" in words
    seeds = lines["seeds label-spreading"]
    assert np.array_equal(seeds.get_ydata(), shown.curves[0].flip_rate[1:].ravel())
    assert [np.asarray(line.get_ydata())[0] for line in success.get_lines() if line.get_gid() == "already so"] == [0, 1]
    assert not flips.collections, "no band stands in for the seeds"


def test_a_success_of_all_pins_in_an_old_record_is_said_to_be_one():
    shown = response()
    old = replace(shown, curves=tuple(replace(curve, already=None) for curve in shown.curves))
    words = words_of(draw_dose(old)).replace("\n", " ")
    assert "Success of all pins" in words
    assert "hollow" not in words


def test_the_published_rate_has_a_line_of_its_own():
    lines = draw_dose(response((0, 1, 10), 1_000_000)).axes[0].get_lines()
    (line,) = (line for line in lines if line.get_gid() == "published")
    assert 10 ** float(np.asarray(line.get_xdata())[0]) == pytest.approx(1.0, rel=1e-3)


def test_without_pins_there_is_one_panel():
    assert len(draw_dose(response(pins=False)).axes) == 1
    assert len(draw_dose(response()).axes) == 2


@pytest.mark.parametrize("doses", [(0,), (0, 1), (0, 5), (0, 1, 2), (0, 7, 100_000)])
def test_few_doses_and_doses_far_apart_are_drawn_too(doses: tuple[int, ...], tmp_path: Path):
    save(draw_dose(response(doses), Options(dpi=60)), tmp_path / "f.png")
    empty = replace(response(doses), curves=())
    save(draw_dose(empty, Options(dpi=60)), tmp_path / "g.png")


def test_everything_left_out_is_drawn_empty(tmp_path: Path):
    lost = np.full((len(DOSES), 4), np.nan)
    curve = DoseCurve("mlp", "Net", True, "training", 5, lost, lost)
    shown = replace(response(), curves=(curve,))
    save(draw_dose(shown, Options(dpi=60)), tmp_path / "f.png")
    assert curve.seeds_words == "4 training seeds, up to 4 left out because training diverged"


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=8, unique=True), st.integers(10, 100_000))
def test_the_axis_gives_every_dose_its_place_and_its_rate(some: list[int], n: int):
    doses = (0, *sorted(some))
    axis = DoseAxis.of(response(doses, n))
    assert np.all(np.diff(axis.places) > 0)
    assert axis.limits[0] < axis.places[0] < axis.gap < axis.places[1]
    assert axis.places[-1] < axis.limits[1]
    for dose, rate, place in list(zip(doses, axis.rates, axis.places, strict=True))[1:]:
        assert axis.place(dose) == pytest.approx(place)
        assert axis.place_of_rate(rate) == pytest.approx(place)
    named, silent = axis.ticks()
    assert named[0] == 0
    assert not set(named) & set(silent)
    assert len(named) <= 12


@pytest.mark.parametrize(("rate", "words"), [(1e-7, "0.00001 %"), (0.001, "0.1 %"), (1.0, "100 %"), (0.25, "25 %")])
def test_rates_are_written_out(rate: float, words: str):
    assert percent(rate) == words.replace(" ", "\u00a0")
