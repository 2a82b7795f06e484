"""Lengths on the plane are those of the inputs that it stands for, in either norm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.nearest import nearest_piece
from boundaryviz.scene.section import Section


def section(seed: int, d: int) -> Section:
    rng = np.random.default_rng(seed)
    return Section(np.zeros(d), rng.standard_normal((2, d)), -np.ones(d), np.ones(d))


def norm_of(way: np.ndarray, norm: str) -> np.ndarray:
    return np.linalg.norm(way, axis=-1) if norm == "l2" else np.abs(way).max(axis=-1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 40), st.sampled_from(["l2", "linf"]))
def test_a_way_is_as_long_as_in_the_inputs(seed: int, d: int, norm) -> None:
    plane = section(seed, d)
    metric = Metric.of(plane, norm)
    ways = np.random.default_rng(seed + 1).standard_normal((30, 2))
    np.testing.assert_allclose(metric.length(ways), norm_of(ways @ plane.axes, norm), rtol=1e-10)
    assert len(metric.rows) <= d


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 12), st.sampled_from(["l2", "linf"]))
def test_the_nearest_point_of_pieces_is_that_of_many_on_them(seed: int, d: int, norm) -> None:
    metric = Metric.of(section(seed, d), norm)
    rng = np.random.default_rng(seed)
    pieces, places = rng.standard_normal((12, 4)), rng.standard_normal((9, 2))
    ends, far = nearest_piece(places, pieces, metric)
    share = np.linspace(0, 1, 801)[:, None, None]
    on = pieces[:, :2] + share * (pieces[:, 2:] - pieces[:, :2])
    every = metric.length(on.reshape(-1, 2)[None] - places[:, None]).min(axis=1)
    assert (far <= every + 1e-12).all()
    np.testing.assert_allclose(far, every, atol=0.02)
    np.testing.assert_allclose(metric.length(ends - places), far, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_how_far_a_line_is_at_least(norm) -> None:
    metric = Metric.of(section(3, 5), norm)
    along = np.linspace(-20, 20, 40_001)
    ones = np.ones_like(along)
    across, up = metric.to_lines()
    assert across == pytest.approx(metric.length(np.stack([ones, along], axis=1)).min(), rel=1e-4)
    assert up == pytest.approx(metric.length(np.stack([along, ones], axis=1)).min(), rel=1e-4)
    assert Metric.of(None, norm).to_lines() == pytest.approx((1.0, 1.0))


def test_without_pieces_nothing_is_near() -> None:
    ends, far = nearest_piece(np.zeros((2, 2)), np.empty((0, 4)), Metric.of(None, "l2"))
    assert np.isnan(ends).all()
    assert np.isinf(far).all()
