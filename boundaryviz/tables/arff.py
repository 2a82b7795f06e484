"""ARFF, the format of Weka: names and types of columns above comma-separated rows, ? for what is missing.

Sparse rows are refused. Format: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import compress, islice

import numpy as np

from boundaryviz.tables.delimited import CELLS, MAX_COLUMNS, TableText, random_rows, sampled_said
from boundaryviz.tables.filling import fill
from boundaryviz.tables.heading import Heading, unique
from boundaryviz.tables.sheet import Row, Sheet, TableError
from boundaryviz.tables.words import short

_RELATION = re.compile(r"\s*@relation\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s*@attribute\s+(?:'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)"|([^\s{]+))""", re.IGNORECASE)
_DATA = re.compile(r"\s*@data\b", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_REMARKS = 1_000  # lines above the relation
_LINES = 1_000_000


def is_arff(table: TableText) -> bool:
    """Whether the first line that is no remark names a relation."""
    for line in islice(table.lines.every(table.codec, "replace"), _REMARKS):
        if line.strip() and not line.lstrip().startswith("%"):
            return _RELATION.match(line) is not None
    return False


def read(table: TableText, limit: int, seed: int) -> Sheet:
    """Raises TableError."""
    if table.counts.lines > _LINES:
        raise TableError(
            [f"there are {table.counts.lines:,} lines; at most {_LINES:,} are read: take a sample of them"]
        )
    names = _names(lines := _numbered(table))
    count = sum(_is_row(line) for _, line in lines)
    if not count:
        raise TableError(["there are no rows below @data; add one for each point"])
    most = max(1, min(limit, CELLS // len(names)))
    wanted = np.ones(count, dtype=np.bool_)
    if count > most:
        wanted[:] = False
        wanted[random_rows(count, most, seed)] = True
    _names(lines := _numbered(table))
    rows = compress(((number, line) for number, line in lines if _is_row(line)), wanted.tolist())
    notes = [sampled_said(count, most)] if count > most else []
    heading = Heading(unique(names), True, 0)
    return fill(heading, _rows(rows), "ARFF", encoding=table.encoding, separator=",", notes=notes)


def _numbered(table: TableText) -> Iterator[tuple[int, str]]:
    return enumerate(table.lines.every(table.codec, "replace"), 1)


def _is_row(line: str) -> bool:
    """Whether a line below `@data` is neither blank nor a remark."""
    return line.lstrip()[:1] not in ("", "%")


def _names(lines: Iterator[tuple[int, str]]) -> list[str]:
    """The names of the attributes; goes on to the line `@data`."""
    names = list[str]()
    for number, line in lines:
        if _DATA.match(line):
            if not names:
                raise TableError([f"line {number}: there is no @attribute above @data; name each column by one"])
            return names
        if found := _ATTRIBUTE.match(line):
            names.append(_ESCAPED.sub(r"\1", next(name for name in found.groups() if name is not None)).strip())
            if len(names) > MAX_COLUMNS:
                raise TableError([f"line {number}: there are more than {MAX_COLUMNS:,} attributes; leave some out"])
        elif line.strip() and not line.lstrip().startswith("%") and not _RELATION.match(line):
            raise TableError([f"line {number}: {short(line.strip())} is no @attribute; write @attribute NAME numeric"])
    raise TableError(["there is no line @data; write one above the rows"])


def _rows(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    for number, line in lines:
        words = line.strip()
        if words.startswith("{"):
            raise TableError([f"line {number}: rows are sparse; save them with Weka's filter SparseToNonSparse"])
        quote = '"' if '"' in words and "'" not in words else "'"
        between = "\t" if "\t" in words and "," not in words else ","
        try:
            cells = next(
                csv.reader([words], delimiter=between, quotechar=quote, skipinitialspace=True, escapechar="\\")
            )
        except csv.Error as error:
            raise TableError([f"line {number}: {error}; a cell may be too long, or a mark left open"]) from None
        yield Row(number, ["" if cell.strip() == "?" else cell for cell in cells])
