"""The curves of a film: faint as a whole, and in full as far as the checkpoint that is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from boundaryviz.figures.palette import POISON
from boundaryviz.figures.plane import OVER_SPINES
from boundaryviz.figures.progress import BEST, best_step, draw_curves
from boundaryviz.figures.style import Style
from boundaryviz.figures.words import literal
from boundaryviz.record.curves import CurveStore

_FAINT = 0.32  # of a curve that is still to come


class MovingCurves:
    """Curves that stand there faintly as a whole and in full up to the checkpoint, where a cursor stands.

    measure: 'loss', 'error' or 'flips'. values: those of a sweep, in words. named: as for `draw_curves`.
    """

    def __init__(
        self,
        axes: Axes,
        history: CurveStore,
        measure: str,
        style: Style,
        values: Sequence[str] = (),
        named: bool = True,
    ) -> None:
        self.axes = axes
        if measure == "flips":
            _draw_flips(axes, history, style)
        else:
            draw_curves(axes, history, measure, style, named)
        if values and len(history):
            axes.xaxis.set_major_locator(_some_of(len(values)))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: literal(values[round(at)])))
            if (best := best_step(history)) is not None:
                for words in axes.texts:
                    if words.get_gid() == BEST:
                        words.set_text(f"best {literal(values[best])}")
        axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim(), autoscale_on=False)
        self._log = axes.get_yscale() == "log"
        self._whole = [line for line in axes.get_lines() if line.get_gid()]
        self._data = [_known(line) for line in self._whole]
        self._so_far = [_beside(line, style) for line in self._whole]
        self._cursor = axes.axvline(0.0, color=style.faint, linewidth=0.6 * style.line, zorder=OVER_SPINES)
        self._cursor.set_visible(bool(self._whole))
        for line, now in zip(self._whole, self._so_far, strict=True):
            line.set_alpha(_FAINT)
            axes.add_line(now)

    @property
    def artists(self) -> list[Artist]:
        """What changes from one checkpoint to the next."""
        return [self._cursor, *self._so_far]

    def draw(self, renderer: RendererAgg) -> None:
        """Draw what changes."""
        for artist in self.artists:
            artist.draw(renderer)

    @property
    def handles(self) -> list[Line2D]:
        """Entries for a legend."""
        return [
            Line2D(
                [], [], color=line.get_color(), linewidth=line.get_linewidth(), linestyle=line.get_linestyle(),
                label=line.get_label(),
            )
            for line in self._whole
        ]  # fmt: skip

    def show(self, place: int) -> None:
        """Let the curves end here, on the straight line between two evaluations where there is none just here."""
        self._cursor.set_xdata([place, place])
        for (x, y), now in zip(self._data, self._so_far, strict=True):
            end = int(np.searchsorted(x, place, side="right"))
            now.set_visible(end > 0)
            if end and end < len(x) and x[end - 1] < place:
                between = self._between(place, x[end - 1 : end + 1], y[end - 1 : end + 1])
                now.set_data(np.append(x[:end], place), np.append(y[:end], between))
            elif end:
                now.set_data(x[:end], y[:end])

    def _between(self, place: int, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
        if self._log:
            return float(np.exp(np.interp(place, x, np.log(y))))
        return float(np.interp(place, x, y))


def _known(line: Line2D) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = line.get_data()
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _beside(line: Line2D, style: Style) -> Line2D:
    """A line of the same looks with a dot at its end, above it."""
    made = Line2D([], [], marker="o", markersize=0.75 * style.marker, markevery=[-1], zorder=OVER_SPINES)
    made.set(color=line.get_color(), linewidth=1.3 * line.get_linewidth(), linestyle=line.get_linestyle())
    made.set_markeredgecolor(style.paper)
    made.set_markeredgewidth(0.4 * style.line)
    return made


def _some_of(count: int) -> FixedLocator:
    """At most six of the numbers from 0, the first and the last among them."""
    return FixedLocator(np.unique(np.linspace(0, count - 1, min(count, 6)).round()).tolist())


def _draw_flips(axes: Axes, history: CurveStore, style: Style) -> None:
    """The share of test points that the poison flipped: its mean, and the range of the replicas."""
    axes.set(ylabel="flipped", xlabel="training step", axisbelow=True)
    axes.grid(axis="y")
    values = history.column("flip_rate")
    known = np.isfinite(values).any(axis=1)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
    if not known.any():
        words = "no test points" if len(history) else ""  # of a single frame, nothing is known before or after
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=style.faint)
        axes.set(xticks=[], yticks=[])
        return
    step, values = history.step[known], values[known]
    axes.plot(step, np.nanmean(values, axis=1), color=POISON, linewidth=style.line, gid="flip_rate")
    if values.shape[1] > 1:
        low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
        axes.fill_between(step, low, high, color=POISON, alpha=0.14, linewidth=0)
    axes.set_xlim(int(step[0]), max(int(step[-1]), int(step[0]) + 1))
    axes.set_ylim(0.0, 1.1 * float(np.nanmax(values)) + 0.005)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
