"""Where results are kept, by the key of their content: what every store does, and one in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from boundaryviz.studies.tasks import Task

Row = tuple[Task, Any]
"""A finished task, and what came of it."""


class StoreError(OSError):
    """A file that cannot be used as a store; its text is a sentence for people."""


class ResultStore(Protocol):
    """Results of finished tasks. What is stored stays as it is."""

    def get(self, keys: Iterable[str]) -> Mapping[str, Any]:
        """The results of those of these that there are, by their keys."""
        ...

    def put(self, rows: Iterable[Row]) -> None:
        """Keep all of these, or, where it fails, none; of a key that is there already the older result."""

    def __len__(self) -> int: ...


class MemoryStore:
    """Results of any kind, as long as the program runs."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """See `ResultStore.get`."""
        return {key: self._values[key] for key in keys if key in self._values}

    def put(self, rows: Iterable[Row]) -> None:
        """See `ResultStore.put`."""
        for task, value in rows:
            self._values.setdefault(task.key, value)

    def __len__(self) -> int:
        return len(self._values)
