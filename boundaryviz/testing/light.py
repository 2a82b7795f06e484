"""Whether a module can be loaded by the window, which never loads torch nor scikit-learn."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("torch", "sklearn")


def heavy_of(module: str) -> list[str]:
    """Which of `HEAVY` are loaded in a fresh interpreter that imports the module."""
    code = f"import sys, {module}\nprint(*[heavy for heavy in {HEAVY!r} if heavy in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()
