"""What is said of points without a caption, to a learner that is told captions."""

from __future__ import annotations

import numpy as np

from boundaryviz.learners.family import LearnerSettings
from boundaryviz.scene.scene import Scene


def caption_advice(learner: LearnerSettings, scene: Scene) -> str:
    """That a class has no captions, or that points have none, in a sentence; "" where all have, or there are none."""
    points = scene.points
    trained = points.take(scene.seen() & points.is_train)
    if learner.name != "captions" or not trained.is_labelled.any():
        return ""
    told = np.unique(trained.label[trained.is_labelled])
    if len(told) == 1:
        name = scene.class_name(int(told[0]))
        return (
            f"All captions are of {name}: the words of other classes are never learnt, and every place goes to {name}."
        )
    bare = int((~trained.is_labelled).sum())
    if not bare:
        return ""
    many = "1 training point has" if bare == 1 else f"{bare:,} training points have"
    return f"{many} no label, hence no caption: this learner does not look there."
