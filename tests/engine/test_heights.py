"""How far off the plane the boundary lies: against closed forms, and of whatever a person may open."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from boundaryviz.engine.height_map import HeightMap, flat
from boundaryviz.engine.heights import crossings, heights, mapped, reach_of
from boundaryviz.engine.messages import Subscribe
from boundaryviz.engine.probes.base import Shown
from boundaryviz.engine.probes.heights import HeightsProbe, HeightsSettings
from boundaryviz.engine.session import Session
from boundaryviz.evasion.slices import whole
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain
from boundaryviz.scene.section import Section

numbers = st.floats(-2.0, 2.0, allow_subnormal=False)


@settings(max_examples=60)
@given(st.integers(3, 12), st.integers(0, 1000), st.floats(0.1, 20.0))
def test_of_a_linear_boundary_heights_are_the_closed_form(width: int, seed: int, reach: float) -> None:
    rng = np.random.default_rng(seed)
    x, way, w = rng.standard_normal((30, width)), rng.standard_normal(width), rng.standard_normal(width)
    way /= np.linalg.norm(way)
    b = rng.standard_normal()
    found = whole(crossings(lambda at: (at @ w + b > 0).astype(int), x, way, reach))
    true = -(x @ w + b) / (way @ w)
    true[(true < 0) | (true > reach)] = np.inf
    sure = np.abs(true - reach) > 1e-9 * reach
    assert_allclose(found[sure], true[sure], atol=reach * 1e-4)


def stub(predict: Any, width: int = 3) -> Any:
    """What heights ask of a session."""
    section = Section(np.zeros(width), np.eye(2, width), -np.ones(width), np.ones(width))
    learner = SimpleNamespace(
        predict=lambda x, replica: predict(x)[None], scores=lambda x, replica: predict(x)[None] - 0.5,
        shown=lambda scores: 0.5 + scores, problem=SimpleNamespace(lifted=False),
    )  # fmt: skip
    scene = SimpleNamespace(section=section, embed=section.embed, domain=Domain(-1, 1, -1, 1))
    return SimpleNamespace(scene=scene, learner=learner, rule=SimpleNamespace(leaning=lambda field: field))


def test_over_a_ball_they_are_its_surface_and_the_sheets_cut_it() -> None:
    ball = stub(lambda x: (np.linalg.norm(x, axis=1) > 1.0).astype(np.int64))
    found = whole(mapped(ball, 0, 40, 0.6))
    xy = found.domain.grid(40, 40)
    inside = np.hypot(*xy.T) < 1.0
    assert_allclose(found.above.ravel()[inside], np.sqrt(1.0 - (xy[inside] ** 2).sum(axis=1)), atol=1e-3)
    assert np.array_equal(found.above, found.below)
    assert np.isinf(found.above.ravel()[~inside]).all()
    cut = np.hypot(*found.domain.grid(80, 80).T) < 0.8  # of a ball of 1 at a height of 0.6
    assert found.sheets.shape == (2, 80, 80)
    assert np.array_equal(found.sheets[0].ravel() < 0.5, cut)


def test_what_is_said_of_a_map() -> None:
    above, below = np.array([[0.1, np.inf], [0.5, np.nan]]), np.array([[0.3, 0.2], [np.inf, np.nan]])
    found = HeightMap(Domain(0, 2, 0, 2), above, below, 1.0, 0.2, np.zeros((2, 2, 2), dtype=np.float32))
    assert found.within(0.2) == 0.5
    assert found.median == 0.2
    assert_allclose(found.signed, [[0.1, -0.2], [0.5, np.nan]])
    assert found.at(1.5, 0.5) == (np.inf, 0.2)
    assert found.at(3.0, 0.5) is None


def test_where_nothing_is_decided_there_is_no_height() -> None:
    silent = stub(lambda x: np.where(x[:, 0] > 0, -1, (x[:, 2] > 0.25).astype(np.int64)))
    found = whole(heights(silent, 0, np.array([[0.5, 0.0], [-0.5, 0.0]]), 1.0))
    assert_allclose(found, [[np.nan, 0.25], [np.nan, np.inf]], atol=1e-3)


@pytest.mark.parametrize(("width", "words"), [(1, "have one input:"), (2, "have 2 inputs:")])
def test_where_nothing_lies_off_the_plane_that_is_said(width: int, words: str) -> None:
    inputs = np.random.default_rng(0).standard_normal((20, width))
    run = train(Scenario.from_arrays(inputs, np.arange(20) % 2), steps=1, progress=False)
    assert words in flat(run.scene)
    with pytest.raises(ValueError, match="Lift the data"):
        run.heights()


def test_lifted_points_are_looked_over_as_far_as_the_plane_is_wide_and_others_as_far_as_their_box() -> None:
    session = Session(Scenario().with_values({"data.lift": 40, "data.n": 20}))
    assert reach_of(session) == 4.5
    inputs = np.random.default_rng(0).uniform(0, [1, 1, 5], (50, 3))
    other = Session(Scenario.from_arrays(inputs, np.arange(50) % 2))
    assert_allclose(reach_of(other), 5 * 1.3, rtol=0.1)


def test_the_probe_answers_for_the_seed_that_is_shown_and_not_without_a_way_off_the_plane() -> None:
    probe = HeightsProbe(HeightsSettings(side=8, z=0.1))
    for lift in (None, 3):
        session = Session(
            Scenario().with_values({"data.lift": lift, "data.n": 30, "learner.hidden": [4]}), seeds=(0, 1)
        )
        shown = [Shown(None, 1, session, seed, None) for seed in (0, 1)]
        keys = [probe.key(one) for one in shown]
        if lift is None:
            assert keys == [None, None]
            continue
        assert len(set(keys)) == 2
        first, second = (whole(probe.work(one)) for one in shown)
        assert first.above.shape == (6, 8)
        assert not np.array_equal(first.sheets, second.sheets)
    assert Subscribe("heights", HeightsSettings()).probe == "heights"
