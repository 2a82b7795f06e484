"""The probe 'certificate': how much poison the decision at each place of the domain survives, in the run shown."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from boundaryviz.engine.certificates import CertificateMap, mapped, proves
from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices


@dataclass(frozen=True)
class CertificateSettings:
    """side: cells along the longer side of the domain."""

    side: int = 96


class CertificateProbe(Probe):
    """There is no answer where nothing is proven, see `unproven`."""

    Settings = CertificateSettings
    settings: CertificateSettings
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key(shown.replica) if proves(shown.session) else None

    @override
    def work(self, shown: Shown) -> Slices[CertificateMap]:
        return (yield from mapped(shown.session, shown.replica, self.settings.side))
