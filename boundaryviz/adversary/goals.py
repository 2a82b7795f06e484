"""What an attacker wants to grow, and the points at which that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.clean_label import CleanLabelSettings
from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.scene.scene import Points, Scene, Split, Target


class Answers(NamedTuple):
    """What M models make of V points, (M, V) each.

    predicted: int64, the class. lead: float64, by how much the point's class leads the likeliest other: in probability,
    or of a support vector machine its margin y f. loss: float64, log loss, or of a support vector machine hinge loss.
    """

    predicted: NDArray[np.int64]
    lead: NDArray[np.float64]
    loss: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Goal:
    """V points and their classes, which are to be taken for any other; or with `pin` the one place that is to be taken
    for its target's class.

    x: float64 (V, D). label: int64 (V,); of a pin the class wanted.
    """

    x: NDArray[np.float64]
    label: NDArray[np.int64]
    pin: Target | None = None

    def objective(self, answers: Answers) -> NDArray[np.float64]:
        """What the attacker makes grow, (M,): the share of wrong classes, or at a pin the lead of the class wanted."""
        if self.pin is not None:
            return answers.lead[:, 0]
        wrong: NDArray[np.float64] = (answers.predicted != self.label).mean(axis=1)
        return wrong

    def loss(self, answers: Answers) -> NDArray[np.float64]:
        """What grows with it and is nowhere flat, (M,): the mean loss, or at a pin that of the class wanted, negated.

        Where the objective of two sets of poison is one, that of the larger loss is the better.
        """
        mean: NDArray[np.float64] = answers.loss.mean(axis=1)
        return mean if self.pin is None else -mean


def held_out(scene: Scene, split: Split, label: int | None = None) -> Points:
    """The clean labelled points of a split that act, of one class or of all."""
    points = scene.points
    some = (points.split == split) & points.is_labelled & ~points.is_poison & scene.seen()
    return points.take(some if label is None else some & (points.label == label))


def pin_of(scene: Scene, settings: TrainedAttackSettings) -> Target:
    """The place attacked and the class it is to be given. Raises AttackError where no class is named."""
    first = scene.targets[0] if scene.targets else None
    place = settings.target or (None if first is None else (first.x, first.y))
    if place is None:
        raise AttackError("There is no target. Set adversary.target to a place, or put a target pin on the plane.")
    wanted = settings.target_class
    if wanted is None and first is not None and place == (first.x, first.y):
        wanted = first.target_class
    if wanted is None:
        raise AttackError("Which class is the target to be taken for? Set adversary.target_class.")
    if wanted >= scene.classes:
        raise AttackError(f"There is no class {wanted}; the classes are 0 to {scene.classes - 1}.")
    return Target(*place, wanted)


def inputs_of(pin: Target, scene: Scene, settings: TrainedAttackSettings) -> NDArray[np.float64]:
    """What models are given (1, D) at the target: its place, or a place off the plane that is shown there.

    Raises AttackError where it is to lie off a plane beside which there is nothing.
    """
    x = scene.embed(np.array([(pin.x, pin.y)]))
    far = settings.off_plane if isinstance(settings, CleanLabelSettings) else 0.0
    if not far:
        return x
    direction = None if scene.section is None else scene.section.off_plane
    if direction is None:
        raise AttackError(
            "The target cannot lie off the plane, as these points have no inputs beside it. Lift them, with "
            "data.lift=20, or set adversary.off_plane to 0."
        )
    return x + far * direction


def goal_of(seen: Scene, victim: Scene, settings: TrainedAttackSettings, split: Split = Split.VALIDATION) -> Goal:
    """What the settings ask for, on the held-out points that the attacker sees. victim: the true scene, whose pins
    count.

    Raises AttackError where there is nothing to measure by.
    """
    if settings.aim == "pin":
        pin = pin_of(victim, settings)
        return Goal(inputs_of(pin, victim, settings), np.array([pin.target_class]), pin)
    wanted = None
    if settings.aim == "class":
        wanted = settings.target_class
        if wanted is None:
            raise AttackError("The error of which class is to grow? Set adversary.target_class.")
        if wanted >= seen.classes:
            raise AttackError(f"There is no class {wanted}; the classes are 0 to {seen.classes - 1}.")
    points = held_out(seen, split, wanted)
    if not len(points):
        of = "" if wanted is None else f" of {seen.class_name(wanted)}"
        raise AttackError(
            f"There are no {split.name.lower()} points{of}, by which the attacker measures what it does. "
            "Raise data.validation, or let the goal be a pin."
        )
    return Goal(points.x, points.label.astype(np.int64))
