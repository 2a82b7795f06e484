"""What a table holds before anything is understood: text in rows and columns, and what was left out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.plain_text import one_line
from boundaryviz.tables.choice import Question
from boundaryviz.tables.words import counted

LIMIT = 100_000
"""Rows that are kept unless a caller says otherwise."""

PROBLEM = 300
"""Characters of a problem that are shown."""


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
    """One row as it is read: the line it starts on, counted from 1, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class LeftOut:
    """A row that became no point: the line it stands on, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """format, encoding, separator: of the file; encoding and separator None where it has none. sheets: names to choose
    from, of a spreadsheet or of arrays; sheet: the one taken. header: whether the columns' names come from the file.
    columns: unique names. cells: of each column, stripped text (N,). lines: of each row, from 1. left_out: rows that
    could not be rows. notes, questions: what a person should know, or may be asked.
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

    def __repr__(self) -> str:
        return f"Sheet({self.format}, {counted(len(self.lines), 'row')}, {counted(len(self.columns), 'column')})"
