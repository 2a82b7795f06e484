"""The probe 'defence': what the defence has made of the points of the run shown and its clean twin."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from boundaryviz.defences.judged import Judged
from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown


@dataclass(frozen=True, eq=False)
class Guarded:
    """judged: the verdict on the points of the run shown, None while there is none. clean: on those of its clean twin,
    None without one. pending: whether the points are being judged anew. seconds: what the last verdict took."""

    judged: Judged | None
    clean: Judged | None
    pending: bool
    seconds: float


class DefenceProbe(Probe):
    """Tells of every other verdict; there is no answer without a defence."""

    @override
    def key(self, shown: Shown) -> Key | None:
        session = shown.session
        if session.scenario.defence is None:
            return None
        return shown.key(session.defending.version, session.defending.pending, shown.replica, steps=False)

    @override
    def answer(self, shown: Shown) -> Guarded:
        session = shown.session
        defending, judged = session.defending, session.defending.judged
        if judged is None:
            return Guarded(None, None, defending.pending, defending.seconds)
        clean = judged[shown.seed] if session.twin else None
        return Guarded(judged[shown.replica], clean, defending.pending, defending.seconds)
