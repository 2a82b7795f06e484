"""Where a quick surface asks, and what it may leave out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.engine.surface import surface
from boundaryviz.scene.scene import Domain

RECT = Domain(0.0, 64.0, 0.0, 64.0)  # a cell is one unit, a block eight
NOBODY = np.empty((0, 2))
PLACES = np.array([[12.0, 12.0], [29.0, 28.0], [52.0, 52.0]])


class Islands:
    """Class 0 everywhere, but for a spot around each place that no node of the coarse grid falls into."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, xy: NDArray[np.float64]) -> NDArray[np.float32]:
        self.asked.append(len(xy))
        inside = (np.abs(xy[:, None] - PLACES).max(axis=2) < 2.0).any(axis=1)
        return np.where(inside, 1.0, -1.0).astype(np.float32)[None]


@pytest.mark.parametrize(
    ("label", "found"), [([1, 1, 1], {0, 1, 2}), ([1, 0, -1], {0}), ([0, 0, 0], set()), (None, {0, 1, 2})]
)
def test_islands_are_found_by_points_of_another_class(label: list[int] | None, found: set[int]):
    field = surface(Islands(), RECT, 64, 64, PLACES, None if label is None else np.array(label))[0] > 0
    exact = surface(Islands(), RECT, 64, 64)[0] > 0
    for at, (x, y) in enumerate(PLACES.astype(int)):
        spot = np.s_[y - 4 : y + 4, x - 4 : x + 4]
        assert exact[spot].sum() == 16
        assert np.array_equal(field[spot], exact[spot] if at in found else np.zeros((8, 8), bool))


def test_a_point_that_is_decided_as_all_around_it_costs_one_question():
    """Though it is of the other class."""
    ask = Islands()
    surface(ask, RECT, 64, 64, PLACES + 6.0, np.array([1, 1, 1]))
    assert ask.asked == [9 * 9, 3]


@pytest.mark.parametrize("steepness", [0.01, 1.0, 100.0])
def test_a_single_score_decides_by_its_sign(steepness: float):
    """A straight edge, steep or shallow: few cells are asked for, and the decision is exact."""
    asked: list[int] = []

    def ask(xy: NDArray[np.float64]) -> NDArray[np.float32]:
        asked.append(len(xy))
        return np.tanh(steepness * (xy[:, 0] - 0.3 * xy[:, 1] - 20.0)).astype(np.float32)[None]

    quick = surface(ask, RECT, 64, 64, NOBODY)
    assert sum(asked) < 64 * 64 / 4
    assert np.array_equal(quick > 0, surface(ask, RECT, 64, 64) > 0)


def test_an_interpolated_score_is_off_by_no_more_than_its_bend():
    """8 (|f_xx| + |f_yy|) with the cell as unit, for a parabola far from its zeros, where the bound is met."""

    def bowl(xy: NDArray[np.float64]) -> NDArray[np.float32]:
        return (10_000.0 + ((xy - 32.0) ** 2).sum(axis=1)).astype(np.float32)[None]

    off = np.abs(surface(bowl, RECT, 64, 64, NOBODY) - surface(bowl, RECT, 64, 64)).max()
    assert 31.9 < off <= 8 * (2 + 2)


@settings(max_examples=40)
@given(
    st.floats(0.0, np.pi), st.floats(0.5, 3.0), st.floats(1.0, 63.0), st.floats(1.0, 63.0), st.integers(1, 3),
    st.booleans(),
)  # fmt: skip
def test_a_strip_with_a_point_in_it_is_followed_to_its_ends(
    angle: float, half: float, x: float, y: float, classes: int, undecided: bool
) -> None:
    """Scores that jump, as those of a tree or of nearest neighbours; as thin as a cell and in whatever direction."""
    normal, place = np.array([np.sin(angle), -np.cos(angle)]), np.array([[x, y]])
    others = [np.nan] * classes if undecided else [1.0] if classes == 1 else [0.2, 0.5, 0.3][:classes]
    usual = [-1.0] if classes == 1 else [0.6, 0.4, 0.0][:classes]

    def ask(xy: NDArray[np.float64]) -> NDArray[np.float32]:
        inside = np.abs((xy - place) @ normal) <= half
        return np.where(inside, np.array(others)[:, None], np.array(usual)[:, None]).astype(np.float32)

    quick, exact = surface(ask, RECT, 64, 64, place), surface(ask, RECT, 64, 64)
    assert np.array_equal(_decisions(quick), _decisions(exact))


def _decisions(scores: NDArray[np.float32]) -> NDArray[np.integer]:
    decision = (scores[0] > 0).astype(int) if len(scores) == 1 else scores.argmax(axis=0)
    return np.where(np.isnan(scores).any(axis=0), -1, decision)
