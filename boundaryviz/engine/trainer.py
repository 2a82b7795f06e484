"""The trainer: takes messages, trains in small turns, and answers. Knows nothing of processes or windows."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine import device as devices
from boundaryviz.engine import messages as m
from boundaryviz.engine.blocks import TURN, Blocks
from boundaryviz.engine.judging import DefenceError
from boundaryviz.engine.probes.base import Shown, Slices
from boundaryviz.engine.probes.scheduler import Scheduler
from boundaryviz.engine.recorder import Recorder
from boundaryviz.engine.refusals import Refusals
from boundaryviz.engine.renderings import Fields, fields, render
from boundaryviz.engine.session import Session
from boundaryviz.engine.tempo import Tempo
from boundaryviz.scenario.changes import stirs
from boundaryviz.scene.planes import shown_otherwise

_FRAME = 1 / 60  # seconds between two frames
_SLOW = 0.1  # seconds between two looks at everything a frame carries besides the field
_CURVES = 0.05  # seconds between two chunks of curves


class Trainer:
    """One session at a time, driven by `handle` and `advance`; both return what there is to say.

    Frames are latest-wins by credit: one is computed only when the last has been drawn (`Credit`), something
    has changed, and a sixtieth of a second has passed. Its field is a quick one while anything changes. What stands
    still, because training is paused or has settled and nothing is moved, is replaced by the exact field, as figures
    have it; that is worked out in parts and given up as soon as something changes, so that a hand never waits for it.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._session: Session | None = None
        # a checkpoint of the past: its number, revision, session
        self._loaded_checkpoint: tuple[int, int, Session] | None = None
        self._loaded_state: Mapping[str, NDArray] = {}
        self._recorder, self._refusals = Recorder(clock), Refusals()
        self._revision = 0
        self._applied = -1  # the revision that was trained on last
        self._view: m.View | None = None
        self._playing = False
        self._tempo = Tempo()
        self._resting = False  # it has stopped by itself, and the next change wakes it
        self._interrupted = False  # a refused change has halted it, and the next that can be had wakes it
        self._credit, self._dirty, self._exact = True, False, False
        self._finer: Slices[Fields] | None = None  # the exact fields of what is shown, under way
        self._due = self._slow_at = self._curves_at = -1.0
        self._predicted: NDArray[np.int16] = np.empty(0, np.int16)
        self._clean_predicted: NDArray[np.int16] | None = None
        self._probes, self._blocks = Scheduler(clock), Blocks()
        self._rate = 0.0
        self._mark = (0.0, 0)

    @property
    def playing(self) -> bool:
        """Whether it trains until told otherwise."""
        return self._playing

    @property
    def patience(self) -> float | None:
        """Seconds that may pass before `advance` has something to do; None for as long as nobody says anything."""
        if self._session is None:
            return None
        if self._finer is not None:
            return 0.0
        if self._session.defending.pending:
            return TURN
        if self._playing and not self._session.can_train:
            return _SLOW
        if self._playing and not self._rests:
            return 0.0 if self._tempo.allowance(self._clock(), self._session.step_count) > 0 else TURN
        if self._credit and self._view is not None and (self._dirty or not self._exact):
            return TURN
        return self._probes.patience(self._shown(), self._credit and not self._awaits)

    # ---- messages in --------------------------------------------------------------------------------

    def handle(self, message: m.ToTrainer) -> list[m.FromTrainer]:
        """Act on one message. A failure is answered by `Failed`, and what ran before goes on where it can."""
        try:
            said = self._refusals.answer(message, self._act, self._session.scene if self._session else None)
            if self._refusals.barred:
                self._leave()
                self._session, self._loaded_checkpoint = None, None
                self._halt()
                self._probes.begin()
            return said + self._mended(message, said)
        except Exception as error:
            self._halt()
            return [_failed(f"while handling {type(message).__name__}", error)]

    def _mended(self, message: m.ToTrainer, said: list[m.FromTrainer]) -> list[m.FromTrainer]:
        """Be halted by a change that is refused, and train on once one can be had."""
        if isinstance(message, m.Pause | m.StepN | m.Load | m.Resume | m.Stop):
            self._interrupted = False
        if self._session is None or not isinstance(message, m.SetScene | m.SetScenario):
            return []
        if any(isinstance(one, m.Failed) for one in said):
            self._interrupt()
            return []
        if self._playing or not self._interrupted:
            return []
        self._interrupted, self._playing = False, True
        self._pace()
        return [m.State(True, self._session.step_count)]

    def _act(self, message: m.ToTrainer) -> list[m.FromTrainer]:
        match message:
            case m.Load():
                self._leave()
                self._session, self._loaded_checkpoint = _begun(message), None
                self._revision = message.revision
                self._halt()
                self._watch()
                return [self._engine(), self._ready(), *self._restarted("loaded")]
            case m.Resume():
                session = _begun(message)
                session.watch(self._seed_of(session))
                session.restore(message.state)
                self._leave()
                self._session, self._revision = session, message.revision
                self._loaded_checkpoint = None
                self._halt()
                self._watch()
                return [self._engine(), *self._restarted("resumed")]
            case m.View():
                self._view = message
                self._watch()
                self._touch()
            case m.Credit():
                self._credit = True
            case m.Subscribe():
                return self._probes.subscribe(message)
            case m.Unsubscribe():
                self._probes.unsubscribe(message.probe)
            case _ if self._session is None:
                return []
            case m.LoadCheckpoint():
                self._loaded_checkpoint = message.number, message.revision, self._past(message)
                self._touch()
            case m.Render():
                shown = self._shown(message.past)
                return [render(shown.session, shown.seed, shown.revision, message)]
            case m.SetScene():
                learner, same = self._session.learner, shown_otherwise(self._session.scene, message.scene)
                self._changing()
                self._session.set_scene(message.scene, message.scenario)
                self._revision = message.revision
                self._touch()
                self._due = min(self._due, self._clock())  # a hand is waiting to see what became of its move
                if self._session.learner is not learner:  # the number of classes changed
                    return [self._engine(), self._ready(), *self._restarted("reset")]
                return [] if same and message.scenario is None else self._stirred()
            case m.SetScenario():
                before = self._session.scenario
                self._changing()
                self._session.set_scenario(message.scenario)
                self._revision = message.revision
                return self._stirred() if stirs(before, message.scenario) else []
            case m.Play():
                return self._play(message)
            case m.Pause():
                return self._pause("asked")
            case m.StepN():
                self._halt()
                self._session.look_for_verdict(wait=True)
                said = self._taking()
                self._session.step(message.n)
                self._recorder.record(self._session, self._seed, "last")
                self._touch()
                return [*said, *self._curves(), m.State(False, self._session.step_count)]
            case m.Reset():
                self._session.reset(range(message.seed, message.seed + len(self._session.seeds)))
                return [self._engine(), *self._restarted("reset")]
            case m.Stop():
                self._halt()
                self._leave(None)
        return []

    def _leave(self, patience: float | None = 0.0) -> None:
        """Give up what is under way beside the session. patience: as in `Defending.stop`."""
        loaded = None if self._loaded_checkpoint is None else self._loaded_checkpoint[2]
        for session in filter(None, (self._session, loaded)):
            session.defending.stop(patience)

    def _halt(self) -> None:
        """Train no more until told to."""
        self._playing = self._resting = False

    def _interrupt(self) -> None:
        """Train no more until told to, or until a change can be had."""
        self._interrupted |= self._playing or self._resting
        self._halt()

    def _ready(self) -> m.Ready:
        assert self._session is not None
        learner = self._session.learner
        return m.Ready(learner.hidden, learner.parameters)

    def _engine(self) -> m.Engine:
        assert self._session is not None
        found, uncompiled = self._session.engine, self._session.uncompiled
        missing = {name: devices.absent(name, uncompiled) for name in devices.NAMES}
        return m.Engine(
            found.name, found.words, found.why, found.missed, {name: why for name, why in missing.items() if why}
        )

    def _restarted(self, why: Literal["reset", "loaded", "resumed"]) -> list[m.FromTrainer]:
        assert self._session is not None
        self._touch()
        self._tempo.begin()
        self._playing, self._resting = self._playing or self._resting, False
        self._pace()
        self._probes.begin()
        self._applied = self._revision if why == "resumed" else -1
        self._recorder.begin(self._session.step_count)
        if why != "resumed":
            self._recorder.record(self._session, self._seed, "first")
        return [m.State(self._playing, self._session.step_count, why), *self._curves()]

    def _play(self, message: m.Play) -> list[m.FromTrainer]:
        assert self._session is not None
        step = self._session.step_count
        self._tempo.ask(message, step, self._playing)
        if self._session.diverged.all():
            return self._pause("diverged")
        self._playing, self._resting = True, False
        self._pace()
        if self._session.stopped:
            return self._pause("early-stopping")
        return self._pause("stop-step") if self._tempo.over(step) else [m.State(True, step)]

    def _stirred(self) -> list[m.FromTrainer]:
        """What is trained on has changed, which wakes it where it rests."""
        assert self._session is not None
        step = self._session.step_count
        self._tempo.change(step)
        if not self._resting or self._session.diverged.all():
            return []
        self._playing, self._resting = True, False
        self._pace()
        return [m.State(True, step)]

    def _pause(self, why: Literal["asked", "stop-step", "early-stopping", "diverged"]) -> list[m.FromTrainer]:
        assert self._session is not None
        self._playing, self._rate = False, 0.0
        self._resting = why in ("stop-step", "early-stopping") and self._tempo.wakes
        self._recorder.settle(self._session, self._seed)
        self._recorder.record(self._session, self._seed, "last")
        self._touch()
        stops = self._session.stops
        said = m.State(False, self._session.step_count, why)
        if why == "early-stopping" and stops is not None:  # the curves end with the weights that it stopped at
            kept = int(stops[1][self._session.shown(self._seed)])
            said = replace(said, kept=kept, measured=self._session.evaluate())
        return [*self._curves(), said]

    def _pace(self) -> None:
        now = self._clock()
        steps = self._session.step_count if self._session else 0
        self._mark = (now, steps)
        self._tempo.start(now, steps)

    def _touch(self) -> None:
        """Something a frame shows has changed: the next one is due, with everything in it fresh."""
        self._dirty, self._exact, self._finer, self._slow_at = True, False, None, -1.0

    # ---- turns --------------------------------------------------------------------------------------

    def advance(self) -> list[m.FromTrainer]:
        """Train for a few milliseconds if playing; then a frame, if one is due, and what probes have found out."""
        if self._session is None:
            return []
        try:
            said = self._judged()
            said += self._train() if self._playing and not self._probes.holds else []
            frames = self._frame()
            training, seen = self._playing and not self._rests, (self._credit or bool(frames)) and not self._awaits
            answers = self._probes.advance(self._shown(), training, seen)
            return said + frames + self._recorder.take() + answers
        except Exception as error:
            self._halt()
            self._dirty, self._exact, self._finer = False, True, None
            return [_failed("while training", error)]

    def _judged(self) -> list[m.FromTrainer]:
        """Train with a verdict of the defence that has come meanwhile; why it is refused, where there can be none."""
        session, shown = self._session, self._shown().session
        assert session is not None
        with suppress(DefenceError):  # of a moment that is only looked at
            if shown is not session and shown.look_for_verdict():
                shown.restore(self._loaded_state)  # what was fitted before was fitted to points that are removed
                self._touch()
        try:
            if session.look_for_verdict():
                self._touch()
                return self._stirred()
        except DefenceError as error:
            self._interrupt()
            message = m.SetScene(session.scene, self._revision, session.scenario)
            return [*self._refusals.refuse(message, error), m.State(False, session.step_count)]
        return []

    def _train(self) -> list[m.FromTrainer]:
        session = self._session
        assert session is not None
        began = self._clock()
        may = session.can_train and not self._rests
        allowed = self._tempo.allowance(began, session.step_count) if may else 0
        said = self._taking() if allowed > 0 else []
        recorder, seed, now = self._recorder, self._seed, began
        while allowed > 0 and now - began < TURN and not (self._rests or session.stopped):
            if not (session.settled or self._looks_back):
                self._dirty, self._finer = True, None
            steps = self._blocks.size(min(allowed, recorder.free(session)), began + TURN - now)
            session.step(steps)
            self._blocks.took(steps, self._clock() - now)
            recorder.look(session, seed)
            allowed -= steps
            now = self._clock()
        recorder.trained(now - began)
        if self._rests and not self._draws:
            recorder.record(session, seed)
        since, before = self._mark
        if now - since >= 0.5:
            self._rate = (session.step_count - before) / (now - since)
            self._mark = (now, session.step_count)
        if session.diverged.all():
            return said + self._pause("diverged")
        if session.stopped:
            return said + self._pause("early-stopping")
        if self._tempo.over(session.step_count):
            return said + self._pause("stop-step")
        return said + (self._curves() if self._rests or now - self._curves_at >= _CURVES else [])

    def _changing(self) -> None:
        """The scene or settings are about to change; as long as no step has been done since the last change, nothing
        was trained on what was there."""
        if self._session is not None and self._applied == self._revision:
            self._recorder.changing(self._session, self._seed)

    def _taking(self) -> list[m.FromTrainer]:
        """The next step is trained on what is there now."""
        if self._session is None or self._applied == self._revision:
            return []
        self._applied = self._revision
        return [*self._curves(), m.RevisionApplied(self._revision, self._session.step_count)]

    @property
    def _rests(self) -> bool:
        """Whether steps would change nothing and there is none to be reached either."""
        return self._session is not None and self._session.settled and self._tempo.endless

    def _curves(self) -> list[m.FromTrainer]:
        assert self._session is not None
        self._curves_at = self._clock()
        chunks: list[m.FromTrainer] = []
        while (chunk := self._session.take_curves()) is not None:
            chunks.append(chunk)
        return chunks

    def _frame(self) -> list[m.FromTrainer]:
        now, view, shown = self._clock(), self._view, self._shown()
        session, seed, replica = shown.session, shown.seed, shown.replica
        still = not self._playing or session.settled or not session.can_train or self._looks_back
        if view is None or not self._credit or self._awaits or now < self._due - TURN / 2:
            return []
        if not (self._dirty or (still and not self._exact)):
            return []
        view, exact = view.fitted(session.learner.hidden), not self._dirty
        twin = seed if session.twin and view.clean else None
        found = self._finish(session, view, replica, twin) if exact else _quick(session, view, replica, twin)
        if found is None:
            return []
        field, clean = found
        if session is self._session and view.is_of_what_is_fitted:
            self._recorder.offer(session, seed, view.rect, field, clean, exact)
        if now - self._slow_at >= _SLOW or len(self._predicted) != len(session.scene.points):
            self._slow_at = now
            self._predicted = session.predicted(replica, view.stage)
            self._clean_predicted = None if twin is None else session.predicted(twin, view.stage)
        self._credit, self._dirty = False, False
        self._due = max(self._due, now - TURN) + _FRAME  # in step with sixtieths while it keeps up
        self._exact = exact
        return [
            m.Frame(
                shown.revision, session.step_count, view, field, self._predicted,
                session.confusion(self._predicted), session.diverged.copy(), clean, self._clean_predicted,
                self._playing, self._rate,
            )
        ]  # fmt: skip

    def _finish(self, session: Session, view: m.View, replica: int, clean: int | None) -> Fields | None:
        """The exact fields, once they have been worked out; else some more of them are."""
        end = self._clock() + TURN
        self._finer = self._finer or fields(session, view, replica, clean)
        try:
            while self._clock() < end:
                next(self._finer)
        except StopIteration as stop:
            self._finer = None
            found: Fields = stop.value
            return found
        return None

    @property
    def _draws(self) -> bool:
        """Whether a frame of what has just been fitted is about to be drawn, with which it is recorded as well."""
        view = self._view
        return self._dirty and self._credit and view is not None and view.is_of_what_is_fitted and view.past is None

    @property
    def _looks_back(self) -> bool:
        """Whether a checkpoint of the past is shown."""
        return (
            self._loaded_checkpoint is not None
            and self._view is not None
            and self._view.past == self._loaded_checkpoint[0]
        )

    @property
    def _awaits(self) -> bool:
        """Whether the view asks for a checkpoint that is not at hand yet, so that the present is not meant."""
        return self._view is not None and self._view.past is not None and not self._looks_back

    def _shown(self, past: bool = False) -> Shown:
        """The present, or the checkpoint that is looked back at. past: the one at hand, whatever is looked at."""
        assert self._session is not None
        loaded = self._loaded_checkpoint if past or self._looks_back else None
        number, revision, session = loaded or (None, self._revision, self._session)
        return Shown(number, revision, session, self._seed, None if self._view is None else self._view.rect)

    def _past(self, message: m.LoadCheckpoint) -> Session:
        """A second session, at that checkpoint."""
        now = self._session
        assert now is not None
        if self._loaded_checkpoint is not None:
            self._loaded_checkpoint[2].defending.stop()
        session = Session(
            message.scenario, message.scene, now.seeds, now.twin, now.engine.name, live=True, strict=False
        )
        session.watch(self._seed)
        session.restore(message.state)
        self._loaded_state = message.state
        return session

    @property
    def _seed(self) -> int:
        """Which of the runs is shown."""
        assert self._session is not None
        return self._seed_of(self._session)

    def _seed_of(self, session: Session) -> int:
        """Which of a session's runs is shown: the view may still ask for one of more runs than there are now."""
        return min(self._view.seed if self._view is not None else 0, len(session.seeds) - 1)

    def _watch(self) -> None:
        """Points are watched all along, so that the cascade can be asked for at any step."""
        if self._session is not None:
            self._session.watch(self._seed)


def _begun(message: m.Load | m.Resume) -> Session:
    seeds = range(first := message.scenario.training.seed, first + message.seeds)
    return Session(message.scenario, message.scene, seeds, message.twin, message.device, live=True, strict=False)


def _failed(where: str, error: Exception) -> m.Failed | m.GpuLost:
    """What is said of an error, which is at hand, where nobody has seen to it."""
    if why := devices.gpu_trouble(error):
        return m.GpuLost(why, traceback.format_exc())
    return m.Failed(where, str(error) or type(error).__name__, traceback.format_exc())


def _quick(session: Session, view: m.View, replica: int, clean: int | None) -> Fields:
    """What a view shows of a replica, and of its clean twin where one is named, while things change."""
    shown, twin = (
        None if one is None else session.field(view.rect, view.columns, view.rows, one, view.unit, True, view.stage)
        for one in (replica, clean)
    )
    assert shown is not None
    return shown, twin
