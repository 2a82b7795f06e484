"""The probes 'pushes' and 'robustness': how points have to be pushed for the run that is shown to decide otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.evasion.pushes import Pushes, Robustness
from boundaryviz.evasion.settings import LINES, EvasionSpec, Line
from boundaryviz.scene.scene import Points, Scene, Split

MOST = 400
"""Points that are pushed at most; of more, evenly chosen ones."""
_PLAIN, _FEW_STEPS = EvasionSpec(), EvasionSpec(steps=10)
NOBODY = "There are no labelled points to push: a robustness curve needs some that no poison is among."


@dataclass(frozen=True)
class PushSettings:
    """asked: by which attack. ids: which points, None for all, or `most` of them. place: one place of the plane in
    their stead, such as the one under the pointer. replica: None for the one that is shown."""

    asked: EvasionSpec = _PLAIN
    ids: tuple[int, ...] | None = None
    place: tuple[float, float] | None = None
    most: int = MOST
    replica: int | None = None


@dataclass(frozen=True)
class RobustnessSettings:
    """asked: norm, steps, restarts and seed. epsilons: how far points may be pushed. lines: by which attacks, see
    `Robustness`. most: points that count. replica: None for the one that is shown."""

    asked: EvasionSpec = _FEW_STEPS
    epsilons: tuple[float, ...] = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6)
    lines: tuple[Line, ...] = LINES
    most: int = MOST
    replica: int | None = None


class PushesProbe(Probe):
    """Pushes points; there is always an answer, if only of why nothing is pushed."""

    Settings = PushSettings
    settings: PushSettings
    share = 0.15
    interval = 0.05
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key(_replica(shown, self.settings.replica))

    @override
    def work(self, shown: Shown) -> Slices[Pushes]:
        asked, scene = self.settings.asked, shown.session.scene
        points, place = self._points(scene), self.settings.place is not None
        try:
            replica = _replica(shown, self.settings.replica)
            return (yield from shown.session.pushes(asked, points, replica, places=place))
        except ValueError as why:  # no gradients, or no such class
            return nothing(asked, scene.points.width, str(why))

    def _points(self, scene: Scene) -> Points:
        settings, points = self.settings, scene.points
        if settings.place is not None:
            return scene.completed(Points.of([settings.place]))
        if settings.ids is not None:
            return points.take(np.flatnonzero(np.isin(points.ids, settings.ids)))
        return points.take(some_of(np.flatnonzero(~points.muted), settings.most))


class RobustnessProbe(Probe):
    """Measures robustness curves on test points, or where there are none on validation or training points."""

    Settings = RobustnessSettings
    settings: RobustnessSettings
    interval = 0.5
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key(_replica(shown, self.settings.replica))

    @override
    def work(self, shown: Shown) -> Slices[Robustness]:
        settings, session = self.settings, shown.session
        points = held_against(session.scene.points, settings.most)
        if not len(points):
            return Robustness(np.empty(0), {}, settings.asked.norm, 0, NOBODY)
        replica = _replica(shown, settings.replica)
        return (yield from session.robustness(settings.asked, points, settings.epsilons, settings.lines, replica))


def held_against(points: Points, most: int = MOST) -> Points:
    """The labelled, clean points that are not muted on which robustness is measured, evenly chosen ones of more than
    `most`: those for testing; where there are none those for validation, or else for training."""
    known = points.is_labelled & ~points.is_poison & ~points.muted
    for split in (Split.TEST, Split.VALIDATION, Split.TRAIN):
        at = np.flatnonzero(known & (points.split == split))
        if len(at):
            return points.take(some_of(at, most))
    return points.take(np.flatnonzero(known))


def some_of(at: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many of these positions, evenly chosen."""
    return at[:: -(-len(at) // most)] if len(at) else at


def nothing(asked: EvasionSpec, width: int, words: str) -> Pushes:
    """No pushes, and why."""
    none, flat = np.empty(0), np.empty((0, 2))
    whole, full = np.empty(0, dtype=np.int64), np.empty((0, width))
    return Pushes(
        whole, flat, full, flat, full, none, np.empty(0, dtype=bool), whole, whole, none, asked.method, asked.norm,
        asked.epsilon, words=words,
    )  # fmt: skip


def _replica(shown: Shown, chosen: int | None) -> int:
    return shown.replica if chosen is None else min(chosen, len(shown.session.replicas) - 1)
