"""`train`: prepare a scenario, train it, report it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.table import loaded
from boundaryviz.cli.terminal import as_json, print_json
from boundaryviz.cli.values import assignments
from boundaryviz.learners.cascade import measured
from boundaryviz.scenario.files import check_writable, write, write_atomic
from boundaryviz.scenario.scenario import Scenario


@dataclass(frozen=True)
class Job:
    """What is trained, from the options common to `train` and `figure`. shown: which of the seeds is drawn, from 0.
    columns: what is what of a table. plane: of many inputs, which is shown, see `Scenario.on_plane`."""

    scenario: str
    values: tuple[str, ...] = ()
    steps: int | None = None
    seeds: int | None = None
    twin: bool | None = None
    device: str = "auto"
    cascade: bool = False
    shown: int = 0
    columns: tuple[str, ...] = ()
    plane: str | None = None

    def prepared(self) -> Scenario:
        """The scenario with the settings asked for. Raises ScenarioError or UsageProblem."""
        values = assignments(self.values)
        if self.steps is not None:
            values["training.steps"] = self.steps
        scenario = loaded(self.scenario, self.columns)
        if values:
            scenario = scenario.with_values(values)
        if self.plane is not None:
            scenario = scenario.on_plane(self.plane)
        if self.cascade:
            check_cascade(scenario)
        return scenario


def check_cascade(scenario: Scenario) -> None:
    """Raise UsageProblem where the learner has no label cascade."""
    if measured(scenario.learner) is None:
        why = "is supervised" if scenario.learner.family.supervised else "does not say who gave whom a label"
        raise UsageProblem(f"--view cascade: {scenario.learner.name} {why} and has no label cascade")


def train_and_report(job: Job, json_to: str | None, save_to: Path | None) -> int:
    """Train, print a table or JSON, save what was asked for; the exit code."""
    if save_to is not None and save_to.suffix.lower() != ".bviz":
        raise UsageProblem(f"--save {save_to}: the name of a saved scenario ends in .bviz")
    for place in (save_to, None if json_to == "-" else json_to):
        if place is not None:
            check_writable(place)
    scenario = job.prepared()
    run, interrupted = trained(scenario, job)
    files: list[Result] = []
    if json_to not in (None, "-"):
        files.append(Result(str(json_to), lambda: write_atomic(str(json_to), (as_json(run.report()) + "\n").encode())))
    if save_to is not None:
        files.append(Result(save_to, lambda: write(save_to, run.saved())))

    def show() -> None:
        if json_to == "-":
            print_json(run.report())
            return
        from boundaryviz.cli.tables import show_run

        show_run(run)

    failed, code = deliver(files, show), ending(run, interrupted, scenario.steps)
    return failed or code


def trained(
    scenario: Scenario, job: Job, stops: Sequence[int] = (), visit: Callable[[Any], object] = lambda run: None
) -> tuple[Any, bool]:
    """The run as far as it came, and whether it was interrupted.

    stops: steps, rising, at each of which `visit` is called with the run; the last ends it. Default: the scenario's.
    """
    stops = stops or (scenario.steps,)
    with first_interrupt_waits() as asked:  # also while torch is loading
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.runs.bars import bar
        from boundaryviz.runs.run import start
        from boundaryviz.scenario.advice import notes

        try:
            run = start(scenario, job.seeds, job.twin, job.device, cascade=job.cascade, watched=job.shown)
            tell_notes([*notes(run.scenario, run.scene), *filter(None, [run.session.engine.missed])])
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


def tell_notes(words: Iterable[str]) -> None:
    """Say what `scenario.advice.notes` finds worth saying."""
    for one in words:
        say(f"note: {one}")


def ending(run: Any, interrupted: bool, steps: int) -> int:
    """Say how the run ended; the exit code."""
    if interrupted:
        say(f"interrupted at step {run.step:,} of {steps:,}")
        return Exit.INTERRUPTED
    if run.session.stopped:
        say(f"early stopping ended it at step {run.step:,} of {steps:,}")
    lost = int(run.diverged.sum())
    if lost:
        say(f"training diverged in {lost} of {len(run.diverged)} models; lower training.learning_rate")
    return Exit.FAILED if lost == len(run.diverged) else Exit.DONE
