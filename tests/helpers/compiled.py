"""The compiled program, for tests of it; without numba they are skipped."""

from __future__ import annotations

import os
from typing import Any

import pytest

from boundaryviz.learners.compiled import loading
from helpers.models import make


def program() -> Any:
    """The program, compiled once for all tests. Skips where there is none, and fails where there ought to be one."""
    if os.environ.get(loading.SWITCH) == "off":
        pytest.skip("the compiled program is switched off")
    pytest.importorskip("llvmlite")
    found = loading.program()
    if found is None and "numba is not installed" not in loading.trouble() and "AVX2" not in loading.trouble():
        pytest.fail(f"no compiled program: {loading.trouble()}")
    if found is None:
        pytest.skip(loading.trouble())
    return found


def compiled(*args: Any, **options: Any) -> Any:
    """As `make`, a learner that steps by the program."""
    learner = make(*args, **options)
    learner.step_by(program())
    return learner
