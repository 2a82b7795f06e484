"""What a scenario may promise of heights is what its runs have, and is refused in words where they have none."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.check import check
from boundaryviz.studies.heights import plan

SMALL = Scenario().with_values(
    {"data.name": "random-grid", "data.n": 36, "data.lift": 3, "data.lift_noise": 0.0, "learner.hidden": [6],
     "learner.robust_epsilon": 0.1, "learner.robust_steps": 2, "training.steps": 8}
)  # fmt: skip


def test_measures_are_those_of_the_runs():
    names = ("within", "distance", "off_plane", "gain")
    scenario = SMALL.model_copy(update={"expect": {f"heights.{name}": (0.0, 100.0) for name in names}})
    found = check(scenario, (3,), 2, progress=False)
    assert found.holds
    values = {held.expectation.metric: held.values[0] for held in found.held}
    run = train(SMALL.with_values({"data.seed": 3}), 2, progress=False)
    assert values["within"] == pytest.approx(np.mean([run.heights(seed=k, side=40).within(0.2) for k in (0, 1)]))
    robust = SMALL.with_values({"learner.robust": "pgd"})
    there = check(robust.model_copy(update={"expect": {"heights.distance": (0.0, 100.0)}}), (3,), 2, progress=False)
    assert values["gain"] == pytest.approx(there.held[0].values[0] / values["distance"])
    assert 0.0 <= values["off_plane"] <= 1.0


@pytest.mark.parametrize(
    ("values", "names", "words"),
    [
        ({"data.lift": None}, ["within"], "nothing lies off the plane"),
        ({"learner.name": "naive-bayes"}, ["gain"], "heights.gain is of a net"),
    ],
)
def test_what_cannot_be_measured_is_said(values: dict, names: list[str], words: str):
    with pytest.raises(ScenarioError, match=words):
        plan(SMALL.with_values(values), 0, names, 1, "cpu")
