"""Files into the window, new, opened, dropped or opened again, and what becomes of the work that was there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from boundaryviz.gui.document import projects
from boundaryviz.gui.document.document import State, Swap
from boundaryviz.gui.document.projects import Project
from boundaryviz.gui.files import table_reading
from boundaryviz.gui.files.importing import LOOK, Importing, problems_of
from boundaryviz.gui.files.recent import RecentFiles
from boundaryviz.gui.files.saving import Saving
from boundaryviz.gui.files.table_reading import Reading
from boundaryviz.gui.files.welcome import Card, WelcomePage
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.widgets.plain import ask
from boundaryviz.record import pins_file
from boundaryviz.scenario import files, gallery, talk
from boundaryviz.scenario.atomic import Stamp
from boundaryviz.scenario.pace import Pace
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.scene.scene import Domain, Points, Scene

if TYPE_CHECKING:
    from boundaryviz.tables.tables import Table

_TABLES = "*.csv *.tsv *.txt *.data *.dat *.tab *.gz *.xlsx *.xlsm *.xls *.xlsb *.ods *.arff *.svm *.libsvm *.npy *.npz"
_OPENABLE = (
    f"Scenarios, tables and pins (*.bviz *.toml {_TABLES});;Scenarios (*.bviz *.toml);;Tables of points ({_TABLES});;"
    f"Pins (*{pins_file.ENDING});;All files (*)"
)

_SLOW = 300  # milliseconds after which it is said that a file is being read
FEW = 3  # undo steps of an example that are not asked about when the window closes


@dataclass(frozen=True, eq=False)
class Kept:
    """What was done to an example that was left for something else. states: of each time it was left, the last at the
    end; steps: how many undo steps led to them."""

    states: tuple[State, ...] = ()
    steps: int = 0
    pace: Pace = "auto"


class Filing(QObject):
    """Between the disk and the document; trouble is told in the window's banner."""

    def __init__(
        self, window: MainWindow, controller: Controller, saving: Saving, recent: RecentFiles, reader: Writer,
        folder: Folder, open_pins: Callable[[Path], None], importing: Importing,
    ) -> None:  # fmt: skip
        """open_pins: opens a file of pins."""
        super().__init__(window)
        self._kept: dict[str, Kept] = {}  # by the names of the examples
        self._left = ""  # the example that is left, with something kept, for what is opened next
        self._before = 0  # undo steps that led to what was brought back
        self._step = 0  # of the talk, the one that was shown last
        self._reader, self._folder, self._open_pins, self._importing = reader, folder, open_pins, importing
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
        self._talk = actions["file.talk"]
        self._talk.toggled.connect(self._toggled_talk)
        window.dropped.connect(lambda path: self.open(Path(path)))
        self._document.opened.connect(self._offer_kept)
        saving.written.connect(recent.add)
        recent.chosen.connect(lambda path: self.open(Path(path)))
        welcome = self.welcome
        welcome.chosen.connect(self.open_example)
        welcome.open_file.connect(self.ask_open)
        welcome.give_talk.connect(self._asked_for_talk)
        self.offers: list[Callable[[Scenario], tuple[str, Callable[[], None]] | None]] = []
        """What goes with a scenario: a button beside what there is to look at, and what it does; of several the first
        that has something to offer."""
        welcome.draw_own.connect(self.new)
        welcome.left.connect(lambda: window.show_page(None))
        window.escaped.connect(self._leave_examples)

    # ---- in -----------------------------------------------------------------------------------------

    def examples(self) -> None:
        """The page of examples; again, back to the plane."""
        showing = self._window.page_shown() is self.welcome
        if not showing and not self.welcome.cards:
            self.welcome.set_cards(_cards())
        self._window.show_page(None if showing else self.welcome)
        if not showing:
            self.welcome.focus_on(self._document.scenario.name)

    def _leave_examples(self) -> None:
        """Back to the plane, wherever in the window the keys are."""
        if self._window.page_shown() is self.welcome:
            self._window.show_page(None)

    def open_example(self, name: str) -> None:
        """Open a scenario of the gallery by name, as it ships; what was done to it before is offered."""
        if self.may_leave():
            self._begin(name)

    def _begin(self, name: str) -> None:
        """Show an example and train it."""
        self._show(gallery.load(name))
        self.tell_look_at()
        self._controller.play(True)

    def turn(self, by: int) -> None:
        """The example so many places later in the talk, where it is given, or else in the gallery, as it was left; from
        elsewhere the gallery's first, or last, one."""
        if self._talk.isChecked():
            self._turn_talk(by)
            return
        names, here = gallery.names(), self._example()
        at = 0 if by > 0 else len(names) - 1
        if here in names:
            at = names.index(here) + by
        if not 0 <= at < len(names):
            self._window.tell("This is the last example." if by > 0 else "This is the first example.")
        else:
            self._go_to(names[at])

    def _go_to(self, name: str) -> bool:
        """Show an example as it was left, and train it; whether what was there could be left."""
        if not self.may_leave():
            return False
        self._left = ""  # page by page, one finds back
        kept = self._kept.pop(name, None)
        self._begin(name)
        if kept is not None:
            self._take_up(kept)
        return True

    def _toggled_talk(self, on: bool) -> None:
        if on:
            self._give_talk()

    def _asked_for_talk(self) -> None:
        """On the page of examples, where it may be given already."""
        if self._talk.isChecked():
            self._give_talk()
        self._talk.setChecked(True)

    def _give_talk(self) -> None:
        """Begin the talk, or go on with it where it was left; after its end, from the beginning."""
        if self._step >= len(talk.steps()) - 1:
            self._step = 0
        if not self._show_step(self._step):
            self._talk.setChecked(False)

    def _turn_talk(self, by: int) -> None:
        """So many steps on in the talk; from an example beside it, back to the step that was left."""
        steps = talk.steps()
        at = self._step + by if self._example() == steps[self._step][1].scenario else self._step
        if 0 <= at < len(steps):
            self._show_step(at)
        else:
            self._window.tell("This is the end of the talk." if by > 0 else "The talk begins here.")

    def _show_step(self, at: int) -> bool:
        """Show a step of the talk and say its sentence; whether what was there could be left."""
        row, step = talk.steps()[at]
        if not self._go_to(step.scenario):
            return False
        self._step = at
        self._window.notify(
            f"{row.title} ({at + 1} of {len(talk.steps())}). {step.sentence}", action="What to look at",
            act=self.tell_look_at, closable=True,
        )  # fmt: skip
        return True

    def bring_back(self, name: str) -> None:
        """What was done to an example, as it was left: an undo step on the example itself."""
        if name not in self._kept or (self._example() != name and not self.may_leave()):
            return
        kept = self._kept.pop(name)
        if self._example() != name:
            self._show(gallery.load(name))
            self._controller.play(True)
        self._take_up(kept)

    def _take_up(self, kept: Kept) -> None:
        for state in kept.states:
            self._document.do(Swap(state), "Bring back your edits")
        self._before = kept.steps - len(kept.states)
        self._controller.pacing.set_pace(kept.pace)

    def _offer_kept(self) -> None:
        """Something was opened: say what is kept of it, or of the example that was left for it."""
        example, left = self._example(), self._left
        self._left, self._before = "", 0
        self._window.withdraw()
        name = example if example in self._kept else left
        if name:
            title = one_line(gallery.load(name).title, NAME)
            self._window.offer(
                f"Your edits of \u201c{title}\u201d are kept until the window closes.",
                f"Bring back \u201c{title}\u201d", lambda: self.bring_back(name),
            )  # fmt: skip

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

        def then(found: Project | Reading) -> None:
            if asked != self._asked:  # another file was asked for meanwhile
                return
            self._slow.stop()
            if isinstance(found, Reading):
                self._importing.consider(found, lambda table: self._open_table(table, path), refused)
            elif self.may_leave():
                own = path.suffix.lower() == ".bviz"  # a TOML file may hold remarks, which saving would lose
                self._show(found, path if own else None, found.stamp if own else None)
                self._recent.add(path)
                self.tell_look_at()

        def refused(problems: list[str], look: Callable[[], None] | None = None) -> None:
            if asked == self._asked:
                self._slow.stop()
                self._trouble(f"{path.name} was not opened", problems, look)

        self._tell_slow = f"Opening {path.name}\u2026"
        self._reader.do(lambda: _read(path), then, lambda error: refused(problems_of(error)))

    def _open_table(self, table: Table, path: Path) -> None:
        if self.may_leave():
            self._show(files.of_table(table, path))
            self._recent.add(path)
            self._importing.tell(table)

    def tell_look_at(self) -> None:
        """Say what is to be looked at in what was opened."""
        scenario = self._document.scenario
        offered = (offer(scenario) for offer in self.offers)
        action, act = next((found for found in offered if found is not None), ("", None))
        words = scenario.look_at or (f"{action}?" if action else "")
        if words and not self._document.given.problem:  # which has been told
            self._window.notify(" ".join(words.split()), action=action, act=act, closable=True)

    def opened(self, path: Path, stamp: Stamp | None) -> None:
        """The document was read from this file before the window was there."""
        if path.suffix.lower() == ".bviz":
            self._document.path, self._document.stamp = path, stamp
            self._document.filed.emit()
        self._folder.path = path.absolute().parent
        self._recent.add(path)

    def tell_opened(self, path: Path, asks: bool) -> None:
        """Say of the file that the window was opened on what would be said of it later. asks: see `app.main`."""
        own = self._document.scenario.own
        if own is not None and own.source is not None and not files.holds_scenario(path):
            self._importing.take_up(path, own.source, asks)
        else:
            self.tell_look_at()

    def _show(self, given: Scenario | Project, path: Path | None = None, stamp: Stamp | None = None) -> None:
        self._asked += 1  # a file that is still being read comes too late
        self._window.banner.hide()
        self._document.open(given, path, stamp=stamp)
        self._window.show_page(None)

    # ---- out ----------------------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Whether to go on to something else. Unsaved changes are asked about; what was done to an example is kept."""
        if self._example() is None:
            return self._ask()
        self._keep()
        return True

    def may_close(self) -> bool:
        """Whether to go on and end. Unsaved changes are asked about, and examples that more than a `FEW` were done to,
        the one that is shown and those that were left."""
        if self._example() is not None and self._steps() <= FEW:
            self._keep()  # it may be that closing is given up
        elif not self._ask():
            return False
        for name in [name for name, kept in self._kept.items() if kept.steps > FEW]:
            self.bring_back(name)
            if not self._ask():
                return False
        return True

    def _ask(self) -> bool:
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

    def _example(self) -> str | None:
        """The name of the example, or of the data set that the window begins with, where what is shown came as it ships
        and from no file."""
        document = self._document
        given = document.given.scenario
        ships = document.path is None and (given.name in gallery.names() or given.name in DATASETS)
        return given.name if ships and given == gallery.load(given.name) else None

    def _steps(self) -> int:
        """How many undo steps lead to what is shown, also those before it was brought back."""
        done = self._document.undo.index()
        return done and done + self._before

    def _keep(self) -> None:
        """Keep what was done to the example that is shown; nothing where nothing was."""
        name, steps = self._example(), self._steps()
        self._left = ""
        if name is not None and steps:
            before = self._kept.get(name, Kept())
            states = (*before.states, self._document.committed)
            self._kept[name] = Kept(states, before.steps + steps, self._document.pace)
            self._left = name

    # ---- words --------------------------------------------------------------------------------------

    def _trouble(self, what: str, problems: list[str], look: Callable[[], None] | None = None) -> None:
        shown = "; ".join(problems[:2])
        more = f" and {len(problems) - 2} more" if len(problems) > 2 else ""
        self._window.notify(
            f"{what}: {shown}{more}.", details="\n".join(problems), alarm=True, action=LOOK if look else "", act=look,
            closable=True,
        )  # fmt: skip


def _read(path: Path) -> Project | Reading:
    """Raises ScenarioError and TableError."""
    files.check_openable(path)
    return projects.read(path) if files.holds_scenario(path) else table_reading.read(path)


def _cards() -> Iterator[Card]:
    """The gallery, lesson by lesson."""
    for lesson in gallery.lessons():
        for one in map(gallery.load, lesson.names):
            yield Card(one.name, one.title, one.summary, one.scene(), gallery.picture(one.name), lesson.title)
