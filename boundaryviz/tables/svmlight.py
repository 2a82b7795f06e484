"""svmlight and libsvm: rows `label index:value index:value ... # remark`, of which zeros are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from boundaryviz.tables.delimited import CELLS, TableText, random_rows, sampled_said
from boundaryviz.tables.filling import fill
from boundaryviz.tables.heading import Heading
from boundaryviz.tables.sheet import LeftOut, Row, Sheet, TableError

_LABEL = "label"
_ROW = re.compile(r"\s*[-+]?[\w.,+-]*+(?:\s++(?:qid|[0-9]++):[-+0-9.eEnaifNAIF]++)++\s*+(?:#.*)?", re.DOTALL)
_LOOKED_AT, _LONGEST = 20, 100_000  # rows, and characters of one
_HIGHEST = 10_000  # index of a value
_KEPT = CELLS // 4  # cells, nearly all of them zeros
_EACH = 4  # bytes of a cell, by which it is told how many rows are read in a second or so


def is_svmlight(table: TableText) -> bool:
    """Whether the first row, and most of those after it, are a label and pairs `index:value`."""
    lines = (line[:_LONGEST].decode(table.codec, "replace") for _, line in islice(table.lines.written(), _LOOKED_AT))
    fits = [_ROW.fullmatch(line) is not None for line in lines]
    return fits[:1] == [True] and 2 * sum(fits) > len(fits)


def read(table: TableText, limit: int, seed: int) -> Sheet:
    """The columns `label`, `1`, `2` and so on. Raises TableError."""
    count = table.counts.written
    most = max(1, min(limit, int(count * min(1.0, _EACH * CELLS / max(table.counts.bytes, 1)))))
    which = np.arange(count) if count <= most else random_rows(count, most, seed)
    notes = [] if count <= most else [sampled_said(count, most)]
    left = list[LeftOut]()
    rows = [*_parsed(table, which, left)]
    indices = sorted({index for _, _, values in rows for index in values})
    columns = [*range(min(indices[0], 1), indices[-1] + 1)] if indices else []
    if len(columns) * len(rows) > _KEPT:
        rows = rows[: max(1, _KEPT // len(columns))]
        notes.append(f"Only the first {len(rows):,} rows were read, as each has {len(columns):,} columns.")
    heading = Heading((_LABEL, *map(str, columns)), True, 0)
    cells = (Row(line, [label, *(values.get(index, "0") for index in columns)]) for line, label, values in rows)
    found = fill(heading, cells, "svmlight", encoding=table.encoding, separator=" ", notes=notes)
    return replace(found, left_out=tuple(left))


def _parsed(table: TableText, which: np.ndarray, left: list[LeftOut]) -> Iterator[tuple[int, str, dict[int, str]]]:
    """Line, label and values by index of each row."""
    for number, data in table.lines.written(which):
        words = data.decode(table.codec, "replace").partition("#")[0].split()
        values = dict[int, str]()
        for word in words[1:]:
            index, mark, value = word.partition(":")
            if index == "qid":
                continue
            if not mark or not (index.isascii() and index.isdecimal()) or len(index) > 9:
                left.append(LeftOut(number, f"{word[:30]!r} is no pair such as 3:0.5"))
                break
            if int(index) > _HIGHEST:
                raise TableError([f"line {number}: there are more than {_HIGHEST:,} columns; leave some out"])
            values[int(index)] = value
        else:
            if words:
                yield number, words[0], values
