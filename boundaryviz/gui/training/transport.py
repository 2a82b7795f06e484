"""Reset, play, step: the bar at the top of the window."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolTip, QWidget

from boundaryviz.gui.widgets.controls import QuietCombo, QuietSlider, figures, label, restyle
from boundaryviz.gui.widgets.fields import number_words
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.number import NumberEdit, parse_number
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.spare import SparingBar
from boundaryviz.gui.widgets.theme import LIGHT, Theme, disabled
from boundaryviz.scenario.pace import FASTEST, SLOWEST, Pace

_PER_DECADE = 10
_DECADES = 3  # the slider runs from the slowest pace to the fastest, then 'max'
_MAX_POSITION = _DECADES * _PER_DECADE + 1
LARGEST_SEED = 2**31 - 1
SEEDS = (1, 2, 4, 8, 16)
_SHOWN = 88  # pixels that the seed shown takes at least


class TransportBar(SparingBar):
    """Buttons, step counter, speed, stop, seed and twin; it shows what it is told and changes nothing itself.

    reset: back to step 0 with the same initial weights. play_toggled: wants to train. step: one step, then rest.
    pace_changed: see `scenario.pace`. stop_at_changed: a step, None for never.
    seed_changed: the seed that was typed, 0..2^31-1. new_seed: any other seed.
    twin_toggled: wants a clean twin. seeds_changed: how many seeds, one of `SEEDS`. shown_changed: which of them the
    plane is to show, counted from 0.
    """

    reset = pyqtSignal()
    play_toggled = pyqtSignal(bool)
    step = pyqtSignal()
    pace_changed = pyqtSignal(object)
    stop_at_changed = pyqtSignal(object)
    seed_changed = pyqtSignal(int)
    new_seed = pyqtSignal()
    twin_toggled = pyqtSignal(bool)
    seeds_changed = pyqtSignal(int)
    shown_changed = pyqtSignal(int)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = self._resting = False
        self._slow: Pace = "auto"  # the pace that the button for full speed leads back to
        self._stop_at: int | None = None
        self._seed = 0
        self.reset_button = self._button("Reset", "Back to step 0 with the same initial weights (R)")
        self.play_button = self._button("Play", "Train (Space)")
        self.play_button.setProperty("role", "primary")
        self.play_button.setFixedWidth(104)
        self.play_button.setMinimumHeight(32)
        self.fast_button = self._button("", "As fast as it goes, or at the pace set (X)")
        self.fast_button.setAccessibleName("Full speed")
        self.fast_button.setCheckable(True)
        self.fast_button.setFixedWidth(40)
        self.step_button = self._button("Step", "One training step, then rest (S)")
        self.counter = figures("88,888,888")
        self.counter.setAccessibleName("Step counter")
        self.slider = QuietSlider()
        self.slider.setRange(0, _MAX_POSITION)
        self.slider.setPageStep(_PER_DECADE)
        self.slider.setMinimumWidth(48)
        self.slider.setMaximumWidth(112)
        self.slider.setAccessibleName("Speed slider")
        self.speed_edit = NumberEdit.called(
            "Speed",
            "Training steps a second, from 1 to 1,000; 'auto', at which one sees the boundary form; or 'max'",
            60,
            self,
        )
        self.slider.setToolTip(tip("Training steps a second, on a logarithmic slider; at its end, as fast as it goes"))
        self.stop_edit = NumberEdit.called(
            "Stop at step",
            "Training rests at this step, which is how long a run of the scenario lasts; empty is never",
            88,
            self,
        )
        self.stop_edit.setPlaceholderText("never")
        self.seed_edit = NumberEdit.called(
            "Seed", f"Decides the initial weights, the batches and the noise: 0 to {LARGEST_SEED:,}", 96, self
        )
        self.seed_button = self._button("", "Another seed: other initial weights (Shift+R)")
        self.seed_button.setAccessibleName("New seed")
        self.seed_button.setFixedWidth(40)
        self.twin_button = self._button("Twin", "Also train without the poison, and compare (Ctrl+T)")
        self.twin_button.setCheckable(True)
        self.seeds = self._combo(
            "Number of training seeds",
            72,
            "How many training seeds train at once, from the seed on the left on. The data stay as drawn; "
            "Train > Check this scenario goes over data seeds",
        )
        for count in SEEDS:
            self.seeds.addItem(f"\u00d7 {count}", count)
        self.shown = self._combo("Seed shown", _SHOWN, "The seed that the plane shows")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(6)
        words = {name: label(name, "faint") for name in ("step", "speed", "steps/s", "stop at", "seed")}
        # the words first, for the fields' tooltips say the same; then the slider, for the speed can be typed; in the
        # end the button for full speed, which is a key and in the menu
        names = ("steps/s", "step", "speed", "stop at", "seed")
        self._spare = [*(words[name] for name in names), self.slider, self.fast_button]
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self.reset_button, self.play_button, self.fast_button, self.step_button),
            (words["step"], self.counter),
            (words["speed"], self.slider, self.speed_edit, words["steps/s"]),
            (words["stop at"], self.stop_edit),
            (words["seed"], self.seed_edit, self.seed_button),
            (self.twin_button, self.seeds, self.shown),
        )
        for i, group in enumerate(groups):
            if i:
                layout.addWidget(self._rule())
            for part in group:
                layout.addWidget(part)
        layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)  # it can be narrower, without words
        for part in (self.slider, self.shown):
            layout.setStretchFactor(part, 1000)  # the first to grow, up to their most
        layout.addStretch(1)
        self.reset_button.clicked.connect(self.reset)
        self.play_button.clicked.connect(lambda: self.play_toggled.emit(not self._playing))
        self.step_button.clicked.connect(self.step)
        self.seed_button.clicked.connect(self.new_seed)
        self.slider.valueChanged.connect(lambda position: self._choose_pace(pace_at(position)))
        self.fast_button.clicked.connect(lambda on: self._choose_pace("full" if on else self._slow))
        self.speed_edit.committed.connect(self._speed_typed)
        self.speed_edit.stepped.connect(lambda steps: self.slider.setValue(self.slider.value() + steps))
        self.stop_edit.committed.connect(self._stop_typed)
        self.stop_edit.stepped.connect(
            lambda steps: self._choose_stop(max(0, (self._stop_at or 0) + 100 * steps) or None)
        )
        self.seed_edit.committed.connect(self._seed_typed)
        self.seed_edit.stepped.connect(lambda steps: self._choose_seed(self._seed + steps))
        self.twin_button.clicked.connect(self.twin_toggled)
        self.seeds.activated.connect(lambda at: self.seeds_changed.emit(self.seeds.itemData(at)))
        self.shown.activated.connect(self.shown_changed)
        self.set_theme(theme)
        self.set_playing(False)
        self.set_step(0)
        self.set_pace("auto", None)
        self.set_seed(0)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the theme's colours."""
        self._theme = theme
        off = disabled(theme)
        self.reset_button.setIcon(icon("reset", theme.text, off))
        self.step_button.setIcon(icon("step", theme.text, off))
        self.fast_button.setIcon(icon("fast", theme.text, off))
        self.seed_button.setIcon(icon("dice", theme.text, off))
        self.set_playing(self._playing, self._resting)

    def set_playing(self, playing: bool, resting: bool = False) -> None:
        """Whether training runs; resting: it has come to its stop."""
        self._playing, self._resting = playing, resting
        self.play_button.setText("Pause" if playing else "Go on" if resting else "Play")
        self.play_button.setToolTip(self._play_words())
        self.play_button.setIcon(icon("pause" if playing else "play", self._theme.on_accent, disabled(self._theme)))

    def set_step(self, step: int) -> None:
        """Show a step."""
        self._show(self.counter, f"{step:,}")

    def _play_words(self) -> str:
        if self._playing:
            return "Pause (Space)"
        return "It has come to its stop; train on without another (Space)" if self._resting else "Train (Space)"

    def set_pace(self, pace: Pace, speed: float | None) -> None:
        """Show a pace, and the steps a second that it comes to; None is as fast as it goes."""
        if pace != "full":
            self._slow = pace
        restyle(self.speed_edit, "invalid", False)
        self.speed_edit.show_text("max" if pace == "full" else "auto" if pace == "auto" else number_words(pace))
        self.fast_button.setChecked(pace == "full")
        self.slider.blockSignals(True)
        self.slider.setValue(position_of(speed))
        self.slider.blockSignals(False)

    def set_stop_at(self, step: int | None) -> None:
        """Show where Play stops; None for nowhere."""
        self._stop_at = step
        restyle(self.stop_edit, "invalid", False)
        self.stop_edit.show_text("" if step is None else f"{step:,}")

    def set_seed(self, seed: int) -> None:
        """Show a seed."""
        self._seed = seed
        restyle(self.seed_edit, "invalid", False)
        self.seed_edit.show_text(str(seed))
        self.set_seeds(self.seeds.currentData(), self.shown.currentIndex())

    def set_twin(self, on: bool) -> None:
        """Whether each seed also trains without the poison."""
        self.twin_button.setChecked(on)

    def set_seeds(self, count: int, shown: int = 0) -> None:
        """How many seeds train, and which of them is shown, counted from 0. A file may ask for a number that is not
        among `SEEDS`; it stands at the end of them then."""
        if self.seeds.findData(count) < 0:
            self.seeds.addItem(f"× {count}", count)
        self.seeds.setCurrentIndex(self.seeds.findData(count))
        self.shown.clear()
        for k in range(count):
            self.shown.addItem(f"seed {self._seed + k}", k)
        self.shown.setCurrentIndex(min(max(shown, 0), count - 1))
        longest = self.shown.fontMetrics().horizontalAdvance(f"seed {self._seed + count - 1}")
        # narrower where there is no room for all digits
        self.shown.setMaximumWidth(max(_SHOWN, longest + 48))
        self.shown.setVisible(count > 1)
        self._make_room()

    def set_disabled(self, reason: str | None) -> None:
        """Switch training off and say why, such as 'the trainer has stopped'; None switches it on again."""
        for button, words in (
            (self.reset_button, "Back to step 0 with the same initial weights (R)"),
            (self.play_button, self._play_words()),
            (self.step_button, "One training step, then rest (S)"),
        ):
            button.setEnabled(reason is None)
            button.setToolTip(tip(f"Off: {reason}" if reason else words))

    def _speed_typed(self, text: str) -> None:
        number, word = parse_number(text), text.strip().lower()
        if word in ("max", "full"):
            self._choose_pace("full")
        elif word in ("auto", ""):
            self._choose_pace("auto")
        elif number is None or not SLOWEST <= number <= FASTEST:
            self._refuse(self.speed_edit)
        else:
            self._choose_pace(number)

    def _stop_typed(self, text: str) -> None:
        number = 0.0 if not text.strip() or text.strip().lower() == "never" else parse_number(text)
        if number is None or number < 0 or not number.is_integer():
            self._refuse(self.stop_edit)
            return
        self._choose_stop(int(number) or None)

    def _seed_typed(self, text: str) -> None:
        number = parse_number(text)
        if number is None or not number.is_integer():
            self._refuse(self.seed_edit)
            return
        self._choose_seed(int(number))

    def _choose_pace(self, pace: Pace) -> None:
        """The owner knows what 'auto' comes to, and shows it."""
        self.set_pace(pace, pace if isinstance(pace, float) else None)
        self.pace_changed.emit(pace)

    def _choose_stop(self, step: int | None) -> None:
        self.set_stop_at(step)
        self.stop_at_changed.emit(step)

    def _choose_seed(self, seed: int) -> None:
        if not 0 <= seed <= LARGEST_SEED:
            self._refuse(self.seed_edit)
            return
        changed = seed != self._seed
        self.set_seed(seed)
        if changed:
            self.seed_changed.emit(seed)

    def _refuse(self, edit: NumberEdit) -> None:
        """A red outline, and the tooltip at once: it says what the field takes. The old value stays in force."""
        restyle(edit, "invalid", True)
        QToolTip.showText(edit.mapToGlobal(QPoint(0, edit.height())), edit.toolTip(), edit)

    def _button(self, text: str, explains: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip(explains))
        button.setIconSize(QSize(18, 18))
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the plane
        return button

    def _combo(self, name: str, width: int, explains: str) -> QuietCombo:
        combo = QuietCombo(self)
        combo.setFixedWidth(width)
        combo.setAccessibleName(name)
        combo.setToolTip(tip(explains))
        return combo

    def _rule(self) -> QFrame:
        rule = QFrame(self)
        rule.setProperty("role", "rule")
        rule.setFixedSize(1, 24)
        return rule


def pace_at(position: int) -> Pace:
    """Steps a second at a slider position; 'full' at the end."""
    return "full" if position >= _MAX_POSITION else float(f"{10 ** (position / _PER_DECADE):.1e}")


def position_of(speed: float | None) -> int:
    """The slider position nearest to a speed."""
    if speed is None:
        return _MAX_POSITION
    return min(max(round(math.log10(max(speed, 1.0)) * _PER_DECADE), 0), _MAX_POSITION - 1)
