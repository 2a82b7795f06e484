"""`train` and `figure`: prepare a scenario, train it, report or draw it."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
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
    """What is trained, from the options common to `train` and `figure`."""

    scenario: str
    values: tuple[str, ...] = ()
    steps: int | None = None
    seeds: int | None = None
    twin: bool | None = None
    device: str = "auto"
    cascade: bool = False

    def prepared(self) -> Scenario:
        """The scenario with the settings asked for. Raises ScenarioError or UsageProblem."""
        values = assignments(self.values)
        if self.steps is not None:
            values["training.steps"] = self.steps
        scenario = load(self.scenario)
        return scenario.with_values(values) if values else scenario


def train_and_report(job: Job, json_to: str | None, save_to: Path | None) -> int:
    """Train, print a table or JSON, save what was asked for; the exit code."""
    if save_to is not None and save_to.suffix.lower() != ".bviz":
        raise UsageProblem(f"--save {save_to}: the name of a saved scenario ends in .bviz")
    for place in (save_to, None if json_to == "-" else json_to):
        if place is not None:
            check_writable(place)
    scenario = job.prepared()
    run, interrupted = _trained(scenario, job)
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
    return _ending(run, interrupted, scenario.steps)


def train_and_draw(job: Job, view: str, output: Path, options: dict[str, Any]) -> int:
    """Train and write a figure; the exit code."""
    from boundaryviz.figures.draw import check_path, save
    from boundaryviz.figures.style import Options

    try:
        Options(**options)
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    check_path(output)
    scenario = job.prepared()
    if job.cascade and measured(scenario.learner) is None:
        raise UsageProblem(f"--view {view}: {scenario.learner.name} is supervised and has no label cascade")
    run, interrupted = _trained(scenario, job)
    save(run.figure(view, **options), output)
    say(f"wrote {output}")
    return _ending(run, interrupted, scenario.steps)


def _trained(scenario: Scenario, job: Job) -> tuple[Any, bool]:
    """The run as far as it came, and whether it was interrupted."""
    with first_interrupt_waits() as asked:  # also while torch is loading
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.experiments.progress import bar
        from boundaryviz.experiments.run import start
        from boundaryviz.scene.lessons import lacking

        try:
            run = start(scenario, job.seeds, job.twin, job.device, cascade=job.cascade)
            if words := lacking(run.scene):
                say(f"note: {words}")
        except DeviceError as error:
            raise UsageProblem(f"--device {job.device}: {error}") from None
        try:
            with bar(f"training {scenario.name}") as show:

                def progress(done: int, total: int) -> None:
                    show(done, total)
                    if asked:
                        raise KeyboardInterrupt

                run.advance(scenario.steps, progress)
        except KeyboardInterrupt:
            return run, run.step < scenario.steps
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


def _ending(run: Any, interrupted: bool, steps: int) -> int:
    if interrupted:
        say(f"interrupted at step {run.step:,} of {steps:,}")
        return Exit.INTERRUPTED
    lost = int(run.diverged.sum())
    if lost:
        say(f"training diverged in {lost} of {len(run.diverged)} models; lower training.learning_rate")
    return Exit.FAILED if lost == len(run.diverged) else Exit.DONE
