"""Loss and error over training, with exact values under the cursor."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from boundaryviz.gui.theme import LIGHT, Theme
from boundaryviz.gui.views.curve_data import Trace, thin
from boundaryviz.gui.views.curve_plot import SPLITS, CurvePlot, pens
from boundaryviz.gui.views.scale import tidy_above
from boundaryviz.gui.views.widgets import Throttle, figures, label, value_words

QUANTITIES = ("loss", "error")
_REDRAW = 66  # ms; fifteen times a second is as fast as a curve can be read


class _Swatch(QWidget):
    """A short piece of a curve, for the legend."""

    def __init__(self) -> None:
        super().__init__()
        self.pen = QPen()
        self.setFixedSize(16, 12)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setPen(self.pen)
        painter.drawLine(0, 6, 16, 6)
        painter.end()


class CurvesView(QWidget):
    """Two plots, one above the other, and above each its values: at the cursor, or else the last ones.

    Arrow keys move the cursor while the view has the focus, Escape takes it away.
    """

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._values: dict[str, NDArray[np.float64]] = {}
        self._cursor: int | None = None
        self._log = {"x": False, "y": False}
        self._x_end = 100.0
        self._traces = {f"{name}_{quantity}": Trace() for quantity in QUANTITIES for name in SPLITS}
        self._stale = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves of loss and error")
        self.plots = {quantity: CurvePlot(quantity) for quantity in QUANTITIES}
        self.readouts: dict[tuple[str, str], QLabel] = {}
        self._swatches: list[tuple[str, _Swatch]] = []
        self.where = figures("step 88,888,888", "faint", Qt.AlignmentFlag.AlignLeft)
        self.best_words = label("", "faint")
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
        layout.addWidget(self._hint, 1)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(2)
        for quantity, plot in self.plots.items():
            body.addLayout(self._legend(quantity))
            body.addWidget(plot, 1)
            plot.hovered.connect(self._hovered)
        layout.addWidget(self._body, 1)
        self._throttle = Throttle(lambda _: self._draw(), _REDRAW, self)
        self.log_x.toggled.connect(lambda on: self.set_log(x=on))
        self.log_y.toggled.connect(lambda on: self.set_log(y=on))
        self.set_theme(theme)
        self.clear()

    def set_curves(self, step: NDArray[np.int64], values: Mapping[str, NDArray[np.float64]]) -> None:
        """Show a run so far.

        step: (K,), increasing. values: 'train_loss', 'validation_error' and so on -> (K,), NaN where there was
        nothing to evaluate. Fewer points than before begin a new run, for which the axes start afresh.
        The arrays are read later, when the view is drawn; do not write to the first K values again.
        """
        if len(step) < len(self._step) or (len(step) and len(self._step) and step[0] != self._step[0]):
            self._forget()
        self._step = step
        self._values = dict(values)
        if not self.isVisible():
            self._stale = True
        else:
            self._throttle()

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
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        drawn = pens(theme)
        for plot in self.plots.values():
            plot.dress(theme)
        for name, swatch in self._swatches:
            swatch.pen = drawn[name]
            swatch.update()

    @property
    def best_step(self) -> int | None:
        """The step of the lowest validation loss; None where there is none."""
        lowest = self._traces["validation_loss"].lowest
        return None if lowest is None else int(self._step[lowest])

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

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self._stale:
            self._draw()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._cursor = None
        super().hideEvent(event)

    def _forget(self) -> None:
        self._x_end = 100.0
        self._cursor = None
        for plot in self.plots.values():
            plot.extent.clear()
        for trace in self._traces.values():
            trace.clear()

    def _draw(self) -> None:
        self._stale = False
        empty = not len(self._step)
        self._hint.setVisible(empty)
        self._body.setVisible(not empty)
        if not empty:
            self._draw_curves()
        self._draw_readouts()

    def _draw_curves(self) -> None:
        log_x, log_y = self._log["x"], self._log["y"]
        self._x_end = max(self._x_end, tidy_above(max(float(self._step[-1]), 1.0)))
        for key, trace in self._traces.items():
            new = trace.update(self._values.get(key, np.empty(0)))
            self.plots[key.rpartition("_")[2]].extent.include(new)
        best = self.best_step
        for quantity, plot in self.plots.items():
            for name, curve in plot.curves.items():
                at = self._traces[f"{name}_{quantity}"].index
                x = self._step[at].astype(np.float64)
                y = self._values[f"{name}_{quantity}"][at] if len(at) else x
                thin_x, thin_y = thin(np.log10(np.maximum(x, 1.0)) if log_x else x, y, most=2 * plot.width())
                if log_y:
                    with np.errstate(divide="ignore", invalid="ignore"):
                        thin_y = np.where(thin_y > 0, np.log10(thin_y), np.nan)
                curve.setData(thin_x, np.where(np.isfinite(thin_y), thin_y, np.nan))
            low, high = plot.extent.logarithmic() if log_y else plot.extent.linear()
            plot.show_range((0.0, float(np.log10(self._x_end)) if log_x else self._x_end), (low, high))
            plot.best.setVisible(best is not None)
            if best is not None:
                plot.best.setValue(np.log10(max(best, 1)) if log_x else best)

    def _draw_readouts(self) -> None:
        count = len(self._step)
        at = count - 1 if self._cursor is None else min(self._cursor, count - 1)
        shown = self._cursor is not None and count > 0
        self.where.setText(f"step {self._step[at]:,}" if count else "")
        best = self.best_step
        self.best_words.setText("" if best is None else f"best {best:,}")
        self.best_words.setToolTip("The step of the lowest validation loss, the dotted line in the plots")
        for (quantity, name), readout in self.readouts.items():
            values = self._values.get(f"{name}_{quantity}")
            readout.setText("\u2013" if values is None or not count else value_words(float(values[at])))
        for plot in self.plots.values():
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

    def _legend(self, quantity: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 2, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(0)
        title = label(quantity, "title")
        title.setFixedWidth(44)
        grid.addWidget(title, 0, 0)
        for i, name in enumerate(SPLITS):
            swatch, value = _Swatch(), figures("0.00000", align=Qt.AlignmentFlag.AlignLeft)
            value.setAccessibleName(f"{name} {quantity}")
            self._swatches.append((name, swatch))
            self.readouts[quantity, name] = value
            grid.addWidget(swatch, 0, 1 + 2 * i)
            grid.addWidget(label(name, "faint"), 0, 2 + 2 * i)
            grid.addWidget(value, 1, 2 + 2 * i)
        grid.setColumnStretch(7, 1)
        return grid

    def _toggle(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
