"""Which learner, and its settings: one form per family, the chosen one shown."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QStandardItemModel
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from boundaryviz.gui.widgets.controls import QuietCombo, label
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.learners.family import Family, LearnerSettings

_LABELS, _USES_ALL, _CLASSICAL = _GROUPS = ("Labels only", "Uses unlabelled points", "Classical")


class LearnerPanel(QWidget):
    """A chooser of families and the form of the chosen one.

    changed: dotted path and value; 'learner.name' when another family is chosen, and 'data.input_scale' when what
    `set_scale_advice` says is followed. settled: as in `SpecForm`.
    """

    changed = pyqtSignal(str, object)
    settled = pyqtSignal(str)

    def __init__(self, families: Mapping[str, Family], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._families = families
        self.combo = QuietCombo()
        self.combo.setAccessibleName("Learner")
        self.combo.setMaxVisibleItems(len(families) + len(_GROUPS))
        self.combo.setToolTip("What kind of model is trained. Choosing another starts afresh with its defaults.")
        for group in _GROUPS:
            self._head(group)
            for name, family in families.items():
                if _group(family) == group:
                    self._offer(name, family)
        self.summary = label("", "faint", wraps=True)
        self._forms: dict[str, SpecForm] = {}  # made when first shown: all of them would delay the window's opening
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.combo)
        layout.addWidget(self.summary)
        self.advice = label("", "problem", wraps=True)
        self.standardise = QPushButton("Standardise the inputs")
        self.standardise.setToolTip(
            tip("Give every learner each axis with mean 0 and standard deviation 1. The points stay as they are.")
        )
        layout.addWidget(self.advice)
        layout.addWidget(self.standardise)
        self.set_scale_advice("")
        self.standardise.clicked.connect(self._follow)
        self._name = next(iter(families))
        self.combo.activated.connect(self._chosen)

    @property
    def form(self) -> SpecForm:
        """The form of the family shown."""
        if self._name not in self._forms:
            form = SpecForm(self._families[self._name].spec, "learner", skip=("name",))
            form.changed.connect(self.changed)
            form.settled.connect(self.settled)
            column = self.layout()
            assert column is not None
            column.addWidget(form)
            self._forms[self._name] = form
        return self._forms[self._name]

    def set_values(self, spec: LearnerSettings) -> None:
        """Show this spec; nothing is emitted. A family that is not listed joins the list when it is first shown."""
        self._name = spec.name
        if self.combo.findData(self._name) < 0:
            self._offer(self._name, spec.family)
        self.combo.setCurrentIndex(self.combo.findData(self._name))
        self.summary.setText(spec.family.summary)
        self.form.set_values(spec)
        for name, form in self._forms.items():
            form.setVisible(name == self._name)

    def set_scale_advice(self, words: str) -> None:
        """Why inputs should be scaled, with a button that has it done; "" for nothing."""
        self.advice.setText(words)
        for one in (self.advice, self.standardise):
            one.setVisible(bool(words))

    def _follow(self) -> None:
        self.changed.emit("data.input_scale", "standardised")
        self.settled.emit("data.input_scale")

    def choose(self, name: str) -> None:
        """As if a person had chosen this family."""
        if name != self._name:
            self.changed.emit("learner.name", name)
            self.settled.emit("learner.name")

    def _head(self, group: str) -> None:
        """A heading, which cannot be chosen."""
        self.combo.addItem(group)
        model = self.combo.model()
        item = model.item(self.combo.count() - 1) if isinstance(model, QStandardItemModel) else None
        if item is not None:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            font = item.font()
            font.setBold(True)
            item.setFont(font)

    def _offer(self, name: str, family: Family) -> None:
        self.combo.addItem(family.title, name)
        self.combo.setItemData(self.combo.count() - 1, tip(family.summary), 3)  # the role of tooltips

    def _chosen(self, index: int) -> None:
        self.choose(self.combo.itemData(index))


def _group(family: Family) -> str:
    """Under which heading a family is listed."""
    if not family.supervised:
        return _USES_ALL
    return _CLASSICAL if family.at_once else _LABELS
