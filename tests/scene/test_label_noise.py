"""Which labels of a scene are known to be wrong."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scenario.history import Change, taken
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Recolumn, Remove, Replace, apply, relabel
from boundaryviz.scene.label_noise import LabelNoise
from boundaryviz.scene.scene import Split

MOONS = {"data.n": 60, "data.label_noise": 0.2}


@given(st.integers(0, 1000), st.floats(0.0, 1.0), st.sampled_from(["moons", "blobs", "swiss-roll"]))
def test_the_labels_before_noise_are_those_of_the_same_draw_without_it(seed: int, share: float, name: str):
    spec = DataSpec(name=name, n=40, seed=seed, label_noise=share)
    noisy, clean = build(spec), build(spec.model_copy(update={"label_noise": 0.0}))
    assert np.array_equal(noisy.truth, clean.points.label)
    assert np.array_equal(noisy.flipped, noisy.points.label != clean.points.label)
    assert noisy.flipped.sum() == round(share * (noisy.points.split != Split.TEST).sum())
    assert not clean.flipped.any()


def test_a_label_put_right_by_hand_is_wrong_no_more_and_undo_brings_it_back():
    scene = Scenario().with_values(MOONS).scene()
    at = int(np.flatnonzero(scene.flipped)[0])
    right, back = apply(relabel(scene.points.ids[at : at + 1], int(scene.truth[at])), scene)
    assert right.flipped.sum() == scene.flipped.sum() - 1
    assert np.array_equal(apply(back, right)[0].flipped, scene.flipped)


def test_points_without_a_label_are_not_wrong():
    scene = Scenario().with_values(MOONS | {"data.labels_per_class": 5, "data.label_noise": 1.0}).scene()
    assert scene.flipped[scene.points.is_labelled & (scene.points.split != Split.TEST)].all()
    assert not scene.flipped[~scene.points.is_labelled].any()


def test_labels_that_an_attack_flips_are_wrong_unless_noise_had_flipped_them_before():
    clean = Scenario().with_values({"data.n": 60, "poison.attack": "flip", "poison.choose": "random"})
    scene = clean.with_values({"poison.count": 9}).scene()
    assert np.array_equal(scene.flipped, scene.points.is_poison)
    all_of_them = {"data.label_noise": 1.0, "poison.count": 60}
    scene = clean.with_values(all_of_them).scene()
    assert scene.points.is_poison.sum() == 60
    assert not scene.flipped[scene.points.is_poison].any()  # flipped twice
    assert scene.flipped[scene.points.origin < 0].all()


def test_copies_of_points_are_not_known_to_be_wrong():
    scene = Scenario().with_values({"data.n": 60, "poison.attack": "copies", "poison.count": 9}).scene()
    assert scene.points.is_poison.any()
    assert not scene.flipped.any()


def test_new_points_never_take_the_number_of_one_that_noise_tells_of():
    scene = Scenario().with_values(MOONS).scene()
    empty = apply(Remove(scene.points.ids), scene)[0]
    assert scene.noise is not None
    assert empty.next_id > scene.noise.ids.max()
    assert scene.next_id == scene.points.next_id


@pytest.mark.parametrize("own", [False, True])
def test_it_is_known_of_a_scene_written_out(own: bool):
    scenario = Scenario().with_values(MOONS)
    if own:
        xy, label = build(DataSpec(n=60)).points.xy, build(DataSpec(n=60)).points.label
        scenario = Scenario.from_arrays(xy, label).with_values({"data.label_noise": 0.3})
    scene = scenario.scene()
    assert scene.flipped.any()
    moved = apply(Recolumn(scene.points.ids[:3], {"muted": np.ones(3, dtype=bool)}), scene)[0]
    opened = Scenario.parse(scenario.with_scene(moved).written())
    assert np.array_equal(opened.scene().flipped, scene.flipped)
    assert np.array_equal(pickle.loads(pickle.dumps(scene)).flipped, scene.flipped)


def test_other_data_in_a_history_bring_their_own_noise():
    before, after = (Scenario().with_values(MOONS | {"data.seed": seed}) for seed in (0, 1))
    unknown = replace(after.scene(), noise=None)  # as it is read from a file
    _, scene = taken(Change(5, {"data.seed": 1}, Replace(unknown)), before, before.scene())
    assert scene == after.scene()


def test_columns_that_do_not_belong_together_are_no_noise():
    for ids, label in (([1, 2], [0]), ([2, 1], [0, 0]), ([1, 1], [0, 1])):
        with pytest.raises(ValueError, match="increasing ids"):
            LabelNoise(np.array(ids), np.array(label))
    assert LabelNoise.between(np.arange(3), np.zeros(3), np.zeros(3)) is None
    found = LabelNoise.between(np.array([4, 2, 9]), np.array([0, 1, 0]), np.array([1, 0, 0]))
    assert found == LabelNoise(np.array([2, 4]), np.array([1, 0]))
    assert len(found or ()) == 2
