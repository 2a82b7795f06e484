"""What the timeline costs: the share of training that recording takes, the memory of a long run, and how soon a moment
of the past is on the plane."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.frame import Row, section
from benchmarks.measure import spread
from benchmarks.workbenches import application, opened
from boundaryviz.engine import messages as m
from boundaryviz.engine.recorder import Recorder
from boundaryviz.engine.session import Session
from boundaryviz.engine.trainer import Trainer
from boundaryviz.record.timeline import BUDGET, Timeline, size
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario

ROUNDS, SECONDS = 3, 3.0  # pairs of turns, and seconds of each
LONG = 1_000_000  # steps
SCRUBS = 300


class _Silent(Recorder):
    """Records nothing, for comparison, and never has training stop for a look."""

    def free(self, session: Session) -> int:
        return session.free

    def look(self, *_: object) -> None:
        pass

    def record(self, *_: object, **__: object) -> None:
        pass


def _trainer(scenario: Scenario, records: bool, twin: bool) -> Trainer:
    trainer = Trainer(time.process_time)
    if not records:
        trainer._recorder = _Silent()
    trainer.handle(m.Load(scenario, scenario.scene(), 1, "cpu", 1, twin))
    trainer.handle(m.Play())
    return trainer


def _steps(trainer: Trainer, seconds: float) -> float:
    """Steps a second of processor time."""
    began, first = time.process_time(), trainer._session.step_count  # type: ignore[union-attr]
    while time.process_time() - began < seconds:
        trainer.advance()
    return (trainer._session.step_count - first) / (time.process_time() - began)  # type: ignore[union-attr]


@section("recording", "Recording the past")
def recording(least: bool) -> Iterator[Row]:
    """Steps a second of processor time with recording, of those without."""
    rounds, seconds = (1, 0.01) if least else (ROUNDS, SECONDS)
    settings: tuple[tuple[str, dict[str, object], bool], ...] = (
        ("moons, 16-16", {}, False),
        ("moons, 64-64", {"learner.hidden": [64, 64]}, False),
        ("bridge, VAT 64-64, with twin", {}, True),
    )
    for name, values, twin in settings:
        scenario = load("two-moons-bridge-neural" if twin else "moons").with_values(values)
        pairs = [_trainer(scenario, records, twin) for records in (False, True)]
        rates = np.array([[_steps(one, seconds) for one in pairs] for _ in range(rounds)])
        without, with_ = np.median(rates, axis=0)
        detail = f"{without:,.0f} → {with_:,.0f} steps/s"
        yield Row(name, "nothing recorded", detail, 100 * float(np.median(rates[:, 1] / rates[:, 0])), unit="%")


@section("memory", "Memory of the past")
def memory(least: bool) -> Iterator[Row]:
    """What a long run takes in the window's memory, recorded as densely as the schedule asks for."""
    steps = 300 if least else LONG
    scenario = load("moons").with_values({"data.n": 10, "training.evaluate_every": 1000, "learner.hidden": [4]})
    trainer = _trainer(scenario, True, False)
    session, recorder = trainer._session, trainer._recorder
    assert session is not None
    timeline = Timeline()
    largest = 0
    while session.step_count < steps:
        session.step(1)
        recorder._credit = 1.0  # time is no limit here
        recorder.look(session, 0)
        for checkpoint in recorder.take():
            timeline.add(checkpoint)
            largest = max(largest, timeline.bytes)
    counted = sum(size(one) for one in timeline.checkpoints)
    detail = f"{len(timeline):,} moments, {counted / 2**20:.1f} MB at the end"
    budget = BUDGET / 2**20
    yield Row(f"the most in {steps:,} steps", "the budget", detail, largest / 2**20, ceiling=budget, unit="MB")


@section("scrubbing", "Going back to a moment")
def scrubbing(least: bool) -> Iterator[Row]:
    """From the index of a moment to its painted field, moments at random."""
    scrubs, seconds = (3, 0.2) if least else (SCRUBS, 15.0)
    app = application()
    with opened(load("moons")) as (workbench, _):
        workbench.window.show()
        workbench.controller.play(True)
        end = time.monotonic() + seconds
        while time.monotonic() < end or len(workbench.timeline.timeline) < 2:
            app.processEvents()
        workbench.controller.play(False)
        for _ in range(50):
            app.processEvents()
        rng, taken = np.random.default_rng(0), []
        viewport = workbench.plane.canvas.viewport()
        assert viewport is not None
        for at in rng.integers(0, len(workbench.timeline.timeline), scrubs):
            began = time.perf_counter()
            workbench.timeline.show(int(at))
            viewport.repaint()
            taken.append(1000 * (time.perf_counter() - began))
        rows, columns = workbench.timeline.timeline[1].field.shape
    of = spread(taken)
    yield Row(f"a field of {columns} x {rows}, median", "", f"worst {of['most']:.1f} ms", of["median"], unit="ms")
    yield Row("the same, 95th percentile", "", "", of["p95"], unit="ms")
