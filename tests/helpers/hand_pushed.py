"""Pushes column by column, as an attack would have made them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from boundaryviz.evasion.pushes import Pushes
from boundaryviz.evasion.settings import Method, Norm


def pushes(
    method: Method,
    ids: Sequence[int],
    places: ArrayLike,
    ends_xy: ArrayLike,
    *,
    epsilon: float = 0.3,
    from_class: ArrayLike = 0,
    to: ArrayLike | None = None,
    flipped: ArrayLike = True,
    exact: bool = False,
    off: float = 0.0,
    sure: float | None = None,
    inputs: ArrayLike | None = None,
    ends: ArrayLike | None = None,
    norm: Norm = "l2",
    words: str = "",
) -> Pushes:
    """By default each leads from class 0 to class 1; where it does not, it stays in its class."""
    start, end, n = np.asarray(places, dtype=float), np.asarray(ends_xy, dtype=float), len(ids)
    flips = np.broadcast_to(np.asarray(flipped), n)
    begins = np.broadcast_to(np.asarray(from_class), n)
    length = np.linalg.norm(end - start, axis=1)
    return Pushes(
        np.array(ids), start, start if inputs is None else np.asarray(inputs, dtype=float), end,
        end if ends is None else np.asarray(ends, dtype=float), np.where(np.isfinite(length), length, np.inf), flips,
        begins, np.where(flips, 1 - begins, begins) if to is None else np.broadcast_to(np.asarray(to), n),
        np.full(n, off), method, norm, epsilon, exact, words, None if sure is None else np.full(n, sure),
    )  # fmt: skip
