"""The probes 'embedding' and 'similarity' in a conversation with a trainer."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.embedding import EmbeddingSettings, SimilaritySettings
from boundaryviz.scenario.scenario import Scenario
from helpers.talks import Conversation, answers

SCENARIO = Scenario().with_values({"data.n": 40, "learner.hidden": [6, 5]})
SCENE = SCENARIO.scene()
VIEW = m.View(SCENE.domain, 40, 30)


def talking(*messages: m.ToTrainer, scenario: Scenario = SCENARIO, **options: Any) -> Conversation:
    return Conversation(m.Load(scenario, SCENE, 1, "cpu", **options), VIEW, *messages)


def listening(talk: Conversation, seconds: float) -> None:
    """With every frame drawn at once."""
    for _ in range(round(seconds / 0.02)):
        talk.tell(m.Credit())
        talk.listen(0.02)


def test_the_embedding_follows_training_thirty_times_a_second_and_hardly_turns():
    talk = talking(m.Subscribe("embedding"), m.Play())
    listening(talk, 0.3)
    found = [said.value for said in answers(talk.said, "embedding")]
    assert len(found) >= 9  # of 0.3 s
    assert found[-1].step > found[0].step
    for before, after in pairwise(found):
        a, b = (one.xy - one.xy.mean(axis=0) for one in (before, after))
        assert (a * b).sum() > 0.5 * np.sqrt((a * a).sum() * (b * b).sum())


def test_other_settings_keep_what_was_shown_last():
    talk = talking(m.Subscribe("embedding"), m.StepN(20))
    listening(talk, 0.2)
    first = answers(talk.said, "embedding")[-1].value
    talk.tell(m.Subscribe("embedding", EmbeddingSettings(aspect=2.0)))
    listening(talk, 0.2)
    second = answers(talk.said, "embedding")[-1].value
    np.testing.assert_allclose(second.xy, first.xy, atol=1e-9)
    assert second.rect == first.rect
    assert second.ground.width == 2.0 * first.ground.width


def test_twins_are_both_there_and_a_learner_without_an_embedding_says_nothing():
    talk = talking(m.Subscribe("embedding"), twin=True)
    listening(talk, 0.1)
    assert answers(talk.said, "embedding")[-1].value.clean is not None
    straight = SCENARIO.with_values({"learner.name": "KNeighborsClassifier"})
    talk = talking(m.Subscribe("embedding"), m.Subscribe("similarity"), scenario=straight)
    listening(talk, 0.2)
    assert not [*answers(talk.said, "embedding"), *answers(talk.said, "similarity"), *talk.heard(m.Failed)]


def test_likeness_is_asked_of_a_place_and_of_nothing_nothing():
    talk = talking(m.Subscribe("similarity"))
    listening(talk, 0.1)
    assert answers(talk.said, "similarity") == []
    talk.tell(m.Subscribe("similarity", SimilaritySettings((0.5, 0.5), side=16, neighbours=4)))
    listening(talk, 0.1)
    (said,) = answers(talk.said, "similarity")
    assert max(said.value.field.shape) == 16
    assert len(said.value.ids) == 4
