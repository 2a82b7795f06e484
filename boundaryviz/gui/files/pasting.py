"""Points to the clipboard and from it: tables of any kind, and what numpy prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject
from PyQt6.QtGui import QGuiApplication

from boundaryviz.gui.document.document import State, Swap
from boundaryviz.gui.files.importing import LOOK, Importing, with_table
from boundaryviz.gui.files.welcome import WelcomePage
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.controller import Controller
from boundaryviz.scene.edits import Add
from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED, Points, Scene
from boundaryviz.scene.splits import SHARES

if TYPE_CHECKING:
    from boundaryviz.tables.tables import Table

_ALL_TRAIN = (1.0, 0.0, 0.0)


class Pasting(QObject):
    """Copy, paste in the place of the scene, and paste into it; trouble is told in the window's banner."""

    def __init__(
        self, window: MainWindow, plane: PlaneView, welcome: WelcomePage, controller: Controller, importing: Importing
    ) -> None:
        super().__init__(window)
        self._importing = importing
        self._window, self._plane = window, plane
        self._controller, self._document = controller, controller.document
        actions = window.actions_
        actions["file.paste"].triggered.connect(lambda: self.paste())
        actions["edit.paste-points"].triggered.connect(lambda: self.paste_into())
        actions["edit.copy"].triggered.connect(lambda: self.copy())
        welcome.paste_table.connect(self.paste)

    def copy(self) -> None:
        """The selected points, or all of them, as a table on the clipboard."""
        scene, ids = self._document.scene, self._plane.selection
        points = scene.points.take(scene.points.positions(ids)) if len(ids) else scene.points
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and len(points):
            from boundaryviz.tables.tables import write_table

            clipboard.setText(write_table(scene.with_points(points)))
            self._window.tell(f"Copied {_counted(len(points))}.")

    def paste(self) -> None:
        """Take the points on the clipboard in the place of those there are, with undo, under the settings of now."""
        self._read(SHARES, self._put_in_place, "Paste")

    def _put_in_place(self, table: Table) -> None:
        scenario = with_table(self._document.committed.scenario, table).model_copy(
            update={"name": "pasted", "title": "Pasted points", "summary": "", "look_at": "", "variant_of": None,
                    "expect": {}}
        )  # fmt: skip
        self._controller.do(Swap(State.of(scenario)), "Paste a table")
        self._window.show_page(None)
        self._plane.fit()
        self._importing.tell(table)

    def paste_into(self) -> None:
        """Add the points on the clipboard to those there are, as one undo step; they are selected afterwards."""
        self._read(_ALL_TRAIN, self._add, "Add")

    def _add(self, table: Table) -> None:
        scene = self._document.committed.scene
        points = _fitted(table.scene, scene)
        self._controller.do(Add(points), "Paste points")
        self._window.show_page(None)
        self._plane.set_selection(points.ids)
        x, y = points.xy.T
        inside = (x >= scene.domain.left) & (x <= scene.domain.right) & (y >= scene.domain.bottom)
        outside = int((~(inside & (y <= scene.domain.top))).sum())
        if outside:
            self._window.notify(f"{_counted(outside)} of {len(points):,} lie outside the plane shown.", closable=True)
        self._window.tell(f"Added {_counted(len(points))}.")

    def _read(self, shares: tuple[float, float, float], then: Callable[[Table], None], verb: str) -> None:
        """Have the table on the clipboard read, and `then` called with it."""
        clipboard = QGuiApplication.clipboard()
        text = clipboard.text() if clipboard is not None else ""
        if not text.strip():
            self._window.notify("There is no text on the clipboard. Copy a table with columns x and y.")
            return
        self._importing.read(text, then, self._refuse, shares, verb)

    def _refuse(self, problems: list[str], look: Callable[[], None] | None = None) -> None:
        more = f" and {len(problems) - 2} more" if len(problems) > 2 else ""
        self._window.notify(
            f"The clipboard holds no table of points: {'; '.join(problems[:2])}{more}.",
            details="\n".join(problems), alarm=True, action=LOOK if look else "", act=look, closable=True,
        )  # fmt: skip


def _fitted(pasted: Scene, scene: Scene) -> Points:
    """Pasted points with ids of their own and, where all their classes have a name here, those classes."""
    points, names = pasted.points, pasted.class_names
    label = points.label
    if names and scene.class_names and set(names) <= set(scene.class_names):
        here = np.array([*(scene.class_names.index(name) for name in names), *[0] * (MAX_CLASSES - len(names))])
        label = np.where(label == UNLABELLED, UNLABELLED, here[label])
    first = scene.next_id
    return replace(points, ids=np.arange(first, first + len(points)), label=label)


def _counted(n: int) -> str:
    return f"{n:,} {'point' if n == 1 else 'points'}"
