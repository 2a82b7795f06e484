"""What pushes show on both planes: each its own model's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QObject, QRectF

from boundaryviz.evasion.pushes import Pushes
from boundaryviz.evasion.settings import BOUNDED
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.push.items import Arrows, Ball, Circles, Ghost, Here, PushesItem, PushHereItem
from boundaryviz.gui.push.legend import CERTIFIED, PushLegend
from boundaryviz.gui.push.words import LEAST
from boundaryviz.gui.widgets.theme import LIGHT, Theme

Runs = Sequence[Pushes]
_NO_CIRCLES = Circles()


class _Shown:
    """The items of one plane."""

    def __init__(self, plane: PlaneView, theme: Theme) -> None:
        self.many = PushesItem(plane.area_shown, lambda: plane.scale)
        self.here = PushHereItem(plane.area_shown, lambda: plane.scale)
        for item, height in ((self.many, 1.2), (self.here, 3.0)):
            plane.canvas.box.addItem(item, ignoreBounds=True)
            item.setZValue(height)
            item.set_theme(theme)
            plane.canvas.shown.connect(item.area_changed)


class PushesOnPlane(QObject):
    """Setters in; the first of the pairs is the model's, the second its clean twin's."""

    def __init__(self, planes: TwinPlanes) -> None:
        super().__init__(planes)
        self._planes, self._theme = planes, LIGHT
        self.lead = _Shown(planes.plane, LIGHT)
        self.clean: _Shown | None = None
        self.legend = PushLegend(planes.plane.canvas)
        self._listed: tuple[tuple[str, ...], tuple[str, ...]] = (), ()
        planes.set_look("pushes", self._join)
        planes.plane.canvas.shown.connect(self._place)

    def show_here(self, runs: Runs, clean: Runs, epsilon: float | None) -> None:
        """Pushes of one place, a method each. epsilon: radius of the ball, None for none."""
        pairs = zip(self._both, (runs, clean), strict=False)
        for shown, some in pairs:
            shown.here.show_here(_here(some, epsilon))
        self._list(here=[run.method for run in runs] + ([CERTIFIED] if _certified(runs) else []))

    def show_many(self, run: Pushes | None, clean: Pushes | None) -> None:
        """Pushes of many points; None shows none."""
        for shown, one in zip(self._both, (run, clean), strict=False):
            shown.many.show_pushes(None if one is None else _arrows(one), _circles(one))
        self._list(many=[] if run is None else [run.method] + ([CERTIFIED] if run.certificates is not None else []))

    def show_ghosts(self, ghosts: Sequence[Ghost], words: str = "") -> None:
        """Points that are pushed over, by the model's own attack. words: beside the first."""
        self.lead.here.show_ghosts(ghosts, words)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.legend.set_theme(theme)
        for shown in self._both:
            shown.many.set_theme(theme)
            shown.here.set_theme(theme)

    @property
    def _both(self) -> list[_Shown]:
        return [self.lead] if self.clean is None else [self.lead, self.clean]

    def _join(self, plane: PlaneView) -> None:
        """The second plane is there."""
        if self.clean is None:
            self.clean = _Shown(plane, self._theme)

    def _list(self, here: list[str] | None = None, many: list[str] | None = None) -> None:
        before = self._listed
        self._listed = (before[0] if here is None else tuple(here), before[1] if many is None else tuple(many))
        self.legend.set_names(list(dict.fromkeys((*self._listed[0], *self._listed[1]))))
        self._place()

    def _place(self) -> None:
        if self.legend.isHidden():
            return
        others = [
            QRectF(legend.geometry()) for legend in (self._planes.legend, self._planes.classes)
            if not legend.isHidden()
        ]  # fmt: skip
        self.legend.stand_in(self._planes.plane.canvas.area, others)


def _certified(runs: Runs) -> bool:
    return any(run.certificates is not None for run in runs)


def _arrows(run: Pushes) -> Arrows:
    crosses = run.within if run.method in BOUNDED else run.length <= run.epsilon
    return Arrows(run.method, run.places, run.ends_xy, crosses)


def _circles(run: Pushes | None) -> Circles:
    if run is None or run.certificates is None:
        return _NO_CIRCLES
    return Circles(run.places, np.nan_to_num(run.certificates))


def _here(runs: Runs, epsilon: float | None) -> Here:
    """The first of the runs with its length, the ball around, and what is certified."""
    if not runs:
        return Here()
    first = runs[0]
    x, y = first.places[0].tolist()
    drawn = tuple(
        Arrows(run.method, run.places, run.ends_xy, run.flipped | (run.method not in BOUNDED))
        for run in runs
        if np.isfinite(run.ends_xy).all()
    )
    ball = None if not epsilon else Ball((x, y), epsilon, first.norm)
    words = ""
    if drawn and drawn[0].method == first.method and np.isfinite(first.length[0]):
        least = "" if first.exact or first.method in BOUNDED else LEAST
        words = f"{least}{first.length[0]:.3g}"
    sure = next((run.certificates for run in runs if run.certificates is not None), None)
    return Here(drawn, ball, words, None if sure is None or not np.isfinite(sure[0]) else float(sure[0]))
