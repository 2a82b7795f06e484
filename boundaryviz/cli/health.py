"""`doctor`: what this machine has, and what it lacks."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from boundaryviz import __version__
from boundaryviz.cli.tables import console, table

_PACKAGES = (
    "torch", "numpy", "scikit-learn", "PyQt6", "PyQt6-Qt6", "pyqtgraph", "contourpy", "matplotlib", "pydantic",
    "typer", "rich", "platformdirs",
)  # fmt: skip
_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "OMP_NUM_THREADS")


def health() -> dict[str, Any]:
    """Versions, device, display, and every problem in a sentence; imports torch but not Qt."""
    from boundaryviz.gui.preflight import check

    problems = [problem.sentence for problem in check()]
    packages = {name: _version(name) for name in _PACKAGES}
    problems += [f"{name} is not installed. Set up again with `make install`." for name, v in packages.items() if not v]
    try:
        from boundaryviz.engine.device import available, describe, resolve

        devices, device = available(), describe(resolve("auto"))
    except Exception as error:  # whatever a broken torch raises: the doctor is there to say it
        devices, device = [], None
        problems.append(f"torch cannot be loaded: {type(error).__name__}: {error}")
    return {
        "boundaryviz": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "device": device,
        "devices": devices,
        "environment": {name: os.environ[name] for name in _VARIABLES if name in os.environ},
        "packages": packages,
        "problems": problems,
    }


def show_health(as_json: bool) -> None:
    """Print it all."""
    found = health()
    if as_json:
        print(json.dumps(found, indent=2))
        return
    shown = table("what", "found")
    shown.show_header = False
    for name in ("boundaryviz", "python", "system", "cores", "device"):
        shown.add_row(name, str(found[name] or "none"))
    shown.add_row("devices", ", ".join(found["devices"]) or "none")
    for name, value in (found["environment"] | found["packages"]).items():
        shown.add_row(name, value or "not installed")
    out = console()
    out.print(shown)
    for problem in found["problems"]:
        out.print(f"problem: {problem}", markup=False)
    if not found["problems"]:
        out.print("No problems found: the window can open here.")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
