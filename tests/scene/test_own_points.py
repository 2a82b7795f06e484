"""Settings of the data on points of one's own: what they make of them, and what of edits stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Add, Move, Recolumn, Remove, apply, mute, relabel
from boundaryviz.scene.own_points import OwnPoints, layered, taken_up
from boundaryviz.scene.scene import UNLABELLED, Domain, Points, Scene, Split
from helpers.scenes import bits, edits, scenes

SEEDS = st.integers(0, 10_000)


def spec(**values: object) -> DataSpec:
    """Data settings of points of one's own."""
    return DataSpec.model_validate({"name": "points", "n": "all"} | values)


@st.composite
def specs(draw: st.DrawFn) -> DataSpec:
    """Any of them."""
    return spec(
        n=draw(st.just("all") | st.integers(10, 30)),
        jitter=draw(st.sampled_from([0.0, 0.1])),
        label_noise=draw(st.sampled_from([0.0, 0.3])),
        balance=draw(st.sampled_from([None, 0.3])),
        labels_per_class=draw(st.sampled_from(["all", 0, 1, 2])),
        labels_at=draw(st.sampled_from(["random", "centres"])),
        splits=draw(st.sampled_from(["given", "drawn"])),
        seed=draw(SEEDS),
    )


def table(n: int = 60, classes: int = 2, splits_given: bool = False) -> OwnPoints:
    """Clouds of n points a class."""
    rng = np.random.default_rng(0)
    label = np.repeat(np.arange(classes), n)
    scene = replace(
        build(DataSpec(n=10)), points=Points.of(rng.normal(size=(n * classes, 2)), label), classes=max(2, classes)
    )
    return OwnPoints(scene, splits_given)


@given(scenes())
@settings(max_examples=25)
def test_with_default_settings_points_are_as_they_came_to_the_bit(scene: Scene) -> None:
    assert bits(layered(spec(), OwnPoints(scene))) == bits(scene)


@given(scenes(), specs())
@settings(max_examples=25)
def test_points_are_left_out_or_changed_but_keep_their_ids_and_order(scene: Scene, data: DataSpec) -> None:
    points = layered(data, OwnPoints(scene)).points
    kept = np.isin(scene.points.ids, points.ids)
    assert points.ids.tolist() == scene.points.ids[kept].tolist()
    alone = (scene.points.origin > 0) | scene.points.muted
    assert kept[alone].all()
    of = lambda points: points.take(np.isin(points.ids, scene.points.ids[alone]))  # noqa: E731
    assert (of(points).label == of(scene.points).label).all()
    assert (of(points).xy == of(scene.points).xy).all()


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), SEEDS)
@settings(max_examples=25)
def test_of_every_class_one_point_trains(counts: list[int], seed: int) -> None:
    counts[0] = 1
    label = np.repeat(np.arange(len(counts)), counts)
    scene = replace(build(DataSpec(n=10)), points=Points.of(np.zeros((len(label), 2)), label), classes=len(counts))
    made = layered(spec(seed=seed, validation=0.45, test=0.45), OwnPoints(scene, splits_given=False)).points
    assert set(made.label[made.is_train].tolist()) == set(range(len(counts)))


@given(st.integers(0, 12), SEEDS, st.sampled_from(["random", "centres"]))
@settings(max_examples=25)
def test_so_many_labels_of_each_class_are_kept_and_the_others_come_back(k: int, seed: int, at: str) -> None:
    own = table(classes=3)
    whole, some = (layered(spec(seed=seed, labels_per_class=n, labels_at=at), own) for n in ("all", k))
    train = some.points.label[some.points.is_train]
    assert [(train == c).sum() for c in range(3)] == [k] * 3
    assert (some.points.label[~some.points.is_train] != UNLABELLED).all()
    assert (some.points.label == np.where(some.points.is_labelled, whole.points.label, UNLABELLED)).all()
    assert (whole.points.label == own.scene.points.label).all()


@pytest.mark.parametrize("unit", [1.0, 1_000.0])
def test_central_labels_are_those_that_look_so_whatever_the_units(unit: float) -> None:
    own = table(classes=3)
    points = own.scene.points.with_columns(xy=own.scene.points.xy * (1.0, unit))
    scene = replace(own.scene, points=points, domain=Domain.around(points.xy))
    assert scene.domain.is_even == (unit == 1.0)
    kept = layered(spec(labels_per_class=4, labels_at="centres"), OwnPoints(scene)).points
    seen = points.xy / (1.0, scene.domain.stretch)
    for k in range(3):
        mine = np.flatnonzero(kept.is_train & (points.label == k))
        far = np.linalg.norm(seen[mine] - seen[mine].mean(axis=0), axis=1)
        assert {*mine[kept.label[mine] == k].tolist()} == {*mine[far.argsort()[:4]].tolist()}


@given(st.integers(10, 100), st.integers(10, 100), SEEDS)
@settings(max_examples=25)
def test_a_smaller_sample_is_part_of_a_larger_one_and_tested_on_the_same_points(a: int, b: int, seed: int) -> None:
    own = table(n=50, classes=3)
    small, large = (layered(spec(seed=seed, n=n), own).points for n in sorted((a, b)))
    assert small.is_train.sum() == min(min(a, b), 75)
    assert set(small.ids.tolist()) <= set(large.ids.tolist())
    held_out = lambda points: points.ids[~points.is_train].tolist()  # noqa: E731
    assert held_out(small) == held_out(large)
    counts = np.bincount(small.label[small.is_train], minlength=3)
    assert np.ptp(counts) <= 2


@given(st.floats(0.02, 0.98), SEEDS)
@settings(max_examples=25)
def test_a_share_of_the_first_class_is_kept_to_in_every_split(share: float, seed: int) -> None:
    points = layered(spec(balance=share, seed=seed), table(n=100)).points
    for part in Split:
        label = points.label[points.split == part]
        assert abs((label == 0).mean() - share) <= 1 / len(label)


@given(st.floats(0.0, 1.0), SEEDS, st.integers(2, 4))
@settings(max_examples=25)
def test_label_noise_replaces_its_share_of_labels_outside_the_test(share: float, seed: int, classes: int) -> None:
    own = table(classes=classes)
    points = layered(spec(label_noise=share, seed=seed), own).points
    wrong = points.label != own.scene.points.label
    held = points.split != Split.TEST
    assert wrong.sum() == wrong[held].sum() == round(share * held.sum())


@given(st.floats(0.0, 1.0), SEEDS, st.integers(2, 4))
@settings(max_examples=25)
def test_label_noise_on_all_points_replaces_as_large_a_share_of_the_test(share: float, seed: int, classes: int) -> None:
    own = table(classes=classes)
    points = layered(spec(label_noise=share, seed=seed), own).points
    noisy = layered(spec(label_noise=share, seed=seed, label_noise_on="all"), own).points
    test = points.split == Split.TEST
    assert noisy.take(~test) == points.take(~test)
    assert (noisy.label != own.scene.points.label)[test].sum() == round(share * test.sum())


def test_every_other_class_is_as_likely_under_label_noise() -> None:
    own = table(n=2000, classes=3)
    label = layered(spec(label_noise=1.0, validation=0.0, test=0.0), own).points.label
    for k in range(3):
        shares = np.bincount(label[own.scene.points.label == k], minlength=3) / 2000
        assert shares[k] == 0
        assert np.abs(np.delete(shares, k) - 0.5).max() < 0.05


def test_jitter_is_gaussian_in_shares_of_the_plane() -> None:
    own = table(n=3000)
    pushed = layered(spec(jitter=0.1), own).points.xy - own.scene.points.xy
    domain = own.scene.domain
    scaled = pushed / (domain.width, domain.height)
    np.testing.assert_allclose(scaled.std(axis=0), 0.1, rtol=0.03)
    np.testing.assert_allclose(scaled.mean(axis=0), 0.0, atol=0.005)
    assert abs((scaled[:, 0] * scaled[:, 1]).mean()) < 0.04 * 0.01
    assert np.abs((scaled**4).mean(axis=0) / 1e-4 - 3).max() < 0.3


def test_splits_that_came_stay_until_others_are_asked_for() -> None:
    own = table(splits_given=True)
    own = replace(own, scene=apply(Recolumn(own.scene.points.ids[:7], {"split": np.full(7, 2)}), own.scene)[0])
    given_, drawn = (layered(spec(splits=splits), own).points.split for splits in ("given", "drawn"))
    assert (given_ == own.scene.points.split).all()
    assert [(drawn == part).sum() for part in Split] == [60, 24, 36]


@given(st.data(), specs(), st.booleans())
@settings(max_examples=60)
def test_edits_by_hand_are_in_the_scene_that_is_made_anew(data: st.DataObject, one: DataSpec, given_: bool) -> None:
    own = OwnPoints(data.draw(scenes()), given_)
    scene = layered(one, own)
    for _ in range(data.draw(st.integers(0, 3))):
        scene, _ = apply(data.draw(edits(scene, deep=False)), scene)
    after = taken_up(one, own, scene)
    assert taken_up(one, after, layered(one, after)) is after


@given(specs(), SEEDS, st.booleans())
@settings(max_examples=25)
def test_what_is_not_touched_stays_as_it_is_where_a_point_comes_and_one_goes(
    one: DataSpec, chosen: int, given_: bool
) -> None:
    one = one.model_copy(update={"n": "all", "labels_per_class": "all", "label_noise": 0.0, "balance": None})
    own = table(splits_given=given_)
    scene = layered(one, own)
    gone = scene.points.ids[[chosen % len(scene.points)]]
    scene, _ = apply(Remove(gone), scene)
    scene, _ = apply(Add(Points.of([(0.0, 0.0)], 1, first_id=scene.points.next_id)), scene)
    made = layered(one, taken_up(one, own, scene)).points
    assert made.ids.tolist() == scene.points.ids.tolist()
    np.testing.assert_allclose(made.xy, scene.points.xy, atol=1e-12)
    assert made.split[-1] == Split.TRAIN
    assert (made.split != scene.points.split).sum() <= 4  # at the ends of splits


@pytest.mark.parametrize("k", [1, 5])
def test_labels_given_by_hand_to_points_without_stay_where_other_settings_change(k: int) -> None:
    own, one = table(), spec(labels_per_class=k)
    scene = layered(one, own)
    bare = scene.points.ids[scene.points.is_train & ~scene.points.is_labelled][:3]
    scene, _ = apply(relabel(bare, 1), scene)
    after = taken_up(one, own, scene)
    again = layered(one, after).points
    assert (again.label[again.positions(bare)] == 1).all()
    assert again.is_train[again.positions(bare)].all()
    assert (again.split != scene.points.split).sum() <= 2 * len(bare)
    other = layered(one.model_copy(update={"jitter": 0.1}), after).points
    assert (other.label == again.label).all()
    every = layered(spec(), after).points.label
    assert (every == np.where(np.isin(own.scene.points.ids, bare), 1, own.scene.points.label)).all()


def test_a_noisy_label_that_was_mended_stays_mended() -> None:
    own, one = table(), spec(label_noise=0.2)
    scene = layered(one, own)
    wrong = scene.points.ids[scene.points.label != own.scene.points.label][:4]
    truth = own.scene.points.label[own.scene.points.positions(wrong)]
    scene, _ = apply(Recolumn(wrong, {"label": truth}), scene)
    after = taken_up(one, own, scene)
    made = layered(one.model_copy(update={"label_noise": 1.0}), after).points
    assert (made.label[made.positions(wrong)] == truth).all()


def test_a_moved_point_stays_where_it_was_put_with_its_jitter() -> None:
    own, one = table(), spec(jitter=0.1)
    scene, _ = apply(Move(np.array([3]), np.array([[1.5, -0.5]])), layered(one, own))
    scene, _ = apply(mute(np.array([5]), True), scene)
    after = taken_up(one, own, scene)
    made = layered(one, after).points
    np.testing.assert_allclose(made.xy[3], [1.5, -0.5], rtol=1e-12)
    assert made.muted[5]
    assert (np.delete(after.scene.points.xy, [3, 5], 0) == np.delete(own.scene.points.xy, [3, 5], 0)).all()


def test_a_point_added_to_a_sample_takes_no_hidden_points_place() -> None:
    own, one = table(), spec(n=10, validation=0.0, test=0.0)
    scene = layered(one, own)
    scene, _ = apply(Add(Points.of([(9.0, 9.0)], 0, first_id=scene.points.next_id)), scene)
    assert len(own.scene.points) == 120
    after = taken_up(one, own, scene)
    for n, count in (("all", 121), (10, 10), (20, 20)):
        points = layered(spec(n=n, validation=0.0, test=0.0, seed=7), after).points
        assert len(points) == count
        assert (points.xy == 9.0).all(axis=1).sum() == 1


def test_a_split_set_by_hand_stays_where_splits_are_drawn() -> None:
    own = table()
    scene = layered(spec(), own)
    some = scene.points.ids[scene.points.is_train][:2]
    scene, _ = apply(Recolumn(some, {"split": np.full(2, Split.TEST)}), scene)
    after = taken_up(spec(), own, scene)
    for seed in range(4):
        made = layered(spec(seed=seed), after).points
        assert (made.split[made.positions(some)] == Split.TEST).all()
