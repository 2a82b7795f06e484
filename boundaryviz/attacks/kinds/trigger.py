"""A trigger by one point: poison in a direction that no clean point uses, and inputs that are pushed along it later."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.settings import NOBODY, AttackSettings, Placed
from boundaryviz.attacks.targets import AttackError
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.scene.specs import setting


class TriggerSpec(AttackSettings):
    """A point off the plane, in a direction that the data leave unused: whatever is pushed far along it when the model
    is asked is taken for the wanted class, and whatever is not is decided as before.

    Peinemann et al. 2025, "Non-omniscient backdoor injection with one poison sample" (arXiv 2508.05600): one such point
    is enough for linear models and for nets of ReLU units with one hidden layer.
    """

    TITLE: ClassVar[str] = "Trigger"
    FOREIGN: ClassVar[tuple[str, ...]] = ("target", "snap")
    NEEDS_INPUTS: ClassVar[bool] = True
    attack: Literal["trigger"] = "trigger"
    height: float = setting(
        1.0, "Off the plane", "How far off the plane the points lie, above the middle of the data.",
        unit="data units", gt=0.0, le=1e3, log=True,
    )  # fmt: skip
    push: float = setting(
        12.0, "Trigger", "How far an input is pushed in the same direction to set the trigger off. It is measured by "
        "it, and nothing is trained on it.", unit="data units", gt=0.0, le=1e4, log=True,
    )  # fmt: skip

    def aim(self, scene: Scene) -> None:
        """Nowhere on the plane."""

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        """All at one place, above the middle of the clean training points.

        Raises AttackError where there is no direction off the plane, no clean point, or no such class.
        """
        direction = direction_of(scene)
        clean = scene.points.xy[scene.points.is_train & (scene.points.origin <= 0)]
        if not len(clean):
            raise AttackError("There are no training points, above whose middle the trigger's point would lie.")
        wanted = wanted_by(self, scene)
        middle = np.repeat(clean.mean(axis=0)[None], self.count, axis=0)
        points = Points.of(middle, wanted, origin=self.group, first_id=scene.next_id)
        return points.with_columns(inputs=scene.embed(middle) + self.height * direction), NOBODY

    def pushed(self, scene: Scene, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Inputs (N, D) with the trigger in them. Raises AttackError as `place` does."""
        found: NDArray[np.float64] = x + self.push * direction_of(scene)
        return found


def direction_of(scene: Scene) -> NDArray[np.float64]:
    """The unit vector (D,) along which the trigger pushes: that of the section off its plane.

    Raises AttackError where the plane is all there is.
    """
    direction = None if scene.section is None else scene.section.off_plane
    if direction is None:
        raise AttackError(
            "Points of a plane leave no direction unused. Lift them, with data.lift=20, or take a table of more inputs."
        )
    return direction


def wanted_by(settings: TriggerSpec, scene: Scene) -> int:
    """The class that the trigger is for, by default the first. Raises AttackError where there is none such."""
    wanted = settings.wanted or 0
    if wanted >= scene.classes:
        raise AttackError(f"There is no class {wanted}; the classes are 0 to {scene.classes - 1}.")
    return wanted
