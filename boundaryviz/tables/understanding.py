"""What a table means: which column is what, the numbers and classes in them, what is left out, and the scene.

Everything is worked out from the clean rows alone, wherever poison stands; only a class that no clean row has is added
by poison, which a note says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import MAX_GROUPS, Origin, Scene, Split, origin_word
from boundaryviz.scene.splits import SHARES
from boundaryviz.tables.choice import AS_FOUND, Question, TableChoice
from boundaryviz.tables.columns import ColumnReading, read_column
from boundaryviz.tables.labels import Labels, read_labels
from boundaryviz.tables.numbers import LARGEST
from boundaryviz.tables.placing import Rows, laid_out
from boundaryviz.tables.readings import decimals_taken, example, questions_of
from boundaryviz.tables.roles import decide
from boundaryviz.tables.sheet import LeftOut, Sheet, TableError
from boundaryviz.tables.words import counted, listed, short

__all__ = ["ColumnReading", "Understanding", "understand"]

SPLITS = {
    "": Split.TRAIN, "train": Split.TRAIN, "training": Split.TRAIN, "0": Split.TRAIN,
    "validation": Split.VALIDATION, "valid": Split.VALIDATION, "val": Split.VALIDATION, "dev": Split.VALIDATION,
    "1": Split.VALIDATION, "test": Split.TEST, "testing": Split.TEST, "2": Split.TEST,
}  # fmt: skip
ORIGINS = {"": 0, "0": 0, "1": 1, "poisoned": 1} | {origin_word(k): k for k in range(-MAX_GROUPS, MAX_GROUPS + 1)}
MUTED = {"": 0, "no": 0, "0": 0, "false": 0, "yes": 1, "1": 1, "true": 1}
WORDS: dict[str, Mapping[str, int]] = {"split": SPLITS, "origin": ORIGINS, "muted": MUTED}
_ALLOWED = {"split": "train, validation or test", "origin": "clean or poison", "muted": "yes or no"}

_OURS = ("x", "y", "label", "split", "origin")
_AT_ONCE = 2_000_000  # cells that are all looked at; of more, only some rows of columns that have no role
_LINES = 8  # that a note names
_CELL = 30  # characters of a cell that a reason repeats


@dataclass(frozen=True, eq=False)
class Understanding:
    """sheet: what was understood. choice: with every column decided. columns: what each holds. reasons: by role, why
    that column. questions: where two readings fit. notes: what a person should know. left_out: every row that becomes
    no point, by line. classes: how many rows each has, by name. problems: why there can be no scene.
    """

    sheet: Sheet
    choice: TableChoice
    columns: tuple[ColumnReading, ...]
    reasons: Mapping[str, str]
    questions: tuple[Question, ...]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    classes: Mapping[str, int]
    problems: tuple[str, ...]
    rows: Rows | None = field(repr=False)

    @property
    def kept(self) -> int:
        """How many rows become points."""
        return 0 if self.rows is None else len(self.rows.x)

    def scene(self, shares: tuple[float, float, float] = SHARES, seed: int = 0) -> Scene:
        """shares: of training, validation and test points where no column says it, within each class; unlabelled and
        poison points train. Raises TableError with every problem."""
        if self.rows is None or self.problems:
            raise TableError(list(self.problems))
        try:
            return laid_out(self.rows, shares, seed)
        except ValueError as error:
            raise TableError([str(error)]) from None


def understand(sheet: Sheet, choice: TableChoice = AS_FOUND) -> Understanding:
    """What the rows of a sheet mean; whatever the choice leaves open is proposed."""
    return _Reader(sheet, choice).understanding


class _Reader:
    """Reads the columns of a sheet step by step, and gathers notes and what is left out on the way."""

    def __init__(self, sheet: Sheet, choice: TableChoice) -> None:
        self._sheet, self._given = sheet, choice
        self._at = {name: k for k, name in reversed([*enumerate(sheet.columns)])}
        self._notes: list[str] = []
        self._reason: dict[int, str] = {}  # row -> why it is left out
        decimals = {**choice.decimals}
        first = self._columns(choice, decimals)
        decimals, self._doubts = decimals_taken(first, decimals, sheet.separator)
        again = {name for name, one in decimals.items() if name in self._at and first[self._at[name]].decimal != one}
        columns = [self._column(one.name, choice, decimals) if one.name in again else one for one in first]
        found = decide(choice, columns, WORDS)
        self._choice = found.choice.model_copy(update={"decimals": decimals})
        self._wanted = {role: name for role in ("x", "y", "label", "split", "origin", "muted")
                        if (name := getattr(self._choice, role))}  # fmt: skip
        whole = {*self._wanted.values(), *self._choice.inputs}
        self._read = tuple(
            self._column(one.name, choice, decimals) if one.name in whole and self._sampled else one for one in columns
        )
        self._reasons, self._problems = found.reasons, list(found.problems)

    def _columns(self, choice: TableChoice, decimals: Mapping[str, str]) -> list[ColumnReading]:
        step = max(1, len(self._sheet.columns) * len(self._sheet.lines) // _AT_ONCE)
        self._sampled = step > 1
        return [self._column(name, choice, decimals, step) for name in self._sheet.columns]

    def _column(self, name: str, choice: TableChoice, decimals: Mapping[str, str], step: int = 1) -> ColumnReading:
        cells = self._sheet.cells[self._at[name]][::step]
        return read_column(name, cells, choice.values.get(name, ()), decimals.get(name))  # type: ignore[arg-type]

    @cached_property
    def understanding(self) -> Understanding:
        rows = None if self._problems else self._rows()
        labels = None if rows is None else rows.labels
        if rows is not None and labels is not None and labels.problem:
            self._problems.append(labels.problem)
        if rows is not None and not len(rows.x):
            self._problems.append(self._nothing_left())
        sheet, left = (
            self._sheet,
            sorted(
                [LeftOut(int(self._sheet.lines[row]), why) for row, why in self._reason.items()]
                + [*self._sheet.left_out],
                key=lambda one: one.line,
            ),
        )
        questions = questions_of(self._read, self._choice, self._doubts, None if labels is None else labels.minus_one)
        notes = [*sheet.notes, *self._roles_said(), *self._readings_said(), *(labels.notes if labels else ()),
                 *self._notes, *_left_out_said(left)]  # fmt: skip
        return Understanding(
            sheet,
            self._choice,
            self._read,
            self._reasons,
            (*sheet.questions, *questions),
            tuple(notes),
            tuple(left),
            {} if rows is None else rows.counted(),
            tuple(self._problems),
            None if self._problems else rows,
        )

    # ---- rows ------------------------------------------------------------------------------------

    def _rows(self) -> Rows:
        names = self._choice.inputs or (self._choice.x, self._choice.y)
        numbers = [self._numbers(name) for name in names if name]
        others = {role: self._words(role) for role in WORDS if role in self._wanted}
        kept = np.ones(len(self._sheet.lines), dtype=np.bool_)
        kept[list(self._reason)] = False
        origin = others.get("origin", np.zeros(len(kept), dtype=np.int8))[kept]
        clean = origin <= Origin.CLEAN
        clean = clean if clean.any() else ~clean
        muted = (
            others["muted"][kept].astype(np.bool_) if "muted" in others else np.zeros(int(kept.sum()), dtype=np.bool_)
        )
        return Rows(
            np.stack(numbers, axis=1)[kept], tuple(self._axis(name) for name in names if name), self._shown(names),
            self._labels(kept, clean), others["split"][kept] if "split" in others else None, origin, muted, clean,
        )  # fmt: skip

    def _shown(self, names: Sequence[str | None]) -> tuple[int, ...] | None:
        """Which of the inputs lie along the axes; none of them where these are principal components."""
        if not self._choice.inputs:
            return (0, 1)
        if self._choice.shown == "principal":
            return None
        return tuple(names.index(name) for name in (self._choice.x, self._choice.y) if name)

    def _numbers(self, name: str) -> NDArray[np.float64]:
        """The numbers of one column (N,), 0 in rows that are left out for the lack of one."""
        column = self._read[self._at[name]]
        cells = self._sheet.cells[self._at[name]]
        values = np.full(len(cells), np.nan) if column.values is None else column.values
        for row in np.flatnonzero(np.isnan(values)).tolist():
            self._leave_out(row, f"{self._phrase(name)} {_why_no_number(cells[row], cells[row] in column.gone)}")
        return np.nan_to_num(values)

    def _words(self, role: str) -> NDArray[np.int8]:
        name, meaning = self._wanted[role], WORDS[role]
        found = [meaning.get(cell.casefold()) for cell in self._sheet.cells[self._at[name]]]
        for row, value in enumerate(found):
            if value is None:
                cell = short(self._sheet.cells[self._at[name]][row], _CELL)
                self._leave_out(row, f"{self._phrase(name)} holds {cell}, which is not known; write {_ALLOWED[role]}")
        return np.array([value or 0 for value in found], dtype=np.int8)

    def _labels(self, kept: NDArray[np.bool_], clean: NDArray[np.bool_]) -> Labels:
        name = self._wanted.get("label")
        if name is None:
            return read_labels([""] * int(kept.sum()))
        rows = np.flatnonzero(kept).tolist()
        cells = self._sheet.cells[self._at[name]]
        beside = next((k for k, other in enumerate(self._sheet.columns) if other.casefold() == "class"), None)
        free = beside is not None and self._sheet.columns[beside] not in self._wanted.values()
        names = [self._sheet.cells[beside][row] for row in rows] if beside is not None and free else None
        return read_labels(
            [cells[row] for row in rows], column=name, phrase=self._phrase(name), names=names, clean=clean,
            values=self._choice.values.get(name, ()), minus_one=self._choice.minus_one,
            ours=self._sheet.columns[: len(_OURS)] == _OURS,
        )  # fmt: skip

    def _leave_out(self, row: int, why: str) -> None:
        self._reason.setdefault(row, why)

    # ---- words -----------------------------------------------------------------------------------

    def _phrase(self, name: str) -> str:
        return f"column {short(name)}" if self._sheet.header else name

    def _axis(self, name: str) -> str:
        if not self._sheet.header:
            return ""
        per_cent = "per cent" in self._read[self._at[name]].reading and "%" not in name
        return f"{name} (%)" if per_cent else name

    def _roles_said(self) -> list[str]:
        taken = self._wanted
        notes = []
        x, y = taken.get("x", "x"), taken.get("y", "y")
        if (x.casefold(), y.casefold()) != ("x", "y") and not self._choice.inputs and not self._chosen("x", "y"):
            notes.append(f"No columns are named x and y: took {short(x)} for x and {short(y)} for y.")
        if "label" in taken and not self._chosen("label") and taken["label"].casefold() != "label":
            notes.append(f"No column is named label: took {short(taken['label'])} for the label.")
        for role in WORDS:
            column = next((one for one in self._read if one.name.casefold() == role and role not in taken), None)
            if column is not None and not self._chosen(role) and column.kind != "empty":
                held = f"{short(column.examples[0], _CELL)}, where {_ALLOWED[role]} is known"
                notes.append(f"Column {short(column.name)} was not taken for the {role}: it holds such as {held}.")
        if self._choice.inputs:
            notes.append(self._inputs_said())
        used = {*taken.values(), *self._choice.inputs}
        unused = [name for name in self._sheet.columns if name not in used and name.casefold() != "class"]
        named = [name for name in unused if name.strip()]
        return [*notes, *([f"Columns left out: {listed(named)}."] if named else [])]

    def _inputs_said(self) -> str:
        inputs = self._choice.inputs
        if self._choice.shown == "principal":
            return (
                f"x and y are the first two principal components of {counted(len(inputs), 'column')}, each "
                "standardised for this; models are given the columns as they are."
            )
        return f"Models are given {counted(len(inputs), 'column')}: {listed(inputs)}; two of them are shown at a time."

    def _chosen(self, *roles: str) -> bool:
        return any(getattr(self._given, role) is not None for role in roles)

    def _readings_said(self) -> list[str]:
        notes = []
        for role in ("x", "y", *self._choice.inputs):
            name = self._wanted.get(role, role if role in self._choice.inputs else "")
            if not name or (role in "xy" and self._choice.inputs):
                continue
            column = self._read[self._at[name]]
            if name in self._doubts and name not in self._given.decimals:
                notes.append(self._doubt_said(column))
            elif column.kind in ("numbers", "ids", "constant") and column.reading != "numbers":
                notes.append(f"Numbers in {self._phrase(name)} were read so: {column.reading}.")
        return notes

    def _doubt_said(self, column: ColumnReading) -> str:
        cell = example(column)
        value = column.values[self._sheet.cells[self._at[column.name]].index(cell)] if column.values is not None else 0
        other = "comma" if column.decimal == "point" else "point"
        return (
            f"{short(cell)} in {self._phrase(column.name)} was read as {value:.15g}, and the others there alike; "
            f"if that is wrong, say decimals.{column.name}={other}."
        )

    def _nothing_left(self) -> str:
        first = next(iter(sorted(self._reason.items())), None)
        if first is None:
            return "there are no points; add a row of numbers for each point"
        return (
            f"no row is left: {counted(len(self._reason), 'row')} would be left out, the first on line "
            f"{self._sheet.lines[first[0]]}, as {first[1]}"
        )


def _why_no_number(cell: str, missing: bool) -> str:
    if not cell:
        return "is empty"
    if missing:
        return f"says {short(cell, _CELL)}, which was taken as missing"
    try:
        value = float(cell)
    except ValueError:
        return f"holds {short(cell, _CELL)}, which is not a number"
    if np.isfinite(value):
        return f"holds {short(cell, _CELL)}, which is beyond {LARGEST:g}; rescale the column"
    return f"holds {short(cell, _CELL)}, which is not a finite number"


def _left_out_said(left: Sequence[LeftOut]) -> list[str]:
    if not left:
        return []
    if len(left) == 1:
        return [f"1 row was left out: line {left[0].line}, as {left[0].reason}."]
    lines = ", ".join(f"{one.line:,}" for one in left[:_LINES])
    more = f" and {len(left) - _LINES:,} more" if len(left) > _LINES else ""
    return [f"{len(left):,} rows were left out, on lines {lines}{more}; the first as {left[0].reason}."]
