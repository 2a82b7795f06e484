"""What is worked out of the document in a process of its own, which the window can end at any time."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.widgets.run_panel import RunPanel
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError


class RunControl(QObject):
    """Joins a panel, the document and the job. The subclass says what is asked for, and shows what is found.

    found: what is known by now; None for nothing. The process is killed by Cancel, by another scenario, and when the
    window closes. Its death is told in the panel.
    """

    def __init__(self, window: MainWindow, document: Document, panel: RunPanel, action: str) -> None:
        """action: the name of the one that shows the panel and runs."""
        super().__init__(window)
        self._window, self._document, self._asking = window, document, panel
        self.found: Any = None
        window.actions_[action].triggered.connect(lambda: self.ask())
        self._job = JobRunner(self)
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._tell)
        self._job.ended.connect(self._ended)
        panel.asked.connect(self.run)
        panel.cancelled.connect(self.cancel)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)

    def _request(self, listed: Any, seeds: int) -> Any:
        """What the process is to do, of the document as it is now, from what `RunPanel.asked` says."""
        raise NotImplementedError

    def _show(self, found: Any) -> None:
        """Show what is known by now; None for nothing."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether it is being worked out."""
        return self._job.running

    def show(self) -> None:
        """Bring the tab to the front."""
        self._window.show_result(self._asking)

    def ask(self) -> None:
        """Show the tab, and run what it says."""
        self.show()
        self._asking.ask()

    # ---- the process --------------------------------------------------------------------------------

    def run(self, listed: Any, seeds: int) -> None:
        """Work it out for the document as it is now."""
        if self.running:
            return
        self.found = None
        if self._start(self._request(listed, seeds)):
            self._show(None)

    def _start(self, request: Any) -> bool:
        """Begin; whether its process could be started."""
        try:
            self._job.start(request)
        except JobError as error:
            self._asking.say(str(error), problem=True)
            return False
        self._asking.set_running(True)
        self._asking.say("Starting\u2026")
        return True

    def cancel(self) -> None:
        """End the process; what it has said so far stays."""
        if self._stop():
            self._asking.say("Cancelled." if self.found is None else "Cancelled; shown is what was known by then.")

    def close(self) -> None:
        """End the process without a word; the window may go now."""
        self._stop()

    def _stop(self) -> bool:
        stopped = self._job.kill()
        if stopped:
            self._asking.set_running(False)
        return stopped

    def _progressed(self, now: Progress) -> None:
        self._asking.set_progress(now.done, now.of)
        self._asking.say("")

    def _tell(self, found: Any) -> None:
        self.found = found
        self._show(found)

    def _ended(self, problem: str) -> None:
        self._asking.set_running(False)
        self._asking.say(problem, problem=bool(problem))

    # ---- the document -------------------------------------------------------------------------------

    def _changed(self) -> None:
        if self.found is not None and not self.running:
            self._asking.say("Measured before the last change.")

    def _opened(self) -> None:
        """Another scenario: what was measured is not its own."""
        self._stop()
        self.found = None
        self._show(None)
        self._asking.say("")
