"""What a study varies, as files hold it."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from boundaryviz.scenario.files import dumps, encoded, parse, sealed
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.study_spec import Axis, StudySpec, ranged

NUMBERS = st.one_of(st.integers(1, 10_000), st.floats(0.01, 1e4))


@pytest.mark.parametrize(
    ("given_range", "values"),
    [
        ({"from": 1, "to": 5}, (1, 2, 3, 4, 5)),
        ({"from": 10, "to": 1, "step": 4}, (10, 6, 2)),
        ({"from": 0, "to": 1, "count": 5}, (0.0, 0.25, 0.5, 0.75, 1.0)),
        ({"from": 1, "to": 10, "count": 4}, (1, 4, 7, 10)),
        ({"from": 1.0, "to": 10.0, "count": 3}, (1.0, 5.5, 10.0)),
        ({"from": 0.1, "to": 0.3, "step": 0.1}, (0.1, 0.2, 0.3)),
        ({"from": 1, "to": 100, "scale": "log"}, (1, 2, 4, 8, 16, 32, 64)),
        ({"from": 1, "to": 10, "count": 8, "scale": "log"}, (1, 2, 3, 4, 5, 7, 10)),
        ({"from": 1.0, "to": 1.000002, "count": 5}, (1.0,)),
        ({"from": 2.0, "to": 2.0, "count": 3}, (2.0,)),
        ({"from": 0.001, "to": 10.0, "step": 10, "scale": "log"}, (0.001, 0.01, 0.1, 1.0, 10.0)),
    ],
)
def test_a_range_is_spread_out(given_range: dict[str, Any], values: tuple[Any, ...]):
    found = Axis.model_validate({"path": "data.n", **given_range}).values
    assert found == values
    assert [type(one) for one in found] == [type(one) for one in values]


@given(NUMBERS, NUMBERS, st.integers(2, 60), st.sampled_from(["linear", "log"]))
def test_ranges_have_their_ends_and_go_one_way(first: float, last: float, count: int, scale: str):
    found = ranged(first, last, count, scale=scale)
    assert [*found[:1], *found[-1:]] == pytest.approx([first, last], rel=1e-5)
    assert len(found) <= count
    steps = [b - a for a, b in pairwise(found)]
    assert all(step >= 0 for step in steps) or all(step <= 0 for step in steps)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"values": [1], "from": 1, "to": 2}, "and not both"),
        ({"from": 1}, "needs from and to"),
        ({"from": 1, "to": "x"}, "needs from and to"),
        ({"from": 0, "to": 9, "scale": "log"}, "above 0"),
        ({"from": 1, "to": 9, "scale": "cubic"}, "scale must be"),
        ({"from": 1, "to": 9, "step": 0}, "above 0"),
        ({"from": 1, "to": 9, "step": 1, "scale": "log"}, "above 1"),
        ({"from": 1, "to": 9, "count": 2, "step": 1}, "and not both"),
        ({"from": 1, "to": 9, "count": 0}, "whole number from 1"),
        ({"from": 0, "to": 1e9}, "at most 5,000 values"),
        ({"from": float("nan"), "to": 1}, "needs from and to"),
        ({"values": []}, "an axis has at least one value"),
        ({"values": list(range(5001))}, "at most 5,000 values; these are 5,001"),
        ({"values": [2, 2, 4]}, "each value once; 2 stands there more than once"),
        ({"values": [1, 2.0, 2]}, "each value once"),
        ({"values": [[4], [8], (4,)]}, "each value once"),
        ({"values": ["a", None, None]}, "each value once"),
        ({}, "required"),
    ],
)
def test_what_is_no_axis_is_said(values: dict[str, Any], words: str):
    with pytest.raises(ValidationError, match=words):
        Axis.model_validate({"path": "data.n", **values})
    with pytest.raises(ScenarioError, match=r"study\.axes"):
        Scenario.parse({"study": {"axes": [{"path": "data.n", **values}]}})


def test_a_scenario_holds_its_study_and_older_files_hold_none(tmp_path):
    axes = (
        Axis(path="learner.hidden", values=((4,), [8, 8])),
        Axis.model_validate({"path": "data.n", "from": 20, "to": 90}),
    )
    spec = StudySpec(axes=axes, seeds=(1, 5), data_seeds=20, folds=5, steps=30, report="size")
    scenario = Scenario(study=spec)
    for suffix in (".bviz", ".toml"):
        text = sealed(scenario, suffix).decode()
        assert parse(text, tmp_path / "a", suffix).study == spec
    assert json.loads(dumps(scenario))["version"] == 5
    plain = json.loads(dumps(Scenario()))
    assert plain["version"] == 2
    assert "study" not in plain
    assert Scenario.parse({"version": 4, "title": "Old"}).study is None
    assert b"study" not in encoded(Scenario(), ".toml")
    toml = 'title = "T"\n[study]\nseeds = 4\n[[study.axes]]\npath = "data.noise"\nfrom = 0.0\nto = 0.2\ncount = 3\n'
    study = parse(toml, tmp_path / "a.toml", ".toml").study
    assert study == StudySpec(axes=(Axis(path="data.noise", values=(0.0, 0.1, 0.2)),), seeds=4)
    assert Scenario(study=study).with_values({"study.seeds": 9}).study == study.model_copy(update={"seeds": 9})


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ({"folds": 1}, "one fold leaves nothing"),
        ({"axes": [{"path": "data.n", "values": [20]}] * 2}, "varied by one axis"),
        ({"steps": 0}, "study.steps: must be at least 1"),
        ({"seed": 3}, "study.seed: there is no such setting"),
    ],
)
def test_what_is_no_study_is_said(study: dict[str, Any], words: str):
    with pytest.raises(ScenarioError, match=words):
        Scenario.parse({"study": study})
