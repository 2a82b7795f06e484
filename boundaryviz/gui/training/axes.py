"""The switch that says whether both axes of a plane have one scale: three commands of the menu, remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QObject, QSettings

from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.scene.axes import AXES, AxesChoice, checked


class AxesControl(QObject):
    """Tells the planes, and `also` whoever else shows some. It is the viewer's: other scenarios leave it as it is."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, settings: QSettings, also: Callable[[AxesChoice], None]
    ) -> None:
        super().__init__(window)
        self._planes, self._settings, self._also, self._actions = planes, settings, also, window.actions_
        for choice in AXES:
            self._actions[f"view.axes-{choice}"].triggered.connect(partial(self.choose, choice))
        try:
            self.choose(checked(str(settings.value("axes", "auto"))))
        except ValueError:  # of a newer version
            self.choose("auto")

    def choose(self, choice: AxesChoice, _checked: bool = True) -> None:
        """From now on planes are shown so."""
        self._actions[f"view.axes-{choice}"].setChecked(True)
        self._settings.setValue("axes", choice)
        self._planes.plane.set_axes_choice(choice)
        self._planes.set_look("view.axes", lambda plane: plane.set_axes_choice(choice))
        self._also(choice)
