"""A study out of the window: the figure of its chart, its runs as tables, and the study itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog

from boundaryviz.gui.shell.folder import Folder, may_replace
from boundaryviz.gui.study.panel import EXPORTS, StudyPanel
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.record.reports import ReportError, report_of
from boundaryviz.record.study_chart import StudyChart
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario import files
from boundaryviz.scenario.atomic import WriteError, replacing, write_atomic
from boundaryviz.scene.plain_text import file_stem
from boundaryviz.studies.study import Study

_WORDS = {kind: words.rstrip("\u2026") for kind, (words, _) in EXPORTS.items()}


@dataclass(frozen=True, eq=False)
class Shown:
    """What there is to be written."""

    study: Study
    table: StudyTable
    chart: StudyChart


class StudyExporting:
    """Asks how and where, and writes. matplotlib and pyarrow are loaded only here."""

    def __init__(self, panel: StudyPanel, folder: Folder, shown: Callable[[], Shown | None]) -> None:
        """shown: what the panel shows; None for nothing."""
        self._panel, self._folder, self._shown = panel, folder, shown
        panel.exporting.connect(self.export)
        if find_spec("pyarrow") is None:
            panel.exports["parquet"].setEnabled(False)
            panel.exports["parquet"].setToolTip(tip("Parquet needs the package pyarrow, which is not installed"))

    def export(self, kind: str) -> None:
        """One of `panel.EXPORTS`."""
        shown = self._shown()
        if shown is None:
            return
        if kind == "figure":
            self._figure(shown)
            return
        path = self._ask(kind, f"{file_stem(shown.study.scenario.name)}-study.{kind}")
        if path is None:
            return
        try:
            _WRITERS[kind](shown, path)
        except (WriteError, ImportError) as error:
            self._panel.say(str(error), problem=True)
            return
        self._folder.path = path.parent
        self._panel.say(f"Wrote {path.name}.")

    def _ask(self, kind: str, name: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(
            self._panel.window(), "Export the study", str(self._folder.path / name), f"{_WORDS[kind]} (*.{kind})"
        )
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() == f".{kind}":
            return path
        path = path.with_name(f"{path.name}.{kind}")  # of which the dialog has not asked
        return path if not path.exists() or may_replace(self._panel, path) else None

    def _figure(self, shown: Shown) -> None:
        from boundaryviz.figures.sheet import save
        from boundaryviz.figures.study import draw_study
        from boundaryviz.figures.style import Options

        def options(chosen: ExportOptions) -> Options:
            return Options(
                width_cm=chosen.width_cm, style=chosen.style, dpi=chosen.dpi,  # type: ignore[arg-type]
                font=chosen.font,  # type: ignore[arg-type]
                legend=chosen.legend, letters=chosen.letters, transparent=chosen.transparent,
            )  # fmt: skip

        def render(chosen: ExportOptions) -> bytes:
            return draw_study(shown.chart, options(chosen))._repr_png_()

        def written(chosen: ExportOptions, path: Path) -> None:
            save(draw_study(shown.chart, options(chosen)), path)
            self._panel.say(f"Wrote {path.name}.")

        dialog = ExportDialog(
            render, written, ExportOptions(view="study", width_cm=12.0), f"{file_stem(shown.chart.title)}-study",
            parent=self._panel.window(), views={"study": "Study"}, folder=self._folder.path,
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()


def plain_of(shown: Shown) -> dict[str, object]:
    """For JSON: the runs, what was varied, and what the report came to."""
    found: dict[str, object] = {"scenario": shown.study.scenario.name, "title": shown.study.scenario.title}
    found["study"] = shown.study.spec.model_dump(mode="json")
    try:
        report = report_of(shown.study.spec, shown.table)
    except ReportError as error:
        found["report"] = {"report": shown.study.report, "problem": str(error)}
    else:
        found["report"] = None if report is None else report.plain()
    return found | shown.table.plain()


def _write_parquet(shown: Shown, path: Path) -> None:
    with replacing(path) as beside:
        shown.table.to_parquet(beside)


def _write_json(shown: Shown, path: Path) -> None:
    write_atomic(path, (json.dumps(plain_of(shown), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())


def _write_study(shown: Shown, path: Path) -> None:
    files.write(path, shown.study.scenario.model_copy(update={"study": shown.study.spec}))


_WRITERS: dict[str, Callable[[Shown, Path], object]] = {
    "csv": lambda shown, path: write_atomic(path, shown.table.to_csv().encode()),
    "parquet": _write_parquet,
    "tex": lambda shown, path: write_atomic(path, shown.table.to_latex().encode()),
    "json": _write_json,
    "toml": _write_study,
}
