"""The panel of adversarial examples: which attack, how far, towards which class, and for which points. Setters in, signals
out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QSignalBlocker, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.push.view import Swatch
from boundaryviz.gui.widgets.controls import QuietCombo, choices, label, restyle
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.forms import TITLE_WIDTH, SpecForm
from boundaryviz.gui.widgets.number import NumberEditor
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import Theme

FOR = {"pointer": "the pointer alone", "selection": "the selected points", "train": "all training points",
       "test": "all test points"}  # fmt: skip
"""Which points get arrows, beside the place under the pointer."""
BESIDE = ("fgsm", "pgd", "deepfool", "adaptive")
MOST = 400
"""Points that get arrows at most."""
_HINT = (
    "How little must an input move for the model to change its mind? Move the pointer over the plane: the shortest push "
    "over the boundary is drawn from there, and what attacks make of it beside it."
)
_ANY = "any other class"
_ANYWHERE = -1


class PushPanel(QWidget):
    """turned: pushes are to be shown, or not. changed: dotted path such as 'evasion.epsilon' and the new value. settled:
    a drag or typing is over. asked: other points or methods are to be shown. pushed: push it over. kept: add it with its
    true label. dropped: forget it."""

    turned = pyqtSignal(bool)
    changed = pyqtSignal(str, object)
    asked = pyqtSignal()
    pushed = pyqtSignal()
    kept = pyqtSignal()
    dropped = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Adversarial examples")
        self.on = QPushButton("Show pushes")
        self.on.setCheckable(True)
        self.on.setProperty("role", "primary")
        self.on.setToolTip(tip("Draw the smallest push over the boundary and what attacks make of it (Y on the plane)"))
        self.form = SpecForm(EvasionSpec, "evasion", skip=("target",))
        self.target = choices("Towards", {_ANYWHERE: _ANY}, 120)
        self.target.setToolTip(tip("Whether a push may end in any other class, or is to end in one"))
        self.whom = choices("Arrows for", FOR, 120)
        self.whom.setToolTip(tip(f"Which points get arrows beside the place under the pointer; at most {MOST}"))
        self.beside: dict[str, QToolButton] = {}
        self._swatches: list[Swatch] = []
        self.push = QPushButton("Push it over")
        self.push.setToolTip(tip("Let the attack move the point under the pointer, or the selected ones, over the "
                                 "boundary; they stay where they are in the data (Z on the plane)"))  # fmt: skip
        self.keep = QPushButton("Add with true label")
        self.keep.setToolTip(tip("Add what was pushed over as training points with the labels they had, as one step of "
                                 "undo: adversarial training by hand (Shift+Z on the plane)"))  # fmt: skip
        self.drop = QPushButton("Cancel")
        self.drop.setToolTip(tip("Forget what was pushed over (Esc)"))
        self.here, self.words = label("", wraps=True), label("", "faint", wraps=True)
        self.hint = label(_HINT, "faint", wraps=True)
        self._compose()
        self.on.toggled.connect(self._turn)
        self.form.changed.connect(self.changed)
        self.target.activated.connect(lambda _at: self._aim())
        self.whom.activated.connect(lambda _at: self.asked.emit())
        self.push.clicked.connect(self.pushed)
        self.keep.clicked.connect(self.kept)
        self.drop.clicked.connect(self.dropped)
        self.set_on(False)
        self.set_pushing(False, False)

    def _compose(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(8)
        fields.setColumnMinimumWidth(0, TITLE_WIDTH)
        fields.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QuietCombo], ...] = (("Towards", self.target), ("Arrows for", self.whom))
        for row, (title, field) in enumerate(rows):
            words = label(title)
            words.setBuddy(field)
            fields.addWidget(words, row, 0)
            fields.addWidget(field, row, 1)
        beside = QWidget()
        flow = FlowLayout(beside)
        for name in BESIDE:
            button = QToolButton()
            button.setText(PUSHES[name].words)
            button.setCheckable(True)
            button.setChecked(name != "adaptive")
            button.setToolTip(tip(f"Draw what {PUSHES[name].words} does at the pointer, too"))
            button.setAccessibleName(f"Beside it: {PUSHES[name].words}")
            button.toggled.connect(lambda _on: self.asked.emit())
            self.beside[name] = button
            swatch = Swatch(name)
            self._swatches.append(swatch)
            pair = QWidget()
            line = QHBoxLayout(pair)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(3)
            line.addWidget(swatch)
            line.addWidget(button)
            flow.addWidget(pair)
        fields.addWidget(label("Beside it"), len(rows), 0)
        fields.addWidget(beside, len(rows), 1)
        buttons = FlowLayout(spacing=6)
        for button in (self.push, self.keep, self.drop):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label("Adversarial examples", "title"))
        layout.addWidget(self.on)
        layout.addWidget(self.hint)
        layout.addWidget(self.words)
        layout.addWidget(self.here)
        layout.addLayout(buttons)
        layout.addLayout(fields)
        layout.addWidget(self.form)
        layout.addStretch(1)

    # ---- what it shows ------------------------------------------------------------------------------

    def set_on(self, on: bool) -> None:
        """Whether pushes are shown; emits nothing."""
        with QSignalBlocker(self.on):
            self.on.setChecked(on)
        self._name_switch()

    def set_values(self, spec: EvasionSpec, names: Sequence[str], wide: bool, most: float) -> None:
        """names: of the classes. wide: whether points have inputs off the plane. most: how far sliders run, in the units
        of the plane. Emits nothing."""
        with QSignalBlocker(self.target):
            words = [_ANY, *names]
            if [self.target.itemText(at) for at in range(self.target.count())] != words:
                self.target.clear()
                for value, text in enumerate(words, _ANYWHERE):
                    self.target.addItem(text, value)
            self.target.setCurrentIndex(self.target.findData(_ANYWHERE if spec.target is None else spec.target))
        for name in ("epsilon", "smoothing"):
            self.form.set_range(name, 0.0, most)
        self.form.set_values(spec)
        unused = {name: why for name, why in spec.unused().items() if name != "epsilon"}  # the ball is drawn anyway
        if not wide:
            unused["within"] = "every input of these points lies on the plane"
        self.form.set_unused(unused)

    def set_pushing(self, can_push: bool, has_pushed: bool) -> None:
        """Whether there is a point to push, and whether one was pushed over."""
        self.push.setEnabled(can_push)
        self.keep.setEnabled(has_pushed)
        self.drop.setEnabled(has_pushed)

    def say(self, words: str, problem: bool = False) -> None:
        """A sentence on what is shown, or why there is nothing."""
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def tell_here(self, words: str) -> None:
        """What there is to say of the place under the pointer."""
        self.here.setText(words)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for swatch in self._swatches:
            swatch.set_theme(theme)

    # ---- what it asks -------------------------------------------------------------------------------

    @property
    def arrows_for(self) -> str:
        """Which points get arrows, as in `FOR`."""
        return str(self.whom.currentData())

    @property
    def methods(self) -> tuple[str, ...]:
        """The attacks that are drawn beside the smallest push."""
        return tuple(name for name, button in self.beside.items() if button.isChecked())

    @property
    def epsilon(self) -> NumberEditor:
        """The field of epsilon."""
        editor: NumberEditor = self.form.editor("epsilon")
        return editor

    def titles(self) -> Mapping[str, str]:
        """What each setting is called: path -> title."""
        return {**self.form.titles(), "evasion.target": "Class aimed at"}

    def _turn(self, on: bool) -> None:
        self._name_switch()
        self.turned.emit(on)

    def _name_switch(self) -> None:
        on = self.on.isChecked()
        self.on.setText("Hide pushes" if on else "Show pushes")
        self.hint.setVisible(not on)

    def _aim(self) -> None:
        at = self.target.currentData()
        self.changed.emit("evasion.target", None if at == _ANYWHERE else int(at))
