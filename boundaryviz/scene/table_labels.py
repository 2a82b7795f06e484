"""What the cells of a label column mean: class numbers, or names that become classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED
from boundaryviz.scene.table_text import number, short

_NO_LABEL = ("", "nan", "na", "unlabelled", "unlabeled")


@dataclass(frozen=True)
class Labels:
    """label: int16 (N,); names: of the classes, empty for bare numbers; eleventh: the row with one class too many."""

    label: NDArray[np.int16]
    names: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    eleventh: int | None = None
    problem: str = ""


def read_labels(cells: Sequence[str], names: Sequence[str] | None = None) -> Labels:
    """Labels from the cells of a column; empty or -1 is unlabelled.

    Whole numbers 0..9 are class numbers. Anything else is a name; classes are numbered in the names' order
    (numbers by value). names: the cells of a column with the names of the classes beside it.
    """
    kinds = {cell: _whole(cell) for cell in dict.fromkeys(cells) if cell.casefold() not in _NO_LABEL}
    kinds = {cell: kind for cell, kind in kinds.items() if kind != UNLABELLED}
    numbers = [kind for kind in kinds.values() if kind is not None]
    plain = len(numbers) == len(kinds) and all(0 <= value < MAX_CLASSES for value in numbers)
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
    eleventh = list(first_row.values())[MAX_CLASSES]
    problem = (
        f"{short(cells[eleventh])} is one class too many: there are {count:,} different labels, at most {MAX_CLASSES} "
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
