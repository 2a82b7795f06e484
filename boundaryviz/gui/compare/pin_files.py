"""Pins in files: saved from the board that compares them, and opened onto it."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QFileDialog

from boundaryviz.gui.compare.control import TOLD, CompareControl
from boundaryviz.gui.shell.folder import Folder, may_replace
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.logbook import WARNING, Logbook
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.record import pins_file
from boundaryviz.record.pins import MOST, PinnedSnapshot
from boundaryviz.scene.plain_text import file_stem

_KIND = f"Pins (*{pins_file.ENDING})"


class PinFiles(QObject):
    """Between the disk and the pins; trouble is told in the window's banner."""

    def __init__(
        self, window: MainWindow, control: CompareControl, writer: Writer, reader: Writer, folder: Folder, log: Logbook
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._reader = reader
        self._window, self._control, self._writer, self._folder, self._log = window, control, writer, folder, log
        self._held: tuple[Path, tuple[PinnedSnapshot, ...]] | None = None
        control.board.save_wanted.connect(self.save_as)
        control.board.open_wanted.connect(self.ask_open)

    def file(self) -> Path | None:
        """The file that holds just the pins there are; None where none does."""
        return self._held[0] if self._held is not None and self._held[1] is self._control.pins else None

    def save_as(self) -> None:
        """Ask where, and save the pins there."""
        first = file_stem(self._control.pins[0].snapshot.scenario.name) if self._control.pins else "pins"
        place = str(self._folder.path / f"{first}{pins_file.ENDING}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Save the pins", place, _KIND)
        if not chosen:
            return
        path = Path(chosen)
        if not pins_file.is_pins(path):
            path = path.with_name(f"{path.name}{pins_file.ENDING}")
            if path.exists() and not may_replace(self._window, path):  # the dialog has asked for another name
                return
        self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save the pins at `path`, in the writer's thread."""
        pins = self._control.pins
        self._folder.path = path.absolute().parent

        def then(_: object) -> None:
            self._held = path, pins
            self._log.note("save", f"Saved {path}")
            self._window.tell(f"Saved {path.name}.", TOLD)

        def failed(error: Exception) -> None:
            self._log.note("save", str(error), WARNING)
            self._window.notify(str(error), action="Save as...", act=self.save_as, alarm=True, closable=True)

        self._writer.do(lambda: pins_file.write(path, pins), then, failed)

    def ask_open(self) -> None:
        """Ask for a file of pins, and put them beside those there are."""
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open pins", str(self._folder.path), _KIND)
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> None:
        """Put the pins in a file beside those there are, and show them; where that fails all stay as they were."""
        self._folder.path = path.absolute().parent

        def failed(error: Exception) -> None:
            self._log.note("open", str(error), WARNING)
            self._window.notify(f"{path.name} was not opened: {error}.", alarm=True)

        self._reader.do(lambda: pins_file.read(path), lambda found: self._add(path, found), failed)

    def _add(self, path: Path, found: tuple[PinnedSnapshot, ...]) -> None:
        before = self._control.pins
        if len(before) + len(found) > MOST:
            self._window.notify(
                f"{path.name} was not opened: it holds {len(found)} pins, and beside {len(before)} there is room for "
                f"{MOST - len(before)}. Remove some first (Ctrl+5).", alarm=True,
            )  # fmt: skip
            return
        self._control.pins = (*before, *found)
        if not before:
            self._held = path, self._control.pins
        self._window.actions_["view.compare"].setChecked(True)
        self._window.tell(f"Opened {path.name}: {len(found)} pin{'s' * (len(found) != 1)}.", TOLD)
