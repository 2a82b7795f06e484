"""Tables as other programs write them, of which people complained; see the page beside them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from boundaryviz.tables.formats import open_sheet

FOLDER = Path(__file__).parents[1] / "data" / "tables"
NAMES = ("len", "wid", "kind")


class Expected(NamedTuple):
    columns: tuple[str, ...]
    rows: list[str]  # their cells, parted by |
    lines: list[int]
    left_out: tuple[int, ...] = ()
    said: str = ""


TABLES = {
    "t01_tabs_named_csv.csv": Expected(
        ("name", *NAMES), ["red, small|0.5|1.5|a", "blue, large|2.5|3.5|b", "green|4.5|5.5|a"], [2, 3, 4]
    ),
    "t02_three_row_header.tab": Expected(NAMES, ["0.5|1.5|a", "2.5|3.5|b"], [4, 5], said="types and flags"),
    "t03_trailing_commas.csv": Expected(NAMES, ["0.5|1.5|a", "2.5|3.5|b", "4.5|5.5|a"], [2, 3, 4]),
    "t04_mark_before_the_first_name.csv": Expected(NAMES, ["0,5|1,5|a", "2,5|3,5|b"], [2, 3]),
    "t05_title_and_spaces.txt": Expected(
        ("column 1", "column 2", "column 3"), ["0.5000|1.5000|1", "2.5000|3.5000|2", "-4.5000|5.5000|1"], [3, 4, 5],
        said="lattice_run_7",
    ),
    "t06_a_row_too_wide.csv": Expected(NAMES, ["0.5|1.5|a", "4.5|5.5|b,\n or c", "6.5|7.5|a"], [2, 4, 6], (3,)),
    "t07_apostrophes.arff": Expected(("len", "wid of leaf", "kind"), ["0.5|1.5|it's this", "2.5||that"], [8, 9]),
    "t08_counts_above.csv": Expected(
        ("column 1", "column 2", "column 3"),
        ["0.5|1.5|setosa", "2.5|3.5|versicolor", "4.5|5.5|versicolor", "6.5|7.5|setosa"], [2, 3, 4, 5],
        said="names of classes: 'setosa', 'versicolor'",
    ),
    "t09_carriage_returns.csv": Expected(
        ("Länge", "Höhe", "Größe"), ["0,5|1,5|groß", "2,5|3,5|übergroß"], [2, 3], said="Windows-1252"
    ),
    "t10_hash_in_names.csv": Expected(
        ("1999-12-01 Towards it:#the need", "#2", "kind"), ["0.5|1.5|a", "#REF!|3.5|b", "4.5|5.5|a"], [2, 3, 4]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_another_program_is_read_as_it_is_meant(name: str) -> None:
    expected, sheet = TABLES[name], open_sheet(FOLDER / name)
    assert sheet.columns == expected.columns
    assert ["|".join(cells) for cells in zip(*sheet.cells, strict=True)] == expected.rows
    assert sheet.lines.tolist() == expected.lines
    assert tuple(one.line for one in sheet.left_out) == expected.left_out
    assert expected.said in " ".join(sheet.notes)


def test_each_of_them_is_described() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in page for name in TABLES)
    assert {path.name for path in FOLDER.glob("t[0-9]*")} == {*TABLES}
