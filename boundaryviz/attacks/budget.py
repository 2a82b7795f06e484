"""What poison costs: how many points of how many, and how many it would be of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundaryviz.scene.scene import Scene

TALK_RATES = {"supervised": 1e-2, "semi-supervised": 1e-3, "self-supervised": 1e-7}
"""Shares of the data that poisoning takes, as given in the talk."""


@dataclass(frozen=True)
class Budget:
    """poison of total training points, unlabelled ones included; what is muted or switched off does not count."""

    poison: int
    total: int

    @classmethod
    def of(cls, scene: Scene, group: int | None = None) -> Budget:
        """Of all poison that acts, or of one group, whether or not it is switched on."""
        points = scene.points
        seen = scene.seen(None if group is None else frozenset({group})) & points.is_train
        poison = points.is_poison if group is None else points.origin == group
        return cls(int(np.count_nonzero(seen & poison)), int(np.count_nonzero(seen)))

    @property
    def rate(self) -> float:
        """The share of the training points that is poison, 0 where there are none."""
        return self.poison / self.total if self.total else 0.0

    def points_at(self, rate: float) -> float:
        """How many training points there would have to be for this poison to be the share `rate` of them."""
        return self.poison / rate
