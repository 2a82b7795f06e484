"""Tables into the window: asks where there is doubt, says what was read, and has it changed later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from boundaryviz.gui.document.document import State, Swap
from boundaryviz.gui.files import table_reading
from boundaryviz.gui.files.recent import RecentFiles
from boundaryviz.gui.files.table_reading import Reading, Source, can_be_mended, in_doubt, said
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.logbook import Logbook
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.splits import SHARES
from boundaryviz.tables.choice import AS_FOUND, TableChoice, TableSource
from boundaryviz.tables.sheet import TableError

if TYPE_CHECKING:
    from boundaryviz.gui.files.import_dialog import ImportDialog
    from boundaryviz.tables.tables import Table

Use = Callable[["Table"], None]
Refused = Callable[..., None]
"""Is given the problems, and what shows the table all the same, where something can be shown."""
_REMEMBERED = 8  # sources, some of which may be long texts
CHANGE, LOOK = "Change\u2026", "Look at it\u2026"


class Importing(QObject):
    """Between a table as it was read and those who take its points."""

    def __init__(
        self, window: MainWindow, controller: Controller, reader: Writer, log: Logbook, folder: Folder,
        recent: RecentFiles,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._controller, self._document = window, controller, controller.document
        self._reader, self._log, self._folder, self._recent = reader, log, folder, recent
        self._known: list[tuple[TableSource, Source]] = []
        self._theme: Theme = LIGHT
        self._wanted: TableChoice | None = None  # that no reading was asked for yet, as another is under way
        self._reading = False
        self.dialog: ImportDialog | None = None
        window.themed.connect(self._dress)
        controller.data.change_source.connect(self.change)

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        if self.dialog is not None:
            self.dialog.set_theme(theme)

    # ---- in --------------------------------------------------------------------------------------

    def read(
        self, source: Source, use: Use, refused: Refused,
        shares: tuple[float, float, float] = SHARES, verb: str = "Open",
    ) -> None:  # fmt: skip
        """Have a source read, asked about where there is doubt, and `use` called with its table."""
        self._reader.do(
            lambda: table_reading.read(source, shares=shares),
            lambda reading: self.consider(reading, use, refused, verb),
            lambda error: refused(problems_of(error)),
        )

    def consider(self, reading: Reading, use: Use, refused: Refused, verb: str = "Open") -> None:
        """Use what was read; where there is doubt, once somebody has looked at it."""
        if reading.problems and not can_be_mended(reading):
            refused(list(reading.problems), lambda: self.ask(reading, use, verb))
        elif in_doubt(reading):
            self.ask(reading, use, verb)
        else:
            self._use(reading, use)

    def ask(self, reading: Reading, use: Use, verb: str = "Open") -> None:
        """Show what was read, to be corrected."""
        if self.dialog is not None:
            self.dialog.reject()
        from boundaryviz.gui.files.import_dialog import ImportDialog

        dialog = self.dialog = ImportDialog(reading, self._theme, self._window, verb)
        self._wanted, self._reading = None, False
        newest = [reading]
        dialog.wanted.connect(lambda choice: self._want(dialog, newest, choice))
        dialog.taken.connect(lambda found: self._use(found, use))
        dialog.finished.connect(lambda _: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: ImportDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _want(self, dialog: ImportDialog, newest: list[Reading], choice: TableChoice) -> None:
        """Have another choice read, and of several that come meanwhile the last alone."""
        self._wanted = choice
        if not self._reading:
            self._next(dialog, newest)

    def _next(self, dialog: ImportDialog, newest: list[Reading]) -> None:
        choice, self._wanted, before = self._wanted, None, newest[0]
        if choice is None:
            return
        self._reading = True

        def then(found: Reading | list[str]) -> None:
            if self.dialog is not dialog:  # it was closed meanwhile
                return
            self._reading = False
            if isinstance(found, Reading):
                newest[0] = found
            if self._wanted is not None:
                self._next(dialog, newest)
            elif isinstance(found, Reading):
                dialog.set_reading(found)
            else:
                dialog.set_problems(found)

        self._reader.do(
            lambda: table_reading.read(before.source, choice, before.shares, before), then,
            lambda error: then(problems_of(error)),
        )  # fmt: skip

    def _use(self, reading: Reading, use: Use) -> None:
        table = reading.table
        assert table is not None, "the dialog gives no other"
        self._known = [(table.source, reading.source), *self._known][:_REMEMBERED]
        for note in table.notes:
            self._log.note("table", f"{one_line(reading.name) or 'clipboard'}: {note}")
        use(table)

    def tell(self, table: Table) -> None:
        """Say in one sentence what was read, and offer to change it."""
        name = one_line(table.source.file)
        self._window.notify(
            f"{f'{name}: ' if name else ''}{said(table)}.", details="\n".join(table.notes), action=CHANGE,
            act=self.change, closable=True,
        )  # fmt: skip

    # ---- later -----------------------------------------------------------------------------------

    def change(self) -> None:
        """Ask about the table that the points came from again; its new points come in the place of these, with undo."""
        own = self._document.committed.scenario.own
        source = None if own is None else own.source
        if source is None:
            return
        place = self._place(source)
        if place is None:
            gone = f"{one_line(source.file)} is not where it was, nor beside the scenario: open it with File, Open."
            pasted = "These points were pasted in another session: copy the table and paste it again."
            self._window.notify(gone if source.file else pasted)
            return
        self._reader.do(
            lambda: table_reading.read(place, source.choice),
            lambda reading: self.ask(reading, self._exchange, "Change"),
            lambda error: self._window.notify(
                f"{one_line(source.file) or 'The table'} cannot be read any more: {'; '.join(problems_of(error)[:2])}.",
                details="\n".join(problems_of(error)), alarm=True,
            ),
        )  # fmt: skip

    def take_up(self, path: Path, source: TableSource, asks: bool) -> None:
        """The document's points were read from this file before the window was there: say how, and where `asks` and
        there is doubt show what was understood."""
        self._known = [(source, path.absolute()), *self._known][:_REMEMBERED]

        def then(reading: Reading) -> None:
            for note in source.notes:
                self._log.note("table", f"{one_line(source.file)}: {note}")
            if reading.table is not None:
                self.tell(reading.table)
            if asks and in_doubt(reading):
                trains = self._controller.client.playing
                self._controller.play(False)  # nobody sees the boundary form behind a dialog
                self.ask(reading, self._exchange)
                if self.dialog is not None and trains:
                    self.dialog.finished.connect(lambda _: self._controller.play(True))

        self._reader.do(lambda: table_reading.read(path, AS_FOUND if asks else source.choice), then)

    def _place(self, source: TableSource) -> Source | None:
        """Where a table is: where it was read, beside the scenario, in the folder of now, or among the recent files."""
        name = Path(source.file).name
        path = self._document.path
        known: list[Source] = [place for one, place in self._known if one == source]
        beside = [] if path is None else [path.parent / name]
        found = [*known, *beside, self._folder.path / name,
                 *(Path(one) for one in self._recent.paths if Path(one).name == name)]  # fmt: skip
        return next((one for one in found if isinstance(one, str) or (name and one.is_file())), None)

    def _exchange(self, table: Table) -> None:
        """Its points under the settings of now; nothing where it is read as it was."""
        before = self._document.committed.scenario
        scenario = with_table(before, table)
        assert scenario.own is not None
        own, found = before.own, scenario.own
        same = own is not None and own.source is not None and own.source.choice == table.source.choice
        if same and own is not None and own.points.scene == found.points.scene:
            return
        self._controller.do(Swap(State.of(scenario)), "Read a table anew")
        self._window.show_page(None)
        self._window.actions_["view.fit"].trigger()
        self.tell(table)


def with_table(scenario: Scenario, table: Table) -> Scenario:
    """The scenario with the points of a table as its data; its attack, which was aimed at others, is not placed."""
    found = Scenario.from_table(table, scenario.name)
    unplaced = scenario.poison.model_copy(update={"count": 0, "target": None})
    return scenario.model_copy(
        update={"data": found.data, "own": found.own, "plane": None, "poison": unplaced, "course": None}
    )


def problems_of(error: Exception) -> list[str]:
    """What is wrong, a sentence each."""
    return list(error.problems) if isinstance(error, TableError) else [str(error)]
