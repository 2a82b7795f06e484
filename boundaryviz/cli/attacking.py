"""`attack`, and `figure --view trail`: carry out an attack that trains, and say or draw what it does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from boundaryviz.cli.drawing import Picture, check, parse_rect
from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.terminal import as_json, print_json
from boundaryviz.cli.training import Job, ending, trained
from boundaryviz.record.attacked import MEASURES, Attacked, value_words
from boundaryviz.scenario.files import check_writable, write, write_atomic
from boundaryviz.scenario.scenario import Scenario


def attack_and_report(job: Job, method: str | None, json_to: str | None, save_to: Path | None) -> int:
    """Attack, print a table or JSON, save what was asked for; the exit code."""
    if save_to is not None and save_to.suffix.lower() != ".bviz":
        raise UsageProblem(f"--save {save_to}: the name of a saved scenario ends in .bviz")
    for place in (save_to, None if json_to == "-" else json_to):
        if place is not None:
            check_writable(place)
    scenario = prepared(job, method)
    found = attacked(scenario, job)
    if found is None:
        say("interrupted before the attack had come to anything")
        return Exit.INTERRUPTED
    files: list[Result] = []
    if json_to not in (None, "-"):
        files.append(Result(str(json_to), lambda: write_atomic(str(json_to), (as_json(found.plain()) + "\n").encode())))
    if save_to is not None:
        files.append(Result(save_to, lambda: write(save_to, found.scenario)))
    failed = deliver(files, lambda: print_json(found.plain()) if json_to == "-" else show_attack(found))
    if not found.whole:
        say("interrupted; this is what the attack had come to")
        return failed or Exit.INTERRUPTED
    return failed


def prepared(job: Job, method: str | None = None) -> Scenario:
    """The scenario with the settings asked for, and the attack. Raises ScenarioError or UsageProblem."""
    from boundaryviz.attacks.trained.specs import METHODS

    named = () if method is None else (f"adversary.method={method}",)
    scenario = Job(
        job.scenario, (*named, *job.values), job.steps, job.seeds, job.twin, job.device, columns=job.columns
    ).prepared()
    if scenario.adversary is None:
        raise UsageProblem(f"adversary.method: this scenario offers no attack; name one of {', '.join(METHODS)}")
    return scenario


def attacked(scenario: Scenario, job: Job) -> Attacked | None:
    """What came of the attack, as far as it went when Ctrl+C came; None where that is nothing."""
    with first_interrupt_waits() as asked:  # also while torch is loading
        from boundaryviz.adversary.attacking import PARTS, carried_out
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.runs.bars import bar

        try:
            with bar(f"attacking {scenario.name}") as show:

                def watch(share: float, _words: str) -> None:
                    show(int(PARTS * share), PARTS)

                return carried_out(scenario, job.seeds or 1, job.device, watch, lambda: bool(asked))
        except KeyboardInterrupt:
            return None
        except DeviceError as error:
            raise UsageProblem(f"--device {job.device}: {error}") from None


def attack_and_draw(job: Job, picture: Picture) -> int:
    """Attack, train with the poison that came of it and without, and write the figure `trail`; the exit code."""
    from boundaryviz.figures.data import data_of_trail, write_data
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options
    from boundaryviz.figures.trail import draw_trail
    from boundaryviz.record.trail import reach

    check(picture)
    if job.shown >= (job.seeds or 1):
        raise UsageProblem(f"--seed-shown {job.shown}: counted from 0, it is below the number of --seeds, {job.seeds}")
    rect = parse_rect(picture.rect)
    scenario = prepared(job)
    found = attacked(scenario, job)
    if found is None:
        say("interrupted before the attack had come to anything")
        return Exit.INTERRUPTED
    rect = rect or reach(found.trail.states, scenario.scene())
    run, interrupted = trained(found.scenario, replace(job, seeds=job.seeds or 1, twin=True))
    poisoned, clean = (run.snapshot(job.shown, side, picture.columns, rect) for side in (False, True))
    goal = {"pin": "lead at the target", "class": "validation error of the class"}
    words = goal.get(found.settings.aim, "validation error")
    options, data = Options(**picture.options), picture.data
    files = [
        Result(picture.output, lambda: save(draw_trail(found.trail, poisoned, clean, options, words), picture.output))
    ]
    if data is not None:
        files.append(Result(data, lambda: write_data(data_of_trail(found.trail, poisoned, clean), data)))
    failed = deliver(files)
    if not found.whole:
        say("interrupted; this is what the attack had come to")
        return failed or Exit.INTERRUPTED
    return failed or ending(run, interrupted, scenario.steps)


def show_attack(found: Attacked) -> None:
    """The measures of an attack, the mean over the training seeds, and what came of it in words. Raises PrintError."""
    from boundaryviz.cli.tables import headed, row, show, table

    made = table("measure")
    made.add_column("value", justify="right")
    made.add_column("what it is", overflow="fold")
    for name, metric in found.metrics.items():
        row(made, name, value_words(name, metric), MEASURES[name].words)
    count = len(found.state)
    method: Any = type(found.settings)
    words = f"{method.TITLE.lower()}, {count:,} point{'s' * (count != 1)}; {found.seeds_words}"
    last = found.state.words
    show(headed(found.scenario.title, words), made, *([f"At the end: {last}"] if last else []))
