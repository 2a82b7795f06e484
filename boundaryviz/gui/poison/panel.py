"""The poison panel: whether it acts, which attack places it and how, what it costs, and its groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from boundaryviz.attacks.budget import QUOTED_RATES, Budget
from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.gui.poison.group_list import GroupEntry, GroupList
from boundaryviz.gui.widgets.controls import QuietCombo, label
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.dose_axis import percent

_ELSEWHERE = ("attack", "on", "group")  # the chooser, the switch and the list


class PoisonPanel(QWidget):
    """changed: dotted path such as 'poison.count' and the new value. settled: path; a drag or typing is over.

    new_group: the next attack is to go to a group of its own. learner_wanted: one that uses unlabelled points. What is
    done with groups comes from `groups`.
    """

    changed = pyqtSignal(str, object)
    settled = pyqtSignal(str)
    new_group = pyqtSignal()
    learner_wanted = pyqtSignal()

    def __init__(
        self, theme: Theme = LIGHT, attacks: Mapping[str, type[Any]] = ATTACKS, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._attacks = attacks
        self._name = next(iter(attacks))
        self._forms: dict[str, SpecForm] = {}  # made when first shown, as those of the learners
        self.switch = QPushButton()
        self.switch.setCheckable(True)
        self.switch.setMinimumHeight(34)
        self.switch.setToolTip("Train on the poison, or hide it; nothing is removed (Shift+P on the plane).")
        self.combo = QuietCombo()
        self.combo.setAccessibleName("Attack")
        self.combo.setToolTip(
            tip("How the poison is laid. Choosing another lays it anew, with the same number of points.")
        )
        for name, spec in attacks.items():
            self.combo.addItem(spec.TITLE, name)
            self.combo.setItemData(
                self.combo.count() - 1, tip(" ".join((spec.__doc__ or "").split())), 3
            )  # the role of tooltips
        self.summary = label("", "faint", wraps=True)
        self.why = label("", "problem", wraps=True)
        self.budget, self.scaled = label("", wraps=True), label("", "faint", wraps=True)
        self.unused = label("", wraps=True)
        self.spread = QPushButton("Choose label spreading")
        self.groups = GroupList(theme)
        self.button = QPushButton("New group")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._column = QVBoxLayout()  # the form of the attack shown
        heading = QHBoxLayout()
        heading.addWidget(label("Groups", "title"), 1)
        heading.addWidget(self.button)
        for part in (
            self.switch,
            self.budget,
            self.unused,
            self.spread,
            self.scaled,
            self.combo,
            self.summary,
            self.why,
        ):
            layout.addWidget(part)
        layout.addLayout(self._column)
        layout.addLayout(heading)
        layout.addWidget(self.groups)
        self.why.hide()
        self.set_unused("")
        self.spread.clicked.connect(lambda: self.learner_wanted.emit())
        self.combo.activated.connect(self._chosen)
        self.switch.clicked.connect(lambda on: self.changed.emit("poison.on", on))
        self.button.clicked.connect(lambda: self.new_group.emit())
        self.set_theme(theme)
        self.set_budget(Budget(0, 0))

    @property
    def form(self) -> SpecForm:
        """The form of the attack shown."""
        if self._name not in self._forms:
            spec = self._attacks[self._name]
            form = SpecForm(spec, "poison", skip=(*_ELSEWHERE, *spec.FOREIGN))
            form.changed.connect(self.changed)
            form.settled.connect(self.settled)
            self._column.addWidget(form)
            self._forms[self._name] = form
        return self._forms[self._name]

    def set_values(self, spec: Any) -> None:
        """Show these settings of an attack; nothing is emitted."""
        self._name = spec.attack
        self.combo.setCurrentIndex(self.combo.findData(self._name))
        self.summary.setText(_summary(self._attacks[self._name]))
        self.switch.setChecked(spec.on)
        self.switch.setText("Poison is on" if spec.on else "Poison is off")
        self.form.set_values(spec)
        for name, form in self._forms.items():
            form.setVisible(name == self._name)
        self.form.set_unused(spec.unused())

    def set_why(self, words: str | None) -> None:
        """Why the attack cannot be placed; None where it can."""
        self.why.setText(words or "")
        self.why.setVisible(bool(words))

    def set_unused(self, words: str) -> None:
        """Why the learner sees nothing of the poison, with a button that chooses another; "" for nothing."""
        self.unused.setText(words)
        for part in (self.unused, self.spread):
            part.setVisible(bool(words))

    def set_budget(self, budget: Budget) -> None:
        """What the poison that acts costs, and in how many points it would be the quoted rates."""
        self.budget.setText(budget_words(budget))
        self.scaled.setText(scaled_words(budget))
        for part, lines in ((self.budget, 1), (self.scaled, 3)):  # so that nothing below moves under the pointer
            part.setMinimumHeight(lines * part.fontMetrics().lineSpacing())

    def set_groups(self, entries: Sequence[GroupEntry], why_no_other: str | None) -> None:
        """The groups there are; why there can be no new one, None where there can."""
        self.groups.set_entries(entries)
        self.button.setEnabled(why_no_other is None)
        self.button.setToolTip(
            tip(
                "The next attack goes to a group of its own, so that two can be compared."
                + (f"\nOff: {why_no_other}" if why_no_other else "")
            )
        )

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.switch.setIcon(icon("poison", theme.text))
        self.groups.set_theme(theme)

    def _chosen(self, index: int) -> None:
        name = self.combo.itemData(index)
        if name != self._name:
            self.changed.emit("poison.attack", name)
            self.settled.emit("poison.attack")


def budget_words(budget: Budget) -> str:
    """'10 of 5,010 training points are poison: 0.2 %.'"""
    if not budget.poison:
        return f"No poison points among {budget.total:,} training points."
    are = "is" if budget.poison == 1 else "are"
    return f"{budget.poison:,} of {budget.total:,} training points {are} poison: {100 * budget.rate:.3g} %."


def scaled_words(budget: Budget) -> str:
    """In how many points this poison would be the quoted rates, each with its source."""
    if not budget.poison:
        return ""
    semi, self_supervised, captions = (
        f"{percent(one.rate)} of {_large(budget.points_at(one.rate))}" for one in QUOTED_RATES[1:]
    )
    return f"That is {semi} points and {self_supervised} (the talk), {captions} (Carlini and Terzis)."


def _large(number: float) -> str:
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= 0.9995 * size:
            return f"{number / size:.4g} {word}"
    return f"{number:,.0f}"


def _summary(attack: type[Any]) -> str:
    """A sentence on what an attack does."""
    return " ".join((attack.__doc__ or "").split())
