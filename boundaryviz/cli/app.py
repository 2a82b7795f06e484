"""The commands and their options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

import typer
from typer.core import TyperGroup

from boundaryviz.cli.failures import Exit, UsageProblem, complain, reported, say, waits_said, warnings_said
from boundaryviz.cli.terminal import printing, take_any_letter

_NEAR = "boundaryviz.near"
"""In the context: the command that is nearest to a first word which is none, "" for none near."""


class _OpensFiles(TyperGroup):
    """A group whose first word may be a file in place of a command: that file is opened in the window."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (not args[0].startswith("-") and (args[0] not in self.commands or self._is_example(args))):
            known = [name for name, command in self.commands.items() if not command.hidden]
            ctx.meta[_NEAR] = (get_close_matches(args[0], known, 1) if args else []) or [""]
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def _is_example(self, args: list[str]) -> bool:
        """Whether it is the name of an example alone, which is also that of a command that needs more words."""
        if len(args) > 1 or not any(parameter.required for parameter in self.commands[args[0]].params):
            return False
        from boundaryviz.scenario import gallery

        return args[0] in gallery.names()


@runtime_checkable
class _Misuse(Protocol):
    """What typer raises for a command that it cannot parse, whichever package it takes its parser from."""

    exit_code: int

    def format_message(self) -> str: ...


def _end(code: int, **_options: object) -> None:
    """What a command returns is the program's exit code."""
    raise typer.Exit(code)


app = typer.Typer(
    cls=_OpensFiles,
    result_callback=_end,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Drag points while a model trains: a desktop laboratory for decision boundaries.\n\n"
    "[bold]boundaryviz [FILE][/bold] opens the window, on a .bviz or .toml file or a table if one is given.",
)

ScenarioArgument = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="A gallery name, a data set's name, or a file: .bviz, .toml or a table."),
]
PlaneOption = Annotated[
    str | None,
    typer.Option(
        "--plane",
        metavar="PLANE",
        help="Of points with more than two inputs, the plane that is shown: components, columns:1,4 or by their names, "
        "points:3,17,42 through three points, or own, with which the data came.",
    ),
]
ColumnsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="x=NAME,y=NAME,label=NAME",
        help="Of a table: what is what. Also split, origin, muted, inputs=A+B+C, shown=principal, minus_one=class, "
        "decimals.NAME=comma, values.NAME=NA, sheet, encoding, separator, header. May be given many times.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Change a setting, e.g. learner.hidden=[64,64]. May be given many times."
    ),
]
StepsOption = Annotated[int | None, typer.Option("--steps", min=1, help="Training steps; default the scenario's own.")]
DosesOption = Annotated[
    str | None,
    typer.Option("--doses", metavar="N,N,...", help="Numbers of poison points; default eight, from 0 to some 4 %."),
]
DeviceOption = Annotated[
    Literal["auto", "compiled", "cpu", "cuda", "mps"],
    typer.Option(
        "--device",
        help="What does the training steps: the program compiled for nets, torch on the processor or on a GPU. "
        "auto: of a file with a run, what did its steps; else what fits the net.",
    ),
]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", help="Keep finished runs of a study in this SQLite file, and go on there."),
]
LevelsOption = Annotated[
    int | None, typer.Option("--levels", help="Colour steps of the field; 2 shows the decided class.")
]
StyleName = Literal["paper", "slides", "dark"]
AlsoDrawOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Also draw it, into a .png, .svg, .pdf or .pgf file."),
]
WidthOption = Annotated[float | None, typer.Option("--width", metavar="CM", help="Of the figure, 2 to 100 cm.")]
StyleOption = Annotated[StyleName, typer.Option("--style", help="Colours and sizes of the figure.")]
DpiOption = Annotated[int, typer.Option("--dpi", help="Dots per inch of pictures, 30 to 1200.")]
AxesOption = Annotated[
    Literal["auto", "equal", "free"],
    typer.Option(
        "--axes", help="Of a plane: equal units on both axes, free ones, or free where its sides differ over threefold."
    ),
]
HeldOutFlag = Annotated[bool, typer.Option("--held-out", help="Also draw validation and test points.")]
ErrorsFlag = Annotated[bool, typer.Option("--errors", help="Show errors: outline = true class, fill = predicted.")]
JsonFileOption = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write the numbers as JSON; - is standard output.")
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _version(asked: bool) -> None:
    if asked:
        from boundaryviz import __version__

        with reported() as outcome, printing() as out:
            out.write(f"boundaryviz {__version__}\n")
        raise typer.Exit(outcome.code)


@app.callback()
def root(  # noqa: D103 - what is said here would be the program's help
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command("open", hidden=True)
def open_(
    ctx: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="[FILE]")] = None,
    columns: ColumnsOption = None,
) -> int:
    """Open the window, on FILE if given."""
    from boundaryviz.cli.opening import open_window

    return open_window(file, columns or (), near=ctx.meta.get(_NEAR, [""])[0])


@app.command()
def table(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table of any kind, such as .csv, .xlsx or .npz.")],
    columns: ColumnsOption = None,
    json: JsonFlag = False,
) -> int:
    """Say what is understood of a table: columns, rows left out, classes."""
    with reported() as outcome:
        from boundaryviz.cli.table import show_table

        outcome.code = show_table(file, columns or (), json)
    return outcome.code


@app.command()
def scenarios(json: JsonFlag = False) -> int:
    """List the gallery: name, title, learner, what it shows."""
    with reported() as outcome:
        from boundaryviz.cli.listing import list_scenarios

        list_scenarios(json)
    return outcome.code


@app.command()
def learners(json: JsonFlag = False) -> int:
    """List learners with their parameters, ranges and defaults."""
    with reported() as outcome:
        from boundaryviz.cli.listing import list_learners

        list_learners(json)
    return outcome.code


DataSeedsOption = Annotated[
    str | None,
    typer.Option("--data-seeds", metavar="A-B", help="Draw the data anew with each of these seeds, such as 0-19."),
]


@app.command()
def train(
    scenario: ScenarioArgument,
    columns: ColumnsOption = None,
    plane: PlaneOption = None,
    values: SetOption = None,
    steps: StepsOption = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", min=1, help="How many training seeds, training.seed first; default 1, or the file's."),
    ] = None,
    data_seeds: DataSeedsOption = None,
    twin: Annotated[
        bool | None,
        typer.Option("--twin/--no-twin", help="Also train every seed without the poison; default no, or the file's."),
    ] = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE.bviz", help="Save the scenario with its points.")
    ] = None,
) -> int:
    """Train without a window, and print what came of it.

    Ctrl+C stops after the step at hand; what was finished is printed and saved.
    """
    with reported() as outcome:
        from boundaryviz.cli.training import Job, train_and_report

        job = Job(scenario, tuple(values or ()), steps, seeds, twin, device, columns=tuple(columns or ()), plane=plane)
        if data_seeds is not None:
            from boundaryviz.cli.checking import data_seeds_of, train_over_data

            if save is not None:
                raise UsageProblem("--save: with --data-seeds there are several sets of points; save one of them")
            outcome.code = train_over_data(job, data_seeds_of(data_seeds), json)
            return outcome.code
        outcome.code = train_and_report(job, json, save)
    return outcome.code


@app.command()
def attack(
    scenario: ScenarioArgument,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="NAME", help="How it attacks; default the method that the scenario offers."),
    ] = None,
    columns: ColumnsOption = None,
    values: SetOption = None,
    steps: StepsOption = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, help="Training seeds on which it is measured; default 1.")
    ] = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE.bviz", help="Save the scenario with the poison in it.")
    ] = None,
) -> int:
    """Attack a scenario by a method that trains, and print what that does to it.

    Settings of the attack are adversary.count, adversary.beyond and others. Ctrl+C stops after the state at hand; what
    the attack has come to is printed and saved.
    """
    with reported() as outcome:
        from boundaryviz.cli.attacking import attack_and_report
        from boundaryviz.cli.training import Job

        job = Job(scenario, tuple(values or ()), steps, seeds, False, device, columns=tuple(columns or ()))
        outcome.code = attack_and_report(job, method, json, save)
    return outcome.code


@app.command()
def figure(
    scenario: ScenarioArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="A .png, .svg, .pdf or .pgf file.")],
    columns: ColumnsOption = None,
    plane: PlaneOption = None,
    view: Annotated[
        Literal[
            "boundary",
            "curves",
            "summary",
            "twin",
            "flip",
            "cascade",
            "embedding",
            "roc",
            "calibration",
            "defence",
            "heights",
            "frames",
            "compare",
            "dose",
            "study",
            "elephant",
            "poison-count",
            "scoreboard",
            "transfer",
            "trail",
            "effect-map",
            "certificate",
            "pushes",
            "robustness",
            "noise-relation",
            "linearity",
        ],
        typer.Option(
            "--view",
            help="What to draw; study: of a study file, or of the study that the scenario holds; trail: of the attack "
            "that it offers; effect-map: of what more points at each place would do; certificate: of how much poison "
            "each decision survives; pushes, robustness, noise-relation, linearity: of how little turns decisions; "
            "heights: of how far off the plane the boundary lies.",
        ),
    ] = "boundary",
    values: SetOption = None,
    steps: StepsOption = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds",
            min=1,
            help="How many seeds; default 1, for --view dose 8; for poison-count, scoreboard and transfer how many "
            "draws of the data, default 8.",
        ),
    ] = None,
    seed_shown: Annotated[
        int, typer.Option("--seed-shown", min=0, metavar="K", help="Which of the seeds is drawn, counted from 0.")
    ] = 0,
    twin: Annotated[
        bool | None,
        typer.Option("--twin/--no-twin", help="Train clean twins also for a view that does not show them."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="STEP,STEP,...", help="The moments of --view frames; default six of them."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="PATH=VALUE[;...]",
            help="One more run of --view compare, with these settings changed. May be given up to eight times.",
        ),
    ] = None,
    rect: Annotated[
        str | None,
        typer.Option("--rect", metavar="L,R,B,T", help="The part of the plane: left, right, bottom, top."),
    ] = None,
    across: Annotated[
        int | None,
        typer.Option("--across", min=16, max=2048, help="How many places across the field is asked at; default 256."),
    ] = None,
    z: Annotated[
        float | None,
        typer.Option("--z", metavar="Z", help="Of --view heights: how far off the plane lines are; default 0.2."),
    ] = None,
    doses: DosesOption = None,
    measure: Annotated[
        Literal["test-error", "validation-error", "pin", "flips"] | None,
        typer.Option("--measure", help="Of --view effect-map: what is to change; default what the attack goes by."),
    ] = None,
    weight: Annotated[
        int | None,
        typer.Option(
            "--weight", min=1, metavar="N", help="Of --view effect-map: points of the heap; default the attack's, or 1."
        ),
    ] = None,
    label: Annotated[
        list[int] | None,
        typer.Option(
            "--label",
            min=-1,
            metavar="K",
            help="Of --view effect-map: the class of the heap, -1 for unlabelled. May be given many times.",
        ),
    ] = None,
    width: Annotated[
        float | None, typer.Option("--width", metavar="CM", help="Width in cm, 2 to 100; default by view.")
    ] = None,
    style: Annotated[StyleName, typer.Option("--style", help="Colours and sizes.")] = "paper",
    font: Annotated[Literal["sans", "serif", "times"], typer.Option("--font", help="The letters.")] = "sans",
    dpi: DpiOption = 300,
    levels: LevelsOption = None,
    held_out: HeldOutFlag = False,
    errors: ErrorsFlag = False,
    axes: AxesOption = "auto",
    legend: Annotated[bool, typer.Option("--legend/--no-legend", help="Say what the symbols and lines are.")] = True,
    letters: Annotated[bool, typer.Option("--letters", help="Letter the panels: a, b, c, ...")] = False,
    transparent: Annotated[bool, typer.Option("--transparent", help="No background.")] = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="Also write what is drawn as numbers, to a .npz or .csv file."),
    ] = None,
    store: StoreOption = None,
    device: DeviceOption = "auto",
) -> int:
    """Train without a window, and draw."""
    with reported() as outcome:
        from boundaryviz.cli.drawing import Picture, train_and_draw
        from boundaryviz.cli.training import Job
        from boundaryviz.figures.style import AGAINST_CLEAN

        chosen, across = _apart(columns or (), across)
        many, twins = seeds or (8 if view == "dose" else None), True if view in AGAINST_CLEAN else twin
        job = Job(
            scenario, tuple(values or ()), steps, many, twins, device, view == "cascade", seed_shown, chosen, plane
        )  # fmt: skip
        options = {
            "width_cm": width, "style": style, "dpi": dpi, "levels": levels, "held_out": held_out, "errors": errors,
            "font": font, "legend": legend, "letters": letters, "transparent": transparent, "axes": axes,
        }  # fmt: skip
        picture = Picture(view, output, options, across, rect, at, tuple(vary or ()), data, z)
        if view == "dose":
            from boundaryviz.cli.dosing import parse_doses, respond_and_draw

            outcome.code = respond_and_draw(job, parse_doses(doses), picture)
            return outcome.code
        heap = {"measure": measure, "weight": weight, "labels": tuple(label) if label else None}
        if view == "effect-map":
            from boundaryviz.cli.mapping import Heap, map_and_draw

            outcome.code = map_and_draw(job, Heap(**heap), picture)  # type: ignore[arg-type]
            return outcome.code
        if any(value is not None for value in heap.values()):
            raise UsageProblem("--measure, --weight and --label: only --view effect-map takes them")
        if view == "certificate":
            from boundaryviz.cli.certifying import certify_and_draw

            outcome.code = certify_and_draw(job, picture)
            return outcome.code
        if view in ("pushes", "robustness", "noise-relation", "linearity"):
            from boundaryviz.cli.evading import evade_and_draw

            outcome.code = evade_and_draw(job, picture)
            return outcome.code
        if view == "trail":
            from boundaryviz.cli.attacking import attack_and_draw

            outcome.code = attack_and_draw(job, picture)
            return outcome.code
        if view == "elephant":
            from boundaryviz.cli.drawing import draw_the_elephant

            outcome.code = draw_the_elephant(job, picture)
            return outcome.code
        if doses is not None:
            raise UsageProblem("--doses: only --view dose takes them")
        if view == "study":
            from boundaryviz.cli.study_drawing import study_and_draw

            outcome.code = study_and_draw(job, picture, store)
            return outcome.code
        if view in ("poison-count", "scoreboard", "transfer"):
            from boundaryviz.cli.counting import carry_out_and_draw

            outcome.code = carry_out_and_draw(job, picture, store)
            return outcome.code
        if store is not None:
            raise UsageProblem("--store: only --view study, poison-count, scoreboard and transfer take it")
        outcome.code = train_and_draw(job, picture)
    return outcome.code


@app.command()
def animate(
    scenario: ScenarioArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="A .gif, .webp or .mp4 file.")],
    columns: ColumnsOption = None,
    plane: PlaneOption = None,
    view: Annotated[
        Literal["boundary", "summary", "twin", "flip", "cascade", "embedding", "curves", "pushes", "heights"],
        typer.Option(
            "--view",
            help="The plane; with curves beside; clean and poisoned plane; what the poison turned over; who got which "
            "label from whom; curves alone; how test points are pushed over the boundary; how far off the plane it "
            "lies.",
        ),
    ] = "summary",
    values: SetOption = None,
    steps: StepsOption = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many seeds; the curves show them all.")] = 1,
    seed_shown: Annotated[
        int, typer.Option("--seed-shown", min=0, metavar="K", help="Which of them the plane shows, counted from 0.")
    ] = 0,
    over: Annotated[
        str | None,
        typer.Option(
            "--over",
            metavar="PATH=...",
            help="A run for each value: poison.count=0..40, data.noise=0..0.5:100, learner.hidden=[2],[4],[8,8]; "
            "or for each state of the attack that the scenario offers: attack.",
        ),
    ] = None,
    spacing: Annotated[
        Literal["log", "linear", "even"],
        typer.Option(
            "--spacing", help="Frames close together early; equal steps apart; or equal changes of the plane apart."
        ),
    ] = "log",
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Pixels, even numbers.")] = "1280x720",
    fps: Annotated[int, typer.Option("--fps", help="Frames a second, 1 to 60.")] = 25,
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="Length without title card; default 12, over a list 1.5 a value.")
    ] = None,
    hold: Annotated[float, typer.Option("--hold", metavar="SECONDS", help="How long the last frame stands.")] = 2.0,
    title: Annotated[bool, typer.Option("--title/--no-title", help="Begin with a title card.")] = True,
    loop: Annotated[int, typer.Option("--loop", help="How often a GIF or WebP is shown; 0 is for ever.")] = 0,
    style: Annotated[StyleName, typer.Option("--style", help="Colours.")] = "slides",
    levels: LevelsOption = None,
    held_out: HeldOutFlag = False,
    errors: ErrorsFlag = False,
    axes: AxesOption = "auto",
    device: DeviceOption = "auto",
    lines: Annotated[bool, typer.Option("--lines", help="For programs that watch: JSON lines of progress.")] = False,
) -> int:
    """Train without a window, and write a film of it.

    Ctrl+C leaves no half a film, and an older one as it was.
    """
    with reported() as outcome:
        from boundaryviz.cli.animating import Request
        from boundaryviz.cli.animating import animate as write
        from boundaryviz.cli.training import Job
        from boundaryviz.figures.style import AGAINST_CLEAN

        found = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", size)
        if found is None:
            raise UsageProblem(f"--size {size}: write WIDTHxHEIGHT, for example --size 1280x720")
        job = Job(
            scenario, tuple(values or ()), steps, seeds, view in AGAINST_CLEAN, device, view == "cascade", seed_shown,
            tuple(columns or ()), plane,
        )  # fmt: skip
        outcome.code = write(
            Request(job, spacing, seconds, over), output, lines, view=view, style=style,
            width=int(found[1]), height=int(found[2]), rate=fps, hold=hold, card=3.0 if title else 0.0, loop=loop,
            levels=levels, held_out=held_out, errors=errors, axes=axes,
        )  # fmt: skip
    return outcome.code


@app.command()
def dose(
    scenario: ScenarioArgument,
    columns: ColumnsOption = None,
    values: SetOption = None,
    doses: DosesOption = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many seeds.")] = 8,
    steps: StepsOption = None,
    learner: Annotated[
        list[str] | None,
        typer.Option(
            "--learner",
            metavar="NAME",
            help="A learner to be compared; may be given many times. Default: the scenario's own and a supervised one.",
        ),
    ] = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="For programs that watch: JSON lines of progress and results so far.")
    ] = False,
) -> int:
    """Lay the scenario's attack with more and more points, and print what each dose does.

    Ctrl+C stops after the step at hand; what was finished is printed and written.
    """
    with reported() as outcome:
        from boundaryviz.cli.dosing import parse_doses, respond_and_report
        from boundaryviz.cli.training import Job

        job = Job(scenario, tuple(values or ()), steps, seeds, False, device, columns=tuple(columns or ()))
        outcome.code = respond_and_report(job, parse_doses(doses), tuple(learner or ()), json, lines)
    return outcome.code


@app.command()
def defend(
    scenario: ScenarioArgument,
    method: Annotated[
        str | None, typer.Option("--method", metavar="NAME", help="Which defence; default the scenario's own.")
    ] = None,
    columns: ColumnsOption = None,
    values: SetOption = None,
    seeds: Annotated[int | None, typer.Option("--seeds", min=1, help="How many seeds.")] = None,
    twin: Annotated[
        bool | None, typer.Option("--twin/--no-twin", help="Also train every seed without the poison.")
    ] = None,
    steps: StepsOption = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
) -> int:
    """Switch a defence on, and print what it removes, how well that fits the truth, and what is learnt from the rest.

    Its settings are --set defence.NAME=VALUE; figure --view defence draws it.
    """
    with reported() as outcome:
        from boundaryviz.cli.defending import defend_and_report
        from boundaryviz.cli.training import Job

        job = Job(scenario, tuple(values or ()), steps, seeds, twin, device, columns=tuple(columns or ()))
        outcome.code = defend_and_report(job, method, json)
    return outcome.code


@app.command()
def check(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="[SCENARIO ...]", help="Gallery names or files.")
    ] = None,
    columns: ColumnsOption = None,
    every: Annotated[bool, typer.Option("--all", help="The whole gallery.")] = False,
    data_seeds: DataSeedsOption = None,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="Training seeds of each data seed, where training is random.")
    ] = 4,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes that train beside each other; default none.")
    ] = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
) -> int:
    """Train scenarios on data drawn anew, and hold each against what it promises: its own table `expect`.

    Data seeds are 0-19 unless they are named. The exit code is 1 where one held on fewer than nine in ten of them.
    Ctrl+C stops after the step at hand; what was finished is printed and written.
    """
    with reported() as outcome:
        from boundaryviz.cli.checking import check_and_report, data_seeds_of

        if every == bool(scenarios):
            raise UsageProblem("check: name the scenarios, or write --all for the whole gallery")
        data = data_seeds_of(data_seeds)
        outcome.code = check_and_report(scenarios, columns or (), data, seeds, workers, device, json)
    return outcome.code


@app.command("bias-variance")
def bias_variance(
    scenario: ScenarioArgument,
    columns: ColumnsOption = None,
    values: SetOption = None,
    samples: Annotated[
        int, typer.Option("--samples", min=1, max=500, help="How many samples of the data, a model on each.")
    ] = 100,
    over: Annotated[
        str | None,
        typer.Option(
            "--over",
            metavar="PATH=V1,V2",
            help="For each value of a setting, such as learner.max_leaf_nodes=4,16,none.",
        ),
    ] = None,
    steps: StepsOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes that train beside each other; default none.")
    ] = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Also draw maps, into a .png, .svg, .pdf or .pgf file."),
    ] = None,
    width: WidthOption = None,
    style: StyleOption = "paper",
    dpi: DpiOption = 300,
) -> int:
    """Train on many samples of the data, and say how much of the error is noise, bias and variance.

    Each sample is drawn afresh; of a table, which cannot be, they are bootstraps. Ctrl+C stops after the step at hand;
    what was finished is printed and written.
    """
    with reported() as outcome:
        from boundaryviz.cli.sampling import Sampled, sample_and_report
        from boundaryviz.cli.training import Job

        job = Job(scenario, tuple(values or ()), steps, None, False, device, columns=tuple(columns or ()))
        asked = Sampled(samples, over, workers, json, output, {"width_cm": width, "style": style, "dpi": dpi})
        outcome.code = sample_and_report(job, asked)
    return outcome.code


@app.command()
def influence(
    scenario: ScenarioArgument,
    at: Annotated[str, typer.Option("--at", metavar="X,Y", help="The place of the plane whose decision is explained.")],
    columns: ColumnsOption = None,
    values: SetOption = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help="influence, warm, shapley, labels, representers or tracin; default those that are of use for the "
            "learner. May be given many times.",
        ),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many points are listed.")] = 10,
    group: Annotated[
        int, typer.Option("--group", min=1, help="Points left out together: each with its nearest of its class.")
    ] = 1,
    leave_out: Annotated[
        bool, typer.Option("--leave-out/--no-leave-out", help="Also train again without each point.")
    ] = True,
    steps: StepsOption = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
    output: AlsoDrawOption = None,
    width: WidthOption = None,
    style: StyleOption = "paper",
    dpi: DpiOption = 300,
) -> int:
    """Say which training points are answerable for the decision at a place, beside what training without each does.

    Another seed's leave-one-out stands beside as the ceiling. Ctrl+C stops after the step at hand; what was finished is
    printed and written.
    """
    with reported() as outcome:
        from boundaryviz.cli.answering import Answerable, answer_and_report, place_of
        from boundaryviz.cli.training import Job

        job = Job(scenario, tuple(values or ()), steps, None, False, device, columns=tuple(columns or ()))
        asked = Answerable(
            place_of(at), tuple(method) if method else None, top, group, leave_out, json, output,
            {"width_cm": width, "style": style, "dpi": dpi},
        )  # fmt: skip
        outcome.code = answer_and_report(job, asked)
    return outcome.code


@app.command()
def evade(
    scenario: ScenarioArgument,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at", metavar="X,Y", help="A place that is pushed, in place of points. May be given many times."
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help="nearest, fgsm, pgd, deepfool or adaptive; default all that work. May be given many times.",
        ),
    ] = None,
    norm: Annotated[Literal["l2", "linf"] | None, typer.Option("--norm", help="Of the length of a push.")] = None,
    epsilon: Annotated[
        float | None, typer.Option("--epsilon", help="How far a point may be pushed, in the units of the data.")
    ] = None,
    target: Annotated[
        int | None, typer.Option("--target", metavar="K", help="The class that pushes aim at; default any other.")
    ] = None,
    points: Annotated[
        Literal["test", "validation", "train"], typer.Option("--points", help="Which points are pushed.")
    ] = "test",
    columns: ColumnsOption = None,
    values: SetOption = None,
    seeds: Annotated[int | None, typer.Option("--seeds", min=1, help="How many training seeds are measured.")] = None,
    steps: StepsOption = None,
    device: DeviceOption = "auto",
    json: JsonFileOption = None,
    output: AlsoDrawOption = None,
    width: WidthOption = None,
    style: StyleOption = "paper",
    dpi: DpiOption = 300,
) -> int:
    """Train, push points over the boundary, and print how little it takes: by each method, and over all test points.

    Other settings are --set evasion.NAME=VALUE. figure --view pushes, robustness, noise-relation and linearity draw it.
    """
    with reported() as outcome:
        from boundaryviz.cli.evading import Asked, evade_and_report
        from boundaryviz.cli.training import Job

        job = Job(scenario, tuple(values or ()), steps, seeds, False, device, columns=tuple(columns or ()))
        asked = Asked(
            tuple(at or ()), tuple(method or ()), points, {"norm": norm, "epsilon": epsilon, "target": target}, json,
            output, {"width_cm": width, "style": style, "dpi": dpi},
        )  # fmt: skip
        outcome.code = evade_and_report(job, asked)
    return outcome.code


@app.command()
def study(
    name: Annotated[
        str, typer.Argument(metavar="FILE", help="A study file, or a scenario that holds a study; see docs/studies.md.")
    ],
    values: SetOption = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="local|dask://HOST:PORT", help="Where the runs are carried out.")
    ] = "local",
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes that train beside each other; default none.")
    ] = None,
    store: StoreOption = None,
    json: JsonFileOption = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a row for each run.")] = None,
    parquet: Annotated[Path | None, typer.Option("--parquet", metavar="FILE", help="The same, as Parquet.")] = None,
    latex: Annotated[
        Path | None, typer.Option("--latex", metavar="FILE", help="Write the means as a table of LaTeX.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, however many runs there are.")] = False,
    device: DeviceOption = "auto",
) -> int:
    """Train a scenario many times over what a study varies, and print the means.

    Only what the store has not got yet is trained. Ctrl+C stops after the step at hand; what was finished is printed,
    written and, with --store, kept. The exit code is 1 where some runs came to nothing.
    """
    with reported() as outcome:
        from boundaryviz.cli.studying import study_and_report

        files = {kind: place for kind, place in (("csv", csv), ("parquet", parquet), ("latex", latex)) if place}
        outcome.code = study_and_report(name, values or (), engine, workers, store, device, files, json, yes)
    return outcome.code


@app.command()
def doctor(json: JsonFlag = False) -> int:
    """Say which versions, device, display and system libraries are there."""
    with reported() as outcome:
        from boundaryviz.cli.health import show_health

        show_health(json)
    return outcome.code


def _apart(columns: Sequence[str], across: int | None) -> tuple[tuple[str, ...], int]:
    """The columns of a table, and how many places across a field is asked at, which was `--columns 256` once."""
    numbers = [int(one) for one in columns if one.isascii() and one.isdigit()]
    found = across or (numbers[-1] if numbers else 256)
    if not 16 <= found <= 2048:
        raise UsageProblem(f"--across {found}: write a number from 16 to 2048")
    return tuple(one for one in columns if not (one.isascii() and one.isdigit())), found


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code."""
    take_any_letter()
    with warnings_said(), waits_said(), reported() as outcome, printing():
        try:
            code = app(arguments, prog_name="boundaryviz", standalone_mode=False)
        except typer.Abort:
            code = Exit.INTERRUPTED
        except SystemExit:  # the end that rich and typer put to a page of help which nobody reads
            raise BrokenPipeError from None
        except Exception as error:
            code = _misused(error)
        outcome.code = int(code or Exit.DONE)
    return int(outcome.code)


def _misused(error: Exception) -> int:
    """Say what was wrong with the words of the command; the exit code. Raises `error` where it says no such thing."""
    if not isinstance(error, _Misuse):
        raise error
    context = getattr(error, "ctx", None)
    near = ""
    if context is not None:
        if _NEAR in context.meta and context.parent is not None:  # nobody typed `open`
            near, context = context.meta[_NEAR][0], context.parent
        say(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.")
    words = error.format_message().replace(": Value error, ", ": ")  # a name for what is wrong that says nothing
    complain([f"{words}{f'; did you mean boundaryviz {near}?' if near else ''}"])
    return error.exit_code
