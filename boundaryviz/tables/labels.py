"""What the cells of a label column mean: class numbers, or names that become classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED
from boundaryviz.tables.text import number, short

_PLAIN = 10  # whole numbers below are the numbers of classes, whether or not each of them occurs
_NO_LABEL = ("", "nan", "na", "unlabelled", "unlabeled")


@dataclass(frozen=True)
class Labels:
    """label: int16 (N,); names: of the classes, empty for bare numbers; eleventh: the row with one class too many."""

    label: NDArray[np.int16]
    names: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    eleventh: int | None = None
    problem: str = ""


def read_labels(
    cells: Sequence[str], names: Sequence[str] | None = None, clean: NDArray[np.bool_] | None = None
) -> Labels:
    """Labels from the cells of a column; empty or -1 is unlabelled.

    Whole numbers 0..9 are class numbers. Anything else is a name; classes are numbered in the names' order
    (numbers by value). names: the cells of a column with the names of the classes beside it. clean: bool (N,), the rows
    that say what the classes are; classes that only the others name come after these.
    """
    if clean is None or clean.all():
        return _read(cells, names)
    own = np.flatnonzero(clean).tolist()
    among = _read([cells[i] for i in own], names and [names[i] for i in own])
    if among.eleventh is not None:
        return replace(among, label=np.full(len(cells), UNLABELLED, dtype=np.int16), eleventh=own[among.eleventh])
    index = {cells[i]: k for i, k in zip(own, among.label.tolist(), strict=True) if k != UNLABELLED}
    return _joined(cells, names, index, among.names) if index else _read(cells, names)


def _joined(
    cells: Sequence[str], names: Sequence[str] | None, index: dict[str, int], called: tuple[str, ...]
) -> Labels:
    """The labels of all rows. index, called: what the cells of the clean ones mean, and the names of those classes;
    equal cells and numbers mean the same, and whatever else stands in a cell is a class after these."""
    numbers = {_whole(cell): k for cell, k in index.items()}
    numeric = None not in numbers
    plain = numeric and all(value == k for value, k in numbers.items())
    count = 1 + max(index.values())
    foreign = {cell: _whole(cell) for cell in dict.fromkeys(cells) if cell not in index and not _says_nothing(cell)}
    index, found, more = dict(index), dict(enumerate(called)), list[int]()
    for cell, value in sorted(foreign.items(), key=lambda one: (one[1] is None, one[1] or 0, one[0])):
        if numeric and value is not None and value in numbers:
            index[cell] = numbers[value]
            continue
        bare = plain and value is not None and 0 <= value < _PLAIN
        k = value if bare and value is not None else 1 + max(index.values())
        index[cell] = numbers[value] = k
        more.append(k)
        if called or not bare:
            beside = None if names is None else names[list(cells).index(cell)]
            found[k] = beside or (f"class {k}" if bare else cell)
    most = 1 + max(index.values())
    if most > MAX_CLASSES:
        return _too_many(cells, index, len(set(index.values())))
    label = np.array([index.get(cell, UNLABELLED) for cell in cells], dtype=np.int16)
    all_names = tuple(found.get(k, f"class {k}" if called else str(k)) for k in range(most)) if found else ()
    larger = [short(all_names[k]) if found else str(k) for k in more if k >= max(2, count)]
    words = f"Only poison has the label {', '.join(larger)}; models, of clean twins too, have an output for it."
    return Labels(label, all_names, [*_notes(label, cells), *([words] if larger else [])])


def _says_nothing(cell: str) -> bool:
    return cell.casefold() in _NO_LABEL or _whole(cell) == UNLABELLED


def _read(cells: Sequence[str], names: Sequence[str] | None) -> Labels:
    kinds = {cell: _whole(cell) for cell in dict.fromkeys(cells) if not _says_nothing(cell)}
    numbers = [kind for kind in kinds.values() if kind is not None]
    plain = len(numbers) == len(kinds) and all(0 <= value < _PLAIN for value in numbers)
    if plain:
        index = {cell: value for cell, value in kinds.items() if value is not None}
        class_names = _beside(index, cells, names)
    else:
        if len(numbers) == len(kinds):
            ordered = sorted(set(numbers))
            index = {cell: ordered.index(value) for cell, value in kinds.items() if value is not None}
            class_names = tuple(map(str, ordered))
        else:
            class_names = tuple(sorted(kinds))
            index = {cell: i for i, cell in enumerate(class_names)}
        if len(class_names) > MAX_CLASSES:
            return _too_many(cells, index, len(class_names))
    label = np.array([index.get(cell, UNLABELLED) for cell in cells], dtype=np.int16)
    return Labels(label, class_names, _notes(label, cells))


def _whole(cell: str) -> int | None:
    value = number(cell)
    return int(value) if value is not None and value.is_integer() else None


def _too_many(cells: Sequence[str], index: dict[str, int], count: int) -> Labels:
    first_row: dict[int, int] = {}
    for row, cell in enumerate(cells):
        if cell in index:
            first_row.setdefault(index[cell], row)
    rows = list(first_row.values())
    eleventh = rows[MAX_CLASSES] if len(rows) > MAX_CLASSES else first_row[max(first_row)]
    why = (
        f"there are {count:,} different labels" if count > MAX_CLASSES else f"others are numbered to {MAX_CLASSES - 1}"
    )
    problem = (
        f"{short(cells[eleventh])} is one class too many: {why}, at most {MAX_CLASSES} "
        "can be told apart; join classes, or choose another column"
    )
    return Labels(np.full(len(cells), UNLABELLED, dtype=np.int16), (), [], eleventh, problem)


def _beside(index: dict[str, int], cells: Sequence[str], names: Sequence[str] | None) -> tuple[str, ...]:
    """The classes' names where every class has exactly one; otherwise none."""
    if names is None or not index:
        return ()
    pairs = {(index[cell], name) for cell, name in zip(cells, names, strict=True) if cell in index}
    called = dict(pairs)
    if len(called) != len(pairs) or "" in called.values():
        return ()
    return tuple(called.get(k, f"class {k}") for k in range(max(called) + 1))


def _notes(label: NDArray[np.int16], cells: Sequence[str]) -> list[str]:
    found = np.unique(label[label != UNLABELLED])
    if len(found) > 1:
        return []
    if len(found) == 0:
        return ["No row has a label: a learner needs labelled points of two classes."]
    if (label == UNLABELLED).any() and any(cell.startswith("-1") for cell in cells):
        return ["The label -1 was read as unlabelled, which leaves one class; if -1 is a class, write 0 in its place."]
    return ["All labels are of one class: a learner needs two."]
