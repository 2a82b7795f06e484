"""The colours of effect maps: what rises and what falls can be told apart by everybody, and nothing is bare."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from boundaryviz.figures.effect_colours import FALLS, RISES, effect_image
from boundaryviz.figures.palette import GREY, rgb
from boundaryviz.figures.vision import Vision, simulate


def test_full_colours_at_the_ends_and_the_bare_plane_where_nothing_is_known_or_changes() -> None:
    image = effect_image(np.array([[-0.2, -0.1, 0.0, 0.1, 0.3, np.nan]]), 0.1, GREY)
    assert image.shape == (1, 6, 4)
    shown = [tuple(pixel) for pixel in image[0, :, :3].tolist()]
    assert shown == [rgb(FALLS), rgb(FALLS), rgb(GREY), rgb(RISES), rgb(RISES), rgb(GREY)]
    assert (image[..., 3] == 255).all()


def test_what_may_be_chance_is_paler_than_what_is_not() -> None:
    values = np.array([[0.01, 0.03]])
    plain, washed = effect_image(values, 0.05, GREY), effect_image(values, 0.05, GREY, floor=0.02)
    away = np.abs(washed[0, :, :3].astype(int) - rgb(GREY)).sum(axis=1)
    assert 0 < away[0] < np.abs(plain[0, 0, :3].astype(int) - rgb(GREY)).sum()
    assert np.array_equal(plain[0, 1], washed[0, 1])


@pytest.mark.parametrize("vision", [vision for vision in get_args(Vision) if vision != "grey"])
@pytest.mark.parametrize("ground", [GREY, "#2b3035"])
def test_up_down_and_unchanged_differ_for_eyes_that_lack_a_cone(vision: Vision, ground: str) -> None:
    seen = simulate(effect_image(np.array([[-1.0, 0.0, 1.0]]), 1.0, ground), vision)[0, :, :3].astype(int)
    for one, other in ((0, 1), (1, 2), (0, 2)):
        assert np.abs(seen[one] - seen[other]).max() > 50
