"""Which column of a table is what: by the names a person gave, by the header, or by a guess that is said aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from boundaryviz.scene.scene import MAX_CLASSES
from boundaryviz.tables.text import Row, TableError, number, numeric_column, short

_LABEL_WORDS = ("label", "labels", "class", "target", "species", "category", "outcome")
_INDEX_WORDS = ("", "id", "index", "row", "unnamed: 0", "#")
_OTHER_WORDS = ("split", "origin", "muted")


@dataclass(frozen=True)
class ColumnMapping:
    """Headers of the columns to read; None where the table has no such column.

    Without a header line the columns are called `column 1`, `column 2` and so on.
    """

    x: str
    y: str
    label: str | None = None
    split: str | None = None
    origin: str | None = None
    muted: str | None = None

    def named(self) -> dict[str, str]:
        """role -> header, for the roles that have a column."""
        return {role: header for role, header in vars(self).items() if header is not None}


def header_of(first: Row, width: int) -> tuple[tuple[str, ...], bool]:
    """The columns' names, and whether `first` is a header line: one without any number in it."""
    cells = [cell.strip() for cell in first.cells]
    if any(number(cell) is not None for cell in cells):
        return tuple(f"column {i + 1}" for i in range(width)), False
    return tuple(cells), True


def locate(mapping: ColumnMapping, headers: Sequence[str]) -> dict[str, int]:
    """role -> position of its column; upper and lower case count as the same where that is needed.

    Raises TableError naming every column that is not there.
    """
    folded = [header.casefold() for header in headers]
    at: dict[str, int] = {}
    missing = []
    for role, name in mapping.named().items():
        if name in headers:
            at[role] = headers.index(name)
        elif name.strip().casefold() in folded:
            at[role] = folded.index(name.strip().casefold())
        else:
            missing.append(f"header: there is no column {short(name)} for {role}; there are: {listed(headers)}")
    if missing:
        raise TableError(missing)
    return at


def guess(headers: Sequence[str], sample: Sequence[Row]) -> tuple[ColumnMapping, list[str]]:
    """The columns to read and, where they do not go by the expected names, notes that say which were taken.

    x and y go by name, else they are the first two columns of numbers; the label goes by one of its usual names,
    else it is the first other column with at most ten different whole numbers or words.
    Raises TableError when there are no two columns of numbers.
    """
    rows = [row.cells for row in sample]
    folded = [header.casefold() for header in headers]
    notes: list[str] = []
    if "x" in folded and "y" in folded:
        x, y = folded.index("x"), folded.index("y")
    else:
        reserved = (*_LABEL_WORDS, *_INDEX_WORDS, *_OTHER_WORDS)
        found = (i for i, name in enumerate(folded) if name not in reserved and numeric_column(rows, i))
        numeric = list(islice(found, 2))
        if len(numeric) < 2:
            lacking = "no x" if "y" in folded else "no y" if "x" in folded else "neither x nor y"
            raise TableError([
                f"header: there is {lacking}, and no two columns of numbers to take instead; "
                f"the columns are: {listed(headers)}. Name two columns x and y, or choose which to read"
            ])  # fmt: skip
        x, y = numeric
        notes.append(f"No columns are named x and y: took {short(headers[x])} for x and {short(headers[y])} for y.")
    label = _guess_label(folded, rows, {x, y})
    if label is not None and folded[label] != "label":
        notes.append(f"No column is named label: took {short(headers[label])} for the label.")
    others = (headers[folded.index(word)] if word in folded else None for word in _OTHER_WORDS)
    return ColumnMapping(headers[x], headers[y], None if label is None else headers[label], *others), notes


def _guess_label(folded: Sequence[str], rows: Sequence[Sequence[str]], taken: set[int]) -> int | None:
    for word in _LABEL_WORDS:
        if word in folded:
            return folded.index(word)
    for i, name in enumerate(folded):
        if i in taken or name in _OTHER_WORDS or name in _INDEX_WORDS:
            continue
        values = {cells[i].strip() for cells in rows if i < len(cells)} - {""}
        whole = all((value := number(cell)) is None or value.is_integer() for cell in values)
        if values and whole and len(values) <= MAX_CLASSES:
            return i
    return None


def listed(headers: Sequence[str]) -> str:
    """The first of these headers, and how many more there are."""
    shown = ", ".join(map(short, headers[:12]))
    return shown if len(headers) <= 12 else f"{shown} and {len(headers) - 12:,} more"
