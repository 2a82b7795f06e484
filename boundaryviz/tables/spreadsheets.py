"""Workbooks of Excel (.xlsx) and OpenDocument (.ods): read by calamine, once it is sure that they fit into memory.

Calamine lays a sheet out as a rectangle; what spans it is therefore looked at in the XML first.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from boundaryviz.tables.archives import zipped
from boundaryviz.tables.choice import Question, SheetChoice
from boundaryviz.tables.filling import fill_of
from boundaryviz.tables.sheet import Row, Sheet, TableError
from boundaryviz.tables.words import listed, short

if TYPE_CHECKING:
    import python_calamine as calamine

RECTANGLE = 1_000_000
"""Cells, empty ones between others included, that a sheet may span."""

_LETTERS = re.compile(rb"""\br\s*=\s*["']([A-Za-z]++)""")
_NUMBERS = re.compile(rb"""\br\s*=\s*["'][A-Za-z]*+\+?([0-9]++)["']""")
_STRINGS = re.compile(rb"""\bt\s*=\s*["']s["']""")
_STRING = re.compile(rb"""\bt="s"[^>]*><v>([0-9]{1,9})</v>""")
_ROWS = re.compile(rb"""number-rows-repeated\s*=\s*["']\+?([0-9]++)["']""")
_COLUMNS = re.compile(rb"""number-columns-repeated\s*=\s*["']\+?([0-9]++)["']""")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_SHEETS = 200
_HELD = 60_000_000  # characters of cells, as often as they are repeated


def is_spreadsheet(members: Mapping[str, bytes]) -> bool:
    """Whether an archive holds a workbook."""
    return "xl/workbook.xml" in members or _is_ods(members)


def read(members: Mapping[str, bytes], choice: SheetChoice, limit: int, seed: int) -> Sheet:
    """members: of the archive that the workbook is. Raises TableError."""
    ods = _is_ods(members)
    kind = "ods" if ods else "xlsx"
    _check(members, ods)
    import python_calamine as calamine  # scenarios without a workbook are read without it

    try:
        book = calamine.load_workbook(io.BytesIO(zipped(_needed(members, ods))))
        names = tuple(book.sheet_names)[:_SHEETS]
        name, rows, empty = _taken(names, choice.sheet, book)
    except TableError:
        raise
    except BaseException as error:  # a panic of calamine is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise TableError([f"the workbook cannot be read ({error}); save it again, or as CSV (UTF-8)"]) from None
    if not rows:
        words = f"{'sheets' if len(empty) > 1 else 'sheet'} {listed(empty, 'and')} {_be(empty)} empty"
        more = [other for other in names if other not in empty]
        raise TableError([f"{words}; there are also {listed(more)}" if more else words])
    several = names if len(names) > 1 else ()
    before = f"; {listed(empty, 'and')} {_be(empty)} empty" if empty else ""
    notes = [f"Read sheet {short(name)} of {listed(names)}{before}."] if several and choice.sheet is None else []
    about = {"sheets": several, "sheet": name, "notes": notes, "questions": _asked(several, name)}
    return fill_of(rows, kind, choice.header, limit, seed, **about)


def _asked(names: tuple[str, ...], taken: str) -> list[Question]:
    options = tuple((name, name) for name in names)
    return [Question("sheet.sheet", "Which sheet of the workbook?", options, taken)] if names else []


def _is_ods(members: Mapping[str, bytes]) -> bool:
    return members.get("mimetype", b"").strip().startswith(_ODS) and "content.xml" in members


def _needed(members: Mapping[str, bytes], ods: bool) -> dict[str, bytes]:
    """The members in which cells are, without pictures, macros and the like."""
    if ods:
        return {name: members[name] for name in ("mimetype", "content.xml", "META-INF/manifest.xml") if name in members}
    return {name: content for name, content in members.items() if name.endswith((".xml", ".rels"))}


def _taken(names: tuple[str, ...], wanted: str | None, book: Any) -> tuple[str, list[Row], list[str]]:
    """The sheet that a person chose, or the first that holds rows, shown ones before hidden ones; its rows; and which
    were tried and are empty. Of empty ones alone the first."""
    if not names:
        raise TableError(["the workbook has no sheets"])
    if wanted is not None:
        if wanted not in names:
            raise TableError([f"sheet: there is no {short(wanted)}; there are: {listed(names)}"])
        rows = [*_rows(book.get_sheet_by_name(wanted))]
        return wanted, rows, [] if rows else [wanted]
    import python_calamine as calamine

    shown = {
        sheet.name for sheet in book.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    }  # fmt: skip
    empty, spanned = list[str](), 0
    for name in sorted(names, key=lambda name: name not in shown):
        sheet = book.get_sheet_by_name(name)
        if rows := [*_rows(sheet)]:
            return name, rows, empty
        empty.append(name)
        spanned += sheet.height * sheet.width
        if spanned > RECTANGLE:  # of nothing, which takes its time all the same
            break
    return empty[0], [], empty


def _be(several: list[str]) -> str:
    return "is" if len(several) == 1 else "are"


def _rows(sheet: calamine.CalamineSheet) -> Iterator[Row]:
    """The rows that hold anything, by their numbers in the sheet."""
    if sheet.height * sheet.width > RECTANGLE or sheet.start is None:
        return
    held = 0
    for k, values in enumerate(sheet.iter_rows(), 1):
        cells = [_text(value) for value in values]
        held += sum(map(len, cells))
        if held > _HELD:
            raise TableError([f"row {k}: the rows down to this one hold too much text; leave columns out"])
        if any(cells):
            yield Row(k, cells)


def _text(value: Any) -> str:
    """A value as a person would type it; whole numbers, which a workbook does not tell from others, without a point."""
    if type(value) is float:
        return str(int(value)) if value.is_integer() and -1e15 < value < 1e15 else repr(value)
    if type(value) is str:
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)


# ---- how much a sheet spans ---------------------------------------------------------------------------


def _check(members: Mapping[str, bytes], ods: bool) -> None:
    """Raises TableError for a sheet that would not fit into memory when it is laid out."""
    if len({name.casefold() for name in members}) < len(members):  # which calamine takes for the same
        raise TableError(["two parts of the workbook have one name; save it again"])
    strings = next((part for name, part in members.items() if name.casefold() == "xl/sharedstrings.xml"), b"")
    for name, content in members.items():
        if not name.endswith(".xml"):
            continue
        if b"\0" in content[:2_000] or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise TableError([f"{short(name)} in the workbook is XML of an odd kind; save it as CSV (UTF-8)"])
        if not ods or name == "content.xml":  # any part may be a sheet, whatever it is called
            spans, held = _of_ods(content) if ods else (_xlsx_spans(content), _xlsx_held(content, strings))
            if spans > RECTANGLE:
                words = f"a sheet spans {spans:,} cells, the empty ones between others included"
                raise TableError([f"{words}; at most {RECTANGLE:,} are read: leave columns out, or save it as CSV"])
            if held > _HELD:
                raise TableError(["the cells of a sheet hold too much text; leave columns out, or save it as CSV"])


def _xlsx_spans(content: bytes) -> int:
    """At most so many cells are in the rectangle of a sheet, by the places that it names."""
    letters = {b"A", *_LETTERS.findall(content)}
    rows = max(map(_number, {b"1", *_NUMBERS.findall(content)}))
    columns = max(map(_column, letters))
    cells = content.count(b"<c ") + content.count(b"<c>")
    if cells <= content.count(b" r=") - content.count(b"<row "):
        return rows * columns
    return (rows + content.count(b"<row")) * (columns + cells)  # some have no place and follow each other


def _xlsx_held(content: bytes, strings: bytes) -> int:
    """At most so many bytes of text are in the cells that refer to the strings of the workbook."""
    lengths = [len(part) for part in strings.split(b"<si")[1:]]
    uses = len(_STRINGS.findall(content))
    if not lengths or uses * max(lengths) <= _HELD:
        return 0
    found = _STRING.findall(content)
    if len(found) < uses:
        return uses * max(lengths)
    return sum(lengths[int(k)] for k in found if int(k) < len(lengths))


def _column(letters: bytes) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters[:9].upper():
        number = 26 * number + letter - 64
    return number


def _of_ods(content: bytes) -> tuple[int, int]:
    """The most cells that a sheet's rectangle has, of the rows and columns down to the last with anything in them, and
    how many bytes the cells take as often as they are repeated."""
    most = held = 0
    for table in content.split(b"<table:table ")[1:]:
        rows = last = width = 0
        for row in table.split(b"<table:table-row")[1:]:
            many = _repeated(_ROWS, row.partition(b">")[0])
            rows += many
            columns = 0
            for cell in row.replace(b"<table:covered-table-cell", b"<table:table-cell").split(b"<table:table-cell")[1:]:
                repeated = _repeated(_COLUMNS, cell.partition(b">")[0])
                columns += repeated
                if b"value" in cell or b"<text:" in cell:
                    last, width = rows, max(width, columns)
                    held += len(cell) * repeated * many if repeated * many > 1 else 0
        most = max(most, last * width)
    return most, held


def _repeated(pattern: re.Pattern[bytes], tag: bytes) -> int:
    found = pattern.search(tag)
    return _number(found[1]) if found else 1


def _number(digits: bytes) -> int:
    """The number, or one that is too large as well: calamine would take of it what fits into some bytes."""
    return int(digits.lstrip(b"0")[:20] or b"0")
