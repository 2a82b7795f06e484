"""Functions by name, so that who asks for one need not load what it needs."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any


@cache
def function_named(name: str) -> Any:
    """The function called 'module:function', loaded now. Raises ImportError or AttributeError where there is none."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
