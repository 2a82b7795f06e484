"""The timeline beside its project: written with it, and taken up again when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QSettings

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.logbook import WARNING, Logbook
from boundaryviz.gui.timeline.control import TimelineControl
from boundaryviz.record import timeline_file
from boundaryviz.record.timeline import Timeline
from boundaryviz.record.timeline_file import Kept
from boundaryviz.scenario.scenario import Scenario

_MOST = 96 << 20  # bytes of checkpoints that a file holds at most


class TimelineFiles(QObject):
    """Keeps what the timeline needs to go on where it was when the project was saved."""

    def __init__(
        self, window: MainWindow, document: Document, control: TimelineControl, train: Callable[[int, bool], None],
        settings: QSettings, log: Logbook,
    ) -> None:  # fmt: skip
        """train: has so many seeds trained, with clean twins or without."""
        super().__init__(window)
        self._window, self._document, self._control, self._train, self._log = window, document, control, train, log
        self._wanted = window.actions_["file.timeline"]
        self._wanted.setChecked(settings.value("timeline", "yes") == "yes")
        self._wanted.toggled.connect(lambda on: settings.setValue("timeline", "yes" if on else "no"))
        document.opened.connect(self.opened)

    def beside(self, path: Path) -> Callable[[Scenario], str] | None:
        """What writes the timeline of now beside the project that is being saved, in whatever thread calls it, and says
        in words what it wrote; None where none is wanted. It raises WriteError.
        """
        control = self._control
        if not self._wanted.isChecked() or path.suffix.lower() != ".bviz" or not len(control.timeline):
            return None
        checkpoints, changes, curves = (
            control.timeline.checkpoints,
            control.timeline.changes,
            control.curves.of(slice(None)),
        )

        def write(scenario: Scenario) -> str:
            kept, place = (
                Timeline(control.timeline.budget, checkpoints, changes).within(_MOST),
                timeline_file.beside(path),
            )
            timeline_file.write(place, scenario, Kept(kept.checkpoints, curves))
            return f"its timeline, {place.stat().st_size / 1e6:.1f} MB"

        return write

    def opened(self) -> None:
        """Take up the history of what was opened and, where one lay beside it, its timeline."""
        project = self._document.given
        if project.problem:
            self._log.note("open", project.problem, WARNING)
            self._window.notify(project.problem, alarm=True)
        if project.aside:
            self._log.note("open", f"{project.aside} belongs to another state of the project and was left aside.")
        if project.history is not None and project.kept is not None:
            self._train(project.history.seeds, project.history.twin)
        self._control.take_up(project.history, project.kept)
