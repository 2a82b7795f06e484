"""The figure of pushes: on the plane arrows from points to where methods have pushed them, balls and certificates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection, PatchCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from boundaryviz.evasion.pushes import Pushes
from boundaryviz.figures.draw import facts, seen
from boundaryviz.figures.parts import Planes, bar, fit, headline, legend, letter_panels
from boundaryviz.figures.plane import class_handles, draw_plane
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.record.snapshot import Snapshot

FEW = 12
"""Points of which each has its ball and its circle drawn."""
MANY = 60
"""Points of which arrows are drawn at most, evenly among those pushed."""
_OVER = 4.4  # in matplotlib's order of drawing: over points and poison
_PALE = 0.45  # of a push that changes nothing
_CERTIFIED: Any = (0, (1, 1.5))


def draw_pushes(snapshot: Snapshot, several: Sequence[Pushes], options: Options | None = None) -> SceneFigure:
    """The plane with an arrow for each push, in the colour of its method, pale where it changes no decision; of a few
    points also the ball of epsilon, and, dotted, the radius that is certified.

    Raises ValueError where there is nothing pushed.
    """
    if not several or not len(several[0]):
        raise ValueError("no point is pushed; name a place or test points")
    options = options or Options()
    with sheet("pushes", options, facts(snapshot)) as (figure, style):
        shown = seen(snapshot)
        axes = figure.subplots()
        draw_plane(axes, shown, options, style)
        headline(axes, shown.scenario.title, f"step {shown.step:,}", style)
        handles = draw_arrows(axes, several, style)
        if shown.field.ndim == 2:
            bar(figure, axes, shown, options, style)
        legend(figure, [*class_handles(shown, options, style), *handles], options, style)
        if options.letters:
            letter_panels(figure, style)
        fit(figure, Planes(axes))
    return figure


def draw_arrows(axes: Axes, several: Sequence[Pushes], style: Style) -> list[Artist]:
    """The arrows, balls and circles on a plane that is drawn; their entries for a legend."""
    handles: list[Artist] = []
    for pushes in several:
        look = PUSHES[pushes.method]
        colour = look.colour(style.name == "dark")
        for part in arrows(pushes, colour, style, len(pushes) <= FEW):
            axes.add_collection(part)
        dashes: Any = (0, look.dashes) if look.dashes and len(pushes) <= FEW else "-"
        handles.append(
            Line2D([], [], color=colour, linewidth=1.3 * style.line, linestyle=dashes, label=words_of(pushes))
        )
    first = several[0]
    if len(first) <= FEW:
        if first.epsilon > 0:
            axes.add_collection(balls(first, axes, style))
            square = first.norm == "linf"
            handles.append(
                Line2D([], [], linestyle="none", marker="s" if square else "o", markersize=1.8 * style.marker,
                       markerfacecolor="none", markeredgecolor=style.ink, markeredgewidth=0.7 * style.line,
                       label=f"epsilon {first.epsilon:g}")
            )  # fmt: skip
        if (certified := next((one for one in several if one.certificates is not None), None)) is not None:
            axes.add_collection(circles(certified, axes, style))
            handles.append(
                Line2D([], [], color=style.ink, linewidth=style.line, linestyle=_CERTIFIED, label="certified radius")
            )
    return handles


def arrows(pushes: Pushes, colour: str, style: Style, dashed: bool = False) -> list[LineCollection]:
    """Lines from where each push begins to where it ends, and at the ends of those that change a decision two strokes
    that make them arrows; those that change none are pale."""
    start, end = pushes.places, pushes.ends_xy
    found = np.isfinite(end).all(axis=1) & (pushes.length > 0)
    if len(found) > MANY:
        found &= np.isin(np.arange(len(found)), np.linspace(0, len(found) - 1, MANY).astype(int))
    wide = style.line * (1.0 if len(found) <= FEW else 0.6)
    made = []
    for turned in (False, True):
        some = found & (pushes.flipped == turned)
        dashes = PUSHES[pushes.method].dashes
        lines = LineCollection(
            list(np.stack([start[some], end[some]], axis=1)), colors=colour, linewidths=wide,
            linestyles=[(0, dashes) if dashed and dashes else "-"], alpha=1.0 if turned else _PALE, zorder=_OVER,
        )  # fmt: skip
        lines.set_gid(f"{pushes.method}, {'turned' if turned else 'in vain'}")
        made.append(lines)
    across = found & pushes.flipped
    heads = LineCollection(_heads(start[across], end[across]), colors=colour, linewidths=wide, zorder=_OVER)
    heads.set_gid(f"{pushes.method}, heads")
    return [*made, heads]


def _heads(start: NDArray[np.float64], end: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Strokes (3, 2) of arrow heads: a quarter of the shaft long."""
    back = 0.25 * (start - end)
    turn = np.array([[0.9, 0.45], [-0.45, 0.9]])
    return list(np.stack([end + back @ turn, end, end + back @ turn.T], axis=1))


def balls(pushes: Pushes, axes: Axes, style: Style) -> PatchCollection | EllipseCollection:
    """Where pushes of at most epsilon lead, on the plane: discs, or squares in L-infinity."""
    look: Any = {"facecolors": "none", "edgecolors": style.ink, "linewidths": 0.7 * style.line, "zorder": _OVER}
    if pushes.norm == "linf":
        side = 2 * pushes.epsilon
        squares = [Rectangle((x - side / 2, y - side / 2), side, side) for x, y in pushes.places.tolist()]
        made: PatchCollection | EllipseCollection = PatchCollection(squares, **look)
    else:
        made = _rings(axes, pushes.places, np.full(len(pushes), pushes.epsilon), **look)
    made.set_gid("balls")
    return made


def circles(pushes: Pushes, axes: Axes, style: Style) -> EllipseCollection:
    """The radius within which each decision is certified; nothing where it is 0."""
    assert pushes.certificates is not None
    some = pushes.certificates > 0
    made = _rings(
        axes, pushes.places[some], pushes.certificates[some], facecolors="none", edgecolors=style.ink,
        linewidths=style.line, linestyles=[_CERTIFIED], zorder=_OVER,
    )  # fmt: skip
    made.set_gid("certified")
    return made


def _rings(axes: Axes, centres: NDArray[np.float64], radius: NDArray[np.float64], **look: Any) -> EllipseCollection:
    """Circles in units of the plane, whatever its scales are."""
    return EllipseCollection(
        2 * radius,
        2 * radius,
        np.zeros(len(radius)),
        units="xy",
        offsets=centres,
        offset_transform=axes.transData,
        **look,
    )


def words_of(pushes: Pushes) -> str:
    """'DeepFool: 0.41, 12 of 20 within 0.3' of many, 'DeepFool: 0.41' of one point."""
    name = PUSHES[pushes.method].words
    found = pushes.length[pushes.flipped]
    if not len(found):
        return f"{name}: none found"
    bound = "" if pushes.exact else "\u2264 " if pushes.method in ("nearest", "deepfool") else ""
    if len(pushes) == 1:
        return f"{name}: {bound}{found[0]:.3g}"
    return f"{name}: median {bound}{np.median(found):.3g}, {int(pushes.within.sum()):,} of {len(pushes):,} within"
