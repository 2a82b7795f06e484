"""What is said where points have responses: that the learner learns their signs alone, or that nothing is decided."""

from __future__ import annotations

from boundaryviz.learners.family import LearnerSettings
from boundaryviz.scenario.scenario import Scenario
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


UNDECIDED = "this learner fits responses and predicts no classes"
"""What is said of the settings of the decision there."""


def decision_advice(scenario: Scenario, scene: Scene) -> str:
    """That costs or a threshold have no effect where responses are fitted, in two sentences; "" where they have, or
    there are none."""
    decision = scenario.decision
    if not scenario.learner.fits(scene) or decision == type(decision)():
        return ""
    return (
        f"{scenario.learner.TITLE} fits the responses of these points and predicts no classes: costs and the threshold "
        "have no effect. They count with a loss of classes, such as cross-entropy."
    )
