"""The length of a boundary, held against lines and circles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boundaryviz as bv
from boundaryviz.engine.boundary import boundary_length
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain

SQUARE = Domain(-2.0, 2.0, -2.0, 2.0)


def over(rect: Domain, f: Any, side: int = 128) -> Any:
    """Scores (1, rows, columns) of a function of places (G, 2)."""
    columns, rows = rect.shape(side)
    return np.asarray(f(rect.grid(columns, rows))).reshape(1, rows, columns)


@given(st.floats(-0.7, 0.7), st.floats(0.01, 100.0))
def test_a_straight_line_is_as_long_as_it_is_whatever_the_units(slope: float, unit: float):
    rect = Domain(*(unit * edge for edge in (-2.0, 2.0, -2.0, 2.0)))
    scores = over(rect, lambda x: x[:, 1] - slope * x[:, 0])
    # the outermost half cells are not followed
    assert boundary_length(scores, rect) == pytest.approx(np.hypot(1, slope) * 127 / 128, rel=1e-6)


@given(st.floats(0.3, 1.8), st.floats(0.1, 10.0))
def test_a_circle_is_as_long_as_it_is_however_steep_the_score(radius: float, power: float):
    scores = over(SQUARE, lambda x: np.hypot(*x.T) ** power - radius**power)
    assert boundary_length(scores, SQUARE) == pytest.approx(2 * np.pi * radius / 4, rel=0.01)


def test_where_the_plane_has_free_axes_it_is_measured_as_it_is_seen():
    rect = Domain(-2.0, 2.0, -200.0, 200.0)
    scores = over(rect, lambda x: np.hypot(x[:, 0], x[:, 1] / 100) - 1.0)
    assert boundary_length(scores, rect) == pytest.approx(2 * np.pi / 4, rel=0.01)


def test_of_several_classes_every_boundary_counts_once():
    angle = lambda x: np.arctan2(x[:, 1], x[:, 0])  # noqa: E731
    rays = np.array([0.0, 2 * np.pi / 3, -2 * np.pi / 3])
    scores = np.concatenate([over(SQUARE, lambda x, k=k: np.cos(angle(x) - k) * np.hypot(*x.T), 256) for k in rays])
    # three rays from the centre: one to the left edge, two to the upper and lower one
    expected = (2 + 2 * 2 / np.cos(np.pi / 6)) / 4
    assert boundary_length(scores, SQUARE) == pytest.approx(expected, rel=0.02)
    two = np.concatenate([-scores[:1], scores[:1]])
    assert boundary_length(two, SQUARE) == pytest.approx(boundary_length(scores[:1], SQUARE))


def test_where_nothing_decides_there_is_no_boundary():
    assert boundary_length(np.full((1, 8, 8), np.nan), SQUARE) == 0.0
    assert boundary_length(np.ones((1, 8, 8)), SQUARE) == 0.0
    scores = over(SQUARE, lambda x: np.where(x[:, 0] > 0, x[:, 1], np.nan))
    assert boundary_length(scores, SQUARE) == pytest.approx(0.5, abs=0.02)


def test_it_is_a_measure_of_every_run():
    run = bv.train(Scenario().with_values({"learner.name": "logistic"}), seeds=2, steps=200, progress=False)
    for seed, length in enumerate(run.metrics["boundary_length"].per_seed):
        x = run.scene.domain.grid(512, 512)
        p = run.predict_proba(x, seed)[:, 1].reshape(1, 512, 512)
        assert length == pytest.approx(boundary_length(p - 0.5, run.scene.domain), rel=0.02)
    assert 0.5 < run.metrics["boundary_length"].mean < 2.0


def test_of_what_diverged_it_is_not_known():
    run = Session(Scenario(), device="cpu", seeds=(0, 1))
    run.learner.P.detach()[1] = np.nan  # type: ignore[attr-defined]
    assert np.isnan(run.boundary_lengths()).tolist() == [False, True]
