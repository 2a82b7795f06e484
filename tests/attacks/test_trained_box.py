"""The box that poison may lie in, on the plane."""

from __future__ import annotations

import numpy as np

from boundaryviz.attacks.trained.box import box_on_plane
from boundaryviz.scene.scene import Domain, Group, Points, Scene, Split

DOMAIN = Domain(-9.0, 9.0, -9.0, 9.0)
PLACES = [[0.0, 0.0], [2.0, 1.0], [8.0, 8.0], [-7.0, 0.0]]


def test_it_is_that_of_the_points_that_act_in_training() -> None:
    points = Points.of(PLACES, [0, 1, 1, 0], [Split.TRAIN, Split.TRAIN, Split.TEST, Split.TRAIN])
    points = points.with_columns(muted=np.array([False, False, False, True]))
    box = box_on_plane(Scene(points, DOMAIN), 2.0)
    assert box is not None
    assert box.tolist() == [[-1.0, -0.5], [3.0, 1.5]]


def test_poison_of_an_earlier_attack_does_not_make_it_larger() -> None:
    clean = Points.of(PLACES[:2], [0, 1], Split.TRAIN)
    points = Points.of(PLACES, [0, 1, 1, 0], Split.TRAIN).with_columns(origin=np.array([0, 0, 1, -1], dtype=np.int8))
    planted, withdrawn = points.take(np.array([0, 1, 2])), points.take(np.array([0, 1, 3]))
    group = (Group("Attack"),)
    expected = box_on_plane(Scene(clean, DOMAIN), 2.0)
    assert expected is not None
    poisoned = box_on_plane(Scene(planted, DOMAIN, groups=group), 2.0)
    assert poisoned is not None
    assert poisoned.tolist() == expected.tolist()
    flipped = box_on_plane(Scene(withdrawn, DOMAIN, groups=group), 2.0)
    assert flipped is not None
    assert flipped.tolist() == [[-11.5, -0.5], [6.5, 1.5]], "what the clean twin still sees counts"


def test_points_at_one_place_and_no_points_have_none() -> None:
    for places in (np.zeros((3, 2)), np.empty((0, 2))):
        assert box_on_plane(Scene(Points.of(places, 0), DOMAIN), 2.0) is None
