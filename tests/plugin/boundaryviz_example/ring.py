"""An attack: a ring of points around the target that bear the class wanted there."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from boundaryviz.attacks.settings import NOBODY, AttackSettings, Placed
from boundaryviz.attacks.targets import aim
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.scene.specs import setting


class RingSpec(AttackSettings):
    """Points around the target, labelled as the attacker wants."""

    TITLE: ClassVar[str] = "Ring"
    attack: Literal["ring"] = "ring"
    radius: float = setting(0.2, "Radius", "Of the ring.", unit="data units", gt=0.0, le=10.0, log=True)

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        goal = aim(scene, self.target, self.wanted, None, self.snap)
        turn = 2 * np.pi * np.arange(self.count) / self.count
        xy = goal.target + self.radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        return Points.of(xy, goal.target_class, origin=self.group, first_id=scene.points.next_id), NOBODY
