"""Why nothing is proven about poison in a scenario, where nothing is."""

from __future__ import annotations

from boundaryviz.scenario.scenario import Scenario


def unproven(scenario: Scenario, classes: int) -> str:
    """Why no decision between so many classes is proven to survive poison, in a sentence; "" where each is.

    A proof counts votes of models that each see their own points: whatever else looks at all points ends it.
    """
    if "certificates" not in scenario.learner.family.capabilities:
        return "This learner proves nothing about poison; partition aggregation does."
    if not scenario.decision.rule(classes).plain:
        return "Nothing is proven where costs or a threshold move the decision."
    if scenario.defence is not None:
        return "Nothing is proven behind a filter, which looks at all points together."
    if scenario.data.input_scale == "standardised":
        return "Nothing is proven of standardised inputs, whose units depend on all points."
    return ""
