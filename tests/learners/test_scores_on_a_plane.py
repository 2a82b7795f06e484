"""Nets asked about a plane of their inputs say what they say of these inputs, by a shorter way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario

WIDE = {"data.n": 40, "data.lift": 12, "learner.hidden": [8], "data.labels_per_class": 10}


def session(values: dict[str, Any]) -> Session:
    made = Session(Scenario().with_values(WIDE | values), seeds=(0, 1), device="cpu")
    made.step(12)
    return made


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"learner.loss": "squared", "learner.output": "tanh"},
        {"data.name": "blobs", "data.input_scale": "standardised"},
        {"data.input_scale": "domain", "decision.threshold": 0.3},
        {"learner.name": "mean-teacher"},
        {"data.cue": 0.2},
    ],
    ids=["logits", "one output", "scaled", "threshold", "teacher", "cue"],
)
def test_what_is_said_of_a_plane_is_what_is_said_of_its_inputs(values: dict[str, Any]) -> None:
    made = session(values)
    section, learner = made.scene.section, made.learner
    assert section is not None
    places = np.random.default_rng(0).uniform(-2.0, 2.0, (50, 2))
    for replica in range(2):
        ask = learner.on_plane(section, replica)  # type: ignore[attr-defined]
        assert_allclose(ask(places), learner.scores(section.embed(places), replica), atol=2e-5)


@pytest.mark.parametrize(
    "values",
    [{"learner.fourier": 4}, {"learner.mask": "quantised"}, {"learner.mask": "saturated"}],
    ids=["features", "quantised", "saturated"],
)
def test_where_more_stands_between_a_net_and_its_inputs_it_is_asked_about_those(values: dict[str, Any]) -> None:
    made = session(values)
    section, rect = made.scene.section, made.scene.domain
    assert section is not None
    p = made.learner.probabilities(section.embed(rect.grid(8, 6)), 1)[0, 1].reshape(6, 8)
    assert_allclose(made.field(rect, 8, 6, 1), p, atol=1e-6)
