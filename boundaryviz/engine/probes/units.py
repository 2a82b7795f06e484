"""The probe 'units': small maps of what each hidden unit answers over the visible part of the plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown

Maps = tuple[NDArray[np.uint8], ...]
"""For each hidden layer (units, side, side), 0..255 for -1..1 times the unit's own range, row 0 at the bottom."""


@dataclass(frozen=True)
class UnitsSettings:
    """side: of a map, in pixels."""

    side: int = 36


class UnitsProbe(Probe):
    """Draws the maps of the run that is shown; there is no answer for a learner without hidden units."""

    Settings = UnitsSettings
    settings: UnitsSettings
    share = 0.25
    interval = 0.1
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        if shown.rect is None or not shown.session.learner.hidden:
            return None
        return shown.key(shown.replica, shown.rect)

    @override
    def answer(self, shown: Shown) -> Maps:
        assert shown.rect is not None
        return shown.session.units(shown.rect, self.settings.side, shown.replica)
