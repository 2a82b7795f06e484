"""What views share that have something worked out: fields, a button that runs and cancels, progress, and words."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from boundaryviz.gui.widgets.controls import label, restyle
from boundaryviz.gui.widgets.number import NumberEdit, parse_number

MOST_SEEDS = 64


class RunPanel(QWidget):
    """A typed list and a number of seeds, Run, progress, and a hint where there is nothing to show yet.

    asked: Run, with what the list comes to and how many seeds. cancelled: Cancel. The subclass adds what it shows to
    its layout, and says by `_ask` what the list comes to.
    """

    asked = pyqtSignal(object, int)
    cancelled = pyqtSignal()

    def __init__(
        self, listed: tuple[str, QLineEdit], seeds: tuple[str, NumberEdit], many: int, hint: str, *buttons: QWidget,
        most: int = MOST_SEEDS,
    ) -> None:  # fmt: skip
        """listed, seeds: fields with the names before them. many: seeds at first, and most: at most. buttons: that
        stand beside Run."""
        super().__init__()
        self._running, self._seeds, self._most = False, many, most
        (_, self._list), (_, self.seeds) = listed, seeds
        self.run = QPushButton("Run")
        self.run.setProperty("role", "primary")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.words = label("", "faint", wraps=True)
        self._hint = label(hint, "faint", wraps=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._fields = fields = QHBoxLayout()
        fields.setSpacing(8)
        for title, field in (listed, seeds):
            words = label(title)
            words.setBuddy(field)
            fields.addWidget(words)
            fields.addWidget(field, 1 if field is self._list else 0)
        beside = QHBoxLayout()
        beside.setSpacing(8)
        for button in (self.run, *buttons):
            beside.addWidget(button)
        if len(buttons) < 2:
            beside.addWidget(self.words, 1)
        else:  # a line of its own, which is there without words too: what comes and goes moves nothing
            beside.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(fields)
        layout.addLayout(beside)
        if len(buttons) > 1:
            layout.addWidget(self.words)
        layout.addWidget(self.progress)
        layout.addWidget(self._hint, 1)
        self.run.clicked.connect(self._pressed)
        self._list.returnPressed.connect(self._ask)
        self._list.textEdited.connect(lambda: restyle(self._list, "invalid", False))
        self.seeds.committed.connect(self._seeds_typed)
        self.seeds.stepped.connect(lambda by: self._set_seeds(self._seeds + by))
        self._set_seeds(many)
        self.set_running(False)

    # ---- what it shows ------------------------------------------------------------------------------

    def set_running(self, on: bool) -> None:
        """Whether it is being worked out; Run is then Cancel."""
        self._running = on
        self.run.setText("Cancel" if on else "Run")
        self.run.setToolTip("Stop; what was finished stays" if on else "Work it out, in a process of its own")
        self.progress.setValue(0)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.setVisible(on)
        for field in (self._list, self.seeds):
            field.setEnabled(not on)

    def set_progress(self, done: int, total: int) -> None:
        """So many steps are done, of so many."""
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def say(self, words: str, problem: bool = False) -> None:
        """A sentence beside the buttons."""
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setText(words)

    # ---- what it asks -------------------------------------------------------------------------------

    def ask(self) -> None:
        """As if Run were pressed; nothing while it runs."""
        if not self._running:
            self._ask()

    def _pressed(self) -> None:
        if self._running:
            self.cancelled.emit()
        else:
            self._ask()

    def _ask(self) -> None:
        """Emit `asked`, or say what is wrong with the list."""
        raise NotImplementedError

    def _seeds_typed(self, text: str) -> None:
        number = parse_number(text)
        self._set_seeds(self._seeds if number is None else round(number))
        if number is not None and number > self._most:
            self.say(f"At most {self._most:,}, not {number:,.10g}.")

    def _set_seeds(self, seeds: int) -> None:
        self._seeds = min(max(seeds, 1), self._most)
        self.seeds.show_text(str(self._seeds))
