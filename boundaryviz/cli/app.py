"""The commands and their options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from boundaryviz.cli.failures import Exit, UsageProblem, reported


class _OpensFiles(TyperGroup):
    """A group whose first word may be a file in place of a command: that file is opened in the window."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or not (args[0] in self.commands or args[0].startswith("-")):
            args = ["open", *args]
        return super().parse_args(ctx, args)


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
    "[bold]boundaryviz [FILE][/bold] opens the window, on a .bviz, .toml or .csv file if one is given.",
)

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A gallery name, a data set's name, or a .bviz, .toml or .csv file.")
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
DeviceOption = Annotated[Literal["auto", "cpu", "cuda", "mps"], typer.Option("--device", help="Where to train.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _version(asked: bool) -> None:
    if asked:
        from boundaryviz import __version__

        print(f"boundaryviz {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command("open", hidden=True)
def open_(file: Annotated[str | None, typer.Argument(metavar="[FILE]")] = None) -> int:
    """Open the window, on FILE if given."""
    from boundaryviz.cli.opening import open_window

    return open_window(file)


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


@app.command()
def train(
    scenario: ScenarioArgument,
    values: SetOption = None,
    steps: StepsOption = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many seeds, from training.seed on.")] = 1,
    twin: Annotated[bool, typer.Option("--twin/--no-twin", help="Also train every seed without the poison.")] = False,
    device: DeviceOption = "auto",
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the numbers as JSON; - is standard output.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE.bviz", help="Save the scenario with its points.")
    ] = None,
) -> int:
    """Train without a window, and print what came of it.

    Ctrl+C stops after the step at hand; what was finished is printed and saved.
    """
    with reported() as outcome:
        from boundaryviz.cli.training import Job, train_and_report

        job = Job(scenario, tuple(values or ()), steps, seeds, twin, device)
        outcome.code = train_and_report(job, json, save)
    return outcome.code


@app.command()
def figure(
    scenario: ScenarioArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="A .png, .svg, .pdf or .pgf file.")],
    view: Annotated[
        Literal["boundary", "curves", "summary", "twin", "flip", "cascade", "frames", "compare", "dose"],
        typer.Option("--view", help="What to draw."),
    ] = "boundary",
    values: SetOption = None,
    steps: StepsOption = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, help="How many seeds; default 1, for --view dose 8.")
    ] = None,
    seed_shown: Annotated[
        int, typer.Option("--seed-shown", min=0, metavar="K", help="Which of the seeds is drawn, counted from 0.")
    ] = 0,
    twin: Annotated[
        bool, typer.Option("--twin", help="Train clean twins also for a view that does not show them.")
    ] = False,
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
    columns: Annotated[
        int, typer.Option("--columns", min=16, max=2048, help="How many places across the field is asked at.")
    ] = 256,
    doses: DosesOption = None,
    width: Annotated[
        float | None, typer.Option("--width", metavar="CM", help="Width in cm, 2 to 100; default by view.")
    ] = None,
    style: Annotated[Literal["paper", "slides", "dark"], typer.Option("--style", help="Colours and sizes.")] = "paper",
    font: Annotated[Literal["sans", "serif", "times"], typer.Option("--font", help="The letters.")] = "sans",
    dpi: Annotated[int, typer.Option("--dpi", help="Dots per inch of pictures, 30 to 1200.")] = 300,
    levels: Annotated[
        int | None, typer.Option("--levels", help="Colour steps of the field; 2 shows the decided class.")
    ] = None,
    held_out: Annotated[bool, typer.Option("--held-out", help="Also draw validation and test points.")] = False,
    errors: Annotated[
        bool, typer.Option("--errors", help="Show errors: outline = true class, fill = predicted.")
    ] = False,
    legend: Annotated[bool, typer.Option("--legend/--no-legend", help="Say what the symbols and lines are.")] = True,
    letters: Annotated[bool, typer.Option("--letters", help="Letter the panels: a, b, c, ...")] = False,
    transparent: Annotated[bool, typer.Option("--transparent", help="No background.")] = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="Also write what is drawn as numbers, to a .npz or .csv file."),
    ] = None,
    device: DeviceOption = "auto",
) -> int:
    """Train without a window, and draw."""
    with reported() as outcome:
        from boundaryviz.cli.drawing import Picture, train_and_draw
        from boundaryviz.cli.training import Job

        many, twins = seeds or (8 if view == "dose" else 1), twin or view in ("twin", "flip")
        job = Job(scenario, tuple(values or ()), steps, many, twins, device, view == "cascade", seed_shown)
        options = {
            "width_cm": width, "style": style, "dpi": dpi, "levels": levels, "held_out": held_out, "errors": errors,
            "font": font, "legend": legend, "letters": letters, "transparent": transparent,
        }  # fmt: skip
        picture = Picture(view, output, options, columns, rect, at, tuple(vary or ()), data)
        if view == "dose":
            from boundaryviz.cli.dosing import parse_doses, respond_and_draw

            outcome.code = respond_and_draw(job, parse_doses(doses), picture)
            return outcome.code
        if doses is not None:
            raise UsageProblem("--doses: only --view dose takes them")
        outcome.code = train_and_draw(job, picture)
    return outcome.code


@app.command()
def dose(
    scenario: ScenarioArgument,
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
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the numbers as JSON; - is standard output.")
    ] = None,
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

        job = Job(scenario, tuple(values or ()), steps, seeds, False, device)
        outcome.code = respond_and_report(job, parse_doses(doses), tuple(learner or ()), json, lines)
    return outcome.code


@app.command()
def doctor(json: JsonFlag = False) -> int:
    """Say which versions, device, display and system libraries are there."""
    with reported() as outcome:
        from boundaryviz.cli.health import show_health

        show_health(json)
    return outcome.code


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code."""
    try:
        code = app(arguments, prog_name="boundaryviz", standalone_mode=True)
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    sys.stdout.flush()
    return int(code or 0)
