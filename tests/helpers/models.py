"""Small training sets and learners, as `boundaryviz.testing` has them."""

from __future__ import annotations

from boundaryviz.testing.models import (
    DOMAIN,
    GRID,
    blobs,
    budgeted,
    joined,
    make,
    placed,
    relative,
    taken,
    thought,
    weighing,
)

__all__ = [
    "DOMAIN", "GRID", "blobs", "budgeted", "joined", "make", "placed", "relative", "taken", "thought", "weighing",
]  # fmt: skip
