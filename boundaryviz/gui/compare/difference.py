"""What one pin decides otherwise than another, as a shaded region and in numbers. Setters in."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from boundaryviz.gui.compare.plane import ComparePlane
from boundaryviz.gui.widgets.controls import Elided, figures, label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.pins import Difference, PinnedSnapshot
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.scene.scene import Scene

WIDTH = 272
_MOST_TURNED = 4  # directions told; of many classes there are too many
_CHOOSE = "Click a pin to choose A; Ctrl- or Shift-click another to choose B."
_ROWS = {
    "area": ("Area decided otherwise", "Share of the common area in which A and B decide for different classes"),
    "points": ("Test points decided otherwise", "Share of the test points of both"),
    "probability": ("Mean difference of probability", "From 0, the same, to 1, each sure of another class"),
    "loss": ("Validation loss, B less A", "At the last evaluation of each"),
    "error": ("Validation error, B less A", "At the last evaluation of each, in percentage points"),
}  # fmt: skip


class CompareDifference(QWidget):
    """A and B: the region they decide otherwise, hatched by what it is in B, and by how much they differ."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(WIDTH)
        self.title = Elided("title")
        self.words = label(_CHOOSE, "faint", wraps=True)
        self.plane = ComparePlane(theme)
        self.plane.setMinimumHeight(128)
        self.key = label("Line: boundary of B. Dashes: boundary of A.", "faint", wraps=True)
        self.values: dict[str, QLabel] = {}
        self.numbers = QWidget()
        grid = QGridLayout(self.numbers)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for row, (name, (words, tip)) in enumerate(_ROWS.items()):
            head, value = label(words, "faint"), figures("-88.8888")
            value.setAccessibleName(words)
            head.setToolTip(tip)
            value.setToolTip(tip)
            self.values[name] = value
            grid.addWidget(head, row, 0)
            grid.addWidget(value, row, 1)
        self.turned = label("", "figures", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.words)
        layout.addWidget(self.plane, 1)
        for part in (self.key, self.numbers, self.turned):
            layout.addWidget(part)
        layout.addStretch(0)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._show(False)

    def set_pair(self, a: PinnedSnapshot | None, b: PinnedSnapshot | None) -> None:
        """Compare these; None where none is chosen."""
        if a is None or b is None:
            self.title.set_words("Difference of two pins")
            self.words.setText(_CHOOSE)
            self._show(False)
            return
        self.title.set_words(f"A {one_line(a.label, NAME)}, B {one_line(b.label, NAME)}")
        try:
            found = Difference.of(a.snapshot, b.snapshot)
        except ValueError as error:
            self.words.setText(str(error))
            self._show(False)
            return
        scene = b.snapshot.scene
        self.plane.set_scene(scene)
        self.plane.set_field(found.b, found.rect, found.a)
        self._tell(found, scene)
        self._show(True)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.plane.set_theme(theme)

    def _show(self, on: bool) -> None:
        self.words.setVisible(not on)
        for part in (self.plane, self.key, self.numbers, self.turned):
            part.setVisible(on)

    def _tell(self, found: Difference, scene: Scene) -> None:
        for name, form in (
            ("area", ".1%"), ("points", ".1%"), ("probability", ".3f"), ("loss", "+.4f"), ("error", "+.1%"),
        ):  # fmt: skip
            value = getattr(found, name)
            self.values[name].setText("\u2013" if math.isnan(value) else _signed(value, form))
        lines = [
            f"{_class(scene, t.before)} \u2192 {_class(scene, t.after)}: {t.area:.1%} area"
            + ("" if math.isnan(t.points) else f", {round(t.points * found.tested):,} points")
            for t in found.turned
        ]
        if len(lines) > _MOST_TURNED:
            lines[_MOST_TURNED:] = [f"and {len(lines) - _MOST_TURNED} more"]
        self.turned.setText("\n".join(lines) or "Both decide the same everywhere.")


def _signed(value: float, form: str) -> str:
    """In this format, and without a sign where nothing but zeros is left."""
    words = format(value, form)
    return words if any(digit in words for digit in "123456789") else words.lstrip("+-")


def _class(scene: Scene, which: int) -> str:
    return "undecided" if which < 0 else scene.class_name(which)
