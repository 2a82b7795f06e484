"""Rows made into the columns of a sheet: short ones filled up, those with too many cells left out and counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from boundaryviz.tables.choice import Question
from boundaryviz.tables.delimited import CELLS, MAX_COLUMNS, random_rows, sampled_said
from boundaryviz.tables.heading import Heading, is_remark, read_heading
from boundaryviz.tables.sheet import LeftOut, Row, Sheet, TableError

_GONE_THROUGH = 40_000_000  # cells
_SAMPLE = 100  # rows by which it is found what stands above them
_NEARLY_ALL = 0.8
_REMEDY = "quote cells that hold the delimiter; with decimal commas separate cells by semicolons"


def fill(
    heading: Heading,
    rows: Iterable[Row],
    kind: str,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheets: tuple[str, ...] = (),
    sheet: str | None = None,
    notes: Sequence[str] = (),
    questions: Sequence[Question] = (),
) -> Sheet:
    """The sheet of these rows. Raises TableError where nearly all have too many cells."""
    width, gone = len(heading.names), 0
    if width > MAX_COLUMNS:
        raise TableError([f"there are {width:,} columns; at most {MAX_COLUMNS:,} are read: leave some out"])
    kept, lines, left = list[list[str]](), list[int](), list[LeftOut]()
    for line, cells in rows:
        count = len(cells)
        gone += count
        if gone > _GONE_THROUGH:
            raise TableError([f"line {line}: the rows down to this one have too many cells; leave columns out"])
        if count > width:
            if any(map(str.strip, cells[width:])):
                left.append(LeftOut(line, f"there are {count} cells in place of {width}; {_REMEDY}"))
                continue
            cells = cells[:width]
        elif count < width:
            if is_remark(cells, width):
                continue
            cells = cells + [""] * (width - count)
        kept.append(cells)
        lines.append(line)
    if len(left) > _NEARLY_ALL * (len(left) + len(kept)):
        raise TableError([f"line {one.line}, column {width + 1}: {one.reason}" for one in left])
    columns = [tuple(map(str.strip, column)) for column in zip(*kept, strict=True)] or [()] * width
    if heading.codes:
        columns[-1] = tuple(_named(cell, heading.codes) for cell in columns[-1])
    full = [k for k, name in enumerate(heading.names) if not _is_nothing(name, k, columns[k])]
    return Sheet(
        kind, encoding, separator, sheets, sheet, heading.header,
        tuple(heading.names[k] for k in full), tuple(columns[k] for k in full), np.array(lines, dtype=np.int64),
        (*heading.left_out, *left), (*notes, *heading.notes), (*questions, *heading.questions),
    )  # fmt: skip


def fill_of(rows: Sequence[Row], kind: str, header: bool | None, limit: int, seed: int, **about: Any) -> Sheet:
    """The sheet of rows that are all at hand, such as those of a spreadsheet. about: as of `fill`."""
    if not rows:
        raise TableError(["the table is empty; it needs a row of names and then a row for each point"])
    heading = read_heading(rows[:_SAMPLE], header)
    chosen, notes = sampled([row for row in rows if row.line > heading.last], limit, seed)
    return fill(heading, chosen, kind, notes=(*about.pop("notes", ()), *notes), **about)


def sampled(rows: Sequence[Row], limit: int, seed: int) -> tuple[Sequence[Row], list[str]]:
    """These rows, or a random sample of `limit` of them, or of fewer wide ones, and a note if so."""
    widest = max((len(row.cells) for row in rows), default=1)
    most = max(1, min(limit, CELLS // max(widest, 1)))
    if len(rows) <= most:
        return rows, []
    return [rows[k] for k in random_rows(len(rows), most, seed).tolist()], [sampled_said(len(rows), most)]


def _is_nothing(name: str, at: int, cells: Sequence[str]) -> bool:
    """Whether a column is what a delimiter at the end of each line makes: without a name, and empty."""
    return name == f"column {at + 1}" and bool(cells) and not any(cells)


def _named(cell: str, codes: Sequence[str]) -> str:
    """The word for a whole number in a cell, or the cell."""
    return codes[int(cell)] if cell.isdecimal() and len(cell) < 9 and int(cell) < len(codes) else cell
