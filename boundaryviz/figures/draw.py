"""Whole figures of a run: `draw` composes planes and curves into one matplotlib Figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from boundaryviz import __version__
from boundaryviz.attacks.budget import Budget
from boundaryviz.engine.height_map import flat
from boundaryviz.figures.cascade import draw_cascade
from boundaryviz.figures.embedding import draw_embedding, draw_flipped, flipped_handles
from boundaryviz.figures.flip import draw_flips, flip_handles, regions
from boundaryviz.figures.heights import (
    NO_HEIGHTS,
    draw_heights,
    draw_surface,
    heights_words,
    sheet_collections,
    sheet_handles,
    sheet_lines,
)
from boundaryviz.figures.multiples import draw_compare, draw_frames
from boundaryviz.figures.parts import Planes, bar, fit, halves, headline, legend, letter_panels
from boundaryviz.figures.plane import class_handles, draw_boundary, draw_marks, draw_plane
from boundaryviz.figures.progress import draw_curves
from boundaryviz.figures.ranking import draw_calibration, draw_precision, draw_roc, held_out
from boundaryviz.figures.sheet import FORMATS, SceneFigure, check_path, metadata, save, sheet
from boundaryviz.figures.style import AGAINST_CLEAN, SEVERAL, VIEWS, Options, Style
from boundaryviz.figures.verdict import NO_DEFENCE, NO_VERDICT, draw_operating, draw_scores
from boundaryviz.record.headline import budget_words
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.record.verdict import Rates, told
from boundaryviz.scene.plain_text import one_line
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
    others: tuple[Snapshot, ...] = ()

    @property
    def width(self) -> float:
        """Of the figure, in inches."""
        return float(self.figure.get_size_inches()[0])


def draw(
    view: str,
    snapshot: Snapshot,
    options: Options | None = None,
    beside: Snapshot | None = None,
    others: Sequence[Snapshot] = (),
) -> SceneFigure:
    """A figure of `snapshot`; `view` is one of `VIEWS`. `beside`: the clean twin, for the views that need it.

    others: for 'frames' the moments in their order, for 'compare' those to be compared; drawn are these, and
    `snapshot` is the one that the file names.

    Drawn are the points that the model sees: nothing muted, no poison that is switched off, nothing withdrawn.
    Raises ValueError for a view that does not exist, or one without the twin, the cascade or the others it needs.
    """
    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}; there are: {', '.join(VIEWS)}")
    if (view in AGAINST_CLEAN) != (beside is not None):
        raise ValueError(f"the view {view!r} needs a run with a clean twin")
    if (view in SEVERAL) != bool(others):
        raise ValueError(f"the views {' and '.join(SEVERAL)}, and no others, show several moments or runs")
    options = options or Options()
    with sheet(view, options, facts(snapshot)) as (figure, style):
        planes = _COMPOSERS[view](_Sheet(figure, style, options, snapshot, beside, tuple(others)))
        if options.letters:
            letter_panels(figure, style)
        if planes is not None:
            fit(figure, planes)
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
        p=None if snapshot.p is None else snapshot.p[some],
        clean_p=None if snapshot.clean_p is None else snapshot.clean_p[some],
        cascade=None if chains is None else chains.among(int(some.sum()), np.where(some, np.cumsum(some) - 1, -1)),
    )  # fmt: skip


def flip_rate(poisoned: Snapshot, clean: Snapshot) -> float | None:
    """The share of test points that the two predict differently; None where they were not asked, or where one of
    them, having diverged, decides none."""
    points, a, b = poisoned.scene.points, poisoned.predicted, clean.predicted
    test = (points.split == Split.TEST) & ~points.muted & ~points.is_poison
    if a is None or b is None or not test.any() or (a[test] < 0).all() or (b[test] < 0).all():
        return None
    return float((a != b)[test].mean())


# ---- the views ------------------------------------------------------------------------------------------


def _boundary(on: _Sheet) -> Planes:
    shown = seen(on.shown)
    plane = _plane(on.figure, shown, on, with_bar=True)
    legend(on.figure, class_handles(shown, on.options, on.style), on.options, on.style)
    return Planes(plane)


def _progress(on: _Sheet) -> None:
    on.figure.set_size_inches(on.width, 0.42 * on.width)
    _curves(on.figure, on, columns=2)


def _summary(on: _Sheet) -> Planes:
    on.figure.set_size_inches(on.width, 0.5 * on.width)
    shown = seen(on.shown)
    left, right = halves(on.figure, 0.55)
    plane = _plane(left, shown, on, with_bar=True)
    legend(left, class_handles(shown, on.options, on.style), on.options, on.style)
    _curves(right, on, columns=1)
    return Planes(plane)


def _twin(on: _Sheet) -> Planes:
    assert on.clean is not None
    on.figure.set_size_inches(on.width, 0.5 * on.width)
    shown = seen(on.shown)
    left, right = halves(on.figure, 0.5)
    _plane(left, seen(on.clean, frozenset()), on, title="clean twin")
    told = _flips(on)
    for less in (", step", " by "):  # where there is no room: the step stands on the left as well
        if 36 * on.width < on.style.text * (0.6 * len(told) + 12):
            told = told.partition(less)[0]
    plane = _plane(right, shown, on, title="poisoned", right=told)
    legend(on.figure, class_handles(shown, on.options, on.style), on.options, on.style)
    return Planes(plane)


def _flip(on: _Sheet) -> Planes:
    assert on.clean is not None
    shown = seen(on.shown)
    axes = on.figure.subplots()
    draw_flips(axes, shown, on.clean, on.options, on.style)
    headline(axes, shown.scenario.title, _flips(on), on.style)
    became = regions(shown.leaning, on.clean.leaning)
    handles = [*class_handles(shown, on.options, on.style), *flip_handles(shown.scene, became, on.style)]
    legend(on.figure, handles, on.options, on.style)
    return Planes(axes)


def _cascade(on: _Sheet) -> Planes:
    shown = seen(on.shown)
    axes = draw_cascade(on.figure, shown, on.options, on.style)
    headline(axes, shown.scenario.title, f"step {shown.step:,}", on.style)
    legend(on.figure, class_handles(shown, on.options, on.style), on.options, on.style)
    return Planes(axes)


def _embedding(on: _Sheet) -> Planes:
    on.figure.set_size_inches(on.width, 0.54 * on.width)
    shown = seen(on.shown)
    left, right = halves(on.figure, 0.5)
    plane, beside = _plane(left, shown, on), right.subplots()
    draw_flipped(plane, shown, on.options, on.style)
    draw_embedding(beside, shown, on.options, on.style)
    headline(beside, "embedding", f"step {shown.step:,}", on.style)
    handles = [*class_handles(shown, on.options, on.style), *flipped_handles(shown, on.options, on.style)]
    legend(on.figure, handles, on.options, on.style)
    return Planes(plane)


def _frames(on: _Sheet) -> Planes:
    return draw_frames(on.figure, [seen(one) for one in on.others], on.options, on.style)


def _compare(on: _Sheet) -> Planes:
    return draw_compare(on.figure, [seen(one) for one in on.others], on.options, on.style)


def _roc(on: _Sheet) -> None:
    on.figure.set_size_inches(on.width, 0.54 * on.width)
    shown = seen(on.shown)
    left, right = on.figure.subplots(1, 2)
    draw_roc(left, shown, on.style)
    draw_precision(right, shown, on.style)
    headline(left, shown.scenario.title, "", on.style)
    headline(right, "", _held_out(shown), on.style)


def _calibration(on: _Sheet) -> None:
    on.figure.set_size_inches(on.width, 1.05 * on.width)
    shown = seen(on.shown)
    axes = on.figure.subplots()
    draw_calibration(axes, shown, on.style)
    headline(axes, shown.scenario.title, _held_out(shown), on.style)


def _defence(on: _Sheet) -> Planes:
    if on.shown.judged is None:
        raise ValueError(NO_DEFENCE if on.shown.scenario.defence is None else NO_VERDICT)
    on.figure.set_size_inches(on.width, 0.56 * on.width)
    shown = seen(on.shown)
    left, right = halves(on.figure, 0.55)
    plane = left.subplots()
    draw_plane(plane, shown, on.options, on.style)
    headline(plane, shown.scenario.title, f"step {shown.step:,}", on.style)
    legend(left, class_handles(shown, on.options, on.style), on.options, on.style)
    scores, rates = right.subplots(2, 1)
    draw_scores(scores, on.shown, on.style)
    draw_operating(rates, on.shown, on.style)
    settings = on.shown.scenario.defence
    headline(scores, "" if settings is None else settings.TITLE, "", on.style)
    rates.set_title(_removed_words(on.shown), color=on.style.faint, fontsize=0.9 * on.style.text)
    return Planes(plane)


def _heights(on: _Sheet) -> Planes:
    found = on.shown.heights
    if found is None:
        raise ValueError(flat(on.shown.scene) or NO_HEIGHTS)
    on.figure.set_size_inches(on.width, 0.5 * on.width)
    shown = seen(on.shown)
    left, right = halves(on.figure, 0.52)
    plane = left.subplots()
    draw_heights(left, plane, found, on.style)
    draw_boundary(plane, shown, on.style)
    for drawn, lines in zip(sheet_collections(on.style), sheet_lines(found), strict=True):
        drawn.set_segments(lines)
        plane.add_collection(drawn)
    draw_marks(plane, shown, on.options, on.style)
    headline(plane, shown.scenario.title, f"{heights_words(found)}, step {shown.step:,}", on.style)
    legend(left, [*class_handles(shown, on.options, on.style), *sheet_handles(found, on.style)], on.options, on.style)
    draw_surface(right, shown, found, on.options, on.style)
    return Planes(plane)


_COMPOSERS: dict[str, Callable[[_Sheet], Planes | None]] = {
    "boundary": _boundary,
    "curves": _progress,
    "summary": _summary,
    "twin": _twin,
    "flip": _flip,
    "cascade": _cascade,
    "embedding": _embedding,
    "roc": _roc,
    "calibration": _calibration,
    "defence": _defence,
    "heights": _heights,
    "frames": _frames,
    "compare": _compare,
}


# ---- their parts ----------------------------------------------------------------------------------------


def facts(snapshot: Snapshot) -> dict[str, str]:
    """What a figure's file says about itself, each fact one line."""
    return {
        "scenario": one_line(snapshot.scenario.name),
        "title": one_line(snapshot.scenario.title),
        "seed": str(snapshot.scenario.training.seed),
        "step": str(snapshot.step),
        "version": __version__,
    }


def _held_out(snapshot: Snapshot) -> str:
    split = held_out(snapshot)
    return ("" if split is None else f"{split.name.lower()} points, ") + f"step {snapshot.step:,}"


def _flips(on: _Sheet) -> str:
    assert on.clean is not None
    share = flip_rate(on.shown, on.clean)
    if share is None:
        return f"step {on.shown.step:,}"
    budget = Budget.of(on.shown.scene)
    by = f" by {budget_words(budget)}" if budget.poison else ""
    return f"{100 * share:.3g} % flipped{by}, step {on.shown.step:,}"


def _removed_words(snapshot: Snapshot) -> str:
    """What the defence removed, in two short lines."""
    assert snapshot.judged is not None
    return told([Rates.of(snapshot.judged)]).replace(": ", ":\n", 1)


def _plane(
    part: Figure | SubFigure,
    snapshot: Snapshot,
    on: _Sheet,
    title: str | None = None,
    right: str | None = None,
    with_bar: bool = False,
) -> Axes:
    axes = part.subplots()
    draw_plane(axes, snapshot, on.options, on.style)
    headline(axes, title or snapshot.scenario.title, right or f"step {snapshot.step:,}", on.style)
    if with_bar and snapshot.field.ndim == 2:
        bar(part, axes, snapshot, on.options, on.style)
    return axes


def _curves(part: Figure | SubFigure, on: _Sheet, columns: int) -> None:
    curves = on.shown.curves
    if len(curves) and np.isnan(curves.column("train_error")).all():  # responses are not right or wrong
        loss = part.subplots()
        draw_curves(loss, curves, "loss", on.style)
    else:
        loss, error = part.subplots(2 // columns, columns, sharex=columns == 1)
        draw_curves(loss, curves, "loss", on.style)
        draw_curves(error, curves, "error", on.style, named=False)
        if columns == 1:
            loss.set_xlabel("")
    handles, words = loss.get_legend_handles_labels()
    if handles and on.options.legend:
        part.legend(handles, words, loc="outside lower center", ncols=3)
