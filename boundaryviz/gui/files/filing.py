"""Files into the window, new, opened, dropped or opened again, and what becomes of the work that was there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from boundaryviz.gui.document import projects
from boundaryviz.gui.document.projects import Project
from boundaryviz.gui.files.recent import RecentFiles
from boundaryviz.gui.files.saving import Saving
from boundaryviz.gui.files.welcome import Card, WelcomePage
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.widgets.plain import ask
from boundaryviz.record import pins_file
from boundaryviz.scenario import gallery
from boundaryviz.scenario.atomic import Stamp
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import Domain, Points, Scene

_OPENABLE = f"Scenarios, tables and pins (*.bviz *.toml *.csv *{pins_file.ENDING});;All files (*)"


_SLOW = 300  # milliseconds after which it is said that a file is being read


class Filing(QObject):
    """Between the disk and the document; trouble is told in the window's banner."""

    def __init__(
        self, window: MainWindow, controller: Controller, saving: Saving, recent: RecentFiles, reader: Writer,
        folder: Folder, open_pins: Callable[[Path], None],
    ) -> None:  # fmt: skip
        """open_pins: opens a file of pins."""
        super().__init__(window)
        self._reader, self._folder, self._open_pins = reader, folder, open_pins
        self._edited: dict[str, Scenario] = {}  # examples as they were when they were left for another
        self._asked = 0  # how often something was to be shown
        self._tell_slow = ""
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW)
        self._slow.timeout.connect(lambda: window.tell(self._tell_slow))
        self._controller, self._window, self._document = controller, window, controller.document
        self._saving, self._recent = saving, recent
        self.welcome = WelcomePage()
        window.themed.connect(self.welcome.set_theme)
        actions = window.actions_
        on: dict[str, Callable[[], object]] = {
            "file.new": self.new, "file.examples": self.examples, "file.open": self.ask_open,
            "file.save": saving.save, "file.save-as": saving.save_as,
            "file.quit": window.close,
        }  # fmt: skip
        for name, act in on.items():
            actions[name].triggered.connect(lambda _=False, act=act: act())
        window.dropped.connect(lambda path: self.open(Path(path)))
        saving.written.connect(recent.add)
        recent.chosen.connect(lambda path: self.open(Path(path)))
        welcome = self.welcome
        welcome.chosen.connect(self.open_example)
        welcome.open_file.connect(self.ask_open)
        welcome.draw_own.connect(self.new)
        welcome.left.connect(lambda: window.show_page(None))

    # ---- in -----------------------------------------------------------------------------------------

    def examples(self) -> None:
        """The page of examples; again, back to the plane."""
        showing = self._window.page_shown() is self.welcome
        if not showing and not self.welcome.cards:
            self.welcome.set_cards(_cards())
        self._window.show_page(None if showing else self.welcome)
        if not showing:
            self.welcome.focus_on(self._document.scenario.name)

    def open_example(self, name: str) -> None:
        """Open a scenario of the gallery by name."""
        if self.may_leave():
            self._begin(name)

    def _begin(self, name: str) -> None:
        """Show an example, as it was left where it was edited, and train it."""
        kept = self._edited.pop(name, None)
        scenario = gallery.load(name) if kept is None else kept
        self._show(scenario, saved=kept is None)
        if scenario.look_at:
            self._window.notify(" ".join(scenario.look_at.split()))
        self._controller.play(True)

    def turn(self, by: int) -> None:
        """The example so many places later in the gallery; from elsewhere its first, or last, one.

        What was done to an example is asked about by nobody: it is kept, and comes back with it. Other work is asked
        about.
        """
        names, document = gallery.names(), self._document
        name = document.given.scenario.name
        of_gallery = name in names and document.path is None
        at = names.index(name) + by if of_gallery else 0 if by > 0 else len(names) - 1
        if not 0 <= at < len(names):
            self._window.tell("This is the last example." if by > 0 else "This is the first example.")
            return
        if of_gallery and document.unsaved:
            self._edited[name] = document.committed.complete().model_copy(update={"pace": document.pace})
        elif not self.may_leave():
            return
        self._begin(names[at])

    def new(self) -> None:
        """An empty plane, for points drawn by hand."""
        if self.may_leave():
            scene = Scene(Points.of([]), Domain(-6.0, 6.0, -6.0, 6.0))
            scenario = Scenario(name="own-points", title="Your own points", data=DataSpec(name="points"))
            self._show(scenario.with_scene(scene))
            self._window.actions_["point.tool-add"].trigger()

    def ask_open(self) -> None:
        """Ask for a file, and open it."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open", str(self._folder.path), _OPENABLE)
        if path:
            self.open(Path(path))

    def open(self, path: Path) -> None:
        """Open a scenario, a table or pins; what was open stays untouched where that fails."""
        if pins_file.is_pins(path):
            self._open_pins(path)
            return
        self._folder.path = path.parent
        self._asked += 1
        asked = self._asked
        self._slow.start()

        def then(project: Project) -> None:
            if asked != self._asked:  # another file was asked for meanwhile
                return
            self._slow.stop()
            if self.may_leave():
                own = path.suffix.lower() == ".bviz"  # a TOML file may hold remarks, which saving would lose
                self._show(project, path if own else None, project.stamp if own else None)
                self._recent.add(path)
                if project.scenario.summary and path.suffix.lower() == ".csv":
                    self._window.notify(project.scenario.summary)

        def failed(error: Exception) -> None:
            if asked == self._asked:
                self._slow.stop()
                problems = error.problems if isinstance(error, ScenarioError) else [str(error)]
                self._trouble(f"{path.name} was not opened", problems)

        self._tell_slow = f"Opening {path.name}\u2026"
        self._reader.do(lambda: projects.read(path), then, failed)

    def opened(self, path: Path, stamp: Stamp | None) -> None:
        """The document was read from this file before the window was there."""
        if path.suffix.lower() == ".bviz":
            self._document.path, self._document.stamp = path, stamp
            self._document.filed.emit()
        self._folder.path = path.absolute().parent
        self._recent.add(path)

    def _show(
        self, given: Scenario | Project, path: Path | None = None, stamp: Stamp | None = None, saved: bool = True
    ) -> None:
        self._asked += 1  # a file that is still being read comes too late
        self._window.banner.hide()
        self._document.open(given, path, saved=saved, stamp=stamp)
        self._window.show_page(None)

    # ---- out ----------------------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Ask what becomes of unsaved changes; whether to go on."""
        if not self._document.unsaved:
            return True
        button = QMessageBox.StandardButton
        answer = ask(
            self._window, "Unsaved changes", f"Save the changes to {one_line(self._document.scenario.title)}?",
            button.Save | button.Discard | button.Cancel, button.Save,
        )  # fmt: skip
        if answer == button.Save:
            return self._saving.save_and_wait()
        return bool(answer == button.Discard)

    def may_close(self) -> bool:
        """As `may_leave`, for all there is: also the examples that were edited and left for others."""
        if not self.may_leave():
            return False
        for name in list(self._edited):
            self._begin(name)
            if not self.may_leave():
                return False
        return True

    # ---- words --------------------------------------------------------------------------------------

    def _trouble(self, what: str, problems: list[str]) -> None:
        shown = "; ".join(problems[:2])
        more = f" and {len(problems) - 2} more" if len(problems) > 2 else ""
        self._window.notify(f"{what}: {shown}{more}.", details="\n".join(problems), alarm=True)


def _cards() -> Iterator[Card]:
    """The gallery, lesson by lesson."""
    for lesson in gallery.lessons():
        for one in map(gallery.load, lesson.names):
            yield Card(one.name, one.title, one.summary, one.scene(), gallery.picture(one.name), lesson.title)
