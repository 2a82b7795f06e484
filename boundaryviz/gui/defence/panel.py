"""The defence panel: whether there is one, which and with which settings, and how well it finds the poison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from boundaryviz.defences import DEFENCES, DefenceSettings
from boundaryviz.gui.widgets.controls import QuietCombo, label
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.plain import tip

_ABOUT = (
    "A defence judges the training points before the model is trained on them, and leaves some out. It is not told "
    "which are poison; a clean twin is judged by itself."
)


class DefencePanel(QWidget):
    """changed: dotted path such as 'defence.neighbours' and the new value; 'defence', with the settings of a defence as
    plain values or None, where one is switched on or off or another is chosen. settled: path; a drag or typing is over.
    """

    changed = pyqtSignal(str, object)
    settled = pyqtSignal(str)

    def __init__(self, defences: Mapping[str, type[DefenceSettings]] = DEFENCES, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._forms: dict[str, SpecForm] = {}  # made when first shown, as those of the attacks
        self._defences = defences
        self._last: dict[str, Any] = {}  # of each defence the settings that were in force last
        self.switch = QPushButton()
        self.switch.setCheckable(True)
        self.switch.setMinimumHeight(34)
        self.switch.setToolTip(tip("Train on what the defence leaves, or on every point."))
        self.combo = QuietCombo()
        self.combo.setAccessibleName("Defence")
        self.combo.setToolTip(tip("Which points are left out, and by what they are judged."))
        for name, spec in defences.items():
            self.combo.addItem(spec.TITLE, name)
            words = tip(" ".join((spec.__doc__ or "").split()))
            self.combo.setItemData(self.combo.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.summary = label("", "faint", wraps=True)
        self.about = label(_ABOUT, "faint", wraps=True)
        self.headline, self.waits = label("", wraps=True), label("", "faint", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._column = QVBoxLayout()
        for part in (self.switch, self.combo, self.summary, self.headline, self.waits):
            layout.addWidget(part)
        layout.addLayout(self._column)
        layout.addWidget(self.about)
        layout.addStretch(1)
        self.combo.activated.connect(self._chosen)
        self.switch.clicked.connect(self.switch_to)
        self.set_defence(None)
        self.set_words("", "")

    @property
    def name(self) -> str:
        """The defence that is chosen, on or not; empty where there is none to choose."""
        return str(self.combo.currentData() or "")

    def form(self, name: str) -> SpecForm:
        """The form of a defence."""
        if name not in self._forms:
            form = SpecForm(self._defences[name], "defence", skip=("defence",))
            form.changed.connect(self.changed)
            form.settled.connect(self.settled)
            self._column.addWidget(form)
            self._forms[name] = form
        return self._forms[name]

    def set_defence(self, settings: DefenceSettings | None) -> None:
        """Show these settings, or that there is no defence; nothing is emitted."""
        on = settings is not None
        self.switch.setChecked(on)
        self.switch.setText("Defence is on" if on else "Defence is off")
        self.switch.setEnabled(self.combo.count() > 0)
        if settings is not None:
            self._last[settings.defence] = settings.model_dump(mode="json")
            self.combo.setCurrentIndex(self.combo.findData(settings.defence))
            form = self.form(settings.defence)
            form.set_values(settings)
            form.set_unused(settings.unused())
        for name, form in self._forms.items():
            form.setVisible(settings is not None and name == settings.defence)
        self._tell()

    def set_words(self, headline: str, waits: str) -> None:
        """How well it fits the truth; and that points are being judged, or why they cannot be."""
        for part, words in ((self.headline, headline), (self.waits, waits)):
            part.setText(words)
            part.setVisible(bool(words))

    def _tell(self) -> None:
        spec = self._defences.get(self.name)
        self.summary.setText("" if spec is None else " ".join((spec.__doc__ or "").split()))

    def _plain(self) -> dict[str, Any]:
        return self._last.get(self.name) or {"defence": self.name}

    def switch_to(self, on: bool) -> None:
        """Ask for the defence that is chosen, with its settings of last time, or for none."""
        self.changed.emit("defence", self._plain() if on else None)
        self.settled.emit("defence")

    def _chosen(self, _index: int) -> None:
        self._tell()
        if self.switch.isChecked():
            self.switch_to(True)
