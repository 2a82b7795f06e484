"""The elephant against the paper's own numbers, and its fits against scipy's."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.path import Path

from boundaryviz.scene.datasets import DATASETS, shapes
from boundaryviz.scene.elephant import (
    MOST_HARMONICS,
    PARAMETERS,
    POINTS,
    TRUNK,
    Elephant,
    Fit,
    NoisyPoints,
    around,
    design,
    fits,
)

NUMBERS = st.floats(-100, 100)
T = around(400)


def test_it_is_the_paper_s_elephant() -> None:
    """Mayer, Khairy and Howard 2010, table 1, written out term by term."""
    cos, sin = math.cos, math.sin
    x = [50 * sin(t) + 18 * sin(2 * t) + 12 * cos(3 * t) - 14 * cos(5 * t) for t in T]
    y = [-60 * cos(t) - 30 * sin(t) + 8 * sin(2 * t) - 10 * sin(3 * t) for t in T]
    assert np.allclose(Elephant().outline(T), np.stack([y, np.negative(x)], axis=1))
    xy = Elephant().outline(around(20_000))
    assert xy.min(axis=0).round(1).tolist() == [-70.6, -61.3]
    assert xy.max(axis=0).round(1).tolist() == [83.9, 83.0]
    assert Elephant().eye == (20.0, 20.0)


@given(st.tuples(*[st.builds(complex, NUMBERS, NUMBERS)] * 5), st.floats(-7, 7))
def test_any_parameters_give_a_closed_curve_of_five_harmonics_whose_joints_stay(parameters, phase: float) -> None:
    elephant = Elephant(parameters)
    drawn, outline = elephant.drawn(T, phase), elephant.outline(T)
    assert np.isfinite(drawn).all()
    assert np.allclose(drawn[0], drawn[-1])
    joints = np.array(TRUNK)
    assert np.allclose(elephant.drawn(joints, phase), elephant.outline(joints))
    moved = ~np.isclose(drawn, outline).all(axis=1)
    begins, ends = TRUNK
    assert not np.any(moved & ((begins > T) | (ends < T)))
    assert np.array_equal(drawn[:, 0], outline[:, 0])
    # the curve is in the span of five harmonics
    left = outline - design(T, 5) @ np.linalg.lstsq(design(T, 5), outline, rcond=None)[0]
    assert np.abs(left).max() < 1e-8


def test_the_trunk_goes_up_and_down_and_the_body_stays() -> None:
    tip = np.argmax(Elephant().outline(T)[:, 0])
    up, rest, down = (Elephant().drawn(T, phase)[tip, 1] for phase in (math.pi / 2, 0.0, -math.pi / 2))
    assert (up - rest, rest - down) == pytest.approx((20.0, 20.0), rel=0.01)


@given(st.integers(0, 2**31), st.integers(1, 12), st.integers(30, 80), st.floats(0, 20))
def test_a_fit_is_scipy_s_least_squares_fit(seed: int, harmonics: int, count: int, sigma: float) -> None:
    points = NoisyPoints.of(Elephant(), sigma, count, seed)
    fit = Fit.of(points, Elephant(), harmonics)
    wanted = scipy.linalg.lstsq(design(points.t, harmonics), points.xy)[0]
    assert np.allclose(design(points.t, harmonics) @ wanted, fit.curve(points.t), atol=1e-6)
    residual = points.xy - fit.curve(points.t)
    assert fit.train_error == pytest.approx(np.sqrt((residual**2).sum(axis=1).mean()))
    assert np.abs(design(points.t, harmonics).T @ residual).max() < 1e-6 * max(1.0, np.abs(points.xy).max()) * count


def test_without_noise_five_harmonics_find_the_elephant_exactly() -> None:
    assert Fit.of(NoisyPoints.of(Elephant(), 0.0), Elephant(), 5).outline_error < 1e-10
    assert Fit.of(NoisyPoints.of(Elephant(), 0.0), Elephant(), 4).outline_error > 5


@pytest.mark.parametrize("seed", range(20))
def test_more_harmonics_come_nearer_to_the_points_and_then_leave_the_elephant(seed: int) -> None:
    found = fits(NoisyPoints.of(Elephant(), seed=seed), Elephant(), range(1, MOST_HARMONICS + 1))
    train = [fit.train_error for fit in found]
    assert all(later <= before * (1 + 1e-9) for before, later in pairwise(train))
    outline = {fit.harmonics: fit.outline_error for fit in found}
    assert min(outline, key=lambda harmonics: outline[harmonics]) in (5, 6)
    assert outline[29] > 100 * outline[5]
    assert 2 * MOST_HARMONICS + 1 < POINTS


def test_the_same_noise_pushes_however_far() -> None:
    near, far = (NoisyPoints.of(Elephant(), sigma, seed=3).xy - Elephant().outline(NoisyPoints.of(Elephant(), seed=3).t)
                 for sigma in (1.0, 4.0))  # fmt: skip
    assert np.allclose(far, 4 * near)


def test_another_number_of_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="5 complex parameters, not 4"):
        Elephant(PARAMETERS[:4])


def test_the_data_set_is_labelled_by_the_outline() -> None:
    xy, label = DATASETS["elephant-shape"].draw(3_000, 0.0, np.random.default_rng(0))
    assert np.array_equal(label, Path(shapes.ELEPHANT).contains_points(xy))
    assert 0.15 < label.mean() < 0.3
