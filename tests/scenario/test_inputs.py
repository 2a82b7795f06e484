"""Runs with more points than a learner takes are refused whole, in words, before anything is trained."""

from __future__ import annotations

from typing import Any

import pytest

import boundaryviz as bv
from boundaryviz.engine import messages as m
from boundaryviz.engine.session import Session
from boundaryviz.learners.families.graphs import MOST
from boundaryviz.scenario.inputs import InputsError, check_inputs
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.dose import dose_response
from helpers.talks import Conversation

SPLIT: dict[str, Any] = {"data.test": 0.0, "data.validation": 0.0, "data.labels_per_class": 3}
GAUSSIAN: dict[str, Any] = SPLIT | {"learner.name": "label-spreading", "learner.kernel": "rbf"}


def of(**values: Any) -> Scenario:
    return Scenario().with_values(GAUSSIAN | {k.replace("__", "."): v for k, v in values.items()})


def test_a_run_is_refused_whole_where_its_poison_makes_it_more_points_than_a_gaussian_graph_joins():
    """The clean twin alone would not be too large, but then it would have to be trained without the other."""
    clean = of(data__n=MOST - 10)
    check_inputs(clean, clean.scene())
    poisoned = of(data__n=MOST - 10, poison__count=20)
    words = r"^learner.kernel: a Gaussian graph joins each point to all others, up to 6,000, and here are 6,010 with "
    for twin in (False, True):
        with pytest.raises(InputsError, match=words):
            Session(poisoned, twin=twin, device="cpu")
    with pytest.raises(InputsError, match="take fewer points, or the graph of nearest neighbours"):
        bv.train(poisoned)


def test_neighbours_of_any_number_of_points_are_joined():
    scenario = of(data__n=MOST + 1000, learner__kernel="knn")
    check_inputs(scenario, scenario.scene(), 1000)


def test_doses_count_with_the_points():
    scenario = of(data__n=MOST, data__test=0.01, data__validation=0.0, poison__count=10)
    with pytest.raises(InputsError, match="here are 6,"):
        dose_response(scenario, (0, 100), 1)


def test_a_kernel_too_narrow_for_so_many_points_is_refused():
    scenario = Scenario().with_values(SPLIT | {"learner.name": "laprls", "data.n": 8000, "learner.gamma": 10_000.0})
    scene = scenario.scene()
    with pytest.raises(InputsError, match=r"^learner.gamma: so narrow a kernel at 8,000 points"):
        check_inputs(scenario, scene)
    check_inputs(scenario.with_values({"learner.gamma": 36.0}), scene)


def test_a_trainer_refuses_an_edit_that_goes_beyond_and_goes_on_with_one_that_does_not():
    small, large = of(data__n=100), of(data__n=MOST + 1)
    talk = Conversation()
    talk.tell(m.Load(small, small.scene(), 1, "cpu"))
    said = talk.tell(m.SetScene(large.scene(), 2, large))
    (failed,) = (one for one in said if isinstance(one, m.Failed))
    assert (failed.fatal, failed.where) == (False, "on these points")
    assert "up to 6,000, and here are 6,001" in failed.message
    talk.tell(m.SetScene(small.scene(), 3, small))
    talk.train_to(1)
