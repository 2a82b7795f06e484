"""What a run is proven to survive, of learners that can prove anything."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scenario.unproven import unproven
from boundaryviz.scene.scene import Domain, Split

if TYPE_CHECKING:
    from boundaryviz.engine.session import Session


def proves(session: Session) -> bool:
    """Whether the learner certifies its decisions, and nothing ends the proof, see `unproven`."""
    handed_in = "certificates" not in session.spec.family.capabilities
    return not handed_in and not unproven(session.scenario, session.scene.classes)


_SLICE = 1 << 9  # places asked about in one slice


@dataclass(frozen=True, eq=False)
class CertificateMap:
    """survived: int64 (rows, columns), as many poison points change nothing at each place of `domain`, from the lower
    left on. held: float64 (M + 1,), which share of the clean test points is decided rightly whatever m = 0..M poison
    points are; empty where there are no test points.
    """

    domain: Domain
    survived: NDArray[np.int64]
    held: NDArray[np.float64]

    @property
    def half(self) -> int | None:
        """How many poison points at least half of the test points survive; -1 where fewer are right unpoisoned, None
        without test points. It is the median certified robustness of Levine and Feizi 2021 (section 4)."""
        return int((self.held >= 0.5).sum()) - 1 if len(self.held) else None

    def at(self, x: float, y: float) -> int | None:
        """How many at one place; None beyond the domain."""
        rows, columns = self.survived.shape
        row, column, inside = self.domain.cells(np.array([[x, y]]), columns, rows)
        return int(self.survived[row[0], column[0]]) if inside[0] else None


def mapped(
    session: Session, replica: int, side: int, domain: Domain | None = None
) -> Generator[None, None, CertificateMap]:
    """The map of one replica, side cells along the longer side, in slices. domain: default the scene's."""
    scene, learner = session.scene, cast("Any", session.learner)
    domain = scene.domain if domain is None else domain
    columns, rows = domain.shape(side)
    x = scene.embed(domain.grid(columns, rows))
    survived = np.empty(len(x), dtype=np.int64)
    for start in range(0, len(x), _SLICE):
        survived[start : start + _SLICE] = learner.certificates(x[start : start + _SLICE], replica)[0]
        yield
    counts = _survived(session, replica)
    most = int(counts.max(initial=-1))
    held = np.array([(counts >= m).mean() for m in range(most + 2)]) if counts.size else np.empty(0)
    return CertificateMap(domain, survived.reshape(rows, columns), held)


def survived_by_half(session: Session) -> NDArray[np.int64] | None:
    """As `CertificateMap.half`, of each replica: int64 (R,); None where nothing is proven, or nothing is tested."""
    if not proves(session) or not (counts := _survived(session)).size:
        return None
    half: NDArray[np.int64] = np.sort(counts, axis=1)[:, ::-1][:, (counts.shape[1] - 1) // 2]
    return half


def _survived(session: Session, replica: int | None = None) -> NDArray[np.int64]:
    """How many poison points the decision at each of T clean test points survives, -1 where it is wrong: (R, T), or
    (1, T) of one replica."""
    points, learner = session.scene.points, cast("Any", session.learner)
    points = points.take((points.split == Split.TEST) & points.is_labelled & ~points.is_poison)
    right = learner.predict(points.x, replica) == points.label
    found: NDArray[np.int64] = np.where(right, learner.certificates(points.x, replica), -1)
    return found
