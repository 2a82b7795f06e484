"""Which class new points get: by digit, from one to the next, or found by name or number among all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.palette import CommandPalette
from boundaryviz.gui.widgets.plain import menu_words, tip
from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED


class ClassChoice(QObject):
    """Joins the actions of classes to `choose`, which is called with a class, or -1 for no label."""

    def __init__(self, window: MainWindow, document: Document, choose: Callable[[int], None]) -> None:
        super().__init__(window)
        self._window, self._document, self._actions = window, document, window.actions_
        for k in range(MAX_CLASSES):
            self._actions[f"point.class-{k}"].triggered.connect(partial(self._chosen, choose, k))
        self._actions["point.unlabelled"].triggered.connect(partial(self._chosen, choose, UNLABELLED))
        self._actions["point.class-next"].triggered.connect(lambda: self.step(1))
        self._actions["point.class-previous"].triggered.connect(lambda: self.step(-1))
        self._actions["point.class-choose"].triggered.connect(lambda: self.find())
        self._actions["point.class-0"].setChecked(True)

    @staticmethod
    def _chosen(choose: Callable[[int], None], label: int, _checked: bool) -> None:
        choose(label)

    def step(self, by: int) -> None:
        """Take the class so many further on in hand, round and round."""
        classes = self._document.scene.classes
        named = [self._actions[f"point.class-{k}"] for k in range(MAX_CLASSES)]
        at = next((k for k, action in enumerate(named) if action.isChecked()), -1 if by > 0 else 0)
        named[(at + by) % classes].trigger()

    def find(self) -> None:
        """Show all classes to choose from."""
        scene, found = self._document.scene, []
        for k in range(scene.classes):
            name, action = scene.class_name(k), self._actions[f"point.class-{k}"]
            words = action.text() if name == f"class {k}" else menu_words(f"{k}: {name}")
            entry = QAction(action.icon(), words, self)
            entry.setStatusTip(tip(scene.whole_class_name(k)))
            entry.triggered.connect(action.trigger)
            found.append(entry)
        chooser = CommandPalette(found, self._window, "Type the name or the number of a class", pictures=True)

        def done() -> None:
            for one in (*found, chooser):
                one.deleteLater()

        chooser.finished.connect(done)
        chooser.popup()
