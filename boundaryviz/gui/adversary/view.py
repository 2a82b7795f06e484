"""The result of an attack that trains: its numbers, and two curves over trainings. Setters in."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from boundaryviz.gui.adversary.plot import TrailPlot
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.record.trail import AttackState, Trail

EMPTY = (
    "An attack that trains looks for the points that do the most harm, one after the other: choose one in the tab "
    "Attack, and press its button. Its trail is drawn on the plane, and what it reaches here."
)


class TrailView(QWidget):
    """Test error and objective over the models that the attacker has trained."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Trail of the attack")
        self.numbers, self.hint = label("", wraps=True), label(EMPTY, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.plots = {
            "error": TrailPlot("error", "test error"), "objective": TrailPlot("objective", "objective"),
        }  # fmt: skip
        self._titles = {
            "error": label("test error; dashed: without the poison", "faint"),
            "objective": label("what the attacker makes grow, on its own points", "faint"),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.numbers)
        for name, plot in self.plots.items():
            layout.addWidget(self._titles[name])
            layout.addWidget(plot, 1)
        layout.addWidget(self.hint, 1)
        self.show_trail(None)

    def show_trail(self, trail: Trail | None) -> None:
        """What is known so far; None is nothing."""
        self.hint.setVisible(trail is None)
        parts: list[QWidget] = [self.numbers, *self._titles.values(), *self.plots.values()]
        for part in parts:
            part.setVisible(trail is not None)
        for plot in self.plots.values():
            plot.show_trail(trail)
        if trail is not None:
            self.numbers.setText(numbers(trail.last))

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for plot in self.plots.values():
            plot.dress(theme)


def numbers(state: AttackState) -> str:
    """'8 points, 312 trainings: test error 5.2 % instead of 3.1 % (+2.1 points).'"""
    points = f"{len(state):,} point{'s' * (len(state) != 1)}, {state.fits:,} training{'s' * (state.fits != 1)}"
    if math.isnan(state.error):
        return f"{points}."
    said = f"{points}: test error {100 * state.error:.1f} %"
    if math.isnan(state.gain):
        return f"{said}."
    gain = f"{100 * state.gain:+.1f}".replace("-", "\u2212")
    return f"{said} instead of {100 * state.clean_error:.1f} % ({gain} points)."
