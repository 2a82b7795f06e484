"""The scripts in tools/, which are no package."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

TOOLS = str(Path(__file__).parents[2] / "tools")


def tool(name: str) -> Any:
    """The script of this name as a module."""
    sys.path.insert(0, TOOLS)
    try:
        return import_module(name)
    finally:
        sys.path.remove(TOOLS)
