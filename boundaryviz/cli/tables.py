"""Tables for people, through rich."""

from __future__ import annotations

import sys
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from boundaryviz.record.dose import BAND, Band, DoseResponse
from boundaryviz.record.metrics import Metric

_SHARES = ("_error", "_rate", "_area", "flip_rate_excess")


def console() -> Console:
    """Standard output; wide where it is no terminal, so that nothing is cut off in a file."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140, highlight=False)


def table(*columns: str, title: str | None = None) -> Table:
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def show_run(run: Any) -> None:
    """The measures of a run: mean and standard deviation over the seeds."""
    out = console()
    seeds = f"{len(run.seeds)} seeds" if len(run.seeds) > 1 else f"seed {run.seeds[0]}"
    out.print(f"[bold]{run.scenario.title}[/bold]  {run.step:,} steps, {seeds}, {run.session.device_name}")
    sides = {"clean": run.clean, "poisoned": run.poisoned} if run.twin else {"value": run.metrics}
    made = table("measure")
    for words in sides:
        made.add_column(words, justify="right")
    for name in next(iter(sides.values())):
        made.add_row(name, *(_shown(name, side[name]) if name in side else "" for side in sides.values()))
    out.print(made)
    if run.twin:
        change = table("what the poison changed")
        change.add_column("value", justify="right")
        for name, metric in run.metrics.items():
            if name not in run.poisoned:
                change.add_row(name, _shown(name, metric))
        out.print(change)
        alike = all(len(set(metric.per_seed)) == 1 for metric in run.metrics.values())
        if len(run.seeds) > 1 and alike and getattr(run.scenario.learner, "AT_ONCE", False):
            out.print("Nothing in this learner is random, so its seeds agree; `data.seed` draws other points.")
        if lost := run.left_out:
            out.print(
                f"Left out of what the poison changed: {lost} of {len(run.seeds)} seeds, whose training diverged."
            )
        if not run.scene.points.is_poison.any():
            out.print("There is no poison in this scenario, so both twins are the same.")
    out.print(
        f"{run.steps_per_second:,.0f} steps/s, {run.steps_per_second * run.session.replicas:,.0f} replica-steps/s"
    )


def show_dose(response: DoseResponse) -> None:
    """Flip rate and attack success of each learner at each dose, with 95 % bands."""
    out = console()
    out.print(f"[bold]{response.title}[/bold]  {response.attack.lower()}, bands {BAND}")
    for curve in response.curves:
        seeds = "nothing is random" if curve.varies == "nothing" else f"{curve.flip_rate.shape[1]} {curve.varies} seeds"
        made = table(title=f"{curve.title}, {seeds}")
        for words in ("points", "rate", "flip_rate", "attack_success_rate", "left out"):
            made.add_column(words, justify="right")
        flips, success = curve.flip_band(), curve.success_band()
        for at, (dose, rate) in enumerate(zip(response.doses, response.rates, strict=True)):
            made.add_row(
                f"{dose:,}", f"{100 * rate:.4g} %", _banded(flips, at), "" if success is None else _banded(success, at),
                f"{lost}" if (lost := int(curve.left_out[at])) else "",
            )  # fmt: skip
        out.print(made)


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
