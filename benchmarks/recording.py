"""What the timeline costs: the share of training that recording takes, the memory of a long run, and how soon a moment
of the past is on the plane."""

from __future__ import annotations

import os
import time

import numpy as np

from boundaryviz.engine import messages as m
from boundaryviz.engine.recorder import Recorder
from boundaryviz.engine.trainer import Trainer
from boundaryviz.record.timeline import BUDGET, Timeline, size
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario

ROUNDS, SECONDS = 3, 3.0  # pairs of turns, and seconds of each
LONG = 1_000_000  # steps
SCRUBS = 300


class _Silent(Recorder):
    """Records nothing, for comparison."""

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


def cost() -> None:
    print("recording: steps a second with and without, processor time, interleaved")
    for name, values, twin in (
        ("moons, 16-16", {}, False),
        ("moons, 64-64", {"learner.hidden": [64, 64]}, False),
        ("bridge, VAT 64-64, with twin", {}, True),
    ):
        scenario = load("two-moons-bridge-neural" if twin else "moons").with_values(values)
        pairs = [_trainer(scenario, records, twin) for records in (False, True)]
        rates = np.array([[_steps(one, SECONDS) for one in pairs] for _ in range(ROUNDS)])
        without, with_ = np.median(rates, axis=0)
        print(f"  {name:30} {without:9,.0f} {with_:9,.0f}   recording costs {100 * (1 - with_ / without):5.1f} %")


def memory() -> None:
    print(f"a run of {LONG:,} steps, recorded as densely as the schedule asks for, in the window's memory")
    scenario = load("moons").with_values({"data.n": 10, "training.evaluate_every": 1000, "learner.hidden": [4]})
    trainer = _trainer(scenario, True, False)
    session, recorder = trainer._session, trainer._recorder
    assert session is not None
    timeline = Timeline()
    largest = 0
    while session.step_count < LONG:
        session.step(1)
        recorder._credit = 1.0  # time is no limit here
        recorder.look(session, 0)
        for checkpoint in recorder.take():
            timeline.add(checkpoint)
            largest = max(largest, timeline.bytes)
    counted = sum(size(one) for one in timeline.checkpoints)
    words = f"  {len(timeline):,} moments, {counted / 2**20:.1f} MB at the end, {largest / 2**20:.1f} MB at most"
    print(f"{words}, of {BUDGET / 2**20:.0f} MB")


def scrubbing() -> None:
    print(f"scrubbing: from the index of a moment to its painted field, {SCRUBS} moments at random")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PyQt6.QtCore import QSettings
    from PyQt6.QtWidgets import QApplication

    from boundaryviz.engine.link import InlineLink
    from boundaryviz.gui.workbench import Workbench

    app = QApplication.instance() or QApplication([])
    settings = QSettings("boundaryviz", "benchmark-recording")
    workbench = Workbench(load("moons"), lambda: InlineLink(Trainer()), None, settings)
    workbench.window.show()
    workbench.controller.play(True)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        app.processEvents()
    workbench.controller.play(False)
    for _ in range(50):
        app.processEvents()
    rng, taken = np.random.default_rng(0), []
    for at in rng.integers(0, len(workbench.timeline.timeline), SCRUBS):
        began = time.perf_counter()
        workbench.timeline.show(int(at))
        workbench.plane.canvas.viewport().repaint()  # type: ignore[union-attr]
        taken.append(1000 * (time.perf_counter() - began))
    rows, columns = workbench.timeline.timeline[1].field.shape
    workbench.close()
    p50, p95 = np.percentile(taken, [50, 95])
    print(f"  fields of {columns} x {rows}: median {p50:.1f} ms, 95 % {p95:.1f} ms, worst {max(taken):.1f} ms")


def main() -> None:
    scrubbing()
    cost()
    memory()


if __name__ == "__main__":
    main()
