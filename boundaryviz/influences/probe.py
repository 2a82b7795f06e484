"""The probes 'influence' and 'influence-slowly': who is answerable for the decision at a place, while the model trains.

They take turns: what takes milliseconds is answered again with every step, what takes longer from the weights of a
moment.
"""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.influences.requests import Explained, InfluenceError, InfluenceSettings

_REFITS = 400  # points up to which a learner that is fitted at once is fitted without each of them


class InfluenceProbe(Probe):
    """By the methods that take milliseconds; there is no answer without a place, or of the past."""

    Settings = InfluenceSettings
    settings: InfluenceSettings
    SLOWLY: ClassVar[bool] = False
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        return None if shown.past is not None else shown.key(shown.replica, self.settings.asked)

    @override
    def work(self, shown: Shown) -> Slices[Explained]:
        from boundaryviz.influences.explaining import Explainer  # what names a probe loads nothing heavy

        asked = self.settings.asked
        try:
            explainer = Explainer(shown.session, shown.replica, asked)
            yield from explainer.work(quick=True)
            if self.SLOWLY:
                yield from explainer.work(quick=False)
                if shown.session.spec.family.at_once and len(explainer.points) <= _REFITS:
                    at = explainer.chosen()
                    for start in range(0, len(at), explainer.together):
                        yield from explainer.leave_out(at[start : start + explainer.together], 1)
        except InfluenceError as error:
            return Explained(asked, None, str(error), self.SLOWLY)
        return Explained(asked, explainer.now(), "", self.SLOWLY)


class SlowInfluenceProbe(InfluenceProbe):
    """By all methods but TracIn, and by leaving points out where a fit takes a moment. Training goes on meanwhile: the
    answer is of the step at which it was begun, and the next one is begun once it is there."""

    SLOWLY = True
    share = 0.2
    interval = 1.0

    def __init__(self, settings: InfluenceSettings) -> None:
        super().__init__(settings)
        self._begun: tuple[Key, Key] | None = None  # what is under way depends on this, and its key with the step

    @override
    def key(self, shown: Shown) -> Key | None:
        if shown.past is not None:
            return None
        of = self.settings.asked, shown.replica
        if self._begun is not None and self._begun[0] == shown.key(*of, steps=False):
            return self._begun[1]
        return shown.key(*of, shown.session.step_count, steps=False)

    @override
    def work(self, shown: Shown) -> Slices[Explained]:
        of = self.settings.asked, shown.replica
        self._begun = shown.key(*of, steps=False), shown.key(*of, shown.session.step_count, steps=False)
        try:
            return (yield from super().work(shown))
        finally:
            self._begun = None
