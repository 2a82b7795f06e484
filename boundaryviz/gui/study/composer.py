"""The fields in which a study is put together: settings with their values, repeats, folds, what is to be read off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from boundaryviz.gui.study.draft import AxisDraft, StudyDraft
from boundaryviz.gui.study.varied import Varied
from boundaryviz.gui.widgets.controls import QuietCombo, choices, label, restyle
from boundaryviz.gui.widgets.number import NumberEdit, parse_number
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.scene.plain_text import one_line

MOST_SEEDS, MOST_DRAWS, MOST_FOLDS, MOST_STEPS = 1000, 1000, 100, 10_000_000
_UNBROKEN = "\u00a0"
_SCALES = {False: "even", True: "log"}


class AxisFields(QWidget):
    """One axis: the setting, and below it its values, how many of them, and on which scale.

    changed: the axis as it is typed. chosen: another setting was, as it is proposed.
    """

    changed = pyqtSignal(object)
    chosen = pyqtSignal(object)

    def __init__(self, name: str, may_be_none: bool) -> None:
        super().__init__()
        self._name, self._may_be_none = name, may_be_none
        self._varied: Mapping[str, Varied] = {}
        self.draft = AxisDraft()
        self.setting = choices(name, {}, width=0)
        self.values = QLineEdit()
        self.values.setAccessibleName(f"{name}: values")
        self.values.setToolTip(tip("A range such as 1..60, or some such as 1, 2, 5 or [4], [8, 8]"))
        self.count = NumberEdit.called(f"{name}: how many values", "Of a range; empty takes every whole number", 44)
        self.count.setPlaceholderText("all")
        self.scale = choices(f"{name}: scale", _SCALES, width=0)
        self.scale.setToolTip(tip("Even: values equally far apart. Log: each is the one before times a factor"))
        self.scale.setFixedWidth(70)
        self._below = QWidget()
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(6)
        below.addWidget(self.values, 1)
        below.addWidget(self.count)
        below.addWidget(self.scale)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.setting)
        layout.addWidget(self._below)
        self.setting.activated.connect(lambda _: self._choose(self.setting.currentData()))
        self.values.editingFinished.connect(lambda: self._take(values=self.values.text().strip()))
        self.values.textEdited.connect(lambda _: self.mark(False))
        self.count.committed.connect(self._count_typed)
        self.count.stepped.connect(lambda by: self._count_typed(str(max((self.draft.count or 1) + by, 1))))
        self.scale.activated.connect(lambda _: self._take(log=bool(self.scale.currentData())))
        self.show_draft(AxisDraft())

    def set_varied(self, varied: Mapping[str, Varied]) -> None:
        """Offer these settings."""
        self._varied = varied
        self._fill(self.draft.path)

    def _fill(self, path: str) -> None:
        """The list of settings, with one that a file names even where it is not proposed."""
        named = {"": "nothing else"} if self._may_be_none else {}
        named |= {one.path: one.title for one in self._varied.values()}
        if path and path not in named:
            named[path] = one_line(path)
        if [self.setting.itemData(at) for at in range(self.setting.count())] != list(named):
            self.setting.clear()
            for data, words in named.items():
                self.setting.addItem(words, data)
        self.setting.setCurrentIndex(self.setting.findData(path))

    def show_draft(self, draft: AxisDraft) -> None:
        """Show this; nothing is emitted."""
        self.draft = draft
        self._fill(draft.path)
        if not (self.values.hasFocus() and self.values.isModified()):
            self.values.setText(draft.values)
            self.values.setCursorPosition(0)
        self.count.show_text("" if draft.count is None else str(draft.count))
        self.scale.setCurrentIndex(self.scale.findData(draft.log))
        self._below.setVisible(bool(draft.path))
        for field in (self.count, self.scale):
            field.setEnabled(draft.is_range)

    def mark(self, wrong: bool) -> None:
        """Whether what is typed makes no values."""
        restyle(self.values, "invalid", wrong)

    def _choose(self, path: str) -> None:
        if path != self.draft.path:
            proposed = self._varied.get(path)
            self.values.setModified(False)
            if proposed is not None:
                self.chosen.emit(proposed)
            self._show_and_tell(AxisDraft() if proposed is None else AxisDraft.of(proposed))

    def _take(self, **fields: object) -> None:
        draft = replace(self.draft, **fields)  # type: ignore[arg-type]
        self.values.setModified(False)
        if draft != self.draft:
            self._show_and_tell(draft)

    def _count_typed(self, text: str) -> None:
        number = parse_number(text) if text.strip() not in ("", "all") else None
        self._take(count=None if number is None or number < 1 else min(round(number), 5000))
        self.count.show_text("" if self.draft.count is None else str(self.draft.count))

    def _show_and_tell(self, draft: AxisDraft) -> None:
        self.show_draft(draft)
        self.changed.emit(draft)


class Composer(QWidget):
    """The whole study as it is typed.

    changed: a person changed something; `draft` is what it is now.
    """

    changed = pyqtSignal()

    def __init__(self, reports: Mapping[str, str]) -> None:
        """reports: what can be read off, name -> words."""
        super().__init__()
        self.draft = StudyDraft()
        self.axes = AxisFields("Vary", False), AxisFields("And", True)
        self.seeds = NumberEdit.called(
            "Training seeds", "How many seeds of training, from the scenario's own on; where nothing in training is "
            "random, one", 44,
        )  # fmt: skip
        self.draws = NumberEdit.called(
            "Draws of the data", "How many times the points are drawn anew; 0 takes them as they are", 44
        )
        self.folds = NumberEdit.called(
            "Folds", "Cross-validation: so many times the training points are parted, and a part left out in turn; "
            "0 is none", 44,
        )  # fmt: skip
        self.steps = NumberEdit.called("Steps", "How long each run trains; empty is as long as the scenario says", 64)
        self.steps.setPlaceholderText("as it is")
        self.report = choices("Report", {"": "the curves alone"} | dict(reports), width=0)
        self.report.setToolTip(tip("What is read off the curves, and marked in the chart; along one axis"))
        self.words = label("", "faint", wraps=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, fields in enumerate(self.axes):
            words = label("Vary" if row == 0 else "and")
            words.setBuddy(fields.setting)
            grid.addWidget(words, row, 0)
            grid.addWidget(fields, row, 1)
            fields.changed.connect(lambda axis, at=row: self._take_axis(at, axis))
        repeats = _row(label("seeds", "faint"), self.seeds, label("draws", "faint"), self.draws,
                       label("folds", "faint"), self.folds)  # fmt: skip
        grid.addWidget(label("Over"), 2, 0)
        grid.addLayout(repeats, 2, 1)
        reads = label("Show")
        reads.setBuddy(self.report)
        grid.addWidget(reads, 3, 0)
        read = QHBoxLayout()
        read.setSpacing(6)
        read.addWidget(self.report, 1)
        self._steps_words = label("steps", "faint")
        read.addWidget(self._steps_words)
        read.addWidget(self.steps)
        grid.addLayout(read, 3, 1)
        grid.addWidget(self.words, 4, 0, 1, 2)
        self.axes[0].chosen.connect(self._propose_report)
        self.report.activated.connect(lambda _: self._take(report=self.report.currentData()))
        for field, name, low, high in (
            (self.seeds, "seeds", 1, MOST_SEEDS), (self.draws, "draws", 0, MOST_DRAWS),
            (self.folds, "folds", 0, MOST_FOLDS),
        ):  # fmt: skip
            field.committed.connect(lambda text, n=name, a=low, b=high: self._typed(n, text, a, b))
            field.stepped.connect(lambda by, n=name, a=low, b=high: self._stepped(n, by, a, b))
        self.steps.committed.connect(self._steps_typed)
        self.show_draft(self.draft)

    # ---- what it shows ------------------------------------------------------------------------------

    def set_varied(self, varied: Mapping[str, Varied], at_once: bool) -> None:
        """Offer these settings. at_once: the learner takes no steps."""
        for fields in self.axes:
            fields.set_varied(varied)
        for part in (self._steps_words, self.steps):
            part.setVisible(not at_once)

    def show_draft(self, draft: StudyDraft) -> None:
        """Show this; nothing is emitted."""
        self.draft = draft
        for fields, axis in zip(self.axes, draft.axes, strict=True):
            fields.show_draft(axis)
        self.seeds.show_text(_count_text(draft.seeds))
        self.draws.show_text(_count_text(draft.draws))
        self.folds.show_text(str(draft.folds))
        self.steps.show_text("" if draft.steps is None else f"{draft.steps:,}")
        self.report.setCurrentIndex(max(self.report.findData(draft.report), 0))
        self.report.setEnabled(not draft.axes[1].path)

    @property
    def said(self) -> str:
        """The sentence below the fields."""
        return self.words.text().replace(_UNBROKEN, " ")

    def say(self, words: str, problem: bool = False) -> None:
        """A sentence below the fields, which has two lines at least, so that nothing moves when it grows. A number and
        what it counts stay on one line."""
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self.words.setText(re.sub(r"(?<=\d) (?=[^\W\d])", _UNBROKEN, words))

    # ---- what is typed ------------------------------------------------------------------------------

    def _propose_report(self, chosen: Varied) -> None:
        self.show_draft(replace(self.draft, report=chosen.report, measure="", floor=0.0))

    def _take_axis(self, number: int, axis: AxisDraft) -> None:
        self._tell(self.draft.with_axis(number, axis))

    def _take(self, **fields: object) -> None:
        self._tell(replace(self.draft, **fields))  # type: ignore[arg-type]

    def _tell(self, draft: StudyDraft) -> None:
        changed = draft != self.draft
        self.show_draft(draft)
        if changed:
            self.changed.emit()

    def _typed(self, name: str, text: str, low: int, high: int) -> None:
        number = parse_number(text)
        now = getattr(self.draft, name)
        if number is not None:
            now = min(max(round(number), low), high)
        if name == "folds" and now == 1:
            now = 2  # one fold leaves nothing to train on
        self._take(**{name: now})

    def _stepped(self, name: str, by: int, low: int, high: int) -> None:
        now = getattr(self.draft, name)
        count = len(now) if isinstance(now, tuple) else now
        if name == "folds" and (count, by) == (2, -1):
            count = 1  # and on to none
        self._take(**{name: min(max(count + by, low), high)} if (name, count + by) != ("folds", 1) else {name: 2})

    def _steps_typed(self, text: str) -> None:
        number = parse_number(text)
        self._take(steps=None if number is None or number < 1 else min(round(number), MOST_STEPS))


def _count_text(chosen: int | tuple[int, ...]) -> str:
    return str(len(chosen) if isinstance(chosen, tuple) else chosen)


def _row(*parts: QLabel | NumberEdit | QuietCombo) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return row
