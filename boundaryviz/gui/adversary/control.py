"""Attacks that train in the window: the job and its trail, tried out in the document until kept or discarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from boundaryviz.adversary.requests import AttackRequest
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.gui.adversary.offers import offers, unfit, usual
from boundaryviz.gui.adversary.on_plane import AdversaryOnPlane
from boundaryviz.gui.adversary.panel import AdversaryPanel, Stage
from boundaryviz.gui.adversary.view import TrailView, numbers
from boundaryviz.gui.document.document import Document, DocumentChange, State, Swap, Trial
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.widgets.controls import Throttle
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError
from boundaryviz.record.trail import AttackState, Trail, committed
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Edit, Move, apply
from boundaryviz.scene.scene import Target

_REFRESH = 60  # milliseconds between two states that are shown
CHANGED = "The scenario was changed, so that the attack on it ended; nothing of it was kept."
_MAP = "a map"  # of which those attacks speak that meet no slope
_ONLY_ITS_OWN = "An attack is under way: only its points can be moved by hand. Keep or discard it first."


class AdversaryControl(QObject):
    """Runs the attack that the scenario names, or the usual one for its learner.

    kept: what it came to is now in the scene. While it is under way its points are tried out in the document, on which
    the model trains, so that the boundary follows; the committed scene is as it was.
    """

    kept = pyqtSignal()

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, do: Callable[[DocumentChange, str], None]
    ) -> None:
        """do: makes a change, as one undo step under this name."""
        super().__init__(window)
        self._window, self._plane, self._document, self._do = window, planes.plane, document, do
        self.panel, self.view = AdversaryPanel(), TrailView()
        self.on_plane = AdversaryOnPlane(planes, document)
        self.trail: Trail | None = None
        self.stage: Stage = "idle"
        self._base: State | None = None  # what is attacked
        self._told_of = document.committed  # what the sentence in the panel is about
        self._attack: TrainedAttackSettings | None = None
        self._trial: Trial | None = None
        self._job = JobRunner(self, stays=True)  # so that going on after a pause costs no start
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._take)
        self._job.ended.connect(self._ended)
        self._throttle = Throttle(lambda _: self._show(), _REFRESH, self)
        self._wire(planes)
        self._sync()

    def _wire(self, planes: TwinPlanes) -> None:
        window, panel, actions = self._window, self.panel, self._window.actions_
        for themed in (self.view.set_theme, self.on_plane.set_theme):
            window.themed.connect(themed)
        panel.changed.connect(self._set)
        for signal, name, act in (
            (panel.go, "train.attack", self.go), (panel.kept, "train.attack-keep", self.keep),
            (panel.discarded, "train.attack-discard", self.discard),
        ):  # fmt: skip
            signal.connect(act)
            actions[name].triggered.connect(lambda _=False, act=act: act())
        panel.map_asked.connect(lambda: actions["view.effect"].setChecked(True))
        self.on_plane.box_drawn.connect(self._draw_box)
        window.escaped.connect(self._escaped)
        window.settings_tabs.currentChanged.connect(lambda _at: self._show_box())
        planes.plane.previewed.connect(lambda _edit: self._hand_takes_hold())
        self._document.changed.connect(self._changed)
        self._document.opened.connect(self._opened)

    def offer(self) -> None:
        """Have the tab of the trail there for a scenario that has an attack ready, and once there is a trail."""
        ready = self._document.scenario.adversary is not None
        self._window.offer_result(self.view, ready or self.stage != "idle")

    def ready(self, scenario: Scenario) -> tuple[str, Callable[[], None]] | None:
        """What is offered with a scenario that has an attack ready: the words of a button, and what it does."""
        return None if scenario.adversary is None else ("Run its attack", self.go)

    @property
    def spec(self) -> TrainedAttackSettings:
        """The attack that would run now."""
        return usual(self._document.committed.scenario)

    # ---- what is asked for --------------------------------------------------------------------------

    def go(self) -> None:
        """Attack, pause, or go on."""
        if self.stage == "running":
            self.pause()
        elif self.stage == "paused" and self.trail is not None:
            self._start(self.trail.last)
        else:
            self._begin()

    def pause(self) -> None:
        """Stop for now; what it has come to waits, and its points can be moved by hand."""
        if self.stage == "running":
            self._job.interrupt()
            self._throttle.flush()
            self._stand("idle" if self.trail is None else "paused")
            self._say("Paused: drag a point of the attack if you like, then go on." if self.trail else "")

    def keep(self) -> None:
        """Take what it has come to into the scene."""
        trail, attack = self.trail, self._attack
        if trail is None or attack is None or self._base is None:
            return
        self._job.interrupt()
        tried = self._tried(trail.last)
        self._forget()
        if tried is not None:
            self._do(Swap(tried), f"Attack: {attack.TITLE.lower()}")
            self._say(f"Kept: {numbers(trail.last)}")
            self._plane.setFocus()  # and not the field that comes after a button which is off now
            self.kept.emit()

    def discard(self) -> None:
        """Leave the scene as it was."""
        if self.stage != "idle":
            self._end("Discarded; the scene is as it was.")

    def close(self) -> None:
        """End the process without a word; the window may go now."""
        self._job.kill()

    def _end(self, words: str, problem: bool = False) -> None:
        """Give up the attack, and say why."""
        self._job.interrupt()
        self._forget()
        self.on_plane.bring_into_sight(None)
        self._document.try_out(None)
        self._say(words, problem)
        if self.panel.isAncestorOf(self._window.focusWidget()):
            self._plane.setFocus()

    def _forget(self) -> None:
        self.trail = self._base = self._attack = self._trial = None
        self.on_plane.show_trail(None)
        self.view.show_trail(None)
        self._stand("idle")

    # ---- the job ------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin anew, on the scenario as it is committed."""
        attack = self.spec
        if why := unfit(attack, self._document.committed.scenario.learner):
            self._say(why, problem=True)
            return
        if self.stage != "idle":
            self._end("")
        self._base, self._attack = self._document.committed, attack
        self._window.show_panel(self.panel)
        self.on_plane.bring_into_sight(None if "beyond" in attack.FOREIGN else attack.beyond)
        self._start(None)

    def _start(self, start: AttackState | None) -> None:
        assert self._base is not None
        scenario = self._base.complete().model_copy(update={"adversary": self._attack})
        try:
            self._job.start(AttackRequest(scenario, start))
        except JobError as error:
            self._say(str(error), problem=True)
            return
        self._stand("running")
        self._window.show_result(self.view)
        self._say("Starting\u2026")

    def _progressed(self, now: Progress) -> None:
        if self.stage != "running":
            return  # of what was asked to end
        self.panel.set_progress(now.done / max(now.of, 1))

    def _take(self, state: AttackState) -> None:
        if self.stage != "running":
            return
        if state.done and self.trail is not None and len(self.trail) > 1:
            self.trail = Trail((*self.trail.states[:-1], state))  # the last one again
        else:
            self.trail = Trail((state,)) if self.trail is None else self.trail.with_state(state)
        self._throttle()

    def _ended(self, problem: str) -> None:
        if self.stage != "running":
            return
        self._throttle.flush()
        trail = self.trail
        if trail is None:
            self._forget()
            self._say(problem, problem=bool(problem), offers_map=_MAP in problem)
        elif problem:
            self._stand("paused")
            self._say(f"{problem} What it had come to by then is there: go on, keep or discard it.", problem=True)
        else:
            self._stand("done")
            warns = trail.last.words.endswith(".")  # a sentence, and not how far it is
            said = f"Done: {numbers(trail.last)}"
            self._say(f"{said} {trail.last.words}" if warns else said, offers_map=warns and _MAP in trail.last.words)

    def _say(self, words: str, problem: bool = False, offers_map: bool = False) -> None:
        """A sentence in the panel, on the scene as it is committed: idle, it goes with the next change."""
        self._told_of = self._document.committed
        self.panel.say(words, problem, offers_map)

    def _stand(self, stage: Stage) -> None:
        self.stage = stage
        self.panel.set_stage(stage)
        for name in ("train.attack-keep", "train.attack-discard"):
            self._window.actions_[name].setEnabled(stage != "idle")
        self.offer()
        self._show_box()

    # ---- what is shown ------------------------------------------------------------------------------

    def _tried(self, state: AttackState) -> State | None:
        """The document with the points of a state; None where they cannot be placed, which is said."""
        base, attack = self._base, self._attack
        assert base is not None
        assert attack is not None
        pin = None
        if attack.marks and attack.target is not None and attack.target_class is not None:
            pin = Target(*attack.target, attack.target_class)
        try:
            scene = committed(state, base.scene, attack.TITLE, pin, base.scenario.poison.group)
        except AttackError as error:
            self._end(str(error), problem=True)
            return None
        return State(base.scenario, scene, edited=True)

    def _show(self) -> None:
        """The state that is known by now, in the document and in the views."""
        trail = self.trail
        if trail is None or (tried := self._tried(trail.last)) is None:
            return
        self._trial = Trial(tried, self._amend)
        self._document.try_out(self._trial)
        assert self._base is not None
        self.on_plane.show_trail(trail, self._base.scene, tried.scene)
        self.view.show_trail(trail)
        if self.stage == "running":
            words = trail.last.words or numbers(trail.last)
            self._say(words[:1].upper() + words[1:])

    def _show_box(self) -> None:
        """While the panel is at the front, or the attack is under way."""
        shown = self.stage != "idle" or self._window.panel_shown() is self.panel
        attack = self._attack or self.spec
        self.on_plane.show_box(None if not shown or "beyond" in attack.FOREIGN else attack.beyond)

    # ---- the hand -----------------------------------------------------------------------------------

    def _hand_takes_hold(self) -> None:
        """Somebody drags something on the plane: the attack waits."""
        if self.stage == "running" and self.trail is not None:
            self.pause()

    def _amend(self, edit: Edit) -> None:
        """A point of the attack was moved by hand; nothing else can be done to the scene meanwhile."""
        trail, trial, base = self.trail, self._trial, self._base
        if trail is None or trial is None or base is None:
            return
        own = base.scene.next_id + np.arange(len(trail.last))  # as `committed` numbers them
        if not isinstance(edit, Move) or not np.isin(edit.ids, own).all():
            self._window.tell(_ONLY_ITS_OWN)
            return
        self.pause()
        points = apply(edit, trial.state.scene)[0].points
        x = points.x[points.positions(own)]
        unknown = float("nan")
        moved = replace(
            trail.last, points=x, moving=int(np.flatnonzero(own == edit.ids[0])[0]), objective=unknown, error=unknown,
            done=False, words="",
        )  # fmt: skip
        self.trail = trail.with_state(moved)
        self._stand("paused")
        self._show()
        self._say("Moved by hand: go on from there.")

    def _draw_box(self, beyond: float, done: bool) -> None:
        """The box is drawn larger or smaller by hand."""
        if self.stage != "idle":
            self._window.tell(_ONLY_ITS_OWN)
        elif done:
            self._set("adversary.beyond", beyond)
        else:
            self.on_plane.show_box(beyond)

    def _escaped(self) -> None:
        if not self._window.actions_["view.projector"].isChecked():  # which Esc leaves first
            self.discard()

    # ---- the document -------------------------------------------------------------------------------

    def _set(self, path: str, value: object) -> None:
        values: dict[str, object] = {path: value}
        if self._document.committed.scenario.adversary is None and path != "adversary.method":
            values["adversary.method"] = self.spec.method
        words = (
            "Choose attack" if path == "adversary.method" else f"Set {path.removeprefix('adversary.')} of the attack"
        )
        self._do(Settings(values), words)

    def _changed(self) -> None:
        if self._base is not None and self._document.committed is not self._base:
            self._end(CHANGED)
            self._window.tell(CHANGED)
        elif self.stage == "idle" and self._document.committed is not self._told_of:
            self._say("")
        if not self._document.previewing:
            self._sync()

    def _opened(self) -> None:
        self._job.interrupt()
        self._forget()
        self.on_plane.bring_into_sight(None)
        self._say("")
        self._sync()
        self.offer()

    def _sync(self) -> None:
        scenario = self._document.committed.scenario
        self.panel.set_offers(offers(scenario.learner))
        spec = self.spec
        self.panel.set_values(spec)
        self.panel.set_unfit(unfit(spec, scenario.learner))
        self._show_box()
