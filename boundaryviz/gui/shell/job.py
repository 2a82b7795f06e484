"""A job for the window: its progress, results and end as signals."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QSocketNotifier, QTimer, pyqtSignal

from boundaryviz.jobs.messages import Progress, Request, Result
from boundaryviz.jobs.process import PATIENCE, Job, ProcessJob
from boundaryviz.scenario.scratch import clear_scratch

_POLL = 50  # milliseconds, where what it says cannot be watched


class JobRunner(QObject):
    """One job at a time, in a process of its own. stays: the same process for all of them, so that what it has loaded
    is there at once; then a job may be started while one is running, which it takes the place of.

    progress: how far it is. result: what it has found, or knows so far. ended: it is over by itself or because it was
    asked to; with a sentence that says why it failed, or none. Temporary folders that killed windows have left are
    cleared away at once.
    """

    progress = pyqtSignal(Progress)
    result = pyqtSignal(object)
    ended = pyqtSignal(str)

    def __init__(self, parent: QObject, stays: bool = False) -> None:
        super().__init__(parent)
        self._stays, self._asked = stays, 0
        self._job: Job | None = None
        self._notifier: QSocketNotifier | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(round(1000 * PATIENCE))
        self._patience.timeout.connect(self._lose_patience)
        clear_scratch()

    @property
    def running(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None and not self._waits

    @property
    def _waits(self) -> bool:
        return isinstance(self._job, ProcessJob) and self._job.waits

    def start(self, request: Request) -> None:
        """Begin. Raises JobError where no process can be started."""
        self._asked += 1
        if self._stays and isinstance(self._job, ProcessJob):
            self._patience.stop()
            self._job.again(request)
            return
        assert self._job is None
        self._job = self.begun(request)
        watched = self._job.fileno()
        if watched is None:
            self._timer.start(_POLL)
        else:
            # PyQt's hints ask for a voidptr; a file descriptor is what it takes
            self._notifier = QSocketNotifier(watched, QSocketNotifier.Type.Read, self)  # type: ignore[call-overload]
            self._notifier.activated.connect(self._poll)

    def begun(self, request: Request) -> Job:
        """The job of this request."""
        return ProcessJob(request, stays=self._stays)

    def interrupt(self) -> None:
        """Ask it to end in good order; it is killed where it takes too long. `ended` follows."""
        if self._job is not None and not self._waits:
            self._job.cancel()
            self._patience.start()

    def kill(self) -> bool:
        """End it now, without `ended`; whether there was one."""
        job = self._let_go()
        if job is not None:
            job.kill()
        return job is not None

    def close(self) -> None:
        """End it in good order and wait for that, without `ended`; the window may go now."""
        job = self._let_go()
        if job is not None:
            job.close()

    def _lose_patience(self) -> None:
        if self.kill():
            self.ended.emit("Cancelled.")

    def _let_go(self) -> Job | None:
        """Listen no more."""
        self._patience.stop()
        self._timer.stop()
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        job, self._job = self._job, None
        return job

    def _poll(self) -> None:
        job, asked = self._job, self._asked
        for message in () if job is None else job.poll():
            if self._job is not job or self._asked != asked:  # whoever heard the last one has ended or replaced it
                return
            if isinstance(message, Progress):
                self.progress.emit(message)
            elif isinstance(message, Result):
                self.result.emit(message.value)
            else:
                self._patience.stop()
                if not self._waits:
                    self.kill()
                self.ended.emit(message.words)
        if job is self._job and isinstance(job, ProcessJob) and job.gone:
            self.kill()  # it has gone while it waited
