"""The chart of a study with its legend: values at the pointer, or of the value that was chosen last."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.study.plot import CurveSwatch, StudyPlot, curve_colours
from boundaryviz.gui.widgets.controls import Elided, FocusFrame, figures, label
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.study_chart import StudyChart, StudyCurve
from boundaryviz.scene.plain_text import one_line

_ROOMY = 380  # pixels of height from which on what was found stands there in full
_LOW = 190  # and from which on a line of it does
_MOST_NAMED = 12  # curves in the legend


class StudyView(FocusFrame):
    """Arrow keys go from value to value, Enter or a click opens one, Esc leaves it.

    opened: the number of a value whose boundary is wanted.
    """

    opened = pyqtSignal(int)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._chart: StudyChart | None = None
        self._at: int | None = None
        self._named: list[tuple[str, str, str]] = []
        self._values: list[QLabel] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Chart of the study")
        self.title = Elided("title")
        self.where, self.notes, self.note = label("", "faint"), label("", "faint", wraps=True), Elided("faint")
        self.notes.setMinimumHeight(1)  # it makes nothing higher: it is there where there is room
        self._legend = FlowLayout(spacing=2)
        self.plot = StudyPlot()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.where)
        self._head = head
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addLayout(self._legend)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.notes)
        layout.addWidget(self.note)
        self.plot.hovered.connect(self._point_at)
        self.plot.chosen.connect(self._open)
        self.set_theme(theme)

    # ---- what it shows ------------------------------------------------------------------------------

    @property
    def chart(self) -> StudyChart | None:
        """What is shown."""
        return self._chart

    def show_chart(self, chart: StudyChart | None) -> None:
        """Show this; the place of the pointer stays."""
        self._chart = chart
        self._at = None if chart is None or self._at is None or self._at >= len(chart.axis.values) else self._at
        self.plot.show_chart(chart)
        if chart is not None:
            self.title.set_words(chart.title)
            words = " ".join(chart.found)
            self.notes.setText(words)
            self.note.set_words(words)
            for part in (self.notes, self.note):
                part.setToolTip(tip("\n".join([*chart.found, *chart.notes])))
            self._share_room()
            self.title.setToolTip(tip("\n".join([chart.title, *chart.notes])))
            self._write(chart)
        self.plot.point_at(self._at)

    def add_control(self, control: QWidget) -> None:
        """Beside the title."""
        self._head.addWidget(control)

    def _share_room(self) -> None:
        """What was found in full where there is room for it, else in a line whose end is said under the pointer."""
        there, roomy = self._chart is not None and bool(self._chart.found), self.height() >= _ROOMY
        self.notes.setVisible(there and roomy)
        self.note.setVisible(there and not roomy and self.height() >= _LOW)

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._share_room()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme, self._named = theme, []
        self.plot.dress(theme)
        if self._chart is not None:
            self._write(self._chart)
        self.update()

    def _write(self, chart: StudyChart) -> None:
        """The legend, with the values where the pointer is."""
        colours = curve_colours(chart.curves, self._theme)
        named = [(curve.name, curve.title, colour) for curve, colour in zip(chart.curves, colours, strict=True)]
        if named != self._named:
            self._name(named)
        at = self._at
        self.where.setText("" if at is None else chart.axis.words(at))
        for curve, value in zip(chart.curves, self._values, strict=False):
            _fill(value, chart, curve, at)

    def _name(self, named: list[tuple[str, str, str]]) -> None:
        self._named, self._values = named, []
        while (item := self._legend.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for name, title, colour in named[:_MOST_NAMED]:
            value = figures("10.00 %", align=Qt.AlignmentFlag.AlignLeft)
            self._values.append(value)
            entry = QWidget()
            row = QHBoxLayout(entry)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(4)
            parts: tuple[QWidget, ...] = (CurveSwatch(name, colour, self._theme), label(one_line(title, 40)), value)
            for part in parts:
                row.addWidget(part)
            self._legend.addWidget(entry)

    def _point_at(self, at: int | None) -> None:
        if at != self._at and self._chart is not None:
            self._at = at
            self.plot.point_at(at)
            self._write(self._chart)

    # ---- keys and mouse -----------------------------------------------------------------------------

    def _open(self, at: int) -> None:
        self._point_at(at)
        self.opened.emit(at)

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        key, last = Qt.Key(event.key()), -1 if self._chart is None else len(self._chart.axis.values) - 1
        at = {
            Qt.Key.Key_Left: -1 if self._at is None else self._at - 1,
            Qt.Key.Key_Right: 0 if self._at is None else self._at + 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }.get(key)  # fmt: skip
        if last >= 0 and at is not None:
            self._point_at(last if self._at is None and key == Qt.Key.Key_Left else min(max(at, 0), last))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.opened.emit(self._at)
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(event)

    @override
    def hideEvent(self, event: QHideEvent | None) -> None:
        self._point_at(None)
        super().hideEvent(event)


def _fill(value: QLabel, chart: StudyChart, curve: StudyCurve, at: int | None) -> None:
    """The mean at a value, and in its tooltip the band."""
    mean = math.nan if at is None else float(curve.mean[at])
    value.setText(chart.value_words(mean) if at is not None else "")
    low, high = (math.nan, math.nan) if at is None else (float(curve.low[at]), float(curve.high[at]))
    known = math.isfinite(low) and low != high
    value.setToolTip(tip(f"{chart.value_words(low)} to {chart.value_words(high)}" if known else ""))
