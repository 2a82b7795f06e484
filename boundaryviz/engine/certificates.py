"""What a run is proven to survive, of learners that can prove anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Split

if TYPE_CHECKING:
    from boundaryviz.engine.session import Session


def proves(session: Session) -> bool:
    """Whether the learner certifies its decisions, and these are not moved by costs or a threshold."""
    return "certificates" in session.spec.family.capabilities and session.rule.plain


def survived_by_half(session: Session, replica: int | None = None) -> NDArray[np.int64] | None:
    """How many poison points at least half of the clean test points survive, decided rightly all the while: int64 (R,),
    or (1,) of one replica; -1 where fewer are right unpoisoned. None where nothing is proven, or there are none.

    It is the median certified robustness of Levine and Feizi 2021 (section 4).
    """
    points = session.scene.points
    points = points.take((points.split == Split.TEST) & points.is_labelled & ~points.is_poison)
    if not len(points) or not proves(session):
        return None
    learner: Any = session.learner
    right = learner.predict(points.x, replica) == points.label
    survived = np.sort(np.where(right, learner.certificates(points.x, replica), -1), axis=1)[:, ::-1]
    half: NDArray[np.int64] = survived[:, (len(points) - 1) // 2]
    return half
