"""Arrays that nobody can change, as scenes and edits hold them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def frozen(values: ArrayLike, dtype: type) -> NDArray:
    """A read-only array of `dtype` that nobody else can write to; shared where `values` already is one.

    Raises ValueError when an integer `dtype` cannot hold the values.
    """
    given = np.asarray(values)
    array: NDArray = given
    if given.dtype != dtype:
        try:
            if given.dtype.kind in "biu":  # which is most of the time, and can warn of nothing
                array = given.astype(dtype)
            else:
                with np.errstate(invalid="ignore"):
                    array = given.astype(dtype)
        except OverflowError as error:
            raise ValueError(f"a number is too large: {error}") from None
        if array.dtype.kind in "iu" and (array != given).any():
            raise ValueError(f"whole numbers that fit {array.dtype} are needed")
    if _writeable(array):
        array = array.copy()
        array.flags.writeable = False
    return array


def _writeable(array: NDArray) -> bool:
    """Whether these values can change: a read-only view may still show somebody's writeable array."""
    owner: object = array
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            return True
        owner = owner.base
    return owner is not None and not isinstance(owner, bytes)
