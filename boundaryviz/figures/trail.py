"""The figure of an attack that trains: the plane with the poison and the ways it went, and what it did on them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from boundaryviz.figures.draw import facts, seen
from boundaryviz.figures.flip import CLEAN_DASHES
from boundaryviz.figures.palette import POISON, group_colour
from boundaryviz.figures.parts import Planes, bar, fit, halves, headline, legend, letter_panels
from boundaryviz.figures.plane import class_handles, draw_boundary, draw_plane
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.record.trail import Trail

_ABOVE = 4.05  # in matplotlib's order of drawing: over the points, under the poison


def draw_trail(
    trail: Trail, poisoned: Snapshot, clean: Snapshot, options: Options | None = None, goal: str = "validation error"
) -> SceneFigure:
    """On the left the plane as the poisoned model sees it, the clean boundary dashed, and the way of each point of
    poison; on the right test error and what the attacker makes grow, over the states of the attack.

    poisoned, clean: of the scenario with the poison of the last state, and of its clean twin. goal: what the attacker
    makes grow, in words; an error is told in per cent.
    """
    options = options or Options()
    with sheet("trail", options, facts(poisoned)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        figure.set_size_inches(width, 0.5 * width)
        left, right = halves(figure, 0.6)
        shown = seen(poisoned)
        plane = left.subplots()
        draw_plane(plane, shown, options, style)
        draw_boundary(plane, clean, style, CLEAN_DASHES)
        draw_ways(plane, trail, shown, style)
        headline(plane, shown.scenario.title, f"{len(trail.last):,} points", style)
        if shown.field.ndim == 2:
            bar(left, plane, shown, options, style)
        dashed = Line2D([], [], color=style.ink, linewidth=style.line, linestyle=CLEAN_DASHES, label="clean boundary")
        legend(left, [*class_handles(shown, options, style), dashed], options, style)
        upper, lower = right.subplots(2, 1, sharex=True)
        draw_error(upper, trail, style)
        draw_objective(lower, trail, style, goal)
        if options.letters:
            letter_panels(figure, style)
        fit(figure, Planes(plane))
    return figure


def draw_ways(axes: Axes, trail: Trail, snapshot: Snapshot, style: Style) -> None:
    """The way of each point of poison from where it began, a line with an open circle there; nothing of a point that
    stayed where it was."""
    section, origin = snapshot.scene.section, snapshot.scene.points.origin
    colour = group_colour(int(origin.max(initial=1)))
    for k, way in enumerate(trail.ways):
        xy = way if section is None else section.shadow(way)
        if not np.ptp(xy, axis=0).any():
            continue
        axes.plot(*xy.T, color=style.paper, linewidth=1.8 * style.line, alpha=0.8, zorder=_ABOVE)
        axes.plot(*xy.T, color=colour, linewidth=0.9 * style.line, zorder=_ABOVE, gid=f"way {k + 1}")
        axes.plot(
            *xy[0], marker="o", markersize=0.9 * style.marker, markerfacecolor=style.paper, markeredgecolor=colour,
            markeredgewidth=0.7 * style.line, linestyle="none", zorder=_ABOVE,
        )  # fmt: skip


def draw_error(axes: Axes, trail: Trail, style: Style) -> None:
    """The test error of each state, and that without the attack, dashed; what was not measured is left out."""
    error, clean = trail.column("error"), trail.last.clean_error
    known = np.isfinite(error)
    axes.set(ylabel="test error", axisbelow=True)
    axes.grid(axis="y")
    if not known.any():
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", va="center", color=style.faint)
        return
    at = np.arange(1, len(trail) + 1)
    look: dict[str, Any] = {"marker": "o", "markersize": 0.6 * style.marker} if len(trail) <= 40 else {}
    axes.plot(at[known], error[known], color=style.test, linewidth=style.line, gid="error", **look)
    if np.isfinite(clean):
        axes.axhline(clean, color=style.faint, linewidth=style.line, linestyle=CLEAN_DASHES, gid="clean error")
        axes.text(
            1.0, clean, "without ", transform=axes.get_yaxis_transform(), ha="right", va="bottom", color=style.faint,
            fontsize=0.85 * style.text,
        )  # fmt: skip
    highest = float(max(np.nanmax(error), clean if np.isfinite(clean) else 0.0))
    axes.set_ylim(0.0, 1.12 * highest + 0.005)
    axes.yaxis.set_major_formatter(FuncFormatter(_percent))


def draw_objective(axes: Axes, trail: Trail, style: Style, goal: str) -> None:
    """What the attacker makes grow, in each state."""
    value = trail.column("objective")
    known = np.isfinite(value)
    at = np.arange(1, len(trail) + 1)
    axes.set(ylabel=goal, xlabel="state of the attack", axisbelow=True)
    axes.grid(axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlim(1 - 0.02 * len(trail), max(len(trail), 1.5) + 0.02 * len(trail))
    if goal.startswith("validation error"):
        axes.yaxis.set_major_formatter(FuncFormatter(_percent))
        axes.set_ylim(0.0, 1.12 * float(np.nanmax(value, initial=0.0)) + 0.005)
    if known.any():
        look: dict[str, Any] = {"marker": "o", "markersize": 0.6 * style.marker} if len(trail) <= 40 else {}
        axes.plot(at[known], value[known], color=POISON, linewidth=style.line, gid="objective", **look)
    else:
        axes.text(0.5, 0.5, "not known", transform=axes.transAxes, ha="center", va="center", color=style.faint)


def _percent(share: float, _at: int) -> str:
    return f"{100 * share:.3g} %"
