"""How long this process itself was busy with something, whatever else the machine did meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 5.0
"""Seconds: generous, as a slow machine runs these tests too; what they guard against took from ten to hundreds."""


@contextmanager
def soon(seconds: float = PATIENCE) -> Iterator[None]:
    """Fails where what stands within takes this process longer."""
    began = time.process_time()
    yield
    taken = time.process_time() - began
    assert taken < seconds, f"it took {taken:.1f} s of this process"
