"""Dose-responses in the window: worked out in a process of their own, which the window can end at any time."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.dose.panel import DosePanel
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scene.plain_text import file_stem
from boundaryviz.studies.requests import DoseRequest


class DoseControl(QObject):
    """Joins the panel, the document and the job.

    The process is killed by Cancel, by another scenario, and when the window closes. Its death is told in the panel.
    """

    def __init__(self, window: MainWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self.panel = panel = DosePanel()
        window.themed.connect(panel.set_theme)
        window.actions_["train.dose"].triggered.connect(lambda: self.ask())
        self._job = JobRunner(self)
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._found)
        self._job.ended.connect(self._ended)
        self.response: DoseResponse | None = None
        panel.asked.connect(self.run)
        panel.cancelled.connect(self.cancel)
        panel.saving.connect(self._export)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)

    @property
    def running(self) -> bool:
        """Whether a dose-response is being worked out."""
        return self._job.running

    def ask(self) -> None:
        """Show the tab, and run what it says."""
        self._window.show_result(self.panel)
        self.panel.ask()

    # ---- the process --------------------------------------------------------------------------------

    def run(self, doses: tuple[int, ...] | None, seeds: int) -> None:
        """Work out the dose-response of the document as it is now."""
        if self.running:
            return
        self.response = None
        try:
            self._job.start(DoseRequest(self._document.committed.complete(), doses, seeds))
        except JobError as error:
            self.panel.say(str(error), problem=True)
            return
        self.panel.set_response(None)
        self.panel.set_running(True)
        self.panel.say("Starting ...")

    def cancel(self) -> None:
        """End the process; what it has said so far stays."""
        if self._stop():
            self.panel.say("Cancelled." if self.response is None else "Cancelled; shown is what was known by then.")

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

    def _found(self, response: DoseResponse) -> None:
        self.response = response
        self.panel.set_response(response)

    def _ended(self, problem: str) -> None:
        self.panel.set_running(False)
        self.panel.say(problem, problem=bool(problem))

    # ---- the document -------------------------------------------------------------------------------

    def _changed(self) -> None:
        if self.response is not None and not self.running:
            self.panel.say("Measured before the last change.")

    def _opened(self) -> None:
        """Another scenario: what was measured is not its own."""
        self._stop()
        self.response = None
        self.panel.set_response(None)
        self.panel.say("")

    # ---- the figure ---------------------------------------------------------------------------------

    def _export(self) -> None:
        """Ask how and where, and write the figure. matplotlib is loaded only here."""
        response = self.response
        if response is None:
            return
        from boundaryviz.figures.dose import draw_dose
        from boundaryviz.figures.draw import save
        from boundaryviz.figures.style import Options

        def options(chosen: ExportOptions) -> Options:
            return Options(width_cm=chosen.width_cm, style=chosen.style, dpi=chosen.dpi)  # type: ignore[arg-type]

        def render(chosen: ExportOptions) -> bytes:
            return draw_dose(response, options(chosen))._repr_png_()

        def written(chosen: ExportOptions, path: Path) -> None:
            save(draw_dose(response, options(chosen)), path)
            self.panel.say(f"Wrote {path.name}.")

        dialog = ExportDialog(
            render, written, ExportOptions(view="dose", width_cm=12.0), f"{file_stem(response.scenario)}-dose",
            parent=self.panel.window(), views={"dose": "Dose-response"},
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()
