"""The figure of an effect map: for each label the plane in the colours of what a point or a heap there would do."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from numpy.typing import NDArray

from boundaryviz.figures.draw import facts, seen
from boundaryviz.figures.effect_colours import effect_image
from boundaryviz.figures.parts import letter_panels
from boundaryviz.figures.plane import draw_boundary, draw_marks
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.effect_map import MEASURES, EffectMap
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.plain_text import one_line

FINE = 8
"""Cells of the picture for each cell of the grid, in which it is bilinear."""
MOST = 4
"""Labels, each with a plane of its own; of more only the first have one."""
_FLOOR_DASHES = (0.0, (1.0, 1.6))
_ABOVE = 4.2  # in matplotlib's order of drawing: over the points


def draw_effect_map(found: EffectMap, snapshot: Snapshot, options: Options | None = None) -> SceneFigure:
    """A plane for each label: the change that the heap there brings, on one diverging scale that is symmetric about 0,
    with the points and the boundary of the model without it; a cross where the change is largest, and a dotted line
    around what is more than the distance of two seeds' maps.

    snapshot: of the scenario, over the rectangle that is mapped.
    """
    options = options or Options()
    with sheet("effect-map", options, facts(snapshot)) as (figure, style):
        shown, labels = seen(snapshot), found.labels[:MOST]
        width, line = float(figure.get_size_inches()[0]), style.text / 72
        notes = _notes(found, int(2.0 * width / line))
        d = found.domain
        shape = min(max(d.height / d.width, 0.4), 1.6) if d.is_even else 0.85
        across = max(len(labels), 2)
        figure.set_size_inches(width, 0.86 * width / across * shape + (7.5 + 1.4 * len(notes)) * line)
        figure.suptitle(
            in_lines(snapshot.scenario.title, int(width / (0.66 * line))), x=0.01, ha="left", fontsize=style.text,
            fontweight="bold",
        )  # fmt: skip
        row = figure.subplots(1, across, squeeze=False)[0]
        for axes, label in zip(row, labels, strict=False):
            _draw_label(axes, found, label, shown, options, style)
        for axes in row[len(labels) :]:
            axes.set_axis_off()
        _bar(figure, list(row[: len(labels)]), found, options, style)
        if options.letters:
            letter_panels(figure, style)
        figure.supxlabel(
            "\n".join(notes), x=0.01, ha="left", color=style.faint, fontsize=0.85 * style.text, linespacing=1.35
        )
    return figure


def picture(found: EffectMap, label: int, middle: str, levels: int | None = None) -> NDArray[np.uint8]:
    """The colours of one label's map over its domain, uint8 (rows, columns, 4), row 0 at the bottom; what is not known
    is `middle`. levels: round to this many steps, of which the one around 0 is one; None is smooth."""
    side = FINE * found.level
    values = found.at(found.domain.grid(side, side))[found.labels.index(label)].reshape(side, side)
    top = scale_of(found)
    return effect_image(in_steps(values, top, levels), top, middle, found.floor)


def in_steps(values: NDArray[np.float64], top: float, levels: int | None) -> NDArray[np.float64]:
    """Values between -top and top, rounded to an odd number of steps, `levels` or one more, so that one is 0."""
    if levels is None:
        return values
    step = top / max(levels // 2, 1)
    rounded: NDArray[np.float64] = np.rint(values / step) * step
    return rounded


def scale_of(found: EffectMap) -> float:
    """What the scale ends at, up and down; that of a map on which nothing changes is no map of rounding."""
    return 1.0 if found.flat else found.largest


def _draw_label(axes: Axes, found: EffectMap, label: int, shown: Snapshot, options: Options, style: Style) -> None:
    d, values = found.domain, found.values[found.labels.index(label)]
    drawn = axes.imshow(
        picture(found, label, style.middle, options.levels), extent=(d.left, d.right, d.bottom, d.top), origin="lower",
        interpolation="nearest", aspect="auto", zorder=0,
    )  # fmt: skip
    drawn.set_gid(f"effect of {label}")
    draw_boundary(axes, shown, style)
    draw_marks(axes, shown, options, style)
    if found.floor and np.nanmax(np.abs(values)) > found.floor:
        x, y = found.nodes
        lines = axes.contour(
            x, y, np.nan_to_num(np.abs(values)), levels=[found.floor], colors=style.faint, linewidths=0.8 * style.line,
            linestyles=[_FLOOR_DASHES], zorder=2.2,
        )  # fmt: skip
        lines.set_gid("seed floor")
    best = found.best()
    if best is not None and best[1] == label and not found.flat:
        for colour, wide in ((style.paper, 2.6), (style.ink, 1.2)):
            axes.plot(
                *best[0], marker="x", markersize=1.8 * style.marker, color=colour, markeredgewidth=wide * style.line,
                linestyle="none", zorder=_ABOVE, clip_on=False, gid="largest change",
            )  # fmt: skip
    axes.set(xlim=(d.left, d.right), ylim=(d.bottom, d.top))
    axes.set_title(literal(one_line(found.label_words(label), 40)), fontsize=0.9 * style.text)


def _bar(figure: SceneFigure, row: list[Axes], found: EffectMap, options: Options, style: Style) -> None:
    """A thin scale below the planes."""
    shares = in_steps(np.linspace(-1.0, 1.0, 257), 1.0, options.levels)
    colours = ListedColormap(effect_image(shares[None], 1.0, style.middle)[0] / 255.0)
    drawn = figure.colorbar(
        ScalarMappable(Normalize(-1.0, 1.0), colours),
        ax=row,
        location="bottom",
        shrink=0.5,
        aspect=40,
        ticks=[-1, 0, 1],
    )
    drawn.outline.set_visible(False)
    drawn.ax.tick_params(length=0, labelsize=0.85 * style.text)
    limit = scale_of(found)
    drawn.ax.set_xticklabels(
        ["no change" if found.flat and k == 0 else change_words(found, k * limit) for k in (-1, 0, 1)]
    )
    drawn.set_label(f"change of the {MEASURES[found.measure]}", fontsize=0.85 * style.text)


def change_words(found: EffectMap, change: float) -> str:
    """'+3.2 points' of a rate, '+0.12' of a lead."""
    if found.measure == "pin":
        return f"{change:+.2g}".replace("-", "\u2212") if change else "0"
    return f"{100 * change:+.2g} points".replace("-", "\u2212") if change else "0"


def _notes(found: EffectMap, letters: int) -> list[str]:
    """What is shown, how sure it is, and what has to be said."""
    best, unit = found.best(), "" if found.measure == "pin" else " points"
    base = f"{found.base:.3g}" if found.measure == "pin" else f"{100 * found.base:.3g} %"
    words = [f"{found.learner}; {found.heap_words()} at each place, trained anew {found.fits:,} times."]
    if found.measure != "flips" and np.isfinite(found.base):
        words.append(f"Without: {MEASURES[found.measure]} {base}.")
    if best is not None and not found.flat:
        words.append(f"The cross: {change_words(found, best[2])}, as {found.label_words(best[1])}.")
    if found.floor is not None:
        floor = found.floor if found.measure == "pin" else 100 * found.floor
        words.append(
            f"Mean of {len(found.seeds)} seeds, whose maps lie {floor:.2g}{unit} apart; dotted: changes of more."
        )
    if len(found.labels) > MOST:
        words.append(f"Of {len(found.labels)} labels the first {MOST} are shown.")
    words.append(found.words)
    return textwrap.wrap(literal(" ".join(filter(None, words))), max(letters, 20), break_on_hyphens=False)
