"""What sessions that ended unexpectedly left behind: offered once the window is open, and taken when asked to."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject

from boundaryviz.gui.document.autosave import Autosave
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.document.projects import Project
from boundaryviz.gui.document.recovery import Orphan, orphans
from boundaryviz.gui.files.recovery_dialog import RecoveryDialog
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.logbook import WARNING, Logbook
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.scene.plain_text import NAME, one_line

_SAVED_AS = (".bviz", ".toml")


class Restoring(QObject):
    """Offers unsaved work of dead sessions in the banner, or in a dialog; what is not taken waits for the next start.

    What was taken stays in its old place until this session has it in its own recovery file.
    """

    def __init__(
        self, window: MainWindow, document: Document, may_leave: Callable[[], bool], log: Logbook, folder: Path | None,
        autosave: Autosave | None, reader: Writer, open_file: Callable[[Path], None],
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._open_file = open_file
        self._reader = reader
        self._window, self._document, self._may_leave, self._log = window, document, may_leave, log
        self._folder, self._autosave = folder, autosave
        self._found: list[Orphan] = []
        self._taken: list[Orphan] = []
        self._dialog: RecoveryDialog | None = None
        self._offer = ""
        if autosave is not None:
            autosave.kept.connect(self._forget_taken)
        window.actions_["file.recover"].triggered.connect(lambda: self.ask())

    @property
    def found(self) -> int:
        """How many pieces of unsaved work are offered."""
        return len(self._found)

    def offer(self, also: str = "", others: dict[str, Callable[[], None]] | None = None) -> bool:
        """Look what there is, and offer it in the banner; whether there is anything.

        also: a sentence that goes before. others: buttons that go along.
        """
        self._look()
        others = others or {}
        if not self._found:
            return False
        if len(self._found) == 1:
            orphan = self._found[0]
            origin = orphan.origin
            when = time.strftime("%H:%M on %d %B", time.localtime(origin.when))
            ended = also or "The last session ended unexpectedly."
            rest = {"Discard": lambda: self._discard(orphan), "Later": lambda: None, **others}
            if orphan.saved_since:
                path = Path(origin.path)
                name = one_line(path.name, NAME)
                self._window.notify(
                    f"{ended} {name} was saved after the last edits that were kept, at {when}; it is the newer.",
                    action=f"Open {name}", act=lambda: self._open_file(path),
                    others={"Restore the older": lambda: self._restore(orphan), **rest},
                )  # fmt: skip
            else:
                self._window.notify(
                    f"{ended} “{one_line(origin.title)}” with {origin.points:,} points was not saved; its edits up to "
                    f"{when} were kept.", action="Restore", act=lambda: self._restore(orphan), others=rest,
                )  # fmt: skip
        else:
            self._window.notify(
                f"{also or 'Sessions ended unexpectedly.'} Unsaved work of {len(self._found)} was kept.",
                action="Show...", act=self.ask, others={"Later": lambda: None, **others},
            )  # fmt: skip
        self._offer = self._window.banner.text.text()
        return True

    def ask(self) -> None:
        """Show all there is, in a dialog."""
        self._look()
        if self._window.banner.text.text() == self._offer:
            self._window.banner.hide()  # the dialog says it
        dialog = self._dialog = RecoveryDialog(self._window)
        dialog.setModal(True)
        dialog.restore.connect(self._restore_chosen)
        dialog.discard.connect(lambda row: self._discard(self._found[row]))
        dialog.finished.connect(self._closed)
        self._fill()
        dialog.open()

    def close(self) -> None:
        """Leave what was not taken to the next start."""
        for orphan in (*self._found, *self._taken):
            orphan.let_go()
        self._found, self._taken = [], []

    def _look(self) -> None:
        if self._folder is None:
            return
        found, aside = orphans(self._folder)
        self._found += found
        for path in aside:
            self._say_broken(path)

    def _restore_chosen(self, row: int) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self._restore(self._found[row])

    def _restore(self, orphan: Orphan) -> None:
        if orphan not in self._found or not self._may_leave():
            return
        self._found.remove(orphan)
        self._taken.append(orphan)
        self._reader.do(
            lambda: Project.of(orphan.read()), lambda project: self._open(orphan, project),
            lambda _error: self._cannot_read(orphan),
        )  # fmt: skip

    def _cannot_read(self, orphan: Orphan) -> None:
        self._taken.remove(orphan)
        self._say_broken(orphan.put_aside())

    def _open(self, orphan: Orphan, project: Project) -> None:
        origin = orphan.origin
        path = Path(origin.path) if origin.path.lower().endswith(_SAVED_AS) else None
        self._window.show_page(None)
        self._document.open(project, path, saved=False, stamp=origin.stamp)
        self._log.note("recovery", f"Restored “{origin.title}”, {origin.points:,} points, from {orphan.path.name}")

    def _discard(self, orphan: Orphan) -> None:
        if orphan not in self._found:
            return
        self._found.remove(orphan)
        orphan.discard()
        self._log.note("recovery", f"Discarded “{orphan.origin.title}” of {orphan.path.name}")
        self._fill()

    def _forget_taken(self) -> None:
        for orphan in self._taken:
            orphan.discard()
        self._taken = []

    def _say_broken(self, aside: Path) -> None:
        words = f"A recovery file could not be read. It was not deleted, but put aside as {aside}"
        self._log.note("recovery", words, WARNING)
        self._window.notify(f"{words}.", alarm=True)

    def _fill(self) -> None:
        if self._dialog is not None:
            newer = [number for number, orphan in enumerate(self._found) if orphan.saved_since]
            self._dialog.set_rows([orphan.origin for orphan in self._found], newer)

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
