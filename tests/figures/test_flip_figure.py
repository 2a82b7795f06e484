"""What the poison turned over, drawn; and what of a scene a figure shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgba_array
from matplotlib.contour import ContourSet
from matplotlib.text import Text

from boundaryviz.figures.draw import draw, flip_rate, seen
from boundaryviz.figures.flip import regions
from boundaryviz.figures.palette import class_colour
from boundaryviz.figures.style import Options
from boundaryviz.scene.scene import Group, Points
from helpers.snapshots import PLANE, field, snapshot


def shifted(by: int, classes: int = 2) -> np.ndarray:
    """The field moved to the right by so many columns."""
    values = np.roll(field(classes), by, axis=-1)
    values[..., :by] = field(classes)[..., :1]
    return values


def test_the_region_is_where_the_predicted_class_differs_by_what_it_became():
    found = regions(shifted(6), field())
    assert set(found) == {0}
    assert np.array_equal(found[0] > 0, (shifted(6) < 0.5) & (field() > 0.5))
    assert set(regions(field(), shifted(6))) == {1}
    assert regions(field(), field()) == {}


def test_of_many_classes_each_has_its_region():
    clean, poisoned = field(4), shifted(3, 4)
    found = regions(poisoned, clean)
    assert set(found) == {0, 1, 2}
    before, after = clean.argmax(axis=0), poisoned.argmax(axis=0)
    for k, depth in found.items():
        inside = (after == k) & (before != k)
        assert (depth[inside] >= 0).all()
        assert not (depth[~inside] > 0).any()


def test_what_became_undecided_or_ceased_to_be_is_told_too():
    half = field().copy()
    half[:, 40:] = np.nan
    assert np.array_equal(regions(half, field())[-1] > 0, np.isnan(half))
    assert np.array_equal(regions(field(), half)[1] > 0, np.isnan(half) & (field() > 0.5))
    figure = draw("flip", snapshot(field=half), beside=snapshot())
    assert "became undecided" in [t.get_text() for t in figure.findobj(Text)]


def test_regions_have_their_class_s_colour_and_hatches_that_differ():
    half = np.concatenate([shifted(6)[:16], np.roll(field()[16:], -6, axis=1)])
    half[16:, -6:] = 1.0
    figure = draw("flip", snapshot(field=half), Options(), snapshot())
    drawn = {c.get_gid(): c for c in figure.axes[0].collections if str(c.get_gid()).startswith("became")}
    assert set(drawn) == {"became 0", "became 1"}
    assert len({tuple(c.hatches) for c in drawn.values() if isinstance(c, ContourSet)}) == 2
    for k in (0, 1):
        red, green, blue = (round(255 * v) for v in to_rgba_array(drawn[f"became {k}"].get_facecolor())[0][:3])
        assert f"#{red:02x}{green:02x}{blue:02x}" == class_colour(k)


def test_the_headline_says_how_many_test_points_flipped():
    poisoned, clean = snapshot(), snapshot()
    assert clean.predicted is not None
    flipped = clean.predicted.copy()
    test = np.flatnonzero(clean.scene.points.split == 2)
    flipped[test[:3]] = 1 - flipped[test[:3]]
    clean = replace(clean, predicted=flipped)
    assert flip_rate(poisoned, clean) == 3 / len(test)
    assert flip_rate(poisoned, replace(clean, predicted=None)) is None
    for view in ("flip", "twin"):
        words = [t.get_text() for t in draw(view, poisoned, beside=clean).findobj(Text)]
        assert any(text.startswith(f"{300 / len(test):.3g} % flipped by ") for text in words)


@pytest.mark.parametrize("view", ["twin", "flip"])
def test_both_sides_are_needed_and_only_there(view: str):
    with pytest.raises(ValueError, match="clean twin"):
        draw(view, snapshot())
    with pytest.raises(ValueError, match="clean twin"):
        draw("boundary", snapshot(), beside=snapshot())


def test_what_the_model_does_not_see_is_not_drawn():
    """Muted points, poison that is off, and in the clean twin all poison; a withdrawn point is back there."""
    base = snapshot()
    points = Points.of([(0.1 * k, 0.0) for k in range(6)], [0, 1, 0, 1, 0, 1], origin=[0, 1, 2, -1, 0, 0], first_id=0)
    points = points.with_columns(muted=[False] * 5 + [True])
    groups = (Group("one"), Group("two", on=False))
    scene = replace(base.scene, points=points, groups=groups)
    shown = replace(base, scene=scene, predicted=np.arange(6, dtype=np.int16), p=None)
    assert seen(shown).scene.points.ids.tolist() == [0, 1, 4]
    predicted = seen(shown).predicted
    assert predicted is not None
    assert predicted.tolist() == [0, 1, 4]
    assert seen(shown, frozenset()).scene.points.ids.tolist() == [0, 3, 4]
    figure = draw("twin", shown, beside=shown)
    rings = [[c.get_gid() for c in axes.collections if str(c.get_gid()).startswith("poison")] for axes in figure.axes]
    assert rings == [[], ["poison 1"]]


def test_groups_of_poison_have_rings_of_their_own_and_are_named():
    base = snapshot()
    origin = np.zeros(40, dtype=np.int8)
    train = np.flatnonzero(base.scene.points.is_train)
    origin[train[:2]], origin[train[2:4]] = 1, 2
    scene = replace(base.scene, points=base.scene.points.with_columns(origin=origin), groups=(Group("bridge"),))
    figure = draw("boundary", replace(base, scene=scene))
    found = (c for c in figure.axes[0].collections if c.get_gid() in ("poison 1", "poison 2"))
    rings = {c.get_gid(): tuple(to_rgba_array(c.get_facecolor())[0]) for c in found}
    assert len(set(rings.values())) == 2
    words = [t.get_text() for t in figure.findobj(Text)]
    assert {"bridge", "poison 2"} <= set(words)
    assert base.rect == PLANE
