"""Tables for people, through rich."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boundaryviz.cli.terminal import plain, printing
from boundaryviz.record.dose import BAND, Band, DoseResponse
from boundaryviz.record.metrics import Metric
from boundaryviz.scene.plain_text import one_line

_SHARES = ("_error", "_rate", "_area", "flip_rate_excess")


class _Console(Console):
    """Rich's, which leaves it to us to say that nobody reads any more, and would end the program."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show(*shown: Table | Text | str) -> None:
    """Print tables and lines to standard output; wide where it is no terminal, so that nothing is cut off in a file.

    Nothing in them is taken for markup, links or the names of pictures. Raises PrintError.
    """
    with printing() as out:
        width = None if out.isatty() else 140
        console = _Console(file=out, width=width, highlight=False, markup=False, emoji=False)
        for one in shown:
            console.print(one)


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table with these columns; the title is text of others."""
    words = None if title is None else Text(one_line(title), "bold")
    made = Table(title=words, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def row(made: Table, *cells: str | None) -> None:
    """Add a row, each of whose cells is a line, which may begin with spaces."""
    made.add_row(*(Text(plain((cell or "").replace("\n", " "))) for cell in cells))


def _headed(title: str, words: str) -> Text:
    return Text.assemble((one_line(title), "bold"), "  ", one_line(words))


def show_run(run: Any) -> None:
    """The measures of a run: mean and standard deviation over the seeds. Raises PrintError."""
    seeds = f"{len(run.seeds)} seeds" if len(run.seeds) > 1 else f"seed {run.seeds[0]}"
    shown: list[Table | Text | str] = [
        _headed(run.scenario.title, f"{run.step:,} steps, {seeds}, {run.session.device_name}")
    ]
    sides = {"clean": run.clean, "poisoned": run.poisoned} if run.twin else {"value": run.metrics}
    made = table("measure")
    for words in sides:
        made.add_column(words, justify="right")
    for name in dict.fromkeys(name for side in sides.values() for name in side):
        row(made, name, *(_shown(name, side[name]) if name in side else "" for side in sides.values()))
    shown.append(made)
    if run.twin:
        change = table("what the poison changed")
        change.add_column("value", justify="right")
        for name, metric in run.metrics.items():
            if name not in run.poisoned:
                row(change, name, _shown(name, metric))
        shown.append(change)
        alike = all(len(set(metric.per_seed)) == 1 for metric in run.metrics.values())
        if len(run.seeds) > 1 and alike and run.scenario.learner.family.at_once:
            shown.append("Nothing in this learner is random, so its seeds agree; `data.seed` draws other points.")
        if lost := run.left_out:
            shown.append(
                f"Left out of what the poison changed: {lost} of {len(run.seeds)} seeds, whose training diverged."
            )
        if not run.scene.points.is_poison.any():
            shown.append("There is no poison in this scenario, so both twins are the same.")
    elif lost := run.left_out:
        shown.append(f"Left out: {lost} of {len(run.seeds)} seeds, whose training diverged.")
    rate = run.steps_per_second
    show(*shown, f"{rate:,.0f} steps/s, {rate * len(run.session.replicas):,.0f} replica-steps/s")


def show_dose(response: DoseResponse) -> None:
    """Flip rate and attack success of each learner at each dose, with 95 % bands. Raises PrintError."""
    shown: list[Table | Text] = [_headed(response.title, f"{response.attack.lower()}, bands {BAND}")]
    for curve in response.curves:
        seeds = "nothing is random" if curve.varies == "nothing" else f"{curve.flip_rate.shape[1]} {curve.varies} seeds"
        made = table(title=f"{curve.title}, {seeds}")
        for words in ("points", "rate", "flip_rate", "attack_success_rate", "left out"):
            made.add_column(words, justify="right")
        flips, success = curve.flip_band(), curve.success_band()
        for at, (dose, rate) in enumerate(zip(response.doses, response.rates, strict=True)):
            row(
                made, f"{dose:,}", f"{100 * rate:.4g} %", _banded(flips, at),
                "" if success is None else _banded(success, at),
                f"{lost}" if (lost := int(curve.left_out[at])) else "",
            )  # fmt: skip
        shown.append(made)
    show(*shown)


def _banded(band: Band, at: int) -> str:
    mean, low, high = (100 * float(v[at]) for v in (band.mean, band.low, band.high))
    if mean != mean:
        return "\u2013"
    return f"{mean:.2f} %" + (f" ({low:.2f} to {high:.2f})" if low == low else "")


def _shown(name: str, metric: Metric) -> str:
    many = len(metric.per_seed) > 1
    if any(name.endswith(ending) for ending in _SHARES):
        return f"{100 * metric.mean:.2f} %" + (f" ± {100 * metric.std:.2f}" if many else "")
    digits = 0 if name == "best_step" else 4
    return f"{metric.mean:,.{digits}f}" + (f" ± {metric.std:,.{digits}f}" if many else "")
