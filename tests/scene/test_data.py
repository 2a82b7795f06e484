"""Drawing a scene: counts, shares, determinism, and settings that do not disturb each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.scene import Scene, Split

DRAWN = [name for name, source in DATASETS.items() if not source.finite]
FINITE = [name for name, source in DATASETS.items() if source.finite]


def drawn(name: str = "moons", **settings) -> Scene:
    return build(DataSpec(name=name, **settings))


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_builds_as_it_is_described(name: str) -> None:
    source, scene = DATASETS[name], drawn(name, n=300)
    p = scene.points
    assert sorted(set(p.label.tolist())) == list(range(source.classes))
    assert scene.classes == source.classes
    assert len(scene.class_names) in (0, source.classes)
    assert source.noise.default <= source.noise.largest <= 1.0
    assert source.noise.meaning
    d = scene.domain
    shown = (p.xy >= [d.left, d.bottom]) & (p.xy <= [d.right, d.top])
    assert shown.all(axis=1).mean() > 0.97


@pytest.mark.parametrize("name", DATASETS)
def test_the_seed_decides_and_a_new_one_draws_anew(name: str) -> None:
    settings = {"n": 60, "label_noise": 0.2, "jitter": 0.1, "labels_per_class": 3, "noise": 0.1}
    assert drawn(name, seed=5, **settings) == drawn(name, seed=5, **settings)
    assert not np.array_equal(drawn(name, seed=5, **settings).points.xy, drawn(name, seed=6, **settings).points.xy)


@given(
    st.sampled_from(DRAWN), st.integers(10, 400), st.floats(0, 0.45), st.floats(0, 0.45),
    st.none() | st.floats(0.02, 0.98), st.booleans(),
)  # fmt: skip
@example("covariate-shift", 11, 0.25, 0.0625, 0.5, False)  # of one test point none is to be of class 0, and none was
def test_n_counts_training_points_and_the_others_come_on_top(
    name: str, n: int, validation: float, test: float, balance: float | None, noisy: bool
) -> None:
    noise = DATASETS[name].noise.largest if noisy else 0.0
    p = drawn(name, n=n, validation=validation, test=test, balance=balance, noise=noise).points
    counts = np.bincount(p.split, minlength=3)
    total = n / (1 - validation - test)
    assert counts.tolist() == [n, round(total * validation), round(total * test)]
    if balance is not None:
        held_apart = DATASETS[name].draw_test is not None
        assert abs((p.label == 0).sum() - balance * len(p)) <= (1.0 if held_apart else 0.5) + 1e-9


@pytest.mark.parametrize("name", FINITE)
@pytest.mark.parametrize("balance", [None, 0.3])
def test_a_table_is_shared_out_when_it_holds_fewer(name: str, balance: float | None) -> None:
    p = drawn(name, n=100_000, balance=balance).points
    assert np.bincount(p.split) / len(p) == pytest.approx([0.5, 0.2, 0.3], abs=0.02)
    assert len(np.unique(p.xy, axis=0)) > 0.98 * len(p)
    if balance is not None:
        assert np.mean(p.label == 0) == pytest.approx(balance, abs=0.02)


def test_a_table_gives_the_number_asked_for_while_it_lasts() -> None:
    p = drawn("digits", n=500).points
    assert np.bincount(p.split).tolist() == [500, 200, 300]
    assert len(drawn("digits", n=100_000).points) == 1797


@given(st.floats(0, 1), st.sampled_from(["moons", "blobs", "digits"]))
def test_label_noise_flips_exactly_its_share_and_moves_nothing(share: float, name: str) -> None:
    clean, noisy = drawn(name, n=100).points, drawn(name, n=100, label_noise=share).points
    assert np.array_equal(clean.xy, noisy.xy)
    assert np.array_equal(clean.split, noisy.split)
    flipped, free = clean.label != noisy.label, clean.split != Split.TEST
    assert flipped[free].sum() == round(share * free.sum())
    assert not flipped[~free].any()


@given(st.floats(0, 1), st.sampled_from(["moons", "blobs", "digits"]))
def test_label_noise_on_all_points_flips_as_large_a_share_of_the_test(share: float, name: str) -> None:
    clean, noisy = drawn(name, n=100).points, drawn(name, n=100, label_noise=share).points
    everywhere = drawn(name, n=100, label_noise=share, label_noise_on="all").points
    test = clean.split == Split.TEST
    assert np.array_equal(everywhere.take(~test).label, noisy.take(~test).label)
    assert np.array_equal(everywhere.xy, clean.xy)
    assert (everywhere.label != clean.label)[test].sum() == round(share * test.sum())


@given(st.integers(10, 100), st.integers(10, 100), st.sampled_from(["moons", "blobs", "digits", "covariate-shift"]))
def test_of_a_pool_the_sets_grow_and_nothing_else_changes(few: int, many: int, name: str) -> None:
    settings: dict[str, Any] = {"pool": 100, "label_noise": 0.2, "jitter": 0.1, "noise": 0.1}
    whole, small, large = (drawn(name, n=n, **settings) for n in (100, min(few, many), max(few, many)))
    learnt = [scene.points.take(scene.points.is_train) for scene in (small, large, whole)]
    assert [len(some) for some in learnt] == [min(few, many), max(few, many), 100]
    assert learnt[0] == learnt[2].take(np.arange(len(learnt[0])))
    assert learnt[0] == learnt[1].take(np.arange(len(learnt[0])))
    held = [scene.points.take(~scene.points.is_train) for scene in (small, whole)]
    assert [np.array_equal(getattr(held[0], c), getattr(held[1], c)) for c in ("xy", "label", "split")] == [True] * 3
    assert small.domain == whole.domain
    assert whole == drawn(name, n=100, **settings | {"pool": None})


@given(st.floats(0.01, 5))
def test_position_noise_pushes_every_point_and_touches_no_label(jitter: float) -> None:
    clean, pushed = drawn(n=100).points, drawn(n=100, jitter=jitter).points
    assert np.array_equal(clean.label, pushed.label)
    push = (pushed.xy - clean.xy) / jitter
    assert (np.abs(push) > 0).all()
    assert 0.8 < push.std() < 1.2


def test_noises_do_not_shift_each_others_numbers() -> None:
    settings: dict[str, Any] = {"n": 200, "labels_per_class": 7}
    plain, flipped = drawn(**settings).points, drawn(**settings, label_noise=0.3).points
    pushed, both = drawn(**settings, jitter=0.2).points, drawn(**settings, jitter=0.2, label_noise=0.3).points
    assert np.array_equal(both.xy, pushed.xy)
    assert np.array_equal(both.label, flipped.label)
    assert np.array_equal(plain.label, pushed.label)
    quiet, loud = drawn(**settings, noise=0.1).points, drawn(**settings, noise=0.3).points
    assert np.array_equal(quiet.label, loud.label)


@given(st.integers(0, 60), st.sampled_from(["moons", "blobs"]))
def test_a_label_budget_is_kept_for_each_class_in_training_only(budget: int, name: str) -> None:
    everything, p = drawn(name, n=100).points, drawn(name, n=100, labels_per_class=budget).points
    for k in range(DATASETS[name].classes):
        members = (everything.label == k) & p.is_train
        assert (p.label[members] == k).sum() == min(budget, members.sum())
    assert np.array_equal(p.label[~p.is_train], everything.label[~p.is_train])
    assert np.array_equal(p.xy, everything.xy)
    assert set(p.label[p.label != everything.label].tolist()) <= {-1}


def test_more_budget_keeps_the_labels_that_were_there() -> None:
    few, more = drawn(labels_per_class=3).points, drawn(labels_per_class=8).points
    assert more.is_labelled[few.is_labelled].all()


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "mooons"}, {"n": 9}, {"n": 100_001}, {"noise": -0.1}, {"noise": float("nan")}, {"label_noise": 1.1},
        {"balance": 0.0}, {"validation": 0.5}, {"labels_per_class": -1}, {"labels_per_class": "some"}, {"sed": 1},
        {"pool": 100, "n": 101}, {"pool": 9}, {"name": "points", "n": "all", "pool": 100},
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(settings: dict) -> None:
    with pytest.raises(ValidationError):
        DataSpec(**settings)


def test_points_that_are_kept_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="kept as points"):
        drawn("points")


def test_the_largest_size_and_the_rarest_class_together() -> None:
    assert drawn("circle", n=100_000, noise=0.5, balance=0.02).points.is_train.sum() == 100_000


def test_labels_at_the_centres_are_those_nearest_to_the_class_means() -> None:
    every = build(DataSpec(n=200))
    kept = build(DataSpec(n=200, labels_per_class=3, labels_at="centres")).points
    points = every.points.take(every.points.is_train)
    for k in (0, 1):
        xy = points.xy[points.label == k]
        nearest = xy[np.argsort(np.linalg.norm(xy - xy.mean(axis=0), axis=1))[:3]]
        mine = kept.xy[(kept.label == k) & kept.is_train]
        assert {tuple(p) for p in mine} == {tuple(p) for p in nearest}
    assert np.array_equal(kept.label[~kept.is_train], every.points.label[~every.points.is_train])
