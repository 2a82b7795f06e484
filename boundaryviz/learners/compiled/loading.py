"""Where the compiled program comes from: the file that an earlier start left behind, else it is compiled.

Any trouble is said by `trouble` and is no error: whoever asks goes on without the program. Free of numba and torch.
"""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from boundaryviz.learners.compiled.making import MADE

if TYPE_CHECKING:
    from boundaryviz.learners.compiled.program import Program

SWITCH, CACHE = "BOUNDARYVIZ_COMPILED", "BOUNDARYVIZ_CACHE"
"""The environment's: 'off' is to do without the program; the folder that its file lies in."""

LONGEST = 300.0
"""Seconds that compiling may take, many times as long as it does."""

_MOST = 8  # files, of versions and processors that share a folder
_AROUND = frozenset({"__init__.py", "jobs.py", "loading.py", "making.py", "program.py", "semi.py"})
_MARK = b"boundaryviz compiled program 1"
_log = logging.getLogger(__name__)


class Trouble(Exception):
    """Why there is no program, in words."""


class _Held:
    """What this process has come to."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.program: Program | None = None
        self.trouble = ""
        self.done = False
        self.thread: threading.Thread | None = None


_held = _Held()


def program(wait: bool = True) -> Program | None:
    """The program, or None where it cannot be had, see `trouble`; found or compiled once in a process.

    wait: until it is compiled, where it is not to be found. Else compiling begins behind the scenes, and the answer is
    None until it is done.
    """
    if os.environ.get(SWITCH) == "off":
        return None
    if not _held.done:
        if wait:
            _settle()
        else:
            _begin()
    return _held.program


def trouble() -> str:
    """Why there is no program, as far as is known by now; empty where there is one, or it has not been looked for."""
    return f"{SWITCH} is off" if os.environ.get(SWITCH) == "off" else _held.trouble


def _settle() -> None:
    """Find or compile the program; whoever else is at it is waited for."""
    with _held.lock:
        if not _held.done:
            _held.program, _held.trouble = _come_by(compile_too=True)
            _held.done = True


def _begin() -> None:
    """Find the program, or begin to compile it."""
    if not _held.lock.acquire(blocking=False):
        return  # somebody is at it
    try:
        if _held.done:
            return
        _held.program, _held.trouble = _come_by(compile_too=False)
        _held.done = _held.program is not None or bool(_held.trouble)
        if not _held.done and (_held.thread is None or not _held.thread.is_alive()):
            _held.thread = threading.Thread(target=_settle, name="compiling", daemon=True)
            _held.thread.start()
    finally:
        _held.lock.release()


def _come_by(compile_too: bool) -> tuple[Program | None, str]:
    """The program and no trouble, or none and why; neither where it would have to be compiled and is not to be."""
    try:
        if not util.find_spec("llvmlite"):
            raise Trouble("the package llvmlite is not installed")
        _check_processor()
        path = _path()
        code = None if path is None else _read(path)
        if code is None and not util.find_spec("numba"):
            raise Trouble("the package numba is not installed")
        if code is None:
            if not compile_too:
                return None, ""
            _log.info("compiling the program that trains small nets; it is kept for the next start")
            code = _compiled() if path is None else _kept(path)
        from boundaryviz.learners.compiled.program import Program

        return Program(code), ""
    except Trouble as why:
        return _without(str(why))
    except Exception as why:  # whatever goes wrong in foreign code, training goes on without
        return _without(f"{type(why).__name__}: {why}")


def _kept(path: Path) -> bytes:
    """The code, compiled and put into this file; unless another process that was at it has just done that."""
    with ExitStack() as stack:
        with suppress(ImportError, OSError):  # no such locks here, or no such folder: then both compile, as they may
            import fcntl

            path.parent.mkdir(parents=True, exist_ok=True)
            folder = os.open(path.parent, os.O_RDONLY)
            stack.callback(os.close, folder)
            fcntl.flock(folder, fcntl.LOCK_EX)  # which ends with whoever holds it, however that ends
            stack.callback(fcntl.flock, folder, fcntl.LOCK_UN)
        code = _read(path)
        if code is None:
            code = _compiled()
            _write(path, code)
        return code


def _without(why: str) -> tuple[None, str]:
    _log.info("training without the compiled program: %s", why)
    return None, why


def _processor() -> tuple[str, str, bool]:
    """Name and features of this processor, and whether it has what the program is made for."""
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    fit = bool(features.get("avx2") and features.get("fma"))
    return binding.get_host_cpu_name(), features.flatten(), fit


def _check_processor() -> None:
    name, _, fit = _processor()
    if not fit:
        raise Trouble(f"this processor ({name}) has no AVX2")


def sources() -> list[Path]:
    """The files that the program is made of."""
    return sorted(path for path in Path(__file__).parent.glob("*.py") if path.name not in _AROUND)


def _key() -> str:
    """What the program depends on, but for numba itself, without which it can be loaded too."""
    parts = [metadata.version("llvmlite"), sys.platform, *_processor()[:2]]
    digest = hashlib.sha256("\0".join(parts).encode())
    for source in sources():
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]


def _user_cache() -> str:
    import platformdirs  # what trains without a window does without it

    return platformdirs.user_cache_dir("boundaryviz", appauthor=False)


def _path() -> Path | None:
    """The file that the program lies in; None where there is no place for one."""
    try:
        folder = os.environ.get(CACHE) or _user_cache()
        path = Path(folder) / f"compiled-{_key()}.o"
    except (ImportError, OSError, RuntimeError):
        return None
    return path if path.is_absolute() else None  # without a home it begins with ~


def _version() -> bytes:
    try:
        return metadata.version("numba").encode()
    except metadata.PackageNotFoundError:
        return b""


def _sealed(name: str, code: bytes) -> bytes:
    """What a file of this name holds: a line with a checksum and the version of numba, then the code."""
    check = hashlib.sha256(name.encode() + code).hexdigest().encode()
    return b" ".join([_MARK, check, _version()]) + b"\n" + code


def _read(path: Path) -> bytes | None:
    """The code in a file; None where it is missing, torn, of somewhere else, or of another numba than there is."""
    try:
        head, _, code = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    mark, _, rest = head.rpartition(b" ")
    whole = mark == _MARK + b" " + hashlib.sha256(path.name.encode() + code).hexdigest().encode()
    return code if whole and (not _version() or rest == _version()) else None


def _write(path: Path, code: bytes) -> None:
    """Keep it, whole or not at all; where that cannot be, the next start compiles again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_sealed(path.name, code))
            os.replace(name, path)
            _clear(path.parent)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as why:
        _log.info("the compiled program cannot be kept: %s", why)


def _clear(folder: Path) -> None:
    """Remove what was written long before the rest, half a file among it that somebody left who was ended."""
    files = sorted(folder.glob("compiled-*"), key=lambda one: one.stat().st_mtime)
    for file in files[:-_MOST]:
        file.unlink(missing_ok=True)


def _compiled() -> bytes:
    """The code, made by a process of its own: numba would hold up others here, and its memory would not come back.

    The process ends with this one, however that ends. Raises Trouble where nothing comes of it.
    """
    here = str(Path(__file__).parents[3])  # where it need not be installed
    paths = os.pathsep.join([*(path or os.curdir for path in sys.path), here])
    environment = {**os.environ, "PYTHONPATH": paths, "NUMBA_OPT": "0", "NUMBA_DISABLE_JIT": "0", "NO_COLOR": "1"}
    command = [sys.executable, "-P", "-c", "from boundaryviz.learners.compiled.making import main; main()"]
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    try:
        child = subprocess.Popen(
            command, env=environment, stdin=pipe, stdout=pipe, stderr=nowhere, creationflags=hidden
        )
    except OSError as why:
        raise Trouble(f"it could not be compiled: {why}") from None
    late = threading.Timer(LONGEST, child.kill)
    late.daemon = True
    late.start()
    try:
        with child:
            assert child.stdout is not None
            said = child.stdout.read()
    finally:
        late.cancel()
    mark, _, rest = said.partition(b"\n")
    if child.returncode or mark != MADE:
        reason = rest.decode(errors="replace").strip() or f"exit code {child.returncode}"
        raise Trouble(f"it could not be compiled: {reason}")
    return rest
