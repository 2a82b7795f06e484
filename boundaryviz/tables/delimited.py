"""Delimited text as it comes: any usual encoding, any delimiter, quoted or not, read row by row.

Nothing here knows what stands above the rows; `heading.py` does.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundaryviz.tables.choice import Question, SheetChoice
from boundaryviz.tables.encodings import codec_of, found_codec, in_words, wide_codec
from boundaryviz.tables.heading import common_width, numeric_share
from boundaryviz.tables.lines import Counts, LineError, Lines, is_passed_over
from boundaryviz.tables.sheet import Row, TableError
from boundaryviz.tables.words import short

MAX_COLUMNS = 25_000
BYTES = 60_000_000
CELLS = 2_500_000
"""Bytes and cells that are gone through in a second or so, and kept."""

_WIDE = 64_000_000  # bytes of a table that has to be turned into UTF-8 first
_AS_FOUND = SheetChoice()
_HEAD = 65_536  # bytes and
_SAMPLE, _SAMPLED = 100, 200_000  # rows, and cells, looked at to find the delimiter and what a column holds
_SOUGHT = 10_000  # lines in which they are looked for
_LINES = 1_000_000
_DELIMITERS = ("\t", ";", ",", "|", " ")
_SELDOM = (":", "^", "~", "!", "&")  # tried where those make one column
_TOLD = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_STEADY = 0.8  # share of the rows that have as many cells


@dataclass(frozen=True)
class TableText:
    """A table whose rows can be run through as often as needed.

    encoding: in words; codec: as Python calls it; question: which encoding, where others fit as well. quote: the mark
    around cells.
    """

    lines: Lines
    counts: Counts
    encoding: str
    codec: str
    delimiter: str
    question: Question | None = None
    quote: str = '"'

    def rows(self) -> Iterator[Row]:
        """Every row but blank lines and remarks. Raises TableError for a broken quotation."""
        if self.counts.lines <= _LINES:
            return _rows(enumerate(self.lines.every(self.codec, "replace"), 1), self.delimiter, self.quote)
        return self.chosen(np.arange(self.counts.written))  # of a table of empty lines no cell holds one

    def chosen(self, which: NDArray[np.int64]) -> Iterator[Row]:
        """The rows on these of the written lines, counted from 0, rising: one each, but for quoted line breaks.

        Raises TableError as `rows` does.
        """
        return _rows(self._decoded(which), self.delimiter, self.quote)

    def sample(self) -> list[Row]:
        """The first rows. Raises TableError where there are none, or too many columns."""
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
        if not found:
            raise TableError(["the table holds only comments; it needs a line 'x,y,label' and a row for each point"])
        return found

    def below(self, last: int, limit: int, seed: int) -> tuple[Iterator[Row], list[str]]:
        """The rows below a line, or a random sample of `limit` of them, or of fewer long ones, and a note if so."""
        above = 0
        if last:
            for line, _ in self.lines.written():
                if line > last:
                    break
                above += 1
        count = self.counts.written - above
        most = self._at_once(limit)
        if count <= most:
            return (row for row in self.rows() if row.line > last), []
        if (self.counts.quoted or self.quote != '"') and self.counts.bytes <= BYTES:
            return self._of_quoted(last, most, seed)
        return self.chosen(above + random_rows(count, most, seed)), [sampled_said(count, most)]

    def _of_quoted(self, last: int, most: int, seed: int) -> tuple[Iterator[Row], list[str]]:
        """A sample by rows and not by lines, as a quoted cell may hold line breaks."""
        count = sum(row.line > last for row in self.rows())
        rows = (row for row in self.rows() if row.line > last)
        if count <= most:
            return rows, []
        wanted = random_rows(count, most, seed)
        chosen = np.zeros(count, dtype=np.bool_)
        chosen[wanted] = True
        return (row for row, take in zip(rows, chosen.tolist(), strict=False) if take), [sampled_said(count, most)]

    def _at_once(self, rows: int) -> int:
        """How many of so many rows can be read in a second or so."""
        counts = self.counts
        share = min(1.0, BYTES / max(counts.bytes, 1), CELLS / max(counts.cells, 1))
        return min(rows, max(1, int(share * counts.written)))

    def _decoded(self, which: NDArray[np.int64]) -> Iterator[tuple[int, str]]:
        for number, line in self.lines.written(which):
            yield number, line.decode(self.codec, "replace")  # another program may have written since they were counted


def random_rows(count: int, most: int, seed: int) -> NDArray[np.int64]:
    """Which of so many rows are taken, rising; the same each time."""
    return np.sort(np.random.default_rng([seed, 1]).choice(count, most, replace=False))


def sampled_said(count: int, most: int) -> str:
    """The note of a table of which a sample was read."""
    return f"The table has {count:,} rows; a random sample of {most:,} was read (the same each time)."


def open_text(source: Path | bytes, choice: SheetChoice = _AS_FOUND) -> TableText:
    """Look at a table in a file or in bytes, and find its encoding and delimiter where `choice` does not say them.

    Raises OSError, and TableError for what is empty, binary or too large.
    """
    lines, encoding = Lines(source), ""
    wanted = choice.encoding and codec_of(choice.encoding)
    head = lines.head(_HEAD)
    wide = wanted if wanted and wanted.startswith(("utf-16", "utf-32")) else "" if wanted else wide_codec(head)
    if wide and (found := _narrowed(source, wide)) is not None:
        lines, encoding, wanted = found, wide[:6].upper(), "utf-8"
        head = lines.head(_HEAD)
    if any(byte < 32 and byte not in b"\t\n\r\f\v" for byte in head[:4096]):
        raise TableError(["this is not a text table; save it as CSV (UTF-8) and open that"])
    begin = _beginning(lines).decode(errors="replace")
    delimiter = _wanted(choice.separator) if choice.separator else _delimiter(begin)
    try:
        counts = lines.counted(delimiter.encode())
    except LineError as error:
        raise TableError([str(error)]) from None
    if counts.blank:
        raise TableError(["the table is empty; it needs a line 'x,y,label' and then a row for each point"])
    codec, question = wanted or "utf-8", None
    if not wide and not counts.utf_8:
        likely, question = found_codec(lines.beyond_ascii(_HEAD))
        codec = wanted or likely
        question = question and replace(question, taken=codec)
    quote = _quote(begin, delimiter)
    return TableText(lines, counts, encoding or in_words(codec), codec, delimiter, question, quote)


def _beginning(lines: Lines) -> bytes:
    """The first written lines, whole ones but for a first that is long."""
    found = bytearray()
    for _, line in islice(lines.written(), _SAMPLE):
        if found and len(found) + len(line) > _HEAD:
            break
        found += line[:_HEAD]
    return bytes(found)


def _narrowed(source: Path | bytes, wide: str) -> Lines | None:
    """UTF-16 as UTF-8; None where it only looked like that. Raises TableError."""
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    name = wide[:6].upper()
    if size > _WIDE:
        words = f"at most {_WIDE / 1e6:,.0f} MB are read as {name}, and this is {size / 1e6:,.0f} MB large"
        raise TableError([f"{words}; save it as CSV (UTF-8)"])
    try:
        parts = bytearray()
        stream = source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
        with stream, io.TextIOWrapper(stream, wide, newline="") as text:
            for line in text:
                parts += line.encode()
        return Lines(bytes(parts))
    except UnicodeError as error:
        if wide in ("utf-16", "utf-32"):
            why = getattr(error, "reason", error)
            raise TableError([f"this is not readable as {name} text ({why}); save it as CSV (UTF-8)"]) from None
        return None


def _wanted(separator: str) -> str:
    """A separator that a person chose. Raises TableError for one that is no single character of ASCII."""
    separator = {"\\t": "\t", "tab": "\t", "space": " ", "comma": ",", "semicolon": ";"}.get(separator, separator)
    if len(separator) != 1 or not separator.isascii() or separator.isalnum() or separator in '"\r\n.':
        raise TableError([f"separator: {short(separator)} cannot part cells; write one character, such as ; or |"])
    return separator


def _delimiter(text: str) -> str:
    """What a line `sep=;` says; else the delimiter under which the first row names x and y, whatever names of classes
    hold; else the one that splits the first rows into the most columns of numbers, on a tie into the fewest others."""
    if told := _TOLD.fullmatch(text.partition("\n")[0].partition("\r")[0].lstrip("\ufeff")):
        with suppress(TableError):
            return _wanted(told[1])
    best, best_score = ",", (False, 0, False, 0.0, 0)
    for delimiter in (*_DELIMITERS, *_SELDOM):
        if delimiter in _SELDOM and best_score[-1] > 1:
            break
        rows: list[Row] = []
        with suppress(TableError):  # what is wrong is said when the table is read
            lines = enumerate(io.StringIO(text, newline=""), 1)
            rows.extend(islice(_rows(lines, delimiter, _quote(text, delimiter)), _SAMPLE))
        score = _score(rows)
        if delimiter in _SELDOM and not score[2]:
            continue
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _quote(text: str, delimiter: str) -> str:
    """The mark around cells: an apostrophe where all names in the first row have it on both sides, and it stands
    nowhere else but around cells, doubled within them; a quotation mark otherwise. text: the first lines."""
    if not text.lstrip("\ufeff ").startswith("'"):
        return '"'
    pad, mark = ("", " ++") if delimiter == " " else (" *+", re.escape(delimiter))
    quoted = rf"{pad}'[^']*+(?:''[^']*+)*+'{pad}"
    cell = rf"(?:{quoted}|[^'\"\r\n{re.escape(delimiter)}]*+)"
    rows = rf"\ufeff?{quoted}(?:{mark}{quoted})*+(?:[\r\n]++(?:{cell}(?:{mark}{cell})*+)?+)*+"
    return "'" if re.fullmatch(rows, text) else '"'


def _score(rows: Sequence[Row]) -> tuple[bool, int, bool, float, int]:
    """How well these rows are parted: the higher the better."""
    body = [row.cells for row in rows[1:] or rows]
    common = common_width(rows)
    width = min(max(map(len, body), default=0), 1_000)
    numeric = sum(numeric_share(body, index) > 0.5 for index in range(width))
    named = bool(rows) and {"x", "y"} <= {cell.strip().casefold() for cell in rows[0].cells}
    steady = common > 1 and sum(len(row.cells) == common for row in rows) >= _STEADY * len(rows)
    return named, min(numeric, 2), steady, numeric / max(width, 1), min(width, 2)


class _Feed:
    """Lines for the reader of the standard library: those of a row that has begun whatever they hold, but no blank
    line and no remark between rows. begun: the line on which the row stands."""

    def __init__(self, lines: Iterable[tuple[int, str]], spaces: bool) -> None:
        self._lines, self._spaces = iter(lines), spaces
        self.fresh, self.begun = True, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, line = next(self._lines)
        if self.fresh:
            while is_passed_over(line):
                number, line = next(self._lines)
            self.fresh, self.begun = False, number
        return line.replace("\t", " ").rstrip() if self._spaces else line


def _rows(lines: Iterable[tuple[int, str]], delimiter: str, quote: str) -> Iterator[Row]:
    """lines: with their numbers. quote: the mark around cells."""
    feed = _Feed(lines, delimiter == " ")
    reader = csv.reader(feed, delimiter=delimiter, quotechar=quote, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            if any(cells) and (len(cells) > 1 or cells[0].strip()):
                yield Row(feed.begun, cells)
            feed.fresh = True
    except csv.Error as error:
        words = f"line {feed.begun}: a quotation mark is left open or stands in the wrong place"
        remedy = f"close it, or write {quote * 2} for a quotation mark within a cell"
        if "limit" in str(error):  # which the module tells in words alone
            words = f"line {feed.begun}: a cell, or what an open quotation mark begins, is longer than"
            words, remedy = f"{words} {csv.field_size_limit():,} characters", "shorten it, or close the mark"
        raise TableError([f"{words}; {remedy}"]) from None
