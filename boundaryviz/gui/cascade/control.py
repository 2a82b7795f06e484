"""The label cascade in the window: asks the trainer for it, and shows what the pointer or the selection asks about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.gui.cascade.view import CascadeView
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.learners.cascade import Cascade, measured
from boundaryviz.record.cascade import NEVER, SOURCES, TITLES, Span, account, nearest_to_pin, number
from boundaryviz.scene.axes import as_seen

_REACH = 12.0  # pixels around the pointer
_UNKNOWN = -1  # which path is shown, when the points or the cascade have changed


class CascadeControl(QObject):
    """Joins the action 'view.cascade', the probe 'cascade' and the `CascadeView` over the plane.

    What was sent last is kept by ids, so that it stays on the plane through edits until the next is there.
    """

    def __init__(
        self, window: MainWindow, plane: PlaneView, document: Document, client: TrainerClient, presenter: Presenter
    ) -> None:
        super().__init__(window)
        self._plane, self.view = plane, CascadeView(plane)
        window.themed.connect(self.view.set_theme)
        self._window, self._document, self._client, self._presenter = window, document, client, presenter
        self._sent: dict[bool, m.ProbeResult] = {}  # the last of the present, and with True of the past that is shown
        self._ids: NDArray[np.int64] | None = None
        self._pointer: tuple[float, float] | None = None
        self._taught: NDArray[np.int64] = np.empty(0, dtype=np.int64)  # positions of the points that are trained on
        self._path_to: int | None = _UNKNOWN
        self.chains: Cascade | None = None
        """The cascade among the points of the scene shown."""
        window.actions_["view.cascade"].toggled.connect(self._toggle)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        document.changed.connect(self._follow)
        document.opened.connect(self._follow)
        presenter.turned.connect(self._turned)
        plane.hovered.connect(self._hover)
        plane.selection_changed.connect(lambda _ids: self._show_path())

    @property
    def on(self) -> bool:
        """Whether the cascade is shown."""
        return self._window.actions_["view.cascade"].isChecked()

    # ---- what comes in ------------------------------------------------------------------------------

    def _toggle(self, on: bool) -> None:
        if on:
            self._client.subscribe("cascade")
        else:
            self._client.unsubscribe("cascade")
        self.view.set_shown(on)
        self._forget()  # the trainer sends a new one

    def _take(self, sent: m.ProbeResult) -> None:
        if sent.probe == "cascade" and self.on and sent.key.past in (None, self._presenter.number):
            self._sent[sent.key.past is not None] = sent
            self._turned()

    def _turned(self) -> None:
        self._ids = None
        self._follow()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        self._sent.clear()
        self._ids = self.chains = None
        self._presenter.show_cascade(None)
        self._follow()

    def _hover(self, place: tuple[float, float] | None) -> None:
        self._pointer = place
        if self.on:
            self._show_path()

    # ---- what is shown ------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Show what is known of the points that the scene has now."""
        if not self.on:
            return
        scene, points = self._presenter.scene, self._presenter.scene.points
        self._taught, self._path_to = np.flatnonzero(points.is_train & scene.seen()), _UNKNOWN
        if self._ids is not points.ids:
            self._ids = points.ids
            past = self._presenter.number
            sent = self._sent.get(past is not None)
            self.chains = None
            if sent is not None and sent.key.past == past and sent.value.chains is not None:
                self.chains = sent.value.chains.among(len(points), _places(sent.value.ids, points.ids))
            self._presenter.show_cascade(self.chains)
        self._show_points()
        self._show_path()

    def _show_points(self) -> None:
        view, points, chains = self.view, self._presenter.scene.points, self.chains
        shown = Span.of(chains, points) if chains is not None else None
        if chains is None or shown is None:
            at = np.empty(0, dtype=np.int64)
            view.set_points(points, at, np.empty(0), at)
        else:
            at = np.flatnonzero(~points.is_labelled & np.isfinite(chains.when))
            view.set_points(points, at, shown.shares(chains.when[at]), chains.label[at])
        view.set_scale(*self._words(shown))

    def _words(self, shown: Span | None) -> tuple[str, list[str], str]:
        """Title, ticks and note of the scale."""
        spec = self._presenter.scenario.learner
        measure = measured(spec)
        if measure is None and not spec.family.supervised:
            return "This learner has no label cascade.", [], "It does not say who gave whom a label."
        if measure is None:
            words = "It learns from given labels alone and hands none on. Choose a semi-supervised learner to see one."
            return "A supervised learner has no label cascade.", [], words
        title = TITLES[measure].capitalize()
        if measure == "step":
            title = f"Step at which it first passed the threshold of {spec.sure:g}"
        if self.chains is None:
            past = self._presenter.past is not None
            note = "Comes where you rest, if this run was watched then."
            return title, [], note if past else "Waiting for the learner to be fitted. Press Play (Space)."
        if shown is None:
            return title, [], "No unlabelled point has a label yet."
        note = f"Hollow: {NEVER[measure]}. {SOURCES[measure]}"
        if self.chains.since:
            note += f" Watched since step {self.chains.since:,}; Reset (R) shows it from the start."
        return title, [number(tick, measure) for tick in shown.ticks], note

    def _show_path(self) -> None:
        """The path to the point under the pointer, else to the only selected one, else to the first pin."""
        view, scene, chains = self.view, self._presenter.scene, self.chains
        to = None if chains is None or not self.on else self._asked()
        if to == self._path_to:
            return
        self._path_to = to
        if chains is None or to is None:
            view.set_path(scene.points, [], -1, "", None)
        else:
            view.set_path(scene.points, chains.path(to), int(chains.label[to]), account(chains, scene, to), to)

    def _asked(self) -> int | None:
        scene, plane = self._presenter.scene, self._plane
        points = scene.points
        taught = self._taught
        if self._pointer is not None and len(taught):
            gap = np.linalg.norm(as_seen(points.xy[taught] - self._pointer, plane.canvas.stretch), axis=1)
            nearest = int(gap.argmin())
            if gap[nearest] <= _REACH * plane.canvas.pixel:
                return int(taught[nearest])
        if len(plane.selection) == 1:
            chosen = taught[points.ids[taught] == plane.selection[0]]
            if len(chosen):  # a bead just muted is selected, but what is of interest is the pin
                return int(chosen[0])
        return nearest_to_pin(scene)


def _places(ids: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of `ids` stands `among` others, -1 for those that are not there."""
    places = np.full(len(ids), -1)
    _, ours, theirs = np.intersect1d(ids, among, assume_unique=True, return_indices=True)
    places[ours] = theirs
    return places
