"""What twins are compared on: the pins of attackers, the test points, and the plane cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.evasion.slices import whole
from boundaryviz.scene.scene import Scene, Split
from boundaryviz.scene.section import on_plane

Inputs = NDArray[np.float64]
Predict = Callable[[Inputs], NDArray]


@dataclass(frozen=True, eq=False)
class Twins:
    """What clean and poisoned twins of S seeds predict at one step: classes, int8, -1 where undecided.

    clean, poisoned: (S, T), of the test points. clean_pins, poisoned_pins: (S, P). clean_area, poisoned_area:
    (S, rows, columns), of square cells over the domain, row 0 at the bottom. diverged: bool (S,), either twin.
    """

    step: int
    clean: NDArray[np.int8]
    poisoned: NDArray[np.int8]
    clean_pins: NDArray[np.int8]
    poisoned_pins: NDArray[np.int8]
    clean_area: NDArray[np.int8]
    poisoned_area: NDArray[np.int8]
    diverged: NDArray[np.bool_]


def leads(p: NDArray[np.floating], label: NDArray[np.integer]) -> NDArray[np.float64]:
    """By how much the class `label` (G,) is more probable than the likeliest other one: float64 (R, G) in -1..1 of
    probabilities (R, C, G); NaN where undecided. Of pins and the class that the attacker wants, how far each is on the
    attacker's side."""
    p, at = p.astype(np.float64), np.arange(len(label))
    own = p[:, label, at]
    p[:, label, at] = -np.inf
    return np.asarray(own - p.max(axis=1))


def compare(scene: Scene, step: int, diverged: NDArray[np.bool_], predict: Predict, side: int = 128) -> Twins:
    """What 2 S replicas, the clean ones first, make of everything twins are compared on; see `comparing`."""
    return whole(comparing(scene, step, diverged, predict, side))


def comparing(
    scene: Scene, step: int, diverged: NDArray[np.bool_], predict: Predict, side: int, places: int | None = None
) -> Generator[None, None, Twins]:
    """As `compare`, in slices of so many points or places each; None for all in one.

    predict: inputs (G, D) to classes (2 S, G). side: cells along the longer side of the domain.
    """
    k, d = len(diverged) // 2, scene.domain
    columns, rows = d.shape(side)
    test = scene.points.x[(scene.points.split == Split.TEST) & ~scene.points.muted & ~scene.points.is_poison]
    targets, plane = pins_at(scene), d.grid(columns, rows)
    shown = np.concatenate([targets, plane])
    if scene.section is None:
        asks = [(predict, np.concatenate([test, shown]))]
    else:
        asks = [(predict, test), (on_plane(scene.section, predict), shown)]
    parts: list[NDArray[np.int8]] = []
    for ask, asked in asks:
        size = places or max(len(asked), 1)
        for start in range(0, max(len(asked), 1), size):
            if parts:
                yield
            parts.append(ask(asked[start : start + size]).astype(np.int8))
    at_test, at_pins, area = np.split(np.concatenate(parts, 1), [len(test), len(test) + len(targets)], axis=1)
    area = area.reshape(2 * k, rows, columns)
    return Twins(
        step, at_test[:k], at_test[k:], at_pins[:k], at_pins[k:], area[:k], area[k:], diverged[:k] | diverged[k:]
    )


def pins_at(scene: Scene) -> NDArray[np.float64]:
    """Where the pins of attackers are on the plane, (P, 2)."""
    return np.array([(target.x, target.y) for target in scene.targets], dtype=np.float64).reshape(-1, 2)
