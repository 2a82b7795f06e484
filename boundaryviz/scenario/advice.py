"""What is worth saying of a scenario before anything is trained, for whoever has no buttons to press."""

from __future__ import annotations

from boundaryviz.scenario.caption_advice import caption_advice
from boundaryviz.scenario.poison_advice import poison_note
from boundaryviz.scenario.response_advice import decision_advice, response_advice
from boundaryviz.scenario.scale_advice import scale_note
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.stopping_advice import stopping_advice
from boundaryviz.scene.lessons import lacking, larger_by_poison
from boundaryviz.scene.scene import Scene


def notes(scenario: Scenario, scene: Scene) -> tuple[str, ...]:
    """Sentences, the gravest first; none where nothing is to be said. scene: the scenario's."""
    said = (
        lacking(scene, scenario.learner.family.self_supervised),
        larger_by_poison(scene),
        scale_note(scenario, scene),
        poison_note(scenario.learner.family.supervised, scene),
        response_advice(scenario.learner, scene),
        caption_advice(scenario.learner, scene),
        decision_advice(scenario, scene),
        stopping_advice(scenario, scene),
    )
    return tuple(words for words in said if words)
