"""A probe that is asked while its view is the result at the front."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QWidget

from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient


class WhileInFront(QObject):
    """Subscribes to a probe whenever the view comes to the front, and unsubscribes when it goes."""

    def __init__(
        self, window: MainWindow, client: TrainerClient, view: QWidget, probe: str, settings: Any = None
    ) -> None:
        super().__init__(window)
        self._window, self._client, self._view = window, client, view
        self._probe, self._settings = probe, settings
        self._asks = False
        window.result_changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        asks = self._window.result_shown() is self._view
        if asks != self._asks:
            self._asks = asks
            if asks:
                self._client.subscribe(self._probe, self._settings)
            else:
                self._client.unsubscribe(self._probe)
