"""The label cascade as a figure: the plane, points by when they got their label, and the path to the first pin."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, NullLocator

from boundaryviz.figures.palette import FAINT, class_colour, class_marker, group_colour, sequence
from boundaryviz.figures.plane import draw_plane
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import literal
from boundaryviz.learners.cascade import Cascade
from boundaryviz.learners.family import Measure
from boundaryviz.record.cascade import SOURCES, TITLES, Span, account, nearest_to_pin, number
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Scene

_MANY = 1500  # points beyond which symbols shrink


def draw_cascade(figure: Figure, snapshot: Snapshot, options: Options, style: Style) -> Axes:
    """Draw the whole figure but its headline and legend. Raises ValueError for a snapshot without a cascade."""
    chains = snapshot.cascade
    if chains is None:
        raise ValueError(
            "No label cascade is known. A supervised learner has none; in the window, show it first (K); "
            "in Python, train with cascade=True."
        )
    axes = figure.subplots()
    draw_plane(axes, snapshot, options, style, strength=FAINT)
    span = Span.of(chains, snapshot.scene.points)
    draw_chains(axes, snapshot, span, style)
    if span is not None:
        draw_scale(figure, axes, chains.measure, span, style)
    letters = int(72 * figure.get_size_inches()[0] / (0.56 * style.text))
    lines = [part for line in caption(snapshot) for part in textwrap.wrap(line, letters)]
    axes.annotate(
        literal("\n".join(lines)), (0.0, 0.0), xycoords="axes fraction", xytext=(0.0, -3.4 * style.text),
        textcoords="offset points", va="top", fontsize=0.9 * style.text, color=style.faint, gid="caption",
    )  # fmt: skip
    return axes


def draw_chains(axes: Axes, snapshot: Snapshot, span: Span | None, style: Style) -> None:
    """Points that were given a label, by when, and the path to the first pin. span: of the colours, None for none."""
    chains, scene = snapshot.cascade, snapshot.scene
    if chains is None:
        return
    if span is not None:
        _draw_points(axes, scene, chains, span, style)
    to = nearest_to_pin(scene)
    if to is not None:
        _draw_path(axes, scene, chains, to, style)


def caption(snapshot: Snapshot) -> list[str]:
    """What is drawn, in sentences: of the point at the first pin, then of all."""
    chains, first = snapshot.cascade, at_target(snapshot)
    assert chains is not None
    lines = [*([first] if first else []), SOURCES[chains.measure]]
    return lines + ([f"Watched since step {chains.since:,}."] if chains.since else [])


def at_target(snapshot: Snapshot) -> str:
    """How the point at the first pin came by its label, a sentence; empty without a pin or a cascade."""
    chains, to = snapshot.cascade, nearest_to_pin(snapshot.scene)
    if chains is None or to is None:
        return ""
    return "At the target: " + account(chains, snapshot.scene, to).replace("\n", ", ") + "."


def _draw_points(axes: Axes, scene: Scene, chains: Cascade, span: Span, style: Style) -> None:
    points = scene.points
    got = ~points.is_labelled & np.isfinite(chains.when)
    shares = span.shares(chains.when)
    size = 0.95 * style.marker * min(1.0, (_MANY / max(int(got.sum()), 1)) ** 0.25)
    for k in np.unique(chains.label[got]).tolist():
        some = np.flatnonzero(got & (chains.label == k))
        axes.scatter(
            points.xy[some, 0], points.xy[some, 1], s=size**2, marker=class_marker(k),
            facecolor=sequence(shares[some]) / 255.0, edgecolor=class_colour(k), linewidth=0.45 * style.line,
            zorder=3, gid=f"handed class {k}",
        )  # fmt: skip


def _draw_path(axes: Axes, scene: Scene, chains: Cascade, to: int, style: Style) -> None:
    path = np.array(chains.path(to), dtype=np.int64)
    if not len(path):
        return
    xy, origin = scene.points.xy[path], np.maximum(scene.points.origin[path], 0)
    casing = withStroke(linewidth=4.2 * style.line, foreground=style.paper)
    axes.plot(*xy.T, color=style.ink, linewidth=2.0 * style.line, zorder=5.2, path_effects=[casing], gid="path")
    for group in np.unique(origin).tolist():
        some = origin == group
        axes.scatter(
            xy[some, 0], xy[some, 1], s=((1.3 if group else 0.8) * style.marker) ** 2, edgecolor=style.paper,
            facecolor=group_colour(group) if group else class_colour(int(chains.label[to])),
            linewidth=0.5 * style.line, zorder=5.4, gid=f"beads of poison {group}" if group else "beads",
        )  # fmt: skip
    for colour, width in ((style.paper, 2.2), (style.ink, 1.0)):
        axes.scatter(
            xy[0, 0], xy[0, 1], s=(2.0 * style.marker) ** 2, facecolor="none", edgecolor=colour,
            linewidth=width * style.line, zorder=5.5, gid="seed",
        )  # fmt: skip


def draw_scale(part: Figure | SubFigure, axes: Axes, measure: Measure, span: Span, style: Style) -> None:
    """A thin scale of time or length."""
    colours = ListedColormap(sequence(np.linspace(0.0, 1.0, 256)) / 255.0)
    high = span.high if span.high > span.low else span.low + 1.0
    norm = LogNorm(span.low, high) if span.log else Normalize(span.low, high)
    bar = part.colorbar(ScalarMappable(norm, colours), cax=axes.inset_axes((1.025, 0.0, 0.025, 1.0)))
    bar.set_label(TITLES[measure])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    bar.ax.yaxis.set_major_locator(FixedLocator(span.ticks))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.set_yticklabels([number(tick, measure) for tick in span.ticks])
