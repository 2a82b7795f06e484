"""The thread that writes: making the text of a large scenario and waiting for the disk would stop the window."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, pyqtSignal

Work = Callable[[], Any]
Then = Callable[[Any], None]


class Writer(QObject):
    """Does one piece of work after the other in a thread of its own, and tells of each in the window's thread.

    Work gets nothing that could change meanwhile: it is made of frozen values.
    """

    _finished = pyqtSignal(object, object, object)  # then, what the work returned, what it raised
    idle = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[tuple[Work, tuple[Then, Then]] | None] = queue.SimpleQueue()
        self._waiting = 0
        self._finished.connect(self._tell)
        self._thread = threading.Thread(target=self._run, name="boundaryviz-writer", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether work is waiting, being done, or not told of yet."""
        return self._waiting > 0

    def do(self, work: Work, then: Then = lambda _: None, failed: Then = lambda _: None) -> None:
        """Do `work` in its turn; then call `then` with what it returned, or `failed` with the OSError it raised.

        Another exception is a mistake in the program, and raised here.
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
        try:
            if error is None:
                then[0](result)
            elif isinstance(error, OSError):
                then[1](error)
            else:
                raise error
        finally:
            if not self.busy:
                self.idle.emit()
