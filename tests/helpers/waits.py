"""Waiting for what other threads and processes do: as long as a loaded machine needs, and no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds; what never comes fails a test only then, within the two minutes that a test has."""


def until(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return as soon as it is true. Raises AssertionError where it has not come by then."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"it has not come within {seconds:g} s"
        time.sleep(0.01)
