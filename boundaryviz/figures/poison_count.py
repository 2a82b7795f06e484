"""The figure of poison needed against training points: counts beside shares, both axes logarithmic."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from boundaryviz import __version__
from boundaryviz.attacks.budget import QUOTED_RATES, TALK
from boundaryviz.figures.dose import MARKERS
from boundaryviz.figures.parts import letter_panels
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.dose_axis import percent
from boundaryviz.record.poison_count import CRITERION, DOCUMENTS, DOCUMENTS_WORDS, RUNGS, CountLine, PoisonCount
from boundaryviz.scene.plain_text import one_line

_TALK = tuple(one for one in QUOTED_RATES if one.source == TALK)
_DASHES: Any = (0, (4, 2))  # of supervised learners, as in a dose-response
_QUOTED: Any = (0, (1, 2))
_BEYOND = 20.0


def draw_poison_count(found: PoisonCount, options: Options | None = None) -> SceneFigure:
    """Two panels over one axis of training points: poison needed, and its share of them; a line for each way, dashed
    where it is supervised, with 95 % intervals; dotted what others say. The legend tells how far it reaches."""
    options = options or Options()
    with sheet("poison-count", options, _facts(found)) as (figure, style):
        width, line = float(figure.get_size_inches()[0]), style.text / 72
        notes = textwrap.wrap(literal(_notes(found)), max(int(2.12 * width / line), 20), break_on_hyphens=False)
        below = (1.3 * len(notes) + 1.0) * line
        height = 0.36 * width + (4.0 + 1.4 * len(found.lines)) * line + below
        figure.set_size_inches(width, height)
        parts: Any = figure.subfigures(2, 1, height_ratios=(height - below, below))
        left, right = parts[0].subplots(1, 2)
        for at, one in enumerate(found.lines):
            _draw(left, found.sizes, one.middles, at, one, style)
            _draw(right, found.sizes, one.shares, at, one, style)
        for axes, words in ((left, "poison points needed"), (right, "their share of all training points")):
            axes.set(xscale="log", yscale="log", xlabel="training points", title=words)
            axes.set_xticks(found.sizes, [f"{size:,}" for size in found.sizes])
            axes.xaxis.set_minor_locator(NullLocator())
            axes.grid(axis="y")
            axes.set_axisbelow(True)
        left.yaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))
        right.yaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))
        left.set_ylim(0.8, 1.3 * max(DOCUMENTS, _top(found)))
        right.set_ylim(0.4 * min(one.rate for one in _TALK), 0.3)
        right.set_xlim(right=_BEYOND * max(found.sizes))  # beside the lines, where what is quoted is named
        _reference(left, DOCUMENTS, "250 documents", style)
        for rate in _TALK:
            _reference(right, rate.rate, f"{rate.kind}, {percent(rate.rate)}", style)
        title = in_lines(found.title, int(width / (0.66 * line)))
        figure.suptitle(title, x=0.01, ha="left", fontsize=style.text, fontweight="bold")
        if options.legend:
            handles, words = left.get_legend_handles_labels()
            parts[0].legend(handles, words, loc="outside lower left", ncols=1)
        if options.letters:
            letter_panels(figure, style)
        parts[1].text(
            0.02, 0.98, "\n".join(notes), va="top", ha="left", color=style.faint, fontsize=0.85 * style.text,
            linespacing=1.35,
        )  # fmt: skip
    return figure


def _draw(
    axes: Axes, sizes: tuple[int, ...], middles: NDArray[np.float64], at: int, one: CountLine, style: Style
) -> None:
    """Medians joined by a line, and their intervals beside each other; what was not reached has no place."""
    shown = np.where(np.isfinite(middles) & (middles > 0), middles, np.nan)
    colour, beside = style.series[at % len(style.series)], np.array(sizes) * 1.05 ** (at - 1.5)
    axes.plot(
        beside, shown[:, 0], color=colour, linewidth=style.line, linestyle=_DASHES if one.way.labelled else "-",
        marker=MARKERS[at % len(MARKERS)], markersize=1.1 * style.marker, markeredgecolor=style.paper,
        markeredgewidth=0.4 * style.line, label=literal(_label(one)), zorder=4.0 - 0.1 * at,
        gid=f"count {one.way.name}",
    )  # fmt: skip
    axes.vlines(beside, shown[:, 1], shown[:, 2], color=colour, alpha=0.5, linewidth=1.6 * style.line, zorder=2)


def _label(one: CountLine) -> str:
    """The way, and how far it reaches from the smallest size to the largest."""
    reach = [flips for flips in one.reach.tolist() if flips == flips]
    ends = [f"{100 * flips:.2g}" for flips in (max(reach), min(reach))] if reach else []
    return one.way.title + (f" – flips {' to '.join(dict.fromkeys(ends))} % of the test points" if ends else "")


def _reference(axes: Axes, value: float, words: str, style: Style) -> None:
    axes.axhline(value, color=style.faint, linewidth=0.8 * style.line, linestyle=_QUOTED, zorder=1, gid="quoted")
    axes.text(
        0.99, value * 1.12, words, transform=axes.get_yaxis_transform(), ha="right", va="bottom", color=style.faint,
        fontsize=0.8 * style.text,
    )  # fmt: skip


def _top(found: PoisonCount) -> float:
    ends = np.concatenate([one.middles.ravel() for one in found.lines])
    return float(np.max(ends[np.isfinite(ends)], initial=1.0))


def _notes(found: PoisonCount) -> str:
    """What has to be known to read the figure."""
    draws = len(found.data_seeds)
    words = [f"{CRITERION[0].upper()}{CRITERION[1:]} ({draws} draws{', which are too few' * (draws < 6)})."]
    if any(np.isinf(one.counts).any() for one in found.lines):
        words.append(f"Where more than {RUNGS[-1]:,} were needed there is no point.")
    words.append(f"Dotted: on the left {DOCUMENTS_WORDS}; on the right the rates {TALK}.")
    for labelled in (False, True):
        inserts = dict.fromkeys(one.way.inserts for one in found.lines if one.way.labelled == labelled)
        lines = "dashed" if labelled else "solid"
        words += [f"Who may insert, {lines} lines: whoever can {each}." for each in inserts]
    return " ".join(words)


def _facts(found: PoisonCount) -> dict[str, str]:
    return {
        "scenario": one_line(found.scenario), "title": one_line(found.title),
        "seed": f"{len(found.data_seeds)} draws of the data", "step": "0", "version": __version__,
    }  # fmt: skip
