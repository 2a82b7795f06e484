"""What the effect map is to show: which point, how many of it, the change of what, over how many seeds; and its words.

Setters in, signals out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from boundaryviz.gui.widgets.controls import Elided, choices, label, restyle
from boundaryviz.gui.widgets.number import NumberEdit, parse_number
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.record.effect_map import MEASURES, Measure

MOST_SEEDS, MOST_WEIGHT = 8, 1_000
_HINT = (
    "For every place: what one more point there, or a heap of them, would do to the model, found by training it anew "
    "with them, in a process of its own. A click on the plane then plants the poison."
)


@dataclass(frozen=True)
class Wanted:
    """What is to be mapped. label: of the points, -1 for unlabelled. weight: how many lie on one place."""

    label: int = 0
    weight: int = 1
    measure: Measure = "test-error"
    seeds: int = 2


class EffectPanel(QWidget):
    """turned: the map is to be there, or not. changed: something else is to be mapped, `wanted`. planting: whether a
    click on the plane is to plant poison."""

    turned = pyqtSignal(bool)
    changed = pyqtSignal()
    planting = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Effect map")
        self.on = QPushButton("Show the map")
        self.on.setCheckable(True)
        self.on.setProperty("role", "primary")
        self.on.setToolTip(tip("Map the effect of more points, and again after every change (Shift+E on the plane)"))
        self.plant = QPushButton("A click plants")
        self.plant.setCheckable(True)
        self.plant.setChecked(True)
        self.plant.setToolTip(tip("A click on empty ground plants the poison whose effect is shown; Ctrl+Z takes it "
                                  "back"))  # fmt: skip
        self.label = choices("Point", {}, 96)
        self.label.setToolTip(tip("The label of the points that are planted"))
        self.weight = NumberEdit.called("How many", f"How many points lie on one place, 1 to {MOST_WEIGHT:,}", 56)
        self.measure = choices("Change of", MEASURES, 96)
        self.measure.setToolTip(tip("What the map shows the change of"))
        self.seeds = NumberEdit.called(
            "Seeds", f"The mean over so many training seeds, 1 to {MOST_SEEDS}; two at least say what is chance", 56
        )
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.words, self.floor = label("", "faint", wraps=True), label("", "faint", wraps=True)
        self.here = Elided()
        self.hint = label(_HINT, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._wanted = Wanted()
        self._compose()
        self.on.toggled.connect(self._turn)
        self.plant.toggled.connect(self.planting)
        self.label.activated.connect(lambda _at: self._set(label=self.label.currentData()))
        self.measure.activated.connect(lambda _at: self._set(measure=self.measure.currentData()))
        for field, name, most in ((self.weight, "weight", MOST_WEIGHT), (self.seeds, "seeds", MOST_SEEDS)):
            field.committed.connect(lambda text, n=name, m=most: self._typed(n, m, text))
            field.stepped.connect(lambda by, n=name, m=most: self._step(n, m, by))
        self.set_running(False)
        self._show()

    def _compose(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (first, second) in enumerate(
            ((("Point", self.label), ("How many", self.weight)), (("Change of", self.measure), ("Seeds", self.seeds)))
        ):
            for column, (title, field) in enumerate((first, second)):
                words = label(title)
                words.setBuddy(field)
                grid.addWidget(words, row, 2 * column)
                grid.addWidget(field, row, 2 * column + 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.on)
        buttons.addWidget(self.plant)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(grid)
        layout.addLayout(buttons)
        for part in (self.progress, self.here, self.words, self.floor):
            layout.addWidget(part)
        layout.addWidget(self.hint, 1)
        layout.addStretch(0)

    # ---- setters ------------------------------------------------------------------------------------

    @property
    def wanted(self) -> Wanted:
        """What is to be mapped."""
        return self._wanted

    def set_labels(self, names: Mapping[int, str], measures: Mapping[Measure, str]) -> None:
        """The labels that points may have, by number, and what can be mapped; emits nothing, even where what was chosen
        is gone."""
        with QSignalBlocker(self.label), QSignalBlocker(self.measure):
            for combo, words in ((self.label, names), (self.measure, measures)):
                combo.clear()
                for value, name in words.items():
                    combo.addItem(name, value)
        if self._wanted.label not in names:
            self._wanted = replace(self._wanted, label=next(iter(names), 0))
        if self._wanted.measure not in measures:
            self._wanted = replace(self._wanted, measure=next(iter(measures), "test-error"))
        self._show()

    def set_wanted(self, wanted: Wanted) -> None:
        """Show what is to be mapped; emits nothing."""
        self._wanted = wanted
        self._show()

    def set_on(self, on: bool) -> None:
        """Whether the map is there; emits nothing."""
        with QSignalBlocker(self.on):
            self.on.setChecked(on)
        self._name_switch()

    def set_planting(self, on: bool) -> None:
        """Whether a click plants; emits nothing."""
        with QSignalBlocker(self.plant):
            self.plant.setChecked(on)

    def set_running(self, on: bool) -> None:
        """Whether a map is being worked out."""
        self.progress.setVisible(on)
        self.progress.setValue(0)

    def set_progress(self, done: int, of: int) -> None:
        """So many trainings are done, of so many."""
        self.progress.setRange(0, max(of, 1))
        self.progress.setValue(done)

    def say(self, words: str, problem: bool = False) -> None:
        """A sentence on the map as a whole."""
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setText(words)

    def set_floor(self, words: str) -> None:
        """What may be chance; nothing where there is no map."""
        self.floor.setText(words)

    # ---- inside -------------------------------------------------------------------------------------

    def _turn(self, on: bool) -> None:
        self._name_switch()
        self.turned.emit(on)

    def _name_switch(self) -> None:
        on = self.on.isChecked()
        self.on.setText("Hide the map" if on else "Show the map")
        self.hint.setVisible(not on)

    def _set(self, **values: Any) -> None:
        wanted = replace(self._wanted, **values)
        if wanted != self._wanted:
            self._wanted = wanted
            self._show()
            self.changed.emit()

    def _typed(self, name: str, most: int, text: str) -> None:
        number = parse_number(text)
        if number is not None:
            self._set(**{name: min(max(round(number), 1), most)})
            if number > most:
                self.say(f"At most {most:,}, not {number:,.10g}.")
        self._show()

    def _step(self, name: str, most: int, by: int) -> None:
        self._set(**{name: min(max(getattr(self._wanted, name) + by, 1), most)})

    def _show(self) -> None:
        wanted = self._wanted
        self.label.setCurrentIndex(self.label.findData(wanted.label))
        self.measure.setCurrentIndex(self.measure.findData(wanted.measure))
        self.weight.show_text(f"{wanted.weight:,}")
        self.seeds.show_text(f"{wanted.seeds}")
