"""Tables of attacks of the document: a job that can be paused, a cell on the plane, figure and numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typing_extensions import override

from boundaryviz.gui.board.panel import BoardPanel
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.document.kept_run import KeptRunControl
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.record.scoreboard import Cell, Scoreboard
from boundaryviz.record.transfer import PARTIES, Transfer
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scene.plain_text import file_stem
from boundaryviz.studies.requests import ScoreboardRequest, TransferRequest

Request = ScoreboardRequest | TransferRequest
READY = "Its attack is ready in the tab Attack, where a button runs it."
UNKEPT = (
    "The defence is on, and the attack as it is is ready in the tab Attack. The points of who knows the defence are "
    "not kept, so that their harm is seen in the table alone."
)


class BoardControl(KeptRunControl):
    """See `KeptRunControl`."""

    def __init__(self, window: MainWindow, document: Document) -> None:
        self.panel = panel = BoardPanel()
        super().__init__(window, document, panel, "train.board", "board")
        window.themed.connect(panel.set_theme)
        panel.saving.connect(self._export)
        panel.opened.connect(self.open_cell)

    @property
    def result(self) -> Scoreboard | Transfer | None:
        """What is known by now."""
        found: Scoreboard | Transfer | None = self.found
        return found

    def offer(self) -> None:
        """Have the tab there only for who has asked for it."""
        self._window.offer_result(self.panel, self.running or self.found is not None)

    @override
    def show(self) -> None:
        self._window.offer_result(self.panel, True)
        super().show()

    @override
    def _request_of(self, listed: tuple[str, ...] | None, seeds: int) -> Request:
        scenario = self._document.committed.complete()
        draws = tuple(range(scenario.data.seed, scenario.data.seed + seeds))
        kind = ScoreboardRequest if self.panel.kind_chosen == "scoreboard" else TransferRequest
        return kind(scenario, self.place, draws, listed)

    @override
    def _show(self, found: Scoreboard | Transfer | None) -> None:
        self.panel.show_found(found)

    @override
    def _opened(self) -> None:
        super()._opened()
        self.offer()

    @override
    def _changed(self) -> None:
        """Cells are opened by changes of the document, after which the table is what it was."""

    # ---- a cell ---------------------------------------------------------------------------------------

    def open_cell(self, row: int, column: int) -> None:
        """Set the document to what a cell is of: one step of undo, and another column is another one."""
        found = self.result
        if isinstance(found, Scoreboard):
            cell = found.cells[row]
            values, words = cell.opened(column), f"{cell.attack_title} against {cell.defence_title}"
            said = said_of(cell, column)
        elif found is not None and column > 0:
            title = found.tried_on[column - 1]
            values = next(dict(one.values) for one in PARTIES if one.title == title)
            words, said = f"Train {title}", ""
        else:
            return
        try:
            self._document.do(Settings(values, merges=False), words)
        except ScenarioError as error:
            self.panel.say(f"{error}".rstrip(".") + ".", problem=True)
            return
        self.panel.say(said)

    # ---- the figure -----------------------------------------------------------------------------------

    def _export(self) -> None:
        """Ask how and where, and write the figure, and its numbers beside it. matplotlib is loaded only here."""
        found = self.result
        if found is None:
            return
        from boundaryviz.figures.scoreboard import draw_scoreboard
        from boundaryviz.figures.sheet import save
        from boundaryviz.figures.style import Options
        from boundaryviz.figures.transfer import draw_transfer

        def drawn(chosen: ExportOptions) -> Any:
            options = Options(width_cm=chosen.width_cm, style=chosen.style, dpi=chosen.dpi)  # type: ignore[arg-type]
            return draw_scoreboard(found, options) if isinstance(found, Scoreboard) else draw_transfer(found, options)

        def written(chosen: ExportOptions, path: Path) -> None:
            save(drawn(chosen), path)
            found.to_csv(path.with_suffix(".csv"))
            self.panel.say(f"Wrote {path.name} and {path.with_suffix('.csv').name}.")

        view = "scoreboard" if isinstance(found, Scoreboard) else "transfer"
        dialog = ExportDialog(
            lambda chosen: drawn(chosen)._repr_png_(), written, ExportOptions(view=view, width_cm=18.0),
            f"{file_stem(found.scenario)}-{view}", parent=self.panel.window(), views={view: view.capitalize()},
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()


def said_of(cell: Cell, column: int) -> str:
    """What there is yet to do once a cell is opened: an attack that trains is only made ready by the settings."""
    if "adversary.method" not in cell.attack_settings:
        return ""
    known = column not in (3, 4) or cell.strongest not in cell.variants
    return READY if known else UNKEPT
