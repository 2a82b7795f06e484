"""Parameters of which a few stand for the others in the suite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def few(values: Iterable[Any], keep: int = 1) -> list[Any]:
    """The first `keep` as they are; the others are for `make test-slow` alone."""
    return [one if k < keep else _slow(one) for k, one in enumerate(values)]


def _slow(one: Any) -> Any:
    return pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.slow)
