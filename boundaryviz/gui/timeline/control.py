"""The timeline of the run: recording its checkpoints, showing the past, and going on from there as a branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from PyQt6.QtCore import QObject, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeySequence, QPixmap, QShortcut

from boundaryviz.engine import messages as m
from boundaryviz.gui.document.document import State
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.timeline.bar import Mark, TimelineBar
from boundaryviz.gui.timeline.checkpoint_picture import checkpoint_pixmap
from boundaryviz.gui.timeline.course import Bars, CourseControl
from boundaryviz.gui.timeline.marks import ChangeMarks, marks
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.training.past import Past
from boundaryviz.gui.widgets.controls import Throttle
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.timeline import BUDGET, Timeline
from boundaryviz.record.timeline_file import Kept
from boundaryviz.scenario.history import RunHistory, Visited, changed

_REFRESH = 100  # milliseconds between two looks of the bar
_REST = 120  # milliseconds after which a checkpoint that is looked at is worked out exactly
_THUMBNAIL = QSize(144, 144)
_GHOST_SHARE = 4  # an earlier history gets one part in so many of the memory


@dataclass(frozen=True, eq=False)
class Ghost:
    """The history that was left for a branch: its checkpoints and curves."""

    timeline: Timeline
    curves: CurveStore


@dataclass(frozen=True, eq=False)
class _Branching:
    """What is to be done as soon as the trainer has gone back to `step`."""

    step: int
    curves: CurveStore


class TimelineControl(QObject):
    """Joins the trainer's checkpoints to the bar under the plane.

    ghost_changed: the steps of the history that was left, or None, and its curves by name.
    """

    ghost_changed = pyqtSignal(object, object)

    def __init__(self, window: MainWindow, planes: TwinPlanes, controller: Controller, budget: int = BUDGET) -> None:
        super().__init__(window)
        self._window, self._planes, self._plane = window, planes, planes.plane
        self._controller, self._keeper = controller, controller.history
        self.document, self.client, self.presenter = controller.document, controller.client, controller.presenter
        self.bar = TimelineBar()
        window.actions_.share("train", self.bar.track)
        window.actions_.share("view", self.bar.track, but="view.fit")  # Home leads to the first moment there
        window.themed.connect(self.bar.set_theme)
        window.themed.connect(self.set_theme)
        self._theme: Theme = LIGHT
        self.course = CourseControl(window, controller)
        self.bars = Bars(self.bar, self.course.bar)
        self.bars.show_course(self.course.active)
        self.course.wanted.connect(self.bars.show_course)
        window.actions_.share("train", self.course.bar.track)
        window.actions_.share("view", self.course.bar.track, but="view.fit")
        self._budget = budget
        self.timeline = Timeline(budget)
        self.ghost: Ghost | None = None
        self._branch: int | None = None
        self._stop: Mark | None = None
        self._branching: _Branching | None = None
        self._take_up: tuple[RunHistory, Kept] | None = None
        self._survives: tuple[RunHistory | None, Kept] | None = None  # a trainer that died
        self._changes = 0
        self._change_marks = ChangeMarks()
        self._visited = Visited()
        self._numbers = count(1)
        self._ghost_shown: int | None = None
        self._throttle = Throttle(lambda _: self._refresh(), _REFRESH, self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self.presenter.load_past)
        self._wire()
        self._refresh()

    def _wire(self) -> None:
        client, bar, actions = self.client, self.bar, self._window.actions_
        client.recorded.connect(self._recorded)
        client.stated.connect(self._stated)
        client.restarting.connect(self._restarting)
        client.framed.connect(self._framed)
        client.evaluated.connect(self._throttle)
        self._keeper.changed.connect(self._history_changed)
        self.document.changed.connect(self.now)
        self.document.opened.connect(self.now)
        bar.set_thumbnail(self._thumbnail)
        bar.scrubbed.connect(self._scrub)
        bar.now_wanted.connect(self.now)
        bar.resume_wanted.connect(self.resume)
        bar.pin_wanted.connect(actions["view.pin"].trigger)
        transport = self._controller.transport
        for signal in (transport.play_toggled, transport.step, transport.reset):
            signal.connect(lambda *_: self.now())
        on: dict[str, Callable[[], object]] = {
            "train.earlier": lambda: self._along(-1), "train.later": lambda: self._along(1),
            "train.first": self._first, "train.now": self._last, "train.resume": self._go_on,
            "train.play": self.now, "train.step": self.now, "train.reset": self.now,
        }  # fmt: skip
        for name, act in on.items():
            actions[name].triggered.connect(lambda _=False, act=act: act())
        end = QShortcut(QKeySequence(Qt.Key.Key_End), self._plane)
        end.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        end.activated.connect(self._last)
        self.course.turned.connect(self._offer)
        actions["train.resume"].setEnabled(False)
        actions["train.now"].setEnabled(False)
        actions["view.ghost"].setChecked(True)
        actions["view.ghost"].toggled.connect(lambda _: self._show_ghost())

    def _along(self, by: int) -> None:
        (self.course if self.course.active else self).move(by)

    def _first(self) -> None:
        (self.course if self.course.active else self).show(0)

    def _last(self) -> None:
        self.now()
        self.course.leave()

    def _go_on(self) -> None:
        if self.course.active:
            self.course.use()
        else:
            self.resume()

    def _offer(self, stage: int | None) -> None:
        for name in ("train.resume", "train.now"):
            self._window.actions_[name].setEnabled(stage is not None)

    def set_theme(self, theme: Theme) -> None:
        """Draw pictures in the colours of a theme from now on."""
        self._theme = theme

    # ---- recording ----------------------------------------------------------------------------------

    def _recorded(self, checkpoint: m.Checkpoint) -> None:
        self.timeline.add(checkpoint)
        self._throttle()

    def _history_changed(self) -> None:
        changes = () if self._keeper.history is None else self._keeper.history.changes
        for change in changes[self._changes :]:
            self.timeline.change(change.step)
        self._changes = len(changes)
        self._throttle()

    def _stated(self, state: m.State) -> None:
        if state.why == "early-stopping":
            kept = "" if state.kept is None or state.kept < 0 else f", with the weights of step {state.kept:,}"
            self._stop = Mark(state.step, "stop", f"stopped early{kept}")
        if state.why in ("loaded", "reset"):
            self.now()
            survives, self._survives = self._survives, None
            self._begin(Timeline(self._budget), None, None)
            if survives is not None:
                self.take_up(*survives, go_on=self.client.playing)  # who has been told to play meanwhile
        elif state.why == "resumed" and self._take_up is not None:
            self._taken_up(*self._take_up)
        elif state.why == "resumed" and self._branching is not None:
            self._branch_off(self._branching)
        self._throttle()

    def _restarting(self) -> None:
        """What was recorded of a run outlives its trainer: the next one goes on from the last checkpoint."""
        self._survives = self._keeper.now(), Kept(self.timeline.checkpoints, self.client.curves)

    def _begin(self, timeline: Timeline, ghost: Ghost | None, branch: int | None) -> None:
        self.timeline, self.ghost, self._branch, self._branching = timeline, ghost, branch, None
        self._stop = None
        self._changes = 0 if self._keeper.history is None else len(self._keeper.history.changes)
        self._show_ghost()

    @property
    def curves(self) -> CurveStore:
        """Those of the run so far."""
        return self.client.curves

    def take_up(self, history: RunHistory | None, kept: Kept | None, go_on: bool = False) -> None:
        """A file was opened: be at the last of the checkpoints kept with it, paused or to `go_on`; without any, keep
        its history."""
        self._keeper.open(history)
        self._take_up = None
        if history is None or kept is None or not kept.checkpoints:
            return
        last = kept.checkpoints[-1]
        self._take_up = (history, kept)
        scenario, scene = history.at(history.changes_before(last.step))
        # the present, maybe another, is told of then
        self.client.resume(scenario, scene, -1, last.state, go_on, history.engine)

    @property
    def taking_up(self) -> bool:
        """Whether the run of a file is about to be gone on with."""
        return self._take_up is not None

    def _taken_up(self, history: RunHistory, kept: Kept) -> None:
        self._take_up = None
        last = kept.checkpoints[-1].step
        self._keeper.resume(
            replace(history, changes=history.changes[: history.changes_before(last)], pending=None, _last=None)
        )
        changes = [change.step for change in history.changes]
        self.client.keep_curves(kept.curves)
        self._begin(Timeline(self._budget, kept.checkpoints, changes), None, None)
        state = self.document.state
        self.client.set_scene(state.scene, self.document.revision, state.scenario)

    # ---- the past -----------------------------------------------------------------------------------

    @property
    def _shown(self) -> int | None:
        """The place of the checkpoint that is shown."""
        past = self.presenter.past
        return None if past is None else self.timeline.nearest(past.checkpoint.step)

    @property
    def _ends_now(self) -> bool:
        """Whether the last recorded checkpoint is that of now."""
        return len(self.timeline) > 0 and int(self.timeline.step[-1]) == self.client.step_count

    def past(self, index: int) -> Past:
        """A recorded checkpoint with what was trained on then."""
        checkpoint, history = self.timeline[index], self._keeper.history
        if history is None:
            state = self.document.committed
            return Past(next(self._numbers), checkpoint, state.scenario, state.scene)
        scenario, scene = self._visited.at(history, history.changes_before(checkpoint.step))
        return Past(next(self._numbers), checkpoint, scenario, scene)

    def strip(self, steps: Sequence[int]) -> list[Past]:
        """The recorded checkpoints nearest to these steps, each once."""
        found = sorted({at for step in steps if (at := self.timeline.nearest(step)) is not None})
        return [self.past(at) for at in found]

    def _scrub(self, index: int) -> None:
        """As `show`; the last checkpoint is now where training rests at it."""
        if index >= len(self.timeline) - 1 and not self.client.playing and self._ends_now:
            self.now()
        else:
            self.show(index)

    def show(self, index: int) -> None:
        """Show a recorded checkpoint; training pauses."""
        if not len(self.timeline):
            return
        if self.client.playing:
            self._controller.play(False)
        index = min(max(index, 0), len(self.timeline) - 1)
        step = self.timeline[index].step
        self._lock(f"Step {step:,}, the past. Resume here to go on from it; End leads back to now.")
        self.presenter.show_past(self.past(index))
        self.bar.set_shown(index)
        self._rest.start()

    def move(self, by: int) -> None:
        """To a checkpoint so many later; past the last one back to now."""
        at = self._shown
        if at is None:  # the last checkpoint may be that of now, which is seen already
            at = len(self.timeline) - self._ends_now
        if by > 0 and at + by >= len(self.timeline):
            self.now()
        else:
            self.show(at + by)

    def now(self) -> None:
        """Show the present."""
        if self.presenter.past is None:
            return
        self._rest.stop()
        self._lock(None)
        self.presenter.show_past(None)
        self.bar.set_shown(None)

    def _lock(self, words: str | None) -> None:
        actions = self._window.actions_
        self._plane.set_locked(words)
        self._planes.set_look("past", lambda plane: plane.set_locked(None if words is None else ""))
        actions["train.resume"].setEnabled(words is not None)
        actions["train.now"].setEnabled(words is not None)

    # ---- branches -----------------------------------------------------------------------------------

    def resume(self) -> None:
        """Go on training from the checkpoint that is shown; the history so far stays as a ghost."""
        past = self.presenter.past
        if past is None:
            return
        client, document, state = self.client, self.document, past.checkpoint.state
        self._branching = _Branching(past.checkpoint.step, client.curves)
        self.now()
        committed = document.committed
        if past.scene is committed.scene and not changed(past.scenario, committed.scenario):
            client.resume(past.scenario, past.scene, document.revision, state)
        else:
            then = State(past.scenario, past.scene, self._edited(past))
            text = f"Resume at step {past.checkpoint.step:,}"
            self._controller.adopt(then, text, lambda r: client.resume(then.scenario, then.scene, r, state))

    def _edited(self, past: Past) -> bool:
        """Whether its scene has to be written out because it cannot be drawn again."""
        history = self._keeper.history
        return history is None or not history.drawn or past.scene is not history.scene

    def _branch_off(self, branching: _Branching) -> None:
        old, step, history = self.timeline, branching.step, self._keeper.history
        if history is not None:
            self._keeper.resume(history.until(step))
        ghost = Ghost(old.within(self._budget // _GHOST_SHARE), branching.curves)
        kept = old.within(self._budget - ghost.timeline.budget).until(step)
        self._begin(kept, ghost, step)

    def _show_ghost(self) -> None:
        """The curves and, by and by, the boundary of the history that was left."""
        ghost = self.ghost
        self._ghost_shown = None
        if ghost is None or not self._window.actions_["view.ghost"].isChecked():
            self.ghost_changed.emit(None, {})
            self._plane.field_layer.set_ghost(None, None)
            return
        seeds = self.client.seeds
        values = {name: ghost.curves.column(name)[:, -seeds:].mean(axis=1) for name in m.CURVES}
        self.ghost_changed.emit(ghost.curves.step, values)
        if self.presenter.frame is not None:
            self._framed(self.presenter.frame)

    def _framed(self, frame: m.Frame) -> None:
        """The ghost's boundary is that of the same step, as far as it was recorded."""
        ghost = self.ghost
        if ghost is None or not self._window.actions_["view.ghost"].isChecked():
            return
        steps, layer = ghost.timeline.step, self._plane.field_layer
        at = ghost.timeline.nearest(frame.step) if len(steps) and frame.step <= steps[-1] else None
        if at == self._ghost_shown:
            return
        self._ghost_shown = at
        if at is None:
            layer.set_ghost(None, None)
        else:
            layer.set_ghost(ghost.timeline[at].field.astype(np.float32), ghost.timeline[at].rect)

    # ---- the bar ------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        bar, presenter, timeline = self.bar, self.presenter, self.timeline
        bar.set_checkpoints(timeline.step)
        clean = presenter.replica(clean=True) if self.client.twin else None
        changes = self._change_marks.of(self._keeper.history)
        bar.set_marks(marks(changes, self.client.curves, presenter.replica(), clean, self._branch, self._stop))
        bar.set_now(max(self.client.step_count, int(timeline.step[-1]) if len(timeline) else 0))
        bar.set_shown(self._shown)
        bytes_ = timeline.bytes + (0 if self.ghost is None else self.ghost.timeline.bytes)
        bar.set_memory(f"{len(timeline):,} moments, {bytes_ / 2**20:.0f} of {self._budget / 2**20:.0f} MB")

    def _thumbnail(self, index: int) -> QPixmap | None:
        if not 0 <= index < len(self.timeline):
            return None
        past = self.past(index)
        ratio = self._window.devicePixelRatioF()
        return checkpoint_pixmap(
            past.checkpoint.field, past.checkpoint.rect, past.scene, _THUMBNAIL, self._theme, ratio
        )
