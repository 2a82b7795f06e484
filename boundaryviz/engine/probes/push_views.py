"""The probes 'push-here', 'push-points' and 'push-robustness': what the window shows of pushes, several attacks and the
clean twin in one answer.

Of the pointer and of many points there is a probe each, so that the one is answered at once whatever the other takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.evasion.pushes import Pushes, Robustness
from boundaryviz.evasion.settings import LINES, EvasionSpec, Method
from boundaryviz.scene.scene import Points, Scene, Split

MOST = 400
"""Points that are pushed at most; of more, evenly chosen ones."""
NOBODY = "There are no labelled points to push: a robustness curve needs some that no poison is among."
ONE_CLASS = "The data have one class only: there is nothing that a point could be taken for instead."
NO_POINTS = "There are no labelled points to push: add some, or choose others."
MOST_STEPS = 10
"""Steps of an attack while a curve is measured, for which training waits."""
_ASKED = EvasionSpec()


@dataclass(frozen=True)
class PushViewSettings:
    """spec: what is asked, by each of the `methods`, none for its own. Of what: the points with these `ids`, in their
    order; else the `places` (x, y) of the plane; else up to `most` labelled points of a `split` that are not muted."""

    spec: EvasionSpec = _ASKED
    methods: tuple[Method, ...] = ()
    ids: tuple[int, ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    most: int = MOST
    split: int = int(Split.TRAIN)


@dataclass(frozen=True, eq=False)
class PushView:
    """settings: what was asked. runs: by method, of the run shown; clean: of its clean twin where there is one. why: a
    sentence where a method has no answer; the others have theirs."""

    settings: PushViewSettings
    runs: tuple[Pushes, ...] = ()
    clean: tuple[Pushes, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class RobustnessViewSettings:
    """spec: norm, steps, restarts and seed, and the length of the common push. epsilons: of the curves. most: points
    that count."""

    spec: EvasionSpec = _ASKED
    epsilons: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3)
    most: int = 200


@dataclass(frozen=True, eq=False)
class RobustnessFound:
    """found: the curves, None where there are none. common: the shadow (right, up) on the plane of the push of length
    epsilon after which most points are wrong; None where no gradient leads to one. why: a sentence instead."""

    settings: RobustnessViewSettings
    found: Robustness | None = None
    common: tuple[float, float] | None = None
    why: str = ""


class PushViewProbe(Probe):
    """Pushes by several attacks, of a run and of its clean twin."""

    Settings = PushViewSettings
    settings: PushViewSettings
    share = 0.15
    interval = 0.05
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key(shown.replica, self.settings)

    @override
    def work(self, shown: Shown) -> Slices[PushView]:
        settings, session = self.settings, shown.session
        scene = session.scene
        points = self._points(scene)
        if scene.classes < 2 or not len(points):
            return PushView(settings, why=ONE_CLASS if scene.classes < 2 else NO_POINTS)
        replicas = [shown.replica, shown.seed] if session.twin else [shown.replica]
        found: list[list[Pushes]] = [[] for _ in replicas]
        why: dict[str, None] = {}
        for method in settings.methods or (settings.spec.method,):
            asked = settings.spec.model_copy(update={"method": method})
            for row, replica in enumerate(replicas):
                try:
                    pushed = yield from session.pushes(asked, points, replica, places=bool(settings.places))
                except ValueError as error:  # no gradients, or no such class
                    why[str(error)] = None
                else:
                    found[row].append(pushed)
        return PushView(settings, tuple(found[0]), tuple(found[1]) if len(found) > 1 else (), " ".join(why))

    def _points(self, scene: Scene) -> Points:
        settings, points = self.settings, scene.points
        if settings.places and not settings.ids:
            return scene.completed(Points.of(list(settings.places)))
        if settings.ids:
            asked = np.array(settings.ids)
            return points.take(points.positions(asked[np.isin(asked, points.ids)]))
        known = np.flatnonzero(points.is_labelled & ~points.muted & (points.split == settings.split))
        return points.take(some_of(known, settings.most) if settings.most else known[:0])


class RobustnessViewProbe(Probe):
    """Curves of robust error, and the one push common to all points."""

    Settings = RobustnessViewSettings
    settings: RobustnessViewSettings
    share = 0.05
    interval = 1.0
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key(shown.replica, self.settings)

    @override
    def work(self, shown: Shown) -> Slices[RobustnessFound]:
        settings, session = self.settings, shown.session
        points = held_against(session.scene.points, settings.most)
        if session.scene.classes < 2 or not len(points):
            return RobustnessFound(settings, why=ONE_CLASS if session.scene.classes < 2 else NOBODY)
        masked = getattr(session.spec, "mask", "none") != "none"  # or who knows of one does as PGD does
        lines = (*LINES, "adaptive") if masked and "adaptive" not in LINES else LINES
        try:
            asked = settings.spec.model_copy(update={"steps": min(settings.spec.steps, MOST_STEPS)})
            found = yield from session.robustness(asked, points, settings.epsilons, lines, shown.replica)
            return RobustnessFound(settings, found, session.common_push(settings.spec, points, shown.replica))
        except ValueError as error:  # a norm that an attack cannot be asked in
            return RobustnessFound(settings, why=str(error))


def shown_methods(spec: EvasionSpec, beside: Sequence[str]) -> tuple[Method, ...]:
    """The attacks drawn at one place: the smallest push first, then the one in force, then those beside it."""
    own: tuple[Method, ...] = ("nearest", spec.method)
    chosen: list[Method] = [name for name in ("fgsm", "pgd", "deepfool", "adaptive") if name in beside]
    return tuple(dict.fromkeys((*own, *chosen)))


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
