"""What poison costs: how many points of how many, and how many it would be of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundaryviz.scene.scene import Scene

TALK = "as given in the talk"
PUBLISHED = "published by Carlini and Terzis (2022): 3 of 3 million"
"""In "Poisoning and Backdooring Contrastive Learning", ICLR 2022, abstract; the talk says a tenth of it."""


@dataclass(frozen=True)
class QuotedRate:
    """A share of the data that poisoning is said to take. kind: of which learning. source: who says so."""

    kind: str
    rate: float
    source: str


QUOTED_RATES = (
    QuotedRate("supervised", 1e-2, TALK),
    QuotedRate("semi-supervised", 1e-3, TALK),
    QuotedRate("self-supervised", 1e-7, TALK),
    QuotedRate("image captions", 1e-6, PUBLISHED),
)


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
