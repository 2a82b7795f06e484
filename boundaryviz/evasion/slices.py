"""Work in slices of some milliseconds, between which whoever asked may give it up."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
Slices = Generator[None, None, T]


def whole(slices: Slices[T]) -> T:
    """The same in one go."""
    while True:
        try:
            next(slices)
        except StopIteration as stop:
            found: T = stop.value
            return found
