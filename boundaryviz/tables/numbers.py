"""A column of text read as numbers: one reading for the whole column, and which cells hold none.

A reading is a mark before decimals (point or comma) and, for the thousands, whatever of comma, point, space and
apostrophe the decimals leave free. Signs of currencies and per cent, Unicode's minus and Fortran's D exponents are
taken along in any reading.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Decimal = Literal["point", "comma"]

LARGEST = 1e15
"""Of coordinates: their squares must still fit single precision."""

MISSING = frozenset((
    "", "na", "n/a", "n.a.", "#n/a", "#n/a n/a", "#na", "<na>", "nan", "-nan", "none", "null", "nil", "?", "-", "--",
    ".",
))  # fmt: skip
"""Words for a value that is not there, in lower case."""

_MINUS, _SPACE, _APOSTROPHE = (
    "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d",
    "\u00a0\u202f\u2009\u2007\u2002",
    "\u2019\u02bc",
)
_SAME = str.maketrans(dict.fromkeys(_MINUS, "-") | dict.fromkeys(_SPACE, " ") | dict.fromkeys(_APOSTROPHE, "'"))
_CURRENCY = "$\u20ac\u00a3\u00a5\u20b9"
_OUTER = re.compile(
    rf"([+-]?) ?[{_CURRENCY}]? ?([+-]?)([0-9][0-9., ']*|[.,][0-9]+)(?:[ed]([+-]?[0-9]+))? ?[%{_CURRENCY}]?",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\( ?([^()+-]*[0-9][^()+-]*?) ?\)")


def _body(decimal: str, mark: str) -> re.Pattern[str]:
    """Digits with `decimal` before decimals and, where they come in groups, `mark`, spaces or apostrophes between."""
    first = "[1-9][0-9]{0,2}"
    groups = [rf"{first}(?:{mark}[0-9]{{2,3}})*{mark}[0-9]{{3}}"]  # groups of two, as in 1,00,000, are India's
    grouped = "|".join(groups + [rf"{first}(?:{other}[0-9]{{3}})+" for other in " '"])
    return re.compile(rf"(?:[0-9]+|{grouped})(?:{decimal}[0-9]*)?|{decimal}[0-9]+")


_BODY: dict[Decimal, re.Pattern[str]] = {"point": _body(r"\.", ","), "comma": _body(",", r"\.")}
_GROUPS: dict[Decimal, re.Pattern[str]] = {  # numbers with decimals in this reading, and thousands in the other
    "point": re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}"), "comma": re.compile("[+-]?[1-9][0-9]{0,2},[0-9]{3}"),
}  # fmt: skip


def plain_signs(cell: str) -> str:
    """The cell with ASCII's own minus, space and apostrophe in the place of others."""
    return cell if cell.isascii() else cell.translate(_SAME)


@dataclass(frozen=True)
class Numbers:
    """values: (N,), NaN where a cell holds no number or a word for missing. bad: (N,), those that hold something else.

    decimal: the reading. both: whether the other one fits as well, and makes other numbers. marks: what is not in plain
    numbers, in words. far: whether some were too far out, and are bad.
    """

    values: NDArray[np.float64]
    bad: NDArray[np.bool_]
    decimal: Decimal
    both: bool
    marks: tuple[str, ...]
    far: bool = False

    @property
    def words(self) -> str:
        """The reading, in words."""
        return ", ".join(self.marks) or "numbers"


def read_numbers(cells: Sequence[str], missing: Collection[str], decimal: Decimal | None = None) -> Numbers:
    """The numbers in the stripped cells (N,) of a column. missing: the cells that are words for it.

    decimal: the reading, else the one in which more cells are numbers; of two in which equally many are the point.
    """
    gone = np.fromiter((cell in missing for cell in cells), np.bool_, len(cells))
    held = [cell for cell in cells if cell not in missing] if gone.any() else cells
    found = _at_once(held, decimal) or _one_by_one(held, decimal)
    values, bad = np.full(len(cells), np.nan), np.zeros(len(cells), dtype=np.bool_)
    values[~gone], bad[~gone] = found.values, found.bad
    return Numbers(values, bad, found.decimal, found.both, found.marks)


def _at_once(cells: Sequence[str], decimal: Decimal | None) -> Numbers | None:
    """What Python reads as numbers without more ado, cell for cell; None where it is more than that."""
    if decimal == "comma" or any("_" in cell or "," in cell for cell in cells):
        return None
    try:
        values = np.array([*map(float, cells)], dtype=np.float64)
    except ValueError:
        return None
    return Numbers(values, np.isnan(values), "point", _doubtful(cells, "point"), ())


def _doubtful(cells: Sequence[str], decimal: Decimal) -> bool:
    """Whether every cell that has the mark of this reading could have it between thousands."""
    mark, groups = "." if decimal == "point" else ",", _GROUPS[decimal]
    marked = (cell for cell in cells if mark in cell)
    return any(mark in cell for cell in cells) and all(groups.fullmatch(cell) for cell in marked)


def _one_by_one(cells: Sequence[str], decimal: Decimal | None) -> Numbers:
    kinds = list(dict.fromkeys(cells))
    plain = [*map(plain_signs, kinds)]
    readings: list[Decimal] = [decimal] if decimal else ["point", "comma"]
    found = {reading: _read(plain, reading) for reading in readings}
    best = max(readings, key=lambda reading: sum(value is not None for value in found[reading]))
    other = found.get("comma" if best == "point" else "point", found[best])
    both = other != found[best] and all((a is None) == (b is None) for a, b in zip(found[best], other, strict=True))
    value = dict(zip(kinds, found[best], strict=True))
    values = np.array([np.nan if (one := value[cell]) is None else one for cell in cells], dtype=np.float64)
    read = [cell for cell, one in zip(plain, found[best], strict=True) if one is not None]
    return Numbers(values, np.isnan(values), best, both, _marks(read, kinds, best))


def _read(cells: Sequence[str], decimal: Decimal) -> list[float | None]:
    """The number in each cell; in a column of money, or with marks between thousands, one in parentheses is negative,
    as accounts have it."""
    found = [_value(cell, decimal) for cell in cells]
    inner = {k: inside[1] for k, cell in enumerate(cells) if (inside := _PARENTHESES.fullmatch(cell))}
    if not inner:
        return found
    sizes = {k: size for k, cell in inner.items() if (size := _value(cell, decimal)) is not None}
    plain = [cell for cell, value in zip(cells, found, strict=True) if value is not None]
    marks = _marks([*plain, *(inner[k] for k in sizes)], (), decimal)
    if any(mark == "a currency" or mark.startswith("thousands") for mark in marks):
        for k, size in sizes.items():
            found[k] = -size
    return found


def _value(cell: str, decimal: Decimal) -> float | None:
    """The number in a cell under a reading, infinite ones too; None where there is none."""
    if "," not in cell and "_" not in cell and (decimal == "point" or "." not in cell):
        try:
            return float(cell)
        except ValueError:
            pass
    outer = _OUTER.fullmatch(cell)
    if outer is None or (outer[1] and outer[2]):
        return None
    body = outer[3].rstrip(" ")
    if _BODY[decimal].fullmatch(body) is None:
        return None
    mark, thousands = (".", ",") if decimal == "point" else (",", ".")
    digits = body.replace(thousands, "").replace(" ", "").replace("'", "").replace(mark, ".")
    return float(f"{outer[1]}{outer[2]}{digits}e{outer[4] or 0}")


def _marks(plain: Sequence[str], cells: Sequence[str], decimal: Decimal) -> tuple[str, ...]:
    """What there is in the cells that were read and is not in a plain number, in words."""
    text = "\n".join(plain)
    decimal_mark, thousands = (".", ",") if decimal == "point" else (",", ".")
    called = {",": "commas", ".": "points", "'": "apostrophes"}
    found = ["decimal comma"] * (decimal_mark == "," and "," in text)
    found += [f"thousands marked by {called[mark]}" for mark in (thousands, "'") if mark in text]
    found += ["thousands marked by spaces"] * (re.search("[0-9] [0-9]", text) is not None)
    found += ["per cent"] * ("%" in text) + ["a currency"] * any(mark in text for mark in _CURRENCY)
    found += ["exponents written D"] * (re.search("[dD]", text) is not None)
    found += ["negative where in parentheses"] * ("(" in text)
    given = "\n".join(cells)
    found += ["a minus that is not ASCII's"] * (not given.isascii() and any(mark in given for mark in _MINUS))
    return tuple(found)
