"""What a report of trouble needs to know: versions, the system, the state folder and its crash logs. No Qt here."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from platformdirs import user_state_path

from boundaryviz import __version__
from boundaryviz.scenario.atomic import WriteError, write_atomic
from boundaryviz.scenario.lock import open_file

PACKAGES = (
    "torch", "numpy", "scikit-learn", "scipy", "PyQt6", "PyQt6-Qt6", "PyQt6-sip", "pyqtgraph", "contourpy",
    "matplotlib", "pillow", "av", "pydantic", "pydantic-core", "typer", "rich", "platformdirs", "tomli-w",
)  # fmt: skip
OPTIONAL = ("numba", "llvmlite")
"""What is needed for the compiled program alone."""
VARIABLES = (
    "DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "OMP_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES", "LANG", "BOUNDARYVIZ_COMPILED", "BOUNDARYVIZ_CACHE",
)  # fmt: skip
WINDOW_LOG, TRAINER_LOG = "window-crash.log", "trainer-crash.log"
_SEEN = "last-start.json"
_UNKEPT = "Unsaved work cannot be kept for recovery"
_LARGE = 1_000_000  # bytes of a crash log that is begun anew


def home() -> Path:
    """The user's home, or, where there is none, where the program was started."""
    with suppress(RuntimeError):
        return Path.home()
    with suppress(OSError):
        return Path.cwd()
    return Path("/")


def state_folder() -> tuple[Path | None, str]:
    """Where unsaved work and crash logs are kept, made if need be; None, and why in a sentence, where nothing can be
    kept."""
    folder = user_state_path("boundaryviz")
    if not folder.is_absolute():
        return None, f"{_UNKEPT}: there is no home folder. Set HOME or XDG_STATE_HOME to a folder."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return None, f"{_UNKEPT}: {folder}: {error.strerror or error}. Set XDG_STATE_HOME to a folder to write in."
    return folder, ""


def log_in(folder: Path | None, name: str) -> IO[str] | None:
    """The log of this name, to be written on; None where it cannot be, or is something else than a file."""
    if folder is None:
        return None
    try:
        return os.fdopen(open_file(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "a")
    except OSError:
        return None


def basics() -> dict[str, str]:
    """Program, Python, system."""
    return {
        "boundaryviz": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
    }


def packages() -> dict[str, str | None]:
    """The version of each dependency; None for one that is not installed."""
    return {name: _version(name) for name in (*PACKAGES, *OPTIONAL)}


def variables() -> dict[str, str]:
    """What is set in the environment of what matters here."""
    return {name: os.environ[name] for name in VARIABLES if name in os.environ}


def state_files(folder: Path) -> list[str]:
    """The files in the state folder, each with bytes and time of its last change."""
    lines = []
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            with suppress(OSError):
                found = path.stat()
                lines.append(f"{path.name}  {found.st_size:,} bytes  {_when(found.st_mtime)}")
    return lines


def tail(path: Path, lines: int = 30) -> str:
    """How the last crash in a crash log begins, which is where it happened; empty where there is none."""
    try:
        with os.fdopen(open_file(path), "rb") as stream:
            stream.seek(max(0, os.fstat(stream.fileno()).st_size - 20_000))
            text = stream.read(20_000).decode(errors="replace").strip()
    except OSError:
        return ""
    begins = max(text.rfind(words) for words in ("Fatal Python error", "Windows fatal exception"))
    return "\n".join(text[max(begins, 0) :].splitlines()[:lines])


def last_crash(folder: Path) -> str:
    """The last crash in the log written last, with its name and time; empty where nothing has ever crashed."""
    try:
        logs = [path for name in (WINDOW_LOG, TRAINER_LOG) if (path := folder / name).is_file() and path.stat().st_size]
        newest = max(logs, key=lambda path: path.stat().st_mtime)
        return f"{newest.name}, {_when(newest.stat().st_mtime)}\n{tail(newest)}"
    except (OSError, ValueError):  # there is none
        return ""


def crashes_since_last_start(folder: Path) -> str:
    """What the crash logs have gained since this was asked last, which is at every start; empty where nothing."""
    known: dict[str, int] = {}
    with suppress(OSError, ValueError, AttributeError, RecursionError):  # whatever has become of that file
        with os.fdopen(open_file(folder / _SEEN), "rb") as stream:
            values = json.loads(stream.read(10_000))
        known = {name: size for name, size in values.items() if isinstance(size, int)}
    grown: list[str] = []
    sizes: dict[str, int] = {}
    for name in (WINDOW_LOG, TRAINER_LOG):
        with suppress(OSError):
            if not (folder / name).is_file():
                continue
            sizes[name] = (folder / name).stat().st_size
            if sizes[name] > known.get(name, 0):
                grown.append(f"{name}\n{_from(folder / name, known.get(name, 0))}")
            if sizes[name] > _LARGE:
                os.truncate(folder / name, 0)
                sizes[name] = 0
    seen = folder / _SEEN
    if seen.is_file() or not seen.exists():
        with suppress(WriteError):
            write_atomic(seen, json.dumps(sizes).encode())
    return "\n\n".join(grown)


def _from(path: Path, at: int) -> str:
    with os.fdopen(open_file(path), "rb") as stream:
        stream.seek(max(at, path.stat().st_size - 20_000))
        return stream.read(20_000).decode(errors="replace").strip()


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # late, for this file is loaded first of all

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
