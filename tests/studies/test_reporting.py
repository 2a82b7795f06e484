"""A scenario held to what its own study promises."""

from __future__ import annotations

from typing import Any

import pytest

from boundaryviz.record.reports import SizeReport
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.study_spec import StudySpec
from boundaryviz.studies.check import check
from boundaryviz.studies.study import Study
from boundaryviz.studies.tabling import run_study

AXIS = {"path": "learner.max_leaf_nodes", "values": [2, 4, 8]}
TREE = Scenario.parse({
    "data": {"n": 60, "noise": 0.2, "label_noise": 0.2}, "learner": {"name": "DecisionTreeClassifier"},
    "study": {"axes": [AXIS], "data_seeds": 2, "folds": 3, "report": "size"},
})  # fmt: skip


def promising(study: dict[str, Any] | None, **expect: Any) -> Scenario:
    spec = None if study is None else StudySpec.model_validate({"axes": [AXIS], "report": "size"} | study)
    expected = {f"study.{name}": promised for name, promised in expect.items()}
    return TREE.model_copy(update={"study": spec, "expect": expected})


def test_each_value_is_that_of_the_study_on_draws_of_the_data_seeds_own():
    scenario = TREE.model_copy(
        update={"expect": {"study.gain": (-1.0, 1.0), "study.chosen": (2, 8), "test_error": 1.0}}
    )
    found = check(scenario, data_seeds=(3, 5))
    assert found.holds
    for at, seed in enumerate((3, 5)):
        study = Study.of(scenario.with_values({"data.seed": seed}), TREE.study)
        table = run_study(study)
        assert table.repeats == [(1000 * seed, 0), (1000 * seed + 1, 0)]
        measures = SizeReport.of(table).measures
        gain, chosen, _ = (one.values[at] for one in found.held)
        assert (gain, chosen) == (measures["gain"], measures["chosen"])


@pytest.mark.parametrize(
    ("study", "measure", "words"),
    [
        (None, "rise", "there is no study"),
        ({"report": ""}, "rise", "a study without a report"),
        ({"report": "siz"}, "rise", "did you mean 'size'"),
        ({}, "exponent", "the report 'size' has no study.exponent; it has: study.chosen"),
        ({"measure": "test_eror"}, "rise", "measure: no run has 'test_eror'"),
    ],
)
def test_what_a_study_cannot_promise_is_said_before_anything_is_trained(study: Any, measure: str, words: str):
    with pytest.raises(ScenarioError, match=words):
        check(promising(study, **{measure: 1.0}), (0,))
