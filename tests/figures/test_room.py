"""Figures and films of a size that no machine can draw are refused, with the number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.figures.draw import draw, save
from boundaryviz.figures.film import encoding
from boundaryviz.figures.film.encoding import write_film
from boundaryviz.figures.film.options import MOST_SIDE, FilmOptions
from boundaryviz.figures.film.options import check_room as check_film
from boundaryviz.figures.sheet import FORMATS, check_room
from boundaryviz.figures.style import MOST_PIXELS, WIDTHS_CM, Options
from boundaryviz.gui.widgets import export_dialog
from boundaryviz.scenario import cost
from boundaryviz.scenario.cost import MemoryNeeded
from helpers.sequences import sequence
from helpers.snapshots import snapshot


@given(st.floats(2.0, 100.0), st.integers(30, 1200))
def test_a_figure_has_no_more_pixels_than_can_be_drawn(width: float, dpi: int):
    """100 cm at 1,200 dots per inch took 18.5 GB."""
    wide = round(width / 2.54 * dpi)
    if wide <= MOST_PIXELS:
        assert Options(width_cm=width, dpi=dpi).dpi == dpi
        return
    with pytest.raises(ValueError, match=f"is {wide:,} pixels wide, and 12,000 are the most; at this width ") as caught:
        Options(width_cm=width, dpi=dpi)
    fewer = int(str(caught.value).removesuffix(" dots per inch").rpartition(" ")[2].replace(",", ""))
    assert Options(width_cm=width, dpi=fewer).dpi >= 304


def test_the_dialog_knows_the_limit_and_its_presets_keep_it():
    assert export_dialog.MOST_PIXELS == MOST_PIXELS
    for width in export_dialog.WIDTHS.values():
        assert Options(width_cm=width, dpi=export_dialog.MOST_DPI).width_cm == width


@pytest.mark.parametrize("kind", FORMATS)
def test_a_figure_is_not_saved_where_there_is_no_memory_for_it(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    figure = draw("boundary", snapshot(), Options(width_cm=6, dpi=50))
    save(figure, tmp_path / f"figure.{kind}")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    figure.set_dpi(6000)
    monkeypatch.setattr(cost, "available", lambda: 500e6)
    with pytest.raises(MemoryNeeded, match=r"this figure would take about .* take a smaller width or fewer dots"):
        save(figure, tmp_path / f"figure.{kind}")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_largest_figures_are_checked_before_anything_is_drawn(monkeypatch: pytest.MonkeyPatch):
    largest, usual = Options(width_cm=25.4, dpi=1200), Options()
    monkeypatch.setattr(cost, "available", lambda: 2e9)
    for view in WIDTHS_CM:
        check_room(view, usual)
        with pytest.raises(MemoryNeeded, match=r"this figure would take about 3\.0 GB"):
            check_room(view, largest)


def test_the_largest_films_are_checked_before_a_frame_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cost, "available", lambda: 1e9)
    monkeypatch.setattr(encoding, "Film", lambda *_: pytest.fail("this was to be refused first"))
    with pytest.raises(MemoryNeeded, match=r"this film would take about 2\.4 GB of memory.*; take smaller frames"):
        write_film(tmp_path / "film.mp4", sequence(), FilmOptions(width=MOST_SIDE, height=MOST_SIDE))
    assert list(tmp_path.iterdir()) == []
    check_film(FilmOptions(width=1920, height=1080))
