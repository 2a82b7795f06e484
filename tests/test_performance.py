"""The page of what was measured: its tables are those of the results, and what the design asks of them still stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.frame import Row
from tools import performance as tool

PAGE = tool.PAGE.read_text("utf-8")
ROW: dict[str, Any] = {
    "what": "steps",
    "against": "a peer",
    "detail": "3 → 6/s",
    "reached": 2.0,
    "floor": 1.5,
    "unit": "×",
}


def found(**changes: Any) -> tool.Results:
    section = {"title": "Steps", "lacking": "", "rows": [ROW]} | changes
    return {"machine": {"processor": "P", "cores": "2"}, "sections": {"steps": section}}


def test_the_page_has_a_place_for_the_machine_and_for_every_section_that_is_measured() -> None:
    assert tool.parts(PAGE) == [tool.MACHINE, *tool.SECTIONS]


def test_the_page_says_what_was_measured() -> None:
    if not tool.RESULTS.exists():
        pytest.skip("nothing has been measured yet: `make performance`")
    assert tool.with_tables(PAGE, json.loads(tool.RESULTS.read_text("utf-8"))) == PAGE


def test_tables_stand_between_their_markers_and_are_written_anew() -> None:
    page = "A\n<!-- measured: machine -->\nold\n<!-- to here -->\nB\n<!-- measured: steps -->\n<!-- to here -->\nC\n"
    written = tool.with_tables(page, found())
    assert "processor P, cores 2.\n" in written
    assert "| steps | a peer | 3 → 6/s | ×2 | ≥ ×1.5 |\n" in written
    assert "old" not in written
    assert [written[0], written[-2]] == ["A", "C"]
    assert tool.with_tables(written, found()) == written


def test_what_a_machine_lacks_is_said_above_what_it_has() -> None:
    page = "<!-- measured: steps -->\n<!-- to here -->"
    written = tool.with_tables(page, found(lacking="There is no node.", rows=[]))
    assert "There is no node.\n\n| what |" in written


def test_a_section_that_was_not_measured_is_an_error() -> None:
    with pytest.raises(KeyError, match="other"):
        tool.with_tables("<!-- measured: other -->\n<!-- to here -->", found())


def test_a_row_goes_through_the_file_of_results() -> None:
    assert Row(**ROW).measured == "×2"
    assert Row("shown", "", "", 412.0, ceiling=500.0, unit="ms", aim=400.0).bounds == "≤ 500 ms, aim 400 ms"
