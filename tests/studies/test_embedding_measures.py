"""A scenario held to what is read out of its embedding."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from boundaryviz.engine.session import Session
from boundaryviz.record.embedded import MEASURES
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Split
from boundaryviz.studies.check import check

SMALL = Scenario().with_values(
    {"data.n": 120, "data.labels_per_class": 5, "learner.name": "simclr", "learner.hidden": [8], "training.steps": 20}
)


def test_each_value_is_that_of_one_training_read_out_in_every_way() -> None:
    scenario = SMALL.model_copy(update={"expect": {f"embedding.{name}": (-2.0, 100.0) for name in MEASURES}})
    found = check(scenario, data_seeds=(3,), seeds=1)
    assert found.holds
    values = {name: one.values[0] for name, one in zip(MEASURES, found.held, strict=True)}
    session = Session(SMALL.with_values({"data.seed": 3}))
    session.step(20)
    points = session.scene.points
    test = (points.split == Split.TEST) & points.is_labelled
    known = (points.split == Split.TRAIN) & points.is_labelled
    own = 1 - session.evaluated.values[0, 5]  # the test error
    assert values["nearest"] == pytest.approx(own)
    raw = KNeighborsClassifier(1).fit(points.x[known], points.label[known])
    assert values["raw_nearest"] == pytest.approx(raw.score(points.x[test], points.label[test]))
    taught = Session(SMALL.with_values({"data.seed": 3}), learner=SMALL.learner.counterpart(5))
    taught.step(20)
    assert values["supervised"] == pytest.approx(1 - taught.evaluated.values[0, 5])
    assert values["beyond_raw"] == pytest.approx(values["nearest"] - values["raw_nearest"])
    assert values["beyond_supervised"] == pytest.approx(own - values["supervised"])
    assert np.isclose(values["collapse"], session.learner.health()["collapse"][0])  # type: ignore[attr-defined]
    assert 1 <= values["rank"] <= 8
    assert 0.5 < values["linear"] <= 1
    assert 0.5 < values["fine_tune"] <= 1


def test_other_learners_have_none() -> None:
    plain = Scenario().model_copy(update={"expect": {"embedding.linear": 1.0}})
    with pytest.raises(ScenarioError, match=r"set learner\.name"):
        check(plain, data_seeds=(0,))
