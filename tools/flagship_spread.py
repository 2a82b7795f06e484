"""Measure the flagship scenario over data seeds, and write what comes of it into the guide: a figure and a table.

For several numbers of poison points it is trained on data seeds 0 to 19, on which it was not tuned, with `check`; the
last row is the same scenario on a graph in which a neighbour counts one way only. Run by hand when it changes:

    make flagship-spread
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from boundaryviz import __version__
from boundaryviz.figures.sheet import SceneFigure, save, sheet
from boundaryviz.figures.style import Options
from boundaryviz.record.expectations import Check
from boundaryviz.record.seeds import seed_range_words
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.check import check

ROOT = Path(__file__).resolve().parents[1]
PICTURE, GUIDE = ROOT / "assets" / "guide" / "spread.png", ROOT / "docs" / "guide.md"
BEGIN, END = "<!-- tools/flagship_spread.py writes what follows -->", "<!-- to here -->"
COUNTS = (0, 1, 2, 3, 4, 6, 10)
DATA_SEEDS = range(20)
_MEASURES = ("flip_rate", "attack_success_rate", "clean.test_error")


def measured(scenario: Scenario) -> Check:
    """Every measure with every count, on every data seed."""
    keys = [f"{measure} at poison.count={count}" for count in COUNTS for measure in _MEASURES]
    return check(scenario.model_copy(update={"expect": dict.fromkeys(keys, 1.0)}), DATA_SEEDS)


def values(found: Check, measure: str, count: int) -> NDArray[np.float64]:
    """One for each data seed."""
    key = f"{measure} at poison.count={count}"
    return np.array(next(one.values for one in found.held if one.expectation.key == key))


def row(found: Check, count: int, words: str) -> str:
    """Of the table: flip rate, on how many draws the target was taken, and the clean error."""
    flips = np.sort(100 * values(found, "flip_rate", count))
    taken = values(found, "attack_success_rate", count)
    error = 100 * values(found, "clean.test_error", count)
    spread = " / ".join(f"{flip:.1f}" for flip in (flips[0], np.median(flips), flips[-1]))
    return f"| {words} | {spread} | {np.nansum(taken == 1):.0f} of {len(taken)} | {np.nanmax(error):.1f} |"


def table(found: Check, one_way: Check) -> str:
    """In Markdown."""
    rows = [row(found, count, f"{count}") for count in COUNTS]
    return "\n".join(
        [
            "| points | test points flipped, %: least / median / greatest | target taken on | worst clean error, % |",
            "|---|---|---|--:|",
            *rows,
            row(one_way, COUNTS[-1], f"{COUNTS[-1]}, `learner.both_ways=false`"),
        ]
    )


def drawn(found: Check) -> SceneFigure:
    """A dot for each data seed, over the number of points; dots that would hide each other stand side by side."""
    facts = {
        "title": "flips over data seeds", "scenario": found.scenario, "seed": seed_range_words(found.data_seeds),
        "step": "1", "version": __version__,
    }  # fmt: skip
    with sheet("dose", Options(width_cm=12.0), facts) as (figure, style):
        figure.set_size_inches(12.0 / 2.54, 5.5 / 2.54)
        axes = figure.subplots()
        for at, count in enumerate(COUNTS):
            flips = values(found, "flip_rate", count)
            axes.plot(at + beside(flips), flips, "o", markersize=2.6, color=style.series[0], alpha=0.75, clip_on=False)
        axes.set_xticks(range(len(COUNTS)), [f"{count}" for count in COUNTS])
        axes.set_xlim(-0.6, len(COUNTS) - 0.4)
        axes.set_ylim(0.0, None)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlabel(f"unlabelled poison points; each dot a draw of the data, seeds {facts['seed']}")
        axes.set_ylabel("test points flipped")
    return figure


def beside(flips: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far to the side each stands: within a bin of a two-hundredth, evenly apart about the middle."""
    bins = np.round(flips * 200)
    aside = np.zeros(len(flips))
    for one in np.unique(bins[~np.isnan(bins)]):
        same = np.flatnonzero(bins == one)
        aside[same] = (np.arange(len(same)) - (len(same) - 1) / 2) * min(0.08, 0.8 / len(same))
    return aside


def main() -> None:
    """Write the figure, and the table between its markers."""
    scenario = load("two-moons-bridge")
    found = measured(scenario)
    one_way = measured(scenario.with_values({"learner.both_ways": False}))
    assert not any(math.isnan(value) for value in values(found, "flip_rate", COUNTS[-1]))
    save(drawn(found), PICTURE, dpi=180)
    before, _, rest = GUIDE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    GUIDE.write_text(f"{before}{BEGIN}\n{table(found, one_way)}\n{END}{after}", encoding="utf-8")
    print(table(found, one_way))


if __name__ == "__main__":
    main()
