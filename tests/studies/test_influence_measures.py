"""The measures 'influence.': how far methods agree with leaving each point out."""

from __future__ import annotations

from typing import Any

import pytest

from boundaryviz.record.sources import SOURCES
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import planned
from boundaryviz.studies.influence import Agreement, measure

SMALL: dict[str, Any] = {"data.n": 16, "data.noise": 0.25, "data.test": 0.45, "data.pool": 60, "training.steps": 120,
                         "training.learning_rate": 0.05, "training.batch_size": "full", "learner.name": "logistic",
                         "training.l2": 0.01}  # fmt: skip


class Silent:
    def progress(self, done: int, of: int, words: str = "") -> None:
        pass

    def result(self, value: object) -> None:
        pass


def test_means_over_places_are_taken_of_every_measure_that_is_asked_for() -> None:
    scenario = Scenario().with_values(SMALL)
    (draw,) = planned("influence", scenario, [100], ["spearman", "tracin"], 2)
    ((batch),) = draw.batches
    content = batch.content
    assert isinstance(content, Agreement)
    assert content.methods == ("tracin",)
    assert content.scenario.data.seed == 100
    (row,) = measure(content, Silent())
    assert set(row) == {"influence", "tracin", "ceiling", "spearman", "beyond"} <= set(SOURCES["influence"].measures)
    assert row["spearman"] == row["influence"]
    assert row["beyond"] == pytest.approx(row["spearman"] - row["ceiling"])
    assert 0.9 < row["spearman"] <= 1.0 + 1e-9
    assert draw.reduce([row]) == row


def test_a_method_that_does_not_apply_and_too_few_test_points_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"influence.shapley: Shapley values"):
        planned("influence", Scenario().with_values(SMALL), [0], ["shapley"], 1)
    few = Scenario().with_values({**SMALL, "data.pool": None, "data.test": 0.2})
    with pytest.raises(ScenarioError, match="are too few"):
        measure(Agreement(few, ()), Silent())
