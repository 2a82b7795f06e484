"""One more input that tells the class: what it says, how often, and where the plane lies beside it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec, build


@pytest.mark.parametrize("lift", [None, 8])
def test_points_stay_where_they_are_and_have_one_input_more(lift: int | None) -> None:
    plain = build(DataSpec(n=40, lift=lift))
    scene = build(DataSpec(n=40, lift=lift, cue=0.2))
    assert scene.points.width == plain.points.width + 1
    assert_array_equal(scene.points.xy, plain.points.xy)
    assert_array_equal(scene.points.x[:, :-1], plain.points.x)
    assert scene.section is not None
    assert_allclose(scene.section.embed(np.array([[0.3, -0.1]]))[:, -1], 0.0)
    assert_allclose(scene.section.shadow(scene.points.x), scene.points.xy, atol=1e-12)


@pytest.mark.parametrize("name", ["moons", "blobs"])
def test_it_tells_the_class_before_label_noise_as_often_as_it_agrees(name: str) -> None:
    classes = build(DataSpec(name=name, n=10)).classes
    scene = build(DataSpec(name=name, n=5000, label_noise=0.4, cue=0.5, cue_agrees=0.9))
    truth = build(DataSpec(name=name, n=5000)).points.label
    says = np.rint((scene.points.x[:, -1] / 0.5 + 1) * (classes - 1) / 2)
    assert abs((says == truth).mean() - 0.9) < 0.015
    assert set(np.unique(says)) == set(range(classes))


def test_it_is_a_setting_that_can_be_taken_back_and_older_files_know_nothing_of_it() -> None:
    flat = Scenario.parse({"data": {"n": 30}})
    assert not {"cue", "cue_agrees"} & set(flat.written()["data"])
    cued = flat.with_values({"data.cue": 0.2})
    assert cued.written()["version"] == 7
    assert Scenario.parse(cued.written()).scene() == cued.scene()
    assert cued.with_values({"data.cue": None}).scene() == flat.scene()


def test_points_of_ones_own_have_none() -> None:
    with pytest.raises(ScenarioError, match="cue is for data sets"):
        Scenario.parse(
            {"data": {"name": "points", "n": "all", "cue": 0.2}, "points": {"x": [0, 1], "y": [0, 1], "label": [0, 1]}}
        )
