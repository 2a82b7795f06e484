"""What the trainer says, on the screen; and what it is asked to show."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from boundaryviz.defences.judged import Judged
from boundaryviz.engine import messages as m
from boundaryviz.engine.embeddings import Embedding
from boundaryviz.engine.link import Silence
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.past import Past
from boundaryviz.gui.training.transport import TransportBar
from boundaryviz.learners.cascade import Cascade
from boundaryviz.learners.embeddings import collapsed_words
from boundaryviz.record.fields import classes_of
from boundaryviz.record.metrics import Metric
from boundaryviz.record.seeds import Varies, shown_seeds, training_varies
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene

_CURVES = 100  # milliseconds between two drawings of the curves
_FAR_ABOVE = 20.0  # times the first training loss: there something is wrong, even if it is still a number
_COUNTERS = 0.05  # seconds between two looks of the running numbers: faster than that nobody reads

_STUCK = "The trainer does not answer. You can go on editing, undo and save; Restart begins a new one."
_STARTING = "The trainer has not begun yet, after {:.0f} s. You can wait, or Restart begins a new one."
_AT_WORK = "{} for {:.0f} s; {}."
_STOPPED = "The fit was stopped; Play fits again."


class Word(IntEnum):
    """What a sentence over the plane is about, the most pressing first."""

    WORK = 0
    DIVERGED = 1
    DATA = 2
    COLLAPSED = 3
    RISING = 4
    UNIT = 5
    RESPONSES = 6
    CAPTIONS = 7
    STOPPING = 8
    SCALE = 9
    HINT = 10


Named = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class CurvesShown:
    """The curves so far, by name: of each seed (steps, seeds), and of the clean twins where there are any. of: which
    seeds their mean is of. kept: where early stopping has put back earlier weights, what they come to: of each seed (1,
    seeds), and of the clean twins."""

    step: NDArray[np.int64]
    poisoned: Named
    clean: Named | None
    of: str = ""
    kept: tuple[Named, Named] | None = None


class Presenter(QObject):
    """Brings frames and states to the plane, the transport bar and the status bar, and tells other views of them.

    turned: another checkpoint of the past is shown, or the present. shown: a Frame was brought to the plane.
    forgotten: what was learnt is void. unit_shown: hidden unit (layer, index) on the plane, None for the output.
    curves_shown: CurvesShown, or None while there are none, at most ten times a second.
    """

    turned = pyqtSignal()
    shown = pyqtSignal(object)
    forgotten = pyqtSignal()
    unit_shown = pyqtSignal(object)
    curves_shown = pyqtSignal(object)

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, transport: TransportBar, document: Document, client: TrainerClient
    ) -> None:
        super().__init__(window)
        self._window, self._planes, self._plane, self._transport = window, planes, planes.plane, transport
        self._document, self._client = document, client
        self.frame: m.Frame | None = None
        self._cascade: Cascade | None = None
        self._judged: tuple[Judged | None, Judged | None] = None, None
        """Among the points of `scene`, while the plane shows it."""
        self._embedding: Embedding | None = None
        self._live: m.Frame | None = None  # the last frame of the present
        self.past: Past | None = None
        """The checkpoint shown in the place of the present."""
        self.at_work = False
        """Whether the trainer has been at one thing for a while, and says nothing meanwhile."""
        self._silence_told = ""  # in the banner
        self._renderings: dict[int, Callable[[m.Rendering], None]] = {}
        self._view = m.View(document.scene.domain, 256, 256)
        self._hover: tuple[float, float] | None = None
        self._paints: deque[float] = deque(maxlen=240)
        self._owes_credit = False
        self._words: dict[Word, str] = {}
        self._counted = 0.0
        self._staged: NDArray[np.float64] | None = None  # what the model of the size that is shown comes to
        self._numbers = count(1)
        self._curves_timer = QTimer(self)
        self._curves_timer.setSingleShot(True)
        self._curves_timer.setInterval(_CURVES)
        self._curves_timer.timeout.connect(self._draw_curves)
        client.framed.connect(self._show_frame)
        client.evaluated.connect(self._start_curves)
        client.stated.connect(self._show_state)
        client.ready.connect(self._show_ready)
        client.failed.connect(self._show_failure)
        client.fell_silent.connect(self._show_silence)
        client.rendering.connect(self._take_rendering)
        planes.plane.view_changed.connect(lambda rect, columns, rows: self._ask(rect=rect, columns=columns, rows=rows))
        planes.hovered.connect(self._hovered)
        planes.plane.painted.connect(self._painted)

    @property
    def scene(self) -> Scene:
        """The scene shown: the document's, or that of the past."""
        return self._document.scene if self.past is None else self.past.scene

    @property
    def scenario(self) -> Scenario:
        """The scenario shown."""
        return self._document.scenario if self.past is None else self.past.scenario

    @property
    def number(self) -> int | None:
        """By which the trainer knows the checkpoint of the past that is shown; None for the present."""
        return None if self.past is None else self.past.number

    @property
    def cascade(self) -> Cascade | None:
        """The label cascade that is shown, among the points of `scene`."""
        return self._cascade

    def show_cascade(self, chains: Cascade | None) -> None:
        """From now on snapshots carry this label cascade."""
        self._cascade = chains

    def show_judged(self, judged: Judged | None, clean: Judged | None) -> None:
        """From now on snapshots carry what the defence made of these points, and of the clean twin's."""
        self._judged = judged, clean

    def show_embedding(self, found: Embedding | None) -> None:
        """From now on snapshots carry where the model, and its clean twin, put the points."""
        self._embedding = found

    def forget(self) -> None:
        """What was learnt is void: another learner or another scenario begins."""
        self.frame = self._live = None
        self._plane.set_predicted(None)
        self.forgotten.emit()

    def say(self, about: Word, words: str | None) -> None:
        """A sentence over the plane, or none any more; of several the most pressing is shown, and none in the past."""
        if words is None:
            self._words.pop(about, None)
        else:
            self._words[about] = words
        shown = self._words if self.past is None else {}
        self._plane.set_banner(shown[min(shown)] if shown else None)

    def show_seed(self, seed: int) -> None:
        """Show the run with the seed so many after the first, and, with the twin on, its clean twin."""
        self._ask(seed=seed, clean=self._client.twin)

    @property
    def seed_shown(self) -> int:
        """The number of the seed that the plane shows, counted from 0."""
        return min(self._view.seed, self._client.seeds - 1)

    @property
    def seed_words(self) -> str:
        """The seed that the plane shows."""
        return f"seed {self.scenario.training.seed + self.seed_shown}"

    def replica(self, clean: bool = False) -> int:
        """Where the run shown, or its clean twin, stands among the replicas."""
        return self.seed_shown + (self._client.seeds if self._client.twin and not clean else 0)

    def snapshot(self, clean: bool = False) -> Snapshot | None:
        """What the plane shows now, or its clean twin, for a figure: of the seed shown, as if it had run alone.

        None before the first frame, while it shows a hidden unit, and for a twin that there is not.
        """
        frame, curves = self.frame, self._client.curves
        if frame is None or frame.view.unit is not None:
            return None
        field, predicted = (frame.clean, frame.clean_predicted) if clean else (frame.field, frame.predicted)
        if field is None:
            return None
        state, past, replica = self._document.committed, self.past, self.replica(clean)
        scenario, scene = (state.complete(), state.scene) if past is None else (past.scenario, past.scene)
        if classes_of(field) != scene.classes:  # one of them has just come or gone
            return None
        curves = curves.until(frame.step)
        whole = predicted is not None and len(predicted) == len(scene.points)
        chains = None if clean else self._cascade
        if chains is not None and len(chains.when) != len(scene.points):
            chains = None
        own = {
            "training": scenario.training.model_copy(update={"seed": scenario.training.seed + self.seed_shown}),
            "learner": scenario.learner.at_stage(frame.view.stage),
        }
        return Snapshot(
            scenario.model_copy(update=own), scene, frame.step, frame.view.rect, field,
            curves.of(slice(replica, replica + 1)) if replica < curves.replicas else curves,
            predicted if whole else None, chains, judged=self._judged[clean],
            embedding=self._embedding if not clean or self._embedding is None else self._embedding.clean,
        )  # fmt: skip

    # ---- asking -------------------------------------------------------------------------------------

    def _ask(self, **changes: Any) -> None:
        self._view = replace(self._view, **changes)
        self._client.set_view(self._view)

    def render(
        self,
        take: Callable[[m.Rendering], None],
        rect: Domain | None = None,
        columns: int = 256,
        past: Past | None = None,
        z: float | None = None,
    ) -> None:
        """Have what is shown, or a checkpoint of the past, worked out exactly; `take` is called with it. z: as in
        `m.Render`."""
        if past is not None:
            self._client.load_checkpoint(past.number, past.scenario, past.scene, past.checkpoint.state)
        number = next(self._numbers)
        self._renderings[number] = take
        self._client.render(number, rect, columns, past is not None, self.stage if past is None else None, z)

    def _take_rendering(self, rendering: m.Rendering) -> None:
        if (take := self._renderings.pop(rendering.number, None)) is not None:
            take(rendering)

    def show_past(self, past: Past | None) -> None:
        """Show a recorded checkpoint in the place of the present, as it was recorded; None goes back to the present."""
        before = self.scene
        self.past = past
        if self.scene is not before:
            self._plane.set_scene(self.scene)
            self._planes.set_scene(self.scene, undecided=self._document.scenario.learner.family.at_once)
        if past is None:
            self._ask(past=None)
            if self._live is not None:
                self._show(self._live)
        else:
            self._show(past.frame())
        self._transport.set_step(self._client.step_count if past is None else past.checkpoint.step)
        self._start_curves()
        self.say(Word.UNIT, self._words.get(Word.UNIT))
        self.turned.emit()

    def load_past(self) -> None:
        """Have the checkpoint that is shown worked out anew for what is visible of the plane."""
        past = self.past
        if past is not None:
            self._client.load_checkpoint(past.number, past.scenario, past.scene, past.checkpoint.state)
            self._ask(past=past.number)

    @property
    def stage(self) -> int | None:
        """The size, on the course of what is fitted, that the plane shows; None for what is fitted."""
        return self._view.stage

    def show_stage(self, stage: int | None, measured: NDArray[np.float64] | None = None) -> None:
        """Show the model of another size on the learner's course; None goes back to what is fitted. measured: what it
        comes to (R, columns), as in `m.CURVES`."""
        self._staged = measured
        if stage != self.stage:
            self._ask(stage=stage)
        self._start_curves()

    def show_unit(self, unit: tuple[int, int] | None) -> None:
        """Show hidden unit (layer, index) on the plane instead of the output; None goes back."""
        self._ask(unit=unit)
        self.unit_shown.emit(unit)
        shown = None if unit is None else f"Layer {unit[0] + 1}, unit {unit[1] + 1}. Ctrl+0 shows the output again."
        self.say(Word.UNIT, shown)

    # ---- showing ------------------------------------------------------------------------------------

    def _show_frame(self, frame: m.Frame) -> None:
        if frame.view.past is None:
            self._live = frame
        # the next frame is computed while this one is painted; an unseen plane asks for none until it is seen
        self._owes_credit = True
        if self._plane.isVisible() and not self._window.isMinimized():
            self._give_credit()
        if frame.view.past == self.number:
            self._show(frame)

    def _show(self, frame: m.Frame) -> None:
        self.frame = frame
        planes, scene = self._planes, self.scene
        planes.set_fields(frame.field, frame.clean, frame.view.rect, unit=frame.view.unit is not None)
        if frame.clean_predicted is not None and len(frame.clean_predicted) == len(scene.points):
            planes.set_clean_predicted(frame.clean_predicted)
        if len(frame.predicted) == len(scene.points):
            self._plane.set_predicted(frame.predicted)
        now = time.perf_counter()
        if not frame.playing or now - self._counted >= _COUNTERS:
            self._counted = now
            self._transport.set_step(frame.step)
            self._window.status.set_rates(frame.steps_per_second if frame.playing else None, self._frames_per_second())
            self._show_hover()
        self.shown.emit(frame)

    def _painted(self) -> None:
        """The last frame is on the screen."""
        self._paints.append(time.perf_counter())
        self._give_credit()

    def _give_credit(self) -> None:
        if self._owes_credit:
            self._owes_credit = False
            self._client.want_frame()

    def _frames_per_second(self) -> float | None:
        now = time.perf_counter()
        recent = [t for t in self._paints if now - t <= 1.0]
        return len(recent) / (now - recent[0]) if len(recent) > 2 else None

    def _start_curves(self) -> None:
        if not self._curves_timer.isActive():
            self._curves_timer.start()

    def _draw_curves(self) -> None:
        curves = self._client.curves
        if not len(curves):
            self.curves_shown.emit(None)
            return
        if not self._plane.isVisible():  # no frames come then, and the counter would stand still
            self._transport.set_step(int(curves.step[-1]))
            self._window.status.set_rates(None, None)
        seeds, twin, shown = self._client.seeds, self._client.twin, self.replica()
        if curves.replicas != seeds * (1 + twin):
            return  # of before the number of seeds changed
        columns = {name: curves.column(name) for name in m.CURVES}
        at = (
            -1
            if self.past is None
            else max(int(np.searchsorted(curves.step, self.past.checkpoint.step, "right")) - 1, 0)
        )
        poisoned, clean = _parted(columns, seeds, twin)
        kept = self._measured(self._client.measured)
        shown_now = kept if self.stage is None else self._measured(self._staged)
        last = {name: column[at] for name, column in poisoned.items()}
        if shown_now is not None:
            last = {name: column[0] for name, column in _parted(shown_now, seeds, twin)[0].items()}
        now = {name: Metric.of(column) for name, column in last.items()}
        of = self.seeds_words(now["train_loss"].trials)
        held = None if kept is None else _parted(kept, seeds, twin)
        self.curves_shown.emit(CurvesShown(curves.step, poisoned, clean if twin else None, of, held))
        split = "validation" if np.isfinite(columns["validation_loss"][0, shown]) else "train"
        began, loss = (float(columns["train_loss"][k, shown]) for k in (0, at))
        self.say(
            Word.RISING,
            f"The training loss is {loss:,.3g}; it began at {began:,.3g}. The learning rate may be too large."
            if loss > _FAR_ABOVE * max(began, 0.1)
            else None,
        )
        self.say(Word.COLLAPSED, collapsed_words(float(columns["collapse"][at, shown])))
        self._window.status.set_metrics(now[f"{split}_loss"].mean, now[f"{split}_error"].mean, split, of)

    def _measured(self, found: NDArray[np.float64] | None) -> Named | None:
        """What was measured (R, columns), by name (1, R); None while the past is shown, and for another number of
        replicas."""
        if found is None or self.past is not None or len(found) != self._client.curves.replicas:
            return None
        return {name: found[None, :, at] for at, name in enumerate(m.CURVES)}

    @property
    def varies(self) -> Varies:
        """What the seeds that train differ in."""
        return training_varies(self.scenario.learner)

    def seeds_words(self, kept: int | None = None) -> str:
        """Which seeds a number over all of them is of, see `shown_seeds`; where none counts, those that train."""
        return shown_seeds(self.scenario.training.seed, self._client.seeds, self.varies, kept or None)

    def _show_state(self, state: m.State) -> None:
        window = self._window
        self._show_playing(state.playing)
        self._transport.set_step(state.step if self.past is None else self.past.checkpoint.step)
        if state.why == "early-stopping":  # it may have put back earlier weights
            self._start_curves()
        if state.playing:
            self.say(Word.WORK, None)
        if state.why in ("loaded", "reset"):
            self.say(Word.DIVERGED, None)
        if state.why == "diverged":
            self.say(
                Word.DIVERGED,
                f"Training diverged at step {state.step:,}: the weights are no longer numbers. "
                "Lower the learning rate, then press Reset.",
            )
        if not state.playing:
            window.status.set_rates(None, None)

    def _show_playing(self, playing: bool) -> None:
        """Whether Pause is what the button and the menu offer."""
        resting = self._client.resting
        self._transport.set_playing(playing, resting)
        words = "&Pause" if playing else "&Go on" if resting else "&Play"
        self._window.actions_["train.play"].setText(words)

    def _show_ready(self, ready: m.Ready) -> None:
        if self._view.unit is not None:
            self.show_unit(None)

    def _show_failure(self, failed: m.Failed) -> None:
        if not failed.aside:
            self._transport.set_playing(False)
            self._window.status.set_rates(None, None)
        if failed.fatal:
            self._window.notify(
                f"{failed.message} Your points and settings are safe.", details=failed.details,
                action="Restart", act=self._restart, alarm=True,
            )  # fmt: skip
            self._transport.set_disabled("the trainer has stopped; press Restart above")
        else:
            self._window.notify(
                f"Something failed {failed.where}: {failed.message}", details=failed.details, alarm=True
            )

    def _show_silence(self, silence: Silence | None) -> None:
        """Say over the plane that the trainer is at work, in the banner that it does not answer, and take it back when
        it does."""
        window = self._window
        at_work = silence is not None and silence.works and silence.begun
        if at_work != self.at_work:
            self.at_work = at_work
            self._show_playing(at_work or self._client.playing)
            self.say(Word.WORK, None)
        if silence is None or at_work:
            if self._silence_told and window.banner.words == self._silence_told:
                window.banner.hide()
            self._silence_told = ""
        if silence is None:
            return
        window.status.set_rates(None, None)
        if at_work:
            self.say(Word.WORK, self._work_words(silence.seconds))
        elif not self._silence_told:
            words = self._silence_told = _STARTING.format(silence.seconds) if silence.works else _STUCK
            window.notify(words, action="Restart", act=self._restart, alarm=not silence.works, closable=True)

    def _work_words(self, seconds: float) -> str:
        """What the trainer is at, for how long, and how it is stopped."""
        what = "Fitting" if self._client.playing else "At work"
        if self._stops_at_once():
            return _AT_WORK.format(what, max(seconds, 1.0), "Pause stops it")
        if self._client.playing:
            return _AT_WORK.format("At one step", max(seconds, 1.0), "Pause rests after it")
        return _AT_WORK.format(what, max(seconds, 1.0), "Pause stops it, and training is back at step 0")

    def _stops_at_once(self) -> bool:
        """Whether nothing is lost but what is at work: no steps were made before it."""
        return self._client.step_count == 0 or self._document.scenario.learner.family.at_once

    def stop(self) -> bool:
        """End what the trainer is at, if it has been at it for a while; whether there is nothing left to pause. A run
        that would lose its steps is paused first."""
        if not self.at_work or (self._client.playing and not self._stops_at_once()):
            return False
        self.begin_anew()
        self.say(Word.WORK, _STOPPED)
        return True

    def _restart(self) -> None:
        self.begin_anew()
        self._window.notify("The trainer was started again. Press Play to go on.")

    def begin_anew(self) -> None:
        """Give the trainer up, whatever it is at, and start another."""
        state = self._document.state
        self._transport.set_disabled(None)
        self._owes_credit = False
        self._client.restart(state.scenario, state.scene, self._document.revision)
        self._transport.set_playing(False)

    def _hovered(self, place: tuple[float, float] | None) -> None:
        self._hover = place
        self._show_hover()

    @property
    def fits_responses(self) -> bool:
        """Whether the field is of a regression: the outputs from -1 to 1, and what is beyond as these."""
        return self._document.scenario.learner.fits(self._document.scene)

    def _show_hover(self) -> None:
        status, planes, hover = self._window.status, self._planes, self._hover
        plane = planes.plane.canvas
        value = None if hover is None or self.frame is None else planes.value_at(*hover)
        say = partial(status.set_pointer, hover, pixel=(plane.pixel, plane.pixel * plane.stretch))
        shares = None if hover is None else planes.floor_at(*hover)
        if shares is not None:
            say(f"poison {shares[0]:.0%}, new seed {shares[1]:.0%}")
        elif value is None:
            say()
        elif self._view.unit is not None:
            say(f"activation {float(value):.3f}")
        elif self.fits_responses:
            say(f"response {2.0 * float(np.atleast_1d(value)[0]) - 1.0:+.2f}")
        else:
            values = np.atleast_1d(value)
            chances = np.array([1 - values[0], values[0]]) if len(values) == 1 else values
            rule = self.scenario.decision.rule(len(chances))
            top = int(rule.decide(chances[:, None])[0])
            decided = top >= 0
            name = self._document.scene.class_name(top) if decided else "undecided"
            say(name, float(chances[top]) if decided else float("nan"))


def _parted(columns: Named, seeds: int, twin: bool) -> tuple[Named, Named]:
    """Columns (K, R) of the seeds (K, S), and of their clean twins: (K, 0) where there are none."""
    twins = slice(0, seeds if twin else 0)
    return {n: column[:, -seeds:] for n, column in columns.items()}, {n: c[:, twins] for n, c in columns.items()}
