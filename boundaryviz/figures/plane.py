"""The plane on matplotlib axes: the field as a picture, the boundary as paths, the points as symbols."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from contourpy import LineType, contour_generator
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba, to_rgba_array
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from boundaryviz.figures.bead_marks import Beads
from boundaryviz.figures.palette import (
    GREY,
    UNDER_POINTS,
    class_colour,
    class_marker,
    crowded,
    field_image,
    group_colour,
    response_colour,
)
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.verdict import draw_removed, removed_handles
from boundaryviz.figures.words import in_lines, literal, name_axes
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.axes import one_scale
from boundaryviz.scene.responses import taught
from boundaryviz.scene.scene import Domain, Points, Scene

_LETTERS = 40  # in a line of a legend
_FEW = 10  # classes, of which each may have two lines
OVER_SPINES = 2.6  # in matplotlib's order of drawing
HALF_DASHES = (0, (1, 2))
RULE_DOTS = (0, (0.1, 1.8))
"""How the boundary of a rule is drawn."""
_CELLS = 256  # along the longer side, in which it is traced
CLEAR = (0.0, 0.0, 0.0, 0.0)
"""No fill: with a colour, even this one, points are one symbol set many times; with "none" each is drawn by itself."""


def draw_plane(axes: Axes, snapshot: Snapshot, options: Options, style: Style, strength: float = UNDER_POINTS) -> None:
    """Draw what the canvas shows at this moment; the axes keep the plane's proportions.

    strength: how much of the classes' colours the field shows, 0 to 1.
    """
    draw_field(axes, snapshot, options, style, strength)
    draw_half(axes, snapshot, style)
    draw_boundary(axes, snapshot, style)
    draw_rule(axes, snapshot, style)
    draw_marks(axes, snapshot, options, style)
    at_once = snapshot.scenario.learner.family.at_once  # what such a learner leaves out is undecided
    if not np.isfinite(snapshot.field).all() and not at_once:
        axes.text(
            0.5, 0.5, "training diverged", transform=axes.transAxes, ha="center", va="center",
            bbox={"boxstyle": "round,pad=0.5", "facecolor": style.paper, "edgecolor": style.faint},
        )  # fmt: skip


def draw_boundary(axes: Axes, snapshot: Snapshot, style: Style, dashes: Any = "-") -> None:
    """The lines along which the predicted class changes."""
    lines = boundary_lines(snapshot.leaning, snapshot.rect)
    drawn = LineCollection(lines, colors=style.ink, linewidths=style.line, linestyles=[dashes], zorder=2)
    drawn.set_gid("boundary")
    axes.add_collection(drawn)


def draw_half(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """Thin and dotted, where the likeliest class changes, if the decision falls elsewhere."""
    if snapshot.leaning is snapshot.field:
        return
    lines = boundary_lines(snapshot.field, snapshot.rect)
    drawn = LineCollection(lines, colors=style.ink, linewidths=0.6 * style.line, linestyles=[HALF_DASHES], zorder=2)
    drawn.set_gid("likeliest class changes")
    axes.add_collection(drawn)


def draw_rule(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """The lines, dotted, along which the rule written by hand changes its class; nothing without one."""
    rule, rect = snapshot.scenario.parsed_rule, snapshot.rect
    if rule is None:
        return
    lines = boundary_lines(rule.field(rect, *rect.shape(_CELLS)), rect)
    drawn = LineCollection(
        lines, colors=style.ink, linewidths=1.4 * style.line, linestyles=[RULE_DOTS], capstyle="round", zorder=2.1
    )
    drawn.set_gid("rule")
    axes.add_collection(drawn)


def draw_marks(axes: Axes, snapshot: Snapshot, options: Options, style: Style) -> None:
    """Points, pins and what a defence removed, and the axes around them."""
    rect = snapshot.rect
    _draw_points(axes, snapshot, options, style)
    draw_removed(axes, snapshot, style)
    _draw_targets(axes, snapshot, style)
    axes.set(xlim=(rect.left, rect.right), ylim=(rect.bottom, rect.top))
    axes.set_aspect("equal" if one_scale(options.axes, snapshot.scene.domain) else "auto")
    name_axes(axes, snapshot.scene.axis_names, style)


def draw_field(
    axes: Axes, snapshot: Snapshot, options: Options, style: Style, strength: float = UNDER_POINTS
) -> AxesImage:
    """The field as a picture whose cells fill `snapshot.rect`."""
    rect = snapshot.rect
    return axes.imshow(
        field_image(
            snapshot.leaning if options.levels == 2 else snapshot.field, style.middle, options.levels, strength
        ),
        extent=(rect.left, rect.right, rect.bottom, rect.top), origin="lower",
        interpolation="nearest" if options.levels else "bilinear", zorder=0, aspect="auto",
    )  # fmt: skip


def boundary_lines(field: NDArray[np.float32], rect: Domain) -> list[NDArray[np.float64]]:
    """Where the predicted class changes, each line (K, 2). Nothing beside what is undecided (NaN)."""
    if np.isinf(field).any() or np.isnan(field).all():
        return []
    if field.ndim == 2:
        return _lines(field, 0.5, rect)
    found: list[NDArray[np.float64]] = []
    for k in range(len(field) - 1):  # a border of the last class is also a border of another
        others = np.delete(field, k, axis=0).max(axis=0)
        found += _lines(field[k] - others, 0.0, rect)
    return found


def _lines(values: NDArray[np.float32], level: float, rect: Domain) -> list[NDArray[np.float64]]:
    rows, columns = values.shape
    x = rect.left + (np.arange(columns) + 0.5) * (rect.width / columns)
    y = rect.bottom + (np.arange(rows) + 0.5) * (rect.height / rows)
    generator = contour_generator(x=x, y=y, z=values, line_type=LineType.Separate)
    return list(generator.lines(level))  # type: ignore[arg-type]


def _draw_points(axes: Axes, snapshot: Snapshot, options: Options, style: Style) -> None:
    points, predicted = snapshot.scene.points, snapshot.predicted
    wrong = np.zeros(len(points), bool)
    shade = taught(points.label, points.responses) if snapshot.scene.has_responses else None
    if options.errors and predicted is not None and shade is None:
        wrong = points.is_labelled & (predicted != points.label)
    if options.held_out:
        _scatter(axes, points, ~points.is_train & ~wrong, style, 0.55, alpha=0.45, shade=shade)
    _scatter(axes, points, points.is_train & ~wrong & ~points.is_poison, style, shade=shade)
    _draw_poison(axes, points, wrong, style)
    if wrong.any() and predicted is not None:
        shown = wrong & (points.is_train | options.held_out)
        for true, guess in {(int(t), int(p)) for t, p in zip(points.label[shown], predicted[shown], strict=True)}:
            pick = shown & (points.label == true) & (predicted == guess)
            axes.scatter(
                points.xy[pick, 0], points.xy[pick, 1], s=(1.25 * style.marker) ** 2, marker=class_marker(true),
                zorder=4.5, facecolor=class_colour(guess), edgecolor=class_colour(true), linewidth=0.9 * style.line,
            )  # fmt: skip


def _draw_poison(axes: Axes, points: Points, wrong: NDArray[np.bool_], style: Style) -> None:
    """Poison as beads, whose groups have one outline where they touch. wrong: (N,), drawn by somebody else."""
    shown = points.is_train & points.is_poison
    beads = points.take(shown)
    if not len(beads):
        return
    sizes = Beads.sizes_of(beads, style.marker)
    for number in _groups(points):
        own = beads.origin == number
        rim, inner = 0.7 * style.marker + 1.1 * style.line, 0.7 * style.marker
        for more, colour, order in ((rim, group_colour(number), 4.1), (inner, style.paper, 4.15)):
            drawn = Beads(
                "o",
                beads.xy[own],
                partial(sizes, own),
                style.marker,
                more,
                facecolor=colour,
                linewidth=0.0,
                zorder=order,
            )
            drawn.set_gid(f"poison {number}" if order == 4.1 else f"inside poison {number}")
            drawn.join(axes)
    for label in np.unique(beads.label).tolist():
        own = (beads.label == label) & ~wrong[shown]
        if not own.any():
            continue
        hollow = label < 0
        drawn = Beads(
            "o" if hollow else class_marker(label), beads.xy[own], partial(sizes, own), style.marker, 0.0,
            facecolor=CLEAR if hollow else class_colour(label), edgecolor=style.ink if hollow else style.paper,
            linewidth=(0.6 if hollow else 0.35) * style.line, zorder=4.2,
        )  # fmt: skip
        drawn.set_gid(f"class {label}, poison" if label >= 0 else "unlabelled, poison")
        drawn.join(axes)


def _groups(points: Points) -> list[int]:
    """The numbers of the groups of poison that have a training point."""
    return np.unique(points.origin[points.is_poison & points.is_train]).tolist()


def _scatter(
    axes: Axes,
    points: Points,
    shown: NDArray[np.bool_],
    style: Style,
    size: float = 1.0,
    alpha: float = 1.0,
    shade: NDArray[np.float64] | None = None,
) -> None:
    """shade: the responses (N,) that give the colours; None for the classes."""
    for label in sorted({int(k) for k in points.label[shown]}):
        pick = shown & (points.label == label)
        hollow = label < 0
        small, pale = crowded(int(pick.sum())) if hollow else (1.0, 1.0)
        colours = class_colour(label) if shade is None else [response_colour(one, GREY) for one in shade[pick]]
        axes.scatter(
            points.xy[pick, 0],
            points.xy[pick, 1],
            s=(size * small * (0.75 if hollow else 1.0) * style.marker) ** 2,
            marker="o" if hollow else class_marker(label),
            facecolor=CLEAR if hollow else to_rgba_array(colours, alpha),
            edgecolor=to_rgba(class_colour(label) if hollow else style.paper, alpha * pale),
            linewidth=(0.6 * small if hollow else 0.35) * style.line,
            zorder=2.5 if hollow else 3 if size < 1 else 4,
            gid=f"class {label}" if label >= 0 else "unlabelled",
        )


def _draw_targets(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    for target in snapshot.scene.targets:
        axes.scatter(
            target.x, target.y, s=(3.2 * style.marker) ** 2, marker="*", facecolor=class_colour(target.target_class),
            edgecolor=style.ink, linewidth=0.6 * style.line, zorder=6, gid="target",
        )  # fmt: skip


def class_words(scene: Scene, label: int) -> str:
    """The name of a class, in a few lines where it is long."""
    return in_lines(scene.whole_class_name(label), _LETTERS, most=2 if scene.classes <= _FEW else 1)


class ClassEntry(Line2D):
    """An entry of a legend that stands for a class."""


def class_handles(snapshot: Snapshot, options: Options, style: Style) -> list[Line2D]:
    """Legend entries: a symbol for each class that has points, then whatever else stands on the plane."""
    points = snapshot.scene.points.take(snapshot.scene.points.is_train)

    def entry(
        marker: str, face: str, edge: str, words: str, size: float = 1.2, kind: type[Line2D] = Line2D
    ) -> Line2D:  # fmt: skip
        return kind(
            [], [], linestyle="none", marker=marker, markersize=size * style.marker, markerfacecolor=face,
            markeredgecolor=edge, markeredgewidth=0.5 * style.line, label=words,
        )  # fmt: skip

    present = {int(k) for k in points.label}
    entries = [
        entry(class_marker(k), class_colour(k), style.paper, class_words(snapshot.scene, k), kind=ClassEntry)
        for k in sorted(present - {-1})
    ]
    if -1 in present:
        entries.append(entry("o", "none", class_colour(-1), "unlabelled", 1.0))
    if options.errors and snapshot.predicted is not None:
        entries.append(entry("o", class_colour(1), class_colour(0), "error (fill: predicted)", 1.5))
    groups = _groups(points)
    for number in groups:
        words = literal(snapshot.scene.group(number).name) if len(groups) > 1 else "poison"
        entries.append(entry("o", "none", group_colour(number), words, 1.6))
    entries += removed_handles(snapshot, style)
    if snapshot.scene.targets:
        entries.append(entry("*", style.paper, style.ink, "target", 1.8))
    if snapshot.scenario.rule is not None:
        line: Any = {"color": style.ink, "linewidth": 1.4 * style.line, "linestyle": RULE_DOTS}
        entries.append(Line2D([], [], **line, label="rule"))
    return entries
