"""The probe 'support': which points hold the boundary of a support vector machine, in the run shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown


@dataclass(frozen=True, eq=False)
class Support:
    """ids: int64 (V,), of the support vectors, each once. bound: bool (V,), whether the weight of one has come to its
    limit C: it lies within the margin, or on the wrong side."""

    ids: NDArray[np.int64]
    bound: NDArray[np.bool_]


class SupportProbe(Probe):
    """Hands the support vectors out; there is no answer for another learner, or before it is fitted."""

    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return None if shown.session.support(shown.replica) is None else shown.key(shown.replica)

    @override
    def answer(self, shown: Shown) -> Support | None:
        found = shown.session.support(shown.replica)
        return None if found is None else Support(*found)
