"""`figure`: train, and draw what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from boundaryviz.cli.failures import Exit, UsageProblem
from boundaryviz.cli.results import Result, deliver
from boundaryviz.cli.training import Job, ending, trained
from boundaryviz.cli.values import assignments
from boundaryviz.record.archive import ArchiveError
from boundaryviz.record.pins import MOST
from boundaryviz.record.pins_file import is_pins, read
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.unembedded import unembedded
from boundaryviz.scenario.words import settings_in_words
from boundaryviz.scene.scene import Domain


@dataclass(frozen=True)
class Picture:
    """What is drawn, from the options of `figure`.

    options: those of `figures.style.Options`. rect, at, vary: as they were written. data: where what is drawn goes as
    numbers. z: how far off the plane the sheets of 'heights' are.
    """

    view: str
    output: Path
    options: dict[str, Any] = field(default_factory=dict)
    columns: int = 256
    rect: str | None = None
    at: str | None = None
    vary: tuple[str, ...] = ()
    data: Path | None = None
    z: float | None = None


def train_and_draw(job: Job, picture: Picture) -> int:
    """Train, or read pins, and write a figure, and its data where that is asked for; the exit code."""
    if is_pins(job.scenario):
        return _draw_pins(job, picture)
    from boundaryviz.engine.height_map import NEAR, flat
    from boundaryviz.figures.style import RANKING, REGRESSION
    from boundaryviz.figures.verdict import NO_DEFENCE

    check(picture)
    if picture.view == "compare" and not 0 < len(picture.vary) < MOST:
        raise UsageProblem(
            f"--view compare shows the scenario and 1 to {MOST - 1} others, each by a --vary PATH=VALUE, for example "
            "--vary learner.hidden=[64,64]; or a file of pins"
        )
    rect, settings = parse_rect(picture.rect), [_varied(text) for text in picture.vary]
    scenario = job.prepared()
    if picture.view in RANKING and scenario.learner.fits(scenario.scene()):
        raise UsageProblem(f"--view {picture.view}: {REGRESSION}")
    if picture.view == "defence" and scenario.defence is None:
        raise UsageProblem(f"--view defence: {NO_DEFENCE}")
    if picture.view == "embedding" and (why := unembedded(scenario.learner)):
        raise UsageProblem(f"--view embedding: {why}")
    if picture.view == "heights" and (why := flat(scenario.scene())):
        raise UsageProblem(f"--view heights: {why}")
    seeds = job.seeds or (1 if scenario.course is None else scenario.course.seeds)
    if job.shown >= seeds:
        raise UsageProblem(f"--seed-shown {job.shown}: counted from 0, it is below the number of --seeds, {seeds}")
    stops = parse_steps(picture.at, scenario.steps) if picture.view == "frames" else ()
    others: list[Snapshot] = []
    if picture.view == "compare":
        run, interrupted = _compare(scenario, job, picture, rect, settings, others)
    else:
        visit = lambda run: others.append(run.snapshot(job.shown, columns=picture.columns, rect=rect))  # noqa: E731
        run, interrupted = trained(scenario, job, stops, visit) if stops else trained(scenario, job)
        if interrupted and stops:
            visit(run)
    shown, beside = run.renderings(picture.view, job.shown, picture.columns, rect, picture.z or NEAR)
    if picture.view == "compare":
        shown = others[0]
    failed = _write(picture, shown, beside, others)
    code = ending(run, interrupted, stops[-1] if stops else scenario.steps)
    return failed or code


def _draw_pins(job: Job, picture: Picture) -> int:
    if picture.view != "compare":
        raise UsageProblem(f"{job.scenario}: pins are drawn by --view compare")
    given = {
        "--set": job.values, "--steps": job.steps is not None, "--seeds": job.seeds is not None, "--twin": job.twin,
        "--seed-shown": job.shown, "--vary": picture.vary, "--at": picture.at, "--rect": picture.rect,
    }  # fmt: skip
    if wrong := [option for option, value in given.items() if value]:
        raise UsageProblem(f"{', '.join(wrong)}: pins are drawn as they are")
    check(picture)
    try:
        shown = [pin.named() for pin in read(job.scenario)]
    except ArchiveError as error:
        raise UsageProblem(str(error)) from None
    return _write(picture, shown[0], None, shown)


def draw_the_elephant(job: Job, picture: Picture) -> int:
    """Write the figure of the elephant, with noisy points of the scenario's data seed; the exit code. Nothing is
    trained."""
    from boundaryviz.figures.elephant import draw_elephant
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options

    check(picture)
    if picture.data is not None:
        raise UsageProblem("--data: of --view elephant there is no file of numbers")
    scenario = job.prepared()
    if scenario.data.name != "elephant-shape":
        raise UsageProblem("--view elephant: it is drawn of the elephant alone; write boundaryviz figure elephant")
    options = Options(**picture.options)
    figure = lambda: save(draw_elephant(seed=scenario.data.seed, options=options), picture.output)  # noqa: E731
    return deliver([Result(picture.output, figure)])


def check(picture: Picture) -> None:
    """Raise UsageProblem or WriteError now for what would fail after training."""
    from boundaryviz.figures.data import check_data_path
    from boundaryviz.figures.sheet import check_path, check_room
    from boundaryviz.figures.style import Options

    try:
        check_room(picture.view, Options(**picture.options))
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    for given, option, view in ((picture.at, "--at", "frames"), (picture.vary, "--vary", "compare")):
        if given and picture.view != view:
            raise UsageProblem(f"{option}: only --view {view} takes it")
    if picture.z is not None and (picture.view != "heights" or not 0 < picture.z < math.inf):
        raise UsageProblem("--z: how far off the plane --view heights draws lines; write a number above 0")
    check_path(picture.output)
    if picture.data is not None:
        check_data_path(picture.data)


def parse_rect(text: str | None) -> Domain | None:
    """'LEFT,RIGHT,BOTTOM,TOP'. Raises UsageProblem."""
    if text is None:
        return None
    try:
        left, right, bottom, top = (float(part) for part in text.split(","))
        return Domain(left, right, bottom, top)
    except ValueError:
        raise UsageProblem(
            f"--rect {text}: write LEFT,RIGHT,BOTTOM,TOP, for example --rect=-1,2,-1,1, the smaller of each two first"
        ) from None


def parse_steps(text: str | None, last: int) -> tuple[int, ...]:
    """'0,20,100' as rising steps up to `last`; some that tell the story where there is no text. Raises UsageProblem."""
    from boundaryviz.figures.multiples import MOST_FRAMES
    from boundaryviz.record.snapshot import steps_of_strip

    if text is None:
        return steps_of_strip(last)
    try:
        steps = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        raise UsageProblem(f"--at {text}: write steps, for example --at 0,20,100,500") from None
    if steps[0] < 0 or steps[-1] > last:
        raise UsageProblem(f"--at {text}: steps lie between 0 and {last}, where training ends; see --steps")
    if len(steps) > MOST_FRAMES:
        raise UsageProblem(f"--at: a figure holds up to {MOST_FRAMES} moments, not {len(steps)}")
    return steps


def _varied(text: str) -> dict[str, Any]:
    """'PATH=VALUE[;PATH=VALUE...]'"""
    try:
        return assignments(text.split(";"))
    except UsageProblem as error:
        raise UsageProblem(str(error).replace("--set", "--vary")) from None


def _compare(
    scenario: Scenario, job: Job, picture: Picture, rect: Domain | None, settings: Sequence[dict[str, Any]],
    others: list[Snapshot],
) -> tuple[Any, bool]:  # fmt: skip
    """Train the scenario and its variations, one after the other; the last run, and whether it was interrupted."""
    several = [(scenario, "")]
    for values, text in zip(settings, picture.vary, strict=True):
        try:
            changed = scenario.with_values(values)
        except ScenarioError as error:
            raise ScenarioError([f"--vary {text}: {problem}" for problem in error.problems]) from None
        several.append((changed, settings_in_words(changed, values)))
    for one, label in several:
        run, interrupted = trained(one, job)
        others.append(replace(run.snapshot(job.shown, columns=picture.columns, rect=rect), label=label))
        if interrupted:
            break
    return run, interrupted


def _write(picture: Picture, shown: Snapshot, beside: Snapshot | None, others: Sequence[Snapshot]) -> Exit:
    """Write the figure and its data; the exit code."""
    from boundaryviz.figures.data import data_of, write_data
    from boundaryviz.figures.draw import draw, save
    from boundaryviz.figures.style import Options

    def drawn() -> None:
        save(draw(picture.view, shown, Options(**picture.options), beside, others), picture.output)

    files, data = [Result(picture.output, drawn)], picture.data
    if data is not None:
        files.append(Result(data, lambda: write_data(data_of(picture.view, shown, beside, others), data)))
    return deliver(files)
