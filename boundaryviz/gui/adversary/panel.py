"""The panel of attacks that train: which one, its settings, and the buttons that run, pause, keep and discard it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from boundaryviz.attacks.trained.specs import METHODS, TrainedAttackSettings
from boundaryviz.gui.adversary.offers import Offer
from boundaryviz.gui.widgets.controls import QuietCombo, label, restyle
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.plain import tip

Stage = Literal["idle", "running", "paused", "done"]
"""Nothing is under way; it looks for points; it waits, and its points can be moved; it has come to its end."""
_GO = {
    "idle": ("Attack", "Look for the points that do the most harm, by training, in a process of its own (Shift+A)"),
    "running": ("Pause", "Stop for now; its points can then be moved by hand (Shift+A)"),
    "paused": ("Go on", "Go on from the points as they are now (Shift+A)"),
    "done": ("Attack again", "Begin anew from nothing (Shift+A)"),
}
_KEEP = "Take these points into the scene, as one step of undo, and compare with the clean twin (Shift+K)"
_DISCARD = "Leave the scene as it was (Esc on the plane)"


class AdversaryPanel(QWidget):
    """changed: dotted path such as 'adversary.count' and the new value. go: the button that attacks, pauses or goes on.
    kept, discarded: the other two. map_asked: the effect map is to be shown."""

    changed = pyqtSignal(str, object)
    go = pyqtSignal()
    kept = pyqtSignal()
    discarded = pyqtSignal()
    map_asked = pyqtSignal()

    def __init__(self, methods: Mapping[str, type[TrainedAttackSettings]] = METHODS) -> None:
        super().__init__()
        self.setAccessibleName("Attack by training")
        self._methods = methods
        self._name = next(iter(methods))
        self._forms: dict[str, SpecForm] = {}  # made when first shown
        self._offers: dict[str, list[Offer]] = {}
        self.combo = QuietCombo()
        self.combo.setAccessibleName("Method")
        self.combo.setToolTip(tip("How the attacker looks for its points. Grey ones do not work with this learner."))
        self.summary, self.unfit = label("", "faint", wraps=True), label("", "problem", wraps=True)
        self.go_button, self.keep, self.discard = QPushButton(), QPushButton("Keep"), QPushButton("Discard")
        self.go_button.setProperty("role", "primary")
        self.keep.setToolTip(tip(_KEEP))
        self.discard.setToolTip(tip(_DISCARD))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.words = label("", "faint", wraps=True)
        self.map_button = QPushButton("Show the effect map")
        self.map_button.setToolTip(tip("What a point does at every place, by training anew with it there"))
        self.map_button.hide()
        self._compose()
        self.combo.activated.connect(self._chosen)
        self.go_button.clicked.connect(self.go)
        self.keep.clicked.connect(self.kept)
        self.discard.clicked.connect(self.discarded)
        self.map_button.clicked.connect(self.map_asked)
        self.set_stage("idle")
        self.set_unfit("")

    def _compose(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.go_button, self.keep, self.discard):
            buttons.addWidget(button)
        self._column = QVBoxLayout()  # the form of the method shown
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label("Attack by training", "title"))
        for part in (self.combo, self.summary, self.unfit):
            layout.addWidget(part)
        layout.addLayout(buttons)
        layout.addWidget(self.progress)
        layout.addWidget(self.words)
        layout.addWidget(self.map_button, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(self._column)

    # ---- what it shows ------------------------------------------------------------------------------

    @property
    def form(self) -> SpecForm:
        """The form of the method shown."""
        if self._name not in self._forms:
            spec = self._methods[self._name]
            form = SpecForm(spec, "adversary", skip=("method", *spec.FOREIGN))
            form.changed.connect(self.changed)
            self._column.addWidget(form)
            self._forms[self._name] = form
        return self._forms[self._name]

    def set_offers(self, offers: dict[str, list[Offer]]) -> None:
        """Which methods there are, by the words of their group."""
        if offers == self._offers:
            return
        self._offers = offers
        model = QStandardItemModel(self.combo)
        for group, listed in offers.items():
            heading = QStandardItem(group)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            model.appendRow(heading)
            for offer in listed:
                item = QStandardItem(f"   {offer.title}")
                item.setData(offer.name, Qt.ItemDataRole.UserRole)
                item.setToolTip(tip("\n".join(filter(None, (offer.summary, offer.unfit)))))
                if offer.unfit:
                    item.setFlags(Qt.ItemFlag.NoItemFlags)
                model.appendRow(item)
        self.combo.setModel(model)
        self._show_name()

    def set_values(self, spec: TrainedAttackSettings) -> None:
        """Show these settings of an attack; nothing is emitted."""
        self._name = spec.method
        self._show_name()
        self.summary.setText(" ".join((type(spec).__doc__ or "").split()))
        self.form.set_values(spec)
        for name, form in self._forms.items():
            form.setVisible(name == self._name)
        self.form.set_unused(spec.unused())

    def set_unfit(self, words: str) -> None:
        """Why the method shown does not work with the learner; nothing where it does."""
        self.unfit.setText(words)
        self.unfit.setVisible(bool(words))
        self._can_start = not words
        self.set_stage(self._stage)

    _stage: Stage = "idle"
    _can_start = True

    def set_stage(self, stage: Stage) -> None:
        """How far the attack is."""
        self._stage = stage
        words, explains = _GO[stage]
        self.go_button.setText(words)
        self.go_button.setToolTip(tip(explains))
        self.go_button.setEnabled(self._can_start or stage == "running")
        self.progress.setVisible(stage in ("running", "paused"))
        for button in (self.keep, self.discard):
            button.setEnabled(stage != "idle")

    def set_progress(self, share: float) -> None:
        """How far it is, 0 to 1."""
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(1000 * share))

    def say(self, words: str, problem: bool = False, offers_map: bool = False) -> None:
        """A sentence under the buttons, and a button to the effect map where that is what to look at."""
        self.map_button.setVisible(offers_map)
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setText(words)

    # ---- what it asks -------------------------------------------------------------------------------

    def _show_name(self) -> None:
        self.combo.setCurrentIndex(self.combo.findData(self._name))

    def _chosen(self, index: int) -> None:
        name = self.combo.itemData(index)
        if name is not None and name != self._name:
            self.changed.emit("adversary.method", name)
        self._show_name()
