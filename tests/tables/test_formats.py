"""Each format and form that people have tables in, made by the program that makes it where there is one."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import pickle
import zipfile
from pathlib import Path
from random import Random
from typing import Literal

import numpy as np
import openpyxl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from boundaryviz.tables import archives, arff
from boundaryviz.tables.choice import SheetChoice
from boundaryviz.tables.formats import open_sheet
from boundaryviz.tables.from_arrays import from_arrays
from boundaryviz.tables.sheet import Sheet, TableError
from boundaryviz.tables.tables import read_table
from helpers.busy import soon

AS_FOUND = SheetChoice()
ROWS = [["len", "wid", "kind"], ["0.5", "1", "a"], ["1.5", "2", "b"], ["2.5", "3", "a"]]
CELLS = (("0.5", "1.5", "2.5"), ("1", "2", "3"), ("a", "b", "a"))


def text(rows: list[list[str]], separator: str = ",", end: str = "\n") -> str:
    return end.join(separator.join(row) for row in rows) + end


def xlsx(*sheets: list[list]) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for k, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {k}")
        for row in rows:
            sheet.append(row)
    book.save(stream)
    return stream.getvalue()


def ods(*sheets: list[list]) -> bytes:
    book, stream = OpenDocumentSpreadsheet(), io.BytesIO()
    for k, rows in enumerate(sheets, 1):
        table = OdfTable(name=f"Sheet {k}")
        for row in rows:
            line = TableRow()
            for value in row:
                number = isinstance(value, (int, float))
                cell = TableCell(valuetype="float", value=value) if number else TableCell(valuetype="string")
                cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(stream)
    return stream.getvalue()


def zipped(**members: bytes | str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]  # whose flag has a name of its own
    return stream.getvalue()


def refused(source: bytes | str, choice: SheetChoice = AS_FOUND) -> str:
    with soon(), pytest.raises(TableError) as caught:
        open_sheet(source, choice)
    return str(caught.value)


def said(sheet: Sheet) -> str:
    return " ".join(sheet.notes)


# ---- delimited text ------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " ", ":", "^", "~"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_whatever_parts_the_cells(separator: str, end: str) -> None:
    sheet = open_sheet(text(ROWS, separator, end).encode())
    assert (sheet.columns, sheet.cells, sheet.separator) == (("len", "wid", "kind"), CELLS, separator)
    assert sheet.lines.tolist() == [2, 3, 4]
    assert sheet.header
    assert (sheet.notes, sheet.questions, sheet.left_out) == ((), (), ())


@pytest.mark.parametrize("name", ["a.tsv", "a.txt", "a.data", "a.dat", "a", "a.csv.gz"])
def test_the_name_says_nothing(name: str, tmp_path: Path) -> None:
    content = text(ROWS, "\t").encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    assert open_sheet(tmp_path / name).cells == CELLS


LANGUAGES = {
    "gb18030": "长,宽,类\n0,1,良\n1,2,恶\n", "cp1251": "x,y,вид\n1,2,щетинистый\n3,4,разноцветный\n",
    "cp1252": "x,y,Größe\n1,2,größer\n3,4,übrig\n", "cp932": "x,y,種類\n1,2,あやめ\n3,4,桜\n",
    "koi8-r": "x,y,вид\n1,2,щетинистый\n3,4,разноцветный\n", "cp1250": "x,y,gęś\n1,2,żółw\n3,4,łoś\n",
    "euc_jp": "x,y,種類\n1,2,あやめ\n3,4,桜\n",
}  # fmt: skip


@pytest.mark.parametrize("codec", LANGUAGES)
def test_an_encoding_is_found_and_others_are_offered(codec: str) -> None:
    words = LANGUAGES[codec]
    sheet = open_sheet(words.encode(codec))
    assert [*sheet.columns] == words.split("\n")[0].split(",")
    assert sheet.cells[2][0] in words
    (question,) = [one for one in sheet.questions if one.about == "sheet.encoding"]
    assert question.taken == codec
    assert {value for value, _ in question.options} > {codec}
    assert "as the text is not UTF-8" in said(sheet)


def test_the_encoding_that_a_person_chose_is_taken() -> None:
    data = "x,y,종류\n1,2,붓꽃\n".encode("cp949")
    sheet = open_sheet(data, SheetChoice(encoding="cp949"))
    assert (sheet.columns[2], sheet.cells[2]) == ("종류", ("붓꽃",))
    assert sheet.questions[0].taken == "cp949"
    for name in ("nonsense", "rot13", "zip", "cp037", "\0"):
        assert "is not known" in refused(data, SheetChoice(encoding=name))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_in_every_width(codec: str) -> None:
    assert open_sheet("x,y,ü\n1,2,ä\n".encode(codec)).columns == ("x", "y", "ü")


def test_one_broken_character_makes_no_other_encoding() -> None:
    data = ("x,y,label\n" + "1,2,größer\n" * 200).encode() + b"3,4,\xff\n"
    assert set(open_sheet(data).cells[2]) == {"größer", "\ufffd"}


def test_a_separator_that_a_person_chose() -> None:
    sheet = open_sheet("a,b;c,d\n1,5;2,5\n", SheetChoice(separator=";"))
    assert sheet.columns == ("a,b", "c,d")
    for separator in ("ab", "", '"', "é", "5"):
        assert not separator or "cannot part cells" in refused("a,b\n1,2\n", SheetChoice(separator=separator))


HEADS = {
    "sep": ("sep=;\nlen;wid\n0,5;1\n", ("len", "wid"), [3], "what stands between cells"),
    "title": ("Measured in May\n\nlen,wid\n0.5,1\n1.5,2\n", ("len", "wid"), [4, 5], "Measured in May"),
    "titles": ("Site,Oslo\nlen,wid,dep,kind\n0.5,1,3,a\n1,2,3,b\n", ("len", "wid", "dep", "kind"), [3, 4], "Site"),
    "units": ("len,wid,kind\n(mm),(g),\n0.5,1,a\n1,2,b\n", ("len", "wid", "kind"), [3, 4], "(mm)"),
    "row names": ('"x1" "x2" "cls"\n"a" 0.1 0.2 "u"\n"b" 0.9 0.8 "v"\n', ("row names", "x1", "x2", "cls"), [2, 3], ""),
    "index": (",0,1\n0,0.5,0.25\n1,1.5,1.25\n", ("row names", "0", "1"), [2, 3], ""),
    "counts": (
        "3,2,setosa,virginica\n0.5,1.5,0\n0.25,2.5,1\n1,1,1\n", ("column 1", "column 2", "column 3"),
        [2, 3, 4], "names of classes",
    ),
    "few counts": ("3,2,ant,bee\n1,2,0\n3,4,1\n5,6,9\n", ("column 1", "column 2", "column 3"), [2, 3, 4], "'bee'"),
    "one count": ("1,2,ant,bee\n1,2,1\n", ("column 1", "column 2", "column 3"), [2], "'ant', 'bee'"),
    "counts;": ("3;2;ant;bee;\n1,5;2;1;\n3;4;0;\n", ("column 1", "column 2", "column 3"), [2, 3], "'ant', 'bee'"),
    "numbers": ("0,1,2\n50.1,50.2,0\n51.3,51.1,1\n", ("0", "1", "2"), [2, 3], ""),
    "years": ("2019,2020\n0.5,1.5\n2.5,1.25\n", ("2019", "2020"), [2, 3], ""),
    "twice": ("a,a,\n1,2,3\n", ("a", "a (2)", "column 3"), [2], ""),
    "remarks": ("# made by hand\n#! tool 3\nx,y\n1,2\n# half way\n#DIV/0!,3\n", ("x", "y"), [4, 6], ""),
    "colours": ("c,x,y\n#ff0000,1,2\n#remark of one cell\n#N/A,3,4\n", ("c", "x", "y"), [2, 4], ""),
    "apostrophes": ("'x','it''s'\n'1','2'\n'3',''\n", ("x", "it's"), [2, 3], "taken for quotation marks"),
    "words within": ("'x';'a;b'\r\n'1';'c\r\nd'\r\n2;e\r\n", ("x", "a;b"), [2, 4], "taken for quotation marks"),
    "hash": ("#,x,y\n1,2,3\n", ("#", "x", "y"), [2], ""),
    "ends": ("x,y,\n1,2,\n3,4,\n", ("x", "y"), [2, 3], ""),
    "short": ("x,y,label\n1,2\n3,4,a\n", ("x", "y", "label"), [2, 3], ""),
}  # fmt: skip


@pytest.mark.parametrize("form", HEADS)
def test_what_stands_above_the_rows(form: str) -> None:
    source, columns, lines, words = HEADS[form]
    sheet = open_sheet(source)
    assert (sheet.columns, sheet.lines.tolist()) == (columns, lines)
    assert words in said(sheet)
    assert all(len(column) == len(lines) for column in sheet.cells)


def test_counts_above_give_codes_their_words() -> None:
    assert open_sheet(HEADS["counts"][0]).cells[-1] == ("setosa", "virginica", "virginica")
    assert open_sheet(HEADS["few counts"][0]).cells[-1] == ("ant", "bee", "9")
    assert open_sheet(HEADS["one count"][0]).cells == (("1",), ("2",), ("bee",))
    scene = read_table(HEADS["counts;"][0]).scene
    assert (scene.class_names, scene.points.label.tolist()) == (("ant", "bee"), [1, 0])


@pytest.mark.parametrize(
    "source",
    [
        "5,2,a,b\n1,2,c,d\n2,3,c,d\n", "2019,2020,k,m\n1,2,a,3\n4,5,b,2\n", "9,3,a,b\n1,2,3,5\n1,2,3,6\n",
        "3,2,1.5,2.5\n1,2,0\n3,4,1\n", "x,2,a,b\n1,2,0\n", "3,1,a,b\n0.5,1,2,0\n1.5,1,2,1\n",
        "3,000000002999,a,b\n1,2,0\n3,4,1\n",
    ],
)  # fmt: skip
def test_other_rows_of_numbers_and_words_are_no_counts(source: str) -> None:
    assert "names of classes" not in said(open_sheet(source))


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        ("x,y,label\n1,2,'tis\n2,3,O'Neil\n", ("'tis", "O'Neil")), ("x,y,'z'\n1,2,'a'\n3,4,b\n", ("'a'", "b")),
        ("'x','y'\n1,o'clock\n2,a\n", ("o'clock", "a")), ("'x','y'\n1,'tis\n2,a", ("'tis", "a")),
        ("'tis\n1\n2\n", ("1", "2")), ("\"x\",\"y\"\n1,\"'a'\"\n", ("'a'",)),
    ],
)  # fmt: skip
def test_an_apostrophe_elsewhere_is_part_of_a_name(source: str, cells: tuple[str, ...]) -> None:
    assert open_sheet(source).cells[-1] == cells


def test_a_long_table_between_apostrophes_is_sampled_by_rows() -> None:
    source = "'x','y','words'\n" + "".join(f"'{k}','{k}','a\n\n# it''s {k}'\n" for k in range(300))
    sheet = open_sheet(source.replace("a\n\n", "a", 100), limit=100)
    assert len(sheet.lines) == 100
    assert all(words.endswith(f"# it's {x}") for x, words in zip(sheet.cells[0], sheet.cells[2], strict=True))
    assert "line 102: a quotation mark" in refused("'x','y'\n" + "'1','2'\n" * 100 + "'3\n")


def test_a_row_of_units_is_left_out_and_counted() -> None:
    (left,) = open_sheet(HEADS["units"][0]).left_out
    assert (left.line, left.reason) == (2, "a row of units, which is no point")
    table = read_table(HEADS["units"][0])
    assert (table.source.omitted, table.source.left_out) == (1, ((2, left.reason),))


@pytest.mark.parametrize("source", ["1,2,3\n4,5,6\n", "0.5,a\n1,b\n", "1,NA,a\n2,3,b\n", "5,6\n7,8\n"])
def test_a_row_of_numbers_is_no_header(source: str) -> None:
    assert not open_sheet(source).header


@pytest.mark.parametrize("header", [True, False])
def test_where_a_header_is_in_doubt_a_person_is_asked(header: bool) -> None:
    sheet = open_sheet("0,1,2\n50.1,50.2,0\n", SheetChoice(header=header))
    assert sheet.header == header
    (question,) = sheet.questions
    assert (question.about, question.taken) == ("sheet.header", header)
    assert len(sheet.lines) == (1 if header else 2)


def test_rows_with_too_many_cells_are_left_out_each_with_its_line() -> None:
    sheet = open_sheet('x,y\n1,2\n3,4,5\n"6\n",7\n8,9,10\n11,12\n')
    assert sheet.cells == (("1", "6", "11"), ("2", "7", "12"))
    assert sheet.lines.tolist() == [2, 4, 7]
    assert [one.line for one in sheet.left_out] == [3, 6]
    assert all("3 cells in place of 2" in one.reason for one in sheet.left_out)
    assert "decimal commas" in refused("x,y\n1,5,2,5\n3,5,4,5\n")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=6)
WORDS = st.tuples(TEXT, st.sampled_from(["", "\n", '"', ", ", "; "]), TEXT).map("".join)


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-9, 9), WORDS), min_size=3, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans(),
)  # fmt: skip
@settings(max_examples=60)
def test_what_is_written_is_read(
    rows: list, separator: str, end: str, quoting: Literal[0, 1, 2, 3], codec: str, packed: bool
) -> None:
    assume(not any(words.startswith("#") for *_, words in rows))
    stream, lines, line = io.StringIO(newline=""), [], 2
    writer = csv.writer(stream, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(["x", "y", "words"])
    for row in rows:
        writer.writerow(row)
        lines.append(line)
        line += 1 + row[2].count("\n")
    data = stream.getvalue().encode(codec)
    sheet = open_sheet(gzip.compress(data) if packed else data)
    assert sheet.cells == tuple(tuple(str(row[k]).strip() for row in rows) for k in range(3))
    assert sheet.lines.tolist() == lines


def test_a_sample_of_rows_whose_cells_hold_line_breaks() -> None:
    source = "x,y,words\n" + "".join(f'{k},{k},"a\n\n# {k}"\n' for k in range(300))
    sheet = open_sheet(source, limit=100)
    assert len(sheet.lines) == 100
    assert all(line == 2 + 3 * int(x) for line, x in zip(sheet.lines.tolist(), sheet.cells[0], strict=True))
    assert "a random sample of 100" in said(sheet)


# ---- workbooks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "kind"), [(xlsx, "xlsx"), (ods, "ods")])
def test_a_workbook_and_its_sheets(make, kind: str) -> None:
    rows: list[list] = [["A title"], [], ["len", "wid", "kind"], [0.5, 1, "a"], [1.5, 2, "b"]]
    sheet = open_sheet(make(rows))
    assert (sheet.format, sheet.sheets, sheet.sheet) == (kind, (), "Sheet 1")
    assert (sheet.columns, sheet.lines.tolist()) == (("len", "wid", "kind"), [4, 5])
    assert sheet.cells == (("0.5", "1.5"), ("1", "2"), ("a", "b"))
    book = make(rows, [["x", "y"], [3, 4]])
    both = open_sheet(book)
    assert (both.sheets, both.questions[0].about, both.questions[0].taken) == (
        ("Sheet 1", "Sheet 2"),
        "sheet.sheet",
        "Sheet 1",
    )
    assert open_sheet(book, SheetChoice(sheet="Sheet 2")).cells == (("3",), ("4",))
    assert "there are: 'Sheet 1', 'Sheet 2'" in refused(book, SheetChoice(sheet="Sheet 3"))
    later = open_sheet(make([], [], rows))
    assert (later.sheet, later.questions[0].taken, later.lines.tolist()) == ("Sheet 3", "Sheet 3", [4, 5])
    assert "Read sheet 'Sheet 3' of 'Sheet 1', 'Sheet 2', 'Sheet 3'; 'Sheet 1' and 'Sheet 2' are empty." in said(later)
    assert "'Sheet 1' is empty; there are also 'Sheet 2'" in refused(make([], rows), SheetChoice(sheet="Sheet 1"))
    assert refused(make([], [])) == "sheets 'Sheet 1' and 'Sheet 2' are empty"


def test_hidden_sheets_come_after_those_that_are_shown() -> None:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheets = [book.worksheets[0], book.create_sheet("Empty"), book.create_sheet("Shown")]
    sheets[0].sheet_state = "hidden"
    for sheet, value in ((sheets[0], 7), (sheets[2], 8)):
        sheet.append(["x", "y"])
        sheet.append([value, 1])
    book.save(stream)
    assert open_sheet(stream.getvalue()).cells[0] == ("8",)
    book.remove(sheets[2])
    book.save(stream := io.BytesIO())
    assert open_sheet(stream.getvalue()).cells[0] == ("7",)


@given(st.lists(st.tuples(st.floats(-1e300, 1e300), st.integers(-9, 9), TEXT), min_size=2, max_size=5))
@settings(max_examples=20)
def test_the_cells_of_a_workbook_are_read(rows: list) -> None:
    assume(not any(words.startswith(("=", "#")) for *_, words in rows))
    sheet = open_sheet(xlsx([["x", "y", "words"], *map(list, rows)]))
    assert [*map(float, sheet.cells[0])] == pytest.approx([x for x, *_ in rows], rel=1e-14)  # it writes 16 digits
    assert sheet.cells[1:] == (tuple(str(y) for _, y, _ in rows), tuple(words.strip() for *_, words in rows))


def test_what_a_cell_may_hold() -> None:
    sheet = open_sheet(
        xlsx([["x", "y", "on", "day"], [1e20, -0.25, True, datetime.datetime(2020, 1, 2, 3)], [2, None, False, None]])
    )
    assert sheet.cells == (("1e+20", "2"), ("-0.25", ""), ("true", "false"), ("2020-01-02T03:00:00", ""))


HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def xlsx_of(cells: str, strings: str = "") -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["a"]]))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content: bytes | str = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = f"{HEAD}{cells}</sheetData></worksheet>"
            if name != "xl/sharedStrings.xml":
                new.writestr(name, content)
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{strings}</sst>')
    return stream.getvalue()


def ods_of(rows: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet><table:table '
        f'table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(mimetype=kind, content_xml=content, **{"META-INF__manifest_xml": manifest})


def ods_row(rows: int = 1, *cells: tuple[str, int]) -> str:
    parts = "".join(
        f'<table:table-cell table:number-columns-repeated="{many}"'
        + (f' office:value-type="string"><text:p>{words}</text:p></table:table-cell>' if words else "/>")
        for words, many in cells
    )
    return f'<table:table-row table:number-rows-repeated="{rows}">{parts}</table:table-row>'


@pytest.mark.parametrize(
    "content",
    [
        xlsx_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        xlsx_of('<row r="1048576"><c><v>1</v></c></row><row r="1"><c r="XFD1"><v>1</v></c></row>'),
        xlsx_of('<row r="1">' + '<c t="s"><v>0</v></c>' * 50_000 + "</row>", f"<si><t>{'a' * 32_000}</t></si>"),
        xlsx_of(f'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="A{"9" * 300}"><v>1</v></c></row>'),
        xlsx_of(f'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="{"Z" * 30}2"><v>1</v></c></row>'),
        xlsx_of(f'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="B{"0" * 25}1048576"><v>1</v></c></row>'),
        ods_of(ods_row(1_000_000, ("1", 16_384))),
        ods_of(ods_row(1_000_000, ("1", 16_384)).replace('repeated="', 'repeated="+')),
        ods_of(ods_row(10**25, ("1", 1))),
        ods_of(ods_row(1_000_000, ("", 1)) + ods_row(1, ("", 16_383), ("1", 1))),
        xlsx_of('<row r="1">' + "<c><v>1</v></c>" * 60_000 + "</row>"),
        ods_of(ods_row(1, ("1", 2_000_000_000))),
        ods_of(ods_row(100, ("a" * 100_000, 100))),
        zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml=b" " * (archives.MOST + 1)),
        zipped(**{"xl__workbook_xml": b" " * (archives.MOST + 1)}),
        gzip.compress(b"1,2\n" * 20_000_000),
        gzip.compress(gzip.compress(b"1,2\n")),
    ],
    ids=lambda _: "archive",  # a number is added; lengths differ from process to process, as archives hold the time
)
def test_nothing_unpacks_to_more_than_fits(content: bytes) -> None:
    assert any(word in refused(content) for word in ("at most", "more than", "too much text", "packed twice"))


def test_empty_rows_and_cells_without_end_are_no_bomb() -> None:
    end = (
        ods_row(1, ("x", 1), ("y", 1), ("", 16_382))
        + ods_row(1, ("1", 2), ("", 16_382))
        + ods_row(1_048_574, ("", 16_384))
    )
    assert open_sheet(ods_of(end)).cells == (("1",), ("1",))


def test_deep_and_odd_xml_is_refused_soon() -> None:
    entities = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><worksheet>&b;</worksheet>'
    assert "odd kind" in refused(zipped(xl__workbook_xml="<a/>", xl__worksheets__a_xml=entities))
    with soon():
        try:
            open_sheet(xlsx_of("<row>" * 300_000))
        except TableError as error:
            assert str(error)  # noqa: PT017 - or it is a table


# ---- arrays --------------------------------------------------------------------------------------------


def test_arrays_of_numpy() -> None:
    points, y = np.array([[0.5, 1.0], [-2.0, 1e-300]]), np.array([3, 4])
    plain = open_sheet(npy(points))
    assert (plain.format, plain.header, plain.columns) == ("npy", False, ("column 1", "column 2"))
    assert [[*map(float, column)] for column in plain.cells] == points.T.tolist()
    both = open_sheet(npz(y=y, X=points))
    assert (both.columns, both.cells[2], both.sheets) == (("column 1", "column 2", "label"), ("3", "4"), ())
    parts = npz(X_train=points, y_train=y, X_test=points + 1, y_test=y + 5)
    assert open_sheet(parts).sheets == ("X_train", "X_test")
    assert open_sheet(parts).cells[2] == ("3", "4")
    assert open_sheet(parts, SheetChoice(sheet="X_test")).cells[2] == ("8", "9")
    assert open_sheet(npz(x=y, y=y + 1, label=np.array(["a", "ü"]))).columns == ("x", "y", "label")
    fields = np.array([(0.5, 2, "a")], dtype=[("len", "f4"), ("wid", "i2"), ("kind", "U3")])
    assert open_sheet(npy(fields)).columns == ("len", "wid", "kind")
    assert open_sheet(npy(np.asfortranarray(points))).cells == plain.cells
    assert len(open_sheet(npy(np.ones((500, 2))), limit=100).lines) == 100


@given(
    st.integers(1, 6), st.integers(2, 4), st.sampled_from(["f2", "f4", ">f8", "i8", "u1", "?", "U5"]), st.booleans(),
    st.randoms(),
)  # fmt: skip
@settings(max_examples=40)
def test_an_array_gives_its_values(rows: int, width: int, kind: str, fortran: bool, random: Random) -> None:
    values = np.array([[random.choice((-2.0, 0, 0.125, 3, 1e22)) for _ in range(width)] for _ in range(rows)])
    given = (values.clip(0, 9) if kind in ("i8", "u1", "f2") else values).astype(kind)
    found = np.array(open_sheet(npy(np.asfortranarray(given) if fortran else given)).cells).T
    wanted = given.astype(str) if kind in ("?", "U5") else given.astype(np.float64)
    np.testing.assert_array_equal(found if kind in ("?", "U5") else found.astype(np.float64), wanted)


def test_numbers_that_are_no_characters_make_no_broken_text() -> None:
    words = np.array([["ab", "1"], ["cd", "2"]])
    codes = words.view(np.uint32)
    codes[0, 0], codes[1, 0] = 0x8000_0061, 0xD800
    assert open_sheet(npy(words)).cells == (("\ufffdb", "\ufffdd"), ("1", "2"))
    fields = np.array([(0.5, 2)], dtype=[("xxxxxx", "f4"), ("y", "i2")])
    assert open_sheet(npy(fields).replace(b"xxxxxx", b"\\ud800")).columns == ("\ufffd", "y")
    assert open_sheet(npy(words.astype(">U2"))).cells == (("\ufffdb", "\ufffdd"), ("1", "2"))


@pytest.mark.parametrize(("y", "names"), [([0.0, 1.0, 1.0], ()), ([2.0, 7.0, 2.0], ("2", "7"))])
def test_labels_of_arrays_of_floats_are_whole_numbers(y: list[float], names: tuple[str, ...]) -> None:
    data = npz(X=np.array([[2.0, 0.5], [-0.0, 1.0], [1e16, 3.0]]), y=np.array(y))
    assert open_sheet(data).cells[:2] == (("2", "-0", "1e+16"), ("0.5", "1", "3"))
    assert open_sheet(data).cells[2] == tuple(f"{one:.0f}" for one in y)
    scene = read_table(npz(X=np.eye(3)[:, :2], y=np.array(y))).scene
    assert (scene.class_names, scene.points.label.tolist()) == (names, [int(one != y[0]) for one in y])
    assert from_arrays(np.eye(3)[:, :2], y).class_names == names


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npy(np.array([{"a": 1}, 2])), "objects"),
        (npy(np.ones((2, 2, 2))), "shape"),
        (npy(np.ones((2, 2)))[:-1], "not complete"),
        (npy(np.ones((2, 2))).replace(b"(2, 2)", b"(2**9)"), "no array"),
        (npy(np.ones((2, 2))).replace(b"(2, 2), }    ", b"(99999999, 2)}"), "not complete"),
        (npy(np.ones((2, 2), complex)), "neither numbers nor words"),
        (npy(np.ones((0, 2))), "no rows"),
        (npz(a=np.ones(3)), "no array of rows"),
        (zipped(readme="hello"), "neither a workbook nor arrays"),
        (pickle.dumps([1, 2], 4), "pickle"),
        (b"PAR1xxxx", "a Parquet file"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"PK\x03\x04 and nothing more", "not complete or damaged"),
        (gzip.compress(b"x,y\n1,2\n" * 2_000)[:-9], "gz"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(600), ".xlsx"),
        (b"%PDF-1.4 ", "a PDF"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_in_words(content: bytes, words: str) -> None:
    assert words in refused(content)


# ---- ARFF, svmlight, numpy's text ----------------------------------------------------------------------

ARFF = """% 1. Title: flowers
@RELATION iris

@ATTRIBUTE 'petal length'  NUMERIC
@attribute wid real
@ATTRIBUTE class {Iris-setosa, 'Iris versicolor'}
@DATA
% rows
5.1,?,Iris-setosa
4.9,3.0,'Iris versicolor'
"""


def test_a_long_arff_is_sampled_and_one_without_end_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = ARFF + "".join(f"{k},{k},Iris-setosa\n%\n\n" for k in range(300))
    sheet = open_sheet(source, limit=100)
    assert len(sheet.lines) == 100
    assert "a random sample of 100" in said(sheet)
    assert all(
        cell in ("5.1", "4.9") or line == 11 + 3 * int(cell)
        for line, cell in zip(sheet.lines, sheet.cells[0], strict=True)
    )
    monkeypatch.setattr(arff, "_LINES", 900)
    assert "at most 900 are read" in refused(source)


def test_arff() -> None:
    sheet = open_sheet(ARFF.encode())
    assert (sheet.format, sheet.columns) == ("ARFF", ("petal length", "wid", "class"))
    assert sheet.cells == (("5.1", "4.9"), ("", "3.0"), ("Iris-setosa", "Iris versicolor"))
    assert sheet.lines.tolist() == [9, 10]
    assert "SparseToNonSparse" in refused(ARFF + "{0 1}\n")
    assert "line 3: 'x' is no @attribute" in refused("@relation a\n@attribute b real\nx\n@data\n1\n")
    assert "no line @data" in refused("@relation a\n@attribute b real\n")
    assert "line 2: there is no @attribute above @data" in refused("@relation a\n@data\n1\n")
    assert "no rows below @data" in refused("@relation a\n@attribute b real\n@data\n")
    marks = open_sheet("@relation a\n@attribute n string\n@attribute x real\n@data\n'it\\'s, so',1\n\"so, so\",2\n")
    assert marks.cells == (("it's, so", "so, so"), ("1", "2"))


def test_svmlight() -> None:
    sheet = open_sheet(b"# svm\n+1 1:0.5 3:2 # first\n-1 qid:3 2:1e-3\n+1 1:7 x\n")
    assert (sheet.format, sheet.columns) == ("svmlight", ("label", "1", "2", "3"))
    assert sheet.cells == (("+1", "-1"), ("0.5", "0"), ("0", "1e-3"), ("2", "0"))
    assert sheet.lines.tolist() == [2, 3]
    assert [one.line for one in sheet.left_out] == [4]
    assert "more than 10,000 columns" in refused("1 99999:1\n")
    assert open_sheet("0 0:1 1:2\n1 0:3 1:4\n").columns == ("label", "0", "1")


def test_text_of_numpy_has_the_lines_on_which_its_rows_stand() -> None:
    sheet = open_sheet(b"\narray([[0.5, 1.], [2., 3.],\n       [4., 5.]])\n")
    assert (sheet.format, sheet.columns, sheet.lines.tolist()) == ("text of numpy", ("x", "y"), [2, 2, 3])


LONG: dict[str, str | bytes] = {
    "text": "x,y\n" + "".join(f"{k},1\n" for k in range(50)), "svmlight": "".join(f"1 1:{k}\n" for k in range(50)),
    "ARFF": "@relation r\n@attribute x real\n@attribute y real\n@data\n" + "".join(f"{k},1\n" for k in range(50)),
    "npy": npy(np.stack([np.arange(50), np.ones(50)], axis=1)),
    "xlsx": xlsx([["x", "y"], *([k, 1] for k in range(50))]),
}  # fmt: skip


@pytest.mark.parametrize("kind", LONG)
def test_a_long_table_of_any_format_is_sampled_alike_each_time(kind: str) -> None:
    one, again = (open_sheet(LONG[kind], limit=20) for _ in range(2))
    assert one.cells == again.cells
    assert len(one.lines) == 20
    assert (np.diff(one.lines) > 0).all()
    assert "a random sample of 20" in said(one)
