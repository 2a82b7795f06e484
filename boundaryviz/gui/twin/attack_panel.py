"""What the attack costs and what it has reached: budget, measures of the twins, target pins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from boundaryviz.attacks.budget import QUOTED_RATES, TALK, Budget
from boundaryviz.gui.twin.margin_plot import MarginPlot
from boundaryviz.gui.widgets.controls import figures, label
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.record.dose_axis import percent
from boundaryviz.record.intervals import LEVEL

ALREADY = "already so without poison"
_RATE = f"\nMean over the seeds, and Wilson's {LEVEL} interval, in which a seed is a trial"
MEASURES = {
    "flip_rate": ("test flip rate", "Share of the test points predicted otherwise than by the clean twin"),
    "flip_area": ("flip area", "Share of the domain's area decided otherwise than by the clean twin"),
    "flip_rate_excess": (
        "more than chance",
        "The flip rate less what another seed flips without any poison",
    ),
    "leverage": ("leverage", "Flip rate for each share of poison: flip rate / poison rate"),
    "attack_success_rate": (
        "attack success",
        "Of the target pins that the clean twin does not already give to the attacker, the share won; none is left "
        f"where all are {ALREADY}{_RATE}",
    ),
    "already_so": (
        "already so\nwithout poison",
        "Share of the target pins that the clean twins give to the attacker unasked" + _RATE,
    ),
}
NONE_LEFT = f"Every pin is {ALREADY}: none is left to win."
NO_POISON = "No poison acts. Let an attack place some (tab Poison), or press P and add points by hand."
NO_TWIN = "Switch the twin on (Ctrl+T) to see what the poison changes."
NO_PINS = "No target pins. A pin marks a place that an attacker wants to be of another class."
_COLUMNS = ("target", "margin", "taken", "first step")
_ROWS = 5  # of the table, before it scrolls


@dataclass(frozen=True)
class Measure:
    """Over the seeds. spread: their standard deviation, None where there is none. interval: of a share of yes and no,
    Wilson's at 95 %. none_left: there is nothing that it could be a share of."""

    mean: float
    spread: float | None = None
    interval: tuple[float, float] | None = None
    none_left: bool = False


@dataclass(frozen=True)
class TargetState:
    """One target: the class wanted and its name, the margin of the seed shown, how many of the seeds flipped, and the
    first step at which the seed shown did and its clean twin did not, NaN where never. already: of how many seeds the
    clean twin gives it unasked, which count as neither. one_fit: nothing is random, so all seeds are one."""

    target_class: int
    name: str
    margin: float
    flipped: int
    seeds: int
    first: float
    already: int = 0
    one_fit: bool = False

    @property
    def taken(self) -> str:
        """How many of the seeds that could flip did."""
        left = self.seeds - self.already
        if not left:
            return "already so"
        return ("yes" if self.flipped else "no") if self.one_fit else f"{self.flipped} of {left}"


class AttackPanel(QWidget):
    """Setters in; it shows and changes nothing. Numbers stand in places of their own, which never move."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = label("", wraps=True)
        self.talk = label("At the talk's rates these points would be among", "faint", wraps=True)
        self.budgets = {kind: figures("8,888,888,888") for kind in (one.kind for one in QUOTED_RATES)}
        self.seeds = label("", "faint", wraps=True)
        self.values = {name: figures("888.8 %") for name in MEASURES}
        self.spreads = {
            name: figures("88.8 to 888.8 %", "figures-faint", Qt.AlignmentFlag.AlignLeft) for name in MEASURES
        }
        self.over_data = QPushButton("Over data seeds, not training seeds...")
        self.over_data.setToolTip(
            tip("The seeds beside Twin are training seeds; the tab Check draws the data anew as well")
        )
        self.nothing = label(NO_TWIN, "faint", wraps=True)
        self.no_pins = label(NO_PINS, "faint", wraps=True)
        self.targets = self._table()
        self.plot = MarginPlot()
        self.plot_title = label("margin over training, seed shown", "faint")
        self._budget, self._measures = self._budget_grid(), self._measure_grid()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        for part in (
            label("Budget", "title"), self.count, self.talk, self._budget, self._rule(),
            label("What the poison changes", "title"), self.nothing, self.seeds, self._measures, self.over_data,
            self._rule(),
            label("Targets", "title"), self.no_pins, self.targets, self.plot_title, self.plot,
        ):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.set_budget(Budget(0, 0))
        self.set_measures(None)
        self.set_pins([])

    # ---- setters

    def set_budget(self, budget: Budget) -> None:
        """What acts now, and among how many points it would be the quoted rates."""
        some = budget.poison > 0
        for part in (self.talk, self._budget):
            part.setVisible(some)
        if not some:
            self.count.setText(NO_POISON)
            return
        points = "point" if budget.poison == 1 else "points"
        self.count.setText(
            f"{budget.poison:,} poison {points} of {budget.total:,} in training: {100 * budget.rate:.3g} %"
        )
        for one in QUOTED_RATES:
            self.budgets[one.kind].setText(f"{round(budget.points_at(one.rate)):,}")

    def set_measures(self, measures: Mapping[str, Measure] | None, words: str = "") -> None:
        """measures: by name of `MEASURES`, some of which may be missing; None without a twin. words: of which seeds
        they are."""
        self.nothing.setVisible(measures is None)
        for part in (self.seeds, self._measures):
            part.setVisible(measures is not None)
        self.seeds.setText(words)
        found = measures or {}
        for name in MEASURES:
            one = found.get(name)
            share = name != "leverage"
            self.values[name].setText("\u2013" if one is None else number_words(one.mean, share))
            self.spreads[name].setText("" if one is None else _around(one, share))

    def set_pins(self, targets: Sequence[TargetState], seed: str = "seed shown") -> None:
        """One row each, in the order of the scene. seed: which seed's margins they are."""
        self.plot_title.setText(f"margin over training, {seed}")
        some = bool(targets)
        self.no_pins.setVisible(not some)
        for part in (self.targets, self.plot_title, self.plot):
            part.setVisible(some)
        if self.targets.rowCount() != len(targets):
            self.targets.setRowCount(len(targets))
            header = self.targets.horizontalHeader()
            assert header is not None
            row = self.targets.verticalHeader()
            assert row is not None
            shown = min(len(targets), _ROWS)
            self.targets.setFixedHeight(header.sizeHint().height() + shown * row.defaultSectionSize() + 4)
        for row_, target in enumerate(targets):
            never = "already so" if target.already == target.seeds else "not yet"
            first = never if math.isnan(target.first) else f"{target.first:,.0f}"
            margin = "undecided" if math.isnan(target.margin) else f"{target.margin:+.3f}"
            for at, words in enumerate((f"{row_ + 1}: {target.name}", margin, target.taken, first)):
                self._write(row_, at, words)

    def set_margins(self, step: NDArray[np.int64], margins: NDArray[np.float64], target_classes: Sequence[int]) -> None:
        """Of the seed shown, see `MarginPlot.set_margins`."""
        self.plot.set_margins(step, margins, target_classes)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.plot.dress(theme)

    # ---- inside

    def _write(self, row: int, column: int, words: str) -> None:
        item = self.targets.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            right = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(right | Qt.AlignmentFlag.AlignVCenter)
            self.targets.setItem(row, column, item)
        if item.text() != words:
            item.setText(words)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, len(_COLUMNS))
        table.setHorizontalHeaderLabels(_COLUMNS)
        table.setAccessibleName("Target pins")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setShowGrid(False)
        header, rows = table.horizontalHeader(), table.verticalHeader()
        assert header is not None
        assert rows is not None
        rows.hide()
        rows.setDefaultSectionSize(26)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        header.setHighlightSections(False)
        for at, words in enumerate((
            "The class that the attacker wants there",
            "Probability of that class less the largest other one, of the seed shown: above 0 the attacker has won",
            "How many of the seeds predict what the attacker wants, of those whose clean twins do not; "
            f"where all clean twins do, it is {ALREADY}",
            "The first step at which the seed shown, and not its clean twin, predicted what the attacker wants",
        )):  # fmt: skip
            item = table.horizontalHeaderItem(at)
            assert item is not None
            item.setToolTip(tip(words))
        return table

    def _budget_grid(self) -> QWidget:
        grid, holder = _grid()
        row, source = 0, TALK
        for one in QUOTED_RATES:
            if one.source != source:
                source = one.source
                grid.addWidget(label("at the published rate (Carlini, Terzis) among", "faint"), row, 0, 1, 4)
                row += 1
            share = figures("0.00001 %")
            share.setText(percent(one.rate))
            for column, part in enumerate((share, label(one.kind, "faint"), self.budgets[one.kind])):
                part.setToolTip(tip(f"{percent(one.rate)}, {one.kind}: {one.source}"))
                grid.addWidget(part, row, column)
            self.budgets[one.kind].setAccessibleName(f"Points for the rate of {one.kind}, {one.source}")
            row += 1
        return holder

    def _measure_grid(self) -> QWidget:
        grid, holder = _grid()
        for row, (name, (title, words)) in enumerate(MEASURES.items()):
            head = label(title)
            for part in (head, self.values[name], self.spreads[name]):
                part.setToolTip(tip(words))
            self.values[name].setAccessibleName(title.replace("\n", " "))
            grid.addWidget(head, row, 0)
            grid.addWidget(self.values[name], row, 1)
            grid.addWidget(self.spreads[name], row, 2)
        return holder

    def _rule(self) -> QFrame:
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        return rule


def _grid() -> tuple[QGridLayout, QWidget]:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(3, 1)
    return grid, holder


def _around(one: Measure, share: bool) -> str:
    """What stands beside the mean: an interval, a spread or nothing."""
    if one.none_left:
        return "none is left"
    if one.interval is not None:
        low, high = (number_words(end, True) for end in one.interval)
        return f"{low.removesuffix(' %')} to {high}"
    return "" if one.spread is None else f"± {number_words(one.spread, share)}"


def number_words(value: float, share: bool) -> str:
    """A share as per cent, another number as it is; a dash for what could not be measured."""
    if math.isnan(value):
        return "\u2013"
    return f"{100 * value:.1f} %" if share else f"{value:,.1f}"
