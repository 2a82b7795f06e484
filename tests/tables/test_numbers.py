"""Columns of numbers: one reading for all of a column, whatever form its numbers are printed in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.tables.numbers import MISSING, read_numbers
from boundaryviz.tables.tables import read_table

COLUMNS = {  # cells, numbers, reading
    "plain": ("1 -2.5 +3. .5 4e2 5E-1", [1, -2.5, 3, 0.5, 400, 0.5], "numbers"),
    "decimal comma": ("0,5 -3 ,25 1,5e2", [0.5, -3, 0.25, 150], "decimal comma"),
    "thousands by comma": ("950 1,200 1,234,567.5", [950, 1200, 1234567.5], "thousands marked by commas"),
    "India": ("1,00,000 12,34,567 5", [100000, 1234567, 5], "thousands marked by commas"),
    "thousands by point": ("1.234.567 950 3,5", [1234567, 950, 3.5], "decimal comma, thousands marked by points"),
    "thousands by spaces": ("1_200,5 12_345_678 3", [1200.5, 12345678, 3], "decimal comma, thousands marked by spaces"),
    "no-break space": ("1\u00a0200 3\u202f400 5\u2009600.5", [1200, 3400, 5600.5], "thousands marked by spaces"),
    "apostrophe": ("1'200.5 12\u2019345 7", [1200.5, 12345, 7], "thousands marked by apostrophes"),
    "minus": ("\u22121.5 \u20132 3", [-1.5, -2, 3], "a minus that is not ASCII's"),
    "per cent": ("12% 3.5_% -4%", [12, 3.5, -4], "per cent"),
    "Fortran": ("1.5D+02 -2d0 .5D-1", [150, -2, 0.05], "exponents written D"),
    "currency": ("$1,200.50 \u20ac3 4_\u20ac -$5", [1200.5, 3, 4, -5], "thousands marked by commas, a currency"),
}


@pytest.mark.parametrize("form", COLUMNS)
def test_every_usual_form_of_a_column_is_read(form: str):
    cells, values, words = COLUMNS[form]
    found = read_numbers([cell.replace("_", " ") for cell in cells.split(" ")], MISSING)
    assert found.values.tolist() == values
    assert not found.bad.any()
    assert found.words == words


@pytest.mark.parametrize(
    "cell",
    ["1_000", "1,2,3", "12,34", "1.2.3", "0x10", "--1", "1e", "1,200.5.1", "abc", "1 2", "0,123,456", "$", "%", "1-2"],
)
def test_what_is_no_number_beside_others_is_none(cell: str):
    found = read_numbers(["1,200.5", cell, "2,000,000"], MISSING)
    assert found.bad.tolist() == [False, True, False]
    assert found.values[[0, 2]].tolist() == [1200.5, 2e6]


@pytest.mark.parametrize(
    ("cells", "decimal", "both"),
    [
        ("950 1,200", "point", True), ("0,125 1,200", "comma", False), ("1,2 1,200", "comma", False),
        ("1,200.5 1,200", "point", False), ("1.200 950", "point", True), ("0.125 1.200", "point", False),
        ("1 2", "point", False), ("1.200,5 7", "comma", False),
    ],
)  # fmt: skip
def test_it_is_known_where_two_readings_fit(cells: str, decimal: str, both: bool):
    found = read_numbers(cells.split(), MISSING)
    assert (found.decimal, found.both) == (decimal, both)


def _printed(value: float, decimal: str, thousands: str, minus: str) -> str:
    words = f"{value:,.4f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    return words.replace("-", minus)


@given(
    st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=20),
    st.sampled_from([(".", ","), (".", ""), (",", "."), (",", ""), (".", " "), (",", "\u202f"), (".", "'")]),
    st.sampled_from("-\u2212"),
)
def test_a_column_printed_in_any_form_is_read_back_equal(tens: list[int], marks: tuple[str, str], minus: str):
    values = [one / 10_000 for one in tens]
    found = read_numbers([_printed(value, *marks, minus) for value in values], MISSING)
    assert found.values.tolist() == values


@given(st.lists(st.floats(-1e15, 1e15), min_size=1))
def test_what_python_prints_is_read_back_to_the_bit(values: list[float]):
    found = read_numbers([*map(repr, values)], MISSING)
    assert np.array(values).tobytes() == found.values.tobytes()
    commas = read_numbers([repr(value).replace(".", ",") for value in values], MISSING, "comma")
    assert commas.values.tolist() == values


@given(st.lists(st.sampled_from(["950", "1,200", "1.5", "2,5", "NA", "1 000", "-3%", "x"]), min_size=1), st.randoms())
def test_a_reading_does_not_depend_on_the_order_of_the_cells(cells: list[str], random):
    mixed = [*range(len(cells))]
    random.shuffle(mixed)
    gone = [cell for cell in cells if cell.casefold() in MISSING]
    one, other = read_numbers(cells, gone), read_numbers([cells[k] for k in mixed], gone)
    assert one.decimal == other.decimal
    np.testing.assert_array_equal(one.values[mixed], other.values)


# ---- columns of a table ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "decimal"),
    [
        ('"950",1.5', "point"), ('"950",1', "point"), ('"1,250",1', "point"), ('"1,250","1,5"', "comma"),
    ],
)  # fmt: skip
def test_where_two_readings_fit_the_other_columns_tell_and_a_person_may_say_otherwise(rows: str, decimal: str):
    source = f'x,y,label\n{rows},a\n"1,200",2,b\n'
    table = read_table(source)
    assert table.scene.points.xy[1, 0] == (1200 if decimal == "point" else 1.2)
    (question,) = table.understanding.questions
    assert (question.about, question.taken) == ("decimals.x", decimal)
    assert any("decimals.x=" in note for note in table.notes)
    for said, value in (("point", 1200), ("comma", 1.2)):
        again = read_table(source, columns={"decimals.x": said})
        assert again.scene.points.xy[1, 0] == value
        assert again.understanding.questions[0].taken == said
        assert not any("decimals.x=" in note for note in again.notes)


def test_semicolons_go_with_decimal_commas():
    table = read_table("x;y;label\n1,250;1;a\n3,125;2;b\n")
    assert table.scene.points.xy[:, 0].tolist() == [1.25, 3.125]
    assert read_table("x;y;label\n1.250;1,5;a\n3.125;2;b\n").scene.points.xy[:, 0].tolist() == [1250, 3125]


def test_per_cent_stands_on_the_axis():
    assert read_table("share,y\n12 %,1\n3 %,2\n").scene.axis_names == ("share (%)", "y")


def test_in_accounts_a_number_in_parentheses_is_negative():
    money = read_numbers(["(5)", "1,200", "($ 3)", "(1,500.50)"], MISSING)
    assert money.values.tolist() == [-5, 1200, -3, -1500.5]
    assert "negative where in parentheses" in money.words
    assert read_numbers(["(5)", "3 \u20ac", "(2,5)"], MISSING).values.tolist() == [-5, 3, -2.5]
    for cells in (["(5)", "3"], ["$1", "(-5)"], ["$1", "(5"], ["$1", "(5) (6)"], ["$1", "5 (6)"]):
        assert np.isnan(read_numbers(cells, MISSING).values).sum() == 1, cells
