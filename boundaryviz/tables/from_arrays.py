"""A scene from arrays (X, y), as scikit-learn takes them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.scene.bounds import check_scene
from boundaryviz.scene.scene import UNLABELLED, Domain, Points, Scene, Split
from boundaryviz.scene.section import Section
from boundaryviz.tables.labels import Labels, read_labels


class RowsLeftOut(UserWarning):
    """Rows of X in which a number is missing became no points."""


def from_arrays(
    X: Any,
    y: ArrayLike | None = None,
    *,
    response: ArrayLike | None = None,
    split: ArrayLike = Split.TRAIN,
    section: Section | None = None,
    names: Sequence[str] = (),
) -> Scene:
    """The scene of n points with D inputs, X (n, D), and their classes.

    X, y: arrays, or a DataFrame and a Series of pandas' kind, whose names of columns and categories are taken.
    y: (n,), the classes, as `labels.py` reads them: whole numbers 0..k, or else other numbers or words, which become
    classes in the order of their categories, or their own; None and NaN for a point without a label, and -1, but for
    -1 beside 1 alone or beside other negative numbers; without y no point has a label. response: (n,), a real-valued
    target, NaN where it is not known. split: of each point or of all. section: the plane of the inputs that is shown;
    by default that of the first two columns, and of D = 2 the plane itself. names: of the columns, by default those
    that X brings. Rows in which X has a missing cell (NaN, None, NA) are left out with all that belongs to them.
    Warns with `RowsLeftOut` of how many they are. Raises ValueError, in words, for arrays that make no scene.
    """
    names = tuple(map(str, names or getattr(X, "columns", ())))
    inputs = _table(X)
    if names and len(names) != inputs.shape[1]:
        raise ValueError(f"there are {len(names)} names for {inputs.shape[1]} columns")
    whole = np.asarray(~np.isnan(inputs).any(axis=1), dtype=np.bool_)
    label, class_names = _classes(y, len(inputs), whole)
    response = None if response is None else _column(response, len(inputs))[whole]
    split = np.asarray(split)
    if split.shape == whole.shape:
        split = split[whole]
    inputs = _whole(inputs, whole)
    if section is None and inputs.shape[1] != 2:
        section = Section.of_columns(inputs, names=names)
    if section is not None and section.width != inputs.shape[1]:
        raise ValueError(f"a section of {section.width} inputs, and points with {inputs.shape[1]}")
    xy = inputs if section is None else section.shadow(inputs)
    points = Points.of(xy, label, split).with_columns(inputs=None if section is None else inputs, response=response)
    shown = names[:2] if section is None else tuple(_name(section, axis) for axis in section.axes)
    axis_names = (shown[0] or "x", shown[1] or "y") if len(shown) == 2 else ("x", "y")
    classes = max(2, int(label.max(initial=UNLABELLED)) + 1)
    scene = Scene(points, Domain.around(xy), classes, class_names, axis_names, section=section)
    check_scene(scene)
    return scene


def _table(X: Any) -> NDArray[np.float64]:
    try:
        inputs = np.asarray(_with_nan(X), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"X needs numbers alone: {error}") from None
    if inputs.ndim != 2 or not inputs.shape[1]:
        raise ValueError(f"X needs the shape (n, D), a row for each point, not {inputs.shape}")
    if np.isinf(inputs).any():
        raise ValueError("X holds infinite values; leave those rows out, or fill them in")
    return inputs


def _with_nan(X: Any) -> Any:
    """X, of a DataFrame its numbers with NaN in the place of pandas' NA, of which numpy can make none."""
    return X.to_numpy(dtype=np.float64, na_value=np.nan) if hasattr(X, "iloc") else X


def _whole(inputs: NDArray[np.float64], whole: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The rows (K, D) of inputs (n, D) in which no cell is missing."""
    missing = len(whole) - int(whole.sum())
    if not missing:
        return inputs
    if missing == len(whole):
        raise ValueError("every row of X has a missing cell (NaN); leave out the columns they are in, or fill them in")
    words = "1 row of X was left out: it has" if missing == 1 else f"{missing:,} rows of X were left out: they have"
    warnings.warn(f"{words} a missing cell (NaN).", RowsLeftOut, stacklevel=4)
    return inputs[whole]


def _classes(y: ArrayLike | None, n: int, whole: NDArray[np.bool_]) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    if y is None:
        return np.full(int(whole.sum()), UNLABELLED, dtype=np.int16), ()
    given = np.asarray(y)
    if given.shape != (n,):
        raise ValueError(f"y needs the shape ({n},), a class for each row of X, not {given.shape}")
    cells = ["" if _nothing(one) else str(one) for one in given[whole].tolist()]
    found = read_labels(cells, values={*cells} - {""})
    if found.problem:
        raise ValueError(f"{found.problem}; a real-valued target is given as `response`")
    return _in_order(found, [str(one) for one in getattr(getattr(y, "dtype", None), "categories", ())])


def _in_order(found: Labels, categories: Sequence[str]) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """The labels, and the classes' names, in the order of the categories where every class is one of them."""
    if not found.names or not {*found.names} <= {*categories}:
        return found.label, found.names
    order = sorted(range(len(found.names)), key=lambda k: categories.index(found.names[k]))
    place = np.append(np.argsort(order), UNLABELLED).astype(np.int16)  # the last, -1, is unlabelled
    return place[found.label], tuple(found.names[k] for k in order)


def _nothing(value: Any) -> bool:
    """Whether a label is None, NaN, or what pandas calls NA and NaT."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value


def _column(values: ArrayLike, n: int) -> NDArray[np.float64]:
    column = np.asarray(values, dtype=np.float64)
    if column.shape != (n,):
        raise ValueError(f"response needs the shape ({n},), a number for each row of X, not {column.shape}")
    return column


def _name(section: Section, axis: NDArray[np.float64]) -> str:
    """The name of the one input that an axis runs along; "" where it runs along several, or none has a name."""
    along = np.flatnonzero(axis)
    return section.names[int(along[0])] if section.names and len(along) == 1 else ""
