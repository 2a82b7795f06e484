"""What a person is told of how a table was understood: which columns were taken, how they were read, and what is
left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.tables.choice import ROLES, TableChoice
from boundaryviz.tables.columns import ColumnReading
from boundaryviz.tables.numbers import LARGEST
from boundaryviz.tables.readings import example
from boundaryviz.tables.sheet import LeftOut, Sheet
from boundaryviz.tables.words import CELL, counted, listed, short

ALLOWED = {"split": "train, validation or test", "origin": "clean or poison", "muted": "yes or no"}
"""The words that a column of such a role holds."""

_LINES = 8  # that a note names


@dataclass(frozen=True, eq=False)
class Remarks:
    """given: what a person chose. choice: what was decided. columns: by name. doubts: columns of which two readings
    fit."""

    sheet: Sheet
    given: TableChoice
    choice: TableChoice
    columns: Mapping[str, ColumnReading]
    doubts: Sequence[str]

    def phrase(self, name: str) -> str:
        """How a column is called in a sentence."""
        return f"column {short(name)}" if self.sheet.header else name

    def axis(self, name: str) -> str:
        """How an axis along a column is called; "" for a column without a name of its own."""
        if not self.sheet.header:
            return ""
        per_cent = "per cent" in self.columns[name].reading and "%" not in name
        return f"{name} (%)" if per_cent else name

    def roles(self, words: Mapping[str, object]) -> Iterable[str]:
        """Which columns were taken for what without anybody saying so, and which were not. words: the roles of columns
        of known words."""
        taken = {role: name for role in ROLES if (name := getattr(self.choice, role))}
        x, y, label = (taken.get(role, role) for role in ("x", "y", "label"))
        if (x.casefold(), y.casefold()) != ("x", "y") and not self.choice.inputs and not self._chosen("x", "y"):
            yield f"No columns are named x and y: took {short(x)} for x and {short(y)} for y."
        if label.casefold() != "label" and not self._chosen("label"):
            yield f"No column is named label: took {short(label)} for the label."
        for role in words:
            column = next((one for name, one in self.columns.items() if name.casefold() == role), None)
            if column is not None and role not in taken and not self._chosen(role) and column.examples:
                held = f"{short(column.examples[0], CELL)}, where {ALLOWED[role]} is known"
                yield f"Column {short(column.name)} was not taken for the {role}: it holds such as {held}."
        if self.choice.inputs:
            yield self._inputs()
        used = {*taken.values(), *self.choice.inputs}
        unused = [name for name in self.sheet.columns if name not in used and name.casefold() != "class"]
        if any(unused):
            yield f"Columns left out: {listed([*filter(None, unused)])}."

    def _inputs(self) -> str:
        many = counted(len(self.choice.inputs), "column")
        if self.choice.shown == "principal":
            return (
                f"x and y are the first two principal components of {many}, each standardised for this; the points "
                "keep the columns as they are."
            )
        return f"Models are given {many}: {listed(self.choice.inputs)}; two of them are shown at a time."

    def _chosen(self, *roles: str) -> bool:
        return any(getattr(self.given, role) is not None for role in roles)

    def readings(self) -> Iterable[str]:
        """How the numbers were read that models are given, where that is not plain."""
        for name in self.choice.inputs or (self.choice.x, self.choice.y):
            column = self.columns.get(name or "")
            if column is None:
                continue
            if column.name in self.doubts and column.name not in self.given.decimals:
                yield self._doubt(column)
            elif column.kind in ("numbers", "ids", "constant") and column.reading != "numbers":
                yield f"Numbers in {self.phrase(column.name)} were read so: {column.reading}."

    def _doubt(self, column: ColumnReading) -> str:
        cell = example(column)
        place = self.sheet.cells[self.sheet.columns.index(column.name)].index(cell)
        value = np.nan if column.values is None else column.values[place]
        other = "comma" if column.decimal == "point" else "point"
        return (
            f"{short(cell)} in {self.phrase(column.name)} was read as {value:.15g}, and the others there alike; "
            f"if that is wrong, say decimals.{column.name}={other}."
        )


def why_no_number(cell: str, missing: bool) -> str:
    """Why a cell gives no number, after the words for its column. missing: whether it is a word for that."""
    if not cell:
        return "is empty"
    if missing:
        return f"says {short(cell, CELL)}, which was taken as missing"
    try:
        value = float(cell)
    except ValueError:
        return f"holds {short(cell, CELL)}, which is not a number"
    if np.isfinite(value):
        return f"holds {short(cell, CELL)}, which is beyond {LARGEST:g}; rescale the column"
    return f"holds {short(cell, CELL)}, which is not a finite number"


def left_out_said(left: Sequence[LeftOut]) -> Iterable[str]:
    """How many rows were left out, where, and why the first was."""
    if len(left) == 1:
        yield f"1 row was left out: line {left[0].line}, as {left[0].reason}."
    elif left:
        lines = ", ".join(f"{one.line:,}" for one in left[:_LINES])
        more = f" and {len(left) - _LINES:,} more" if len(left) > _LINES else ""
        yield f"{len(left):,} rows were left out, on lines {lines}{more}; the first as {left[0].reason}."


def no_row_left(why: Mapping[int, str], lines: NDArray[np.int64]) -> str:
    """Why there are no points. why: of each row, by its place. lines: of the rows."""
    if not why:
        return "there are no points; add a row of numbers for each point"
    first = min(why)
    many = counted(len(why), "row")
    return f"no row is left: {many} would be left out, the first on line {lines[first]}, as {why[first]}"
