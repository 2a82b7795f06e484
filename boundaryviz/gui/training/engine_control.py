"""Which engine does the steps: chosen in a menu and remembered on this machine, said in the status bar, and given up
where a GPU fails."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QObject, QSettings
from PyQt6.QtWidgets import QMenu

from boundaryviz.engine import messages as m
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.logbook import INFO, WARNING, Logbook
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.widgets.plain import tip

ENGINES = ("auto", "compiled", "cpu", "cuda", "mps")
_KEY = "engine"


def preferred(settings: QSettings) -> str:
    """The engine that was chosen on this machine; `auto` where none was, or one of a newer version."""
    found = str(settings.value(_KEY, "auto"))
    return found if found in ENGINES else "auto"


class EngineControl(QObject):
    """The menu Engine, the words in the status bar, and the way on where there is no GPU any more.

    It is the machine's: a scenario does not say it, and a run that is gone on with has the one that it began with.
    """

    def __init__(
        self, window: MainWindow, controller: Controller, client: TrainerClient, settings: QSettings, log: Logbook
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._client, self._settings, self._log = (
            window, controller, client, settings, log
        )  # fmt: skip
        self._actions = {name: window.actions_[f"engine.{name}"] for name in ENGINES}
        self._tips = {name: action.statusTip() for name, action in self._actions.items()}
        self._noted = ""
        self._known: m.Engine | None = None
        self.menu = QMenu("&Engine", window)
        self.menu.setToolTipsVisible(True)
        self.menu.addActions(list(self._actions.values()))
        window.add_submenu("train", self.menu, before="train.redraw")
        self._actions[preferred(settings)].setChecked(True)
        for name, action in self._actions.items():
            action.triggered.connect(partial(self.choose, name))
        client.engaged.connect(self._engaged)
        client.gpu_lost.connect(self._lost)

    def choose(self, name: str, _checked: bool = True) -> None:
        """Have this engine do the steps of the runs that begin here, of which the next begins at once unless it is that
        of now already."""
        self._settings.setValue(_KEY, name)
        self._actions[name].setChecked(True)
        self._client.prefer(name)
        if name != self._client.engine:
            self._controller.train_anew()
            self._window.tell("The run begins anew.")

    def _engaged(self, engine: m.Engine) -> None:
        """Say what does the steps of the run that begins or is gone on with, and what could not."""
        self._known = engine
        self._window.status.set_device(engine.words, engine.why)
        for name, action in self._actions.items():
            why_not = engine.absent.get(name, "")
            action.setEnabled(not why_not)
            words = self._tips[name]
            action.setToolTip(tip(f"{words}. Not here: {why_not}." if why_not else words))
        words = f"{engine.words}. {engine.missed or engine.why}"
        if words != self._noted:
            self._noted = words
            self._log.note("engine", words, WARNING if engine.missed else INFO)
        if engine.missed and self._client.promised:
            self._window.notify(f"This run was trained by another engine: {engine.missed}.")

    def facts(self) -> dict[str, str]:
        """What a report needs to know of engines, by name."""
        known = self._known
        if known is None:
            return {}
        why = f"{known.missed}. {known.why}" if known.missed else known.why
        return {"engine": f"{known.name}. {why}"} | {f"no {name}": why for name, why in known.absent.items()}

    def _lost(self, lost: m.GpuLost) -> None:
        """Go on from the last recorded moment, on the processor."""
        self._log.note("engine", f"{lost.why}\n{lost.details}".strip(), WARNING)
        playing = self._client.playing
        self._controller.presenter.begin_anew()
        if playing:
            self._controller.play(True)
        self._window.notify(
            f"Training on the GPU has ended: {lost.why}. It goes on on the processor, from the last recorded moment; "
            "your points and settings are as they were.", details=lost.details, alarm=True,
        )  # fmt: skip
