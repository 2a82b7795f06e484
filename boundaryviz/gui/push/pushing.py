"""Points pushed over in the window: asked for by key, button or menu, shown on the plane, and added on request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from typing_extensions import override

from boundaryviz.engine.probes.push_views import PushView
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.push.gesture import PushOver, Taken
from boundaryviz.gui.push.on_plane import PushesOnPlane
from boundaryviz.gui.push.panel import MOST, PushPanel
from boundaryviz.gui.push.words import class_words, why_not
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.controller import Do
from boundaryviz.gui.training.presenter import Presenter

_NO_POINT = "Put the pointer on a point, or select some: those are pushed over."
_NOTHING_PUSHED = "Push a point over first (Z)."


class PushingOver(QObject):
    """Which points are to be pushed over, `wanted`, until it is known where to; then `over`, on its way. changed: there
    is something else to push or to add. asked: points are wanted.

    subjects: the points that would be pushed over now.
    """

    changed = pyqtSignal()
    asked = pyqtSignal()

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, presenter: Presenter, do: Do,
        panel: PushPanel, on_plane: PushesOnPlane, subjects: Callable[[], NDArray[np.int64]],
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._planes, self._document = window, planes, document
        self._presenter, self._do, self._panel, self._on_plane = presenter, do, panel, on_plane
        self._subjects = subjects
        self.wanted: NDArray[np.int64] | None = None
        self.over = PushOver(self._decided, self)
        for signal, name, act in (
            (panel.pushed, "point.push", self.push_over), (panel.kept, "point.push-keep", self.keep),
        ):  # fmt: skip
            signal.connect(act)
            window.actions_[name].triggered.connect(lambda _=False, act=act: act())
        panel.dropped.connect(self.over.forget)
        window.escaped.connect(self.over.forget)
        planes.plane.installEventFilter(self)
        presenter.shown.connect(lambda _frame: self._follow())
        self.over.changed.connect(self._show)
        self.over.arrived.connect(self._arrived)

    # ---- what is asked for --------------------------------------------------------------------------

    def push_over(self) -> None:
        """Have the attack take the point under the pointer, or the selected ones, over the boundary."""
        self.push_points(self._subjects())

    def push_points(self, ids: NDArray[np.int64]) -> None:
        """Have the attack take these points over the boundary."""
        if not len(ids):
            self._window.tell(_NO_POINT)
            return
        self._window.actions_["view.pushes"].setChecked(True)
        self.over.forget()
        self.wanted = ids[:MOST]
        self.asked.emit()

    def offers(self, ids: NDArray[np.int64]) -> Iterable[tuple[str, Callable[[], Any]]]:
        """What the menu of points offers: words, and what they do."""
        yield "Push it over" if len(ids) == 1 else f"Push {len(ids):,} over", partial(self.push_points, ids)
        if self.over.taken is not None:
            yield "Add with true label", self.keep

    def keep(self) -> None:
        """Add what was pushed over, with its true labels."""
        self.over.finish()
        edit = self.over.edit(self._document.committed.scene)
        if edit is None:
            self._window.tell(_NOTHING_PUSHED)
            return
        count = len(edit.points)
        self.over.forget()
        points = f"{count:,} adversarial example{'s' * (count != 1)}"
        self._do(edit, f"Add {points} with true label{'s' * (count != 1)}")
        self._window.tell(f"Added {points}; the model learns on. Ctrl+Z takes {'it' if count == 1 else 'them'} back.")

    def forget(self) -> None:
        """Nothing is wanted, and nothing is on its way."""
        self.wanted = None
        self.over.forget()

    def take(self, found: PushView) -> bool:
        """An answer has come; whether it is of the points that are wanted."""
        wanted = self.wanted
        if wanted is None or found.settings.ids != tuple(wanted.tolist()):
            return False
        self.wanted = None
        scene = self._document.committed.scene
        taken = Taken.of(found.runs[0], scene, self._planes.plane.canvas.pixel) if found.runs else None
        if taken is not None and len(taken):
            self.over.begin(taken, scene.section is None)
        else:
            words = why_not(found.runs[0], scene) if found.runs else found.why
            self._window.tell(f"Nothing was pushed over: {words[:1].lower()}{words[1:]}")
            self._panel.say(words[:1].upper() + words[1:], problem=not found.runs)
        return True

    # ---- what is shown ------------------------------------------------------------------------------

    def _draw(self) -> None:
        """What is on its way, and once it is there what a single point is and is taken for."""
        ghosts, words = self.over.ghosts(), ""
        if len(ghosts) == 1 and not self.over.under_way:
            was, now = (class_words(self._document.scene, label) for label in (ghosts[0].label, ghosts[0].taken))
            words = f"{was}, taken for {now}"
        self._on_plane.show_ghosts(ghosts, words)

    def _show(self) -> None:
        self._draw()
        self._window.actions_["point.push-keep"].setEnabled(self.over.taken is not None)
        self.changed.emit()

    def _follow(self) -> None:
        """The model has gone on: what is made of a point that was pushed may be something else by now."""
        if self.over.taken is not None and not self.over.under_way:
            self._draw()

    def _arrived(self) -> None:
        taken, scene = self.over.taken, self._document.committed.scene
        if taken is None:
            return
        if len(taken) == 1:
            was, now = (class_words(scene, int(label[0])) for label in (taken.label, taken.to))
            words = f"This {was} is now taken for {now}."
        else:
            words = f"{len(taken):,} points are now taken for another class."
        self._panel.say(words)
        self._window.tell(f"{words} Shift+Z adds {'it with its' if len(taken) == 1 else 'them with their'} true label, "
                          "Esc forgets.", 0)  # fmt: skip

    def _decided(self, x: float, y: float) -> int | None:
        """The class that the field shown has at a place."""
        value = self._planes.plane.value_at(x, y)
        if value is None or self._presenter.fits_responses:
            return None
        values = np.atleast_1d(value)
        chances = np.array([1 - values[0], values[0]]) if len(values) == 1 else values
        return int(self._presenter.scenario.decision.rule(len(chances)).decide(chances[:, None])[0])

    @override
    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Esc on the plane takes back what was pushed before it lets the selection go."""
        if (
            isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape and self.over.taken is not None and not self._planes.plane.tool.active
        ):  # fmt: skip
            self.over.forget()
            return True
        return False
