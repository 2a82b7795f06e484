"""Figures, films and data of scenarios whose every text is hostile: bounded, and well-formed for their readers."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import Image

from boundaryviz.figures.data import data_of
from boundaryviz.figures.dose import draw_dose
from boundaryviz.figures.draw import draw, facts, metadata, save
from boundaryviz.figures.film.drawing import title_card
from boundaryviz.figures.film.encoding import write_film
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.pgf import tex
from boundaryviz.figures.sheet import FORMATS
from boundaryviz.figures.style import Options
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.dose import DoseCurve, DoseResponse
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.plain_text import PARAGRAPH, few_lines, one_line
from boundaryviz.scene.scene import Group, Scene
from boundaryviz.tables.cells import from_cell
from helpers.few import few
from helpers.hostile import ANY, HOSTILE
from helpers.sequences import SMALL, sequence
from helpers.snapshots import snapshot

SIX = st.tuples(*[ANY] * 6)
COARSE = Options(dpi=30)


def preprocessed(text: Any, words: str) -> tuple[str, object]:
    """What matplotlib, in its own counsel, makes of words before it draws them."""
    return text._preprocess_math(words)


def hostile(texts: tuple[str, ...], **changes: Any) -> Snapshot:
    """A moment with these in the place of title, class names, axis names and group."""
    shown = snapshot(**changes)
    title, one, two, x, y, group = texts[:6]
    scene: Scene = replace(
        shown.scene, class_names=(one, two), axis_names=(x, y), groups=(Group(group), Group(title)),
        points=shown.scene.points.with_columns(origin=np.arange(40) % 3),
    )  # fmt: skip
    words = {"title": title, "name": one, "summary": two}
    return replace(shown, scene=scene, scenario=shown.scenario.model_copy(update=words), label=title)


def bounded(figure: object) -> bool:
    """Whether no text of it is long or stands in many lines."""
    words = [text.get_text() for text in figure.findobj(Text)]  # type: ignore[attr-defined]
    return all(len(one) < 400 and one.count("\n") < 6 for one in words)


@settings(max_examples=4)
@given(SIX)
def test_an_svg_is_read_by_a_parser_and_holds_words_as_they_stand(texts: tuple[str, ...]):
    figure = draw("boundary", hostile(texts), COARSE)
    written = io.BytesIO()
    figure.savefig(written, format="svg")
    root = ElementTree.fromstring(written.getvalue())
    title = root.findtext(".//{http://purl.org/dc/elements/1.1/}title")
    assert (title or "").split() == one_line(texts[0]).split()
    assert bounded(figure)
    width, height = figure.get_size_inches()
    assert height <= 1.5 * width


@pytest.mark.parametrize("kind", few([kind for kind in FORMATS if kind != "svg"]))
def test_every_format_takes_hostile_words(kind: str, tmp_path: Path):
    shown = hostile(HOSTILE[2:])
    figure = draw("compare", shown, COARSE, others=[shown, hostile(HOSTILE)])
    save(figure, tmp_path / f"figure.{kind}")
    if kind == "png":
        with Image.open(tmp_path / "figure.png") as picture:
            assert picture.info["Title"] == one_line(HOSTILE[2])
    if kind == "pgf":
        lines = (tmp_path / "figure.pgf").read_text().splitlines()
        assert lines[0] == f"% Title: {one_line(HOSTILE[2])}"
        assert lines[-1] == r"\endgroup%"
    assert bounded(figure)


@given(SIX, st.sampled_from(FORMATS))
def test_what_files_say_of_themselves_is_one_line_each(texts: tuple[str, ...], kind: str):
    told = metadata(facts(hostile(texts)), kind)
    assert told is not None
    for words in told.values():
        for one in words if isinstance(words, list) else [words or ""]:
            assert one == one_line(one, 500)


@given(ANY, st.integers(1, 60), st.integers(1, 4))
def test_words_are_no_formula_and_fit_their_lines(text: str, letters: int, most: int):
    shown = Text(text=in_lines(text, letters, most))
    words, is_formula = preprocessed(shown, shown.get_text())
    assert is_formula is False
    assert len(words.splitlines()) <= most
    assert all(len(line) <= max(letters, 12) for line in words.splitlines())


@given(ANY)
def test_dollars_and_strokes_stay_as_they_are(text: str):
    words, is_formula = preprocessed(Text(), literal(text))
    assert is_formula is False
    assert len(words) <= PARAGRAPH
    assert words.replace("\\$", "$") == few_lines(text).replace("\\$", "$")


@given(st.text(st.sampled_from('\\{}$&#%_^~<>|"`-a ?\u00a0\u2026\ufffd'), max_size=20))
def test_latex_is_told_to_set_words_as_they_stand(text: str):
    r"""Without its commands nothing is left that TeX acts on, and braces are balanced."""
    written = tex(text)
    for command in ("textbackslash", "textasciicircum", "textasciitilde", "textasciigrave", "ensuremath", "dots"):
        written = written.replace(f"\\{command}{{", "{")
    plain = written
    for letter in "{}$&#%_":
        plain = plain.replace(f"\\{letter}", "")
    assert not set(plain) & set('\\$&#%_^`"|') - set("|" if "{|}" in plain else "")
    assert plain.count("{") == plain.count("}")
    assert "--" not in written


@given(SIX)
def test_the_data_of_a_figure_hold_no_formula(texts: tuple[str, ...]):
    shown = hostile(texts)
    data = data_of("compare", shown, others=[shown, hostile(texts[::-1])])
    rows = list(csv.DictReader(io.StringIO(data.csv().decode(), newline="")))
    assert len(rows) == len(data.rows)
    assert not [row for row in rows if row["name"][:1] in tuple("=@")]
    assert from_cell(rows[0]["name"]) == one_line(shown.name, 1000)
    with np.load(io.BytesIO(data.npz())) as arrays:
        assert len(arrays["run_name"]) == 2


def test_a_film_is_made_and_names_itself(tmp_path: Path):
    made = sequence(3, lambda _, one: replace(hostile(HOSTILE), step=one.step, field=one.field))
    options = FilmOptions(**{**SMALL, "view": "boundary"})
    assert title_card(made, options).shape == (240, 320, 4)
    write_film(tmp_path / "film.mp4", made, options)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.metadata["title"] == one_line(HOSTILE[0])


@settings(max_examples=5)
@given(ANY)
def test_a_dose_response_is_drawn_and_goes_through_json(text: str):
    flips = np.array([[0.0, np.nan], [0.1, 0.2]])
    found = DoseResponse(text, text, "Bridge", (0, 3), (0.0, 0.003))
    found = found.with_curve(DoseCurve("label-spreading", "Label spreading", False, "data", 1, flips, None))
    plain = json.dumps(found.plain(), allow_nan=False)
    assert DoseResponse.parse(json.loads(plain)).title == text
    figure = draw_dose(found, COARSE)
    assert bounded(figure)
    written = io.BytesIO()
    figure.savefig(written, format="svg")
    ElementTree.fromstring(written.getvalue())


def test_a_name_longer_than_a_line_breaks_where_its_parts_meet() -> None:
    assert in_lines("c62_scale_mismatch", 12) == "c62_scale_\nmismatch"
    assert in_lines("bill-length-of-penguins", 14) == "bill-length-\nof-penguins"
    assert in_lines("the sizes of bill_depth", 12) == "the sizes of\nbill_depth"
