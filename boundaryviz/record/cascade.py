"""The label cascade in words and shares of a scale, as the window and the figures show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.cascade import Cascade
from boundaryviz.learners.family import Measure
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Points, Scene

TITLES: dict[Measure, str] = {
    "length": "length of the labelling path",
    "round": "round in which it was labelled",
    "step": "step of first passing the threshold",
}
SOURCES: dict[Measure, str] = {
    "length": "Paths are the shortest along the learner's graph.",
    "round": "A path leads over the nearest points labelled earlier, which need not be the cause.",
    "step": "A path leads over the nearest points that passed earlier, which need not be the cause.",
}
NEVER: dict[Measure, str] = {
    "length": "no label comes here",
    "round": "never labelled",
    "step": "not past the threshold yet",
}
_DECADES = 10.0  # the last over the first, from which on steps are spread by their logarithm


@dataclass(frozen=True)
class Span:
    """From the first to the last that got a label. log: the scale between them is logarithmic."""

    low: float
    high: float
    log: bool = False

    @classmethod
    def of(cls, chains: Cascade, points: Points) -> Span | None:
        """That of the unlabelled points; None where none of them has a label."""
        return cls.over(_times(chains, points), chains.measure)

    @classmethod
    def of_all(cls, several: Iterable[tuple[Cascade, Points]]) -> Span | None:
        """One for several cascades of the same measure."""
        ends, measure = [np.empty(0)], None
        for chains, points in several:
            times, measure = _times(chains, points), chains.measure
            ends += [part[[part.argmin(), part.argmax()]] for part in (times, times[times > 0]) if len(part)]
        return None if measure is None else cls.over(np.concatenate(ends), measure)

    @classmethod
    def over(cls, when: NDArray[np.float64], measure: Measure) -> Span | None:
        """That of finite times; None without any."""
        if not len(when):
            return None
        low, high = (0.0 if measure == "length" else float(when.min())), float(when.max())
        positive = when[when > 0]
        log = measure == "step" and len(positive) > 0 and high > _DECADES * positive.min()
        return cls(float(positive.min()) if log else low, high, bool(log))

    def shares(self, when: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where on the scale, 0 to 1; 1 for infinity."""
        if self.high <= self.low:
            return np.where(when <= self.low, 0.0, 1.0)
        if self.log:
            when = np.maximum(when, self.low)
            return np.clip(np.log(when / self.low) / np.log(self.high / self.low), 0.0, 1.0)
        return np.clip((when - self.low) / (self.high - self.low), 0.0, 1.0)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Both ends and the middle."""
        if self.high <= self.low:
            return (self.low,)
        middle = np.sqrt(self.low * self.high) if self.log else (self.low + self.high) / 2
        return self.low, float(middle), self.high


def _times(chains: Cascade, points: Points) -> NDArray[np.float64]:
    """When those unlabelled points got their label that have one."""
    return chains.when[~points.is_labelled & np.isfinite(chains.when)]


def number(value: float, measure: Measure) -> str:
    """`when` in a few characters."""
    return f"{value:.3g}" if measure == "length" else f"{value:,.0f}"


def account(chains: Cascade, scene: Scene, to: int) -> str:
    """How the point at position `to` came by its label, in one or two lines."""
    points, measure = scene.points, chains.measure
    if points.is_labelled[to]:
        return f"a given label: {scene.class_name(int(points.label[to]))}"
    if not np.isfinite(chains.when[to]):
        return NEVER[measure]
    name, when = scene.class_name(int(chains.label[to])), number(chains.when[to], measure)
    first = "" if measure == "length" else f"{name} since {measure} {when}\n"
    path = chains.path(to)
    if not path:
        return first + f"no chain leads here from a label of {name}"
    hops, planted = len(path) - 1, int(points.is_poison[path[1:]].sum())
    words = f"from {name} label, {hops:,} hop{'s' if hops != 1 else ''}"
    if planted:
        words += f", {planted:,} of them poison"
    return first + words + (f"\nlength {when}" if measure == "length" else "")


def nearest_to_pin(scene: Scene) -> int | None:
    """The unlabelled training point nearest to the first pin; None without a pin or such a point.

    Muted points, and poison that is switched off, are passed over.
    """
    points = scene.points
    candidates = np.flatnonzero(points.is_train & ~points.is_labelled & scene.seen())
    if not scene.targets or not len(candidates):
        return None
    target = scene.targets[0]
    way = as_seen(points.xy[candidates] - (target.x, target.y), scene.domain.stretch)
    return int(candidates[np.linalg.norm(way, axis=1).argmin()])
