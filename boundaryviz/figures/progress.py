"""Loss and error over training on matplotlib axes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from boundaryviz.figures.style import Style
from boundaryviz.record.curves import CurveStore

_SPLITS = ("train", "validation", "test")


def draw_curves(axes: Axes, curves: CurveStore, measure: str, style: Style) -> None:
    """Curves of `measure` ('loss' or 'error') for the three splits: their mean, and the range of the replicas.

    Losses get a logarithmic axis where they span more than a decade. The step of the lowest mean
    validation loss is marked.
    """
    axes.set_ylabel(measure)
    axes.set_xlabel("training step")
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    colours = {"train": style.train, "validation": style.validation, "test": style.test}
    drawn = [_draw_one(axes, curves, f"{split}_{measure}", split, colours[split], style) for split in _SPLITS]
    if not any(drawn):
        axes.text(0.5, 0.5, "not evaluated yet", transform=axes.transAxes, ha="center", va="center", color=style.faint)
        axes.set(xticks=[], yticks=[])
        return
    axes.set_xlim(int(curves.step[0]), max(int(curves.step[-1]), int(curves.step[0]) + 1))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    if measure == "error":
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
        highest = max(float(np.nanmax(curves.column(f"{split}_error"), initial=0.0)) for split in _SPLITS)
        axes.set_ylim(0.0, 1.08 * highest + 0.005)
    elif _spans_a_decade(axes):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0.0)
    _mark_best(axes, curves, style, named=measure == "loss")


def _draw_one(axes: Axes, curves: CurveStore, name: str, words: str, colour: str, style: Style) -> bool:
    values = curves.column(name)
    known = np.isfinite(values).any(axis=1)
    if not known.any():
        return False
    step, values = curves.step[known], values[known]
    width = {"train": 0.75, "test": 0.75}.get(words, 1.0) * style.line
    dashes = (0, (4, 2)) if words == "test" else "-"
    axes.plot(step, np.nanmean(values, axis=1), color=colour, linewidth=width, linestyle=dashes, label=words, gid=name)
    if values.shape[1] > 1:
        axes.fill_between(
            step, np.nanmin(values, axis=1), np.nanmax(values, axis=1), color=colour, alpha=0.14, linewidth=0
        )
    return True


def _heights(axes: Axes) -> NDArray[np.float64]:
    """Every height of every curve drawn so far."""
    return np.concatenate([np.asarray(line.get_ydata(), dtype=np.float64) for line in axes.get_lines()])


def _spans_a_decade(axes: Axes) -> bool:
    values = _heights(axes)
    return bool(values.min() > 0 and values.max() > 10 * values.min())


def best_step(curves: CurveStore) -> int | None:
    """The step of the lowest validation loss, averaged over the replicas; None without one."""
    if not len(curves):
        return None
    loss = curves.column("validation_loss").mean(axis=1)
    return int(curves.step[np.nanargmin(loss)]) if np.isfinite(loss).any() else None


def _mark_best(axes: Axes, curves: CurveStore, style: Style, named: bool) -> None:
    best = best_step(curves)
    if best is None or best == int(curves.step[0]):
        return
    axes.axvline(best, color=style.faint, linewidth=0.6 * style.line, linestyle=(0, (2, 2)), zorder=1)
    if not named:
        return
    share = best / int(curves.step[-1])
    axes.annotate(  # above the frame, where no curve runs
        f"best {best:,}", (best, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 1.5),
        textcoords="offset points", ha="left" if share < 0.15 else "right" if share > 0.85 else "center",
        va="bottom", color=style.faint, fontsize=0.85 * style.text,
    )  # fmt: skip
