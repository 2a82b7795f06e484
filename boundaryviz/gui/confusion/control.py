"""The tab Confusion: who is taken for whom, of the frame shown; those behind other tabs wait."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.gui.confusion.confusion import ConfusionView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.presenter import Presenter


class ConfusionControl(QObject):
    """Brings the matrix of the frame shown to the view while its tab is at the front."""

    def __init__(self, window: MainWindow, presenter: Presenter) -> None:
        super().__init__(window)
        self._window, self._presenter = window, presenter
        self.view = ConfusionView()
        window.themed.connect(self.view.set_theme)
        window.result_changed.connect(self._fill)
        presenter.shown.connect(self._fill)

    def _fill(self) -> None:
        frame, scene = self._presenter.frame, self._presenter.scene
        if frame is not None and self._window.result_shown() is self.view and frame.confusion.shape[1] == scene.classes:
            names = [scene.class_name(k) for k in range(scene.classes)]
            self.view.set_matrix(frame.confusion, names, self._presenter.seed_words)
