"""Curves as arrays of an archive, and back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, Curves
from boundaryviz.record.curves import CurveStore

_COLUMNS = ("step", "values", "margins")


def to_arrays(curves: CurveStore, prefix: str = "") -> dict[str, NDArray]:
    """Named `PREFIXcurves.step` and so on."""
    return {f"{prefix}curves.{name}": getattr(curves, name) for name in _COLUMNS}


def from_arrays(arrays: Mapping[str, NDArray], prefix: str = "") -> CurveStore:
    """What `to_arrays` made. Raises KeyError or ValueError for what does not make curves."""
    step, values, margins = (arrays[f"{prefix}curves.{name}"] for name in _COLUMNS)
    if values.ndim != 3 or values.shape[2] != len(CURVES) or margins.ndim != 3:
        raise ValueError("curves of another shape")
    if not len(step) == len(values) == len(margins) or margins.shape[1] != values.shape[1]:
        raise ValueError("curves of different lengths")
    if step.dtype.kind not in "iu" or values.dtype.kind != "f" or margins.dtype.kind != "f":
        raise ValueError("curves of other kinds of numbers")
    if (np.diff(step) <= 0).any():
        raise ValueError("steps that do not increase")
    store = CurveStore(values.shape[1])
    if len(step):
        store.append(Curves(step, values, margins))
    return store
