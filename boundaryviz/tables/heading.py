"""What stands above and around the rows of a table: titles, the names of columns, units, row names.

Decided by the first rows alone, whatever format they come from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from boundaryviz.tables.choice import Question
from boundaryviz.tables.numbers import MISSING
from boundaryviz.tables.sheet import LeftOut, Row, TableError
from boundaryviz.tables.words import listed

ROW_NAMES = "row names"
_NUMBER = re.compile(
    r"[-+−–]?[$€£¥]?[-+−]?(?:[0-9](?:[0-9.,'’\u00a0\u202f ]*[0-9.])?|[.,][0-9]+)(?:[eEdD][-+]?[0-9]+)?\s?[%€$]?"
)
_TYPES = {
    "c",
    "continuous",
    "numeric",
    "n",
    "d",
    "discrete",
    "categorical",
    "s",
    "string",
    "text",
    "t",
    "time",
    "basket",
}
_FLAGS = {"class", "c", "meta", "m", "ignore", "i", "weight", "w"}
_MOSTLY = 0.9  # of the rows
_TITLES = 20  # rows above a table
_LONGEST_UNIT = 30  # characters
_FEW = 1_000  # columns looked at


@dataclass(frozen=True)
class Heading:
    """names: of the columns, unique. header: whether they come from the table. last: the line of the last row that
    stands above the rows, 0 where there is none. codes: words for the whole numbers in the last column, or none.
    left_out: rows among these that no name stands in, such as units.
    """

    names: tuple[str, ...]
    header: bool
    last: int
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    codes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def looks_numeric(cell: str) -> bool:
    """Whether there is a number in a cell, with whatever marks people write into numbers."""
    cell = cell.strip()
    if _NUMBER.fullmatch(cell):
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True


def numeric_share(rows: Sequence[Sequence[str]], index: int) -> float:
    """The share of numbers among the cells of a column that hold anything; 0 where none does."""
    cells = [cells[index] for cells in rows if index < len(cells) and not is_missing(cells[index])]
    return sum(map(looks_numeric, cells)) / len(cells) if cells else 0.0


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or holds a word for that."""
    return cell.strip().casefold() in MISSING


def common_width(rows: Sequence[Row]) -> int:
    """How many cells most rows have, the more where it is a draw."""
    widths = Counter(len(row.cells) for row in rows)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def is_remark(cells: Sequence[str], width: int) -> bool:
    """Whether a row is a remark: it begins with # and has not the cells of a row."""
    return cells[0].startswith("#") and len(cells) < max(width, 2)


def read_heading(sample: Sequence[Row], wanted: bool | None = None) -> Heading:
    """sample: the first rows. wanted: whether the first of them holds names; found out where it is None.

    Raises TableError where there are no rows below the names.
    """
    rows, notes, left = [*sample], list[str](), list[LeftOut]()
    if rows and rows[0].cells[0].casefold().startswith("sep=") and not any(rows[0].cells[1:]):
        notes.append(f"Line {rows.pop(0).line} says what stands between cells, and was followed.")
    width = common_width(rows)
    rows = [row for row in rows if not is_remark(row.cells, width)]
    above = _titles(rows, width)
    last = 0
    if above:
        last = rows[above - 1].line
        words = listed([next(filter(None, row.cells)) for row in rows[:above]])
        lines = f"Line {last}" if above == 1 else f"Lines {rows[0].line} to {last}"
        notes.append(f"{lines}, above the table: {words}; passed over.")
        rows = rows[above:]
    if not rows:
        raise TableError(["the table holds only comments; it needs a line 'x,y,label' and then a row for each point"])
    first, body = rows[0], [row.cells for row in rows[1:]]
    if wanted is not False and (codes := _codes(first, body)):
        note = f"Line {first.line} holds how many rows and columns there are, and names of classes: {listed(codes)}."
        return Heading(_numbered(int(first.cells[1]) + 1), False, first.line, (*notes, note), (), codes)
    is_header, sure = _is_header(first.cells, body)
    header = is_header if wanted is None else wanted
    questions = () if sure else (_asked(first, header),)
    if not header:
        return Heading(_numbered(width), False, last, tuple(notes), questions)
    if not body:
        raise TableError([f"line {first.line + 1}: there are no points; add a row of numbers for each point"])
    names = [cell.strip().lstrip("\ufeff") for cell in first.cells]
    last = first.line
    if _is_short(names, body):
        names = [ROW_NAMES, *names]
        notes.append(f"The first row has a cell less than the others: took their first cells for {ROW_NAMES}.")
    names[0] = names[0] or ROW_NAMES
    if len(body) > 2 and _are_types(body):
        last = rows[2].line
        notes.append(f"Lines {rows[1].line} and {last} hold types and flags of columns, and were passed over.")
    elif len(body) > 1 and (units := _units(body)):
        last = rows[1].line
        notes.append(f"Line {last} was taken for units and passed over: {listed(units)}.")
        left.append(LeftOut(last, "a row of units, which is no point"))
    return Heading(unique(names), True, last, tuple(notes), questions, left_out=tuple(left))


def _titles(rows: Sequence[Row], width: int) -> int:
    """How many rows above the table hold a title and the like: one cell each, or some where a row of names follows."""
    if width < 2:
        return 0
    above = 0
    for row in rows[:_TITLES]:
        if sum(bool(cell.strip()) for cell in row.cells) > 1:
            break
        above += 1
    full = next((k for k, row in enumerate(rows[: _TITLES + 1]) if len(row.cells) >= width), 0)
    if full > above and all(len(row.cells) < width - 1 for row in rows[:full]) and _are_names(rows[full:], width):
        return full
    return above if above < len(rows) and any(len(row.cells) > 1 for row in rows[above:]) else 0


def _are_names(rows: Sequence[Row], width: int) -> bool:
    """Whether the first of these rows has no numbers, and stands above some."""
    below = [row.cells for row in rows[1:]]
    numbers = any(numeric_share(below, i) > _MOSTLY for i in range(min(width, _FEW)))
    return numbers and not any(map(looks_numeric, rows[0].cells))


def _codes(first: Row, body: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names of classes, of a first row that says `rows,columns,name of class 0,...` and nothing else, as scikit-learn's
    tables begin: nearly all rows have so many columns and then the whole number of a class, and either each of these
    has a name or there are as many rows as it says."""
    cells = _filled(first.cells)
    if len(cells) < 4 or not body or not all(re.fullmatch("[0-9]{1,8}", cell) for cell in cells[:2]):
        return ()
    count, width, names = int(cells[0]), int(cells[1]), cells[2:]
    last = [row[-1] for row in map(_filled, body) if len(row) == width + 1 and row[-1].isdecimal()]
    if width < 1 or len(last) < max(1, _MOSTLY * len(body)) or any(looks_numeric(name) or not name for name in names):
        return ()
    named = all(int(cell[:9]) < len(names) for cell in last)
    return tuple(names) if named or count == len(body) else ()


def _filled(cells: Sequence[str]) -> list[str]:
    """The cells of a row, stripped, without the empty ones at its end."""
    filled = [cell.strip() for cell in cells]
    while filled and not filled[-1]:
        filled.pop()
    return filled


def _is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[bool, bool]:
    """Whether the first row holds names, and whether that is sure."""
    numeric = [cell for cell in first if looks_numeric(cell) and not is_missing(cell)]
    if not numeric:
        return True, any(numeric_share(body, i) > 0 for i in range(len(first))) or not body
    if not body:
        return False, True
    whole = [int(cell) for cell in map(str.strip, numeric) if cell.isdecimal() and len(cell) < 9]
    in_a_row = len(whole) == len(numeric) > 1 and whole == [*range(whole[0], whole[0] + len(whole))]
    broken = any(
        any("." in cell or "," in cell for cell in (row[i] for row in body if i < len(row)))
        for i in range(len(first))
        if numeric_share(body, i) > _MOSTLY
    )
    if in_a_row and len(numeric) + (not first[0].strip()) == len(first):
        return broken, False
    words = any(
        not looks_numeric(cell) and not is_missing(cell) and len(body) > 2 and numeric_share(body, i) >= 1
        for i, cell in enumerate(first)
    )
    return (True, False) if words and len(whole) == len(numeric) else (False, True)


def _asked(first: Row, header: bool) -> Question:
    words = f"Does line {first.line} hold the names of the columns? It says {listed(first.cells)}."
    return Question("sheet.header", words, ((True, "yes, names"), (False, "no, a row like the others")), header)


def _is_short(names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether names lack the one of a first column that tells rows apart, as R writes tables."""
    longer = sum(len(row) == len(names) + 1 for row in body)
    if not body or longer < _MOSTLY * len(body):
        return False
    cells = [row[0].strip() for row in body]
    rising = all(cell.isdecimal() for cell in cells)
    rising = rising and all(int(one[:9]) < int(after[:9]) for one, after in pairwise(cells))
    return len({*cells}) == len(cells) and (rising or not any(map(looks_numeric, cells)))


def _units(body: Sequence[Sequence[str]]) -> list[str]:
    """The cells of a row of units, which stand above numbers and are none; empty where the first row is none."""
    above = [
        cell.strip() for i, cell in enumerate(body[0])
        if not is_missing(cell) and numeric_share(body[1:], i) > _MOSTLY
    ]  # fmt: skip
    units = len(above) > 1 and not any(looks_numeric(cell) or len(cell) > _LONGEST_UNIT for cell in above)
    return above if units else []


def _are_types(body: Sequence[Sequence[str]]) -> bool:
    """Whether two rows of types and flags stand below the names, as Orange writes them."""
    types, flags = ({cell.strip().casefold() for cell in cells} - {""} for cells in body[:2])
    return bool(types) and types <= _TYPES and all(re.split(r"[ =]", flag)[0] in _FLAGS for flag in flags)


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column {i + 1}" for i in range(width))


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """The names, those that are there already with a number, and `column 3` for an empty one."""
    known, found = {*names}, list[str]()
    taken = set[str]()
    again = Counter[str]()
    for i, name in enumerate(names):
        unique = name or f"column {i + 1}"
        while unique in taken or (unique != name and unique in known):
            again[name] += 1
            unique = f"{name or 'column'} ({again[name] + 1})"
        taken.add(unique)
        found.append(unique)
    return tuple(found)
