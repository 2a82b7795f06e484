"""Putting the window together, and what concerns it as a whole: theme, help, command palette, recovery."""

from __future__ import annotations

import platform
from pathlib import Path

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QSettings
from PyQt6.QtWidgets import QApplication, QMessageBox

import boundaryviz
from boundaryviz.engine.link import Link, StartLink
from boundaryviz.gui import theme as themes
from boundaryviz.gui.actions import MENUS
from boundaryviz.gui.cascade_control import CascadeControl
from boundaryviz.gui.client import TrainerClient
from boundaryviz.gui.compare_control import CompareControl
from boundaryviz.gui.controller import Controller
from boundaryviz.gui.display import Word
from boundaryviz.gui.document import Document
from boundaryviz.gui.dose_control import DoseControl
from boundaryviz.gui.filing import Filing
from boundaryviz.gui.poison_control import PoisonControl
from boundaryviz.gui.twin_control import TwinControl
from boundaryviz.gui.views.palette import CommandPalette
from boundaryviz.gui.views.shortcuts import ShortcutsDialog
from boundaryviz.gui.window import MainWindow
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import Scenario, ScenarioError

_GESTURES = {
    "Mouse": [
        ("Drag a point", "moves it, whatever the tool"),
        ("Shift-click", "adds a point to the selection"),
        ("Wheel", "zooms at the pointer"),
        ("Middle or right drag", "moves the plane"),
        ("Right click", "menu of the point or pin under the pointer"),
        ("Alt-click", "mutes a point, so that nobody sees it, or lets it be seen again"),
        ("Ctrl + wheel on a bridge", "more or fewer points"),
        ("Esc", "gives up the stroke, then the selection"),
    ],
    "Keyboard on the plane": [
        ("Arrows", "nudge the selection by a pixel; with Shift by ten"),
        ("[ and ]", "smaller and larger brush"),
        ("Ctrl + and Ctrl -", "zoom"),
    ],
}


class Desk:
    """A window with everything that belongs to it, ready to be shown."""

    def __init__(self, scenario: Scenario, start: StartLink, link: Link | None, settings: QSettings) -> None:
        self._settings = settings
        self.recovery_waits = False
        self._theme = themes.named(str(settings.value("theme", "system")))
        self.window = MainWindow(settings)
        self.document = Document(scenario, self.window)
        self.client = TrainerClient(start, link, self.window)
        self.controller = Controller(self.window, self.document, self.client)
        self.cascade = CascadeControl(self.window, self.document, self.client, self.controller.display)
        self.twin = TwinControl(self.window, self.document, self.client, self.controller.display)
        self.compare = CompareControl(self.window, self.controller.display)
        self.dose = DoseControl(self.window.dose, self.document, self.window)
        self.filing = Filing(self.controller)
        self.poison = PoisonControl(self.controller)
        self._dress()
        self.window.restore()
        actions = self.window.actions_
        actions["view.theme"].setChecked(self._theme.name == "dark")
        actions["view.theme"].toggled.connect(lambda dark: self.set_theme("dark" if dark else "light"))
        actions["train.dose"].triggered.connect(lambda: self._dose())
        actions["view.commands"].triggered.connect(lambda: self._palette())
        actions["help.shortcuts"].triggered.connect(lambda: self._shortcuts())
        actions["help.about"].triggered.connect(lambda: self._about())

    def show(self, hint: str | None = None) -> None:
        """Open the window and start training; `hint` says what to try."""
        self.window.show()
        self.window.plane.setFocus()
        if hint:
            self.controller.display.say(Word.HINT, hint)
            self.window.plane.committed.connect(self._hint_taken)
            self.document.opened.connect(self._hint_taken)
        self.controller.play(True)

    def _hint_taken(self) -> None:
        self.window.plane.committed.disconnect(self._hint_taken)
        self.document.opened.disconnect(self._hint_taken)
        self.controller.display.say(Word.HINT, None)

    def close(self) -> None:
        """End the trainer; the window may go now."""
        self.document.undo.blockSignals(True)  # the stack outlives the actions it tells of its changes
        self.dose.close()
        self.client.close()

    def set_theme(self, name: str) -> None:
        """'light', 'dark' or 'system'; remembered."""
        self._settings.setValue("theme", name)
        self._theme = themes.named(name)
        self._dress()

    def _dress(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        themes.apply(app, self._theme)  # once all widgets are there: each is polished once
        self.window.set_theme(self._theme)

    def offer_recovery(self, path: Path) -> None:
        """Offer what a crash left behind; until it is taken, it is offered again at the next start."""
        try:
            scenario = files.read(path)
        except ScenarioError:
            path.unlink(missing_ok=True)
            return
        self.recovery_waits = True
        self.window.notify(
            "The last session ended unexpectedly; its points and settings were kept.",
            action="Restore", act=lambda: self._recover(scenario),
        )  # fmt: skip

    def _recover(self, scenario: Scenario) -> None:
        self.recovery_waits = False
        self.document.open(scenario, saved=False)

    def _dose(self) -> None:
        self.window.show_result(self.window.dose)
        self.window.dose.ask()

    def _palette(self) -> None:
        CommandPalette(self.window.actions_.all(), self.window).popup()

    def _shortcuts(self) -> None:
        groups = {title.replace("&", ""): self.window.actions_.group(menu) for menu, title in MENUS.items()}
        ShortcutsDialog(groups, _GESTURES, self.window).open()

    def _about(self) -> None:
        QMessageBox.about(
            self.window, "About boundaryviz",
            f"<b>boundaryviz {boundaryviz.__version__}</b><p>A desktop laboratory for decision boundaries and their "
            f"poisoning.</p><p>Python {platform.python_version()}, Qt {QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}</p>"
            "<p>Free software under the GNU General Public License, version 3 or later.</p>",
        )  # fmt: skip
