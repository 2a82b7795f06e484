"""What is decided at a place, by which lead over which class, and on which points a model was trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.deciding import Deciding
from boundaryviz.engine.session import Session
from boundaryviz.influences.requests import InfluenceError
from boundaryviz.learners.base import Learner
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.scaled import Scaled
from boundaryviz.record.influence import rivals
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Points


@dataclass(frozen=True, eq=False)
class Decision:
    """x: inputs of the place (1, D). decided: the class there; rival: the one it leads before. margin: leads are given
    as margins, the logistic function of which is shown."""

    x: NDArray[np.float64]
    decided: int
    rival: int
    margin: bool = False

    @classmethod
    def at(cls, session: Session, place: tuple[float, float], replica: int = 0) -> Decision:
        """What a replica decides there. Raises InfluenceError where it decides nothing."""
        x = session.scene.embed(np.array([place], dtype=np.float64))
        decided = int(session.learner.predict(x, replica)[0, 0])
        if decided < 0:
            raise InfluenceError("Nothing is decided there: no label reaches this place, or nothing is learnt yet.")
        p = session.learner.probabilities(x, replica)[0, :, 0]
        return cls(x, decided, rivals(p.tolist(), decided), isinstance(session.spec, SVCSpec))

    def lead(self, learner: Learner, replica: int = 0) -> float:
        """By how much the class decided leads in a replica's scores, which are logits or else probabilities."""
        score = learner.scores(self.x, replica)[:, 0].astype(np.float64)
        if len(score) > 1:
            return float(score[self.decided] - score[self.rival])
        lead = float(score[0]) * (1.0 if self.decided else -1.0)
        return 2.0 * float(np.arctanh(np.clip(lead, -1 + 1e-7, 1 - 1e-7))) if self.margin else lead


def trained_on(session: Session, replica: int = 0) -> Points:
    """The training points that a model is trained on: of those that it sees a supervised learner looks at those with
    labels alone, and what a defence has removed is not among them."""
    points = session.scene.points
    seen = points.is_train & session.scene.seen()
    if (judged := session.defending.judged) is not None:
        seen &= judged[replica].weights_of(points.ids) != 0
    return points.take(seen & points.is_labelled if session.spec.family.supervised else seen)


def plain(session: Session) -> tuple[Any, Scaling | None]:
    """The learner itself, and the units in which it is given inputs; None for those of the scene."""
    learner: Any = session.learner
    if isinstance(learner, Deciding):
        learner = learner.learner
    if isinstance(learner, Scaled):
        return learner.learner, scaling_of(session.scene, session.scenario.data.input_scale)
    return learner, None


def in_units(x: NDArray[np.float64], scale: Scaling | None) -> NDArray[np.float64]:
    """Inputs (N, D) as a learner is given them."""
    return x if scale is None else scale(x)


def left_out(points: Points, at: NDArray[np.int64], group: int) -> NDArray[np.bool_]:
    """Which of N points go together with each of these positions (M,): itself and its nearest of the same class,
    `group` in all or as many as there are, (M, N)."""
    found = np.zeros((len(at), len(points)), dtype=bool)
    found[np.arange(len(at)), at] = True
    if group > 1:
        for row, one in enumerate(at):
            alike = np.flatnonzero(points.label == points.label[one])
            gap = np.square(points.x[alike] - points.x[one]).sum(axis=1)
            found[row, alike[np.argsort(gap, kind="stable")[:group]]] = True
    return found
