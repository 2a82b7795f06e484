"""A test leaves nothing behind and logs nothing unexpected: what is there afterwards is compared with what was before.

Messages of Qt are watched by pytest-qt (`qt_log_level_fail`), warnings by `filterwarnings`, both in pyproject.toml.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QCoreApplication, QEvent, QTimer
from PyQt6.QtWidgets import QApplication

GRACE = 20.0  # seconds that a thread or a process has to end once the test is over
ROUNDS = 6  # garbage collections that widgets and timers have to go

# Said once by a library on a fresh machine, whatever test happens to come first.
_EXPECTED_LOGS = (("matplotlib.font_manager", "building the font cache"),)
# Started once by the standard library or joblib, and kept until the interpreter ends.
_LASTING_PROCESSES = ("resource_tracker", "multiprocessing.forkserver")

_timers: weakref.WeakSet[QTimer] = weakref.WeakSet()


def watch_timers() -> None:
    """Remember every QTimer made from now on; Qt itself cannot list them."""
    original = QTimer.__init__

    def init(self: QTimer, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        _timers.add(self)

    QTimer.__init__ = init  # type: ignore[method-assign]  # Qt has no other way to be told of them


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if not any(record.name == name and words in message for name, words in _EXPECTED_LOGS):
            self.lines.append(f"logged {record.levelname} from {record.name}: {message}")


@contextmanager
def logged_warnings() -> Iterator[list[str]]:
    """The lines logged at WARNING or above while the block runs."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield collector.lines
    finally:
        logging.getLogger().removeHandler(collector)


class Leftovers:
    """Widgets, running timers, threads and child processes that were not there when this was made."""

    def __init__(self) -> None:
        self._before = {kind: look().keys() for kind, look in _KINDS.items()}

    def find(self) -> list[str]:
        """One line for each thing left over. Threads and processes get `GRACE` seconds to end."""
        for _ in range(ROUNDS):  # a window goes, then what was connected to it, then what that alone kept alive
            if QCoreApplication.instance() is not None:
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            new = self._new()
            if not new["widget"] and not new["running timer"]:
                break
            gc.collect()  # a widget in a reference cycle is gone for the test, not yet for Qt
        end = time.monotonic() + GRACE
        while (new := self._new())["thread"] | new["child process"] and time.monotonic() < end:
            time.sleep(0.01)
        return [f"{kind} left over: {words}" for kind, found in new.items() for words in found.values()]

    def _new(self) -> dict[str, dict[Hashable, str]]:
        return {
            kind: {key: words for key, words in look().items() if key not in self._before[kind]}
            for kind, look in _KINDS.items()
        }


def undress() -> None:
    """Take the style sheet of a window that is gone off the application, so that each test finds it as the first did.

    A window puts its own on once all its widgets are there; under one that is there before, it is made in thrice the
    time. While other widgets live, they keep what they wear.
    """
    app = QCoreApplication.instance()
    if isinstance(app, QApplication) and app.styleSheet():
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if not app.allWidgets():
            app.setStyleSheet("")


def _widgets() -> Mapping[Hashable, str]:
    """Top-level widgets by address; those with a parent go when it goes."""
    widgets = QApplication.topLevelWidgets() if QApplication.instance() else []
    return {_address(w): _describe(w) for w in widgets if w.parent() is None}


def _running_timers() -> Mapping[Hashable, str]:
    alive = [t for t in _timers if not sip.isdeleted(t) and t.isActive()]
    return {_address(t): f"{_describe(t)} of {_describe(t.parent())}, {t.interval()} ms" for t in alive}


def _address(thing: Any) -> Hashable:
    """Where Qt keeps it; sip's stubs say that it tells nothing."""
    tell: Any = sip.unwrapinstance
    return tell(thing)


def _threads() -> Mapping[Hashable, str]:
    return {thread: thread.name for thread in threading.enumerate()}


def _children() -> Mapping[Hashable, str]:
    """Child processes by id, zombies too; nothing where there is no /proc."""
    ids = []
    for children in Path("/proc/self/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            ids += children.read_text().split()
    commands = {pid: _command(pid) for pid in ids}
    return {pid: words for pid, words in commands.items() if not any(name in words for name in _LASTING_PROCESSES)}


def _command(pid: str) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            or f"{pid}, ended but not waited for"
        )
    except FileNotFoundError:
        return f"{pid}, just ended"


def _describe(thing: object) -> str:
    name = getattr(thing, "objectName", str)()
    return f"{type(thing).__name__} {name!r}" if name else type(thing).__name__


_KINDS: dict[str, Callable[[], Mapping[Hashable, str]]] = {
    "widget": _widgets,
    "running timer": _running_timers,
    "thread": _threads,
    "child process": _children,
}
