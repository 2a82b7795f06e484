"""What others wrote is shown bounded, on one line, and without what acts on its reader."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.plain_text import few_lines, file_stem, long_text, one_line

ANY = st.text(st.characters(exclude_categories=[]), max_size=400)
"""Every character there is, half ones too."""


@given(ANY, st.integers(2, 300))
def test_a_line_is_bounded_and_does_nothing(text: str, most: int):
    shown = one_line(text, most)
    assert len(shown) <= most
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in shown)
    assert not any(unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI") for c in shown)
    ElementTree.fromstring(f"<a>{escape(shown)}</a>".encode())
    assert one_line(shown, most) == shown


@given(ANY, st.integers(2, 300), st.integers(1, 9))
def test_few_lines_are_few(text: str, most: int, rows: int):
    shown = few_lines(text, most, rows)
    assert len(shown) <= most
    assert len(shown.splitlines()) <= rows + 1


@pytest.mark.parametrize("text", ["Two moons", "naïve Übergröße", "日本語", "a < b & c", "x $y$", "👩‍🔬"])
def test_what_is_harmless_stays(text: str):
    assert one_line(text) == few_lines(text) == text


def test_breaks_become_spaces_and_long_lines_are_cut():
    assert one_line("a\r\n  b\tc\u2028d") == "a b c d"
    assert one_line("x" * 10, 4) == "xxx…"
    assert few_lines("a\nb\nc\nd", rows=2) == "a\nb\n…"


@given(ANY)
def test_a_file_s_stem_names_a_file_in_the_folder_it_is_put_into(text: str):
    stem = file_stem(text)
    assert stem
    assert len(f"{stem}.bviz".encode()) <= 255
    assert Path("folder", f"{stem}.bviz").parent == Path("folder")
    assert not set(stem) & set('/\\:*?"<>|\n')


def test_a_file_s_stem_is_the_text_where_that_will_do():
    assert file_stem("two-moons") == "two-moons"
    assert file_stem("../../etc/passwd") == "etc-passwd"
    assert file_stem("\n") == file_stem("...") == "untitled"


@given(ANY, st.integers(1, 300))
def test_a_long_text_keeps_its_lines_and_says_how_much_is_left_out(text: str, most: int):
    shown = long_text(text, most)
    assert shown == long_text(shown, len(shown))
    assert shown.endswith("more characters") == (len(text) > most) or text.endswith("more characters")
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown if c not in "\n\t")


def test_a_long_text_stays_as_it_is():
    assert long_text("a\n  b\tc\n", 100) == "a\n  b\tc\n"
    assert long_text("abcdef", 2) == "ab\n… and 4 more characters"
