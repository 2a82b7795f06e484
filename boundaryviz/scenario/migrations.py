"""Older formats of a scenario, brought up to the present one a version at a time; older files open for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Values = dict[str, Any]


def _to_2(values: Values) -> Values:
    """Version 2 may hold the history of edits, which a file of version 1 has none of."""
    return values


def _to_3(values: Values) -> Values:
    """In version 3 points may have inputs, and a section of them, and responses; none have in a file of version 2."""
    return values


def _to_4(values: Values) -> Values:
    """In version 4 a scenario may have a pace; a file of version 3 leaves it to the window."""
    return values


MIGRATIONS: Mapping[int, Callable[[Values], Values]] = {1: _to_2, 2: _to_3, 3: _to_4}
"""version -> what makes values of the next version from values of this one."""


def migrated(values: Mapping[str, Any], version: int) -> Values:
    """Nested plain values of an older version as values of `version`. Those given are not changed.

    Values of an unknown older version are returned as they are: the version is then what is wrong with them.
    """
    found = dict(values)
    while isinstance(at := found.get("version"), int) and at < version and at in MIGRATIONS:
        found = {**MIGRATIONS[at](found), "version": at + 1}
    return found
