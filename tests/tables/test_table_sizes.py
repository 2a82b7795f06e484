"""Tables of any size and shape: opened, sampled or refused soon, in little memory and few words."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.tables import delimited as table_text
from boundaryviz.tables import lines as table_lines
from boundaryviz.tables.formats import open_sheet
from boundaryviz.tables.lines import Lines, is_passed_over
from boundaryviz.tables.sheet import PROBLEM, TableError
from boundaryviz.tables.tables import Table, read_table
from helpers.busy import PATIENCE, soon

ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", " \n", "\r\r\n"])
PARTS = st.sampled_from(
    ["1,2", "", "#", "# a", "#N/A,1", "\t#!", " # b", " #", "  3,4", "\t5", "é", "#,x", " ", "\v", '"a']
)


def opened(text: str | bytes | Path) -> Table:
    with soon():
        return read_table(text)


def refused(text: str | bytes | Path) -> list[str]:
    with soon(), pytest.raises(TableError) as caught:
        read_table(text)
    assert len(caught.value.problems) <= TableError.SHOWN + 1
    assert all(len(problem) <= PROBLEM for problem in caught.value.problems)
    return caught.value.problems


# ---- lines ------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(PARTS, ENDS)), PARTS, st.integers(1, 40), st.randoms())
def test_lines_found_by_their_bytes_are_the_lines(
    lines: list[tuple[str, str]], last: str, piece: int, random: object
) -> None:
    text = "".join(part + end for part, end in lines) + last
    every = list(io.StringIO(text, newline=""))
    written = [(k, line) for k, line in enumerate(every, 1) if not is_passed_over(line)]
    found = Lines(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_lines, "PIECE", piece)
        counts = found.counted(b",")
        assert list(found.every("utf-8")) == every
        assert [(number, line.decode()) for number, line in found.written()] == written
        some = np.array([k for k in range(len(written)) if random.random() < 0.5], dtype=np.int64)  # type: ignore[attr-defined]
        assert [number for number, _ in found.written(some)] == [written[k][0] for k in some]
    assert (counts.lines, counts.written, counts.blank) == (len(every), len(written), not text.strip())
    assert counts.bytes >= sum(len(line.encode()) for _, line in written)
    assert counts.cells >= sum(1 + line.count(",") for _, line in written)


@given(st.binary(max_size=60))
def test_what_is_utf_8_is_found_piece_by_piece(data: bytes) -> None:
    try:
        data.decode()
        wanted = True
    except UnicodeDecodeError:
        wanted = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_lines, "PIECE", 3)
        assert Lines(data).counted(b",").utf_8 == wanted


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_is_read_like_its_bytes(mark: str, tmp_path: Path) -> None:
    text = mark + "x,y,label\n" + "".join(f"{k},{k / 7},{k % 3}\n" for k in range(300))
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    one, other = read_table(tmp_path / "a.csv"), read_table(text.encode())
    assert (one.scene.points, one.notes) == (other.scene.points, other.notes)


# ---- sizes ------------------------------------------------------------------------------------------

EMPTY = 6_000_000  # bytes; line by line, as once, a million of them take a second and more


@pytest.mark.parametrize("line", ["\n", " \n", "\r", "\v\n", "#\n", " # a\n"])
@pytest.mark.parametrize("before", [True, False])
def test_empty_lines_and_remarks_without_end_are_passed_over(line: str, before: bool) -> None:
    rows, many = "1,2\n3,4\n5,6\n", line * (EMPTY // len(line))
    with soon(PATIENCE / 5):
        table = read_table("x,y\n" + many + rows if before else "x,y\n" + rows + many)
    assert len(table.scene.points) == 3


@pytest.mark.parametrize("line", ["\v\n", "\v#\n", "\f\n"])
def test_lines_of_what_cannot_be_seen_make_no_rows_without_end(line: str) -> None:
    text = "x,y\n1,2\n3,4\n" + line * 300_000
    try:
        with soon():
            found = len(read_table(text).scene.points)
    except TableError as error:
        found = 2 * ("no two columns of numbers" in str(error))
    assert found == 2


def test_the_sample_is_the_one_that_was_always_taken() -> None:
    text = "x,y\n" + "".join(f"{k},0\n" + "\n# no row\n" * (k % 5 == 0) for k in range(4_000))
    sample = read_table(text, limit=700)
    wanted = np.sort(np.random.default_rng([0, 1]).choice(np.arange(4_000), 700, replace=False))
    assert sample.scene.points.xy[:, 0].tolist() == wanted.tolist()
    assert "a random sample of 700" in " ".join(sample.notes)


def test_of_long_rows_fewer_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_text, "CELLS", 5_000)
    names = ["x", "y", *(f"c{k}" for k in range(48))]
    text = "\n".join([",".join(names), *(",".join([str(k)] * 50) for k in range(400))])
    table = read_table(text)
    assert 90 <= len(table.scene.points) <= 100
    assert "The table has 400 rows; a random sample of" in " ".join(table.notes)
    assert all(a < b for a, b in pairwise(table.scene.points.xy[:, 0].tolist()))


def test_fifty_million_bytes_of_rows_are_sampled_soon() -> None:
    table = opened(b"x,y\n" + b"1.25,2.5\n" * 5_000_000)
    assert len(table.scene.points) == 100_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\n1,2\n" + "3" * 9_000_000 + ",4\n", "line 3: it is longer than 4,000,000 characters"),
        ("1," * 9_000_000 + "1\n", "line 1: it is longer than 4,000,000 characters"),
        (",".join("abc"[k % 3] for k in range(200_000)) + "\n1,2\n", "there are 200,000 columns; at most 25,000"),
        (
            'x,y,label\n1,2,"' + "a" * 200_000 + '"\n',
            "line 2: a cell, or what an open quotation mark begins, is longer",
        ),
        ("x,y\n1,2\n3," + "4" * 140_000 + "\n", "line 3: a cell, or what an open quotation mark begins, is longer"),
        ('x,y\n1,"2\n' * 90_000, "line 2: a quotation mark is left open"),
        ("x,y\nq,q\n" + "q,q\n" * 60_000, "'x' holds always the same, such as 'q'"),
        ("x,y,label\n" + "".join(f"1,2,{k}{'a' * 60_000}\n" for k in range(99)), "'label' has 99 different labels"),
        (",".join("k" * 9_000 + str(k) for k in range(99)) + "\n" + ",".join("b" * 99), "no two columns of numbers"),
        ("".join("k" * 9_000 + f"{k}," for k in range(99)) + "\n1\n", "there is one column of numbers"),
    ],
    ids=lambda text: text[:24],
)
def test_what_is_too_large_in_one_way_is_refused_in_few_words(text: str, words: str) -> None:
    assert words in refused(text)[0]


def test_what_a_table_says_is_repeated_in_short() -> None:
    headers = ["a" * 20_000, "b" * 20_000, *(f"left out {k}" for k in range(5_000))]
    table = opened(",".join(headers) + "\n" + ",".join("1" * len(headers)) + "\n")
    assert max(map(len, table.notes)) < 1_000
    assert "and 4,987 more" in " ".join(table.notes)
    assert table.scene.axis_names == tuple(headers[:2])
    assert open_sheet(",".join(headers) + "\n1,2\n").columns == tuple(headers)


def test_a_file_that_changes_while_it_is_read_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "1,2\n" * 50)
    table = table_text.open_text(path)
    path.write_bytes(b"x,y\n1,\xff\n3,4\n")
    assert [row.cells for row in table.rows()] == [["x", "y"], ["1", "\ufffd"], ["3", "4"]]
    assert [row.cells for row in table.chosen(np.arange(40))] == [["x", "y"], ["1", "\ufffd"], ["3", "4"]]


def test_utf_16_is_read_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ("x,y,label\n" + "1,2,ü\n3,4,ö\n" * 100).encode("utf-16")
    assert read_table(data).scene.class_names == ("ö", "ü")
    monkeypatch.setattr(table_text, "_WIDE", 1_000)
    assert "save it as CSV (UTF-8)" in refused(data)[0]


def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "a.csv")
    assert refused(tmp_path / "a.csv") == ["a folder or a device, not a file"]


# ---- as numpy prints --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[[1, 2], [" + "1" * 3_000_000 + "x", "[[1, 2]" + " " * 3_000_000 + "x", "[[1, 2], [3" + " " * 3_000_000 + "]]",
        "[[" + "1," * 2_000_000 + "2]]", "[" + "[1,2]," * 300_000 + "]", "array([[1, 2]]" + ", a=b" * 900_000 + ")",
        "[[1, 2], [" + "a" * 3_000_000, "[[1, 2]," + "[3 " * 90_000,
    ],
    ids=lambda text: f"{text[:14]}{len(text)}",
)  # fmt: skip
def test_lists_that_never_end_are_refused_soon(text: str) -> None:
    refused(text)


@given(
    st.lists(st.lists(st.floats(-9, 9) | st.integers(-9, 9), min_size=2, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["[]", "()"]), st.sampled_from([", ", " ", " ,\n"]), st.sampled_from([",", " , ", "\n", ""]),
)  # fmt: skip
def test_rows_read_at_once_are_the_rows(rows: list[list[float]], marks: str, between: str, after: str) -> None:
    left, right = marks[0], marks[1]
    words = [left + between.join(map(repr, row)) + right for row in rows]
    text = f"[{(after or ',').join(words)}{after}]"
    if len({len(row) for row in rows}) == 1:
        assert read_table(text).scene.points.xy.tolist() == [[float(x), float(y)] for x, y, *_ in rows]
    else:
        assert "numbers, the first one" in refused(text)[0]
