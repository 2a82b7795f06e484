"""The figure of robust error: the share of points that are wrong when each may be pushed by at most epsilon."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from boundaryviz.evasion.pushes import Robustness
from boundaryviz.figures.draw import facts
from boundaryviz.figures.parts import headline, legend, letter_panels
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import literal
from boundaryviz.record.snapshot import Snapshot

_NORMS = {"l2": "Euclidean length", "linf": "largest coordinate"}


def draw_robustness(
    found: Robustness, snapshot: Snapshot, epsilon: float | None = None, options: Options | None = None
) -> SceneFigure:
    """A line for each attack. epsilon: marked, that of the scenario."""
    options = options or Options()
    with sheet("robustness", options, facts(snapshot)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        figure.set_size_inches(width, 0.72 * width)
        axes = figure.subplots()
        draw_lines(axes, found, style)
        if epsilon:
            axes.axvline(epsilon, color=style.faint, linewidth=0.7 * style.line, zorder=1, gid="epsilon")
        words = f"{found.count:,} test points, step {snapshot.step:,}"
        headline(axes, snapshot.scenario.title, words, style)
        legend(figure, axes.get_lines()[: len(found.lines)], options, style)
        if found.words:
            room = int(1.9 * width / (style.text / 72))
            figure.supxlabel(
                "\n".join(textwrap.wrap(literal(found.words), room)), x=0.02, ha="left", color=style.faint,
                fontsize=0.85 * style.text,
            )  # fmt: skip
        if options.letters:
            letter_panels(figure, style)
    return figure


def draw_lines(axes: Axes, found: Robustness, style: Style) -> None:
    """The lines, and the axes around them."""
    axes.set(axisbelow=True, ylim=(0.0, 1.02), ylabel="wrong after the push")
    axes.set_xlabel(f"epsilon ({_NORMS[found.norm]} of the push)")
    axes.set_xlim(0.0, float(found.epsilons[-1]) or 1.0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(axis="y")
    for name, line in found.lines.items():
        look = PUSHES[name]
        dashes: Any = (0, look.dashes) if look.dashes else "-"
        known = np.isfinite(line)
        axes.plot(
            found.epsilons[known], line[known], color=look.colour(style.name == "dark"), linestyle=dashes,
            linewidth=style.line * look.wide / 1.8, label=look.words, gid=name,
        )  # fmt: skip
