"""ROC, precision against recall, and calibration, of the held-out points of a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from boundaryviz.figures.style import REGRESSION, Style
from boundaryviz.figures.words import literal
from boundaryviz.record.ranking import Calibration, Ranking
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Split

_TWIN = (0, (4, 2.5))
_LOOKS = ("-", "--", ":", "-.")


@dataclass(frozen=True, eq=False)
class Ranked:
    """One curve: of which class against the rest, of the clean twin or not; p (n,) and which points are positive."""

    words: str
    at: int
    clean: bool
    p: NDArray[np.float32]
    hit: NDArray[np.bool_]


def held_out(snapshot: Snapshot) -> Split | None:
    """The points that are ranked: the test points, or where none of them has a label the validation points; None where
    nothing is held out."""
    points = snapshot.scene.points
    known = points.is_labelled & ~points.is_poison & ~points.muted
    return next((one for one in (Split.TEST, Split.VALIDATION) if (known & (points.split == one)).any()), None)


def ranked(snapshot: Snapshot) -> list[Ranked]:
    """Of two classes the second, of more each against the rest; the clean twin's after the run's. Raises ValueError
    where the snapshot does not say how probable each class is at its points, or is of a regression."""
    if snapshot.fits_responses:
        raise ValueError(REGRESSION)
    if snapshot.p is None:
        raise ValueError("this view needs the probabilities of each point, which this moment was kept without")
    scene, split = snapshot.scene, held_out(snapshot)
    points = scene.points
    some = points.is_labelled & ~points.is_poison & ~points.muted & (points.split == (-1 if split is None else split))
    found = []
    for clean, every in ((False, snapshot.p), (True, snapshot.clean_p)):
        for at in (1,) if scene.classes == 2 else range(scene.classes):
            if every is None:
                continue
            own = some & ~np.isnan(every[:, at])
            if own.any():
                words = scene.whole_class_name(at) + " (clean twin)" * clean
                found.append(Ranked(words, at, clean, every[own, at], points.label[own] == at))
    return found


def draw_roc(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """The true against the false positive rate, each curve with the area under it; where the decision falls, and where
    it costs least."""
    axes.plot([0, 1], [0, 1], color=style.faint, linewidth=0.6 * style.line, linestyle=":", gid="chance")
    for one, ranking, look in _each(snapshot):
        axes.plot(
            ranking.fpr, ranking.tpr, label=literal(f"{one.words}: {ranking.auc:.3f}"), gid=f"roc {one.words}",
            **_look(one, look, style),
        )  # fmt: skip
        _mark(axes, snapshot, one, ranking, np.stack([ranking.fpr, ranking.tpr]), style)
    _square(axes, "false positive rate", "true positive rate", "area under the curve")


def draw_precision(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """Precision against recall, in steps, each curve with its average precision."""
    for one, ranking, look in _each(snapshot):
        words = literal(f"{one.words}: {ranking.average_precision:.3f}")
        axes.step(
            ranking.tpr, ranking.precision, where="pre", label=words, gid=f"precision {one.words}",
            **_look(one, look, style),
        )  # fmt: skip
        _mark(axes, snapshot, one, ranking, np.stack([ranking.tpr, ranking.precision]), style)
    _square(axes, "recall", "precision", "average precision")


def draw_calibration(axes: Axes, snapshot: Snapshot, style: Style) -> None:
    """How often points are of the class whose probability is said to be so large, in ten bins."""
    axes.plot([0, 1], [0, 1], color=style.faint, linewidth=0.6 * style.line, linestyle=":", gid="calibrated")
    for look, one in enumerate(ranked(snapshot)):
        found = Calibration.of(one.p, one.hit)
        axes.plot(
            found.score, found.share, marker="o", markersize=0.7 * style.marker, gid=f"calibration {one.words}",
            label=literal(f"{one.words}: {found.error:.3f}"), **_look(one, look, style),
        )  # fmt: skip
    if snapshot.scene.classes == 2 and axes.get_lines():
        t = snapshot.scenario.decision.rule(2).threshold
        axes.axvline(t, color=style.ink, linewidth=0.6 * style.line, gid="threshold")
    _square(axes, "probability that is said", "share that is so", "mean distance from the diagonal", "upper left")


def _each(snapshot: Snapshot) -> Iterator[tuple[Ranked, Ranking, int]]:
    for look, one in enumerate(ranked(snapshot)):
        yield one, Ranking.of(one.p, one.hit), look


def _look(one: Ranked, look: int, style: Style) -> dict[str, Any]:
    colour = style.faint if one.clean else style.series[look % len(style.series)]
    dashes = _TWIN if one.clean else _LOOKS[look % len(_LOOKS)]
    return {"color": colour, "linestyle": dashes, "linewidth": style.line * (1.0 if one.clean else 1.4)}


def _mark(
    axes: Axes, snapshot: Snapshot, one: Ranked, ranking: Ranking, path: NDArray[np.float64], style: Style
) -> None:
    """Of two classes: a dot where the decision falls, and a star where the run's costs least on these points."""
    if snapshot.scene.classes != 2:
        return
    rule = snapshot.scenario.decision.rule(2)
    x, y = path[:, ranking.at(rule.threshold)]
    face = style.paper if one.clean else style.ink
    axes.plot(
        x, y, "o", markersize=1.3 * style.marker, markerfacecolor=face, markeredgecolor=style.ink, zorder=5,
        gid=f"threshold {one.words}",
    )  # fmt: skip
    best = ranking.best(rule.costs)
    if best is not None and not one.clean:
        axes.plot(
            *path[:, best], "*", markersize=2.0 * style.marker, markerfacecolor=style.series[1],
            markeredgecolor=style.paper, markeredgewidth=0.3 * style.line, zorder=6, gid="least cost",
        )  # fmt: skip


def _square(
    axes: Axes, x: str, y: str, title: str, where: Literal["lower right", "upper left"] = "lower right"
) -> None:
    axes.set(xlabel=x, ylabel=y, xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    axes.set_aspect("equal")
    handles, words = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles, words, title=title, loc=where)
    else:
        axes.text(0.5, 0.5, "no labelled held-out points", transform=axes.transAxes, ha="center", va="center")
