"""Text tables as they come: bytes of any usual encoding, any usual delimiter, read row by row.

Nothing here knows what a column means; `tables.py` does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.plain_text import one_line
from boundaryviz.tables.lines import Counts, LineError, Lines

MAX_BYTES = 200_000_000
MAX_COLUMNS = 100_000
PROBLEM = 300
"""Characters of a problem that are shown."""

_UTF_16 = 64_000_000  # bytes of a table that has to be turned into UTF-8 first
_HEAD = 65_536  # bytes and
_SAMPLE, _SAMPLED = 100, 200_000  # rows, and cells, looked at to find the delimiter and what a column holds
_SOUGHT = 10_000  # lines in which they are looked for
_LINES, _BYTES, _CELLS = 1_000_000, 60_000_000, 12_000_000  # that are gone through, each in half a second or so
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
        listed = problems if more <= 0 else [*problems[: self.SHOWN], f"and {more:,} more"]
        self.problems = [one_line(problem, PROBLEM) for problem in listed]
        super().__init__("\n".join(self.problems))


class Row(NamedTuple):
    """One row: the line it starts on, counted from 1, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class TableText:
    """A table whose rows can be run through as often as needed.

    encoding: in words; codec: as Python calls it; delimiter: one of four.
    """

    lines: Lines
    counts: Counts
    encoding: str
    codec: str
    delimiter: str

    def rows(self) -> Iterator[Row]:
        """Every row but blank lines and lines that start with `#`. Raises TableError for a broken quotation."""
        if self.counts.lines <= _LINES:
            return _rows(self.lines.every(self.codec, "replace"), self.delimiter)
        return self.chosen(np.arange(self.counts.written))  # of a table of empty lines no cell holds one

    def chosen(self, which: NDArray[np.int64]) -> Iterator[Row]:
        """The rows on these of the written lines, counted from 0, rising: one each, but for quoted line breaks.

        Raises TableError as `rows` does.
        """
        numbers: list[int] = []
        return _rows(self._decoded(which, numbers), self.delimiter, numbers)

    def sample(self) -> list[Row]:
        """The first rows."""
        found, cells = list[Row](), 0
        few = self.counts.lines <= _LINES
        rows = self.rows() if few else self.chosen(np.arange(min(self.counts.written, _SOUGHT)))
        for row in islice(rows, _SAMPLE):
            if len(row.cells) > MAX_COLUMNS:
                words = f"line {row.line}: there are {len(row.cells):,} columns; at most {MAX_COLUMNS:,} are read"
                raise TableError([f"{words}: leave some out"])
            found.append(row)
            cells += len(row.cells)
            if cells > _SAMPLED and len(found) > 1:
                break
        return found

    def read_at_once(self, rows: int) -> int:
        """How many of so many rows can be read in a second or so."""
        counts = self.counts
        share = min(1.0, _BYTES / max(counts.bytes, 1), _CELLS / max(counts.cells, 1))
        return min(rows, max(1, int(share * counts.written)))

    def _decoded(self, which: NDArray[np.int64], numbers: list[int]) -> Iterator[str]:
        for number, line in self.lines.written(which):
            numbers.append(number)
            yield line.decode(self.codec, "replace")  # another program may have written since they were counted


def check_size(size: int) -> None:
    """Raises TableError for a table of more than `MAX_BYTES` bytes."""
    if size > MAX_BYTES:
        words = (
            f"the table is {size / 1e6:,.0f} MB large; at most {MAX_BYTES / 1e6:,.0f} MB are read: take a sample of it"
        )
        raise TableError([words])


def open_text(source: Path | str | bytes) -> TableText:
    """Look at a table in a file, in text or in bytes, and find its encoding and delimiter.

    Raises OSError, and TableError for what is empty, binary or too large.
    """
    encoding = ""
    if isinstance(source, str):  # a clipboard may hold half a character, which no file could take
        source = source.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
        encoding = "text"
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    check_size(size)
    lines = Lines(source)
    head = lines.head(_HEAD)
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise TableError([f"this is {kind}, not a text table; save the sheet as CSV (UTF-8) and open that"])
    if not encoding and (wide := _wide(head)) and (found := _narrowed(lines, size, wide)) is not None:
        lines, head, encoding = found, found.head(_HEAD), "UTF-16"
    delimiter = _delimiter(head.decode(errors="replace"))
    try:
        counts = lines.counted(delimiter.encode())
    except LineError as error:
        raise TableError([str(error)]) from None
    if counts.blank:
        raise TableError(["the table is empty; it needs a line 'x,y,label' and then a row for each point"])
    if any(byte < 32 and byte not in b"\t\n\r\f\v" for byte in head[:4096]):
        raise TableError(["this is not a text table; save it as CSV (UTF-8) and open that"])
    codec = "utf-8" if counts.utf_8 else "latin-1"
    return TableText(lines, counts, encoding or ("UTF-8" if counts.utf_8 else "Latin-1"), codec, delimiter)


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


def short(words: str, most: int = 60) -> str:
    """A header, or a cell, as a message repeats it."""
    return repr(words if len(words) <= most else words[: most - 1] + "…")


def _wide(head: bytes) -> str:
    """How Python calls the UTF-16 that a table begins in: by its mark, or by its zeros; empty where it is none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = head[:2000]
    if head.count(0) <= len(head) // 4:  # every other byte of plain letters is zero
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def _narrowed(lines: Lines, size: int, wide: str) -> Lines | None:
    """UTF-16 as UTF-8; None where it only looked like that. Raises TableError."""
    if size > _UTF_16:
        words = f"at most {_UTF_16 / 1e6:,.0f} MB are read as UTF-16, and this is {size / 1e6:,.0f} MB large"
        raise TableError([f"{words}; save it as CSV (UTF-8)"])
    try:
        parts = bytearray()
        for line in lines.every(wide):
            parts += line.encode()
        return Lines(bytes(parts))
    except UnicodeDecodeError as error:
        if wide == "utf-16":
            words = f"this is not readable as UTF-16 text ({error.reason}); save it as CSV (UTF-8)"
            raise TableError([words]) from None
        return None


def _delimiter(text: str) -> str:
    """The delimiter under which the first row names x and y, whatever names of classes hold; else the one that splits
    the first rows into the most columns of numbers, on a tie into the fewest others."""
    best, best_score = ",", (False, 0, 0.0, 0)
    for delimiter in _DELIMITERS:
        rows: list[list[str]] = []
        with suppress(TableError):  # what is wrong is said when the table is read
            rows.extend(row.cells for row in islice(_rows(io.StringIO(text, newline=""), delimiter), _SAMPLE))
        body = rows[1:] or rows
        width = min(max((len(cells) for cells in body), default=0), 1_000)
        numeric = sum(numeric_column(body, index) for index in range(width))
        named = bool(rows) and {"x", "y"} <= {cell.strip().casefold() for cell in rows[0]}
        score = (named, min(numeric, 2), numeric / max(width, 1), min(width, 2))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(lines: Iterable[str], delimiter: str, numbers: Sequence[int] | None = None) -> Iterator[Row]:
    """numbers: on which lines of the table these stand, known as soon as they are taken."""
    if delimiter == " ":
        lines = (line.replace("\t", " ").rstrip() for line in lines)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    start = 0
    try:
        for cells in reader:
            line, start = numbers[start] if numbers else start + 1, reader.line_num
            named = len(cells) > 1 and delimiter != " "  # a column may be called #
            if (
                any(cells)
                and (len(cells) > 1 or cells[0].strip())
                and (cells[0][:1] != "#" or (cells[0] == "#" and named))
            ):
                yield Row(line, cells)
    except csv.Error as error:
        line = numbers[min(start, len(numbers) - 1)] if numbers else start + 1
        words = f"line {line}: a quotation mark is left open or stands in the wrong place"
        remedy = 'close it, or write "" for a quotation mark within a cell'
        if "limit" in str(error):  # which the module tells in words alone
            words = f"line {line}: a cell, or what an open quotation mark begins, is longer than"
            words, remedy = f"{words} {csv.field_size_limit():,} characters", "shorten it, or close the mark"
        raise TableError([f"{words}; {remedy}"]) from None
