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


def test_an_attack_on_a_hundred_thousand_points_is_laid_soon() -> None:
    values = {"data": {"n": 100_000}, "poison": {"attack": "bridge", "count": 100_000, "route": "sparse"}}
    with soon():  # a table of all distances took fifteen seconds and a gigabyte and a half
        scene = files.parse(json.dumps(values), Path("a.bviz"), ".bviz").scene()
    assert scene.points.is_poison.sum() == 100_000
