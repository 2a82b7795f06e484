"""What a scene teaches, and what it lacks to teach anything."""

from __future__ import annotations

import numpy as np

from boundaryviz.scene.scene import UNLABELLED, Scene


def lacking(scene: Scene, probed: bool = False) -> str | None:
    """What a learner misses in this scene, in a sentence; None where two classes have labelled training points.

    probed: it is trained without labels, and only what decides is read out by them.
    """
    if not scene.points.is_train.any():
        return "There are no training points."
    points = scene.points.take(scene.seen())
    if not points.is_train.any():
        return "Every training point is muted or switched off, so there is nothing to learn."
    taught = np.unique(points.label[points.is_train & points.is_labelled])
    if not len(taught) and probed:
        return "There is no labelled point to probe with: the net learns from all points, but nothing decides."
    if not len(taught):
        return "No training point has a label, so there is nothing to learn."
    if len(taught) == 1:
        return f"All labelled training points are of one class, {scene.class_name(int(taught[0]))}."
    return None


def larger_by_poison(scene: Scene) -> str | None:
    """That poison adds a class, which clean twins cannot be spared, in a sentence; None where it does not."""
    points = scene.points
    clean = points.label[~points.is_poison]
    known = max(2, int(clean.max(initial=UNLABELLED)) + 1)
    added = np.unique(points.label[points.is_poison & (points.label >= known)])
    if not len(added):
        return None
    names = ", ".join(scene.class_name(int(label)) for label in added)
    return (
        f"Only poison has the label {names}. Clean twins have an output for it too: they differ from a run without it."
    )


def poison_teaches(scene: Scene) -> bool:
    """Whether poison that acts changes which labelled training points there are: by adding, or by withdrawing some."""
    points, seen = scene.points, scene.seen()
    changed = np.where(points.origin < 0, ~seen & ~points.muted, seen & points.is_poison)
    return bool((changed & points.is_train & points.is_labelled).any())


def can_teach(scene: Scene, probed: bool = False) -> bool:
    """Whether there is a labelled training point at all, or any, where `probed` as `lacking` has it."""
    points = scene.points
    return bool((scene.seen() & points.is_train & (points.is_labelled | probed)).any())
