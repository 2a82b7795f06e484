"""How embeddings are drawn: against scikit-learn, calm under rotations, and what is said of their health."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from boundaryviz.engine.embeddings import Calm, Health, Projection, cosines, turn_towards
from boundaryviz.learners.embeddings import alike, effective_rank
from boundaryviz.scene.scene import Domain


def some(width: int, count: int = 60, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((width, width)) @ rng.standard_normal((width, count)) + rng.standard_normal((width, 1))


@pytest.mark.parametrize("width", [3, 8, 64])
def test_more_than_two_dimensions_are_shown_by_their_principal_components(width: int):
    z = some(width)
    found, theirs = Projection.of(z), PCA(n_components=2).fit(z.T)
    assert found.explained == pytest.approx(theirs.explained_variance_ratio_.sum())
    np.testing.assert_allclose(np.abs(found(z)), np.abs(theirs.transform(z.T)), atol=1e-9)
    assert not found.own


@pytest.mark.parametrize("width", [1, 2])
def test_two_dimensions_are_shown_as_they_are(width: int):
    z = some(width)
    found = Projection.of(z)
    assert (found.own, found.explained) == (True, 1.0)
    np.testing.assert_array_equal(found(z), np.column_stack([z.T, np.zeros((60, 2 - width))]))


@given(st.floats(0, 6.28), st.booleans(), st.integers(0, 99), st.floats(0.1, 10))
def test_a_rotation_or_reflection_of_an_embedding_moves_nothing(angle: float, mirrored: bool, seed: int, size: float):
    xy = np.random.default_rng(seed).standard_normal((30, 2)) * (1.0, 0.4)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * (
        1.0,
        -1.0 if mirrored else 1.0,
    )
    back = turn_towards(size * xy @ turn, xy)
    np.testing.assert_allclose(back @ back.T, np.eye(2), atol=1e-9)
    np.testing.assert_allclose(size * xy @ turn @ back, size * xy, atol=1e-8)


def test_each_look_is_turned_towards_the_last_by_the_points_that_both_have():
    calm, ids = Calm(), np.arange(20)
    xy = np.random.default_rng(1).standard_normal((20, 2)) * (2.0, 1.0)
    np.testing.assert_allclose(calm.turn(ids, xy, xy[:, ::-1]), [[0, 1], [1, 0]], atol=1e-9)  # at first the plane's
    calm.keep(ids, xy)
    others = np.arange(5, 30)
    moved = np.concatenate([-xy[5:], np.random.default_rng(2).standard_normal((10, 2))])
    np.testing.assert_allclose(calm.turn(others, moved, moved), -np.eye(2), atol=1e-9)
    assert (turn_towards(np.zeros((4, 2)), xy[:4]) == np.eye(2)).all()


def test_the_rectangle_stays_until_points_leave_it_or_no_longer_fill_it():
    calm, xy = Calm(), np.array([[-1.0, -0.5], [1.0, 0.5]])
    first = calm.rect(xy)
    assert first == Domain(-1.2, 1.2, -1.2, 1.2)
    assert calm.rect(1.1 * xy) is first
    assert calm.rect(0.6 * xy) is first
    assert calm.rect(1.3 * xy).width == pytest.approx(1.3 * first.width)
    assert calm.rect(0.1 * xy).width == pytest.approx(0.1 * first.width)
    held = calm.rect(xy)
    assert calm.rect(np.full((3, 2), np.nan)) is held
    assert calm.rect(np.empty((0, 2))) is held
    same = calm.rect(np.full((3, 2), 5.0))
    assert same.left < 5.0 < same.right


@pytest.mark.parametrize("width", [2, 5])
def test_health_is_measured_as_learners_measure_it(width: int):
    z = some(width)
    health = Health.of(z)
    assert health.rank == pytest.approx(effective_rank(z))
    assert health.cosine == pytest.approx(alike(z))
    assert health.trouble() == ""


def test_what_has_collapsed_or_diverged_is_said_with_the_measure():
    rng = np.random.default_rng(0)
    together = np.ones((4, 1)) + 0.01 * rng.standard_normal((4, 50))
    assert Health.of(together).collapsed
    assert Health.of(together).trouble() == (
        f"The embedding has collapsed: all points have come to one place ({Health.of(together).words()})."
    )
    apart = np.ones((4, 1)) * np.linspace(1, 3, 50)  # one direction, and yet told apart
    assert not Health.of(apart).collapsed
    lost = together.copy()
    lost[0, 0] = np.nan
    assert "diverged" in Health.of(lost).trouble()
    assert not Health.of(np.empty((4, 0))).collapsed


def test_cosines_are_of_directions_and_of_nothing_0():
    z = np.array([[1.0, -2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0]])
    np.testing.assert_allclose(cosines(z, np.array([2.0, 0.0])), [1, -1, 0, 0])
    np.testing.assert_array_equal(cosines(z, np.zeros(2)), np.zeros(4))
