"""The window's side of the conversation with the trainer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QSocketNotifier, Qt, QTimer, pyqtSignal

from boundaryviz.engine import messages as m
from boundaryviz.engine.link import Link, Silence, StartLink
from boundaryviz.record.curves import BUDGET, CurveStore
from boundaryviz.scenario.history_spec import Engine
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene

_POLL = 4  # milliseconds
_WATCH = 250  # milliseconds between two looks whether it still answers


class TrainerClient(QObject):
    """Asks a trainer for things and turns what it says into signals; keeps the curves.

    It remembers what was asked of the trainer, so that `restart` can put a new one in the place of a dead one.
    """

    ready = pyqtSignal(object)  # Ready
    engaged = pyqtSignal(object)  # Engine, of the run that begins or is gone on with
    gpu_lost = pyqtSignal(object)  # GpuLost
    framed = pyqtSignal(object)  # Frame
    probed = pyqtSignal(object)  # ProbeResult
    applied = pyqtSignal(object)  # RevisionApplied
    recorded = pyqtSignal(object)  # Checkpoint
    rendering = pyqtSignal(object)  # Rendering
    evaluated = pyqtSignal()  # `curves` has grown or begun anew
    stated = pyqtSignal(object)  # State
    failed = pyqtSignal(object)  # Failed
    fell_silent = pyqtSignal(object)  # Silence, again and again while it works, or None when it answers again
    restarting = pyqtSignal()  # the trainer of now is about to be given up
    superseded = pyqtSignal(int)  # a revision that the trainer is never told of

    def __init__(self, start: StartLink, link: Link | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = start
        self._link = link or start()
        self.curves = CurveStore(budget=BUDGET)
        self.playing = False
        self.step_count = 0
        self._play = m.Play()
        self.resting = False
        """Whether it has stopped by itself and goes on as soon as something is changed."""
        self.kept: int | None = None
        """While early stopping has it rest, the step whose weights it has."""
        self.measured: NDArray[np.float64] | None = None
        """Meanwhile, what the weights that it has come to, as in `m.State`."""
        self._view: m.View | None = None
        self._subscriptions: dict[str, m.Subscribe] = {}
        self._device = "auto"  # what runs that begin here are to have,
        self._lost = False  # whether a GPU has failed, of which nothing more is asked
        self.engine: Engine = "cpu"
        """What does the steps of the run of now."""
        self.promised = False
        """Whether it is that of a run that was there before, and no matter of choice."""
        self.seeds, self.twin = 1, False
        self._loading = 0  # loads whose answer is still to come,
        self._resuming = 0  # and those of them after which training goes on
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)
        self._notifier: QSocketNotifier | None = None
        self._told: int | None = None  # the revision of the last message that has one,
        self._twice: int | None = None  # and the last that came in two of them, of which one may be under way
        self._silent: bool | None = None  # whether it works while it does not answer; None while it answers
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH)
        self._watch.timeout.connect(self._look)
        self._listen()

    # ---- asking -------------------------------------------------------------------------------------

    def load(self, scenario: Scenario, scene: Scene, revision: int, engine: Engine | None = None) -> None:
        """Start afresh on this scenario; training goes on if it was running. engine: of the run that is done again, in
        the place of the one that is preferred."""
        device = self._there(engine or self._device)
        self.promised = engine == device
        self._send(m.Load(scenario.settings(), scene, revision, device, self.seeds, self.twin))
        self._loading += 1
        if self.playing or self.resting:
            self._resuming += 1
            self._send(self._play)
            self.playing, self.resting = True, False

    def prefer(self, device: str) -> None:
        """Which engine does the steps where there is a choice, `auto` for whichever fits; from the next `load` on."""
        self._device, self._lost = device, False

    def set_twins(self, seeds: int, twin: bool) -> None:
        """How many runs, and whether each has a clean twin; from the next `load` on."""
        self.seeds, self.twin = seeds, twin

    def set_scene(self, scene: Scene, revision: int, scenario: Scenario | None = None) -> None:
        """scenario: settings that apply live and changed together with the scene."""
        self._send(m.SetScene(scene, revision, None if scenario is None else scenario.settings()))
        if self.resting:
            self.play(True)

    def set_scenario(self, scenario: Scenario, revision: int) -> None:
        """Settings that apply live; `load` is for the others."""
        self._send(m.SetScenario(scenario.settings(), revision))

    def set_view(self, view: m.View) -> None:
        """What frames show from now on."""
        if view != self._view:
            self._view = view
            self._send(view)

    def subscribe(self, probe: str, settings: Any = None) -> None:
        """Have what a probe finds out, as `probed` tells it; settings as in `Subscribe`."""
        self._subscriptions[probe] = m.Subscribe(probe, settings)
        self._send(self._subscriptions[probe])

    def unsubscribe(self, probe: str) -> None:
        """Have no more of what this probe finds out."""
        if self._subscriptions.pop(probe, None) is not None:
            self._send(m.Unsubscribe(probe))

    def play(self, on: bool) -> None:
        """Train, at the speed and up to the step that are set, or pause."""
        self._resuming = self._loading if on else 0
        self.playing = on  # so that a second key press means the opposite, before the trainer has answered
        self.resting = False
        self._send(self._play if on else m.Pause())

    def step(self) -> None:
        """Do one step, then pause."""
        self._halted()
        self._send(m.StepN(1))

    def resume(
        self, scenario: Scenario, scene: Scene, revision: int, state: Mapping[str, NDArray], go_on: bool = False,
        engine: Engine | None = None,
    ) -> None:  # fmt: skip
        """Go back to the state of a checkpoint, on its scenario and scene, and be paused there or `go_on`. engine: of
        the run that it is of, default the run of now."""
        self._halted()
        engine = engine or self.engine
        device = self._there(engine)
        self.promised = engine == device
        self._send(m.Resume(scenario.settings(), scene, revision, state, device, self.seeds, self.twin))
        if go_on:
            self.play(True)

    def _there(self, device: str) -> str:
        """The same, unless it is a GPU's, or might be, and that has failed."""
        return "compiled" if self._lost and device not in ("compiled", "cpu") else device

    def load_checkpoint(self, number: int, scenario: Scenario, scene: Scene, state: Mapping[str, NDArray]) -> None:
        """Have a checkpoint of the past at hand, for views and renderings of it."""
        self._send(m.LoadCheckpoint(number, scenario.settings(), scene, -1, state))

    def render(
        self,
        number: int,
        rect: Domain | None = None,
        columns: int = 256,
        past: bool = False,
        stage: int | None = None,
        z: float | None = None,
    ) -> None:
        """Ask for a `rendering` of what is shown, or of the checkpoint loaded last; arguments as in `m.Render`."""
        self._send(m.Render(number, rect, columns, past, stage, z))

    def keep_curves(self, curves: CurveStore) -> None:
        """Go on from these curves."""
        curves.budget = BUDGET
        self.curves = curves
        self.evaluated.emit()

    def reset(self, seed: int) -> None:
        """Back to step 0, with the initial weights of a seed."""
        self._send(m.Reset(seed))

    def set_speed(self, speed: float | None) -> None:
        """Steps a second; None for as fast as it goes."""
        self._ask(replace(self._play, speed=speed))

    def set_stop_at(self, step: int | None, again: int | None = None) -> None:
        """The step at which Play stops, None for none; again: how many more follow a change, as in `Play`."""
        self._ask(replace(self._play, stop_at=step, again=again))

    def _ask(self, play: m.Play) -> None:
        if play != self._play:
            self._play = play
            if self.playing:
                self.play(True)

    def _halted(self) -> None:
        """It trains no more until told to."""
        self.playing, self.resting, self._resuming = False, False, 0

    def forget_curves(self) -> None:
        """Begin the curves anew, at the step they have come to."""
        self.curves = CurveStore(budget=BUDGET)
        self.evaluated.emit()

    def want_frame(self) -> None:
        """One more frame may be sent."""
        self._send(m.Credit())

    def _send(self, message: m.ToTrainer) -> None:
        replaced = self._link.send(message)
        revision = getattr(message, "revision", None)
        if revision is not None:
            self._twice = revision if revision == self._told else self._twice
            self._told = revision
        if isinstance(replaced, m.SetScene | m.SetScenario) and replaced.revision not in (revision, self._twice):
            self.superseded.emit(replaced.revision)

    def _listen(self) -> None:
        """Be woken by answers where the link can be watched, else look for them."""
        watched = self._link.fileno()
        if watched is None:
            self._timer.start(_POLL)
        else:
            # PyQt's hints ask for a voidptr; a file descriptor is what it takes
            self._notifier = QSocketNotifier(watched, QSocketNotifier.Type.Read, self)  # type: ignore[call-overload]
            self._notifier.activated.connect(self._poll)
        self._watch.start()

    def _stop_listening(self) -> None:
        self._timer.stop()
        self._watch.stop()
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None

    def restart(self, scenario: Scenario, scene: Scene, revision: int) -> None:
        """A new trainer in the place of the old one, whatever that is at, from step 0, paused."""
        self.restarting.emit()
        self._stop_listening()
        self._link.abandon()
        self._hear(None)
        self._link = self._start()
        self._halted()
        self._loading = 0
        if self._view is not None:
            self._send(self._view)
        for subscription in self._subscriptions.values():
            self._send(subscription)
        self.load(scenario, scene, revision)
        self._listen()

    def close(self) -> None:
        """End the trainer."""
        self._stop_listening()
        self._link.close()

    # ---- listening ----------------------------------------------------------------------------------

    def _look(self) -> None:
        silence = self._link.silence()
        if silence is not None:  # it may have spoken while this window was at something
            self._poll()
            silence = self._link.silence()
        self._hear(silence)

    def _hear(self, silence: Silence | None) -> None:
        how = None if silence is None else silence.works
        if how is not self._silent or how:  # of one that works the seconds are counted
            self._silent = how
            self.fell_silent.emit(silence)

    def _poll(self) -> None:
        for said in self._link.poll():
            match said:
                case m.Frame():
                    if said.view.past is None:  # else training stands where it stood
                        self.step_count = said.step
                    self.framed.emit(said)
                case m.Curves():
                    if not len(self.curves):
                        self.curves = CurveStore(said.values.shape[1], BUDGET)
                    if said.values.shape[1] == self.curves.replicas:
                        self.curves.append(said)
                        self.evaluated.emit()
                case m.ProbeResult():
                    self.probed.emit(said)
                case m.RevisionApplied():
                    self.applied.emit(said)
                case m.Checkpoint():
                    self.recorded.emit(said)
                case m.Rendering():
                    self.rendering.emit(said)
                case m.State():
                    if said.why == "loaded":
                        self._loading = max(self._loading - 1, 0)
                        if self._resuming:  # it goes on at once, which is said next
                            self._resuming -= 1
                            said = replace(said, playing=True)
                    self.playing, self.step_count = said.playing, said.step
                    rests = said.why in ("stop-step", "early-stopping")
                    self.resting = rests and not said.playing and self._play.again is not None
                    stopped = said.why == "early-stopping" and not said.playing
                    self.kept, self.measured = (said.kept, said.measured) if stopped else (None, None)
                    if said.why in ("loaded", "reset"):
                        self.curves = CurveStore(budget=BUDGET)
                        self.evaluated.emit()
                    elif said.why == "resumed":
                        self.keep_curves(self.curves.until(said.step))
                    self.stated.emit(said)
                case m.Engine():
                    self.engine = said.name
                    self.engaged.emit(said)
                case m.Ready():
                    self.ready.emit(said)
                case m.GpuLost():
                    self._lost = True
                    self.gpu_lost.emit(said)
                case m.Failed():
                    if not said.aside:
                        self._halted()
                        self._loading = 0
                    if said.fatal:
                        self._stop_listening()
                        self._hear(None)
                    self.failed.emit(said)
