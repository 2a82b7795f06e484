"""The box that poison may lie in, on the plane."""

from __future__ import annotations

import numpy as np

from boundaryviz.attacks.trained.box import box_on_plane
from boundaryviz.scene.scene import Domain, Points, Scene, Split

DOMAIN = Domain(-9.0, 9.0, -9.0, 9.0)
PLACES = [[0.0, 0.0], [2.0, 1.0], [8.0, 8.0], [-7.0, 0.0]]


def test_it_is_that_of_the_points_that_act_in_training() -> None:
    points = Points.of(PLACES, [0, 1, 1, 0], [Split.TRAIN, Split.TRAIN, Split.TEST, Split.TRAIN])
    points = points.with_columns(muted=np.array([False, False, False, True]))
    box = box_on_plane(Scene(points, DOMAIN), 2.0)
    assert box is not None
    assert box.tolist() == [[-1.0, -0.5], [3.0, 1.5]]


def test_points_at_one_place_and_no_points_have_none() -> None:
    for places in (np.zeros((3, 2)), np.empty((0, 2))):
        assert box_on_plane(Scene(Points.of(places, 0), DOMAIN), 2.0) is None
