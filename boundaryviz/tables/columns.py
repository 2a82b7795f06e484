"""What one column of a table holds, by its cells alone: numbers, words, dates, ids, always the same, nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import MAX_CLASSES
from boundaryviz.tables.numbers import LARGEST, MISSING, Decimal, Numbers, read_numbers

Kind = Literal["numbers", "labels", "text", "ids", "constant", "empty", "dates"]

_IDS = re.compile(
    r"|#|ids?|index|idx|rows?|row[ ._]?(?:names?|id|number|no)|unnamed: [0-9]+|n[or]\.?|number|key|uuid|obs|case"
    r"|\w{3,12}[ ._-]?id",
    re.IGNORECASE,
)
_MANY = 20  # different texts, from which on a column in which none comes twice holds ids
_LOOKED_AT = 250  # different cells, to tell dates and words: as many as there are origins
_DATE = re.compile(
    r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}[ -]?[A-Za-z]{3,9}\.?[ ,-]+[0-9]{2,4}|[A-Za-z]{3,9}\.? [0-9]{1,2},? [0-9]{4}"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?)"
    r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9.,]+)?(?: ?[AP]M)?)?(?: ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class ColumnReading:
    """missing: cells with a word for it, `gone` in how many cells which. reading: how numbers are written, in words.
    examples: the first different cells. values: the numbers (N,), NaN where there is none; None without any.

    bad: (N,), cells that hold something that is no number that can be used. distinct: how many different cells there
    are, and `some` are the first of them. whole: whether all numbers are. decimal, both: the mark before decimals, and
    whether another reading fits.
    """

    name: str
    kind: Kind
    missing: int
    reading: str
    examples: tuple[str, ...]
    values: NDArray[np.float64] | None
    bad: NDArray[np.bool_]
    gone: dict[str, int]
    distinct: int
    whole: bool
    decimal: Decimal
    both: bool
    some: tuple[str, ...]

    def known(self, words: Collection[str]) -> bool:
        """Whether more than half of the different cells are among these words, in lower case."""
        return 2 * sum(cell.casefold() in words for cell in self.some) > min(self.distinct, len(self.some) + 1)

    @property
    def each(self) -> float:
        """How often a cell comes that is not missing, on average."""
        return (len(self.bad) - self.missing) / max(self.distinct, 1)

    @property
    def numeric(self) -> bool:
        """Whether more than half of what stands in it are numbers."""
        return self.values is not None and 2 * int(np.isfinite(self.values).sum()) > len(self.values) - self.missing


def read_column(
    name: str, cells: Sequence[str], values: Collection[str] = (), decimal: Decimal | None = None
) -> ColumnReading:
    """What the stripped cells (N,) hold. values: words that are none for missing. decimal: the reading of numbers."""
    kinds = Counter(cells)
    gone = {cell: many for cell, many in kinds.items() if cell not in values and cell.casefold() in MISSING}
    held = [cell for cell in kinds if cell not in gone]
    found = _within(read_numbers(cells, gone, decimal)) if any(map(_has_digit, held)) else None
    numbers = found.values[np.isfinite(found.values)] if found is not None else np.zeros(0)
    kind = _kind(name, held, len(cells), sum(gone.values()), numbers)
    return ColumnReading(
        name, kind, sum(gone.values()), _words(kind, found, numbers), tuple(held[:3]),
        found.values if found is not None and len(numbers) else None,
        np.array([cell not in gone for cell in cells]) if found is None else found.bad,
        gone, len(held), bool(len(numbers)) and not (numbers % 1).any(),
        "point" if found is None else found.decimal, found is not None and found.both, tuple(held[:_LOOKED_AT]),
    )  # fmt: skip


def _has_digit(cell: str) -> bool:
    return any(letter.isdigit() for letter in cell)


def _within(found: Numbers) -> Numbers:
    """Without those that are infinite, or too far out to be trained on."""
    far = np.abs(found.values) > LARGEST
    if not far.any():
        return found
    return replace(found, values=np.where(far, np.nan, found.values), bad=found.bad | far, far=True)


def _kind(name: str, held: Sequence[str], rows: int, missing: int, numbers: NDArray[np.float64]) -> Kind:
    if not held:
        return "empty"
    if len(held) == 1 and rows > 1:
        return "constant"
    if 2 * len(numbers) > rows - missing:
        return "ids" if _counts(name, numbers, rows) else "constant" if rows > 1 and np.ptp(numbers) == 0 else "numbers"
    some = held[:_LOOKED_AT]
    if sum(_DATE.fullmatch(cell) is not None for cell in some) > 0.9 * len(some):
        return "dates"
    if len(held) == rows - missing and len(held) > _MANY:
        return "ids"
    few = len(held) <= MAX_CLASSES and (2 * len(held) <= rows or rows <= _MANY)
    return "labels" if few else "text"


def _counts(name: str, numbers: NDArray[np.float64], rows: int) -> bool:
    """Whether the numbers are ids: by name, or because they count the rows."""
    if len(numbers) != rows or rows < 2:
        return _IDS.fullmatch(name.strip()) is not None
    rising = bool((np.diff(numbers) == 1).all() and numbers[0] in (0, 1))
    different = len(np.unique(numbers)) == rows
    called = _IDS.fullmatch(name.strip()) is not None
    first = name == "column 1" and rows > _MANY and not (numbers % 1).any()  # of a table without names
    return (rising and rows > _MANY) or ((called or first) and different)


def _words(kind: Kind, found: Numbers | None, numbers: NDArray[np.float64]) -> str:
    if found is not None and len(numbers) and kind in ("numbers", "ids", "constant"):
        return found.words
    if found is not None and found.far:
        return f"numbers beyond {LARGEST:g}"
    return {"labels": "words", "text": "text", "ids": "ids", "constant": "always the same", "empty": "nothing",
            "dates": "dates, which are not read as numbers", "numbers": "numbers"}[kind]  # fmt: skip
