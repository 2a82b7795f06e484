"""Checks in the window: worked out in a process of their own, which the window can end at any time."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.gui.check.panel import CheckPanel
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError
from boundaryviz.record.expectations import Check
from boundaryviz.studies.requests import CheckRequest


class CheckControl(QObject):
    """Joins the panel, the document and the job.

    The process is killed by Cancel, by another scenario, and when the window closes. Its death is told in the panel.
    """

    def __init__(self, window: MainWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self.panel = panel = CheckPanel()
        window.themed.connect(panel.set_theme)
        window.actions_["train.check"].triggered.connect(lambda: self.ask())
        self._job = JobRunner(self)
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._found)
        self._job.ended.connect(self._ended)
        self.check: Check | None = None
        panel.asked.connect(self.run)
        panel.cancelled.connect(self.cancel)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)

    @property
    def running(self) -> bool:
        """Whether a check is under way."""
        return self._job.running

    def ask(self) -> None:
        """Show the tab, and run what it says."""
        self.show()
        self.panel.ask()

    def show(self) -> None:
        """Bring the tab to the front."""
        self._window.show_result(self.panel)

    # ---- the process --------------------------------------------------------------------------------

    def run(self, data_seeds: tuple[int, ...], seeds: int) -> None:
        """Check the document as it is now."""
        if self.running:
            return
        self.check = None
        try:
            self._job.start(CheckRequest(self._document.committed.complete(), data_seeds, seeds))
        except JobError as error:
            self.panel.say(str(error), problem=True)
            return
        self.panel.set_check(None)
        self.panel.set_running(True)
        self.panel.say("Starting ...")

    def cancel(self) -> None:
        """End the process; what it has said so far stays."""
        if self._stop():
            self.panel.say("Cancelled." if self.check is None else "Cancelled; shown is what was known by then.")

    def close(self) -> None:
        """End the process without a word; the window may go now."""
        self._stop()

    def _stop(self) -> bool:
        stopped = self._job.kill()
        if stopped:
            self.panel.set_running(False)
        return stopped

    def _progressed(self, now: Progress) -> None:
        self.panel.set_progress(now.done, now.of)
        self.panel.say("")

    def _found(self, check: Check) -> None:
        self.check = check
        self.panel.set_check(check)

    def _ended(self, problem: str) -> None:
        self.panel.set_running(False)
        self.panel.say(problem, problem=bool(problem))

    # ---- the document -------------------------------------------------------------------------------

    def _changed(self) -> None:
        if self.check is not None and not self.running:
            self.panel.say("Measured before the last change.")

    def _opened(self) -> None:
        """Another scenario: what was measured is not its own."""
        self._stop()
        self.check = None
        self.panel.set_check(None)
        self.panel.say("")
