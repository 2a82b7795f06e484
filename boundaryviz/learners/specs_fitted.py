"""What the specs of learners share that are fitted at once: what their memory depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.needs import INPUTS, PLACES, Needs, Size, summed
from boundaryviz.scene.section import HELD

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec

SEEN, NEIGHBOURS, POINTS = "fewer points or seeds", "fewer neighbours", "fewer points"


class AtOnceSpec(LearnerSettings):
    """Settings of a learner that keeps the points it was fitted to."""

    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """What R models on N points need, asked about M points at once."""
        each = 28 * size.training + (8 * size.classes + 30) * size.asked
        more = max(size.width - 2, 0)  # inputs than places have
        wide = 8.0 * (more * ((size.replicas + 4) * size.training + 3 * size.asked) + 3 * min(more * PLACES, HELD))
        return summed({SEEN: float(size.replicas * each)}, {INPUTS: wide}, self._fitting(size))

    def _fitting(self, size: Size) -> Needs:
        """What fitting takes, and the answers to a field."""
        return {}


class EstimatorSpec(AtOnceSpec):
    """Settings of a classifier of scikit-learn's kind.

    DECIDES: it is shown by what it decides, for certain, whatever probabilities it may have. PART: places that it is
    asked about at a time.
    """

    DECIDES: ClassVar[bool] = False
    PART: ClassVar[int] = PLACES

    def arguments(self, labels: int) -> dict[str, Any]:
        """What scikit-learn's class of this name is called with, for so many labelled points."""
        return self.model_dump(exclude={"name"})

    def too_few(self, counts: NDArray[np.int64]) -> bool:
        """Whether it makes nothing of so many points of each class: every place is undecided then."""
        return False

    def worked_out(self, x: NDArray[np.float64]) -> dict[str, Any]:
        """Of the arguments, those that scikit-learn works out from the coordinates of the labelled points x (n, D) and
        that are others once a centre is subtracted."""
        return {}


def kernel_cache(points: int) -> Needs:
    """What libsvm keeps of the kernel of so many points."""
    return {POINTS: min(4.0 * points * points, 200e6)}
