"""What is said where early stopping is asked for and cannot act."""

from __future__ import annotations

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene, Split


def stopping_advice(scenario: Scenario, scene: Scene) -> str:
    """Why early stopping never stops the run, and what to do, in two sentences; "" where it may, or is off."""
    if scenario.training.early_stopping == "off":
        return ""
    if scenario.learner.family.at_once:
        return f"{scenario.learner.TITLE} is fitted at once, not in small steps. Early stopping has nothing to end."
    points = scene.points
    if (points.is_labelled & ~points.is_poison & ~points.muted & (points.split == Split.VALIDATION)).any():
        return ""
    return (
        "Early stopping goes by the validation loss, and there is no validation point with a label: it never stops. "
        "Give validation a share of the data, data.validation, or turn it off."
    )
