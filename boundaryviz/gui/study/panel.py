"""The tab of studies: what is asked, how far it is, and what came of it as a chart and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip
from typing_extensions import override

from boundaryviz.gui.study.composer import Composer
from boundaryviz.gui.study.rows import RowView
from boundaryviz.gui.study.view import StudyView
from boundaryviz.gui.widgets.controls import Fold, choices, label, restyle
from boundaryviz.gui.widgets.plain import add_action, tip
from boundaryviz.gui.widgets.shrinking import Shrinking
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.study_chart import StudyChart
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.sweep import value_words

State = Literal["idle", "running", "stopping", "paused", "left"]
"""What becomes of a study: none is under way; it runs; it was asked to stop; it was paused; a window that is gone left
it behind."""

_COMBO = 128  # pixels of a choice beside the chart's title
_HIGH = 340  # pixels of height from which on there is room to say what the tab is for
_WIDE = 620  # pixels from which on chart and table stand side by side
_MOST_LISTED = 200  # values of a second axis to choose from
_HINT = (
    "A study trains this scenario over and over, with other values of a setting: other sizes of the learner, more "
    "points, other seeds. Choose what to vary, then Start; the curves come as runs are finished."
)
_BUTTONS: dict[State, tuple[str, str]] = {
    "idle": ("Start", "Work it out, in processes of its own"),
    "running": ("Pause", "Stop for now: what is finished is kept, and Resume goes on from there"),
    "stopping": ("Pausing\u2026", "What is under way is ended"),
    "paused": ("Resume", "Go on with what is missing"),
    "left": ("Go on", "Go on with the study that was cut off; only what is missing is worked out"),
}
EXPORTS: dict[str, tuple[str, str]] = {
    "figure": ("Figure\u2026", "The chart as PNG, SVG, PDF or PGF"),
    "csv": ("CSV\u2026", "A row for each run"),
    "parquet": ("Parquet\u2026", "A row for each run, for pandas, Polars or DuckDB"),
    "tex": ("LaTeX\u2026", "The means over the runs as a table, for a paper"),
    "json": ("JSON\u2026", "All runs, and what was read off them"),
    "toml": ("Scenario with study\u2026", "The scenario with this study in it, for the window and `boundaryviz study`"),
}


class StudyPanel(QWidget):
    """Fields, buttons, progress; then chart and table, side by side where there is room.

    started, paused, resumed, cancelled: the buttons. changed: what is typed. value_opened: the number of a value of the
    axis; row_opened: of a run. measure_chosen: another measure or value of the second axis. exporting: one of EXPORTS.
    seen: whether it is, from now on.
    """

    started = pyqtSignal()
    paused = pyqtSignal()
    resumed = pyqtSignal()
    cancelled = pyqtSignal()
    changed = pyqtSignal()
    value_opened = pyqtSignal(int)
    row_opened = pyqtSignal(int)
    measure_chosen = pyqtSignal()
    exporting = pyqtSignal(str)
    seen = pyqtSignal(bool)

    def __init__(self, reports: Mapping[str, str], theme: Theme = LIGHT) -> None:
        super().__init__()
        self._state: State = "idle"
        self._empty = True
        self.setAccessibleName("Study")
        self.composer = Composer(reports)
        self.fold = Fold("Set up", Shrinking(self.composer), is_open=True)
        self.run, self.cancel = QPushButton("Start"), QPushButton("Cancel")
        self.run.setProperty("role", "primary")
        self.as_rows = QPushButton("Table")
        self.as_rows.setCheckable(True)
        self.as_rows.setToolTip("The runs as a table, in the place of the chart; beside it where there is room")
        self.save = QToolButton()
        self.save.setText("Export")
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.save.setToolTip("The figure, or the runs as a table")
        self._menu = QMenu(self.save)
        self.exports = {kind: add_action(self._menu, words, explains) for kind, (words, explains) in EXPORTS.items()}
        self._menu.setToolTipsVisible(True)
        self.save.setMenu(self._menu)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.words = label("", "faint", wraps=True)
        self.hint = label(_HINT, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setMinimumHeight(1)  # it makes nothing higher: it is there where there is room
        self.measure, self.second = choices("Measure", {}, width=0), choices("Value of the second axis", {}, width=0)
        self.measure.setToolTip("What is drawn upwards")
        self.view, self.table = StudyView(theme), RowView()
        self._compose()
        self._wire()
        self.set_state("idle")
        self.show_study(None, None, {})

    def _compose(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.run, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for part in (self.as_rows, self.save):
            buttons.addWidget(part)
        for combo in (self.measure, self.second):
            combo.setMaximumWidth(_COMBO)
            self.view.add_control(combo)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.setChildrenCollapsible(False)
        self._body.addWidget(self.view)
        self._body.addWidget(self.table)
        self._body.setSizes([600, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.fold)
        layout.addLayout(buttons)
        layout.addWidget(self.progress)
        layout.addWidget(self.words)
        layout.addWidget(self._body, 1)
        layout.addWidget(self.hint, 1)
        layout.addStretch(0)

    def _wire(self) -> None:
        self.run.clicked.connect(self._pressed)
        self.cancel.clicked.connect(self.cancelled)
        self.composer.changed.connect(self.changed)
        self.view.opened.connect(self.value_opened)
        self.table.opened.connect(self.row_opened)
        self.as_rows.toggled.connect(lambda _: self._share_room())
        for combo in (self.measure, self.second):
            combo.activated.connect(lambda _: self.measure_chosen.emit())
        for kind, action in self.exports.items():
            action.triggered.connect(lambda _=False, k=kind: self.exporting.emit(k))

    # ---- what it shows ------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What becomes of the study."""
        return self._state

    def set_state(self, state: State) -> None:
        """What becomes of the study now."""
        self._state = state
        words, explains = _BUTTONS[state]
        self.run.setText(words)
        self.run.setToolTip(tip(explains))
        self.cancel.setVisible(state != "idle")
        forgets = state in ("paused", "left")
        self.cancel.setText("Forget" if forgets else "Cancel")
        self.cancel.setToolTip(
            tip("Do not go on with it; what is finished is kept all the same" if forgets else "End it; what is "
                "finished is kept, so that the same study, started again, works out only what is missing")
        )  # fmt: skip
        self.progress.setVisible(state in ("running", "stopping"))
        self.composer.setEnabled(state in ("idle", "paused"))

    def set_progress(self, done: int, total: int) -> None:
        """So many steps are done, of so many."""
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def say(self, words: str, problem: bool = False) -> None:
        """A sentence below the buttons."""
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def show_study(self, table: StudyTable | None, chart: StudyChart | None, titles: dict[str, str]) -> None:
        """Show what is known; None is nothing."""
        shown = table is not None and len(table) > 0
        self.table.set_table(table if shown else None, titles)
        self.view.show_chart(chart if shown else None)
        self.save.setEnabled(shown)
        self.as_rows.setEnabled(shown)
        self._body.setVisible(shown)
        self._empty = not shown
        self._share_room()

    def offer(self, measures: tuple[str, ...], own: str, second: tuple[Any, ...], title: str) -> None:
        """What can be drawn, `own` at first. second: values of the second axis, called `title`; none where there is
        none."""
        _fill(self.measure, {one: one.replace("_", " ") for one in measures}, own)
        named: dict[Any, str] = {} if not second else {None: f"{title}: all"}
        named |= {at: f"{title} {value_words(_listed(value))}" for at, value in enumerate(second[:_MOST_LISTED])}
        _fill(self.second, named)
        self.second.setVisible(bool(second))

    def forget_chosen(self) -> None:
        """Another study: what was chosen of the last one is none of its own."""
        self.measure.clear()
        self.second.clear()

    def chosen(self) -> tuple[str, int | None]:
        """The measure, and the number of the value of the second axis; None for all."""
        return str(self.measure.currentData() or "error"), self.second.currentData()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.view.set_theme(theme)

    def _share_room(self) -> None:
        wide = self.width() >= _WIDE
        self.hint.setVisible(self._empty and self.height() >= _HIGH)
        self.table.setVisible(wide or self.as_rows.isChecked())
        self.view.setVisible(wide or not self.as_rows.isChecked())
        self.as_rows.setVisible(not wide)

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._share_room()

    @override
    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    @override
    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self.seen.emit(False)

    # ---- what it asks -------------------------------------------------------------------------------

    def _pressed(self) -> None:
        asks = {"idle": self.started, "running": self.paused, "paused": self.resumed, "left": self.resumed}
        if self._state != "stopping":  # it stays enabled meanwhile, or the focus would leave it
            asks[self._state].emit()


def _fill(combo: Any, named: Mapping[Any, str], first: Any = None) -> None:
    """Offer these, and keep what is chosen where it is still there; else show `first`."""
    if [combo.itemData(at) for at in range(combo.count())] == list(named):
        return
    kept = combo.currentData() if combo.count() else first
    combo.clear()
    for data, words in named.items():
        combo.addItem(words, data)
    combo.setCurrentIndex(max(combo.findData(kept), 0))


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
