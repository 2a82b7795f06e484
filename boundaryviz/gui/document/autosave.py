"""Every committed edit is in the session's recovery file within a second."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from boundaryviz.gui.document.document import Document, State
from boundaryviz.gui.document.recovery import Origin, Session
from boundaryviz.gui.shell.logbook import WARNING, Logbook
from boundaryviz.gui.shell.writer import Work, Writer

_DELAY = 150  # milliseconds in which further edits are gathered


class Autosave(QObject):
    """Keeps the document's unsaved state in the recovery file of `session`, and clears it when nothing is unsaved.

    kept: unsaved work has been written down. failed: a sentence, once, when that no longer works.
    """

    kept = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, document: Document, writer: Writer, session: Session, log: Logbook) -> None:
        super().__init__(document)
        self._document, self._writer, self._session, self._log = document, writer, session, log
        self._seen: tuple[State, bool] | None = None
        self._kept = self._writing = self._failed = self._late = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY)
        self._timer.timeout.connect(self._due)
        document.changed.connect(self.look)
        document.opened.connect(self.look)
        document.filed.connect(self.look)
        document.undo.cleanChanged.connect(self.look)

    def look(self) -> None:
        """Start the clock where something is to be written down or cleared; a preview is not."""
        committed, unsaved = self._document.committed, self._document.unsaved
        known = self._seen is not None and self._seen[0] is committed and self._seen[1] == unsaved
        if not known and not self._timer.isActive():
            self._timer.start()

    def _due(self) -> None:
        if self._writing:  # the next begins when this one has ended, and not later
            self._late = True
            return
        document = self._document
        self._seen = (document.committed, document.unsaved)
        if document.unsaved:
            make, origin = document.to_save(), self._origin()
            self._do(lambda: self._session.keep(make, origin), kept=True)
        elif self._kept:
            self._do(self._session.clear, kept=False)

    def _do(self, work: Work, kept: bool) -> None:
        self._writing = True

        def done(_: object) -> None:
            if kept != self._kept:
                words = f"Unsaved work is kept in {self._session.path}" if kept else "Nothing is unsaved any more"
                self._log.note("autosave", words)
            self._writing, self._kept = False, kept
            if self._failed:
                self._failed = False
                self._log.note("autosave", "Unsaved work is kept for recovery again.")
            if kept:
                self.kept.emit()
            self._catch_up()

        def failed(error: Exception) -> None:
            self._writing = False
            self._seen = None  # the next edit tries again
            if not self._failed:  # once is enough
                self._failed = True
                words = f"Unsaved work is not kept for recovery. {error}"
                self._log.note("autosave", words, WARNING)
                self.failed.emit(words)
            self._catch_up()

        self._writer.do(work, done, failed)

    def _catch_up(self) -> None:
        if self._late:
            self._late = False
            self._due()

    def now(self) -> bool:
        """Write it down at once and in this thread, as in a crash; whether it is written."""
        try:
            if self._document.unsaved:
                self._session.keep(self._document.to_save(), self._origin())
                self._kept = True
        except Exception:  # in a crash, whatever keeps it from being written
            return False
        return self._document.unsaved

    def close(self) -> None:
        """Leave nothing behind: whoever closes has been asked about unsaved work. After the writer has been closed."""
        self._timer.stop()
        self._document.changed.disconnect(self.look)
        self._document.opened.disconnect(self.look)
        self._document.filed.disconnect(self.look)
        self._document.undo.cleanChanged.disconnect(self.look)
        try:
            self._session.close()
        except OSError as error:
            self._log.note("autosave", f"A recovery file could not be removed: {error}", WARNING)

    def _origin(self) -> Origin:
        document = self._document
        state = document.committed
        path = str(document.path.absolute()) if document.path else ""
        return Origin(path, state.scenario.title, len(state.scene.points), time.time(), document.stamp)
