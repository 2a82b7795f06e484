"""Copies, flipped labels, junk, and what poison costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.placement import check, inject, placed
from boundaryviz.attacks.specs import CopiesSpec, FlipSpec, OutOfDistributionSpec
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Group, Points

MOONS = build(DataSpec(n=200, noise=0.06))
TRAIN = MOONS.points.take(MOONS.points.is_train)


def test_copies_are_of_the_nearest_points_of_other_classes_with_the_wanted_label() -> None:
    points, withdrawn = placed(MOONS, CopiesSpec(count=12, target=(0.0, 0.5), wanted=0, jitter=0.0))
    assert not len(withdrawn)
    assert (points.label == 0).all()
    others = TRAIN.xy[TRAIN.label == 1]
    target = others[np.argmin(np.linalg.norm(others - (0.0, 0.5), axis=1))]
    expected = others[np.argsort(np.linalg.norm(others - target, axis=1))[:12]]
    assert {tuple(p) for p in points.xy} == {tuple(p) for p in expected}


def test_unlabelled_copies_of_the_target_pile_up_on_it() -> None:
    points, _ = placed(MOONS, CopiesSpec(count=500, target=(0.0, 0.5), of="target", labelled=False, jitter=0.05))
    assert (points.label == -1).all()
    assert points.xy.std(axis=0) == pytest.approx([0.05, 0.05], rel=0.15)


@pytest.mark.parametrize("choose", ["target", "boundary", "random"])
def test_flips_put_a_wrong_label_in_the_place_of_a_point(choose: Any) -> None:
    scene = inject(MOONS, FlipSpec(count=15, choose=choose))
    points = scene.points
    planted, gone = points.take(points.origin == 1), points.take(points.origin == -1)
    assert len(planted) == len(gone) == 15
    assert np.array_equal(planted.xy, gone.xy)
    assert (planted.label == 1 - gone.label).all()
    clean, poisoned = scene.seen(frozenset()), scene.seen()
    assert np.array_equal(points.take(clean).xy, MOONS.points.xy)
    assert poisoned.sum() == clean.sum()


def test_flips_at_the_boundary_are_those_nearest_to_another_class() -> None:
    points, _ = placed(MOONS, FlipSpec(count=10, choose="boundary"))
    gaps = np.linalg.norm(TRAIN.xy[:, None] - TRAIN.xy, axis=2)
    gaps[TRAIN.label[:, None] == TRAIN.label] = np.inf
    nearest = TRAIN.xy[np.argsort(gaps.min(axis=1), kind="stable")[:10]]
    assert {tuple(p) for p in points.xy} == {tuple(p) for p in nearest}


def test_flips_in_a_region_stay_within_it() -> None:
    points, _ = placed(MOONS, FlipSpec(count=200, target=(0.0, 0.5), radius=0.3))
    target = inject(MOONS, FlipSpec(count=200, target=(0.0, 0.5), radius=0.3)).targets[0]
    assert 0 < len(points) < 200
    assert np.linalg.norm(points.xy - (target.x, target.y), axis=1).max() <= 0.3


def test_flips_need_labels() -> None:
    bare = MOONS.with_points(MOONS.points.with_columns(label=np.full(len(MOONS.points), -1)))
    assert "label could be flipped" in (check(bare, FlipSpec(count=3, choose="random")) or "")


def test_junk_lies_in_its_clusters_and_has_no_class() -> None:
    spec = OutOfDistributionSpec(count=400, clusters=2, spread=0.02, centres=((0.5, 0.5), (-1.0, -1.0)))
    points, _ = placed(MOONS, spec)
    assert (points.label == -1).all()
    gaps = np.linalg.norm(points.xy[:, None] - np.array(spec.centres), axis=2)
    assert (gaps.argmin(axis=1) == np.arange(400) % 2).all()
    assert gaps.min(axis=1).max() < 0.1


def test_a_budget_counts_what_acts_among_all_training_points() -> None:
    points = Points.of(np.zeros((10, 2)), -1, [0] * 8 + [1, 2], [1, 2, 2, 0, 0, 0, 0, 0, 0, 1])
    points = points.with_columns(muted=[False] * 7 + [True, False, False])
    scene = replace(MOONS, points=points, groups=(Group("a"), Group("b", on=False)))
    assert Budget.of(scene) == Budget(1, 5)
    assert Budget.of(scene, 2) == Budget(2, 6)
    assert Budget.of(scene).rate == 0.2
    assert Budget(10, 5000).points_at(1e-3) == pytest.approx(10_000)
    assert Budget.of(replace(scene, poison_on=False)) == Budget(0, 4)
    assert Budget(0, 0).rate == 0.0
