"""What every subject has in common: checks that go from the number of a case to the largest difference found in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from math import inf, isnan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

MODULES = (
    "datasets", "networks", "semi_supervised", "graphs", "estimators", "poisoning", "batches", "metrics", "lines",
    "cascades", "evasion",
)  # fmt: skip
"""The modules that hold a `SUBJECT` each, in the order of the page."""

Difference = Callable[[int], float]
"""The largest difference in case number `seed`, of which everything that is drawn in it depends alone."""


@dataclass(frozen=True)
class Check:
    """One line of the page. bound: how large the difference may be. cases: how many are drawn, seeds 0 to cases - 1."""

    what: str
    reference: str
    bound: float
    cases: int
    difference: Difference

    def worst(self, cases: int | None = None) -> float:
        """The largest difference in the first so many cases, default all; infinite where one is not a number."""
        count = self.cases if cases is None else min(cases, self.cases)
        found = float(np.max([self.difference(seed) for seed in range(count)]))
        return inf if isnan(found) else found


@dataclass(frozen=True)
class Subject:
    """A section of the page. remarks: what a reader has to know of its references; may be empty."""

    title: str
    remarks: str = ""
    checks: list[Check] = field(default_factory=list)

    def check(self, what: str, reference: str, bound: float, cases: int) -> Callable[[Difference], Difference]:
        """Makes a function a check of this subject."""

        def enter(difference: Difference) -> Difference:
            self.checks.append(Check(what, reference, bound, cases, difference))
            return difference

        return enter


def subjects() -> list[Subject]:
    """All there are, in the order of the page."""
    found: list[Any] = [import_module(f"tools.fidelity.{name}").SUBJECT for name in MODULES]
    return found


def apart(ours: ArrayLike, theirs: ArrayLike) -> float:
    """The largest difference, relative to the largest value of the reference where that exceeds 1.

    Infinite where one side is no number and the other is. Raises ValueError where there is nothing to compare, so that
    an empty comparison cannot pass for agreement.
    """
    a, b = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"cannot compare {a.shape} with {b.shape}")
    known = np.isfinite(b)
    if not known.any():
        raise ValueError("there is nothing to compare")
    if not np.array_equal(known, np.isfinite(a)) or not np.array_equal(a[~known], b[~known], equal_nan=True):
        return inf
    return float(np.abs(a[known] - b[known]).max() / max(1.0, np.abs(b[known]).max()))


def differing(ours: ArrayLike, theirs: ArrayLike) -> float:
    """How many of two arrays of classes, positions or counts differ. Raises ValueError as `apart` does."""
    a, b = np.asarray(ours), np.asarray(theirs)
    if a.shape != b.shape or not a.size:
        raise ValueError(f"cannot compare {a.shape} with {b.shape}")
    return float((a != b).sum())
