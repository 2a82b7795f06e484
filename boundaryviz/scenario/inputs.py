"""Whether a scenario's learner can be given the inputs that points have."""

from __future__ import annotations

from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Scene


class InputsError(ScenarioError):
    """A learner that cannot learn from points with so many inputs. A spec cannot know them, so it is not its fault."""


def check_inputs(scenario: Scenario, scene: Scene) -> None:
    """Raises InputsError, in words, for a learner that is to be shown what these points have not got."""
    if why := scenario.learner.misfit(scene.points.width):
        raise InputsError([f"learner.{name}: {words}" for name, words in why.items()])
