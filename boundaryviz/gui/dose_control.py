"""Dose-responses in the window: worked out in a process of their own, which the window can end at any time."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment

import boundaryviz
from boundaryviz.gui.document import Document
from boundaryviz.gui.views.dose_panel import DosePanel
from boundaryviz.gui.views.export_dialog import ExportDialog, ExportOptions
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scenario.files import WriteError, write

_PATIENCE = 2000  # milliseconds that an ended process has to go


class DoseControl(QObject):
    """Joins the panel, the document and `boundaryviz dose --lines`.

    The process takes the scenario from a file of its own and runs at low priority; it is killed by Cancel, by another
    scenario, and when the window closes. Its death is told in the panel and touches nothing else.
    """

    def __init__(
        self,
        panel: DosePanel,
        document: Document,
        parent: QObject | None = None,
        command: Sequence[str] = (sys.executable, "-m", "boundaryviz"),
    ) -> None:
        super().__init__(parent)
        self._command = command
        self._panel, self._document = panel, document
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._line = b""
        self.response: DoseResponse | None = None
        panel.asked.connect(self.run)
        panel.cancelled.connect(self.cancel)
        panel.saving.connect(self._export)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)

    @property
    def running(self) -> bool:
        return self._process is not None

    # ---- the process --------------------------------------------------------------------------------

    def run(self, doses: tuple[int, ...] | None, seeds: int) -> None:
        """Work out the dose-response of the document as it is now."""
        if self.running:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="boundaryviz-dose-")
        place = Path(self._folder.name) / "scenario.bviz"
        try:
            write(place, self._document.committed.complete())
        except WriteError as error:
            self._panel.say(str(error), problem=True)
            self._clean()
            return
        arguments = [*self._command[1:], "dose", str(place), "--lines", "--seeds", str(seeds)]
        if doses is not None:
            arguments += ["--doses", ",".join(map(str, doses))]
        self._line, self.response = b"", None
        process = self._process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed_to_start)
        self._panel.set_response(None)
        self._panel.set_running(True)
        self._panel.say("Starting ...")
        process.start(self._command[0], arguments)

    def cancel(self) -> None:
        """End the process; what it has said so far stays."""
        if self._stop():
            self._panel.say("Cancelled." if self.response is None else "Cancelled; shown is what was known by then.")

    def close(self) -> None:
        """End the process without a word; the window may go now."""
        self._stop()

    def _stop(self) -> bool:
        process = self._process
        if process is None:
            return False
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(_PATIENCE)
        self._clean()
        return True

    def _clean(self) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
            self._panel.set_running(False)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _read(self) -> None:
        assert self._process is not None
        *lines, self._line = (self._line + self._process.readAllStandardOutput().data()).split(b"\n")
        newest = None
        for line in lines:
            said = json.loads(line)
            if "response" in said:
                newest = said["response"]
            else:
                self._panel.set_progress(said["done"], said["of"])
                self._panel.say("")
        if newest is not None:
            self.response = DoseResponse.parse(newest)
            self._panel.set_response(self.response)

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        assert self._process is not None
        self._read()
        errors = self._process.readAllStandardError().data().decode(errors="replace").strip().splitlines()
        self._clean()
        if code == 0 and status == QProcess.ExitStatus.NormalExit:
            self._panel.say("")
        else:
            words = errors[-1].removeprefix("error: ").strip() if errors else "Its process ended unexpectedly."
            self._panel.say(_without_path(words), problem=True)

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            words = self._process.errorString()
            self._clean()
            self._panel.say(f"Its process could not be started: {words}.", problem=True)

    # ---- the document -------------------------------------------------------------------------------

    def _changed(self) -> None:
        if self.response is not None and not self.running:
            self._panel.say("Measured before the last change.")

    def _opened(self) -> None:
        """Another scenario: what was measured is not its own."""
        self._stop()
        self.response = None
        self._panel.set_response(None)
        self._panel.say("")

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
            self._panel.say(f"Wrote {path.name}.")

        dialog = ExportDialog(
            render, written, ExportOptions(view="dose", width_cm=12.0), f"{response.scenario}-dose",
            parent=self._panel.window(), views={"dose": "Dose-response"},
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()


def _environment() -> QProcessEnvironment:
    """Ours, with the place of this package first on Python's path: the process may not stand where we do."""
    environment = QProcessEnvironment.systemEnvironment()
    home = str(Path(boundaryviz.__file__).resolve().parent.parent)
    others = environment.value("PYTHONPATH")
    environment.insert("PYTHONPATH", f"{home}{os.pathsep}{others}" if others else home)
    environment.insert("OMP_NUM_THREADS", "1")
    return environment


def _without_path(words: str) -> str:
    """'poison: There is ...' as 'There is ...': the window has no paths."""
    path, colon, rest = words.partition(": ")
    return rest if colon and path.isidentifier() else words
