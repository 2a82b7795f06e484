"""Proxy tasks, one a module; a new one is found by itself."""

from __future__ import annotations

import sys
from functools import cache

from boundaryviz.learners.proxy import Proxy
from boundaryviz.scene.registry import modules_of


@cache
def tasks() -> dict[str, type[Proxy]]:
    """The tasks by the names of their settings."""
    found = [one for module in modules_of(sys.modules[__name__]) for one in vars(module).values()]
    return {one.NAME: one for one in found if isinstance(one, type) and issubclass(one, Proxy) and "NAME" in vars(one)}
