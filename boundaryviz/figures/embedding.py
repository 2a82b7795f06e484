"""The points as a model has them, beside the plane or alone: their places in the embedding, and what is read off it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from boundaryviz.engine.embeddings import Embedding
from boundaryviz.figures.plane import draw_boundary, draw_field, draw_marks
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, letters_beside, literal
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.unembedded import unembedded
from boundaryviz.scene.scene import Domain

FLIPPED = 2.6  # size of the ring around a point that the poison flipped, in times that of its symbol
_CELLS = 192  # of a field that is carried to another rectangle, along its longer side


def embedded(snapshot: Snapshot, rect: Domain | None = None) -> Snapshot:
    """The snapshot with its points and pins at their places in the embedding, over whose plane its field is; NaN where
    nothing is read off. rect: what is shown of that plane, by default all that the embedding has.

    Raises ValueError for a snapshot without an embedding.
    """
    found = snapshot.embedding
    if found is None:
        raise ValueError(unembedded(snapshot.scenario.learner) or "this snapshot was taken without its embedding")
    scene, predicted = snapshot.scene, snapshot.predicted
    _, at, rows = np.intersect1d(scene.points.ids, found.ids, assume_unique=True, return_indices=True)
    points = scene.points.take(at).with_columns(xy=found.xy[rows], inputs=None)
    pins = scene.targets if len(scene.targets) == len(found.pins) else ()
    pins = tuple(replace(pin, x=x, y=y) for pin, (x, y) in zip(pins, found.pins.tolist(), strict=False))
    shown = replace(
        scene, points=points, targets=pins, domain=rect or found.rect, section=None, measure=None, noise=None,
        axis_names=("dimension 1", "dimension 2") if plain(found) else ("x", "y"),
    )  # fmt: skip
    return replace(
        snapshot, scene=shown, rect=rect or found.rect, field=_field(found, rect or found.rect),
        predicted=None if predicted is None else predicted[at], cascade=None, p=None, clean_p=None, judged=None,
    )  # fmt: skip


def draw_embedding(axes: Axes, snapshot: Snapshot, options: Options, style: Style) -> None:
    """Draw the plane of the embedding of a snapshot, and below it how it was made. Raises as `embedded` does."""
    shown, found = embedded(snapshot), snapshot.embedding
    assert found is not None
    if np.isfinite(shown.field).any():
        draw_field(axes, shown, options, style)
        draw_boundary(axes, shown, style)
    draw_placed(axes, shown, options, style)
    if not (plain(found) and found.whole):
        axes.set_xlabel(literal(in_lines(found.words(), max(letters_beside(axes, style), 30), 3)))
    if trouble := found.health.trouble():
        axes.text(
            0.5, 0.5, literal(in_lines(trouble, 34, 5)), transform=axes.transAxes, ha="center", va="center", zorder=9,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": style.paper, "edgecolor": style.faint}, gid="trouble",
        )  # fmt: skip


def plain(found: Embedding) -> bool:
    """Whether it is the embedding as it is, in both its dimensions."""
    return found.own and found.health.width == 2


def draw_placed(axes: Axes, shown: Snapshot, options: Options, style: Style) -> None:
    """Points, pins and flips of what `embedded` made, and the axes around them."""
    draw_marks(axes, shown, options, style)
    draw_flipped(axes, shown, options, style)
    if shown.embedding is not None and not plain(shown.embedding):
        axes.set(xlabel="", ylabel="")  # the plane has been turned


def flipped_places(shown: Snapshot, options: Options) -> NDArray[np.float64]:
    """Where what the poison flipped lies (K, 2), on the plane or as `embedded` has it."""
    found, points = shown.embedding, shown.scene.points
    if found is None or found.flipped is None:
        return np.empty((0, 2))
    some = np.isin(points.ids, found.ids[found.flipped]) & (points.is_train | options.held_out)
    return np.asarray(points.xy[some])


def draw_flipped(axes: Axes, shown: Snapshot, options: Options, style: Style) -> None:
    """A thin ring around whatever the poison gave to another class."""
    xy = flipped_places(shown, options)
    if len(xy):
        axes.scatter(
            xy[:, 0], xy[:, 1], s=(FLIPPED * style.marker) ** 2, facecolor="none", edgecolor=style.ink,
            linewidth=0.45 * style.line, zorder=4.6, gid="flipped",
        )  # fmt: skip


def flipped_handles(snapshot: Snapshot, options: Options, style: Style) -> list[Line2D]:
    """Its entry in a legend, where there is any."""
    if snapshot.embedding is None or not len(flipped_places(embedded(snapshot), options)):
        return []
    look: Any = {"markerfacecolor": "none", "markeredgecolor": style.ink, "markeredgewidth": 0.45 * style.line}
    size = 1.9 * style.marker
    return [Line2D([], [], linestyle="none", marker="o", markersize=size, label="flipped by the poison", **look)]


def _field(found: Embedding, rect: Domain) -> NDArray[np.float32]:
    """What is read off `rect`; NaN where it is not known."""
    columns, rows = rect.shape(_CELLS, 1.0)
    if found.field is None:
        return np.full((rows, columns), np.nan, dtype=np.float32)
    if rect == found.ground:
        return found.field
    row, column, inside = found.ground.cells(rect.grid(columns, rows), *found.field.shape[:-3:-1])
    values = np.where(inside, found.field[..., row, column], np.float32(np.nan))
    return values.reshape(*found.field.shape[:-2], rows, columns).astype(np.float32)
