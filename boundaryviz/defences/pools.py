"""What filters of an unlabelled pool share: they look at all points, and leave out unlabelled ones."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import ShareFilter, Sight
from boundaryviz.scene.specs import setting


class PoolFilter(ShareFilter):
    """Leaves out a share of the unlabelled points."""

    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "unlabelled"
    share: float = setting(
        0.01, "Share", "Of the unlabelled points, so many are left out: those that it finds most suspicious. Of "
        "equally suspicious ones all are left out, or none.", ge=0.0, le=0.5,
    )  # fmt: skip

    def scores(self, sight: Sight) -> NDArray[np.float64]:
        """Of the unlabelled points, (M,)."""
        return self.score_all(sight)[sight.judged]

    def score_all(self, sight: Sight) -> NDArray[np.float64]:
        """How suspicious each point is, (N,)."""
        raise NotImplementedError
