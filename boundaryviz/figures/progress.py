"""Loss and error over training on matplotlib axes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from boundaryviz.figures.style import Style
from boundaryviz.record.curves import CurveStore

BEST = "best"
"""The gid of the words at the lowest validation loss."""
_SPLITS = ("train", "validation", "test")
# of lines in one plot: by dash and width alone each is told from the others, whatever their colours become in print
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (8, 2, 1, 2)), (0, (4, 1.5, 1, 1.5, 1, 1.5)))
_LOOKS = tuple((dashes, width) for width, dashes in product((1.0, 1.8), _DASHES))


def draw_curves(axes: Axes, curves: CurveStore, measure: str, style: Style, named: bool = True) -> None:
    """Curves of `measure` ('loss' or 'error') for the three splits: their mean, and the range of the replicas.

    Losses get a logarithmic axis where they span more than a decade. The step of the lowest mean
    validation loss is marked, and `named` unless another plot beside does it.
    """
    axes.set_ylabel(measure)
    axes.set_xlabel("training step")
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    colours = {"train": style.train, "validation": style.validation, "test": style.test}
    drawn = [_draw_one(axes, curves, f"{split}_{measure}", split, colours[split], style) for split in _SPLITS]
    if not any(drawn):
        _say_nothing_is_known(axes, style)
        return
    _steps(axes, [curves])
    if measure == "error":
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
        highest = max(float(np.nanmax(curves.column(f"{split}_error"), initial=0.0)) for split in _SPLITS)
        axes.set_ylim(0.0, 1.08 * highest + 0.005)
    else:
        _losses(axes)
    _mark_best(axes, curves, style, named)


def draw_overlay(axes: Axes, several: Sequence[tuple[str, CurveStore]], style: Style) -> None:
    """The validation loss of up to ten runs, each the mean of its replicas under its name, told apart by dash and
    width. A run that holds out nothing has none."""
    axes.set_ylabel("validation loss")
    axes.set_xlabel("training step")
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    for at, (name, curves) in enumerate(several):
        values = curves.column("validation_loss")
        known = np.isfinite(values).any(axis=1)
        if known.any():
            dashes, width = _LOOKS[at % len(_LOOKS)]
            axes.plot(
                curves.step[known], np.nanmean(values[known], axis=1), label=name, linestyle=dashes,
                linewidth=width * style.line, color=style.series[at % len(style.series)], gid=f"loss {at + 1}",
            )  # fmt: skip
    if not axes.get_lines():
        _say_nothing_is_known(axes, style)
        return
    _steps(axes, [curves for _, curves in several if len(curves)])
    _losses(axes)


def _say_nothing_is_known(axes: Axes, style: Style) -> None:
    axes.text(0.5, 0.5, "not evaluated yet", transform=axes.transAxes, ha="center", va="center", color=style.faint)
    axes.set(xticks=[], yticks=[])


def _steps(axes: Axes, several: Sequence[CurveStore]) -> None:
    """The axis of steps, from the first that is known to the last."""
    first = min(int(curves.step[0]) for curves in several)
    axes.set_xlim(first, max(*(int(curves.step[-1]) for curves in several), first + 1))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))


def _losses(axes: Axes) -> None:
    if _spans_a_decade(axes):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0.0)


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
    """The step of the lowest validation loss, averaged over the replicas, but without those that diverged where others
    did not; None without one."""
    if not len(curves):
        return None
    loss = curves.column("validation_loss")
    trained = np.isfinite(loss[-1])
    loss = (loss[:, trained] if trained.any() else loss).mean(axis=1)
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
        va="bottom", color=style.faint, fontsize=0.85 * style.text, gid=BEST,
    )  # fmt: skip
