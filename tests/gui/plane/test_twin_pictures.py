"""Pictures of flips: exactly the cells that differ are hatched, each class in its own way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundaryviz.figures.palette import field_image
from boundaryviz.gui.plane.twin_pictures import decided, flip_picture, floor_picture, hatch
from boundaryviz.gui.widgets.theme import THEMES

SHARES = st.floats(0.0, 1.0, width=32)
FIELDS = arrays(np.float32, (6, 7), elements=SHARES | st.just(np.nan))
MANY = arrays(np.float32, (3, 6, 7), elements=SHARES)


@given(FIELDS)
def test_undecided_is_a_class_of_its_own(field: np.ndarray) -> None:
    classes = decided(field)
    assert ((classes == -1) == np.isnan(field)).all()
    assert ((classes == 1) == (field > 0.5)).all()


def test_of_several_classes_the_likeliest_is_decided_and_half_known_is_undecided() -> None:
    field = np.array([[[0.2, 0.5]], [[0.7, 0.3]], [[0.1, np.nan]]], dtype=np.float32)
    assert decided(field).tolist() == [[1, -1]]


@given(FIELDS, FIELDS)
def test_the_cells_that_differ_are_strong_and_no_others(poisoned: np.ndarray, clean: np.ndarray) -> None:
    for theme in THEMES.values():
        picture = flip_picture(poisoned, clean, theme.plane, theme.ink)
        faded = field_image(poisoned, theme.plane, None, 0.16).repeat(2, axis=0).repeat(2, axis=1)
        differs = (picture != faded).any(axis=-1)
        assert (differs == (decided(poisoned) != decided(clean)).repeat(2, axis=0).repeat(2, axis=1)).all()


@given(MANY, MANY)
def test_several_classes_are_compared_as_well(poisoned: np.ndarray, clean: np.ndarray) -> None:
    picture = flip_picture(poisoned, clean, "#e8eaeb", "#1c2329")
    assert picture.shape == (12, 14, 4)
    assert (picture[..., 3] == 255).all()


def test_hatches_tell_the_classes_apart_without_colour() -> None:
    patterns = [hatch(k, 48, 48) for k in (-1, 0, 1, 2, 3)]
    for i, one in enumerate(patterns):
        assert 0.2 < one.mean() < 0.4
        assert all((one != other).mean() > 0.3 for other in patterns[:i])


def test_stripes_and_ground_differ_in_lightness_in_every_theme() -> None:
    zeros, ones = np.zeros((24, 24), np.float32), np.ones((24, 24), np.float32)
    for theme in THEMES.values():
        for poisoned, clean in ((zeros, ones), (ones, zeros)):
            grey = flip_picture(poisoned, clean, theme.plane, theme.ink)[..., :3] @ np.array([0.299, 0.587, 0.114])
            label = int(poisoned[0, 0])
            striped = hatch(label, 48, 48)
            assert abs(grey[striped].mean() - grey[~striped].mean()) > 25


def test_the_floor_shows_flips_as_red_and_disagreement_as_stripes() -> None:
    none, full = np.zeros((4, 4), np.float32), np.ones((4, 4), np.float32)
    theme = THEMES["light"]
    bare = floor_picture(none, none, theme.plane, theme.ink)
    assert len(np.unique(bare.reshape(-1, 4), axis=0)) == 1
    red = floor_picture(full, none, theme.plane, theme.ink)
    assert len(np.unique(red.reshape(-1, 4), axis=0)) == 1
    assert red[0, 0, 0] > red[0, 0, 1] + 80
    striped = floor_picture(none, full, theme.plane, theme.ink)
    darker = striped[..., :3].sum(axis=-1) < bare[..., :3].sum(axis=-1)
    assert (darker == hatch(0, 24, 24)).all()
