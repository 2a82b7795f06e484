"""The data panel: which data set, in its own words, and the settings of what is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from boundaryviz.gui.plane.thumbnails import data_pixmap
from boundaryviz.gui.widgets.controls import QuietCombo, label
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.datasets import DATASETS, Dataset

_OWN = "points"
_FEW = 6  # classes that are counted one by one
_THUMBNAIL, _CLOSED = QSize(48, 36), QSize(24, 18)  # in the list, and in the closed box


class _DataCombo(QuietCombo):
    """The data sets with a small picture of each, drawn when the list is first opened."""

    def __init__(self, table: Mapping[str, Dataset], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._drawn = False
        self.setIconSize(_CLOSED)
        if (view := self.view()) is not None:
            view.setIconSize(_THUMBNAIL)
        self.setMaxVisibleItems(16)
        for source in table.values():
            self.addItem(source.title, source.name)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._drawn:
            self._draw()

    def showPopup(self) -> None:
        if not self._drawn:
            self._draw()
        super().showPopup()

    def _draw(self) -> None:
        self._drawn = True
        for i in range(self.count()):
            name = self.itemData(i)
            if name != _OWN:
                self.setItemIcon(i, QIcon(data_pixmap(name, _THUMBNAIL, self._theme, self.devicePixelRatioF())))


class DataPanel(QWidget):
    """Chooser, summary, settings and a button that draws anew.

    changed: dotted path such as 'data.n' and the new value. settled: path; a drag or typing is over.
    redraw: the same settings with another data seed are wanted.
    """

    changed = pyqtSignal(str, object)
    settled = pyqtSignal(str)
    redraw = pyqtSignal()

    def __init__(
        self, theme: Theme = LIGHT, table: Mapping[str, Dataset] = DATASETS, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table = table
        self.combo = _DataCombo(table, theme)
        self.combo.setAccessibleName("Data set")
        self.combo.setToolTip("Where the points come from. Choosing another draws new points.")
        self.summary = label("", "faint", wraps=True)
        self.summary.setMinimumHeight(2 * self.summary.fontMetrics().lineSpacing())
        self.form = SpecForm(DataSpec, "data", skip=("name",))
        self.labels = label("", "faint", wraps=True)
        self.labels.setToolTip(tip("Labels of the clean training points as they are now, changes by hand included."))
        self.button = QPushButton("New points")
        self.button.setToolTip(
            tip("Draw points anew with another data seed. Your own edits to the points are replaced.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.combo, 1)
        line.addWidget(self.button)
        layout.addLayout(line)
        layout.addWidget(self.summary)
        layout.addWidget(self.form)
        layout.addWidget(self.labels)
        self.combo.activated.connect(self._chosen)
        self.button.clicked.connect(self.redraw)
        self.form.changed.connect(self.changed)
        self.form.settled.connect(self.settled)
        self._spec = DataSpec()
        self.set_theme(theme)
        self.set_values(self._spec)

    def set_values(self, spec: DataSpec) -> None:
        """Show this spec; nothing is emitted."""
        self._spec = spec
        own = self.combo.findData(_OWN)
        if spec.name == _OWN and own < 0:
            self.combo.insertItem(0, "Your own points", _OWN)
        elif spec.name != _OWN and own >= 0:
            self.combo.removeItem(own)
        self.combo.setCurrentIndex(self.combo.findData(spec.name))
        self.form.set_values(spec)
        self._explain(self._table.get(spec.name))

    def set_labels(self, names: Sequence[str], counts: Sequence[int], bare: int) -> None:
        """How many clean training points of each class have a label now, and how many have none."""
        each = ", ".join(f"{count:,} {name}" for name, count in zip(names, counts, strict=True))
        if len(names) > _FEW:
            each = f"{sum(counts):,} of {len(names)} classes, {min(counts):,} to {max(counts):,} of each"
        words = f"Labels now: {each}; {bare:,} without."
        if bare or not any(counts):
            words += " By hand: choose a class or Unlabelled on the left and paint with Relabel (L)."
        self.labels.setText(words)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.combo.set_theme(theme)
        self.button.setIcon(icon("dice", theme.text))

    def _chosen(self, index: int) -> None:
        name = self.combo.itemData(index)
        if name != self._spec.name:
            self.changed.emit("data.name", name)
            self.settled.emit("data.name")

    def _explain(self, source: Dataset | None) -> None:
        """Tell noise and sizes in the data set's own words; points drawn by hand have neither."""
        drawn = "these points were drawn by hand or read from a file; choose a data set to draw new ones"
        for path in self.form.paths:
            self.form.set_disabled(path, None if source else drawn)
        self.button.setEnabled(source is not None)
        if source is None:
            self.summary.setText("Points drawn by hand or read from a file.")
            return
        self.summary.setText(source.summary)
        noise = source.noise
        every = self._spec.labels_per_class == "all"
        self.form.set_disabled("data.labels_at", "every training point keeps its label" if every else None)
        if noise.largest > 0:
            self.form.set_range("noise", 0.0, noise.largest)
            self.form.set_fallback("noise", noise.default)
            self.form.explain(
                "noise",
                f"Noise: {noise.meaning}.\nDefault {noise.default:g}, useful up to {noise.largest:g}.",
            )
        else:
            self.form.set_disabled("noise", "this data set has no noise of its own; position noise moves its points")
