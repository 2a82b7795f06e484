"""Class names in a table: no spreadsheet takes one for a formula, and each is read back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.tables.cells import LONGEST, as_cell, from_cell
from boundaryviz.tables.tables import read_table, write_table
from helpers.scenes import PLANE

FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+1", "-x", "@SUM(A1)", "'=a", "''-b", "=", "-", "a;=b", "\uff1dcmd", "'+1", "'-1;@",
)  # fmt: skip
HARMLESS = ("'tis", "''", "-1", "+1.5e3", "a=b", "x - y", "cat", "5", "a;b", "1 2 3 4", "1;2;3;4", "#3", '"', "NaN")
NAMES = st.one_of(
    st.sampled_from([*FORMULAS, *HARMLESS]),
    st.text(st.sampled_from("'=+-@;,\"\t\r\n ax1\0\u202e"), max_size=8),
    st.text(st.characters(exclude_categories=[]), max_size=30),
)
"""Names that look like formulas, that nearly do, and any others."""


def scene(*names: str) -> Scene:
    """A point of each class, and classes of these names."""
    return Scene(Points.of([(k, 0.5) for k in range(len(names))], range(len(names))), PLANE, len(names), names)


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@given(st.lists(NAMES, min_size=2, max_size=4))
def test_names_are_read_back_as_one_line_each(names: list[str]):
    back = read_table(write_table(scene(*names))).scene
    assert back.class_names == tuple(one_line(name, LONGEST) or f"class {k}" for k, name in enumerate(names))
    assert write_table(back) == write_table(scene(*names))


@given(st.lists(NAMES, min_size=2, max_size=4))
def test_no_cell_is_a_formula_whatever_parts_the_cells(names: list[str]):
    text = write_table(scene(*names))
    assert text.count("\n") == len(names) + 1
    assert not [cell for cell in cells(text) if cell[:1] in ("=", "+", "-", "@") and cell != as_cell(from_cell(cell))]
    for cell in (cell for row in text.splitlines() for cell in row.split(";")[1:]):
        assert cell[:1] not in ("=", "+", "-", "@")


@given(NAMES)
def test_a_cell_is_undone_exactly(name: str):
    assert from_cell(as_cell(name)) == one_line(name, LONGEST)


@pytest.mark.parametrize("name", FORMULAS)
def test_what_begins_a_formula_gets_an_apostrophe(name: str):
    assert as_cell(name).count("'") > name.count("'")
    assert from_cell(as_cell(name)) == name


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_none_stays(name: str):
    assert as_cell(name) == from_cell(name) == name


def test_words_in_the_label_column_are_freed_of_the_apostrophe_too():
    assert read_table("x,y,label\n1,2,'=a\n3,4,'tis\n").scene.class_names == ("'tis", "=a")
