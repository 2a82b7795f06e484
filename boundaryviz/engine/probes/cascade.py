"""The probe 'cascade': who gave whom a label in the run that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown
from boundaryviz.learners.cascade import Cascade


@dataclass(frozen=True, eq=False)
class Handed:
    """The cascade as of one step, among the points of the scene whose ids (N,) these are.

    chains: None for a learner that has no cascade.
    """

    step: int
    ids: NDArray[np.int64]
    chains: Cascade | None


class CascadeProbe(Probe):
    """Traces the label cascade whenever it has changed; there is no answer while a learner is yet to be fitted."""

    rest = 0.25  # a drag changes it with every move, and drawing it takes the window's time

    @override
    def key(self, shown: Shown) -> Key | None:
        cascades = shown.session.cascades
        return shown.key(cascades.version, shown.replica, steps=False) if cascades.ready else None

    @override
    def answer(self, shown: Shown) -> Handed:
        session = shown.session
        return Handed(session.step_count, session.scene.points.ids, session.cascade(shown.replica))
