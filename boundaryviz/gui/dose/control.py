"""Dose-responses in the window, and their figure."""

from __future__ import annotations

from pathlib import Path

from typing_extensions import override

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.document.run_control import RunControl
from boundaryviz.gui.dose.panel import DosePanel
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scene.plain_text import file_stem
from boundaryviz.studies.requests import DoseRequest


class DoseControl(RunControl):
    """The dose-response of the document as it is now, and its figure; see `RunControl`."""

    def __init__(self, window: MainWindow, document: Document) -> None:
        self.panel = DosePanel()
        super().__init__(window, document, self.panel, "train.dose")
        window.themed.connect(self.panel.set_theme)
        self.panel.saving.connect(self._export)

    @property
    def response(self) -> DoseResponse | None:
        """What is known by now."""
        found: DoseResponse | None = self.found
        return found

    @override
    def _request(self, listed: tuple[int, ...] | None, seeds: int) -> DoseRequest:
        return DoseRequest(self._document.committed.complete(), listed, seeds)

    @override
    def _show(self, found: DoseResponse | None) -> None:
        self.panel.set_response(found)

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
            return draw_dose(response, options(chosen)).png(chosen.dpi)

        def written(chosen: ExportOptions, path: Path) -> None:
            save(draw_dose(response, options(chosen)), path)
            self.panel.say(f"Wrote {path.name}.")

        dialog = ExportDialog(
            render, written, ExportOptions(view="dose", width_cm=12.0), f"{file_stem(response.scenario)}-dose",
            parent=self.panel.window(), views={"dose": "Dose-response"},
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()
