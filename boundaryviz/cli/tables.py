"""Tables for people, through rich."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boundaryviz.cli.terminal import plain, printing
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.record.decomposition import MEASURES
from boundaryviz.record.dose import BAND, Band, DoseResponse
from boundaryviz.record.expectations import Check
from boundaryviz.record.influence import METHODS, TRUTH, Explanation, titled
from boundaryviz.record.intervals import LEVEL
from boundaryviz.record.metrics import NONE_ATTACKED, Metric, Metrics, SuccessRate, is_main, is_share
from boundaryviz.record.reports import Report
from boundaryviz.record.rounding import rounded
from boundaryviz.record.seeds import Varies, seed_range_words, seeds_words
from boundaryviz.record.study_summary import measured, value_cell
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scene.plain_text import PARAGRAPH, one_line
from boundaryviz.scene.scene import Scene
from boundaryviz.studies.draws import OverData, training_seeds


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


def headed(title: str, words: str) -> Text:
    """A line that begins with a title, both of which are text of others."""
    return Text.assemble((one_line(title), "bold"), "  ", one_line(words))


def show_run(run: Any) -> None:
    """The measures of a run: mean and spread over the seeds, and of attack success its interval. Raises PrintError."""
    seeds = f"{len(run.seeds)} seeds" if len(run.seeds) > 1 else f"seed {run.seeds[0]}"
    shown: list[Table | Text | str] = [
        headed(run.scenario.title, f"{run.step:,} steps, {seeds}, {run.session.engine.words}")
    ]
    metrics = run.metrics
    if run.twin:
        shown += _twin_tables(run.clean, run.poisoned, metrics)
        if lost := run.left_out:
            shown.append(
                f"Left out of what the poison changed: {lost} of {len(run.seeds)} seeds, whose training diverged."
            )
        if not run.scene.points.is_poison.any():
            shown.append("There is no poison in this scenario, so both twins are the same.")
    else:
        shown.append(_measures({"value": metrics}))
        if lost := run.left_out:
            shown.append(f"Left out: {lost} of {len(run.seeds)} seeds, whose training diverged.")
    success = metrics.get("attack_success_rate")
    shown += _said_of_seeds(len(run.seeds), run.varies, success)
    if isinstance(success, SuccessRate) and success.none_attacked:
        shown.append(f"There is no attack success: {NONE_ATTACKED}.")
    rate = run.steps_per_second
    show(*shown, f"{rate:,.0f} steps/s, {rate * len(run.session.replicas):,.0f} replica-steps/s")


def _said_of_seeds(seeds: int, varies: Varies, success: Metric | None) -> list[str]:
    """What the numbers behind the means are."""
    said = []
    if varies == "nothing":
        if seeds > 1:
            said.append("Nothing in this learner is random, so its seeds agree; `data.seed` draws other points.")
    elif seeds > 1:
        said.append(f"\u00b1: standard deviation over {seeds_words(seeds, varies)}.")
    if success is not None:
        words = "all seeds are one trial" if varies == "nothing" else "a seed is a trial"
        said.append(f"In brackets: Wilson's {LEVEL} interval, in which {words}.")
    return said


def _named(name: str, metric: Metric) -> str:
    return f"{name}, of {metric.among}" if isinstance(metric, SuccessRate) else name


def show_over_data(found: OverData) -> None:
    """The measures of runs on data drawn anew: mean and standard deviation over the data seeds. Raises PrintError."""
    trained = f"{len(found.seeds)} training seeds" if len(found.seeds) > 1 else f"training seed {found.seeds[0]}"
    if not training_seeds(found.scenario, 1):
        trained = "nothing in training is random"
    count = len(found.data_seeds)
    words = f"{count} data seed{'s' * (count != 1)}, {seed_range_words(found.data_seeds)}; {trained}"
    shown: list[Table | Text | str] = [headed(found.scenario.title, words)]
    if found.twin:
        shown += _twin_tables(found.side(True), found.side(False), found.of_the_run())
    else:
        shown.append(_measures({"value": found.of_the_run()}))
    if lost := sum(found.lost):
        runs = count * len(found.seeds)
        shown.append(f"Left out: {lost} of {runs} trained models, whose training diverged.")
    shown += _said_of_seeds(count, "data", found.of_the_run().get("attack_success_rate"))
    shown += [f"Nothing came of data seed {seed}: {one_line(why, PARAGRAPH)}" for seed, why in found.failed]
    show(*shown)


def show_check(check: Check) -> None:
    """One line an expectation: what is promised, the share of data seeds it held on, every value. Raises PrintError."""
    made = table("measure", "promised")
    made.add_column("held on", justify="right")
    several = len(check.data_seeds) > 1
    made.add_column("value of each data seed; ! where it did not hold" if several else "value", overflow="fold")
    for one in check.held:
        share = "" if one.share is None else f"{100 * one.share:.0f} %"
        values = " ".join(
            one.expectation.value_words(value).replace(" %", "") + "!" * (not kept)
            for value, kept in zip(one.values, one.kept, strict=True)
        )
        row(made, one.expectation.key, one.expectation.words(), share, values + " %" * one.expectation.is_share)
    shown: list[Table | Text | str] = [headed(check.title, check.seeds_words()), made]
    if not check.promises:
        shown.append("This scenario promises nothing; these are its main measures.")
    shown += [
        f"Nothing came of {'the kept points' if seed is None else f'data seed {seed}'}: {one_line(why, PARAGRAPH)}"
        for seed, why in check.failed
    ]
    show(*shown)


def show_study(title: str, found: StudyTable, report: Report | None = None) -> None:
    """A line for each combination of what was varied, with the means of the main measures, and what the report says.

    Raises PrintError.
    """
    rows = found.summary()
    made, names = table(*found.axes), measured(rows)
    for name in ("runs", *names):
        made.add_column(name.replace("_", " "), justify="right")
    for one in rows:
        cells = (_about(*one.metrics[name], is_share(name)) if name in one.metrics else "" for name in names)
        row(made, *map(value_cell, one.values), f"{one.runs:,}", *cells)
    runs = f"{len(found):,} runs" if found.whole else f"{len(found):,} of {found.total:,} runs"
    shares = [is_share(name) for name in names]
    unit = " in percent" if all(shares) else ", shares in percent" * any(shares)
    shown: list[Table | Text | str] = [headed(title, f"{runs}; mean \u00b1 standard error{unit}"), made]
    show(*shown, *([] if report is None else report.words))


def _about(mean: float, error: float, share: bool) -> str:
    unit = 100 if share else 1
    return rounded(unit * mean, unit * error)


def show_bias_variance(results: Sequence[BiasVariance]) -> None:
    """Each measure with what it is, a column for each setting, over the test points. Raises PrintError."""
    first = results[0]
    made = table("measure")
    for one in results:
        made.add_column(one_line(one.label) or "value", justify="right")
    made.add_column("what it is", overflow="fold")
    means = [one.measures for one in results]
    for name, words in MEASURES.items():
        row(made, name, *(_number(some[name]) for some in means), words)
    said = {f"{one.samples_words()}; {one.truth_words()}" for one in results}
    shown: list[Table | Text | str] = [headed(first.title, f"{first.learner}; {'; '.join(sorted(said))}"), made]
    shown.append("error = noise_effect + bias + unbiased_variance - biased_variance, on test points.")
    shown += [first.warning()] if first.warning() else []
    show(*shown)


def show_influence(title: str, found: Explanation, scene: Scene, top: int) -> None:
    """The points that weigh most, what each method says of them and what leaving them out does, and how far to trust
    it. Raises PrintError."""
    points = scene.points
    made = table("point", "class", "place")
    names = (*found.methods, TRUTH, *(("another seed",) if found.seeded else ()))
    for name in names:
        made.add_column(METHODS.get(name, name), justify="right")
    for at in found.ranked(top=top):
        where = points.positions(found.ids[at : at + 1])[0]
        label, xy = int(points.label[where]), points.xy[where]
        values = (found.other if name == "another seed" else found.row(name) for name in names)
        row(
            made, str(found.ids[at]), scene.class_name(label) if label >= 0 else "no label",
            f"{xy[0]:.3g}, {xy[1]:.3g}",
            *("\u2013" if math.isnan(v[at]) else f"{v[at]:+.4g}" for v in values),
        )  # fmt: skip
    ends = [found.agreement_words(name) for name in found.methods] + [found.ceiling_words]
    ends += [f"{titled(name)}: {words}." for name, words in found.cautions.items()]
    decided, rival = (scene.class_name(k) for k in (found.decided, found.rival))
    what = f"{decided} leads {rival} by {found.lead:.4g} ({found.scale}) at {found.place[0]:g}, {found.place[1]:g}"
    together = "" if found.group == 1 else f"; {found.group} points left out together"
    show(
        headed(title, f"{what}{together}"), made,
        "Above 0: without the point the lead would be smaller by so much; below 0: larger.", *filter(None, ends),
    )  # fmt: skip


def _number(value: float) -> str:
    return "\u2013" if math.isnan(value) else f"{value:.4f}"


def _measures(sides: dict[str, Metrics]) -> Table:
    """Each measure, in a column of each side."""
    made = table("measure")
    for words in sides:
        made.add_column(words, justify="right")
    for name, first in {name: one for side in sides.values() for name, one in side.items()}.items():
        if not is_main(name) or (len(sides) > 1 and isinstance(first, SuccessRate)):
            continue  # of success the two sides are of different pins
        row(made, _named(name, first), *(side[name].told(name) if name in side else "" for side in sides.values()))
    return made


def _twin_tables(clean: Metrics, poisoned: Metrics, metrics: Metrics) -> list[Table]:
    """Both twins side by side, and what the poison changed."""
    change = table("what the poison changed")
    change.add_column("value", justify="right")
    for name, metric in metrics.items():
        if name not in poisoned or isinstance(metric, SuccessRate):
            row(change, _named(name, metric), metric.told(name))
    if (already := clean.get("attack_success_rate")) is not None:
        row(change, "already so without poison, of all pins", already.told("attack_success_rate"))
    return [_measures({"clean": clean, "poisoned": poisoned}), change]


def show_dose(response: DoseResponse) -> None:
    """Flip rate and attack success of each learner at each dose, with what lies around it. Raises PrintError."""
    shown: list[Table | Text] = [headed(response.title, f"{response.attack.lower()}; {BAND}")]
    for curve in response.curves:
        made = table(title="; ".join(filter(None, (f"{curve.title}, {curve.seeds_words}", curve.already_words))))
        for words in ("points", "rate", "flip_rate", "attack_success_rate", "left out"):
            made.add_column(words, justify="right")
        flips, success = curve.flip_band(), curve.success_band()
        for at, (dose, rate) in enumerate(zip(response.doses, response.rates, strict=True)):
            row(
                made, f"{dose:,}", f"{100 * rate:.4g} %", _banded(flips, at, curve.flip_rate.shape[1]),
                "" if success is None else _banded(success, at),
                f"{lost}" if (lost := int(curve.left_out[at])) else "",
            )  # fmt: skip
        shown.append(made)
    show(*shown)


def _banded(band: Band, at: int, seeds: int = 0) -> str:
    """seeds: how many, where low and high are seeds themselves."""
    mean, low, high = (100 * float(v[at]) for v in (band.mean, band.low, band.high))
    if mean != mean:
        return "\u2013"
    return f"{mean:.2f} %" + (f" ({low:.2f} to {high:.2f})" if low == low and seeds != 1 else "")
