"""What inputs are scaled by."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from boundaryviz.attacks.placement import inject
from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.lift import lifted
from boundaryviz.scene.measure import measure_of, measured, scaling_of, spreads, units_on_plane
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Domain, Points, Scene, Split
from boundaryviz.scene.section import Section

SCENE = build(DataSpec(n=40))


@given(st.integers(0, 2**32), st.integers(1, 5))
@settings(max_examples=20)
def test_standard_units_are_those_of_scikit_learn(seed: int, width: int):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(30, width)) * 10.0 ** rng.integers(-6, 6, width) + 10.0 ** rng.integers(0, 6, width)
    scaler, scale = StandardScaler().fit(x), Scaling.standard(x)
    np.testing.assert_allclose(scale.centre, scaler.mean_, rtol=1e-12)
    np.testing.assert_allclose(scale.unit, scaler.scale_, rtol=1e-6)
    assert Scaling.standard(x[rng.permutation(30)]) == scale, "the order of points matters"


def test_an_input_that_is_the_same_everywhere_is_only_centred():
    scale = Scaling.standard(np.array([[1.1, 0.0], [1.1, 2.0], [1.1, 4.0]]))
    np.testing.assert_allclose(
        scale(np.array([[1.1, 2.0], [2.1, 4.0]])), np.array([[0.0, 0.0], [1.0, np.sqrt(1.5)]]), atol=1e-15
    )
    assert Scaling.standard(np.empty((0, 3))) == Scaling(np.zeros(3), np.ones(3))


def test_the_domain_becomes_one():
    scale = scaling_of(replace(SCENE, domain=Domain(0.0, 10.0, -4.0, 0.0)), "domain")
    assert scale is not None
    places = np.array([[0.0, 0.0], [10.0, -4.0], [5.0, -2.0], [1.25, -0.5]])
    np.testing.assert_allclose(scale(places), [[-1.0, 1.0], [1.0, -1.0], [0.0, 0.0], [-0.75, 0.75]])


def test_of_points_with_inputs_it_is_the_box_of_their_section():
    points = Points.of(np.zeros((4, 2))).with_columns(inputs=np.arange(12.0).reshape(4, 3))
    section = Section(np.zeros(3), np.eye(2, 3), np.array([0.0, 1.0, 2.0]), np.array([4.0, 3.0, 10.0]))
    scale = scaling_of(Scene(points, Domain(-1, 1, -1, 1), section=section), "domain")
    assert scale == Scaling(np.array([2.0, 2.0, 6.0]), np.array([2.0, 1.0, 4.0]))


def test_only_clean_training_points_are_measured():
    points = SCENE.points
    train = points.x[points.is_train]
    measure = measure_of(points)
    np.testing.assert_allclose(measure.centre, train.mean(axis=0))
    far = points.with_columns(xy=np.where(points.is_train[:, None], points.xy, 1e6))
    assert measure_of(far) == measure
    held = points.with_columns(split=np.full(len(points), Split.TEST))
    np.testing.assert_allclose(measure_of(held).centre, points.x.mean(axis=0), err_msg="where none is for training")


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_changes_the_measure(name: str):
    attack: Any = ATTACKS[name]
    scene = lifted(SCENE, 5, 0.0, np.random.default_rng(0)) if attack.NEEDS_INPUTS else SCENE
    poisoned = inject(scene, attack(count=7))
    assert poisoned.points != scene.points
    assert measure_of(poisoned.points) == measure_of(scene.points)


def test_it_stays_while_points_move_and_is_taken_anew_for_other_inputs():
    scene = measured(SCENE)
    moved, _ = apply(Move(scene.points.ids[:3], np.full((3, 2), 50.0)), scene)
    assert measured(moved).measure == scene.measure == scaling_of(moved, "standardised")
    assert scaling_of(moved, "as-is") is None
    assert pickle.loads(pickle.dumps(scene)) == scene
    with pytest.raises(ValueError, match="a measure of 2 inputs, and points with 1"):
        replace(scene, points=scene.points.with_columns(inputs=scene.points.xy[:, :1]), section=Section.of_columns(
            scene.points.xy[:, :1]))  # fmt: skip


@pytest.mark.parametrize(("centre", "unit"), [([0.0], [0.0]), ([0.0], [1.0, 1.0]), ([np.nan], [1.0]), ([0], [-1])])
def test_numbers_that_are_no_scale_are_refused(centre: Any, unit: Any):
    with pytest.raises(ValueError, match="a scale needs"):
        Scaling(np.array(centre), np.array(unit))


def test_how_far_inputs_spread_and_lie_away():
    xy = np.array([[10.0, 7.0], [14.0, 7.0]])
    spread, away = spreads(Points.of(xy))
    np.testing.assert_allclose((spread, away), [[2.0, 0.0], [12.0, 7.0]])
    assert spreads(Points.of([]))[0].tolist() == [0.0, 0.0]


def test_a_unit_of_length_on_the_plane_that_is_shown():
    assert units_on_plane(SCENE, "as-is") == (1.0, 1.0)
    assert units_on_plane(replace(SCENE, domain=Domain(0.0, 10.0, -4.0, 0.0)), "domain") == (5.0, 2.0)
    points = Points.of(np.zeros((4, 2))).with_columns(inputs=np.arange(12.0).reshape(4, 3))
    section = Section(np.zeros(3), np.array([[0, 0, 1.0], [3.0, 4.0, 0]]), np.zeros(3), np.array([4.0, 2.0, 10.0]))
    wide = Scene(points, Domain(-1, 1, -1, 1), section=section)
    np.testing.assert_allclose(units_on_plane(wide, "domain"), (5.0, 1 / np.hypot(1.5, 4.0)))
    np.testing.assert_allclose(units_on_plane(wide, "as-is"), (1.0, 0.2))


@pytest.mark.parametrize("shape", [(2,), (9, 2), (3, 9, 2), (9, 20), (0, 2)])
def test_inputs_of_any_number_and_shape_are_scaled(shape: tuple[int, ...]):
    rng = np.random.default_rng(0)
    x, centre, unit = rng.normal(size=shape), rng.normal(size=shape[-1]), rng.uniform(1.0, 2.0, shape[-1])
    np.testing.assert_array_equal(Scaling(centre, unit)(x), (x - centre) / unit)
