"""A learner that learns the signs of responses alone: said where it is so, and what is advised is enough."""

from __future__ import annotations

import pytest

from boundaryviz.scenario import gallery
from boundaryviz.scenario.response_advice import decision_advice, response_advice
from boundaryviz.scenario.scenario import Scenario


def said(scenario: Scenario) -> str:
    return response_advice(scenario.learner, scenario.scene())


def decided(scenario: Scenario) -> str:
    return decision_advice(scenario, scenario.scene())


@pytest.mark.parametrize("name", ["reg-plane", "reg-gauss", "playground-slope", "playground-hills"])
def test_a_data_set_of_responses_by_name_is_fitted(name: str) -> None:
    assert said(gallery.load(name)) == ""


def test_it_says_which_loss_fits_them() -> None:
    base = gallery.load("reg-gauss")
    assert said(base.with_values({"learner.loss": "hinge"})).endswith(
        "of which Multilayer perceptron learns the signs. Its squared or absolute loss fits the numbers."
    )
    assert "A net's squared or absolute loss" in said(base.with_values({"learner.name": "SVC"}))
    assert said(base.with_values({"learner.loss": "absolute"})) == ""


def test_it_is_silent_where_there_are_no_responses() -> None:
    assert said(Scenario()) == ""
    assert said(gallery.load("four-blobs")) == ""


def test_a_decision_that_has_no_effect_is_said_and_one_that_has_is_not() -> None:
    base = gallery.load("reg-gauss")
    costly = base.with_values({"decision.false_negative": 10.0})
    assert "predicts no classes: costs and the threshold have no effect" in decided(costly)
    assert decided(base) == decided(costly.with_values({"learner.loss": "hinge"})) == ""
    assert decided(Scenario().with_values({"decision.threshold": 0.2})) == ""
