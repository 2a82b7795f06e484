"""The one place that knows every feature: joins them, puts their views into the window, and does what concerns it as a
whole: theme, help, command palette, recovery."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Set
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QObject, QSettings, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication, QMessageBox, QWidget

import boundaryviz
from boundaryviz.engine.link import Link, StartLink
from boundaryviz.engine.messages import Failed
from boundaryviz.gui.adversary.control import AdversaryControl
from boundaryviz.gui.cascade.control import CascadeControl
from boundaryviz.gui.certificate.control import CertificateControl
from boundaryviz.gui.compare.control import CompareControl
from boundaryviz.gui.compare.pin_files import PinFiles
from boundaryviz.gui.confusion.control import ConfusionControl
from boundaryviz.gui.curves.control import CurvesControl
from boundaryviz.gui.defence.control import DefenceControl
from boundaryviz.gui.diagnostics.error_reporting import ErrorReporting, trainer_words
from boundaryviz.gui.document.autosave import Autosave
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.document.projects import Project
from boundaryviz.gui.document.recovery import Session
from boundaryviz.gui.effect.control import EffectControl
from boundaryviz.gui.embedding.control import EmbeddingControl
from boundaryviz.gui.export.exporting import Exporting, Further
from boundaryviz.gui.export.picturing import Picturing
from boundaryviz.gui.files.filing import Filing
from boundaryviz.gui.files.importing import Importing
from boundaryviz.gui.files.pasting import Pasting
from boundaryviz.gui.files.recent import RecentFiles
from boundaryviz.gui.files.restoring import Restoring
from boundaryviz.gui.files.saving import Saving
from boundaryviz.gui.files.scenario_words import ScenarioWords
from boundaryviz.gui.heights.control import HeightsControl
from boundaryviz.gui.influence.control import InfluenceControl
from boundaryviz.gui.margins.control import MarginsControl
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.poison.control import PoisonControl
from boundaryviz.gui.presentation.control import PresentationControl
from boundaryviz.gui.push.control import PushControl
from boundaryviz.gui.rule.control import RuleControl
from boundaryviz.gui.section.control import SectionControl
from boundaryviz.gui.shell.actions import MENUS
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.guide import GuideWindow
from boundaryviz.gui.shell.logbook import ERROR, WARNING, Logbook
from boundaryviz.gui.shell.palette import CommandPalette
from boundaryviz.gui.shell.shortcuts import ShortcutsDialog
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.gui.support.control import SupportControl
from boundaryviz.gui.threshold.control import ThresholdControl
from boundaryviz.gui.timeline.control import TimelineControl
from boundaryviz.gui.timeline.files import TimelineFiles
from boundaryviz.gui.training.axes import AxesControl
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.training.engine_control import EngineControl, preferred
from boundaryviz.gui.training.history_keeper import HistoryKeeper
from boundaryviz.gui.training.points import PointsControl
from boundaryviz.gui.training.presenter import Word
from boundaryviz.gui.tree.control import TreeControl
from boundaryviz.gui.twin.control import TwinControl
from boundaryviz.gui.units.control import UnitsControl
from boundaryviz.gui.widgets import theme as themes
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.plain import menu_words
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.assets import guide
from boundaryviz.scene.plain_text import one_line

if TYPE_CHECKING:  # what is made when it is first asked for is loaded then
    from boundaryviz.gui.bias.control import BiasControl
    from boundaryviz.gui.board.control import BoardControl
    from boundaryviz.gui.check.control import CheckControl
    from boundaryviz.gui.dose.control import DoseControl
    from boundaryviz.gui.elephant.control import ElephantControl
    from boundaryviz.gui.export.film_control import FilmControl
    from boundaryviz.gui.study.control import StudyControl

_GESTURES = {
    "Mouse": [
        ("Drag a point", "moves it, whatever the tool"),
        ("Shift-click", "adds a point to the selection"),
        ("Wheel", "zooms at the pointer; over an axis along it alone, where axes are free"),
        ("Middle or right drag", "moves the plane"),
        ("Right click", "menu of the point or pin under the pointer"),
        ("Alt-click", "mutes a point, so that nobody sees it, or lets it be seen again"),
        ("Ctrl + wheel on a bridge", "more or fewer points"),
        ("Esc", "gives up the stroke, then the selection"),
    ],
    "Keyboard on the plane": [
        ("Arrows", "nudge the selection by a pixel; with Shift by ten"),
        ("[ and ]", "smaller and larger brush"),
        ("Ctrl + and Ctrl -", "zoom"),
    ],
}


_OF_ONE_SCENARIO = (
    "point.poison", "view.cascade", "view.support", "view.certificate", "view.heights", "view.effect", "view.pushes",
    "view.jitter", "view.rule-difference", "view.similarity",
)  # fmt: skip
"""Switches that another scenario finds off. The theme, decision only, contours, prediction, held-out points, the
earlier course, panels, pins, speed and the result at the front are the viewer's and stay."""
_IN_HAND = ("point.class-0", "point.tool-select")
"""What another scenario finds in hand, so that the first click on it changes nothing."""


LATE = {
    "dose": ("train.dose",), "check": ("train.check",), "study": ("train.study", "view.study"),
    "bias": ("train.bias",), "board": ("train.board",), "film": ("file.film",), "elephant": ("help.elephant",),
}  # fmt: skip
"""What is made when it is first asked for, and the actions that ask for it and belong to nobody else."""


class _HasPanel(Protocol):
    @property
    def panel(self) -> QWidget: ...


_Tabbed = TypeVar("_Tabbed", bound=_HasPanel)


class Workbench:
    """A window with everything that belongs to it, ready to be shown.

    state: the folder for recovery files and crash logs; None keeps neither.
    """

    def __init__(
        self,
        given: Scenario | Project,
        start: StartLink,
        link: Link | None,
        settings: QSettings,
        state: Path | None = None,
    ) -> None:
        self._settings, self._state = settings, state
        self._closed = False
        self._goals_of: QObject | None = None  # of the palette that was opened last
        self.guide: GuideWindow | None = None
        self._unkept = ""  # why unsaved work is not kept
        self._theme = themes.named(str(settings.value("theme", "system")))
        self.plane = PlaneView()
        self.planes = TwinPlanes(self.plane)
        self.window = window = MainWindow(settings, self.plane)
        self.log, self.writer = Logbook(window), Writer(window)
        self.reader = Writer(window, "boundaryviz-reader")
        self.folder = Folder()
        self.client = client = TrainerClient(start, link, window)
        client.prefer(preferred(settings))
        self.history = HistoryKeeper(client, window)
        self.document = document = Document(given, window, self.history.now, self.history.pending)
        self.controller = Controller(window, self.planes, document, client, self.history)
        self.engine = EngineControl(window, self.controller, client, settings, self.log)
        document.opened.connect(self._begin_anew)  # before whoever brings back what belongs to what was opened
        self._join_views()
        self._join_files()
        self.errors = ErrorReporting(
            window, self.log, lambda: bool(self.autosave and self.autosave.now()), self.engine.facts
        )
        client.failed.connect(self._note_failure)
        window.ask_before_closing(lambda: "film" not in self._made or self.film.may_leave())
        window.ask_before_closing(self.filing.may_close)
        self.poison = PoisonControl(window, self.planes, self.controller)
        self.defence = DefenceControl(window, self.planes, self.controller)
        self.rule = RuleControl(window, self.planes, self.controller)
        self.presentation = PresentationControl(
            window, self.planes, self.filing.turn, (self.curves.view.set_scale, self.embedding.view.set_scale)
        )
        window.actions_["file.talk"].toggled.connect(window.actions_["view.projector"].setChecked)
        self._arrange()
        self._dress()
        window.restore()
        self._wire()

    def _join_views(self) -> None:
        """What shows the run."""
        window, document, client, planes = self.window, self.document, self.client, self.planes
        presenter, transport = self.controller.presenter, self.controller.transport
        self.curves = CurvesControl(window, presenter, client)
        self.units = UnitsControl(window, client, presenter)
        self.confusion = ConfusionControl(window, presenter)
        self.margins = MarginsControl(window, client, presenter)
        self.threshold = ThresholdControl(window, document, client, self.controller)
        self.points = PointsControl(window, planes, document, presenter, self.controller.do)
        self.cascade = CascadeControl(window, self.plane, document, client, presenter)
        self.twin = TwinControl(window, planes, transport, document, client, presenter)
        self.compare = CompareControl(window, presenter)
        self.axes = AxesControl(window, planes, self._settings, self.compare.board.set_axes_choice)
        self.adversary = AdversaryControl(window, planes, document, self.controller.do)
        self.adversary.kept.connect(self._compare_with_clean)
        self.effect = EffectControl(window, planes, document)
        self.twin.over_data_asked.connect(lambda: self.check.show())
        self.timeline = TimelineControl(window, planes, self.controller)
        self.timeline.ghost_changed.connect(self.curves.view.set_ghost)
        self.timeline.course.changed.connect(self.curves.show_course)
        self.timeline.course.turned.connect(self.curves.view.set_shown)
        self.support = SupportControl(window, self.plane, document, client, presenter)
        self.certificate = CertificateControl(window, planes, document, client, presenter)
        self.heights = HeightsControl(window, planes, document, client, presenter)
        self.section = SectionControl(window, self.plane, self.controller)
        self.tree = TreeControl(window, self.plane, client, presenter)
        self.timeline.course.turned.connect(self.tree.show_stage)
        self.push = PushControl(window, planes, document, client, presenter, self.controller.do)
        self.controller.offers.append(self.push.hand.offers)
        self.embedding = EmbeddingControl(window, planes, document, client, presenter)
        self.influence = InfluenceControl(window, self.plane, document, client, presenter, self.controller.do)

    def _join_files(self) -> None:
        """What goes to files and comes from them."""
        window, document, client, log, folder = self.window, self.document, self.client, self.log, self.folder
        presenter, settings = self.controller.presenter, self._settings
        self.recent = RecentFiles(settings, window)
        window.add_submenu("file", self.recent, before="file.paste")
        self.timeline_files = TimelineFiles(window, document, self.timeline, self.twin.train, settings, log)
        self.saving = Saving(window, document, self.writer, log, folder, self.timeline_files.beside)
        self.pin_files = PinFiles(window, self.compare, self.writer, self.reader, folder, log)
        self.words = ScenarioWords(window, document)
        self.importing = Importing(window, self.controller, self.reader, log, folder, self.recent)
        self.filing = Filing(
            window, self.controller, self.saving, self.recent, self.reader, folder, self.pin_files.open, self.importing
        )  # fmt: skip
        picturing = Picturing(document, client, presenter, self.history, window)
        self.exporting = Exporting(
            window, self.planes, document, client, presenter, picturing, self.reader, folder,
            self.timeline.strip, self.compare.snapshots, self.pin_files.file, lambda: self.heights.asked,
            self._further_figures,
        )  # fmt: skip
        self.filing.offers += [self.effect.ready, self.adversary.ready, self._elephant_for, self.heights.ready]
        self.pasting = Pasting(window, self.plane, self.filing.welcome, self.controller, self.importing)
        self.autosave = self._autosave()
        self.restoring = Restoring(
            window, document, self.filing.may_leave, log, self._state, self.autosave, self.reader, self.filing.open
        )

    def _further_figures(self) -> dict[str, Further]:
        """What features show now that figures can be drawn of."""
        return {name: Further(*one) for name, one in self.push.figures().items()}

    def _arrange(self) -> None:
        """Which view stands where."""
        window, controller = self.window, self.controller
        window.add_bar(controller.transport)
        window.add_centre(controller.tools, self.planes, self.timeline.bars)
        window.add_page(self.filing.welcome)
        window.add_page(self.compare.board)
        controller.data.add(self.section.panel)
        window.add_panel("Data", controller.data)
        window.add_panel("Learner", controller.learner)
        window.add_panel("Training", controller.training)
        window.add_panel("Poison", self.poison.panel)
        window.add_panel("Attack", self.adversary.panel)
        window.add_panel("Push", self.push.panel)
        window.add_panel("Defence", self.defence.panel)
        window.add_panel("Rule", self.rule.panel)
        window.add_result("Curves", self.curves.view)
        window.add_result("Units", self.units.view)
        window.add_result("Confusion", self.confusion.view)
        window.add_result("Points", self.points.table)
        window.add_result("Twin", self.twin.panel)
        window.add_result("Trail", self.adversary.view)
        window.add_result("Effect", self.effect.panel)
        window.add_result("Defence", self.defence.view)
        window.add_late_result("Dose", lambda: self.dose)
        window.add_late_result("Check", lambda: self.check)
        window.add_late_result("Study", lambda: self.study)
        window.add_late_result("Bias", lambda: self.bias, on=False)
        window.add_late_result("Scoreboard", lambda: self.board, on=False)
        window.add_result("Robustness", self.push.robustness.view)
        window.add_result("Margins", self.margins.view)
        window.add_result("Threshold", self.threshold.view)
        window.add_result("Tree", self.tree.view)
        window.add_result("Embedding", self.embedding.view)
        window.add_result("Why here?", self.influence.view)
        window.compose()
        for feature in (self.adversary, self.effect):
            feature.offer()
        window.offer_result(self.influence.view, False)
        self.push.offer()
        self.tree.offer()
        self.embedding.offer()
        for signal in (self.document.changed, self.document.opened):
            signal.connect(self._offer_of_classes)
        self._offer_of_classes()
        self.document.opened.connect(self._offer_of_promises)
        self._offer_of_promises()

    def _offer_of_classes(self) -> None:
        """Have the tabs that speak of classes decided, and leave them out where responses are fitted."""
        of_classes = not self.controller.presenter.fits_responses
        for view in (self.confusion.view, self.margins.view, self.threshold.view):
            self.window.offer_result(view, of_classes)

    # ---- what is made when it is first asked for ----------------------------------------------------

    @cached_property
    def dose(self) -> DoseControl:
        """Made with its tab."""
        from boundaryviz.gui.dose.control import DoseControl

        return self._with_tab("Dose", lambda: DoseControl(self.window, self.document))

    @cached_property
    def check(self) -> CheckControl:
        """Made with its tab."""
        from boundaryviz.gui.check.control import CheckControl

        return self._with_tab("Check", lambda: CheckControl(self.window, self.document))

    @cached_property
    def study(self) -> StudyControl:
        """Made with its tab."""
        from boundaryviz.gui.study.control import StudyControl

        make = partial(
            StudyControl, self.window, self.document, self.controller.show_run, self.folder, self._state
        )  # fmt: skip
        return self._with_tab("Study", make)

    @cached_property
    def bias(self) -> BiasControl:
        """Made with its tab, which is there for who asks, and for a scenario that promises something of it."""
        from boundaryviz.gui.bias.control import BiasControl

        return self._with_tab("Bias", lambda: BiasControl(self.window, self.plane, self.document))

    @cached_property
    def board(self) -> BoardControl:
        """Made with its tab, which is there for who asks."""
        from boundaryviz.gui.board.control import BoardControl

        return self._with_tab("Scoreboard", lambda: BoardControl(self.window, self.document))

    @cached_property
    def film(self) -> FilmControl:
        """Made for its dialog."""
        from boundaryviz.gui.export.film_control import FilmControl

        with self.window.themed.late():
            return FilmControl(self.window, self.planes, self.document, self.controller.presenter, self.folder)

    @cached_property
    def elephant(self) -> ElephantControl:
        """Made for its window."""
        from boundaryviz.gui.elephant.control import ElephantControl

        with self.window.themed.late():
            return ElephantControl(self.window)

    @property
    def _made(self) -> Set[str]:
        """Of the above, the names of those that are there."""
        return vars(self).keys() & LATE.keys()

    def _with_tab(self, title: str, make: Callable[[], _Tabbed]) -> _Tabbed:
        with self.window.themed.late():
            made = make()
        self.window.fill_result(title, made.panel)
        return made

    def _make_for(self, name: str, action: QAction) -> None:
        """Have what an action belongs to made before it is used for the first time, by whatever way."""
        signal = action.toggled if action.isCheckable() else action.triggered

        def use(on: bool) -> None:
            if name not in self._made:
                getattr(self, name)
                signal.emit(on)  # what was made did not hear it

        signal.connect(use)

    def _elephant_for(self, scenario: Scenario) -> tuple[str, Callable[[], None]] | None:
        return self.elephant.goes_with(scenario) if scenario.data.name == "elephant-shape" else None

    def _offer_of_promises(self) -> None:
        """Have the tab there that a promise of the scenario is about."""
        if any(key.startswith("bias_variance.") for key in self.document.scenario.expect):
            self.bias.offer()

    def _wire(self) -> None:
        """The commands that concern the window as a whole."""
        actions = self.window.actions_
        for name, of_it in LATE.items():
            for one in of_it:
                self._make_for(name, actions[one])
        actions["view.theme"].setChecked(self._theme.name == "dark")
        actions["view.theme"].toggled.connect(lambda dark: self.set_theme("dark" if dark else "light"))
        actions["view.commands"].triggered.connect(lambda: self._palette())
        actions["help.guide"].triggered.connect(lambda: self._show_guide())
        actions["help.shortcuts"].triggered.connect(lambda: self._shortcuts())
        actions["help.about"].triggered.connect(lambda: self._about())

    def show(self, hint: str | None = None) -> None:
        """Open the window and start training; `hint` says what to try."""
        self.window.show()
        self.plane.setFocus()
        if hint:
            self.controller.presenter.say(Word.HINT, hint)
            self.plane.committed.connect(self._hint_taken)
            self.document.opened.connect(self._hint_taken)
        if not self.timeline.taking_up:  # a project that goes on where it was waits to be told so
            self.controller.play(True)

    def _begin_anew(self) -> None:
        """Another scenario was opened: what belonged to the last goes, and what is the viewer's stays."""
        self.twin.train(1, False)
        self.twin.show("side")
        self.controller.presenter.show_unit(None)
        for name in _OF_ONE_SCENARIO:
            self.window.actions_[name].setChecked(False)
        for name in _IN_HAND:
            self.window.actions_[name].trigger()

    def _compare_with_clean(self) -> None:
        """Poison was found: train with and without it, and say what it did."""
        self.window.actions_["train.twin"].setChecked(True)
        self.window.show_result(self.twin.panel)
        self.controller.play(True)

    def _hint_taken(self) -> None:
        self.plane.committed.disconnect(self._hint_taken)
        self.document.opened.disconnect(self._hint_taken)
        self.controller.presenter.say(Word.HINT, None)

    def close(self) -> None:
        """End the trainer and what writes, and leave no recovery file; the window may go now. Twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self.document.undo.blockSignals(True)  # the stack outlives the actions it tells of its changes
        self.adversary.close()
        self.effect.close()
        self.influence.close()
        for name in self._made - {"elephant"}:  # which has nothing to end
            getattr(self, name).close()
        self.client.close()
        self.reader.give_up()
        self.writer.close()
        self.restoring.close()
        if self.autosave is not None:
            self.autosave.close()

    def set_theme(self, name: str) -> None:
        """'light', 'dark' or 'system'; remembered."""
        self._settings.setValue("theme", name)
        self._theme = themes.named(name)
        self._dress()

    def _dress(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        themes.apply(app, self._theme)  # once all widgets are there: each is polished once
        self.window.set_theme(self._theme)

    def _autosave(self) -> Autosave | None:
        if self._state is None:
            return None
        try:
            session = Session(self._state)
        except OSError as error:
            self._unkept = f"Unsaved work cannot be kept for recovery: {error.strerror or error} ({self._state})."
            return None
        autosave = Autosave(self.document, self.writer, session, self.log)
        self.history.changed.connect(autosave.look)
        autosave.failed.connect(lambda words: self.window.notify(words, alarm=True))
        return autosave

    def offer_what_was_left(self, crash: str, unkept: str = "") -> None:
        """Offer unsaved work of dead sessions and, where the last one died in native code, what it left in its log.

        unkept: why nothing can be kept of this session, where that is so.
        """
        if unkept := unkept or self._unkept:
            self.log.note("autosave", unkept, WARNING)
        if not crash:
            if not self.restoring.offer() and unkept:
                self.window.notify(unkept, closable=True)
            return
        self.log.note("crash", crash, ERROR)
        show = self.errors.offer_crash(crash)
        words = "boundaryviz crashed last time."
        if not self.restoring.offer(words, {"Show report": show}):
            self.window.notify(words, action="Show report", act=show, closable=True)

    def _note_failure(self, failed: Failed) -> None:
        words = trainer_words(failed.where, failed.message, failed.details, self._state if failed.fatal else None)
        self.log.note("trainer", words, ERROR)

    def _palette(self) -> None:
        palette = CommandPalette([*self.window.actions_.all(), *self._goals()], self.window)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.popup()

    def _goals(self) -> Iterator[QAction]:
        """What else can be found by name: learners, scenarios, settings."""
        made = QObject(self.window)  # goes with the palette that is opened next
        if self._goals_of is not None:
            self._goals_of.deleteLater()
        self._goals_of = made

        def goal(words: str, tip: str, act: Callable[[], object]) -> QAction:
            action = QAction(menu_words(one_line(words)), made)
            action.setStatusTip(tip)
            action.triggered.connect(lambda: act())
            return action

        learner = self.controller.learner
        for name, family in FAMILIES.items():
            yield goal(f"Learner: {family.title}", family.summary, partial(learner.choose, name))
        for lesson in gallery.lessons():
            for one in map(gallery.load, lesson.names):
                yield goal(f"Example: {one.title}", one.summary, partial(self.filing.open_example, one.name))
        for title, panel in self.window.panels().items():
            forms = [panel] if isinstance(panel, SpecForm) else panel.findChildren(SpecForm)
            for form in (form for form in forms if form is panel or form.isVisibleTo(panel)):
                for path, words in form.titles().items():
                    yield goal(f"{title}: {words}", f"The setting {path}", partial(self._go_to, panel, form, path))

    def _go_to(self, panel: QWidget, form: SpecForm, path: str) -> None:
        self.window.show_panel(panel)
        form.go_to(path)

    def _show_guide(self) -> None:
        if self.guide is None:
            try:
                place = guide()
                text = place.read_text("utf-8")
            except (OSError, ValueError) as error:
                self.window.notify(f"{error}.", alarm=True)
                return
            self.guide = GuideWindow(text, place.parent, self._settings, self.window)
            self.guide.set_theme(self._theme)
            self.window.themed.connect(self.guide.set_theme)
        self.guide.show()
        self.guide.raise_()
        self.guide.activateWindow()

    def _shortcuts(self) -> None:
        groups = {title.replace("&", ""): self.window.actions_.group(menu) for menu, title in MENUS.items()}
        ShortcutsDialog(groups, _GESTURES, self.window).open()

    def _about(self) -> None:
        QMessageBox.about(
            self.window, "About boundaryviz",
            f"<b>boundaryviz {boundaryviz.__version__}</b><p>A desktop laboratory for decision boundaries and their "
            f"poisoning.</p><p>Python {platform.python_version()}, Qt {QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}</p>"
            "<p>Free software under the GNU General Public License, version 3 or later.</p>",
        )  # fmt: skip
