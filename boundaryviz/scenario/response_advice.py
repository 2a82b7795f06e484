"""What is said where points have responses and the learner learns their signs alone."""

from __future__ import annotations

from boundaryviz.learners.family import LearnerSettings
from boundaryviz.scene.scene import Scene


def response_advice(learner: LearnerSettings, scene: Scene) -> str:
    """That the responses are not what is learnt, in two sentences; "" where they are, or there are none."""
    if learner.fits_responses or not scene.has_responses:
        return ""
    whose = "Its" if "loss" in type(learner).model_fields else "A net's"
    return (
        f"These points have responses, of which {learner.TITLE} learns the signs. {whose} squared or absolute loss "
        "fits the numbers."
    )
