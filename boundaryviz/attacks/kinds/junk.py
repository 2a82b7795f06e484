"""Junk: clusters of no class, as an uncurated pool has them."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from boundaryviz.attacks.settings import NOBODY, AttackSettings, Place, Placed
from boundaryviz.attacks.targets import Aim
from boundaryviz.scene.axes import as_given
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.scene.specs import setting


class OutOfDistributionSpec(AttackSettings):
    """Unlabelled clusters of no class, as an uncurated pool has them."""

    TITLE: ClassVar[str] = "Junk clusters"
    FOREIGN: ClassVar[tuple[str, ...]] = ("target", "snap", "wanted")
    attack: Literal["junk"] = "junk"
    clusters: int = setting(4, "Clusters", "How many clusters, their centres drawn over the plane.", ge=1, le=50)
    spread: float = setting(
        0.1, "Spread", "Standard deviation of a cluster.", unit="data units", gt=0.0, le=5.0, log=True
    )
    centres: tuple[Place, ...] = setting(
        (), "Centres", "Where the first clusters lie; the others are drawn.", max_length=50, advanced=True
    )

    def aim(self, scene: Scene) -> Aim | None:
        """Nowhere."""
        return None

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        """Unlabelled Gaussian clusters of equal size, to a point."""
        d = scene.domain
        drawn = rng.uniform((d.left, d.bottom), (d.right, d.top), (self.clusters, 2))
        given = np.array(self.centres[: self.clusters], dtype=np.float64).reshape(-1, 2)
        centres = np.concatenate([given, drawn[len(given) :]])
        around = as_given(self.spread * rng.standard_normal((self.count, 2)), d.stretch)
        xy = centres[np.arange(self.count) % self.clusters] + around
        return Points.of(xy, origin=self.group, first_id=scene.next_id), NOBODY
