"""How much poison does how much: the fields that ask for it, and the answer as it comes."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QKeyEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.dose.plot import DoseLine, DosePlot, SeriesSwatch
from boundaryviz.gui.widgets.controls import figures, label, restyle
from boundaryviz.gui.widgets.number import NumberEdit, parse_number
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.run_panel import MOST_SEEDS, RunPanel
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.dose import BAND, Band, DoseResponse
from boundaryviz.record.dose_axis import DoseAxis, percent
from boundaryviz.record.intervals import LEVEL

MOST_DOSES = 100
_HOLLOW = "attack success; hollow: already so without poison"
_OF_ALL = "attack success, of all pins"
_HINT = (
    "Run lays this scenario's attack with more and more points, over several seeds, in a process of its own, "
    "and shows what each dose turns over."
)


class DosePanel(RunPanel):
    """Fields, progress and two plots with their values: at the pointer, or else at the largest dose.

    asked: with the doses as a tuple of numbers or None for the usual ones, and how many seeds. saving: a figure is
    wanted. Arrow keys move from dose to dose while the view has the focus.
    """

    saving = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT) -> None:
        self.save = QPushButton("Export...")
        self.save.setToolTip("Write this figure as PNG, SVG or PDF")
        self.doses = QLineEdit()
        self.doses.setPlaceholderText("automatic")
        self.doses.setAccessibleName("Doses")
        self.doses.setToolTip(
            tip(
                "Numbers of poison points, such as 1, 10, 100. "
                "Empty takes eight, up to some 4 % of the training points."
            )
        )
        words = f"How many seeds, 1 to {MOST_SEEDS}. Each is a small point; the line is their mean."
        super().__init__(("Doses", self.doses), ("Seeds", NumberEdit.called("Seeds", words, 44)), 8, _HINT, self.save)
        self._theme = theme
        self._response: DoseResponse | None = None
        self._at: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Dose-response")
        self.plots = {"flips": DosePlot("share of test points flipped", True), "success": DosePlot("success", False)}
        self._legend, self._where = QGridLayout(), label("", "title", parent=self)
        self._named: list[tuple[str, bool]] = []
        self._values: list[tuple[QLabel, QLabel]] = []
        self._compose()
        self.save.clicked.connect(self.saving)
        for plot in self.plots.values():
            plot.hovered.connect(self._point_at)
        self.set_theme(theme)
        self.set_response(None)

    def _compose(self) -> None:
        self._legend.setHorizontalSpacing(8)
        self._legend.setVerticalSpacing(2)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(2)
        body.addLayout(self._legend)
        above = QHBoxLayout()
        self._flips_title = label("test points flipped", "faint")
        above.addWidget(self._flips_title, 1)
        self.notes = label("dotted: rates that are quoted", "faint")
        above.addWidget(self.notes)
        body.addLayout(above)
        body.addWidget(self.plots["flips"], 1)
        self._success_title = label("attack success", "faint")
        body.addWidget(self._success_title)
        body.addWidget(self.plots["success"], 1)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(self._body, 1)

    # ---- what it shows ------------------------------------------------------------------------------

    def set_response(self, response: DoseResponse | None) -> None:
        """Show what is known so far; None is nothing."""
        self._response = response
        shown = response is not None and bool(response.curves)
        self.save.setEnabled(shown)
        self._hint.setVisible(not shown)
        self._body.setVisible(shown)
        if response is not None and shown:
            self._at = None if self._at is None or self._at >= len(response.doses) else self._at
            self._draw(response)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme, self._named = theme, []
        for plot in self.plots.values():
            plot.dress(theme)
        if self._response is not None and self._response.curves:
            self._draw(self._response)

    def _draw(self, response: DoseResponse) -> None:
        axis = DoseAxis.of(response)
        curves = response.curves
        self.plots["flips"].show_lines(axis, [DoseLine(c.flip_band(), c.supervised, c.flip_rate) for c in curves])
        pinned = [(c, band) for c in curves if (band := c.success_band()) is not None]
        for part in (self._success_title, self.plots["success"]):
            part.setVisible(bool(pinned))
        if pinned:
            lines = [DoseLine(band, c.supervised, None, c.already_band()) for c, band in pinned]
            self.plots["success"].show_lines(axis, lines, top=1.0)
            self._success_title.setText(_HOLLOW if any(c.already is not None for c, _ in pinned) else _OF_ALL)
        told = [f"{c.title}: {'; '.join(filter(None, (c.seeds_words, c.already_words)))}." for c in curves]
        self.notes.setVisible(bool(axis.quoted))
        words = "\n".join([f"{response.attack}.", *told, axis.quoted_words(), f"{BAND}."])
        for title in (self._flips_title, self.notes, self._success_title):  # on a plot it would hide what is asked for
            title.setToolTip(tip(words))
        self._write(response)

    def _write(self, response: DoseResponse) -> None:
        """The legend, with the values at one dose."""
        named = [(curve.title, curve.supervised) for curve in response.curves]
        if named != self._named:
            self._name(named)
        at = len(response.doses) - 1 if self._at is None else self._at
        dose = response.doses[at]
        rate = percent(float(f"{response.rates[at]:.2g}"))
        self._where.setText(f"{dose:,} point{'s' * (dose != 1)}, {rate}")
        for curve, values in zip(response.curves, self._values, strict=True):
            _fill(values[0], curve.flip_band(), at, "the least and the greatest seed")
            _fill(values[1], curve.success_band(), at, f"Wilson {LEVEL}, a seed is a trial", curve.already_words)
        for plot in self.plots.values():
            plot.point_at(self._at)

    def _name(self, named: list[tuple[str, bool]]) -> None:
        """Rows of the legend for learners of these names; the values come later."""
        self._named, self._values = named, []
        while (item := self._legend.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self._where:
                widget.hide()
                widget.deleteLater()
        self._legend.addWidget(self._where, 0, 0, 1, 2)
        for column, words in ((2, "flipped"), (3, "success")):
            self._legend.addWidget(_right(words), 0, column)
        for row, (title, supervised) in enumerate(named, 1):
            values = figures("100.0 %"), figures("100.0 %")
            self._values.append(values)
            self._legend.addWidget(SeriesSwatch(row - 1, supervised, self._theme), row, 0)
            self._legend.addWidget(label(title), row, 1)
            for column, value in enumerate(values, 2):
                self._legend.addWidget(value, row, column)
        self._legend.setColumnStretch(1, 1)

    def _point_at(self, at: int | None) -> None:
        if at != self._at and self._response is not None and self._response.curves:
            self._at = at
            self._write(self._response)

    # ---- what it asks -------------------------------------------------------------------------------

    @override
    def _ask(self) -> None:
        numbers = [parse_number(part) for part in self.doses.text().replace(";", ",").split(",") if part.strip()]
        wrong = any(n is None or n != int(n) or not 0 <= n <= 100_000 for n in numbers) or len(numbers) > MOST_DOSES
        restyle(self.doses, "invalid", wrong)
        if wrong:
            self.say(
                f"Doses are up to {MOST_DOSES} whole numbers of points from 0 to 100,000, such as 1, 10, 100.",
                problem=True,
            )
            return
        doses = tuple(int(n) for n in numbers if n is not None)
        self.asked.emit(doses or None, self._seeds)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in moves and self._response is not None and self._response.curves:
            last = len(self._response.doses) - 1
            self._point_at(min(max((last if self._at is None else self._at) + moves[key], 0), last))
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(event)

    @override
    def hideEvent(self, event: QHideEvent | None) -> None:
        self._point_at(None)
        super().hideEvent(event)


def _right(words: str) -> QWidget:
    made = label(words, "faint")
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    return made


def _fill(value: QLabel, band: Band | None, at: int, what: str, more: str = "") -> None:
    """The mean at a dose, and in its tooltip `what` lies around it, and `more`."""
    mean = math.nan if band is None else float(band.mean[at])
    value.setText("\u2013" if math.isnan(mean) else f"{100 * mean:.3g} %")
    sure = band is not None and bool(np.isfinite(band.low[at]))
    spread = f"{100 * band.low[at]:.3g} % to {100 * band.high[at]:.3g} %, {what}" if band is not None and sure else ""
    value.setToolTip(tip("\n".join(filter(None, (spread, more)))))
