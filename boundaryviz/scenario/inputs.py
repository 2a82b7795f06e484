"""Whether a scenario's learner can be given the points that a run has."""

from __future__ import annotations

from boundaryviz.scenario.cost import size_of
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Scene


class InputsError(ScenarioError):
    """A learner that cannot learn from points with so many inputs, or from so many. A spec cannot know them, so it is
    not its fault."""


def check_inputs(scenario: Scenario, scene: Scene, planted: int = 0) -> None:
    """Raises InputsError, in words, for a learner that is to be shown what these points have not got, or too many.

    planted: points of poison that are yet to be placed, or of each replica's own. All count that any replica sees, so
    that a run is refused whole.
    """
    learner = scenario.learner
    size = size_of(scene, planted=planted, scale=scenario.data.input_scale)
    if why := learner.misfit(scene.points.width) or learner.crowded(size):
        raise InputsError([f"learner.{name}: {words}" for name, words in why.items()])
