"""Saving: text is made and written in the writer's thread, and what comes of it is told in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.folder import Folder, may_replace
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.logbook import WARNING, Logbook
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.gui.widgets.plain import warning_box
from boundaryviz.scenario import files
from boundaryviz.scenario.atomic import ChangedError, ProtectedError, Stamp, clear_parts
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.plain_text import file_stem

KINDS = {
    "boundaryviz scenario (*.bviz)": ".bviz", "Scenario as TOML (*.toml)": ".toml", "Table of points (*.csv)": ".csv",
}  # fmt: skip
_Button = QMessageBox.StandardButton


class Saving(QObject):
    """Save and save as. written: a file was, at this path.

    The document counts as saved once the file is complete. A second Save during the first begins when that has ended.
    """

    written = pyqtSignal(object)

    def __init__(
        self, window: MainWindow, document: Document, writer: Writer, log: Logbook, folder: Folder,
        beside: Callable[[Path], Callable[[Scenario], str] | None],
    ) -> None:  # fmt: skip
        """beside: for a path that is saved to, what writes more beside it, from the scenario written, and says what."""
        super().__init__(window)
        self._window, self._document, self._writer, self._log = window, document, writer, log
        self._folder, self._beside = folder, beside
        self._busy = self._again = False
        self._trouble = ""  # that the banner may still tell of

    def save(self) -> None:
        """Save where it was opened or saved last; ask where that is nowhere."""
        if self._busy:
            self._again = True
        elif self._document.path is None:
            self.save_as()
        else:
            self._write(self._document.path, self._document.stamp)

    def save_as(self) -> None:
        """Ask where, and save there: the whole scenario, or, as `.csv`, its points."""
        if self._busy:
            return
        path, document = self._document.path, self._document
        name = str(path or self._folder.path / f"{file_stem(document.scenario.name)}.bviz")
        chosen, kind = QFileDialog.getSaveFileName(self._window, "Save as", name, ";;".join(KINDS))
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in KINDS.values():
            path = path.with_name(path.name + KINDS.get(kind, ".bviz"))
            if path.exists() and not may_replace(self._window, path):  # the dialog has asked for another name
                return
        self._folder.path = path.parent
        self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save at `path`, whatever is there."""
        self._write(path, None)

    def save_and_wait(self) -> bool:
        """Save, and return when it is done; whether all is saved."""
        self.save()
        self._writer.wait()
        return not self._document.unsaved

    def _write(self, path: Path, expected: Stamp | None, anyway: bool = False) -> None:
        """expected: what must still be there. anyway: also over a file that is not overwritten unasked."""
        document, state, mark = self._document, self._document.committed, self._document.mark()
        make, beside, suffix = document.to_save(), self._beside(path), path.suffix.lower()
        self._busy = True

        def work() -> tuple[Stamp | None, str, str]:
            data, scenario, why = files.sealed_at_least(make(), suffix)
            stamp = files.write_atomic(path, data, expected, anyway)
            clear_parts(path)
            if why:
                return stamp, "", f"how its run came to them was not kept. {why}"
            try:
                return stamp, "" if beside is None else beside(scenario), ""
            except (OSError, ValueError, MemoryError) as error:  # the project itself is safe
                return stamp, "", f"its timeline was not written. {error or type(error).__name__}"

        def then(done: tuple[Stamp | None, str, str]) -> None:
            stamp, more, lost = done
            self._busy = False
            if suffix != ".csv":  # which holds the points alone
                document.saved(state, mark, path, stamp)
            if self._trouble and self._window.banner.words == self._trouble:
                self._window.banner.hide()
            self._log.note("save", f"Saved {path}")
            if lost:
                words = f"Saved {path.name}: points and settings are safe, {lost}"
                self._log.note("save", words, WARNING)
                self._window.notify(words, alarm=True)
            self._window.tell(f"Saved {path.name}{more and f' and {more}'}.")
            self.written.emit(path)
            if self._again:
                self._again = False
                self.save()

        def failed(error: Exception) -> None:
            self._busy = self._again = False
            self._log.note("save", str(error), WARNING)
            if isinstance(error, ChangedError | ProtectedError):
                self._may_not(path, expected, error)
            else:
                self._trouble = str(error)
                self._window.notify(self._trouble, action="Save as...", act=self.save_as, alarm=True, closable=True)

        self._writer.do(work, then, failed)

    def _may_not(self, path: Path, expected: Stamp | None, error: ChangedError | ProtectedError) -> None:
        """Ask what becomes of a file that somebody else has changed or taken away, or that is protected."""
        if isinstance(error, ProtectedError):
            title, more = "Protected file", "Overwriting it replaces it all the same."
        elif error.gone:
            title, more = "Changed by another program", "Saving puts the file back, with your points and settings."
        else:
            title = "Changed by another program"
            more = "Saving replaces what is there now; what the other program wrote is lost."
        gone = isinstance(error, ChangedError) and error.gone
        box = warning_box(self._window, title, str(error), more)
        over = box.addButton("Save anyway" if gone else "Overwrite", QMessageBox.ButtonRole.DestructiveRole)
        other = box.addButton("Save as...", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(_Button.Cancel)
        box.setDefaultButton(other)
        box.exec()
        chosen = box.clickedButton()
        box.deleteLater()
        if chosen is over:
            protected = isinstance(error, ProtectedError)
            self._write(path, expected if protected else None, protected)
        elif chosen is other:
            self.save_as()
