"""What the cells of a label column mean: classes, which are text first, and points without a label.

Cells that are all plain numbers (-2, 0.5, 7, 1.0) are told apart by value; as soon as one is not (01, 1_2, 1E2, cat),
every text is a class of its own. Numbers 0..k, each of them there, are class numbers without names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED
from boundaryviz.tables.cells import from_cell
from boundaryviz.tables.numbers import MISSING, plain_signs
from boundaryviz.tables.words import counted, listed, short

NO_LABEL = MISSING | {"unlabelled", "unlabeled"}

MinusOne = Literal["unlabelled", "class"]

_FEW = 10  # different numbers with decimals that are classes, however seldom each comes
_NUMBER = {str(k): k for k in range(MAX_CLASSES)}
_PLAIN = re.compile(r"\+?(-?(?:0|[1-9][0-9]*))(?:\.0*|(\.[0-9]*[1-9])0*)?")


@dataclass(frozen=True)
class Labels:
    """label: int16 (N,). names: of the classes, empty for bare numbers. notes: what a person should know.

    problem: why there are no labels; all are -1 then. minus_one: what -1 was taken for, where it stands in a cell.
    """

    label: NDArray[np.int16]
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    minus_one: MinusOne | None = None


def read_labels(
    cells: Sequence[str],
    *,
    column: str = "y",
    phrase: str = "",
    names: Sequence[str] | None = None,
    clean: NDArray[np.bool_] | None = None,
    values: Collection[str] = (),
    minus_one: MinusOne | None = None,
    ours: bool = False,
) -> Labels:
    """The classes in the stripped cells (N,) of a column.

    column: its name. phrase: how notes call it, by default by its name. names: the cells of a column beside it with
    the names of numbered classes. clean: bool (N,), the rows that say what the classes are; classes that only the
    others have come after these. values: words that are labels although they usually say that there is none.
    minus_one: what -1 means, else the likelier. ours: whether this program wrote the table, whose numbers are the
    classes' own, with gaps as they are.
    """
    count, phrase = Counter(cells), phrase or column
    spoken = [cell for cell in count if cell in values or cell.casefold() not in NO_LABEL]
    own = spoken if clean is None else [*dict.fromkeys(_at(cells, np.flatnonzero(clean)))]
    own = [cell for cell in own if cell in values or cell.casefold() not in NO_LABEL] or spoken
    numeric = all(plain_number(cell) is not None for cell in own)
    if not numeric and all(plain_number(cell) is not None for cell in own if not _minus_one(cell)):
        numeric = True
    key = {cell: (numeric and plain_number(cell)) or from_cell(cell) for cell in spoken}
    minus = [cell for cell in spoken if _minus_one(cell)]
    taken = minus_one or _likelier({key[cell] for cell in own} - {"-1"}, numeric, ours) if minus else None
    if taken == "unlabelled":
        key = {cell: one for cell, one in key.items() if cell not in minus}
    decided = {key[cell] for cell in own if cell in key}
    index, called = _numbered(decided, numeric, ours)
    beside = _beside([key.get(cell) for cell in cells], names or ())
    if not called and index and decided <= {*beside}:
        by_number = {k: beside[one] for one, k in index.items()}
        called = tuple(by_number.get(k, f"class {k}") for k in range(max(by_number) + 1))
    foreign = sorted({*key.values()} - decided, key=_order)
    many = len(index) + len(foreign)
    rows = sum(count[cell] for cell in key)
    if problem := _too_many(phrase, many) if many > MAX_CLASSES else _measures(phrase, key, rows):
        return Labels(np.full(len(cells), UNLABELLED, dtype=np.int16), (), (), problem, taken)
    index, called = _with_more(index, called, foreign, beside, ours)
    of_cell = {cell: index[one] for cell, one in key.items()}
    label = np.array([of_cell.get(cell, UNLABELLED) for cell in cells], dtype=np.int16)
    notes = [
        *_missing(count, {*spoken}, column, phrase), *_minus_words(taken, sum(count[cell] for cell in minus), phrase),
        *_joined(key, phrase), *_only_poison(foreign, index, called, len(decided)), *_few(label),
    ]  # fmt: skip
    return Labels(label, called, tuple(notes), "", taken)


def plain_number(cell: str) -> str | None:
    """A number as its shortest text, by which equal ones are known; None for what is no plain number."""
    found = _PLAIN.fullmatch(plain_signs(cell))
    if found is None:
        return None
    whole, part = found[1], found[2] or ""
    return "0" if whole == "-0" and not part else whole + part


def _at(cells: Sequence[str], rows: NDArray[np.int64]) -> Iterable[str]:
    return (cells[i] for i in rows.tolist())


def _minus_one(cell: str) -> bool:
    return plain_number(cell) == "-1"


def _likelier(others: set[str], numeric: bool, ours: bool) -> MinusOne:
    """Beside 1 alone, or other negative numbers, -1 is a class."""
    signs = numeric and (others == {"1"} or any(other.startswith("-") for other in others))
    return "class" if signs and not ours else "unlabelled"


def _order(key: str) -> tuple[bool, Decimal, str]:
    """Numbers by value, then names."""
    number = plain_number(key)
    return number is None, Decimal(number or 0), key


def _numbered(keys: set[str], numeric: bool, ours: bool) -> tuple[dict[str, int], tuple[str, ...]]:
    """The class number of each, and the classes' names; no names for bare numbers."""
    ordered = sorted(keys, key=_order if numeric else None)
    bare = ordered == [str(k) for k in range(len(ordered))]
    if ours and all(key in _NUMBER for key in ordered):
        return {key: _NUMBER[key] for key in ordered}, ()
    return {key: k for k, key in enumerate(ordered)}, () if bare else tuple(ordered)


def _with_more(
    index: dict[str, int], called: tuple[str, ...], foreign: list[str], beside: dict[str, str], ours: bool
) -> tuple[dict[str, int], tuple[str, ...]]:
    """The same with classes that only poison has after the others, or where this program's numbers put them."""
    index, found = dict(index), list(called)
    numbered = ours and all(key == str(k) for key, k in index.items())
    for key in foreign:
        own = _NUMBER.get(key) if numbered else None
        index[key] = 1 + max(index.values(), default=-1) if own is None else own
        name = beside.get(key, key)
        if found or name != str(index[key]):
            found += [f"class {k}" for k in range(len(found), index[key] + 1)]
            found[index[key]] = name
    return index, tuple(found)


def _beside(keys: Sequence[str | None], names: Sequence[str]) -> dict[str, str]:
    """The name that stands beside each key, of those that have exactly one."""
    pairs = {(key, from_cell(name)) for key, name in zip(keys, names, strict=False) if key is not None}
    once = Counter(key for key, _ in pairs)
    return {key: name for key, name in pairs if name and once[key] == 1}


def _too_many(phrase: str, many: int) -> str:
    return (
        f"{phrase} has {many:,} different labels, and at most {MAX_CLASSES} classes can be told apart; "
        "join classes in the table, or choose another column"
    )


def _measures(phrase: str, key: dict[str, str], rows: int) -> str:
    """Why numbers with decimals of which nearly each comes once are no classes; "" for others."""
    kinds = {*key.values()}
    if len(kinds) <= _FEW or rows >= 2 * len(kinds) or not any("." in (plain_number(one) or "") for one in kinds):
        return ""
    return (
        f"{phrase} has {len(kinds):,} different numbers in {counted(rows, 'row')}, which are measures rather than "
        "classes; choose another column"
    )


def _missing(count: Counter[str], spoken: set[str], column: str, phrase: str) -> Iterable[str]:
    for word, rows in count.items():
        if word in spoken:
            continue
        if word.casefold() in MISSING - {""}:
            yield (
                f"{short(word)} was taken as missing in {phrase} ({counted(rows, 'row')}, left unlabelled); "
                f"if it is a class, say values.{column}={word}."
            )
        elif not word and len(count) > 1:
            yield f"{counted(rows, 'row')} without a label in {phrase} {'is' if rows == 1 else 'are'} unlabelled."


def _minus_words(taken: MinusOne | None, rows: int, phrase: str) -> Iterable[str]:
    if taken == "unlabelled":
        yield f"-1 was taken as unlabelled in {phrase} ({counted(rows, 'row')}); if it is a class, say minus_one=class."
    elif taken:
        yield f"-1 was taken as a class in {phrase} ({counted(rows, 'row')}); if not, say minus_one=unlabelled."


def _joined(key: dict[str, str], phrase: str) -> Iterable[str]:
    """Of texts that differ and are one class."""
    written: dict[str, list[str]] = {}
    for cell, one in key.items():
        written.setdefault(one, []).append(cell)
    several = [cells for cells in written.values() if len(cells) > 1]
    if several:
        yield f"{listed(several[0], 'and')} in {phrase} are one class, as equal numbers are."


def _only_poison(foreign: list[str], index: dict[str, int], called: tuple[str, ...], own: int) -> Iterable[str]:
    more = [called[index[key]] if called else key for key in foreign if index[key] >= max(2, own)]
    if more:
        yield f"Only poison has the label {listed(more)}; models, of clean twins too, have an output for it."


def _few(label: NDArray[np.int16]) -> Iterable[str]:
    found = np.unique(label[label != UNLABELLED])
    if len(found) == 0:
        yield "No row has a label: a learner needs labelled points of two classes."
    elif len(found) == 1:
        yield "All labels are of one class: a learner needs two."
