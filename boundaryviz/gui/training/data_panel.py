"""The data panel: which data set, in its own words, and the settings of what is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from boundaryviz.gui.plane.thumbnails import data_pixmap
from boundaryviz.gui.widgets.controls import QuietCombo, label
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.data import OWN, DataSpec
from boundaryviz.scene.datasets import DATASETS, Dataset

_FEW = 6  # classes that are counted one by one
_THUMBNAIL, _CLOSED = QSize(48, 36), QSize(24, 18)  # in the list, and in the closed box


_NEW, _AGAIN = "New points", "Draw again"
_REPLACED = "Draw points anew with another data seed. Your own edits to the points are replaced."
_KEPT = (
    "Choose splits, sample, noise and labels anew with another data seed. Your points stay, and what you did to them."
)


@dataclass(frozen=True)
class OwnData:
    """What the panel says of points of one's own. about: where they come from. count: how many there are, poison apart.
    splits_given: whether they came with splits. chance: whether another data seed changes anything. from_table: whether
    they were read from a table, which can be read in another way."""

    about: str = "Points drawn by hand or read from a file."
    count: int = 0
    splits_given: bool = True
    chance: bool = False
    from_table: bool = False


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
            if name != OWN:
                self.setItemIcon(i, QIcon(data_pixmap(name, _THUMBNAIL, self._theme, self.devicePixelRatioF())))


class DataPanel(QWidget):
    """Chooser, summary, settings and a button that draws anew.

    changed: dotted path such as 'data.n' and the new value. settled: path; a drag or typing is over.
    redraw: the same settings with another data seed are wanted. change_source: the table that the
    points came from is to be read in another way.
    """

    changed = pyqtSignal(str, object)
    settled = pyqtSignal(str)
    redraw = pyqtSignal()
    change_source = pyqtSignal()

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
        self.form.make()  # it is what a window begins with
        self.labels = label("", "faint", wraps=True)
        self.labels.setToolTip(tip("Labels of the clean training points as they are now, changes by hand included."))
        self.button = QPushButton(_NEW)
        self.change = QPushButton("Change\u2026")
        self.change.setToolTip(tip("Which columns of the table are what, and how it is read"))
        self.change.clicked.connect(self.change_source)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.combo, 1)
        line.addWidget(self.button)
        layout.addLayout(line)
        layout.addWidget(self.summary)
        layout.addWidget(self.change)
        layout.addWidget(self.form)
        layout.addWidget(self.labels)
        self.combo.activated.connect(self._chosen)
        self.button.clicked.connect(self.redraw)
        self.form.changed.connect(self.changed)
        self.form.settled.connect(self.settled)
        self._spec = DataSpec()
        self.set_theme(theme)
        self.set_values(self._spec)

    def set_values(self, spec: DataSpec, own: OwnData = OwnData()) -> None:
        """Show this spec, and of points of one's own what they are; nothing is emitted."""
        self._spec = spec
        at = self.combo.findData(OWN)
        if spec.name == OWN and at < 0:
            self.combo.insertItem(0, "Your own points", OWN)
        elif spec.name != OWN and at >= 0:
            self.combo.removeItem(at)
        self.combo.setCurrentIndex(self.combo.findData(spec.name))
        self.change.setVisible(own.from_table)
        shared_out = spec.name != OWN or not own.splits_given
        self.form.set_values(spec.model_copy(update={"splits": "drawn"}) if shared_out else spec)
        self._explain(self._table.get(spec.name), own)

    def add(self, widget: QWidget) -> None:
        """Put another feature's widget under the settings."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.indexOf(self.labels), widget)

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

    def _explain(self, source: Dataset | None, own: OwnData) -> None:
        """Tell noise, sizes and splits in the words of the data set, or of points of one's own."""
        spec, form = self._spec, self.form
        every = spec.labels_per_class == "all"
        given = source is None and own.splits_given and spec.splits == "given"
        shares = "which points train is as they came; to share them out choose so under Splits" if given else None
        form.set_disabled("labels_at", "every training point keeps its label" if every else None)
        form.set_disabled("label_noise_on", None if spec.label_noise else "there is no label noise")
        form.set_disabled("lift_noise", None if spec.lift else "the points are not lifted off the plane")
        form.set_disabled("cue_agrees", None if spec.cue else "the points have no fragile input")
        form.set_disabled("validation", shares)
        form.set_disabled("test", shares)
        form.offer_special("n", source is None)
        self.button.setText(_AGAIN if source is None else _NEW)
        self.button.setEnabled(source is not None or own.chance)
        self.button.setToolTip(tip(_KEPT if source is None else _REPLACED))
        if source is None:
            self.summary.setText(own.about)
            came = "these points came without splits, and are shared out by the shares below"
            form.set_disabled("splits", None if own.splits_given else came)
            form.set_disabled("noise", "points of your own have no noise to draw; position noise moves them")
            form.set_disabled(
                "pool", "points of your own are not drawn; the number of training points chooses among them"
            )
            for name in ("lift", "cue"):
                form.set_disabled(name, "points of your own keep the inputs that they came with")
            form.set_range("n", 10, max(own.count, 11))
            form.set_range("jitter", 0.0, 0.2)
            form.explain("jitter", "Standard deviation of a Gaussian push added to every point, as a share of the "
                         "plane's width and height; labels unchanged.")  # fmt: skip
            return
        self.summary.setText(source.summary)
        noise, plain = source.noise, form.plan("jitter")
        form.set_disabled(
            "splits", "a data set has no splits of its own; its points are shared out by the shares below"
        )
        form.set_disabled("pool", None)
        form.set_disabled("lift", None)
        form.set_fallback("lift", 2)
        form.offer_special("lift", False)  # 2 is as good
        form.set_disabled("cue", None)
        form.set_range("n", form.plan("n").low, spec.pool or form.plan("n").high)
        form.set_range("pool", spec.n if isinstance(spec.n, int) else form.plan("pool").low, form.plan("pool").high)
        form.set_range("jitter", plain.low, plain.high)
        form.explain("jitter", plain.help)
        form.set_disabled("noise", None)
        if noise.largest > 0:
            form.set_range("noise", 0.0, noise.largest)
            form.set_fallback("noise", noise.default)
            form.explain(
                "noise",
                f"Noise: {noise.meaning}.\nDefault {noise.default:g}, useful up to {noise.largest:g}.",
            )
        else:
            form.set_disabled("noise", "this data set has no noise of its own; position noise moves its points")
