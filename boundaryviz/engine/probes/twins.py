"""The probe 'twins': what clean and poisoned twins make of test points, pins and the plane."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.engine.twins import Twins, comparing

_SLICE = 1 << 15  # places times replicas asked about in one slice


@dataclass(frozen=True)
class TwinsSettings:
    """side: cells along the longer side of the domain, on which twins are compared."""

    side: int = 96


class TwinsProbe(Probe):
    """Compares the twins of all seeds; there is no answer without twins."""

    Settings = TwinsSettings
    settings: TwinsSettings

    @override
    def key(self, shown: Shown) -> Key | None:
        return shown.key() if shown.session.twin else None

    @override
    def work(self, shown: Shown) -> Slices[Twins]:
        session = shown.session
        places = max(1, _SLICE // len(session.replicas))
        return (
            yield from comparing(
                session.scene, session.step_count, session.diverged, session.learner.predict, self.settings.side, places
            )
        )
