"""Whether the scenario holds what it promises: the fields that ask for it, and the answer as it comes."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.check.strip import DotStrip
from boundaryviz.gui.widgets.controls import label, restyle
from boundaryviz.gui.widgets.number import NumberEdit
from boundaryviz.gui.widgets.run_panel import MOST_SEEDS, RunPanel
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.expectations import ENOUGH, Check, Held
from boundaryviz.record.seeds import parse_seeds, seed_range_words
from boundaryviz.studies.requests import DATA_SEEDS, SEEDS

MOST_DATA_SEEDS = 1_000
_HINT = (
    "Run draws the data anew with each data seed, trains the scenario as it stands on each draw, in a process of its "
    "own, and holds what it measures against what the scenario promises. Without promises it shows the spread."
)


class CheckPanel(RunPanel):
    """Fields, progress, and for each promise a line of words over a strip of dots.

    asked: with the data seeds as a tuple and how many training seeds.
    """

    def __init__(self, theme: Theme = LIGHT) -> None:
        self.data_seeds = QLineEdit(f"{DATA_SEEDS[0]}-{DATA_SEEDS[-1]}")
        self.data_seeds.setAccessibleName("Data seeds")
        self.data_seeds.setToolTip("Each draws the data anew: a range such as 0-19, or some such as 0, 3, 7")
        seeds = NumberEdit.called(
            "Training seeds", f"On each draw of the data, 1 to {MOST_SEEDS}; the mean over them counts", 44
        )
        super().__init__(("Data seeds", self.data_seeds), ("Training seeds", seeds), SEEDS, _HINT)
        self._theme = theme
        self._check: Check | None = None
        self.strips: list[DotStrip] = []
        self.setAccessibleName("Check")
        self.verdict, self.over = label("", "title", wraps=True), label("", "faint", wraps=True)
        self._body = QScrollArea()
        self._body.setWidgetResizable(True)
        self._body.setFrameShape(QFrame.Shape.NoFrame)
        self._body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(self.verdict)
        layout.addWidget(self.over)
        layout.addWidget(self._body, 1)
        self.set_check(None)

    # ---- what it shows ------------------------------------------------------------------------------

    def set_check(self, check: Check | None) -> None:
        """Show what is known so far; None is nothing."""
        self._check = check
        shown = check is not None and any(one.values for one in check.held)
        self._hint.setVisible(not shown)
        parts: tuple[QWidget, ...] = (self.verdict, self.over, self._body)
        for part in parts:
            part.setVisible(shown)
        self.strips = []
        if check is None or not shown:
            self._body.setWidget(QWidget())
            return
        self.verdict.setText(_verdict(check))
        self.over.setText(_over(check))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(2)
        for one in check.held:
            self.strips.append(DotStrip(one, check.data_seeds, self._theme))
            for line in (*_heads(one), self.strips[-1]):
                column.addWidget(line)
            column.addSpacing(6)
        column.addStretch(1)
        bar = self._body.verticalScrollBar()
        stood = 0 if bar is None else bar.value()
        self._body.setWidget(inside)
        if bar is not None:
            bar.setValue(stood)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for strip in self.strips:
            strip.set_theme(theme)

    # ---- what it asks -------------------------------------------------------------------------------

    @override
    def _ask(self) -> None:
        words = ""
        try:
            seeds = parse_seeds(self.data_seeds.text())
        except ValueError as error:
            words, seeds = f"{str(error).capitalize()}.", ()
        if len(seeds) > MOST_DATA_SEEDS:
            words = f"At most {MOST_DATA_SEEDS:,} data seeds are taken here; the command line takes more."
        restyle(self.data_seeds, "invalid", bool(words))
        if words:
            self.say(words, problem=True)
        else:
            self.asked.emit(seeds, self._seeds)


def _heads(one: Held) -> list[QWidget]:
    """What is measured, and what was promised with the share of data seeds on which it held."""
    spread = one.spread
    words = one.expectation.value_words
    median = "not measured" if spread is None else f"median {words(spread[1])}"
    if one.share is None:
        return [label(one.expectation.title, wraps=True), label(median, "faint", wraps=True)]
    count, kept = len(one.values), sum(one.kept)
    said = f"promised {one.expectation.words()}; held on {kept} of {count}; {median}"
    return [label(one.expectation.title, wraps=True), label(said, "faint" if one.holds else "problem", wraps=True)]


def _verdict(check: Check) -> str:
    if not check.promises:
        return "It promises nothing; this is the spread."
    broken, enough = sum(not one.holds for one in check.held), f"{100 * ENOUGH:.0f}\u00a0% of the draws"
    if so_far := check.so_far():
        said = f"{broken} of {len(check.held)} promises do not hold" if broken else "every promise holds"
        return f"{so_far[0].upper()}{so_far[1:]}: {said}."
    if check.kept:
        return "It holds what it promises." if not broken else f"It breaks {broken} of {len(check.held)} promises."
    if not broken:
        return f"It holds what it promises on at least {enough}."
    return f"{broken} of {len(check.held)} promises hold on fewer than {enough}."


def _over(check: Check) -> str:
    """What the dots stand for."""
    words = check.seeds_words()
    if check.failed:
        seeds = [seed for seed, _ in check.failed if seed is not None]
        whose = f"data seed{'s' * (len(seeds) > 1)} {seed_range_words(seeds)}" if seeds else "the kept points"
        words += f". Nothing came of {whose}: {check.failed[0][1]}"
    return f"{words[0].upper()}{words[1:]}".rstrip(".") + "."
