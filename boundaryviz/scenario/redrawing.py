"""Whether the points of a scenario are another draw with another data seed."""

from __future__ import annotations

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import OWN
from boundaryviz.scene.scene import Scene


def can_be_drawn(scenario: Scenario) -> bool:
    """Whether a data seed draws its points: not where they were edited or changed while it trained, nor points of one's
    own of which nothing is left to chance, or whose attack was shaped by hand.

    A history of training in which nothing was changed changes nothing here.
    """
    course = scenario.course
    if course is not None and (course.turns or course.values or course.plane is not None):
        return False
    if scenario.data.name == OWN:
        here, other = (scenario.with_values({"data.seed": scenario.data.seed ^ k}).scene() for k in (0, 1))
        return here.points != other.points and _poison(here) == _poison(scenario.scene())
    if scenario.plane is None:
        return True
    fresh, kept = scenario.bare().scene(), scenario.scene()
    return fresh.points == kept.points and fresh.targets == kept.targets


def _poison(scene: Scene) -> tuple[object, ...]:
    """Where poison lies, under which label, and what it aims at."""
    some = scene.points.take(scene.points.is_poison)
    return some.x.tolist(), some.label.tolist(), scene.targets
