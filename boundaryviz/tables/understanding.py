"""What a table means: which column is what, the numbers and classes in them, what is left out, and the scene.

Everything is worked out from the clean rows alone, wherever poison stands; only a class that no clean row has is added
by poison, which a note says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import MAX_GROUPS, Origin, Scene, Split, origin_word
from boundaryviz.scene.splits import SHARES
from boundaryviz.tables.choice import AS_FOUND, ROLES, Question, TableChoice
from boundaryviz.tables.columns import ColumnReading, read_column
from boundaryviz.tables.labels import Labels, read_labels
from boundaryviz.tables.numbers import Decimal
from boundaryviz.tables.placing import Rows, laid_out
from boundaryviz.tables.readings import decimals_taken, questions_of
from boundaryviz.tables.remarks import ALLOWED, Remarks, left_out_said, no_row_left, why_no_number
from boundaryviz.tables.roles import decide, located
from boundaryviz.tables.sheet import LeftOut, Sheet, TableError
from boundaryviz.tables.words import CELL, counted, short

__all__ = ["ColumnReading", "Understanding", "understand"]

SPLITS = {
    "": Split.TRAIN, "train": Split.TRAIN, "training": Split.TRAIN, "0": Split.TRAIN,
    "validation": Split.VALIDATION, "valid": Split.VALIDATION, "val": Split.VALIDATION, "dev": Split.VALIDATION,
    "1": Split.VALIDATION, "test": Split.TEST, "testing": Split.TEST, "2": Split.TEST,
}  # fmt: skip
ORIGINS = {"": 0, "0": 0, "1": 1, "poisoned": 1} | {origin_word(k): k for k in range(-MAX_GROUPS, MAX_GROUPS + 1)}
MUTED = {"": 0, "no": 0, "0": 0, "false": 0, "yes": 1, "1": 1, "true": 1}
WORDS: dict[str, Mapping[str, int]] = {"split": SPLITS, "origin": ORIGINS, "muted": MUTED}

_OURS = ("x", "y", "label", "split", "origin")
_AT_ONCE = 2_000_000  # cells that are all looked at; of more, only some rows of columns that have no role
_NOTE = 1_000  # characters


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

    def __repr__(self) -> str:
        taken = {role: getattr(self.choice, role) for role in ROLES}
        roles = ", ".join(f"{role}={short(name)}" for role, name in taken.items() if name)
        return f"Understanding({self.sheet.format}; {roles}; {summed_up(self)})"

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


def summed_up(found: Understanding) -> str:
    """How many points, classes and rows left out there are."""
    classes = f"{len(found.classes):,} class" + "es" * (len(found.classes) != 1)
    return f"{counted(found.kept, 'point')}, {classes}, {counted(len(found.left_out), 'row')} left out"


def understand(sheet: Sheet, choice: TableChoice = AS_FOUND) -> Understanding:
    """What the rows of a sheet mean; whatever the choice leaves open is proposed."""
    chosen, problems = located(choice, sheet.columns)
    columns, decimals, doubts = _columns(sheet, chosen)
    found = decide(chosen, columns, WORDS, problems)
    choice = found.choice.model_copy(update={"decimals": decimals})
    columns = _whole(sheet, choice, columns)
    remarks = Remarks(sheet, chosen, choice, {one.name: one for one in reversed(columns)}, doubts)
    reader = _Rows(sheet, choice, remarks)
    rows = None if found.problems else reader.rows()
    problems = [*found.problems]
    if rows is not None and rows.labels.problem:
        problems.append(rows.labels.problem)
    if rows is not None and not len(rows.x):
        problems.append(no_row_left(reader.why, sheet.lines))
    missed = [LeftOut(int(sheet.lines[row]), why) for row, why in reader.why.items()]
    left_out = sorted([*missed, *sheet.left_out], key=lambda one: one.line)
    labels = None if rows is None else rows.labels
    notes = [*sheet.notes, *remarks.roles(WORDS), *remarks.readings(), *(labels.notes if labels else ())]
    questions = questions_of(columns, choice, doubts, labels.minus_one if labels else None)
    return Understanding(
        sheet, choice, tuple(columns), found.reasons, (*sheet.questions, *questions),
        tuple(one_line(note, _NOTE) for note in (*notes, *left_out_said(left_out))), tuple(left_out),
        {} if rows is None else rows.counted(), tuple(problems), None if problems else rows,
    )  # fmt: skip


def _columns(sheet: Sheet, choice: TableChoice) -> tuple[list[ColumnReading], dict[str, Decimal], tuple[str, ...]]:
    """What each column holds; how decimals are marked, where it was chosen or two readings fit; and in which columns a
    person may be asked."""
    step = _step(sheet)
    columns = [_read(sheet, choice, k, choice.decimals, step) for k in range(len(sheet.columns))]
    decimals, doubts = decimals_taken(columns, choice.decimals, sheet.separator)
    for k, column in enumerate(columns):
        if decimals.get(column.name, column.decimal) != column.decimal:
            columns[k] = _read(sheet, choice, k, decimals, step)
    return columns, decimals, doubts


def _whole(sheet: Sheet, choice: TableChoice, columns: list[ColumnReading]) -> list[ColumnReading]:
    """The columns, of which those that have a role were looked at in every row."""
    if _step(sheet) == 1:
        return columns
    wanted = {*(getattr(choice, role) for role in ROLES), *choice.inputs}
    return [_read(sheet, choice, k, choice.decimals) if one.name in wanted else one for k, one in enumerate(columns)]


def _step(sheet: Sheet) -> int:
    """Of so many rows one is looked at."""
    return max(1, len(sheet.columns) * len(sheet.lines) // _AT_ONCE)


def _read(sheet: Sheet, choice: TableChoice, k: int, decimals: Mapping[str, Decimal], step: int = 1) -> ColumnReading:
    name = sheet.columns[k]
    return read_column(name, sheet.cells[k][::step], choice.values.get(name, ()), decimals.get(name))


class _Rows:
    """Puts the rows of the columns that were decided together. why: of each row that is left out, by its place."""

    def __init__(self, sheet: Sheet, choice: TableChoice, remarks: Remarks) -> None:
        self._sheet, self._choice, self._remarks = sheet, choice, remarks
        self._at = {name: k for k, name in reversed([*enumerate(sheet.columns)])}
        self.why: dict[int, str] = {}

    def rows(self) -> Rows:
        """Those in which every number is there."""
        names = [name for name in self._choice.inputs or (self._choice.x, self._choice.y) if name]
        x = np.stack([self._numbers(name) for name in names], axis=1)
        split, origin, muted = (self._words(role) for role in ("split", "origin", "muted"))
        kept = np.ones(len(self._sheet.lines), dtype=np.bool_)
        kept[list(self.why)] = False
        none = np.zeros(int(kept.sum()), dtype=np.int8)
        origins = none if origin is None else origin[kept]
        clean = origins <= Origin.CLEAN
        clean = clean if clean.any() else ~clean
        return Rows(
            x[kept], tuple(map(self._remarks.axis, names)), self._shown(names), self._labels(kept, clean),
            None if split is None else split[kept], origins, (none if muted is None else muted[kept]).astype(np.bool_),
            clean,
        )  # fmt: skip

    def _cells(self, name: str) -> tuple[str, ...]:
        return self._sheet.cells[self._at[name]]

    def _shown(self, names: Sequence[str]) -> tuple[int, ...] | None:
        """Which of the columns lie along the axes; None where these are principal components."""
        if self._choice.shown == "principal" and self._choice.inputs:
            return None
        return tuple(names.index(name) for name in (self._choice.x, self._choice.y) if name)

    def _numbers(self, name: str) -> NDArray[np.float64]:
        """The numbers of one column (N,), 0 in rows that are left out for the lack of one."""
        column, cells = self._remarks.columns[name], self._cells(name)
        values = np.full(len(cells), np.nan) if column.values is None else column.values
        for row in np.flatnonzero(np.isnan(values)).tolist():
            self._leave_out(row, name, why_no_number(cells[row], cells[row] in column.gone))
        return np.nan_to_num(values)

    def _words(self, role: str) -> NDArray[np.int8] | None:
        """What the words in the column of this role mean (N,), 0 in rows that are left out; None without a column."""
        name = getattr(self._choice, role)
        if not name:
            return None
        cells = self._cells(name)
        found = [WORDS[role].get(cell.casefold()) for cell in cells]
        for row in (row for row, value in enumerate(found) if value is None):
            self._leave_out(row, name, f"holds {short(cells[row], CELL)}, which is not known; write {ALLOWED[role]}")
        return np.array([value or 0 for value in found], dtype=np.int8)

    def _labels(self, kept: NDArray[np.bool_], clean: NDArray[np.bool_]) -> Labels:
        name, rows = self._choice.label, np.flatnonzero(kept).tolist()
        if not name:
            return read_labels([""] * len(rows))
        cells = self._cells(name)
        used = {getattr(self._choice, role) for role in ROLES}
        beside = next((one for one in self._sheet.columns if one.casefold() == "class" and one not in used), None)
        names = None if beside is None else [self._cells(beside)[row] for row in rows]
        return read_labels(
            [cells[row] for row in rows], column=name, phrase=self._remarks.phrase(name), names=names, clean=clean,
            values=self._choice.values.get(name, ()), minus_one=self._choice.minus_one,
            ours=self._sheet.columns[: len(_OURS)] == _OURS,
        )  # fmt: skip

    def _leave_out(self, row: int, name: str, why: str) -> None:
        self.why.setdefault(row, f"{self._remarks.phrase(name)} {why}")
