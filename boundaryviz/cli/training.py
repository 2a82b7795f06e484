"""`train`: prepare a scenario, train it, report it."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.values import assignments
from boundaryviz.learners.cascade import measured
from boundaryviz.scenario.files import check_writable, write, write_atomic
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario


@dataclass(frozen=True)
class Job:
    """What is trained, from the options common to `train` and `figure`. shown: which of the seeds is drawn, from 0."""

    scenario: str
    values: tuple[str, ...] = ()
    steps: int | None = None
    seeds: int | None = None
    twin: bool | None = None
    device: str = "auto"
    cascade: bool = False
    shown: int = 0

    def prepared(self) -> Scenario:
        """The scenario with the settings asked for. Raises ScenarioError or UsageProblem."""
        values = assignments(self.values)
        if self.steps is not None:
            values["training.steps"] = self.steps
        scenario = load(self.scenario)
        if values:
            scenario = scenario.with_values(values)
        if self.cascade:
            check_cascade(scenario)
        return scenario


def check_cascade(scenario: Scenario) -> None:
    """Raise UsageProblem where the learner has no label cascade."""
    if measured(scenario.learner) is None:
        raise UsageProblem(f"--view cascade: {scenario.learner.name} is supervised and has no label cascade")


def train_and_report(job: Job, json_to: str | None, save_to: Path | None) -> int:
    """Train, print a table or JSON, save what was asked for; the exit code."""
    if save_to is not None and save_to.suffix.lower() != ".bviz":
        raise UsageProblem(f"--save {save_to}: the name of a saved scenario ends in .bviz")
    for place in (save_to, None if json_to == "-" else json_to):
        if place is not None:
            check_writable(place)
    scenario = job.prepared()
    run, interrupted = trained(scenario, job)
    text = json.dumps(run.report(), indent=2, allow_nan=False) + "\n" if json_to else ""
    if json_to == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        from boundaryviz.cli.tables import show_run

        show_run(run)
        if json_to is not None:
            write_atomic(json_to, text.encode())
    if save_to is not None:
        write(save_to, run.saved())
        say(f"saved {save_to}")
    return ending(run, interrupted, scenario.steps)


def trained(
    scenario: Scenario, job: Job, stops: Sequence[int] = (), visit: Callable[[Any], object] = lambda run: None
) -> tuple[Any, bool]:
    """The run as far as it came, and whether it was interrupted.

    stops: steps, rising, at each of which `visit` is called with the run; the last ends it. Default: the scenario's.
    """
    stops = stops or (scenario.steps,)
    with first_interrupt_waits() as asked:  # also while torch is loading
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.experiments.progress import bar
        from boundaryviz.experiments.run import start
        from boundaryviz.scene.lessons import lacking

        try:
            run = start(scenario, job.seeds, job.twin, job.device, cascade=job.cascade, watched=job.shown)
            if words := lacking(run.scene):
                say(f"note: {words}")
        except DeviceError as error:
            raise UsageProblem(f"--device {job.device}: {error}") from None
        try:
            with bar(f"training {scenario.name}") as show:

                def progress(_done: int, _total: int) -> None:
                    show(run.step, stops[-1])
                    if asked:
                        raise KeyboardInterrupt

                for stop in stops:
                    run.advance(stop - run.step, progress)
                    visit(run)
        except KeyboardInterrupt:
            return run, run.step < stops[-1]
        return run, False


@contextmanager
def first_interrupt_waits() -> Iterator[list[int]]:
    """The first Ctrl+C is only noted, in the list handed out; the next one raises KeyboardInterrupt at once."""
    asked: list[int] = []

    def note(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def ending(run: Any, interrupted: bool, steps: int) -> int:
    """Say how the run ended; the exit code."""
    if interrupted:
        say(f"interrupted at step {run.step:,} of {steps:,}")
        return Exit.INTERRUPTED
    lost = int(run.diverged.sum())
    if lost:
        say(f"training diverged in {lost} of {len(run.diverged)} models; lower training.learning_rate")
    return Exit.FAILED if lost == len(run.diverged) else Exit.DONE
