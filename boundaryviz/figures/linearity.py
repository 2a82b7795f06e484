"""The figure of the answer along the gradient: the lead against the length of the push, and what the gradient says."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from boundaryviz.figures.draw import facts
from boundaryviz.figures.flip import CLEAN_DASHES
from boundaryviz.figures.parts import headline, legend, letter_panels
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.record.evading import Linearity
from boundaryviz.record.snapshot import Snapshot

_SINGLE = 40  # points whose own lines are drawn
_NORMS = {"l2": "along the gradient", "linf": "along the gradient's signs"}


def draw_linearity(found: Linearity, snapshot: Snapshot, options: Options | None = None) -> SceneFigure:
    """The lead of the decided class, in times that at the start, of some points thin and of their median thick, the
    middle half of the points shaded; dashed what the gradient at the start says."""
    options = options or Options()
    with sheet("linearity", options, facts(snapshot)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        figure.set_size_inches(width, 0.72 * width)
        axes = figure.subplots()
        draw_leads(axes, found, style)
        headline(axes, snapshot.scenario.title, f"{len(found.lead):,} test points, step {snapshot.step:,}", style)
        legend(figure, axes.get_legend_handles_labels()[0], options, style)
        if options.letters:
            letter_panels(figure, style)
    return figure


def draw_leads(axes: Axes, found: Linearity, style: Style) -> None:
    """The lines, and the axes around them."""
    share = found.share
    said = found.tangent / found.lead[:, :1]
    axes.set(axisbelow=True, xlim=(0.0, float(found.lengths[-1])), ylabel="lead of the decided class, start 1")
    axes.set_xlabel(f"length of the push {_NORMS[found.norm]}")
    axes.grid(axis="y")
    for line in share[:: max(1, len(share) // _SINGLE)]:
        axes.plot(found.lengths, line, color=style.faint, linewidth=0.35 * style.line, alpha=0.5)
    low, middle, high = np.nanquantile(share, (0.25, 0.5, 0.75), axis=0)
    axes.fill_between(found.lengths, low, high, color=style.series[0], alpha=0.18, linewidth=0)
    axes.plot(found.lengths, middle, color=style.series[0], linewidth=1.6 * style.line, label="median", gid="median")
    axes.plot(
        found.lengths, np.nanmedian(said, axis=0), color=style.ink, linewidth=style.line, linestyle=CLEAN_DASHES,
        label="as the gradient says", gid="tangent",
    )  # fmt: skip
    axes.axhline(0.0, color=style.ink, linewidth=0.6 * style.line, zorder=1)
    axes.axvline(found.epsilon, color=style.faint, linewidth=0.7 * style.line, zorder=1, gid="epsilon")
    axes.set_ylim(min(-0.75, float(low.min())), max(1.1, float(high.max())))
