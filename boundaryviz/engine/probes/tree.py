"""The probe 'tree': the decision tree that the run shown has grown, as it can be read."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown
from boundaryviz.learners.trees import Tree


@dataclass(frozen=True)
class TreeSettings:
    """stage: of how many leaves, as in `View`; None for the tree that is fitted."""

    stage: int | None = None


class TreeProbe(Probe):
    """Hands the tree out; there is no answer for another learner, or before it is grown."""

    Settings = TreeSettings
    settings: TreeSettings
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        if shown.session.tree(shown.replica) is None:
            return None
        return shown.key(shown.replica, self.settings.stage)

    @override
    def answer(self, shown: Shown) -> Tree | None:
        return shown.session.tree(shown.replica, self.settings.stage)
