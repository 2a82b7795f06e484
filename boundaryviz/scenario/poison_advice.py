"""What is said where poison can do nothing, because the learner does not look at it."""

from __future__ import annotations

from boundaryviz.scene.lessons import poison_teaches
from boundaryviz.scene.scene import Scene

UNUSED = "this learner does not use unlabelled points"
"""In the fewest words why poison changes nothing."""
INSTEAD = "label-spreading"
"""A learner that uses unlabelled points, and is known by that."""


def is_unused(supervised: bool, scene: Scene) -> bool:
    """Whether there is poison that acts, and a learner sees none of it, as all is unlabelled and it is supervised."""
    points = scene.points
    acts = bool((points.is_poison & points.is_train & scene.seen()).any())
    return acts and supervised and not poison_teaches(scene)


def poison_advice(supervised: bool, scene: Scene) -> str:
    """Why the poison changes nothing, and what to do, in a sentence; "" where it may change something, or is none."""
    if not is_unused(supervised, scene):
        return ""
    why = UNUSED[:1].upper() + UNUSED[1:]
    return f"{why}, and all poison is unlabelled: choose one that does, such as label spreading."


def poison_note(supervised: bool, scene: Scene) -> str:
    """The same where there is no button to press."""
    words = poison_advice(supervised, scene)
    return words and f"{words.removesuffix('.')} (learner.name={INSTEAD})."
