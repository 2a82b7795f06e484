"""Joins the actions 'view.embedding' and 'view.similarity', their probes, the second plane, and what is linked between
both planes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject
from PyQt6.QtGui import QColor

from boundaryviz.engine import messages as m
from boundaryviz.engine.embeddings import Embedding, Similarity
from boundaryviz.engine.probes.embedding import EmbeddingSettings, SimilaritySettings
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.embedding.items import LinksItem
from boundaryviz.gui.embedding.view import EMPTY, LINKS, RINGS, EmbeddingView
from boundaryviz.gui.plane.map_item import UNDER, MapItem
from boundaryviz.gui.plane.plane import LOOKS, PlaneView
from boundaryviz.gui.plane.rings_item import RingsItem
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.tools import Context, Gesture, hit_test
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.controls import Throttle
from boundaryviz.gui.widgets.theme import LIGHT, Theme, mix
from boundaryviz.scenario.unembedded import unembedded

BESIDE = "The embedding stands beside the plane. Ctrl+9 brings it back."
_SIDE = 96  # cells of the similarity along the longer side
_ASK = 33  # milliseconds between two questions about the pointer
_RESHAPED = 100  # milliseconds between two looks at the second plane's shape
_SCRUB = 60  # milliseconds between two moments of the past that are worked out while one scrubs
_NOBODY = np.empty((0, 2))

Place = tuple[float, float]


class EmbeddingControl(QObject):
    """Has the embedding sent while its tab is at the front or stands beside the plane; what the pointer is at in one
    plane is shown in the other, and what is chosen in one is chosen in both."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, client: TrainerClient, presenter: Presenter
    ) -> None:
        super().__init__(window)
        self._window, self._planes, self._document = window, planes, document
        self._client, self._presenter = client, presenter
        actions = window.actions_
        self._beside, self._alike = actions["view.embedding"], actions["view.similarity"]
        self.view = EmbeddingView(planes.plane, self._alike)
        self._theme = LIGHT
        self.found: Embedding | None = None
        self.similarity: Similarity | None = None
        self._asked = False
        self._place: Place | None = None  # of the pointer on the first plane, or of the point under it
        self._point: int | None = None
        self.links, self.rings = self._marks(planes.plane, window)
        self.map = MapItem()
        self.map.smooth = True
        self.map.setZValue(UNDER)
        self.map.hide()
        planes.plane.canvas.box.addItem(self.map, ignoreBounds=True)
        self._aspect = 1.0  # of what is visible of the second plane
        self._shape = Throttle(lambda _: self._reshape(), _RESHAPED, self)
        self._ask = Throttle(lambda _: self._send(), _ASK, self)
        self._scrub = Throttle(lambda _: self._follow_past(), _SCRUB, self)
        for name, look in LOOKS.items():
            look(self.view.plane, actions[name].isChecked())
            actions[name].toggled.connect(lambda on, look=look: self._look_so(look, on))
        self._wire()
        self._look()

    def _marks(self, plane: PlaneView, window: MainWindow) -> tuple[LinksItem, RingsItem]:
        """What the first plane shows of the second."""
        links, rings = LinksItem(plane.area_shown), RingsItem(plane.area_shown)
        for item, height in ((rings, RINGS), (links, LINKS)):
            item.setZValue(height)
            plane.canvas.box.addItem(item, ignoreBounds=True)
            plane.canvas.shown.connect(item.area_changed)
            window.themed.connect(item.set_theme)
        return links, rings

    def _wire(self) -> None:
        window, client, presenter, view = self._window, self._client, self._presenter, self.view
        window.themed.connect(view.set_theme)
        window.themed.connect(self._dress)
        window.result_changed.connect(self._look)
        self._beside.toggled.connect(self._stand)
        self._alike.toggled.connect(self._toggle_similarity)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.turned.connect(self._turned)
        presenter.forgotten.connect(self._forget)
        for signal in (self._document.changed, self._document.opened):
            signal.connect(self._draw)
        view.turned.connect(self._shown_other)
        view.plane.canvas.shown.connect(self._shape)
        self._planes.hovered.connect(lambda place: self._hovered(place, self._planes.plane))
        view.plane.hovered.connect(lambda place: self._hovered(place, view.plane))

    # ---- when it is asked

    @property
    def _why_not(self) -> str:
        """Why the learner that is shown has no embedding; empty where it has one."""
        return unembedded(self._presenter.scenario.learner)

    @property
    def _seen(self) -> bool:
        return self._beside.isChecked() or self._window.result_shown() is self.view

    def offer(self) -> None:
        """The tab is there while the learner has an embedding, or the view stands beside the plane."""
        self._window.offer_result(self.view, not self._why_not or self._beside.isChecked())

    def _stand(self, beside: bool) -> None:
        self._window.stand_beside(self.view if beside else None, BESIDE)
        if beside and self._why_not:
            self._window.tell(self._why_not)
        if not beside:
            self._window.show_result(self.view)
        self.offer()

    def _look(self) -> None:
        """Ask while somebody sees it."""
        if self._seen != self._asked:
            self._asked = self._seen
            if self._asked:
                self._subscribe()
            else:
                self._client.unsubscribe("embedding")
                self.found = None
                self.view.clear(EMPTY)
            self._draw()
            self._ask()

    def _subscribe(self) -> None:
        self._client.subscribe("embedding", EmbeddingSettings(aspect=self._aspect))

    def _reshape(self) -> None:
        """Have the field fill what is visible of the second plane."""
        area = self.view.plane.canvas.area
        aspect = area.width() / max(area.height(), 1.0)
        if area.width() > 1.0 and abs(aspect - self._aspect) > 0.01 * aspect:
            self._aspect = aspect
            if self._asked:
                self._subscribe()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        self.found = self.similarity = None
        self._draw()
        self._show_map()
        self.offer()

    def _turned(self) -> None:
        """Another moment is shown: the last one's stays until that has been worked out."""
        past = self._presenter.past is not None
        self.view.plane.set_locked("" if past else None)
        if past and (self._asked or self._alike.isChecked()):
            self._scrub()
        self.offer()

    def _follow_past(self) -> None:
        self._presenter.load_past()

    def _look_so(self, look: Callable[[PlaneView, bool], None], on: bool) -> None:
        look(self.view.plane, on)
        self._draw()

    # ---- what comes

    def _take(self, said: m.ProbeResult) -> None:
        if (said.key.past is None) != (self._presenter.past is None):
            return
        if said.probe == "embedding" and self._asked:
            self.found = said.value
            self._draw()
        elif said.probe == "similarity":
            self.similarity = said.value
            self._show_map()
            self._link()

    def _draw(self) -> None:
        """The points of the scene that is shown, at their places in the embedding."""
        found, presenter = self.found, self._presenter
        presenter.show_embedding(found if self._asked else None)
        if not self._asked or self._why_not or found is None:
            if self.view.found is not None or self._why_not or self.view.hint.text() != EMPTY:
                self.view.clear(self._why_not or EMPTY)
            self._ring(None)
            self.links.show_links(None, _NOBODY)
            return
        self.view.set_embedding(found, presenter.scene, self._predicted())
        self._ring(found)
        self._link()

    def _predicted(self) -> NDArray[np.int16] | None:
        """For points that show what they are taken for."""
        frame = self._presenter.frame
        if frame is None or not self._window.actions_["view.prediction"].isChecked():
            return None
        predicted = frame.clean_predicted if self.view.clean else frame.predicted
        whole = predicted is not None and len(predicted) == len(self._presenter.scene.points)
        return predicted if whole else None

    def _ring(self, found: Embedding | None) -> None:
        """What the poison flipped, on the first plane as on the second."""
        xy = _NOBODY
        if found is not None and found.flipped is not None:
            plane, points = self._planes.plane, self._presenter.scene.points
            some = np.isin(points.ids, found.ids[found.flipped])
            seen = plane.points.visible(points)
            xy = points.xy[some if seen is None else some & seen]
        if len(xy) or len(self.rings.xy):
            self.rings.show_rings(xy, np.ones(len(xy), dtype=bool))

    # ---- the pointer

    def _hovered(self, place: Place | None, plane: PlaneView) -> None:
        """plane: over which the pointer is, or was where the place is None."""
        if not (self._asked or self._alike.isChecked()):
            return
        point = None
        if place is not None and not plane.tool.active:
            canvas = plane.canvas
            context = Context(plane.scene, visible=plane.points.visible(plane.scene.points))
            at = hit_test(context, Gesture(*place, canvas.pixel, stretch=canvas.stretch))
            point = None if at is None else int(plane.scene.points.ids[at])
        if plane is self.view.plane and point is None:
            place = None  # nobody knows what of the first plane lies there
        if point != self._point or place is None or self._point is None:
            self._point = point
            self._place = place if point is None else self._on_plane(point)
            self._link()
        self._ask()

    def _on_plane(self, point: int) -> Place | None:
        points = self._presenter.scene.points
        here = np.flatnonzero(points.ids == point)
        return (float(points.xy[here[0], 0]), float(points.xy[here[0], 1])) if len(here) else None

    def _send(self) -> None:
        """Ask about what the pointer is at; of nothing the last answer is kept as long as it is shown as a map."""
        mapped = self._alike.isChecked()
        if self._why_not or not (self._asked or mapped):
            self._client.unsubscribe("similarity")
        elif self._place is not None:
            self._client.subscribe(
                "similarity",
                SimilaritySettings(
                    self._place, self._point, self.view.clean, _SIDE if mapped else 0,
                    6 if self._asked and self._point is not None else 0,
                ),
            )  # fmt: skip
        elif not mapped:
            self._client.unsubscribe("similarity")

    def _link(self) -> None:
        """The point under the pointer in both planes with its nearest neighbours, or where the place would lie."""
        view, found = self.view, self.similarity
        here = there = None
        ids = np.empty(0, dtype=np.int64)
        if self._asked and view.found is not None and self._place is not None:
            if self._point is not None:
                here, there = self._on_plane(self._point), view.place_of(self._point)
                if found is not None and found.point == self._point:
                    ids = found.ids
            elif found is not None and found.point is None:
                there = view.place_at(found.vector)
        points = self._presenter.scene.points
        self.links.show_links(here, _places(points.ids, points.xy, ids))
        of = (ids, _NOBODY) if view.found is None else (view.found.ids, view.found.xy)
        view.links.show_links(there, _places(*of, ids))

    def _shown_other(self) -> None:
        self.similarity = None
        self._draw()
        self._ask()

    # ---- similarity on the first plane

    def _toggle_similarity(self, on: bool) -> None:
        if on and (why := self._why_not):
            self._window.tell(why)
        if not on:
            self.similarity = None
        self._send()
        self._show_map()

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        self._show_map()

    def _show_map(self) -> None:
        found = self.similarity
        on = self._alike.isChecked() and found is not None and found.field is not None
        self.map.setVisible(on)
        if found is not None and found.field is not None and on:
            of = "the point" if found.point is not None else "the place"
            low, high = float(found.field.min()), float(found.field.max())
            words = f"cosine similarity to {of} under the pointer: {low:.2f} to {high:.2f}"
            words = words.replace("-", "\u2212")
            self.map.show_map(similarity_image(found.field, self._theme), found.rect, words, self._theme)


def _places(ids: NDArray[np.int64], xy: NDArray[np.float64], wanted: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of `wanted` (K,) those that are among `ids` (N,), where they lie."""
    order = np.argsort(ids)
    at = np.searchsorted(ids, wanted, sorter=order).clip(max=max(len(ids) - 1, 0))
    found = order[at] if len(ids) else order
    return xy[found[ids[found] == wanted]] if len(ids) else _NOBODY


def similarity_image(cosine: NDArray[np.float32], theme: Theme) -> NDArray[np.uint8]:
    """Colours of cosines (rows, columns), uint8 (rows, columns, 4): bare ground at 0, the accent at 1, grey at -1."""
    stops = np.array([QColor(c).getRgb()[:3] for c in (mix(theme.plane, theme.ink, 0.3), theme.plane, theme.accent)])
    colours = np.stack([np.interp(cosine, (-1.0, 0.0, 1.0), stops[:, c]) for c in range(3)], axis=-1)
    return np.concatenate([np.rint(colours), np.full((*cosine.shape, 1), 255.0)], axis=-1).astype(np.uint8)
