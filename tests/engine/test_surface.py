from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.engine.session import Session
from boundaryviz.engine.surface import surface
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain

NOBODY = np.empty((0, 2))
RECT = Domain(-3.0, 3.0, -2.0, 2.0)


@cache
def session(data: str, activation: str) -> Session:
    scenario = Scenario().with_values({"data.name": data, "learner.activation": activation, "learner.hidden": [16, 16]})
    trained = Session(scenario, device="cpu")
    trained.step(400)
    return trained


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("data", ["moons", "spiral", "blobs"])
def test_a_quick_surface_shows_the_same_decision(data: str, activation: str):
    trained = session(data, activation)
    quick, exact = (trained.field(trained.scene.domain, 200, 200, quick=q) for q in (True, False))
    assert quick.shape == exact.shape
    assert quick.dtype == exact.dtype == np.float32
    if len(exact) == 200:
        assert np.array_equal(quick >= 0.5, exact >= 0.5)
    else:
        assert np.array_equal(quick.argmax(axis=0), exact.argmax(axis=0))
    assert np.abs(quick - exact).max() < 0.05
    assert 0 < np.abs(quick - exact).mean() < 1 / 512  # half of one of 256 shades


def ramp(direction: tuple[float, float]) -> Callable[[NDArray], NDArray]:
    def ask(xy: NDArray) -> NDArray:
        p = np.clip(0.5 + xy @ np.array(direction), 0, 1).astype(np.float32)
        return np.stack([1 - p, p])

    return ask


@settings(max_examples=30)
@given(st.integers(1, 70), st.integers(1, 70), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_what_is_linear_is_interpolated_exactly(columns: int, rows: int, a: float, b: float):
    ask = ramp((a, b))
    quick, exact = surface(ask, RECT, columns, rows, NOBODY), surface(ask, RECT, columns, rows)
    assert quick.shape == exact.shape == (2, rows, columns)
    np.testing.assert_allclose(quick, exact, atol=1e-6)


def test_cells_are_asked_for_at_their_centres_from_the_bottom_left():
    field = surface(lambda xy: xy.T.astype(np.float32), RECT, 6, 4)  # channel 0 is x, channel 1 is y
    np.testing.assert_allclose(field[0, 0], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
    np.testing.assert_allclose(field[1, :, 0], [-1.5, -0.5, 0.5, 1.5])


@settings(max_examples=20)
@given(st.floats(-2.9, 2.9), st.floats(-1.9, 1.9))
def test_an_island_around_a_point_is_never_missed(x: float, y: float):
    """It is smaller than the coarse grid's mesh, so only the point gives it away."""
    place = np.array([x, y])

    def ask(xy: NDArray) -> NDArray:
        p = (np.abs(xy - place).max(axis=1) < 0.05).astype(np.float32)
        return np.stack([1 - p, p])

    quick, exact = (surface(ask, RECT, 120, 80, at) for at in (place[None], None))
    blocks = np.zeros((80, 120), bool)
    row, column = int((y + 2) / 0.05) // 4 * 4, int((x + 3) / 0.05) // 4 * 4
    blocks[row : row + 4, column : column + 4] = True
    assert np.array_equal(quick[1][blocks], exact[1][blocks])
    assert exact[1][blocks].any()


@pytest.mark.parametrize("where", [slice(None), slice(0, 500, 3)])
def test_what_is_no_number_stays_so_without_a_word(where: slice):
    def ask(xy: NDArray) -> NDArray:
        p = ramp((0.1, 0.1))(xy)
        p[:, where] = np.nan
        return p

    field = surface(ask, RECT, 64, 64, NOBODY)
    assert field.shape == (2, 64, 64)
    assert np.isnan(field[:, 0, 0]).all()


def test_points_beyond_all_bounds_do_no_harm():
    far = np.array([[1e300, -1e300], [-1e300, 0.0], [1e19, 1e19], [0.0, 0.0]])
    assert surface(ramp((0.1, 0.1)), RECT, 64, 64, far).shape == (2, 64, 64)
    small = Domain(0.0, 1e-300, 0.0, 1e-300)
    assert surface(ramp((0.1, 0.1)), small, 64, 64, far).shape == (2, 64, 64)


def test_the_result_is_ones_own():
    kept: list[Any] = []

    def ask(xy: NDArray) -> NDArray:
        kept.append(ramp((0.1, 0.1))(xy))
        return kept[-1]

    for refine_at in (None, NOBODY):
        field = surface(ask, RECT, 32, 32, refine_at)
        assert field.flags.c_contiguous
        assert refine_at is None or not any(np.shares_memory(field, k) for k in kept)


def test_scores_as_large_as_can_be_are_no_error() -> None:
    largest = np.float32(np.finfo(np.float32).max)
    ask = lambda xy: (np.where(xy[:, 0] > 0, largest, -largest))[None]  # noqa: E731
    field = surface(ask, RECT, 64, 64, NOBODY)
    assert (field[0, :, :30] < 0).all()
    assert (field[0, :, 34:] > 0).all()
