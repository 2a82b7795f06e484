"""Loss, error and flips over training, with exact values under the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.curves.at_once import AtOnceBars, Bar
from boundaryviz.gui.widgets.controls import Throttle, choices, figures, label, value_words
from boundaryviz.gui.widgets.curve_data import Summary, Trace, thin, thin_band
from boundaryviz.gui.widgets.curve_legend import CurveLegend
from boundaryviz.gui.widgets.curve_limits import FINE, column_peaks, cut_off
from boundaryviz.gui.widgets.curve_plot import SPLITS, CurvePlot
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.scale import tidy_above
from boundaryviz.gui.widgets.theme import LIGHT, Theme

_CLEAN = tuple(f"clean {name}" for name in SPLITS)
CURVES: dict[str, tuple[str, ...]] = {
    "loss": (*_CLEAN, *SPLITS, "poison"), "error": (*_CLEAN, *SPLITS), "flips": ("flips",),
    "labels": ("right", "wrong"),
}  # fmt: skip
"""The curves of each plot, the first at the bottom."""
_KEYS = {
    ("loss", "poison"): "poison_loss", ("flips", "flips"): "flip_rate",
    ("labels", "right"): "clean_label_loss", ("labels", "wrong"): "flipped_label_loss",
}  # fmt: skip
MEASURES = {
    "loss": "loss as trained", "absolute_loss": "absolute loss", "squared_loss": "squared loss", "log_loss": "log loss",
    "hinge_loss": "hinge loss", "focal_loss": "focal loss", "expected_cost": "expected cost",
    "proxy_loss": "loss without labels",
}  # fmt: skip
"""What the upper plot can show."""
LONG = 1000
"""Steps of a run from which on the axis of steps is logarithmic, unless a person has chosen."""
_REDRAW = 66  # ms; fifteen times a second is as fast as a curve can be read

STEP = "step"
"""What stands along the axis, unless it is a course."""

Values = Mapping[str, NDArray[np.float64]]


class CurvesView(QWidget):
    """Two plots, one above the other, and above each its values: at the cursor, or else the last ones.

    With several seeds a curve is their mean in the band of all. With the clean twin its curves run along, paler, and
    the share of flips can stand in the place of the error; where some labels are known to be wrong, so can their loss
    and that of the others. Arrow keys move the cursor while the view has the focus,
    Escape takes it away. What is fitted at once has no course, and shows its numbers as bars.

    opened: somebody double-clicked, for more room or to have it back.
    """

    opened = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._values: Values = {}
        self._clean: Values = {}
        self._cursor: int | None = None
        self._past: int | None = None
        self._stopped: int | None = None
        self._kept: tuple[Values, Values] | None = None
        self._ghost: tuple[NDArray[np.int64], Values] | None = None
        self._log = {"x": False, "y": False}
        self._log_chosen = False
        self._at_once = False
        self._measure = "loss"
        self._counted = STEP
        self._x_end = 100.0
        self._summaries = {(quantity, name): Summary() for quantity, names in CURVES.items() for name in names}
        self._traces = {key: Trace() for key in self._summaries}
        self._stale = False
        self._judged = True  # whether points are right or wrong, as they are but in a regression
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves of loss and error")
        self.plots = {quantity: CurvePlot(quantity, names) for quantity, names in CURVES.items()}
        self.legends = {
            "loss": CurveLegend("loss", (*SPLITS, "poison"), ("poison",)), "error": CurveLegend("error", SPLITS),
            "flips": CurveLegend("flips", ("flips",), ("flips",)),
            "labels": CurveLegend("label", ("right", "wrong"), twinless=True),
        }  # fmt: skip
        self.readouts: dict[tuple[str, str], QLabel] = {
            (quantity, name): readout for quantity, legend in self.legends.items()
            for name, readout in legend.readouts.items()
        }  # fmt: skip
        self.where = figures("step 88,888,888", "faint", Qt.AlignmentFlag.AlignLeft)
        self.best_words = label("", "faint")
        self.of = label("", "faint")
        self.measure = choices("What the upper plot shows", MEASURES, 132)
        self.measure.setToolTip(
            tip(
                "The loss that training makes small, or another measure of the same models; what decisions cost is "
                "known where the tab Threshold says what mistakes cost"
            )
        )
        self.flips = self._toggle("flips", "The share of test points that the poison flips, in place of the error")
        self.labels = self._toggle(
            "labels", "The loss of training points with a wrong label,\nand of the others, in place of the error"
        )
        self.log_x = self._toggle("log x", "A logarithmic step axis")
        self.log_y = self._toggle("log y", "A logarithmic axis for loss and error")
        self._hint = label("The curves appear here as it trains.", "faint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.where)
        head.addWidget(self.best_words, 1)
        head.addWidget(self.log_x)
        head.addWidget(self.log_y)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        beside = QHBoxLayout()
        beside.addWidget(self.of, 1)
        beside.addWidget(self.measure)
        layout.addLayout(beside)
        layout.addWidget(self._hint, 1)
        self.bars = AtOnceBars()
        layout.addWidget(self.bars, 1)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(2)
        below = QHBoxLayout()
        below.addWidget(self.legends["error"])
        below.addWidget(self.legends["flips"])
        below.addWidget(self.legends["labels"])
        below.addWidget(self.flips, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.labels, 0, Qt.AlignmentFlag.AlignTop)
        body.addWidget(self.legends["loss"])
        for quantity, plot in self.plots.items():
            if quantity == "error":
                body.addLayout(below)
            body.addWidget(plot, 1)
            plot.hovered.connect(self._hovered)
            plot.opened.connect(self.opened)
        layout.addWidget(self._body, 1)
        self._throttle = Throttle(lambda _: self._draw(), _REDRAW, self)
        for one, other in ((self.flips, self.labels), (self.labels, self.flips)):
            one.toggled.connect(lambda on, other=other: self._choose_below(on, other))
        self.measure.currentIndexChanged.connect(lambda _: self._choose_measure())
        self.log_x.clicked.connect(self._choose_log)
        self.log_y.toggled.connect(lambda on: self.set_log(y=on))
        self.set_theme(theme)
        self._arrange()
        self.clear()

    def set_curves(
        self,
        step: NDArray[np.int64],
        values: Values,
        clean: Values | None = None,
        of: str = "",
        planned: int = 0,
        counted: str = STEP,
    ) -> None:
        """Show a run so far, or several seeds of it.

        step: (K,), increasing. values: 'train_loss', 'validation_error' and so on -> (K,) or (K, S), NaN where there
        was nothing to evaluate. clean: the same of the clean twins, where there are any; 'poison_loss' and
        'flip_rate' are shown only then. of: which seeds the values are of. Steps that end before those of before begin
        a new run, for which the axes start afresh; fewer that do not are the same run, of which some were given up.
        planned: steps that the run will have, where that is known. counted: what the
        steps are.
        The arrays are read later, when the view is drawn; do not write to the first K values again.
        """
        if counted != self._counted:
            self._counted = counted
            self._forget()
        before = self._step
        if len(before) and len(step) and step[0] == before[0] and step[-1] >= before[-1]:
            if len(step) < len(before):
                self._look_again(step)
        elif len(before):
            self._forget()
        twins, wrong = bool(self._clean), self._some_wrong
        self.of.setText(of)
        self._step = step
        self._values, self._clean = dict(values), dict(clean or {})
        long = max(planned, int(step[-1]) if len(step) else 0) >= LONG
        if long != self._log["x"] and not self._log_chosen:
            self.set_log(x=long)
        if bool(self._clean) != twins:
            self._forget()
            self._arrange()
        elif self._some_wrong != wrong:
            self._arrange()
        if not self.isVisible():
            self._stale = True
        else:
            self._throttle()

    def set_course(
        self, stages: NDArray[np.int64], values: Values, clean: Values | None, of: str, counted: str
    ) -> None:
        """Show, in the place of steps, the sizes (S,) that one fit holds; counted: what of, such as 'leaves'."""
        if self._counted == counted and np.array_equal(stages, self._step) and _alike(values, self._values):
            return
        self._counted = counted
        self._forget(keep_cursor=True)
        self._x_end = tidy_above(float(max(stages[-1], 2)), FINE)
        self.set_curves(stages, values, clean, of, counted=counted)

    def set_at_once(self, on: bool) -> None:
        """Whether the learner is fitted at once, so that there is no course to be drawn."""
        if on != self._at_once:
            self._at_once = on
            self._draw()

    def _choose_measure(self) -> None:
        self._measure = str(self.measure.currentData())
        for key in [key for key in self._traces if key[0] == "loss"]:
            self._traces[key].clear()
            self._summaries[key].clear()
        self.plots["loss"].extent.clear()
        self._draw()

    def _key(self, name: str, quantity: str) -> str:
        """What the values of a split are called."""
        return f"{name}_{self._measure if quantity == 'loss' else quantity}"

    def set_scale(self, scale: float) -> None:
        """Lines, bars and the numbers of axes so many times their usual size."""
        for plot in self.plots.values():
            plot.set_scale(scale)
        self.bars.set_scale(scale)

    def set_shown(self, step: int | None) -> None:
        """The step that is shown elsewhere: a line stands there, and the values are those of it; None is the last."""
        self._past = step
        self._draw_readouts()

    def set_stopped(self, step: int | None) -> None:
        """The step at which early stopping has ended the run: a line stands there; None where it has not."""
        self._stopped = step
        self._draw_readouts()

    def set_kept(self, kept: tuple[Values, Values] | None) -> None:
        """What the weights come to that early stopping has put back, (1,) or (1, S), by the names of `set_curves`, and
        the clean twins': the values shown are those while nothing else is pointed at; None for none."""
        if kept is not None or self._kept is not None:
            self._kept = kept
            self._draw_readouts()

    def set_ghost(self, step: NDArray[np.int64] | None, values: Values) -> None:
        """An earlier history, dashed: step (K,), and values (K,) by the names of `set_curves`; None for none."""
        self._ghost = None if step is None else (step, values)
        self._draw()

    def clear(self) -> None:
        """No run yet."""
        self._forget()
        self._step = np.empty(0, dtype=np.int64)
        self._values = {}
        self._draw()

    def set_log(self, *, x: bool | None = None, y: bool | None = None) -> None:
        """Linear or logarithmic axes; None leaves one as it is."""
        self._log = {"x": self._log["x"] if x is None else x, "y": self._log["y"] if y is None else y}
        self.log_x.setChecked(self._log["x"])
        self.log_y.setChecked(self._log["y"])
        for plot in self.plots.values():
            plot.axes["bottom"].setLogMode(self._log["x"])
            plot.axes["left"].setLogMode(self._log["y"])
        if self.isVisible():
            self._draw()
        else:
            self._stale = True

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for quantity, plot in self.plots.items():
            plot.dress(theme)
            self.legends[quantity].set_theme(theme)
        self.bars.set_theme(theme)

    @property
    def best_step(self) -> int | None:
        """The step of the lowest validation loss; None where there is none."""
        lowest = self._traces["loss", "validation"].lowest
        return None if lowest is None else int(self._step[lowest])

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -20, Qt.Key.Key_PageDown: 20}
        key = Qt.Key(event.key())
        if key in moves and len(self._step):
            at = len(self._step) - 1 if self._cursor is None else self._cursor
            self._set_cursor(min(max(at + moves[key], 0), len(self._step) - 1))
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self._set_cursor(None)
        else:
            super().keyPressEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.opened.emit()

    @override
    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self._stale:
            self._draw()

    @override
    def hideEvent(self, event: QHideEvent | None) -> None:
        self._cursor = None
        super().hideEvent(event)

    def _forget(self, keep_cursor: bool = False) -> None:
        self._x_end = 100.0
        if not keep_cursor:
            self._cursor = None
        for plot in self.plots.values():
            plot.extent.clear()
        for key, trace in self._traces.items():
            trace.clear()
            self._summaries[key].clear()

    def _look_again(self, step: NDArray[np.int64]) -> None:
        """Of the same run there are fewer evaluations now: axes stay, and the cursor where it is."""
        for key, trace in self._traces.items():
            trace.clear()
            self._summaries[key].clear()
        if self._cursor is not None:
            self._cursor = int(np.searchsorted(step, self._step[min(self._cursor, len(self._step) - 1)]))

    def _arrange(self) -> None:
        """What belongs to the twin, or to wrong labels, is there only with them."""
        twins, wrong = bool(self._clean), self._some_wrong
        self.flips.setVisible(twins)
        self.labels.setVisible(wrong)
        below = "flips" if twins and self.flips.isChecked() else "error"
        if wrong and self.labels.isChecked():
            below = "labels"
        for quantity, plot in self.plots.items():
            shown = quantity == "loss" or (quantity == below and (self._judged or below == "flips"))
            plot.setVisible(shown)
            self.legends[quantity].setVisible(shown)
            self.legends[quantity].show_twins(twins)
        if twins or wrong:
            self._draw()

    @property
    def _some_wrong(self) -> bool:
        """Whether some labels that are trained on are known to be wrong."""
        loss = self._values.get("flipped_label_loss")
        return loss is not None and len(loss) > 0 and bool(np.isfinite(loss[-1]).any())

    def _choose_below(self, on: bool, other: QToolButton) -> None:
        """Only one of several choices stands in the place of the error."""
        if on:
            other.setChecked(False)
        self._arrange()

    def _given(self, values: Values, clean: Values) -> Iterator[tuple[tuple[str, str], NDArray[np.float64]]]:
        """The values of every curve there is, of those by name."""
        for key in self._summaries:
            quantity, name = key
            if key in _KEYS:
                own = self._measure == "loss" or quantity != "loss"  # poison has the loss that is trained on alone
                there = bool(clean) or quantity == "labels"
                found = values.get(_KEYS[key]) if there and own else None
            elif name.startswith("clean "):
                found = clean.get(self._key(name.removeprefix("clean "), quantity))
            else:
                found = values.get(self._key(name, quantity))
            yield key, np.empty(0) if found is None else found

    def _draw(self) -> None:
        self._stale = False
        empty = not len(self._step)
        self._hint.setVisible(empty)
        self._body.setVisible(not empty and not self._at_once)
        self.bars.setVisible(not empty and self._at_once)
        for part in (self.where, self.best_words, self.log_x, self.log_y):
            part.setVisible(not self._at_once)
        if not empty:
            for key, given in self._given(self._values, self._clean):
                self._take(key, given)
            judged = any(np.isfinite(self._summaries["error", name].mean).any() for name in CURVES["error"])
            if judged != self._judged:
                self._judged = judged
                self._arrange()
            if self._at_once:
                self._draw_bars()
            else:
                self._draw_curves()
        self._draw_readouts()

    def _take(self, key: tuple[str, str], given: NDArray[np.float64]) -> None:
        """Look at what is new of a curve."""
        summary = self._summaries[key]
        start = summary.update(given)
        self._traces[key].update(summary.mean)
        for edge in (summary.low, summary.high):
            self.plots[key[0]].extent.include(edge[start:])

    def _draw_bars(self) -> None:
        """The last values of everything there is, the clean twin's below."""
        groups = []
        for quantity, names in CURVES.items():
            bars = []
            for name in (
                *(n for n in names if not n.startswith("clean")),
                *(n for n in names if n.startswith("clean")),
            ):
                made = self._summaries[quantity, name]
                if len(made.mean) and not (name.startswith("clean") and not self._clean):
                    at = self._at(len(made.mean))
                    mean, low, high = (float(part[at]) for part in (made.mean, made.low, made.high))
                    words = "test points" if name == "flips" else f"{name}"
                    bars.append(Bar(name, words, mean, low, high, quantity not in ("loss", "labels")))
            if any(np.isfinite(bar.mean) for bar in bars):
                titles = {
                    "flips": "flipped by the poison", "labels": "loss by label",
                    "loss": MEASURES[self._measure].removesuffix(" as trained"),
                }  # fmt: skip
                groups.append((titles.get(quantity, quantity), bars))
        self.bars.set_groups(groups[::-1])

    def _draw_curves(self) -> None:
        self._x_end = max(self._x_end, tidy_above(max(float(self._step[-1]), 1.0), FINE))
        best = self.best_step
        ends = self._x_ends()
        for quantity, plot in self.plots.items():
            if plot.isHidden():
                continue
            for name in plot.curves:
                self._draw_curve(plot, name, quantity, 2 * plot.columns)
            self._draw_ghosts(plot, quantity)
            self._limit(plot, quantity, ends)
            plot.best.setVisible(best is not None)
            if best is not None:
                plot.best.setValue(np.log10(max(best, 1)) if self._log["x"] else best)

    def _x_ends(self) -> tuple[float, float]:
        """Of the axis of steps: from 0, or where it is logarithmic from shortly before the first step evaluated."""
        if not self._log["x"]:
            return 0.0, self._x_end
        first = int(np.searchsorted(self._step, 1))
        begin = np.log10(self._step[first]) - 0.1 if first < len(self._step) else 0.0
        return float(min(begin, np.log10(self._x_end) - 0.5)), float(np.log10(self._x_end))

    def _limit(self, plot: CurvePlot, quantity: str, ends: tuple[float, float]) -> None:
        """Choose where the axes of a plot end, and mark what is cut off."""
        drawn = [curve.shown for curve in plot.curves.values()]
        drawn += [(band.shown[0], band.shown[2]) for band in plot.bands.values() if len(band.shown[0])]
        at, peaks = column_peaks(drawn, ends, plot.columns)
        peaks = 10.0**peaks if self._log["y"] else peaks
        plot.extent.fit(peaks, self._latest(quantity))
        low, high = plot.extent.logarithmic() if self._log["y"] else plot.extent.linear()
        plot.show_range(ends, (low, high))
        places = cut_off(at, peaks, 10.0**high if self._log["y"] else high)
        plot.show_cut(places[:, 0], places[:, 1])

    def _latest(self, quantity: str) -> float:
        """How high the curves have stood for two evaluations: a single one may be a spike."""
        heights = [np.fmin(*made.mean[-2:]) for (of, _), made in self._summaries.items()
                   if of == quantity and len(made.mean) > 1]  # fmt: skip
        return max((float(height) for height in heights if np.isfinite(height)), default=0.0)

    def _at(self, count: int) -> int:
        """Which of so many values is shown while there is no cursor: the last, or that of the past moment shown."""
        last = count - 1
        if self._past is None:
            return last
        return min(max(int(np.searchsorted(self._step, self._past, side="right")) - 1, 0), last)

    def _choose_log(self, on: bool) -> None:
        self._log_chosen = True
        self.set_log(x=on)

    def _draw_ghosts(self, plot: CurvePlot, quantity: str) -> None:
        for name, curve in plot.ghosts.items():
            values = None if self._ghost is None else self._ghost[1].get(self._key(name, quantity))
            if self._ghost is None or values is None:
                curve.setData([], [])
                continue
            seen = int(np.searchsorted(self._ghost[0], self._x_end, side="right")) + 1
            x = self._ghost[0][:seen].astype(np.float64)
            x = np.log10(np.maximum(x, 1.0)) if self._log["x"] else x
            thin_x, thin_y = thin(x, self._scaled(values[:seen]), 2 * plot.width())
            curve.setData(thin_x, np.where(np.isfinite(thin_y), thin_y, np.nan))

    def _draw_curve(self, plot: CurvePlot, name: str, quantity: str, most: int) -> None:
        at, made = self._traces[quantity, name].index, self._summaries[quantity, name]
        x = self._step[at].astype(np.float64)
        x = np.log10(np.maximum(x, 1.0)) if self._log["x"] else x
        thin_x, thin_y = thin(x, self._scaled(made.mean[at]), most)
        plot.curves[name].show_curve(thin_x, thin_y, *plot.pixels())
        if name in plot.bands:
            none = np.empty(0)
            edges = (self._scaled(made.low[at]), self._scaled(made.high[at]))
            plot.bands[name].show_band(*(thin_band(x, *edges, plot.columns) if made.runs > 1 else (none, none, none)))

    def _scaled(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self._log["y"]:
            return y
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(y > 0, np.log10(y), np.nan)

    def _draw_readouts(self) -> None:
        count = len(self._step)
        at = self._at(count) if self._cursor is None else min(self._cursor, count - 1)
        shown = self._cursor is not None and count > 0
        self.where.setText(f"{self._counted} {self._step[at]:,}" if count else "")
        best = self.best_step
        stopped = "" if self._stopped is None else f", stopped {self._stopped:,}"
        self.best_words.setText("" if best is None else f"best {best:,}{stopped}")
        words = MEASURES[self._measure].removesuffix(" as trained")
        whose = f"{'step' if self._counted == STEP else self._counted} of the lowest validation {words}"
        ends = "; the dashed one is where early stopping has ended the run" if stopped else ""
        self.best_words.setToolTip(f"The {whose}, the dotted line in the plots{ends}")
        kept = dict(self._given(*self._kept)) if self._kept and self._cursor is None and self._past is None else {}
        for key, readout in self.readouts.items():
            made = self._summaries[key]
            if len(kept.get(key, ())):
                made = Summary()
                made.update(kept[key])
            if not count or not len(made.mean):
                readout.setText("\u2013")
                continue
            mean, low, high = (float(part[min(at, len(part) - 1)]) for part in (made.mean, made.low, made.high))
            readout.setText(value_words(mean))
            several = f"{value_words(low)} to {value_words(high)} over {made.runs} seeds"
            readout.setToolTip(several if made.runs > 1 else "")
        for plot in self.plots.values():
            plot.stop.setVisible(self._stopped is not None)
            if self._stopped is not None:
                plot.stop.setValue(np.log10(max(self._stopped, 1)) if self._log["x"] else self._stopped)
            plot.past.setVisible(self._past is not None)
            if self._past is not None:
                plot.past.setValue(np.log10(max(self._past, 1)) if self._log["x"] else self._past)
            plot.cursor.setVisible(shown)
            if shown:
                step = float(self._step[at])
                plot.cursor.setValue(np.log10(max(step, 1.0)) if self._log["x"] else step)

    def _hovered(self, x: float | None) -> None:
        if x is None or not len(self._step):
            self._set_cursor(None)
            return
        step = 10.0**x if self._log["x"] else x
        right = int(np.clip(np.searchsorted(self._step, step), 1, max(len(self._step) - 1, 1)))
        left = right - 1
        if right >= len(self._step) or step - self._step[left] <= self._step[right] - step:
            self._set_cursor(left)
        else:
            self._set_cursor(right)

    def _set_cursor(self, at: int | None) -> None:
        if at != self._cursor:
            self._cursor = at
            self._draw_readouts()

    def _toggle(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button


def _alike(a: Values, b: Values) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=True) for name in a)
