"""Lifting a plane into more dimensions: distances stay, and the plane that is shown is the one that was lifted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pydantic import ValidationError

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import MOST_LIFTED, DataSpec, build
from boundaryviz.scene.lift import lift_map
from boundaryviz.scene.section import Section


@given(st.integers(3, 60), st.integers(0, 50), st.floats(0, 2))
def test_what_is_shown_is_the_plane_that_was_lifted(width: int, seed: int, noise: float) -> None:
    flat = build(DataSpec(n=20, seed=seed))
    scene = build(DataSpec(n=20, seed=seed, lift=width, lift_noise=noise))
    section = scene.section
    assert section is not None
    assert np.array_equal(scene.points.xy, flat.points.xy)
    assert np.array_equal(scene.points.label, flat.points.label)
    assert scene.points.width == width
    assert_allclose(section.shadow(scene.points.x), flat.points.xy, atol=1e-9)
    assert ((section.low <= scene.points.x) | (noise > 0)).all()


@given(st.integers(3, 60))
def test_distances_on_the_plane_stay(width: int) -> None:
    scene = build(DataSpec(n=20, lift=width, lift_noise=0.0))
    for places in (scene.points.xy, scene.domain.grid(5, 5)):
        inputs = scene.embed(places)
        apart = np.linalg.norm(inputs[:, None] - inputs, axis=2)
        assert_allclose(apart, np.linalg.norm(places[:, None] - places, axis=2), atol=1e-12)
    assert_allclose(scene.points.x, scene.embed(scene.points.xy), atol=1e-12)


def test_the_noise_is_as_large_as_it_says_and_off_the_plane_alone() -> None:
    scene = build(DataSpec(n=5000, lift=22, lift_noise=0.1))
    off = scene.points.x - scene.embed(scene.points.xy)
    assert_allclose(off @ lift_map(22).T, 0, atol=1e-12)
    assert_allclose(np.sqrt((off**2).sum(axis=1).mean() / 20), 0.1, rtol=0.01)


def test_other_draws_lie_on_the_same_plane() -> None:
    one, other = (build(DataSpec(n=30, seed=seed, lift=20)) for seed in (0, 1))
    assert one.section == other.section
    assert not np.array_equal(one.points.x, other.points.x)


@given(st.integers(3, 12), st.integers(0, 100))
def test_the_direction_off_a_plane_is_orthogonal_to_it(width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    axes = rng.standard_normal((2, width))
    direction = Section(np.zeros(width), axes, -np.ones(width), np.ones(width)).off_plane
    assert direction is not None
    assert_allclose(axes @ direction, 0, atol=1e-9)
    assert_allclose(np.linalg.norm(direction), 1)


def test_beside_a_plane_of_two_inputs_there_is_nothing() -> None:
    assert Section(np.zeros(2), np.eye(2), -np.ones(2), np.ones(2)).off_plane is None


def test_a_lift_is_a_setting_of_the_data_that_can_be_taken_back() -> None:
    flat = Scenario.parse({"data": {"n": 30}})
    lifted = flat.with_values({"data.lift": 20})
    assert lifted.scene().points.width == 20
    assert lifted.with_values({"data.lift": None}).scene() == flat.scene()
    assert Scenario.parse(lifted.written()).scene() == lifted.scene()


def test_two_inputs_are_the_plane_itself() -> None:
    assert DataSpec(lift=2) == DataSpec()
    flat = Scenario.parse({"data": {"n": 30, "lift": 2}})
    assert flat.scene().section is None
    assert flat.written() == Scenario.parse({"data": {"n": 30}}).written()


def test_files_of_points_on_the_plane_are_written_as_they_were() -> None:
    written = Scenario.parse({"data": {"n": 30}}).written()
    assert written["version"] == 2
    assert not {"lift", "lift_noise"} & set(written["data"])
    assert Scenario.parse({"data": {"n": 30, "lift": 20}}).written()["version"] == 6


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "points", "n": "all", "lift": 20}, "your own points keep the inputs"),
        ({"n": 100_000, "lift": 500}, f"at most {MOST_LIFTED:,}"),
        ({"lift": 1}, "greater than or equal to 2"),
    ],
)
def test_what_cannot_be_lifted_is_said(data: dict, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DataSpec(**data)
