"""The tab Embedding, which stands beside the plane as well: a plane of the points as a model has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from boundaryviz.engine.embeddings import Embedding
from boundaryviz.gui.embedding.items import LinksItem
from boundaryviz.gui.embedding.plane import EmbeddingPlane
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.rings_item import RingsItem
from boundaryviz.gui.widgets.controls import Elided, Throttle, label
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.scene.scene import Points, Scene

EMPTY = "The embedding appears here with the first step."
_SAID = 150  # milliseconds between two looks of the running numbers
_OWN = ("dimension 1", "dimension 2")
RINGS, LINKS = -4, 40  # heights: rings lie under the symbols, lines over them


class EmbeddingView(QWidget):
    """Setters in. turned: the clean twin's is to be shown, or the poisoned one's; `clean` says which."""

    turned = pyqtSignal()

    def __init__(self, lead: PlaneView, similarity: QAction) -> None:
        super().__init__()
        self.plane = plane = EmbeddingPlane(lead)
        self.clean = False
        self.found: Embedding | None = None
        """What is shown: of the clean twin where that is chosen."""
        self._of: Points | None = None
        self._points: Points | None = None  # those of the scene that are shown, as the scene has them
        self._rows = np.empty(0, dtype=np.int64)  # where these stand in the embedding
        self._positions = np.empty(0, dtype=np.int64)  # and in the scene
        self._ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._trouble = self._flipped = ""
        box = plane.canvas.box
        self.rings, self.links = RingsItem(plane.area_shown), LinksItem(plane.area_shown)
        for item, height in ((self.rings, RINGS), (self.links, LINKS)):
            item.setZValue(height)
            box.addItem(item, ignoreBounds=True)
            plane.canvas.shown.connect(item.area_changed)
        self.words, self.health, self.flips = (Elided("faint") for _ in range(3))
        self.buttons: dict[bool, QPushButton] = {}
        group = QButtonGroup(self)
        self.similar = QToolButton()
        self.similar.setDefaultAction(similarity)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.similar)
        head.addStretch(1)
        for clean, title in ((True, "Clean twin"), (False, "Poisoned")):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, clean=clean: self.show_clean(clean))
            group.addButton(button)
            self.buttons[clean] = button
            head.addWidget(button)
            button.hide()
        self.buttons[False].setChecked(True)
        self.hint = label("", "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.words)
        layout.addWidget(self.health)
        layout.addWidget(self.flips)
        layout.addWidget(plane, 1)
        layout.addWidget(self.hint, 1)
        self._tell = Throttle(lambda _: self._say(), _SAID, self)
        self.clear(EMPTY)

    # ---- setters

    def clear(self, words: str) -> None:
        """Show no embedding, and say why."""
        self.found = None
        self.plane.hide()
        for line in (self.words, self.health, self.flips):
            line.set_words("")
        self.flips.hide()
        self.hint.setText(words)
        self.hint.show()
        self.links.show_links(None, np.empty((0, 2)))
        for button in self.buttons.values():
            button.hide()

    def show_clean(self, on: bool) -> None:
        """Show the clean twin's, where there is one, or the other."""
        if on != self.clean:
            self.clean = on
            self.buttons[on].setChecked(True)
            self.turned.emit()

    def set_embedding(self, found: Embedding, scene: Scene, predicted: NDArray[np.int16] | None = None) -> None:
        """Show the points of a scene at their places in an embedding; those of either that the other lacks are left
        out. predicted: (N,), of all points of the scene."""
        one = found.clean if self.clean and found.clean is not None else found
        self._match(scene.points, found.ids)
        assert self._points is not None
        pins = scene.targets
        if len(pins) == len(one.pins):
            pins = tuple(replace(pin, x=x, y=y) for pin, (x, y) in zip(pins, one.pins.tolist(), strict=True))
        else:
            pins = ()  # one has just come or gone
        self.found = one
        plane = self.plane
        plane.points.set_ghost_poison(one is not found)
        plane.set_scene(
            replace(
                scene, points=self._points.with_columns(xy=one.xy[self._rows], inputs=None), domain=found.rect,
                targets=pins, section=None, measure=None, noise=None,
                axis_names=_OWN if one.own and one.health.width == 2 else ("x", "y"),
            )
        )  # fmt: skip
        plane.choose_as_there()
        plane.set_predicted(None if predicted is None else predicted[self._positions])
        if one.field is not None and classes_of(one.field) == scene.classes:
            plane.set_field(one.field, one.ground)
        else:
            plane.clear_field()
        self._ring(found)
        self._show_twins(found.clean is not None)
        if (trouble := one.health.trouble()) != self._trouble:
            self._trouble = trouble
            plane.set_banner(trouble or None)
        if self.hint.isVisibleTo(self) or not plane.isVisibleTo(self):
            self.hint.hide()
            plane.show()
        self._tell()

    def place_of(self, point: int) -> tuple[float, float] | None:
        """Where a point lies, by its id; None where it is not shown."""
        if self.found is None:
            return None
        here = np.flatnonzero(self.found.ids == point)
        if not len(here):
            return None
        x, y = self.found.xy[here[0]].tolist()
        return x, y

    def place_at(self, vector: NDArray[np.float64]) -> tuple[float, float] | None:
        """Where an embedding (E,) lies; None of one that is of another model."""
        if self.found is None or len(vector) != len(self.found.projection.centre):
            return None
        x, y = self.found.projection(vector[:, None])[0].tolist()
        return x, y

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for part in (self.plane, self.rings, self.links):
            part.set_theme(theme)

    def set_scale(self, scale: float) -> None:
        """Points, lines and marks so many times their usual size."""
        self.plane.set_scale(scale)
        self.links.set_scale(scale)

    # ---- inside

    def _match(self, points: Points, ids: NDArray[np.int64]) -> None:
        if points is self._of and np.array_equal(ids, self._ids):
            return
        same = self._of is not None and points.ids is self._of.ids and np.array_equal(ids, self._ids)
        if not same:
            _, positions, rows = np.intersect1d(points.ids, ids, assume_unique=True, return_indices=True)
            order = np.argsort(positions)
            self._positions, self._rows = positions[order], rows[order]
        self._of, self._ids, self._points = points, ids, points.take(self._positions)

    def _ring(self, found: Embedding) -> None:
        if found.flipped is None or self._points is None:
            self.rings.show_rings(np.empty((0, 2)), np.empty(0, dtype=bool))
            self._flipped = ""
            return
        xy = self.plane.scene.points.xy
        seen = self.plane.points.visible(self._points)
        some = found.flipped[self._rows] & (True if seen is None else seen)
        self.rings.show_rings(xy[some], np.ones(int(some.sum()), dtype=bool))
        pins = 0 if found.pins_flipped is None else int(found.pins_flipped.sum())
        at_pins = f", and {pins} of {len(found.pins)} targets" if len(found.pins) else ""
        count = int(some.sum())
        self._flipped = f"{count:,} point{'s' * (count != 1)} flipped (ringed){at_pins}"

    def _show_twins(self, on: bool) -> None:
        if on != self.buttons[True].isVisibleTo(self):
            for button in self.buttons.values():
                button.setVisible(on)
            if not on:
                self.show_clean(False)

    def _say(self) -> None:
        if self.found is not None:
            self.words.set_words(self.found.words())
            self.health.set_words(self.found.health.words() if self.found.health.finite else "")
            self.flips.set_words(self._flipped)
            self.flips.setVisible(bool(self._flipped))


def classes_of(field: NDArray) -> int:
    """Of how many classes a field tells."""
    return 2 if field.ndim == 2 else len(field)
