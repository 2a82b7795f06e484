"""What a defence removed: crosses on planes, and the scores by which it judged."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from boundaryviz.figures.palette import group_colour
from boundaryviz.figures.style import Style
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.record.verdict import Marks, Rates, area, curve, score_bins

CLEAN, POISON = "removed, clean", "removed, poison"
NO_DEFENCE = "this view shows what a defence removed; switch one on first, for example defence.defence=knn"
NO_VERDICT = "this moment was kept without what its defence removed"


def draw_removed(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """A cross on each removed clean point, and a filled one on each removed point of poison; nothing without a
    verdict."""
    if snapshot.judged is None:
        return
    points = snapshot.scene.points
    marks = Marks.of(snapshot.judged, points.ids, points.xy)
    for xy, filled in ((marks.clean, False), (marks.poison, True)):
        for halo in (True, False):
            _cross(axes, xy, filled, halo, style)


def _cross(axes: Axes, xy: NDArray[np.float64], filled: bool, halo: bool, style: Style) -> None:
    if not len(xy):
        return
    colour = style.paper if halo else style.ink
    looks: dict[str, Any] = {"marker": "x", "color": colour, "linewidth": (1.8 if halo else 0.8) * style.line}
    if filled:
        edge, wide = style.paper, (1.0 if halo else 0.4) * style.line
        looks = {"marker": "X", "facecolor": colour, "edgecolor": edge, "linewidth": wide}
    axes.scatter(
        xy[:, 0], xy[:, 1], s=((1.5 if filled else 1.6) * style.marker) ** 2, zorder=5.2 if halo else 5.3,
        gid=None if halo else POISON if filled else CLEAN, **looks,
    )  # fmt: skip


def removed_handles(snapshot: Snapshot, style: Style) -> list[Line2D]:
    """Entries of a legend for the crosses there are."""
    if snapshot.judged is None:
        return []
    points = snapshot.scene.points
    marks = Marks.of(snapshot.judged, points.ids, points.xy)
    looks: dict[str, Any] = {"linestyle": "none", "color": style.ink, "markeredgewidth": 0.8 * style.line}
    found = []
    for xy, marker, size, words in ((marks.poison, "X", 1.6, POISON), (marks.clean, "x", 1.5, CLEAN)):
        if len(xy):
            edge = style.paper if marker == "X" else style.ink
            found.append(
                Line2D(
                    [], [], marker=marker, markersize=size * style.marker, markeredgecolor=edge, label=words, **looks
                )
            )
    return found


def draw_scores(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """How many clean points and how many of poison have which score; what is removed is filled."""
    judged = snapshot.judged
    assert judged is not None
    edges, counts = score_bins(judged)
    middle, width = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    below = np.zeros(len(middle))
    for poison, colour, words in ((False, style.series[0], "clean"), (True, group_colour(1), "poison")):
        for removed in (False, True):
            row = counts[int(poison), int(removed)]
            some, verdict = row > 0, "removed" if removed else "kept"
            axes.bar(
                middle[some], row[some], width[some], below[some], color=colour if removed else style.paper,
                edgecolor=colour, linewidth=0.8 * style.line, label=f"{words}, {verdict}",
                gid=f"{words} {verdict}", hatch="" if removed or not poison else "////",
            )  # fmt: skip
            below = below + row
    high = max(1.06 * float(below.max(initial=0.0)), 1.0)
    axes.set(xlabel="score, more for more suspicious", ylabel="points", ylim=(0.0, high))
    if below.max(initial=0.0) > 0:
        axes.legend(loc="best", fontsize=0.85 * style.text)
    else:
        axes.text(0.5, 0.5, "no point was given a score", transform=axes.transAxes, ha="center", va="center")


def draw_operating(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """True against false positive rate by the scores, and a dot for what was removed."""
    judged = snapshot.judged
    assert judged is not None
    false, true = curve(judged)
    axes.set(xlabel="clean points removed", ylabel="poison removed", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    if not len(false):
        axes.text(0.5, 0.5, "no poison to be found", transform=axes.transAxes, ha="center", va="center")
        return
    axes.plot([0, 1], [0, 1], color=style.faint, linewidth=0.6 * style.line, linestyle=":", gid="chance")
    words = f"by score: area {area(judged):.3f}"
    axes.plot(false, true, color=style.series[0], linewidth=1.4 * style.line, label=words, gid="by score")
    rates = Rates.of(judged)
    axes.plot(
        rates.false_positive_rate, rates.true_positive_rate, "o", markersize=1.6 * style.marker, color=style.ink,
        label="removed", gid="removed", linestyle="none",
    )  # fmt: skip
    axes.legend(loc="lower right", fontsize=0.85 * style.text)
