"""A commit checked out beside the working tree, so that programs can run both and compare them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# Reports which files the package and its gallery are read from. Only the documented Python API is used.
_IMPORTED = """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import boundaryviz
print(json.dumps({
    "package": boundaryviz.__file__,
    "poisoned": {name: boundaryviz.load(name).poison.count > 0 for name in boundaryviz.scenarios()},
    "assets": sorted({path for path in opened if path.endswith(".toml")}),
}))
"""


class CheckoutError(Exception):
    """A commit cannot be compared with the tree; the message says why, in plain words."""


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The folder of a temporary git worktree that holds `commit`; it is removed at the end, also after a failure.

    Raises CheckoutError where `commit` names none.
    """
    if not commit:
        raise CheckoutError("No commit is given to compare the tree with. Give one, with make as BASE=HEAD~1.")
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    if found.returncode:
        raise CheckoutError(f"{commit}: there is no such commit here. `git log --oneline` lists those that there are.")
    with TemporaryDirectory(prefix="boundaryviz-base-") as folder:
        base = Path(folder).resolve() / "base"
        try:
            made = _git("worktree", "add", "--quiet", "--detach", str(base), found.stdout.strip())
            if made.returncode:
                raise CheckoutError(f"{commit} cannot be checked out: {made.stderr.strip()}")
            yield base
        finally:
            _git("worktree", "remove", "--force", str(base))  # fails only where none was made


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git on the repository of the tree, out of the reach of Ctrl+C, so that a removal is not cut short."""
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, start_new_session=True)


def environment(root: Path) -> dict[str, str]:
    """The environment in which Python imports boundaryviz from `root`, with one thread and without a screen."""
    return os.environ | _ONE_THREAD | {"PYTHONPATH": str(root), "QT_QPA_PLATFORM": "offscreen"}


def imported(root: Path, folder: Path) -> dict[str, Any]:
    """Which package Python imports in the `environment` of `root`, started in `folder`: its path as `package`, and as
    `poisoned` the names in its gallery, each with whether it has poison.

    Raises CheckoutError where the package or the gallery lies outside `root`, or cannot be imported.
    """
    command = [sys.executable, "-c", _IMPORTED]
    done = subprocess.run(command, env=environment(root), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckoutError(f"boundaryviz cannot be imported from {root}:\n{done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    if strangers := [path for path in (found["package"], *found["assets"]) if not Path(path).is_relative_to(root)]:
        raise CheckoutError(f"Python reads {strangers[0]} where it should read the files in {root}.")
    if not found["assets"]:
        raise CheckoutError(f"The gallery in {root} is read from no file, so it is not known whose it is.")
    return found


def end_on_signals() -> None:
    """Let SIGTERM and SIGHUP end this program the way Ctrl+C does, so that what is temporary is removed."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
