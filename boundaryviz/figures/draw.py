"""Whole figures of a run: `draw` composes planes and curves into one matplotlib Figure."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure, SubFigure

from boundaryviz import __version__
from boundaryviz.figures.cascade import draw_cascade
from boundaryviz.figures.flip import draw_flips, flip_handles
from boundaryviz.figures.palette import UNDER_POINTS, field_image
from boundaryviz.figures.plane import class_handles, draw_plane, literal
from boundaryviz.figures.progress import draw_curves
from boundaryviz.figures.sheet import FORMATS, SceneFigure, check_path, metadata, save, sheet
from boundaryviz.figures.style import AGAINST_CLEAN, VIEWS, Options, Style
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Split

__all__ = ["FORMATS", "SceneFigure", "check_path", "draw", "facts", "metadata", "save"]


@dataclass(frozen=True, eq=False)
class _Sheet:
    """What a composer draws on, and what it draws. clean: what the clean twin makes of it, where there is one."""

    figure: SceneFigure
    style: Style
    options: Options
    shown: Snapshot
    clean: Snapshot | None = None

    @property
    def width(self) -> float:
        """Of the figure, in inches."""
        return float(self.figure.get_size_inches()[0])


def draw(view: str, snapshot: Snapshot, options: Options | None = None, beside: Snapshot | None = None) -> SceneFigure:
    """A figure of `snapshot`; `view` is one of `VIEWS`. `beside`: the clean twin, for the views that need it.

    Drawn are the points that the model sees: nothing muted, no poison that is switched off, nothing withdrawn.
    Raises ValueError for a view that does not exist, or one without the twin or the cascade it needs.
    """
    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}; there are: {', '.join(VIEWS)}")
    if (view in AGAINST_CLEAN) != (beside is not None):
        raise ValueError(f"the view {view!r} needs a run with a clean twin")
    options = options or Options()
    with sheet(view, options, facts(snapshot)) as (figure, style):
        _COMPOSERS[view](_Sheet(figure, style, options, snapshot, beside))
    return figure


def seen(snapshot: Snapshot, groups: frozenset[int] | None = None) -> Snapshot:
    """With the points alone that a model sees on which these groups of poison act, default those switched on."""
    points, some = snapshot.scene.points, snapshot.scene.seen(groups)
    if some.all():
        return snapshot
    scene = replace(snapshot.scene, points=points.take(some))
    predicted, chains = snapshot.predicted, snapshot.cascade
    return replace(
        snapshot, scene=scene, predicted=None if predicted is None else predicted[some],
        cascade=None if chains is None else chains.among(int(some.sum()), np.where(some, np.cumsum(some) - 1, -1)),
    )  # fmt: skip


def flip_rate(poisoned: Snapshot, clean: Snapshot) -> float | None:
    """The share of test points that the two predict differently; None where they were not asked."""
    points, a, b = poisoned.scene.points, poisoned.predicted, clean.predicted
    test = (points.split == Split.TEST) & ~points.muted
    return None if a is None or b is None or not test.any() else float((a != b)[test].mean())


# ---- the views ------------------------------------------------------------------------------------------


def _boundary(on: _Sheet) -> None:
    shown = seen(on.shown)
    plane = _plane(on.figure, shown, on.options, on.style, bar=True)
    _legend(on.figure, class_handles(shown, on.options, on.style), on.style)
    _fit(on.figure, plane)


def _progress(on: _Sheet) -> None:
    on.figure.set_size_inches(on.width, 0.42 * on.width)
    _curves(on.figure, on.shown, on.style, columns=2)


def _summary(on: _Sheet) -> None:
    on.figure.set_size_inches(on.width, 0.5 * on.width)
    shown = seen(on.shown)
    left, right = _halves(on.figure, 0.55)
    plane = _plane(left, shown, on.options, on.style, bar=True)
    _legend(left, class_handles(shown, on.options, on.style), on.style)
    _curves(right, shown, on.style, columns=1)
    _fit(on.figure, plane)


def _twin(on: _Sheet) -> None:
    assert on.clean is not None
    on.figure.set_size_inches(on.width, 0.5 * on.width)
    shown = seen(on.shown)
    left, right = _halves(on.figure, 0.5)
    _plane(left, seen(on.clean, frozenset()), on.options, on.style, title="clean twin")
    plane = _plane(right, shown, on.options, on.style, title="poisoned", right=_flips(on))
    _legend(on.figure, class_handles(shown, on.options, on.style), on.style)
    _fit(on.figure, plane)


def _flip(on: _Sheet) -> None:
    assert on.clean is not None
    shown = seen(on.shown)
    axes = on.figure.subplots()
    draw_flips(axes, shown, on.clean, on.options, on.style)
    _headline(axes, shown.scenario.title, _flips(on), on.style)
    handles = [*class_handles(shown, on.options, on.style), *flip_handles(shown, on.clean, on.style)]
    _legend(on.figure, handles, on.style)
    _fit(on.figure, axes)


def _cascade(on: _Sheet) -> None:
    shown = seen(on.shown)
    axes = draw_cascade(on.figure, shown, on.options, on.style)
    _headline(axes, shown.scenario.title, f"step {shown.step:,}", on.style)
    _legend(on.figure, class_handles(shown, on.options, on.style), on.style)
    _fit(on.figure, axes)


_COMPOSERS: dict[str, Callable[[_Sheet], None]] = {
    "boundary": _boundary,
    "curves": _progress,
    "summary": _summary,
    "twin": _twin,
    "flip": _flip,
    "cascade": _cascade,
}


def _flips(on: _Sheet) -> str:
    assert on.clean is not None
    share = flip_rate(on.shown, on.clean)
    return f"step {on.shown.step:,}" if share is None else f"{100 * share:.3g} % flipped, step {on.shown.step:,}"


# ---- their parts ----------------------------------------------------------------------------------------


def facts(snapshot: Snapshot) -> dict[str, str]:
    """What a figure's file says about itself."""
    return {
        "scenario": snapshot.scenario.name,
        "title": snapshot.scenario.title,
        "seed": str(snapshot.scenario.training.seed),
        "step": str(snapshot.step),
        "version": __version__,
    }


def _halves(figure: Figure, left: float) -> tuple[SubFigure, SubFigure]:
    """Two parts side by side, the first with the share `left` of the width."""
    parts: Any = figure.subfigures(1, 2, width_ratios=(left, 1.0 - left))
    return parts[0], parts[1]


def _fit(figure: Figure, plane: Axes) -> None:
    """Give the figure the height at which `plane` fills its place at equal scales, between 0.35 and 1.5 widths."""
    if plane.get_aspect() == "auto":
        return
    engine: Any = figure.get_layout_engine()
    width, height = figure.get_size_inches()
    plane.set_aspect("auto")  # filling its place, it shows how much room the things around it take
    for _ in range(2):  # that room changes a little with the size, as tick labels come and go
        engine.execute(figure)
        place, (across, up) = plane.get_position(), _part(plane)
        wanted = place.width * across * width * plane.get_data_ratio() - place.height * up * height
        height = float(np.clip(height + wanted, 0.35 * width, 1.5 * width))
        figure.set_size_inches(width, height)
    plane.set_aspect("equal")


def _part(axes: Axes) -> tuple[float, float]:
    """The share of the whole figure's width and height that belongs to the axes' subfigure."""
    whole, part = axes.figure.get_figure(root=True).bbox, axes.figure.bbox
    return part.width / whole.width, part.height / whole.height


def _plane(
    part: Figure | SubFigure,
    snapshot: Snapshot,
    options: Options,
    style: Style,
    title: str | None = None,
    right: str | None = None,
    bar: bool = False,
) -> Axes:
    axes = part.subplots()
    draw_plane(axes, snapshot, options, style)
    _headline(axes, title or snapshot.scenario.title, right or f"step {snapshot.step:,}", style)
    if bar and snapshot.field.ndim == 2:
        _bar(part, axes, snapshot, options, style)
    return axes


def _legend(part: Figure | SubFigure, handles: Sequence[Artist], style: Style) -> None:
    """A legend below, in as many columns as `part` is wide enough for."""
    if handles:
        longest = max(len(str(handle.get_label())) for handle in handles)
        room = 72 * part.bbox.width / part.figure.dpi
        columns = int(room / (style.text * (0.6 * longest + 2.8)))
        part.legend(handles=handles, loc="outside lower center", ncols=max(1, min(columns, len(handles))))


def _headline(axes: Axes, words: str, right: str, style: Style) -> None:
    """A title in at most two lines, which end before the words at the right."""
    room = 72 * axes.figure.bbox.width / axes.figure.dpi - 7 * style.text  # less what stands beside the axes
    letters = int(room / (0.66 * style.text) - 0.9 * len(right))
    lines = textwrap.wrap(words, max(letters, 12), max_lines=2, placeholder=" \u2026")
    axes.set_title(literal("\n".join(lines)), fontweight="bold")
    axes.set_title(right, loc="right", color=style.faint, fontsize=0.9 * style.text)


def _bar(part: Figure | SubFigure, axes: Axes, snapshot: Snapshot, options: Options, style: Style) -> None:
    """A thin scale of the probability."""
    shares = np.linspace(0.0, 1.0, 256, dtype=np.float32)[None]
    colours = field_image(shares, style.middle, options.levels, UNDER_POINTS)[0] / 255.0
    scale = ScalarMappable(Normalize(0, 1), ListedColormap(colours))
    bar = part.colorbar(scale, cax=axes.inset_axes((1.025, 0.0, 0.025, 1.0)), ticks=[0, 0.5, 1])
    bar.set_label(f"probability of {literal(snapshot.scene.class_name(1))}")
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    bar.ax.set_yticklabels(["0", "½", "1"])


def _curves(part: Figure | SubFigure, snapshot: Snapshot, style: Style, columns: int) -> None:
    loss, error = part.subplots(2 // columns, columns, sharex=columns == 1)
    draw_curves(loss, snapshot.curves, "loss", style)
    draw_curves(error, snapshot.curves, "error", style)
    if columns == 1:
        loss.set_xlabel("")
    handles, words = loss.get_legend_handles_labels()
    if handles:
        part.legend(handles, words, loc="outside lower center", ncols=3)
