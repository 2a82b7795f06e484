"""Joins the document, the trainer, the plane and the panels of data, learner and training."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import SystemRandom
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QPoint
from PyQt6.QtWidgets import QMenu

from boundaryviz.attacks.placement import hand_group
from boundaryviz.gui.document.document import Document, DocumentChange, State, Swap
from boundaryviz.gui.plane.tool_column import ToolColumn
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.actions import LISTED
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.tools import TOOLS
from boundaryviz.gui.training.class_choice import ClassChoice
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.data_panel import DataPanel, OwnData
from boundaryviz.gui.training.history_keeper import HistoryKeeper
from boundaryviz.gui.training.learner_panel import LearnerPanel
from boundaryviz.gui.training.pacing import Pacing
from boundaryviz.gui.training.presenter import Presenter, Word
from boundaryviz.gui.training.transport import TransportBar
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.plain import add_action, add_submenu, menu_words, title_words
from boundaryviz.learners.specs import FAMILIES, TrainingSpec
from boundaryviz.scenario.caption_advice import caption_advice
from boundaryviz.scenario.changes import Settings, resets, stirs
from boundaryviz.scenario.history_spec import Engine
from boundaryviz.scenario.response_advice import decision_advice, response_advice
from boundaryviz.scenario.scale_advice import scale_advice
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.stopping_advice import stopping_advice
from boundaryviz.scenario.words import setting_title, source_words
from boundaryviz.scene.data import OWN, before_any
from boundaryviz.scene.edits import Recolumn, Remove, mute, relabel
from boundaryviz.scene.lessons import lacking
from boundaryviz.scene.own_points import leaves_to_chance
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import Origin, Scene

Do = Callable[[DocumentChange, str], None]
"""Makes a change, as one undo step under this name."""
_SELECTING = ("select", "lasso", "rectangle")


class Controller(QObject):
    """Pushes what changed in the document to the trainer and the views, and what they say to the document."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, client: TrainerClient, history: HistoryKeeper
    ) -> None:
        super().__init__(window)
        self.document, self.client, self.history = document, client, history
        self._window, self._planes, self._plane = window, planes, planes.plane
        actions = window.actions_
        self.tools = ToolColumn(
            actions.tools.actions(), actions.classes.actions(), actions["point.class-choose"], [actions["point.poison"]]
        )
        self.transport, self.data = TransportBar(), DataPanel()
        self.learner = LearnerPanel(FAMILIES)
        self.training = SpecForm(TrainingSpec, "training", skip=("seed",))
        for view in (planes.plane, planes, self.transport, self.tools, self.data):
            window.themed.connect(view.set_theme)
        self._pushed: State | None = None
        self._settings: Scenario | None = None  # that the panels show
        self._tell_instead: Callable[[int], None] | None = None
        self.offers: list[Callable[[NDArray[np.int64]], Iterable[tuple[str, Callable[[], object]]]]] = []
        """What else the menu of points offers, given their ids: words, and what they do."""
        self.presenter = Presenter(window, planes, self.transport, document, client)
        self.pacing = Pacing(window, document, client, self.transport)  # first told of another scenario
        document.changed.connect(self._sync)
        self.presenter.turned.connect(self._show_settings)
        document.opened.connect(self._opened)
        document.undo.cleanChanged.connect(self._title)
        document.filed.connect(self._title)
        self.history.changed.connect(self._title)
        self._wire_plane()
        self._wire_panels()
        self._wire_actions()
        self.class_choice = ClassChoice(window, document, self._choose_class)
        self._sync(loaded=True)

    # ---- document -> everybody ----------------------------------------------------------------------

    def _sync(self, loaded: bool = False) -> None:
        """Push what differs between the document and what was pushed last."""
        state, before = self.document.state, self._pushed
        self._pushed = state
        plane = self._plane
        fresh = loaded or before is None or resets(before.scenario, state.scenario)
        plane.set_attack(state.scenario.poison)
        if before is None or state.scene is not before.scene:
            plane.set_scene(state.scene)
            self.tools.set_classes(state.scene.classes)
            self._name_classes()
        probed = state.scenario.learner.family.self_supervised
        if fresh or before is None or state.scene is not before.scene:
            self.presenter.say(Word.DATA, self._lacking(state.scene, probed))
        self._show_settings()
        if state is self.document.committed:  # and not at every move of a drag
            words = scale_advice(state.scenario, state.scene)
            self.learner.set_scale_advice(words)
            self.presenter.say(Word.SCALE, f"{words} See Input scale, in the tab Data." if words else None)
            of_responses = response_advice(state.scenario.learner, state.scene) or decision_advice(
                state.scenario, state.scene
            )
            self.presenter.say(Word.CAPTIONS, caption_advice(state.scenario.learner, state.scene) or None)
            self.presenter.say(Word.RESPONSES, of_responses or None)
            self.presenter.say(Word.STOPPING, stopping_advice(state.scenario, state.scene) or None)
        of_file = self.document.given.history if loaded else None
        self._tell(state, before, fresh, of_file.engine if of_file is not None else None)
        self._title()

    def _tell(self, state: State, before: State | None, fresh: bool, engine: Engine | None) -> None:
        """Tell the trainer what changed. engine: of the run that a file holds, which begins again."""
        revision, client = self.document.revision, self.client
        self.history.push(revision, state)
        if self._tell_instead is not None:
            self._tell_instead(revision)
        elif fresh or before is None:
            self.presenter.forget()
            client.load(state.scenario, state.scene, revision, engine)
        else:
            other = state.scenario is not before.scenario
            if state.scene is not before.scene:
                client.set_scene(state.scene, revision, state.scenario if other else None)
            elif other:
                client.set_scenario(state.scenario, revision)
            if state.scenario.training.seed != before.scenario.training.seed:
                client.reset(state.scenario.training.seed)
        committed = self.document.committed
        moved = state.scene is not committed.scene or stirs(committed.scenario, state.scenario)
        self.pacing.hold(self.document.previewing and moved)  # now that what it holds has been told

    def train_anew(self) -> None:
        """Begin the run anew on what is there, with the engine that is preferred now."""
        state = self.document.state
        self.presenter.forget()
        self.client.load(state.scenario, state.scene, self.document.revision)

    def _show_settings(self) -> None:
        """Those of now, or of the moment of the past that is shown."""
        scenario = self.presenter.scenario
        if scenario is not self._settings:
            self._settings = scenario
            self._show_data(scenario)
            rule = scenario.decision.rule_in(self.presenter.scene, scenario.learner)
            self._planes.set_decision(None if rule.plain else rule.leaning)
            self.learner.set_values(scenario.learner)
            self.training.set_values(scenario.training)
            self.transport.set_seed(scenario.training.seed)
            self._say_what_applies(scenario)

    def _show_data(self, scenario: Scenario) -> None:
        own, data = scenario.own, scenario.data
        if own is None:  # points that no setting has acted on yet are all there
            self.data.set_values(before_any(data) if data.name == OWN else data)
            return
        points, about = own.points, OwnData().about
        if own.source is not None:
            about = source_words(own.source)
        count = int((~points.scene.points.is_poison).sum())
        chance, from_table = leaves_to_chance(data, points), own.source is not None
        self.data.set_values(data, OwnData(about, count, points.splits_given, chance, from_table))

    def adopt(self, state: State, text: str, tell: Callable[[int], None]) -> None:
        """Put a state in the place of the present one, as one undo step, of which `tell`, given its revision, tells the
        trainer."""
        self._tell_instead = tell
        try:
            self.document.do(Swap(state), text)
        finally:
            self._tell_instead = None

    def _opened(self) -> None:
        self._plane.set_selection([])
        self._plane.fit()
        self._sync(loaded=True)

    @staticmethod
    def _lacking(scene: Scene, probed: bool) -> str | None:
        """What to say over the plane when there is nothing to learn, or to decide by; an empty plane says so by itself.
        probed: as `lacking` has it."""
        words = lacking(scene, probed) if len(scene.points) else None
        return words and f"{words} Choose a class on the left and add points."

    def _title(self) -> None:
        name = one_line(self.document.path.name if self.document.path else self.document.scenario.title)
        self._window.setWindowTitle(f"{title_words(name)}[*] - boundaryviz")
        self._window.setWindowModified(self.document.unsaved)

    def _name_classes(self) -> None:
        scene = self.document.scene
        self._window.actions_.set_classes([scene.class_name(k) for k in range(scene.classes)])

    def _say_what_applies(self, scenario: Scenario) -> None:
        """Switch off what does nothing with these settings, and say why."""
        learner, training = scenario.learner, scenario.training
        self.training.set_unused(learner.family.unused_training(training))
        self.learner.form.set_unused(learner.unused())

    def do(self, change: DocumentChange, text: str) -> None:
        """Make a change; where it cannot be made, say why and show what is in force."""
        try:
            self.document.do(change, text)
        except (ScenarioError, ValueError, KeyError) as error:
            self._window.notify(str(error).replace("\n", "; "))
            self._show_data(self.document.scenario)

    def set_setting(self, path: str, value: Any) -> None:
        """Give the setting of this dotted path another value, as one undo step."""
        self.do(Settings({path: value}), f"Set {setting_title(self.document.scenario, path).lower()}")

    # ---- plane -> document --------------------------------------------------------------------------

    def _wire_plane(self) -> None:
        plane = self._plane
        plane.previewed.connect(self.document.preview)
        plane.committed.connect(self.do)
        plane.cancelled.connect(self.document.drop_preview)
        plane.context_requested.connect(self._menu)

    def _menu(self, at: QPoint, ids: NDArray[np.int64]) -> None:
        menu = QMenu(self._window)
        if len(ids):
            scene = self.document.scene
            many = add_submenu(menu, "Make") if scene.classes > LISTED else None
            for label in [*range(scene.classes), -1]:
                words = f"Make {scene.class_name(label)}" if label >= 0 else "Take the label away"
                words = words.removeprefix("Make ") if many is not None else words
                where = many if many is not None and label >= 0 else menu
                self._offer(where, words, lambda _=False, k=label: self.do(relabel(ids, k), "Relabel"))
            menu.addSeparator()
            flags = scene.points.is_poison[scene.points.positions(ids)]
            origin = Origin.CLEAN if flags.all() else hand_group(scene, self.document.scenario.poison)
            column = {"origin": np.full(len(ids), origin, dtype=np.int8)}
            words = "Mark as clean" if flags.all() else "Mark as poison"
            self._offer(menu, words, lambda: self.do(Recolumn(ids, column), words))
            on = not scene.points.muted[scene.points.positions(ids)].all()
            self._offer(menu, "Mute" if on else "Unmute", lambda: self.do(mute(ids, on), "Mute" if on else "Unmute"))
            self._offer(menu, "Delete", lambda: self.do(Remove(ids), "Delete"))
            further = [one for offer in self.offers for one in offer(ids)]
            if further:
                menu.addSeparator()
            for words, act in further:
                self._offer(menu, words, lambda _=False, act=act: act())
            menu.addSeparator()
        for name in ("view.fit", "view.discrete", "view.contours", "view.prediction", "view.held-out", "file.export"):
            menu.addAction(self._window.actions_[name])
        menu.exec(at)
        menu.deleteLater()

    @staticmethod
    def _offer(menu: QMenu, words: str, act: Callable[..., object]) -> None:
        add_action(menu, words).triggered.connect(act)

    # ---- panels and actions -> document and trainer -------------------------------------------------

    def _wire_panels(self) -> None:
        client, bar = self.client, self.transport
        for panel in (self.data, self.learner, self.training):
            panel.changed.connect(self.set_setting)
        self.data.redraw.connect(self._redraw)
        client.ready.connect(lambda ready: self.learner.setToolTip(f"{ready.parameters:,} parameters"))
        bar.reset.connect(self._reset)
        bar.play_toggled.connect(self._played)
        bar.step.connect(self._step)
        bar.stop_at_changed.connect(self._stop_at)
        bar.seed_changed.connect(lambda seed: self.set_setting("training.seed", seed))
        bar.new_seed.connect(self._new_seed)

    def _wire_actions(self) -> None:
        actions, plane = self._window.actions_, self._plane
        on: dict[str, Callable[..., object]] = {
            "edit.undo": self._undo, "edit.redo": self._redo,
            "edit.clear": self._clear, "train.play": self._toggle_play,
            "train.step": self._step, "train.reset": self._reset, "train.seed": self._new_seed,
            "train.redraw": self._redraw, "view.fit": plane.fit, "view.output": lambda: self.presenter.show_unit(None),
            "edit.delete": plane.delete_selection, "edit.all": plane.select_all,
        }  # fmt: skip
        for name, act in on.items():
            actions[name].triggered.connect(lambda _=False, act=act: act())
        toggles: dict[str, Callable[[bool], None]] = {
            "view.discrete": plane.set_discrete, "view.contours": plane.set_contours,
            "view.prediction": plane.set_show_prediction, "view.held-out": plane.set_show_held_out,
            "point.poison": plane.set_poison, "view.panels": self._window.show_panels,
        }  # fmt: skip
        for name, toggle in toggles.items():
            actions[name].toggled.connect(toggle)
        for name, tool in TOOLS.items():
            actions[f"point.tool-{name}"].triggered.connect(lambda _=False, tool=tool: plane.set_tool(tool()))
        actions["point.tool-select"].setChecked(True)
        actions["view.contours"].setChecked(True)
        plane.set_show_held_out(False)
        self.document.undo.canUndoChanged.connect(actions["edit.undo"].setEnabled)
        self.document.undo.canRedoChanged.connect(actions["edit.redo"].setEnabled)
        actions["edit.undo"].setEnabled(False)
        actions["edit.redo"].setEnabled(False)
        undo, redo = actions["edit.undo"], actions["edit.redo"]
        self.document.undo.undoTextChanged.connect(lambda t: undo.setText(f"&Undo {menu_words(t.lower())}".strip()))
        self.document.undo.redoTextChanged.connect(lambda t: redo.setText(f"&Redo {menu_words(t.lower())}".strip()))

    def _choose_class(self, label: int) -> None:
        """What new points get; with a tool that selects, the selected points get it too."""
        plane = self._plane
        plane.set_label(label)
        ids = plane.selection
        if len(ids) and plane.tool.name in _SELECTING:
            self.do(relabel(ids, label), "Relabel")

    def _undo(self) -> None:
        self._plane.cancel_stroke()
        self.document.undo.undo()

    def _redo(self) -> None:
        self._plane.cancel_stroke()
        self.document.undo.redo()

    def _clear(self) -> None:
        ids = self.document.scene.points.ids
        if len(ids):
            self.do(Remove(ids), "Clear the plane")

    def show_run(self, scenario: Scenario, text: str) -> None:
        """Put a scenario in the place of this one, as one undo step under this name, and train it to its end from the
        first step on. Raises ScenarioError where it makes no scene."""
        self.document.do(Swap(State.of(scenario)), text)
        self.client.reset(scenario.training.seed)
        self.pacing.rush()
        self.play(True)

    def play(self, on: bool) -> None:
        """Train or pause."""
        self.client.play(on)
        self.transport.set_playing(on)

    def _toggle_play(self) -> None:
        self._played(not (self.client.playing or self.presenter.at_work))

    def _played(self, on: bool) -> None:
        """Play or Pause was pressed; what takes long is stopped by the latter."""
        if on or not self.presenter.stop():
            self._past_the_stop()
            self.play(on)

    def _stop_at(self, step: int | None) -> None:
        """Rest at this step, which is how long a run of the scenario lasts; None: never, while it is open here."""
        self.pacing.set_never(step is None)
        if step is not None:
            self.set_setting("training.steps", step)

    def _past_the_stop(self) -> None:
        """Whoever trains on from where early stopping has ended it does so without, as the history then tells."""
        if self.client.kept is not None:
            self.set_setting("training.early_stopping", "off")
            self._window.tell("Early stopping is now off; Ctrl+Z brings it back.")

    def _step(self) -> None:
        self._past_the_stop()
        self.client.step()
        self.transport.set_playing(False)

    def _reset(self) -> None:
        self.client.reset(self.document.scenario.training.seed)

    def _new_seed(self) -> None:
        self.set_setting("training.seed", SystemRandom().randrange(1000))

    def _redraw(self) -> None:
        self.set_setting("data.seed", (self.document.scenario.data.seed + 1) % 2**31)
