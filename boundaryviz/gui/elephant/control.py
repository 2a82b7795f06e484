"""Opens the elephant's window, and writes its figure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject

from boundaryviz.gui.elephant.window import ElephantWindow
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scenario.scenario import Scenario


class ElephantControl(QObject):
    """The window is made when it is first asked for, and stays as it was left."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._parent, self._theme = window, LIGHT
        self.window: ElephantWindow | None = None
        window.themed.connect(self._dress)
        window.actions_["help.elephant"].triggered.connect(lambda: self.show())

    def goes_with(self, scenario: Scenario) -> tuple[str, Callable[[], None]] | None:
        """What is offered with the data set of its shape: the words of a button, and what it does."""
        return ("Open the elephant", self.show) if scenario.data.name == "elephant-shape" else None

    def show(self) -> None:
        """Bring it to the front."""
        if self.window is None:
            self.window = ElephantWindow(self._parent)
            self.window.set_theme(self._theme)
            self.window.exported.connect(self._export)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        if self.window is not None:
            self.window.set_theme(theme)

    def _export(self) -> None:
        """Ask how and where, and write the figure. matplotlib is loaded only here."""
        shown = self.window
        assert shown is not None
        from boundaryviz.figures.elephant import draw_elephant
        from boundaryviz.figures.sheet import SceneFigure, save
        from boundaryviz.figures.style import Options

        def figure(chosen: ExportOptions) -> SceneFigure:
            options = Options(width_cm=chosen.width_cm, style=chosen.style, dpi=chosen.dpi)  # type: ignore[arg-type]
            refit = shown.refit
            return draw_elephant(
                shown.settings.elephant, refit.sigma, refit.points, refit.seed, refit.harmonics, options
            )  # fmt: skip

        dialog = ExportDialog(
            lambda chosen: figure(chosen)._repr_png_(),
            lambda chosen, path: save(figure(chosen), Path(path)),
            ExportOptions(view="elephant", width_cm=18.0), "elephant", parent=shown, views={"elephant": "The elephant"},
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()
