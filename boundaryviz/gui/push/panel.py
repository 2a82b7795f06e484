"""The panel of adversarial examples: which attack, how far, towards which class, and for which points. Setters in,
signals out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.gui.push.rows import PushRows
from boundaryviz.gui.widgets.controls import QuietCombo, choices, label, restyle
from boundaryviz.gui.widgets.flow import FlowLayout
from boundaryviz.gui.widgets.forms import TITLE_WIDTH, SpecForm
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.theme import Theme

FOR = {"pointer": "the pointer alone", "selection": "the selected points", "train": "training points",
       "test": "test points"}  # fmt: skip
"""Which points get arrows, beside the place under the pointer."""
MOST = 400
"""Points that get arrows at most."""
HINT = (
    "Move the pointer over the plane: the shortest push over the boundary is drawn from there, and what attacks make "
    "of it. Select a point and it stays while you come here."
)
_PUSH = (
    "Push it over", "Let the attack move the point under the pointer, or the selected ones, over the boundary; they "
    "stay where they are in the data (Z on the plane)",
)  # fmt: skip
_BACK = "Take it back", "Forget what was pushed over (Esc)"
_FIRST = ("method", "norm", "epsilon")
_DECADES = 1e-3  # of its upper end, where the slider of epsilon begins
_ANY = "any other class"
_ANYWHERE = -1


class PushPanel(QWidget):
    """hidden: no pushes are to be shown. changed: dotted path such as 'evasion.epsilon' and the new value. asked: other
    points or methods are to be shown. pushed: push it over. kept: add it with its true label. dropped: forget it."""

    hidden = pyqtSignal()
    changed = pyqtSignal(str, object)
    asked = pyqtSignal()
    pushed = pyqtSignal()
    kept = pyqtSignal()
    dropped = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Adversarial examples")
        self.hide_button = QPushButton("Hide")
        self.hide_button.setToolTip(tip("Show no pushes any more (Y on the plane)"))
        others = [name for name in EvasionSpec.model_fields if name not in _FIRST]
        self.form = SpecForm(EvasionSpec, "evasion", skip=others)
        self.more = SpecForm(EvasionSpec, "evasion", skip=(*_FIRST, "target"))
        self.target = choices("Towards", {_ANYWHERE: _ANY}, 120)
        self.target.setToolTip(tip("Whether a push may end in any other class, or is to end in one"))
        self.whom = choices("Arrows for", FOR, 120)
        self.whom.setToolTip(tip(f"Which points get arrows beside the place under the pointer; at most {MOST}"))
        self.rows = PushRows()
        self.push = QPushButton(_PUSH[0])
        self.push.setProperty("role", "primary")
        self.keep = QPushButton("Add with true label")
        self.keep.setToolTip(tip("Add what was pushed over as training points with the labels they had, as one step of "
                                 "undo: adversarial training by hand (Shift+Z on the plane)"))  # fmt: skip
        self.here, self.words = label(HINT, "faint", wraps=True), label("", "faint", wraps=True)
        self.here.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.here.setMinimumHeight(3 * self.here.fontMetrics().lineSpacing())  # so that nothing below it jumps
        self._compose()
        self.hide_button.clicked.connect(self.hidden)
        for form in (self.form, self.more):
            form.changed.connect(self.changed)
        self.target.activated.connect(lambda _at: self._aim())
        self.whom.activated.connect(lambda _at: self.asked.emit())
        self.rows.changed.connect(self.asked)
        self.push.clicked.connect(lambda: (self.dropped if self._has_pushed else self.pushed).emit())
        self.keep.clicked.connect(self.kept)
        self.set_pushing(False, False)
        self.say("")

    def _compose(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Adversarial examples", "title"))
        head.addStretch(1)
        head.addWidget(self.hide_button)
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(8)
        fields.setColumnMinimumWidth(0, TITLE_WIDTH)
        fields.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QuietCombo], ...] = (("Arrows for", self.whom), ("Towards", self.target))
        for row, (title, field) in enumerate(rows):
            words = label(title)
            words.setBuddy(field)
            fields.addWidget(words, row, 0)
            fields.addWidget(field, row, 1)
        buttons = FlowLayout(spacing=6)
        for button in (self.push, self.keep):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.form)
        layout.addWidget(self.words)
        layout.addWidget(self.rows)
        layout.addLayout(buttons)
        layout.addWidget(self.here)
        layout.addLayout(fields)
        layout.addWidget(self.more)
        layout.addStretch(1)

    # ---- what it shows ------------------------------------------------------------------------------

    _has_pushed = False

    def set_values(self, spec: EvasionSpec, names: Sequence[str], wide: bool, most: float) -> None:
        """names: of the classes. wide: whether points have inputs off the plane. most: how far sliders run, in units of
        the plane. Emits nothing."""
        with QSignalBlocker(self.target):
            words = [_ANY, *names]
            if [self.target.itemText(at) for at in range(self.target.count())] != words:
                self.target.clear()
                for value, text in enumerate(words, _ANYWHERE):
                    self.target.addItem(text, value)
            self.target.setCurrentIndex(self.target.findData(_ANYWHERE if spec.target is None else spec.target))
        self.form.set_range("epsilon", _DECADES * most, most)
        self.more.set_range("smoothing", 0.0, most)
        unused = spec.unused()
        if not wide:
            unused["within"] = "every input of these points lies on the plane"
        self.form.set_values(spec)  # epsilon is never off: the ball is drawn with every attack
        self.more.set_values(spec)
        self.more.set_unused(unused)

    def set_pushing(self, can_push: bool, has_pushed: bool) -> None:
        """Whether there is a point to push, and whether one was pushed over."""
        self._has_pushed = has_pushed
        words, explains = _BACK if has_pushed else _PUSH
        self.push.setText(words)
        self.push.setToolTip(tip(explains))
        self.push.setEnabled(can_push or has_pushed)
        self.keep.setEnabled(has_pushed)

    def say(self, words: str, problem: bool = False) -> None:
        """A sentence on what is shown, or why there is nothing."""
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setText(words)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())  # so that rows below stay
        self.words.setVisible(bool(words))

    def tell_here(self, rows: Mapping[str, tuple[str, str]], words: str, problem: bool = False) -> None:
        """What there is to say of the place under the pointer: see `PushRows.show_rows`, and in words."""
        self.rows.show_rows(rows)
        restyle(self.here, "role", "problem" if problem else "faint")
        self.here.setText(words if rows or words else HINT)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.rows.set_theme(theme)

    # ---- what it asks -------------------------------------------------------------------------------

    @property
    def arrows_for(self) -> str:
        """Which points get arrows, as in `FOR`."""
        return str(self.whom.currentData())

    @property
    def methods(self) -> tuple[str, ...]:
        """The attacks that are drawn beside the smallest push."""
        return self.rows.chosen

    def titles(self) -> Mapping[str, str]:
        """What each setting is called: path -> title."""
        return {**self.form.titles(), **self.more.titles(), "evasion.target": "Class aimed at"}

    def _aim(self) -> None:
        at = self.target.currentData()
        self.changed.emit("evasion.target", None if at == _ANYWHERE else int(at))
