"""The figure of decisions in noise beside what their distance to the boundary says of them."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from boundaryviz.figures.draw import facts
from boundaryviz.figures.flip import CLEAN_DASHES
from boundaryviz.figures.parts import headline, legend, letter_panels
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.record.evading import NoiseRelation
from boundaryviz.record.snapshot import Snapshot

_MOST = 4.0  # standard deviations that are shown


def draw_noise_relation(found: NoiseRelation, snapshot: Snapshot, options: Options | None = None) -> SceneFigure:
    """Left each point: how often noise turns its decision against its distance in standard deviations, and the line of
    a flat boundary; right the share over all points, measured and as the distances say it."""
    options = options or Options()
    with sheet("noise-relation", options, facts(snapshot)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        figure.set_size_inches(width, 0.5 * width)
        left, right = figure.subplots(1, 2)
        draw_points(left, found, style)
        draw_means(right, found, style)
        headline(left, snapshot.scenario.title, "", style)
        headline(right, "", f"{len(found.distance):,} test points, {found.draws:,} draws", style)
        dots = [
            Line2D([], [], linestyle="none", marker="o", markersize=style.marker, color=style.series[k % 4],
                   label=f"noise {sigma:g}")
            for k, sigma in enumerate(found.sigmas.tolist())
        ]  # fmt: skip
        flat = Line2D([], [], color=style.ink, linewidth=style.line, linestyle=CLEAN_DASHES, label="flat boundary")
        legend(figure, [*dots, flat], options, style)
        if options.letters:
            letter_panels(figure, style)
    return figure


def draw_points(axes: Axes, found: NoiseRelation, style: Style) -> None:
    """How often each decision is turned, at its distance."""
    axes.set(axisbelow=True, xlim=(0.0, _MOST), ylim=(-0.01, 0.75))
    axes.set_xlabel(f"distance to the boundary{'' if found.exact else ', at most'} (standard deviations)")
    axes.set_ylabel("decision turned by noise")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(axis="y")
    for k, sigma in enumerate(found.sigmas.tolist()):
        axes.scatter(
            found.distance / sigma, found.measured[k], s=(0.55 * style.marker) ** 2, color=style.series[k % 4],
            alpha=0.6, linewidth=0, gid=f"noise {sigma:g}",
        )  # fmt: skip
    at = np.linspace(0.0, _MOST, 100)
    said = [0.5 * erfc(t / sqrt(2.0)) for t in at.tolist()]
    axes.plot(at, said, color=style.ink, linewidth=style.line, linestyle=CLEAN_DASHES, gid="flat boundary")


def draw_means(axes: Axes, found: NoiseRelation, style: Style) -> None:
    """The share of decisions turned, measured, beside what the distances say, by noise."""
    measured, predicted = found.means
    at = np.arange(len(found.sigmas))
    axes.set(axisbelow=True, xlabel="standard deviation of the noise", ylabel="decisions turned, all test points")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(axis="y")
    colours = [style.series[k % 4] for k in at]
    axes.bar(at - 0.2, measured, 0.36, color=colours, gid="measured")
    axes.bar(
        at + 0.2, predicted, 0.36, facecolor="none", edgecolor=style.ink, linewidth=style.line,
        linestyle=CLEAN_DASHES, gid="predicted",
    )  # fmt: skip
    high = max(float(measured.max()), float(predicted.max()), 1e-3)
    for k, values in enumerate(zip(measured.tolist(), predicted.tolist(), strict=True)):
        for side, value in zip((-0.2, 0.2), values, strict=True):
            axes.annotate(
                f"{100 * value:.1f}", (k + side, value), xytext=(0, 2), textcoords="offset points", ha="center",
                fontsize=0.85 * style.text,
            )  # fmt: skip
    axes.set_ylim(0.0, 1.15 * high)
    axes.set_xticks(at, [f"{sigma:g}" for sigma in found.sigmas.tolist()])
