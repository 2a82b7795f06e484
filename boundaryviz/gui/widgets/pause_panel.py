"""A `RunPanel` whose work can be paused, and whose figure can be written."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QPushButton
from typing_extensions import override

from boundaryviz.gui.widgets.number import NumberEdit
from boundaryviz.gui.widgets.run_panel import MOST_SEEDS, RunPanel


class PausePanel(RunPanel):
    """paused, resumed: the second button. saving: a figure is wanted."""

    paused = pyqtSignal()
    resumed = pyqtSignal()
    saving = pyqtSignal()

    def __init__(
        self, listed: tuple[str, QLineEdit], seeds: tuple[str, NumberEdit], many: int, hint: str, most: int = MOST_SEEDS
    ) -> None:
        """As of a `RunPanel`."""
        self._paused = False
        self.pause, self.save = QPushButton("Pause"), QPushButton("Export...")
        self.save.setToolTip("Write this figure as PNG, SVG or PDF")
        super().__init__(listed, seeds, many, hint, self.pause, self.save, most=most)
        self.pause.clicked.connect(lambda: (self.resumed if self._paused else self.paused).emit())
        self.save.clicked.connect(self.saving)

    @override
    def set_running(self, on: bool) -> None:
        super().set_running(on)
        self._paused = False
        self.pause.setText("Pause")
        self.pause.setEnabled(on)
        self.pause.setToolTip("Stop for now; Resume goes on from what is finished")

    def set_paused(self) -> None:
        """It was stopped, and can go on."""
        self.set_running(False)
        self._paused = True
        self.pause.setText("Resume")
        self.pause.setEnabled(True)
        self.pause.setToolTip("Go on with what is missing")
