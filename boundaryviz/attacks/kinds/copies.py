"""Copies of points: a pile of them, labelled as the attacker wants or not at all."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from boundaryviz.attacks.settings import NOBODY, AttackSettings, Placed
from boundaryviz.attacks.targets import aim
from boundaryviz.scene.axes import as_given, as_seen
from boundaryviz.scene.scene import UNLABELLED, Points, Scene
from boundaryviz.scene.specs import setting


class CopiesSpec(AttackSettings):
    """Copies of the target, or of the points around it, labelled as the attacker wants or not at all."""

    TITLE: ClassVar[str] = "Copies"
    attack: Literal["copies"] = "copies"
    of: Literal["target", "around"] = setting(
        "around", "Copies of", "The target alone, or the points nearest to it, each once before any comes again.",
        choices={"target": "the target", "around": "the points around it"},
    )  # fmt: skip
    labelled: bool = setting(True, "Labelled", "The copies carry the wanted class; off leaves them unlabelled.")
    jitter: float = setting(
        0.02, "Jitter", "Standard deviation of a Gaussian push of each copy.", unit="data units", ge=0.0, le=5.0
    )

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        """Jittered copies of the target, or of the clean training points of other classes nearest to it.

        Raises AttackError as `aim` does.
        """
        goal = aim(scene, self.target, self.wanted, None, self.snap)
        original = goal.target[None]
        points = scene.points
        if self.of == "around":
            clean = (points.origin <= 0) & ~points.muted & points.is_train
            others = points.xy[clean & (points.label != goal.target_class)]
            gaps = as_seen(others - goal.target, scene.domain.stretch)
            near = np.argsort((gaps**2).sum(axis=1), kind="stable")[: max(self.count, 1)]
            original = others[near] if len(others) else original
        xy = original[np.arange(self.count) % len(original)]
        xy = xy + as_given(self.jitter * rng.standard_normal(xy.shape), scene.domain.stretch)
        label = goal.target_class if self.labelled else UNLABELLED
        return Points.of(xy, label, origin=self.group, first_id=scene.next_id), NOBODY
