"""The probe 'course': errors and losses of the models of every size that one fit holds, of all runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices

_EACH = 32  # sizes from the smallest on of which each is looked at, where there are more than can be


@dataclass(frozen=True)
class CourseSettings:
    """most: sizes at most, beyond `_EACH`."""

    most: int = 64


@dataclass(frozen=True, eq=False)
class Course:
    """stages: int64 (S,), increasing sizes on the course of what is fitted, the last among them. values: float64
    (S, R, 26), what models of these sizes come to, columns as in `CURVES`."""

    stages: NDArray[np.int64]
    values: NDArray[np.float64]


class CourseProbe(Probe):
    """Evaluates the models of all sizes, or of some where there are many; there is no answer without a course."""

    Settings = CourseSettings
    settings: CourseSettings
    rest = 0.25  # a dragged point is followed by the plane first
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key() if shown.session.stages else None

    @override
    def work(self, shown: Shown) -> Slices[Course]:
        stages = some_of(shown.session.stages[-1], self.settings.most)
        values = yield from shown.session.course(stages.tolist())
        return Course(stages, values)


def some_of(last: int, most: int) -> NDArray[np.int64]:
    """All sizes from 1 to the last, or where they are more than `most` every small one and ever fewer after that."""
    if last <= most:
        return np.arange(1, last + 1)
    rest = np.geomspace(_EACH, last, max(most - _EACH, 2) + 1)
    found: NDArray[np.int64] = np.unique(np.append(np.arange(1, _EACH), np.rint(rest)).astype(np.int64))
    return found
