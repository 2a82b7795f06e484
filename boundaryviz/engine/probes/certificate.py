"""The probe 'certificate': how much poison the decision at each place of the domain survives, in the run shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.engine.certificates import proves, survived_by_half
from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.scene.scene import Domain

_SLICE = 1 << 9  # places asked about in one slice


@dataclass(frozen=True)
class CertificateSettings:
    """side: cells along the longer side of the domain."""

    side: int = 96


@dataclass(frozen=True, eq=False)
class CertificateMap:
    """survived: int64 (rows, columns), as many poison points change nothing at each place of `domain`, from the lower
    left on. half: as many survive half of the test points, see `survived_by_half`; None where there are none."""

    domain: Domain
    survived: NDArray[np.int64]
    half: int | None

    def at(self, x: float, y: float) -> int | None:
        """How many at one place; None beyond the domain."""
        rows, columns = self.survived.shape
        row, column, inside = self.domain.cells(np.array([[x, y]]), columns, rows)
        return int(self.survived[row[0], column[0]]) if inside[0] else None


class CertificateProbe(Probe):
    """There is no answer for a learner that proves nothing, nor where decisions go by costs or a threshold."""

    Settings = CertificateSettings
    settings: CertificateSettings
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key(shown.replica) if proves(shown.session) else None

    @override
    def work(self, shown: Shown) -> Slices[CertificateMap]:
        session, replica, scene = shown.session, shown.replica, shown.session.scene
        learner: Any = session.learner
        columns, rows = scene.domain.shape(self.settings.side)
        x = scene.embed(scene.domain.grid(columns, rows))
        survived = np.empty(len(x), dtype=np.int64)
        for start in range(0, len(x), _SLICE):
            survived[start : start + _SLICE] = learner.certificates(x[start : start + _SLICE], replica)[0]
            yield
        half = survived_by_half(session, replica)
        return CertificateMap(scene.domain, survived.reshape(rows, columns), None if half is None else int(half[0]))
