"""Parts of scikit-learn's that an estimator is made of, named by strings so that whoever reads settings loads none."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def part(where: str, **arguments: Any) -> Any:
    """The class that 'module:name' leads to, called with these arguments; its module is imported."""
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)(**arguments)
