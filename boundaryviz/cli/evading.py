"""`evade`, and the figures of pushes: train, push points over the boundary, and say or draw how little it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.cli.answering import place_of
from boundaryviz.cli.drawing import Picture, check, parse_rect
from boundaryviz.cli.failures import UsageProblem, say
from boundaryviz.cli.results import Result, deliver
from boundaryviz.cli.terminal import as_json, print_json
from boundaryviz.cli.training import Job, ending, trained
from boundaryviz.evasion.settings import METHODS, EvasionSpec
from boundaryviz.record.evading import MEASURES, Evaded, push_rows, title_of, value_words
from boundaryviz.record.records import Records
from boundaryviz.scenario.files import check_writable, write_atomic
from boundaryviz.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from boundaryviz.figures.data import Data

VIEWS = ("pushes", "robustness", "noise-relation", "linearity")
"""The figures that are drawn here."""
NOTHING_DECIDED = (
    "The model decides nothing at any of the points, so no answer falls along a gradient: it has no label to decide "
    "by, or it has diverged."
)
_LISTED = 20  # pushes of each method


@dataclass(frozen=True)
class Asked:
    """What `evade` is asked for besides the scenario. at: places as they were written. settings: of the evasion, by
    name, None where they are the scenario's. figure: where it goes; options: its own."""

    at: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    points: str = "test"
    settings: dict[str, Any] = field(default_factory=dict)
    json_to: str | None = None
    figure: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def places(self) -> NDArray[np.float64] | None:
        """The places that are named. Raises UsageProblem."""
        return np.array([place_of(text) for text in self.at]) if self.at else None


def evade_and_report(job: Job, asked: Asked) -> int:
    """Train, push, print tables or JSON, and write what was asked for; the exit code."""
    if asked.json_to not in (None, "-"):
        check_writable(str(asked.json_to))
    if asked.figure is not None:
        check(Picture("pushes", asked.figure, asked.options))
    scenario, methods = _prepared(job, asked), _methods(asked.methods)
    places = _checked(scenario, asked.places)
    run, interrupted = trained(scenario, job)
    if interrupted:
        return ending(run, True, scenario.steps)
    found = _evaded(run, places, methods, asked.points)
    files: list[Result] = []
    if asked.json_to not in (None, "-"):
        place = str(asked.json_to)
        files.append(Result(place, lambda: write_atomic(place, (as_json(found.plain()) + "\n").encode())))
    if (figure := asked.figure) is not None:
        files.append(
            Result(figure, lambda: _draw("pushes", run, found.pushes, Picture("pushes", figure, asked.options)))
        )
    failed = deliver(files, lambda: print_json(found.plain()) if asked.json_to == "-" else show_evaded(found))
    for words in dict.fromkeys(filter(None, (*found.words, *_advice(found, scenario)))):
        say(f"note: {words}")
    return failed or ending(run, False, scenario.steps)


def evade_and_draw(job: Job, picture: Picture) -> int:
    """Train, and write one of the figures `VIEWS`, of the scenario's test points; the exit code."""
    from boundaryviz.figures.data import write_data

    check(picture)
    if job.shown >= (job.seeds or 1):
        raise UsageProblem(f"--seed-shown {job.shown}: counted from 0, it is below the number of --seeds, {job.seeds}")
    parse_rect(picture.rect)
    scenario = job.prepared()
    run, interrupted = trained(scenario, job)
    found = _shown(picture.view, run, job.shown)
    files = [Result(picture.output, lambda: _draw(picture.view, run, found, picture, job.shown))]
    if (data := picture.data) is not None:
        files.append(Result(data, lambda: write_data(_data(picture.view, found), data)))
    return deliver(files) or ending(run, interrupted, scenario.steps)


def _shown(view: str, run: Any, seed: int) -> Any:
    """What a view shows of the test points. Raises UsageProblem where the learner has no gradients for it, or decides
    nothing."""
    from boundaryviz.evasion.model import NoGradient
    from boundaryviz.runs.evading import by_method
    from boundaryviz.runs.evasion import Evasion

    one = Evasion(run.session, seed=seed)
    try:
        if view == "pushes":
            return by_method(one)[0]
        if view == "robustness":
            return one.robustness()
        if view == "noise-relation":
            return one.noise_relation()
        line = one.linearity()
    except NoGradient as why:
        raise UsageProblem(f"--view {view}: {why}") from None
    if not len(line.lead):
        raise UsageProblem(f"--view {view}: {NOTHING_DECIDED}")
    return line


def _prepared(job: Job, asked: Asked) -> Scenario:
    """The scenario with the settings asked for. Raises ScenarioError or UsageProblem."""
    named = tuple(f"evasion.{name}={value}" for name, value in asked.settings.items() if value is not None)
    return Job(job.scenario, (*job.values, *named), job.steps, columns=job.columns).prepared()


def _methods(names: Sequence[str]) -> tuple[Any, ...]:
    for name in names:
        if name not in METHODS:
            raise UsageProblem(f"--method {name}: there are {', '.join(METHODS)}")
    return tuple(names)


def _checked(scenario: Scenario, places: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """The places, once it is known that they lie on the plane. Raises UsageProblem now for what would fail after
    training."""
    if places is None:
        return None
    from boundaryviz.record.evading import places_in

    try:
        return places_in(scenario.scene(), places)
    except ScenarioError as error:
        raise UsageProblem(f"--{error.problems[0]}") from None


def _evaded(run: Any, places: NDArray[np.float64] | None, methods: tuple[Any, ...], points: str) -> Evaded:
    from boundaryviz.runs.bars import bar
    from boundaryviz.runs.evading import evaded

    done = 0
    with bar(f"pushing {run.scenario.name}") as show:

        def tell() -> None:
            nonlocal done
            done += 1
            show(done, max(done, len(METHODS) + len(MEASURES)))

        return evaded(run, places, methods or None, points, tell)


def _advice(found: Evaded, scenario: Scenario) -> list[str]:
    """What to say of settings with which there is little to see."""
    scene = scenario.scene()
    asked = (found.asked.model_copy(update={"method": pushes.method}) for pushes in found.pushes)
    return [EvasionSpec.advice(one, scene.domain, scene.classes) for one in asked]


def _draw(view: str, run: Any, found: Any, picture: Picture, seed: int = 0) -> None:
    """found: what the view shows."""
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options

    options = Options(**picture.options)
    snapshot = run.snapshot(seed, columns=picture.columns, rect=parse_rect(picture.rect))
    if view == "pushes":
        from boundaryviz.figures.pushes import draw_pushes

        figure = draw_pushes(snapshot, found, options)
    elif view == "robustness":
        from boundaryviz.figures.robustness import draw_robustness

        asked = run.scenario.evasion or EvasionSpec()
        figure = draw_robustness(found, snapshot, asked.epsilon, options)
    elif view == "noise-relation":
        from boundaryviz.figures.noise_relation import draw_noise_relation

        figure = draw_noise_relation(found, snapshot, options)
    else:
        from boundaryviz.figures.linearity import draw_linearity

        figure = draw_linearity(found, snapshot, options)
    save(figure, picture.output)


def _data(view: str, found: Any) -> Data:
    """What a view shows, as numbers."""
    from boundaryviz.figures.data import data_of_records, data_of_table

    if view == "pushes":
        return data_of_records(Records(row for pushes in found for row in push_rows(pushes)))
    if view == "robustness":
        return data_of_table({"epsilon": found.epsilons, **found.lines})
    if view == "noise-relation":
        arrays = {name: getattr(found, name) for name in ("sigmas", "distance", "measured", "predicted")}
        shape = found.measured.shape
        of = {"sigma": found.sigmas[:, None], "distance": found.distance}
        columns = {name: np.broadcast_to(one, shape) for name, one in of.items()}
        return data_of_table(columns | {name: arrays[name] for name in ("measured", "predicted")}, arrays)
    arrays = {name: getattr(found, name) for name in ("lengths", "lead", "slope", "tangent")}
    shape = found.lead.shape
    columns = {"point": np.arange(shape[0])[:, None], "length": found.lengths}
    columns = {name: np.broadcast_to(one, shape) for name, one in columns.items()}
    return data_of_table(columns | {"lead": found.lead, "tangent": found.tangent}, arrays)


def show_evaded(found: Evaded) -> None:
    """What each method does to the points, and what is measured of all models. Raises PrintError."""
    from boundaryviz.cli.tables import headed, row, show, table

    few = len(found.pushes[0]) <= _LISTED
    made = table("method", "place", "class", "becomes") if few else table("method")
    for words in ("length",) if few else ("median length", "turned", "within epsilon"):
        made.add_column(words, justify="right")
    scene = found.scenario.scene()
    name = lambda k: scene.class_name(k) if k >= 0 else "\u2013"  # noqa: E731
    for pushes in found.pushes:
        title = title_of(pushes)
        if few:
            for k, (x, y) in enumerate(pushes.places.tolist()):
                length = pushes.length[k]
                row(
                    made, title, f"{x:.3g}, {y:.3g}", name(int(pushes.from_class[k])), name(int(pushes.to_class[k])),
                    f"{length:.4g}" if np.isfinite(length) else "\u2013",
                )  # fmt: skip
            continue
        turned = pushes.length[pushes.flipped]
        middle = f"{np.median(turned):.4g}" if len(turned) else "\u2013"
        row(made, title, middle, f"{len(turned):,} of {len(pushes):,}", f"{int(pushes.within.sum()):,}")
    measured = table("measure")
    measured.add_column("value", justify="right")
    measured.add_column("what it is", overflow="fold")
    for key, metric in found.metrics.items():
        row(measured, key, value_words(key, metric), MEASURES[key].words)
    words = f"step {found.step:,}; epsilon {found.asked.epsilon:g}, {found.asked.norm}; {found.seeds_words}"
    show(headed(found.scenario.title, words), made, measured)
