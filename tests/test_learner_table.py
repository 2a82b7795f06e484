"""The table of the learners that use unlabelled points: what it says follows from what was measured, and still does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.studies.executors import InProcess
from boundaryviz.studies.stores import MemoryStore
from tools import learner_table as tool

RESULTS: dict[str, Any] = json.loads(tool.RESULTS.read_text("utf-8"))


def test_it_was_measured_with_the_defaults_of_now():
    """Run `make learner-table` where this fails."""
    specs = {tool.key(one): one for spec in tool.learners() for one in (tool.supervised(spec), spec)}
    assert RESULTS["learners"].keys() == specs.keys()
    for key, spec in specs.items():  # what is new since then stands at its default, which keeps what was
        assert type(spec).model_validate(RESULTS["learners"][key]["settings"]) == spec
    assert (RESULTS["noises"], RESULTS["data_seeds"], RESULTS["seeds"]) == (
        list(tool.NOISES), list(tool.DATA_SEEDS), tool.SEEDS,
    )  # fmt: skip
    for one in RESULTS["learners"].values():
        assert [len(errors) for errors in one["errors"].values()] == [len(tool.DATA_SEEDS)] * len(tool.NOISES)


def test_the_page_says_what_was_measured():
    page = tool.PAGE.read_text("utf-8")
    assert tool.with_table(page, RESULTS) == page


@pytest.mark.parametrize("spec", tool.learners(), ids=lambda spec: spec.name)
def test_no_default_is_worse_than_the_supervised_net_by_more_than_its_interval(spec: Any):
    measured = RESULTS["learners"]
    net = measured["mlp hidden=[64, 64] activation=relu"]["errors"]["0.1"]
    errors = measured[tool.key(spec)]["errors"]["0.1"]
    assert np.mean(errors) <= tool.interval(net)[1]


@pytest.mark.parametrize("spec", tool.learners(), ids=lambda spec: spec.name)
def test_no_default_loses_surely_to_what_it_is_held_against(spec: Any):
    """On the same draws: the interval of the paired difference reaches below 0."""
    measured = RESULTS["learners"]
    own, others = (measured[tool.key(one)]["errors"]["0.1"] for one in (spec, tool.supervised(spec)))
    assert tool.interval(np.subtract(own, others).tolist())[0] < 0


def test_an_interval_is_the_bootstraps_of_the_mean():
    """Against the closed form for zeros and ones, whose sum over draws is binomial."""
    low, high = tool.interval([0.0] * 10 + [1.0] * 10)
    assert (low, high) == pytest.approx((0.3, 0.7), abs=0.051)
    assert tool.interval([0.25] * 20) == (0.25, 0.25)


@pytest.mark.parametrize("name", ["label-propagation", "label-spreading"])
def test_what_was_measured_comes_out_again(name: str):
    """Of learners in which nothing is random, but for a point on the boundary that rounding may turn over."""
    spec = next(one for one in tool.learners() if one.name == name)
    found = tool.measured([spec], InProcess(), MemoryStore(), noises=[0.1])[name]["errors"]["0.1"]
    np.testing.assert_allclose(found, RESULTS["learners"][name]["errors"]["0.1"], atol=0.004)


def test_what_is_measured_is_the_test_error_on_those_data_seeds():
    spec = next(one for one in tool.learners() if one.name == "label-spreading")
    found = tool.measured([spec], InProcess(), MemoryStore(), noises=[0.2], data_seeds=[3, 4])
    scenario = tool.studied(spec, 0.2).scenario
    expected = []
    for seed in (3, 4):
        session = Session(scenario.with_values({"data.seed": seed}), device="cpu")
        session.step(1)
        expected.append(session.evaluate()[0, CURVES.index("test_error")])
    assert found["label-spreading"]["errors"] == {"0.2": pytest.approx(expected, abs=1e-6)}
