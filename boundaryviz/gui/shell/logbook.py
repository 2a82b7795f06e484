"""What the program has said: saves, failures, warnings and logged lines, the last two thousand of them."""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from boundaryviz.scene.plain_text import long_text

INFO, WARNING, ERROR = logging.INFO, logging.WARNING, logging.ERROR
_LONGEST = 20_000  # characters of one entry


@dataclass(frozen=True)
class Entry:
    """One thing said. when: seconds since 1970. level: INFO, WARNING or ERROR. source: a word for who said it."""

    when: float
    level: int
    source: str
    text: str

    @property
    def line(self) -> str:
        """As it stands in a report; further lines of the text are indented."""
        day = time.strftime("%H:%M:%S", time.localtime(self.when))
        name = logging.getLevelName(self.level).lower()
        return f"{day}  {name:<8} {self.source:<9} " + self.text.strip().replace("\n", "\n" + " " * 29)


class Logbook(QObject):
    """Takes notes from any thread. added: an Entry, in the thread of the window."""

    added = pyqtSignal(object)
    _came = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None, limit: int = 2000) -> None:
        super().__init__(parent)
        self.entries: deque[Entry] = deque(maxlen=limit)
        self._came.connect(self._add)

    def note(self, source: str, text: str, level: int = INFO) -> None:
        """Write down what was said, by whom, and how grave it is."""
        self._came.emit(Entry(time.time(), level, source, long_text(text, _LONGEST)))

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.added.emit(entry)

    def clear(self) -> None:
        """Forget what was said."""
        self.entries.clear()

    def tail(self, lines: int = 40) -> str:
        """The last entries, for a report."""
        return "\n".join(entry.line for entry in list(self.entries)[-lines:])

    def handler(self) -> logging.Handler:
        """What brings Python's logging, and with `logging.captureWarnings` its warnings, into the book."""
        return _Handler(self)


class _Handler(logging.Handler):
    def __init__(self, book: Logbook) -> None:
        super().__init__(logging.INFO)
        self._book = book

    def emit(self, record: logging.LogRecord) -> None:
        level = ERROR if record.levelno >= ERROR else WARNING if record.levelno >= WARNING else INFO
        try:
            text = self.format(record)
            self._book.note(record.name.partition(".")[0][:9], text, level)
        except RuntimeError:  # the window is gone
            pass
