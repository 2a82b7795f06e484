"""The figure of what a decision rests on: arrows from its place to the points, and bars of what each weighs."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from numpy.typing import NDArray

from boundaryviz import __version__
from boundaryviz.figures.parts import Planes, fit, headline, legend, letter_panels
from boundaryviz.figures.plane import class_handles, draw_plane
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.influence import METHODS, PICTURES, TRUTH, Explanation, widths
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.plain_text import one_line

SUPPORTS, OPPOSES = "#1b7837", "#a6228a"
"""The colours of points that support a decision, and that oppose it; the arrows of the latter are dashed."""
_LETTERS = 34


def draw_influence(
    snapshot: Snapshot, found: Explanation, top: int = 12, options: Options | None = None, method: str | None = None
) -> SceneFigure:
    """The plane with an arrow to each of the points that weigh most, and their bars beside what leaving them out does.

    method: by which they are ranked, default the best. Raises ValueError where no point weighs anything.
    """
    options, name = options or Options(), method or found.best
    order = found.ranked(name, top)
    order = order[np.isin(found.ids[order], snapshot.scene.points.ids)]
    if not len(order):
        raise ValueError("no point weighs anything in this decision")
    with sheet("influence", options, _facts(snapshot)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        figure.set_size_inches(width, 0.56 * width)
        left, right = figure.subfigures(1, 2, width_ratios=(0.58, 0.42))  # type: ignore[misc]
        plane = left.subplots()
        draw_plane(plane, snapshot, options, style)
        headline(plane, snapshot.scenario.title, f"step {snapshot.step:,}", style)
        _draw_arrows(plane, snapshot, found, name, order, style)
        legend(left, class_handles(snapshot, options, style), options, style)
        bars = right.subplots()
        _draw_bars(bars, snapshot, found, name, order, style)
        letters = int(1.9 * 0.42 * width / (style.text / 72))
        bars.set_title(in_lines(_heading(snapshot, found), letters), fontweight="bold", fontsize=style.text)
        words = " ".join(filter(None, (_about(found, name), found.ceiling_words)))
        right.supxlabel(
            "\n".join(textwrap.wrap(literal(words), max(letters, 24))), x=0.02, ha="left", color=style.faint,
            fontsize=0.85 * style.text,
        )  # fmt: skip
        if options.letters:
            letter_panels(figure, style)
        fit(figure, Planes(plane))
    return figure


def _draw_arrows(
    axes: Axes, snapshot: Snapshot, found: Explanation, name: str, order: NDArray[np.int64], style: Style
) -> None:
    points, values = snapshot.scene.points, found.row(name)[order]
    ends = points.xy[points.positions(found.ids[order])]
    for end, value, wide in zip(ends, values, widths(values), strict=True):
        arrow = FancyArrowPatch(
            found.place, tuple(end), arrowstyle="-|>", mutation_scale=5 + 5 * wide, shrinkA=2.5 * style.marker / 2,
            shrinkB=style.marker / 2, linewidth=style.line * (0.6 + 1.8 * wide), zorder=5,
            color=SUPPORTS if value > 0 else OPPOSES, linestyle="-" if value > 0 else (0, (3, 1.5)),
        )  # fmt: skip
        arrow.set_gid("influence")
        axes.add_patch(arrow)
    axes.scatter(
        *found.place, s=(1.9 * style.marker) ** 2, marker="X", facecolor=style.paper, edgecolor=style.ink,
        linewidth=1.1 * style.line, zorder=7, gid="place",
    )  # fmt: skip


def _draw_bars(
    axes: Axes, snapshot: Snapshot, found: Explanation, name: str, order: NDArray[np.int64], style: Style
) -> None:
    scene, values = snapshot.scene, found.row(name)[order]
    rows = np.arange(len(order))[::-1]
    axes.barh(rows, values, 0.62, color=[SUPPORTS if v > 0 else OPPOSES for v in values], zorder=2, gid="scores")
    predicts = name != TRUTH and name not in PICTURES
    truth = found.truth[order]
    if predicts and np.isfinite(truth).any():
        axes.scatter(
            truth, rows, s=(0.9 * style.marker) ** 2, marker="D", facecolor=style.paper, edgecolor=style.ink,
            linewidth=style.line, zorder=3, gid="leave-one-out",
        )  # fmt: skip
    axes.axvline(0.0, color=style.faint, linewidth=0.7 * style.line, zorder=1)
    points = scene.points
    labels = [int(points.label[at]) for at in points.positions(found.ids[order])]
    axes.set_yticks(rows, [f"{one_line(scene.class_name(k), 12) if k >= 0 else 'no label'} {i}" for k, i in zip(
        labels, found.ids[order].tolist(), strict=True)], fontsize=0.85 * style.text)  # fmt: skip
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"fall of the lead without it ({found.scale})" if predicts or name == TRUTH else METHODS[name])
    axes.margins(y=0.02)


def _heading(snapshot: Snapshot, found: Explanation) -> str:
    name = one_line(snapshot.scene.class_name(found.decided), _LETTERS)
    return f"Why {name} at {found.place[0]:.3g}, {found.place[1]:.3g}"


def _about(found: Explanation, name: str) -> str:
    signs = "Green supports the decision, magenta opposes it."
    if name == TRUTH:
        return f"{signs} By {TRUTH}: trained again without each point."
    diamonds = " Diamonds: trained without the point." if name not in PICTURES and found.known else ""
    return f"{signs} Bars: {METHODS[name]}.{diamonds} {found.agreement_words(name)}"


def _facts(snapshot: Snapshot) -> dict[str, str]:
    return {
        "scenario": one_line(snapshot.scenario.name), "title": one_line(snapshot.scenario.title),
        "seed": str(snapshot.scenario.training.seed), "step": str(snapshot.step), "version": __version__,
    }  # fmt: skip
