"""What an attack aims at unasked: found among many points as among few, and soon."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundaryviz.attacks import targets
from boundaryviz.attacks.targets import AttackError, aim
from boundaryviz.scenario import files
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.busy import soon

PLACES = arrays(np.float64, st.tuples(st.integers(2, 30), st.just(2)), elements=st.floats(-9, 9) | st.integers(-2, 2))


@given(PLACES, st.integers(1, 9))
def test_among_many_points_the_same_one_is_found(xy: np.ndarray, every: int) -> None:
    label = (np.arange(len(xy)) % (every + 1) > 0).astype(int)
    scene = Scene(Points.of(xy, label), Domain(-9, 9, -9, 9))
    found: list[object] = []
    for many in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(targets, "_MANY", many)
            try:
                at = aim(scene)
                found.append((at.target.tolist(), at.source.tolist()))
            except AttackError as error:
                found.append(str(error))
    assert found[0] == found[1]


@pytest.mark.parametrize("stretch", [1.0, 40.0])
@pytest.mark.parametrize("seed", range(5))
def test_where_classes_overlap_an_outlier_is_not_the_target(seed: int, stretch: float) -> None:
    rng = np.random.default_rng(seed)
    label = np.repeat([0, 1], 60)
    plain = rng.normal(size=(120, 2)) + 1.6 * label[:, None]
    xy = plain * (1.0, stretch)
    split = np.where(np.arange(120) % 3, 0, 2)  # most train, the others test; all are known
    scene = Scene(Points.of(xy, label, split), Domain(-5, 7, -5 * stretch, 7 * stretch))
    found = aim(scene)
    place = int(np.flatnonzero((xy == found.target).all(axis=1))[0])
    assert label[place] == 1
    gaps = np.hypot(*(plain[:, None] - plain).transpose(2, 0, 1))
    around = [np.bincount(label[np.argsort(gaps[k])[1:6]], minlength=2) for k in range(120)]
    assert around[place][1] > around[place][0]
    from_wanted = gaps[:, (label == 0) & (split == 0)].min(axis=1)
    others = [k for k in range(120) if label[k] == 1 and around[k][1] > around[k][0]]
    assert place == min(others, key=lambda k: from_wanted[k])


def test_where_all_of_the_others_are_outliers_the_nearest_is_the_target() -> None:
    xy = np.array([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1], [1.5, 0.2], [0.5, 0.9]])
    scene = Scene(Points.of(xy, [0] * 6 + [1] * 2), Domain(-1, 3, -1, 3))
    assert aim(scene).target.tolist() == [0.5, 0.9]


def test_an_attack_on_a_hundred_thousand_points_is_laid_soon() -> None:
    values = {"data": {"n": 100_000}, "poison": {"attack": "bridge", "count": 100_000, "route": "sparse"}}
    with soon():  # a table of all distances took fifteen seconds and a gigabyte and a half
        scene = files.parse(json.dumps(values), Path("a.bviz"), ".bviz").scene()
    assert scene.points.is_poison.sum() == 100_000
