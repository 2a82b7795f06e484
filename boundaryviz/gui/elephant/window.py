"""The elephant in a window of its own: the plane, its parameters, and a fit to noisy points of it."""

from __future__ import annotations

import math
from typing import Any

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QCheckBox, QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.elephant.chart import FitChart
from boundaryviz.gui.elephant.plane import ElephantPlane
from boundaryviz.gui.elephant.settings import ElephantSettings, RefitSettings
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.elephant import Fit, NoisyPoints, fits

_FRAME = 33  # milliseconds between two pictures of the trunk
_TURN = 1_500  # milliseconds of one wiggle
_REST = 120  # milliseconds after the last change until all fits are made anew
_SIDE = 330  # pixels
_INTRODUCTION = (
    "With four parameters I can fit an elephant, and with five I can make him wiggle his trunk (von Neumann, as Dyson "
    "tells it). The four are those of Mayer, Khairy and Howard 2010; how the trunk wiggles is ours."
)
_SAID = "thin: distance from the points; thick: from the elephant. A click takes that many harmonics."


class ElephantWindow(QDialog):
    """Not modal. Esc closes it. exported: a figure is wanted. The trunk moves while the window is seen."""

    exported = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("The elephant")
        self.settings, self.refit = ElephantSettings(), RefitSettings()
        self.phase = 0.0
        self.plane, self.chart = ElephantPlane(), FitChart()
        self.form, self.refit_form = SpecForm(ElephantSettings), SpecForm(RefitSettings)
        self.wiggle = QCheckBox("Wiggle the trunk")
        self.fitting = QCheckBox("Fit noisy points")
        self.again, self.noise, self.export = (
            QPushButton("The paper's"),
            QPushButton("New noise"),
            QPushButton("Export..."),
        )
        self.again.setToolTip(tip("Back to the parameters of the paper"))
        self.noise.setToolTip("Other noisy points")
        self.export.setToolTip("Write a figure as PNG, SVG or PDF")
        self.numbers = label("", wraps=True)
        self.points: NoisyPoints | None = None
        self.fit: Fit | None = None
        self._turning, self._late = QTimer(self), QTimer(self)
        self._turning.setInterval(_FRAME)
        self._late.setSingleShot(True)
        self._late.setInterval(_REST)
        self._compose()
        self.form.changed.connect(self._set_shape)
        self.refit_form.changed.connect(self._set_refit)
        self.wiggle.toggled.connect(lambda _on: self._turn())
        self.fitting.toggled.connect(lambda _on: self._refit())
        self.again.clicked.connect(self._reset)
        self.noise.clicked.connect(lambda: self._set_refit("seed", self.refit.seed + 1))
        self.export.clicked.connect(self.exported)
        self.chart.picked.connect(lambda harmonics: self._set_refit("harmonics", harmonics))
        self._turning.timeout.connect(self._advance)
        self._late.timeout.connect(self._fit_all)
        self.set_theme(LIGHT)
        self._draw()
        self._refit()

    def _compose(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.wiggle, self.again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        second = QHBoxLayout()
        for button in (self.fitting, self.noise, self.export):
            second.addWidget(button)
        second.addStretch(1)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        for part in (self.refit_form, self.numbers, self.chart, label(_SAID, "faint", wraps=True)):
            below.addWidget(part)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        column.addWidget(label(_INTRODUCTION, "faint", wraps=True))
        column.addLayout(second)
        column.addWidget(self._below)
        column.addLayout(buttons)
        column.addWidget(self.form)
        column.addStretch(1)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(side)
        scrolled.setFixedWidth(_SIDE)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 12, 4, 12)
        layout.setSpacing(12)
        layout.addWidget(self.plane, 1)
        layout.addWidget(scrolled)
        self.resize(960, 640)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.plane.set_theme(theme)
        self.chart.set_theme(theme)

    # ---- the elephant -------------------------------------------------------------------------------

    def _set_shape(self, name: str, value: Any) -> None:
        self.settings = self.settings.model_copy(update={name: value})
        self.form.set_values(self.settings)
        self._draw()
        self._refit()

    def _reset(self) -> None:
        self.settings = ElephantSettings()
        self.form.set_values(self.settings)
        self._draw()
        self._refit()

    def _draw(self) -> None:
        self.plane.show_elephant(self.settings.elephant, self.phase)

    def _advance(self) -> None:
        self.phase = (self.phase + 2.0 * math.pi * _FRAME / _TURN) % (2.0 * math.pi)
        self._draw()

    def _turn(self) -> None:
        """Have the trunk move or rest."""
        if self.wiggle.isChecked() and self.isVisible():
            self._turning.start()
        else:
            self._turning.stop()
            if not self.wiggle.isChecked():
                self.phase = 0.0
                self._draw()

    @override
    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._turn()

    @override
    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._turn()

    # ---- the fit ------------------------------------------------------------------------------------

    def _set_refit(self, name: str, value: Any) -> None:
        self.refit = self.refit.model_copy(update={name: value})
        self.refit_form.set_values(self.refit)
        if not self.fitting.isChecked():
            self.fitting.setChecked(True)
        elif name == "harmonics":
            self._refit(others=False)
        else:
            self._refit()

    def _refit(self, others: bool = True) -> None:
        """Draw points and fit the curve; others: whether fits of other harmonics are other ones now."""
        on = self.fitting.isChecked()
        for part in (self._below, self.noise):
            part.setVisible(on)
        if not on:
            self._late.stop()
            self.points = self.fit = None
            self.plane.show_fit(None, None)
            return
        elephant, chosen = self.settings.elephant, self.refit
        self.points = NoisyPoints.of(elephant, chosen.sigma, chosen.points, chosen.seed)
        self.fit = fit = Fit.of(self.points, elephant, chosen.harmonics)
        self.plane.show_fit(self.points, fit)
        self.chart.point_at(chosen.harmonics)
        self.numbers.setText(
            f"{fit.weights.size} numbers, fitted to {2 * chosen.points}: {_words(fit.train_error)} from the points, "
            f"{_words(fit.outline_error)} from the elephant"
        )
        if others:
            self._late.start()

    def _fit_all(self) -> None:
        if self.points is not None:
            most = max((len(self.points.t) - 1) // 2, 1)
            self.chart.show_fits(fits(self.points, self.settings.elephant, range(1, min(most, 40) + 1)))


def _words(distance: float) -> str:
    return f"{distance:,.1f}" if distance < 1e5 else f"{distance:.0e}"
