"""Text tables as they come: bytes of any usual encoding, any usual delimiter, read row by row.

Nothing here knows what a column means; `tables.py` does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import compress, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 200_000_000
_HEAD = 65_536  # characters and
_SAMPLE = 100  # rows looked at to find the delimiter and what a column holds
_DELIMITERS = ("\t", ";", ",", " ")
_SIGNATURES = {
    b"PK\x03\x04": "a spreadsheet or zip archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"%PDF": "a PDF",
}


class TableError(ValueError):
    """A table that cannot be used; `problems` lists what is wrong, each with its place and the remedy.

    At most `SHOWN` are listed; the last entry then says how many more there are.
    """

    SHOWN = 20

    def __init__(self, problems: list[str]) -> None:
        more = len(problems) - self.SHOWN
        self.problems = problems if more <= 0 else [*problems[: self.SHOWN], f"and {more:,} more"]
        super().__init__("\n".join(self.problems))


class Row(NamedTuple):
    """One row: the line it starts on, counted from 1, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class TableText:
    """A decoded table; `rows` can be run through as often as needed. encoding: in words; delimiter: one of four."""

    text: str
    encoding: str
    delimiter: str

    def rows(self, lines: NDArray[np.bool_] | None = None) -> Iterator[Row]:
        """Every row but blank lines and lines that start with `#`; of these `lines` only, where a mask is given.

        Raises TableError for a broken quotation.
        """
        return _rows(self.text, self.delimiter, lines)

    def written_lines(self) -> NDArray[np.bool_]:
        """A mask of the lines that are neither blank nor start with `#`: one row each, but for quoted line breaks."""
        lines = io.StringIO(self.text, newline="")
        return np.fromiter((not line.isspace() and line[0] != "#" for line in lines), dtype=bool)

    def sample(self) -> list[Row]:
        """The first rows."""
        return list(islice(self.rows(), _SAMPLE))


def check_size(size: int) -> None:
    """Raises TableError for a table of more than `MAX_BYTES` bytes."""
    if size > MAX_BYTES:
        words = (
            f"the table is {size / 1e6:,.0f} MB large; at most {MAX_BYTES / 1e6:,.0f} MB are read: take a sample of it"
        )
        raise TableError([words])


def open_text(source: str | bytes) -> TableText:
    """Decode `source` and find its delimiter. Raises TableError for what is empty, binary or too large."""
    check_size(len(source))
    if isinstance(source, str):  # a clipboard may hold half a character, which no file could take
        source = source.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text, encoding = source.removeprefix("\ufeff"), "text"
    else:
        text, encoding = _decode(source)
    if not text.strip():
        raise TableError(["the table is empty; it needs a line 'x,y,label' and then a row for each point"])
    if any(ord(character) < 32 and character not in "\t\n\r\f\v" for character in text[:4096]):
        raise TableError(["this is not a text table; save it as CSV (UTF-8) and open that"])
    return TableText(text, encoding, _delimiter(text[:_HEAD]))


def numeric_column(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Whether more than half of these rows have a number in this column."""
    return 2 * sum(number(cells[index]) is not None for cells in rows if index < len(cells)) > len(rows)


def number(cell: str) -> float | None:
    """The number in a cell, with a decimal point or a decimal comma; None where there is none."""
    try:
        return float(cell)
    except ValueError:
        pass
    if cell.count(",") == 1 and "." not in cell:
        try:
            return float(cell.replace(",", "."))
        except ValueError:
            pass
    return None


def _decode(data: bytes) -> tuple[str, str]:
    """The text and the encoding's name: by the byte order mark, by the zeros of UTF-16, else UTF-8, else Latin-1."""
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise TableError([f"this is {kind}, not a text table; save the sheet as CSV (UTF-8) and open that"])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise TableError(
                [f"this is not readable as UTF-16 text ({error.reason}); save it as CSV (UTF-8)"]
            ) from None
    if (head := data[:2000]) and head.count(0) > len(head) // 4:  # every other byte of plain letters is zero
        with suppress(UnicodeDecodeError):
            return data.decode("utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"), "UTF-16"
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _delimiter(text: str) -> str:
    """The delimiter under which the first row names x and y, whatever names of classes hold; else the one that splits
    the first rows into the most columns of numbers, on a tie into the fewest others."""
    best, best_score = ",", (False, 0, 0.0, 0)
    for delimiter in _DELIMITERS:
        rows: list[list[str]] = []
        with suppress(TableError):  # what is wrong is said when the table is read
            rows.extend(row.cells for row in islice(_rows(text, delimiter), _SAMPLE))
        body = rows[1:] or rows
        width = max((len(cells) for cells in body), default=0)
        numeric = sum(numeric_column(body, index) for index in range(width))
        named = bool(rows) and {"x", "y"} <= {cell.strip().casefold() for cell in rows[0]}
        score = (named, min(numeric, 2), numeric / max(width, 1), min(width, 2))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str, only: NDArray[np.bool_] | None = None) -> Iterator[Row]:
    lines: Iterator[str] = io.StringIO(text, newline="")
    numbers: Sequence[int] | None = None
    if only is not None:
        lines, numbers = compress(lines, only.tolist()), np.flatnonzero(only).tolist()
    if delimiter == " ":
        lines = (line.replace("\t", " ").rstrip() for line in lines)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    start = 0
    try:
        for cells in reader:
            line, start = (numbers[start] if numbers else start) + 1, reader.line_num
            if cells and any(cells) and (cells[0][:1] != "#" or (cells[0] == "#" and delimiter != " ")):
                yield Row(line, cells)
    except csv.Error:
        line = (numbers[start] if numbers else start) + 1
        remedy = 'close it, or write "" for a quotation mark within a cell'
        raise TableError(
            [f"line {line}: a quotation mark is left open or stands in the wrong place; {remedy}"]
        ) from None
