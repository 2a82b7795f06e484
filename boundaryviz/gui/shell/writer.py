"""Threads that write and read: making or understanding the text of a large scenario, and waiting for the disk, would
stop the window."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, pyqtSignal

from boundaryviz.scenario.atomic import WriteError
from boundaryviz.scene.plain_text import one_line

Work = Callable[[], Any]
Then = Callable[[Any], None]


_PATIENCE = 0.5  # seconds


class Writer(QObject):
    """Does one piece of work after the other in a thread of its own, and tells of each in the window's thread.

    Work gets nothing that could change meanwhile: it is made of frozen values. What reads is a Writer of its own, so
    that nothing is saved later because something is being opened.
    """

    _finished = pyqtSignal(object, object, object)  # then, what the work returned, what it raised
    idle = pyqtSignal()

    def __init__(self, parent: QObject | None = None, name: str = "boundaryviz-writer") -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[tuple[Work, tuple[Then, Then]] | None] = queue.SimpleQueue()
        self._waiting = 0
        self._deaf = False
        self._finished.connect(self._tell)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether work is waiting, being done, or not told of yet."""
        return self._waiting > 0

    def do(self, work: Work, then: Then = lambda _: None, failed: Then = lambda _: None) -> None:
        """Do `work` in its turn; then call `then` with what it returned, or `failed` with what it raised.

        What is neither an OSError nor a ValueError, by which work says what is wrong with what it was given, is a
        mistake in the program or a lack of memory: `failed` gets a WriteError that says so, and it is raised here as
        well, to be reported.
        """
        self._waiting += 1
        self._queue.put((work, (then, failed)))

    def wait(self) -> None:
        """Return when there is no more to do; the window is drawn meanwhile, but hears nobody."""
        if self.busy:
            loop = QEventLoop()
            self.idle.connect(loop.quit)
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def close(self) -> None:
        """Finish what is waiting, tell of it, and end the thread."""
        self._queue.put(None)
        self._thread.join()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)

    def give_up(self) -> None:
        """Tell of nothing any more, and end the thread, where it waits for a disk by leaving it to itself."""
        self._deaf = True
        self._queue.put(None)
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            work, then = job
            try:
                result, error = work(), None
            except Exception as raised:  # told in the window's thread, whatever it is
                result, error = None, raised
            self._finished.emit(then, result, error)

    def _tell(self, then: tuple[Then, Then], result: object, error: Exception | None) -> None:
        self._waiting -= 1
        if self._deaf:
            return
        try:
            if error is None:
                then[0](result)
            elif isinstance(error, OSError | ValueError):
                then[1](error)
            else:
                then[1](WriteError(_unexpected(error)))
                raise error
        finally:
            if not self.busy:
                self.idle.emit()


def _unexpected(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Close something, or make it smaller, and try again."
    return f"Something went wrong that boundaryviz did not expect ({type(error).__name__}: {one_line(str(error))})."
