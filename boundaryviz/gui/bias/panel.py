"""Bias and variance: what is to be varied, the numbers of each setting as they come, and the maps of one of them."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from boundaryviz.figures.bias_maps import MAPS
from boundaryviz.gui.bias.maps import MapsView
from boundaryviz.gui.widgets.controls import Elided, choices, restyle
from boundaryviz.gui.widgets.number import NumberEdit
from boundaryviz.gui.widgets.pause_panel import PausePanel
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.record.decomposition import MEASURES
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.studies.requests import SAMPLES

MOST = 500  # samples
_COLUMNS = {"noise": "noise", "bias": "bias", "net_variance": "variance", "error": "error"}
_HINT = (
    "Run trains a model on each of many fresh samples of the data, in a process of its own, and maps where most of "
    "them are wrong (bias) and where they disagree (variance)."
)


class BiasPanel(PausePanel):
    """Fields, progress, a row of numbers for each setting, and maps.

    asked: with the text of what is varied, None for nothing, and how many samples. shown: the result or the map in
    hand is another one, or is to be on the plane or not.
    sizes_wanted: something worth varying is to be filled in.
    """

    shown = pyqtSignal()
    sizes_wanted = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT) -> None:
        self.over = QLineEdit()
        self.over.setPlaceholderText("nothing")
        self.over.setAccessibleName("Vary")
        self.over.setToolTip(
            tip("A setting and its values, such as learner.max_leaf_nodes=2,6,none; empty takes the scenario as it is.")
        )
        words = f"How many samples of the data, 1 to {MOST}; a model is trained on each."
        super().__init__(
            ("Vary", self.over), ("Samples", NumberEdit.called("Samples", words, 44)), SAMPLES, _HINT, MOST
        )  # fmt: skip
        self.setAccessibleName("Bias and variance")
        self.results: list[BiasVariance] = []
        self.sizes = QPushButton("Sizes")
        self.sizes.setToolTip(tip("Fill in what makes this learner small and large"))
        self.table = _Numbers()
        self.maps = MapsView()
        self.map = choices("Map", MAPS, 110)
        self.on_plane = QPushButton("On the plane")
        self.on_plane.setCheckable(True)
        self.on_plane.setToolTip(tip("Show this map under the points, in the place of the model's field"))
        self.about = Elided("faint")
        self._compose()
        self.sizes.clicked.connect(self.sizes_wanted)
        self.table.itemSelectionChanged.connect(self._pick)
        self.map.currentIndexChanged.connect(lambda _at: self._pick())
        self.on_plane.toggled.connect(lambda _on: self.shown.emit())
        self.maps.chosen.connect(lambda name: self.map.setCurrentIndex(list(MAPS).index(name)))
        self.maps.pointed.connect(self._tell)
        self.set_theme(theme)
        self.set_results([])

    def _compose(self) -> None:
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        self._fields.insertWidget(2, self.sizes)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        body.addWidget(self.table)
        chosen = QHBoxLayout()
        chosen.addWidget(self.map, 1)
        chosen.addWidget(self.on_plane)
        body.addLayout(chosen)
        body.addWidget(self.about)
        body.addWidget(self.maps, 1)
        layout.addWidget(self._body, 1)

    # ---- what it shows ------------------------------------------------------------------------------

    @property
    def chosen(self) -> BiasVariance | None:
        """The result whose maps are shown."""
        at = self.table.currentRow()
        return self.results[at] if 0 <= at < len(self.results) else None

    @property
    def map_chosen(self) -> str:
        """The name of the map that is chosen, as in `MAPS`."""
        return str(self.map.currentData())

    def set_results(self, results: Sequence[BiasVariance]) -> None:
        """Show what is known so far, of the settings of which anything is."""
        self.results = [one for one in results if one.samples]
        known = bool(self.results)
        self.save.setEnabled(known)
        self._hint.setVisible(not known)
        self._body.setVisible(known)
        self.table.show_results(self.results)
        if not known:
            self.on_plane.setChecked(False)
        self._pick()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.maps.set_theme(theme)

    def _pick(self) -> None:
        self.maps.show_result(self.chosen, self.map_chosen)
        self._tell("")
        self.shown.emit()

    def _tell(self, words: str) -> None:
        """Of the place under the pointer, or else of the whole."""
        one = self.chosen
        if not words and one is not None:
            words = f"{one.samples_words()}; {one.truth_words()}. {one.warning()}"
            words = words[0].upper() + words[1:]
        self.about.set_words(words)

    # ---- what it asks -------------------------------------------------------------------------------

    @override
    def _ask(self) -> None:
        self.asked.emit(self.over.text().strip() or None, self._seeds)

    def vary(self, words: str) -> None:
        """Write this into the field of what is varied, its beginning in view."""
        self.over.setText(words)
        self.over.setCursorPosition(0)

    def refuse(self, words: str) -> None:
        """What is to be varied cannot be, and why."""
        restyle(self.over, "invalid", True)
        self.say(words, problem=True)


class _Numbers(QTableWidget):
    """A row for each setting: what was set, and the parts of its error over test points."""

    def __init__(self) -> None:
        super().__init__(0, 1 + len(_COLUMNS))
        self.setHorizontalHeaderLabels(["", *_COLUMNS.values()])
        for at, name in enumerate(_COLUMNS, 1):
            item = self.horizontalHeaderItem(at)
            assert item is not None
            item.setToolTip(tip(MEASURES[name][0].upper() + MEASURES[name][1:]))
        self.setAccessibleName("Noise, bias and variance by setting")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        across, down = self.horizontalHeader(), self.verticalHeader()
        assert across is not None
        assert down is not None
        across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        across.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        across.setSectionsClickable(False)
        across.setHighlightSections(False)
        down.hide()
        down.setDefaultSectionSize(24)

    def show_results(self, results: Sequence[BiasVariance]) -> None:
        """The row that was chosen stays so; at first the first one is."""
        at = max(self.currentRow(), 0)
        with QSignalBlocker(self):
            self.setRowCount(len(results))
            for row, one in enumerate(results):
                means = one.measures
                cells = [one_line(one.label, NAME) or one.learner, *(f"{means[name]:.3f}" for name in _COLUMNS)]
                for column, words in enumerate(cells):
                    item = QTableWidgetItem(words.replace("-", "\u2212") if column else words)
                    item.setToolTip(tip(f"{one.samples_words()}") if column == 0 else "")
                    if column:
                        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                    self.setItem(row, column, item)
            if results:
                self.selectRow(min(at, len(results) - 1))
        self.setFixedHeight(30 + 24 * min(max(len(results), 1), 5))
