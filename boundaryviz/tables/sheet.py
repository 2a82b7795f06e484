"""What a table holds before anything is understood: text in rows and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundaryviz.tables.choice import Question, SheetChoice
from boundaryviz.tables.numpy_text import as_table, looks_like_numpy
from boundaryviz.tables.text import Row, TableError, TableText, check_size, number, open_text

__all__ = ["LeftOut", "Sheet", "TableError", "open_sheet"]

LIMIT = 100_000
_CELLS = 40_000_000
_AS_FOUND = SheetChoice()


@dataclass(frozen=True)
class LeftOut:
    """A row that became no point: the line it stands on, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """format, encoding, separator: of the file. sheets: names to choose from; sheet: the one taken. header: whether the
    columns' names come from the file. columns: unique names. cells: of each column, stripped text (N,). lines: of each
    row, from 1. left_out: rows that could not be rows. notes, questions: what a person should know, or may be asked.
    """

    format: str
    encoding: str | None
    separator: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    header: bool
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: NDArray[np.int64]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def open_sheet(
    source: Path | str | bytes, choice: SheetChoice = _AS_FOUND, *, limit: int = LIMIT, seed: int = 0
) -> Sheet:
    """The rows of text in a file (Path), in text or in bytes; of a longer table a random sample of `limit` of them.

    Raises TableError.
    """
    table = _open(source)
    sample = table.sample()
    if not sample:
        raise TableError(["the table holds only comments; it needs a line 'x,y,label' and then a row for each point"])
    width = max(len(row.cells) for row in sample)
    first = [cell.strip() for cell in sample[0].cells]
    header = not any(number(cell) is not None for cell in first) if choice.header is None else choice.header
    if header and len(sample) == 1:
        raise TableError([f"line {sample[0].line + 1}: there are no points; add a row of numbers for each point"])
    names = (first + [""] * width)[: max(width, len(first))] if header else [f"column {i + 1}" for i in range(width)]
    notes = (
        ["Read as Latin-1, as the text is not UTF-8; look at names with accents."]
        if table.encoding == "Latin-1"
        else []
    )
    rows, sampling = _rows(table, sample[0] if header else None, limit, seed)
    lines, columns, left = list[int](), [list[str]() for _ in names], list[LeftOut]()
    for row in rows:
        count = len(row.cells)
        if count > len(names) and any(cell.strip() for cell in row.cells[len(names) :]):
            remedy = "quote cells that hold the delimiter; with decimal commas separate cells by semicolons"
            left.append(LeftOut(row.line, f"there are {count} cells in place of {len(names)}; {remedy}"))
            continue
        lines.append(row.line)
        for i, column in enumerate(columns):
            column.append(row.cells[i].strip() if i < count else "")
    return Sheet(
        "delimited text", table.encoding, table.delimiter, (), None, header, tuple(names), tuple(map(tuple, columns)),
        np.array(lines, dtype=np.int64), tuple(left), (*notes, *sampling),
    )  # fmt: skip


def _open(source: Path | str | bytes) -> TableText:
    if isinstance(source, str):
        check_size(len(source))
        source = as_table(source) if looks_like_numpy(source) else source
    if isinstance(source, Path) and source.exists() and not source.is_file():
        raise TableError(["a folder or a device, not a file"])
    try:
        return open_text(source)
    except OSError as error:
        raise TableError([f"cannot be read: {error.strerror or error}"]) from None


def _rows(table: TableText, header: Row | None, limit: int, seed: int) -> tuple[Iterator[Row], list[str]]:
    above = 0
    if header is not None:
        above = sum(1 for _ in takewhile(lambda line: line[0] <= header.line, table.lines.written()))
    count = table.counts.written - above
    most = table.read_at_once(limit)
    if count <= most:
        first = int(header is not None)
        return islice(table.rows(), first, first + most), []
    chosen = above + np.sort(np.random.default_rng([seed, 1]).choice(count, most, replace=False))
    note = f"The table has {count:,} rows; a random sample of {most:,} was read (the same each time)."
    return table.chosen(chosen), [note]
