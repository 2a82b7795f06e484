"""Curves as arrays of an archive, and back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, PLAIN, Curves
from boundaryviz.record.curves import FIRST, CurveStore
from boundaryviz.scenario.history_spec import STEPS

_COLUMNS = ("step", "values", "margins")

_RUNS = 1_000
MOST = 48_000_000
"""Bytes of curves in a file."""


def to_arrays(curves: CurveStore, prefix: str = "", most: int = MOST) -> dict[str, NDArray]:
    """Named `PREFIXcurves.step` and so on. Of more than `most` bytes every so many evaluations are kept, the last of
    them always."""
    columns = {name: getattr(curves, name) for name in _COLUMNS}
    every = max(1, -(-sum(column.nbytes for column in columns.values()) // most))
    return {f"{prefix}curves.{name}": column[::-1][::every][::-1] for name, column in columns.items()}


def from_arrays(arrays: Mapping[str, NDArray], prefix: str = "") -> CurveStore:
    """What `to_arrays` made. Raises KeyError or ValueError for what does not make curves."""
    step, values, margins = (arrays[f"{prefix}curves.{name}"] for name in _COLUMNS)
    if (
        values.ndim != 3
        or not PLAIN <= values.shape[2] <= len(CURVES)
        or margins.ndim != 3
        or not 0 < values.shape[1] <= _RUNS
    ):
        raise ValueError("curves of another shape")
    if not len(step) == len(values) == len(margins) or margins.shape[1] != values.shape[1]:
        raise ValueError("curves of different lengths")
    if step.dtype.kind not in "iu" or values.dtype.kind != "f" or margins.dtype.kind != "f":
        raise ValueError("curves of other kinds of numbers")
    if (step[1:] <= step[:-1]).any():
        raise ValueError("steps that do not increase")
    if len(step) and not 0 <= int(step[0]) <= int(step[-1]) <= STEPS:
        raise ValueError("steps of no training")
    runs, row = values.shape[1], 8 * (values.shape[2] + margins.shape[2])  # bytes of an evaluation of one of them
    if max(len(step), FIRST) * runs * row > 2 * MOST:
        raise ValueError("more curves than any run has")
    values = np.pad(values, ((0, 0), (0, 0), (0, len(CURVES) - values.shape[2])), constant_values=np.nan)
    store = CurveStore(values.shape[1])
    if len(step):
        store.append(Curves(step, values, margins))
    return store
