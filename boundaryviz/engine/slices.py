"""Work in slices, done in one go by whoever need not give it up."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def in_one_go(work: Generator[None, None, T]) -> T:
    """What the work returns in the end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: T = end.value
            return found
