"""Another plane of the same points: inputs stay to the bit, places are shadows, and what cannot be is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from boundaryviz.scene import planes
from boundaryviz.scene.bounds import check_section
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Resection, apply
from boundaryviz.scene.planes import PlaneError, components, extent, extent_words, flat, parsed, through, two_columns
from boundaryviz.scene.scene import Domain, Points, Scene, Target
from boundaryviz.scene.section import Section


def cloud(width: int, n: int = 30, seed: int = 0, spread: float = 1.0) -> Scene:
    """Points anywhere in D inputs, of unlike units, two of them poison; a pin."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((n, width)) * spread ** rng.uniform(-1, 1, width) + rng.uniform(-3, 3, width)
    section = Section.of_columns(inputs, names=[f"column {k}" for k in range(width)])
    points = Points.of(section.shadow(inputs), np.arange(n) % 2, origin=np.arange(n) < 2).with_columns(inputs=inputs)
    return Scene(points, Domain.around(points.xy), targets=(Target(0.3, -0.2, 1),), section=section)


def chosen(kind: str, scene: Scene, one_unit: bool) -> Resection:
    width = scene.points.width
    if kind == "columns":
        return two_columns(scene, width - 1, 0)
    if kind == "points":
        return through(scene, scene.points.ids[[5, 3, 9]], one_unit)
    return components(scene, one_unit)


kinds = st.sampled_from(["columns", "components", "points"])


@settings(max_examples=60)
@given(st.integers(3, 40), st.integers(0, 10_000), kinds, st.booleans(), st.sampled_from([1.0, 100.0]))
def test_inputs_stay_to_the_bit_and_undoing_leads_back_to_the_bit(width, seed, kind, one_unit, spread):
    scene = cloud(width, seed=seed, spread=spread)
    edit = chosen(kind, scene, one_unit)
    after, back = apply(edit, scene)
    assert after.section is not None
    assert scene.section is not None
    for name in ("inputs", "ids", "label", "split", "origin", "muted"):
        assert np.array_equal(getattr(after.points, name), getattr(scene.points, name))
    assert np.array_equal(after.points.xy, after.section.shadow(scene.points.x))
    assert np.array_equal(after.section.low, scene.section.low)
    assert np.array_equal(after.section.high, scene.section.high)
    assert after.axis_names == edit.axis_names
    assert apply(back, after)[0] == scene


@settings(max_examples=60)
@given(st.integers(3, 40), st.integers(0, 10_000), kinds, st.booleans(), st.sampled_from([1.0, 100.0]))
def test_a_place_of_the_plane_is_the_shadow_of_what_it_stands_for(width, seed, kind, one_unit, spread):
    scene = cloud(width, seed=seed, spread=spread)
    section = chosen(kind, scene, one_unit).section
    places = np.random.default_rng(seed).uniform(-3, 3, (20, 2))
    assert_allclose(section.shadow(section.embed(places)), places, atol=1e-8 * spread)
    assert section.off(section.embed(places)).max() < 1e-8 * spread


@given(st.integers(3, 12), st.integers(0, 1000))
def test_a_pin_stays_over_the_place_it_stands_for(width, seed):
    scene = cloud(width, seed=seed)
    pin = scene.targets[0]
    assert scene.section is not None
    edit = components(scene, one_unit=True)
    moved = apply(edit, scene)[0].targets[0]
    at = edit.section.shadow(scene.section.embed(np.array([[pin.x, pin.y]])))[0]
    assert_allclose((moved.x, moved.y), at)
    assert moved.target_class == pin.target_class


@pytest.mark.parametrize("one_unit", [True, False])
def test_components_are_scikit_learns_of_the_clean_points(one_unit: bool):
    scene = cloud(7, n=80, spread=30.0)
    clean = scene.points.x[~scene.points.is_poison]
    scaler = StandardScaler(with_std=not one_unit).fit(clean)
    fitted = PCA(2).fit(scaler.transform(clean))
    edit = components(scene, one_unit)
    scores = fitted.transform(scaler.transform(scene.points.x))
    assert_allclose(np.abs(apply(edit, scene)[0].points.xy), np.abs(scores), rtol=1e-6, atol=1e-8)
    first, second = 100 * fitted.explained_variance_ratio_
    assert edit.axis_names == (f"PC 1 ({first:.0f} %)", f"PC 2 ({second:.0f} %)")


def test_a_plane_through_three_points_holds_them_at_right_angles():
    scene = cloud(9)
    edit = through(scene, [4, 8, 15], one_unit=True)
    at = apply(edit, scene)[0].points
    three = at.positions([4, 8, 15])
    assert edit.section.off(scene.points.x[three]).max() < 1e-9
    assert_allclose(at.xy[three[0]], 0, atol=1e-12)
    assert_allclose(at.xy[three[1], 1], 0, atol=1e-12)
    distance = np.linalg.norm(scene.points.x[three[1]] - scene.points.x[three[2]])
    assert_allclose(np.linalg.norm(at.xy[three[1]] - at.xy[three[2]]), distance)
    assert edit.axis_names == ("from point 4 to 8", "towards point 15")


def test_columns_are_shown_as_they_are_under_their_names():
    scene = cloud(5)
    edit = two_columns(scene, 3, 1)
    assert edit.axis_names == ("column 3", "column 1")
    assert np.array_equal(apply(edit, scene)[0].points.xy, scene.points.x[:, [3, 1]])


@pytest.mark.parametrize(
    ("width", "change", "ids", "words"),
    [
        (5, {12: (3, 4)}, [3, 4, 12], "Points 3, 4 and 12 lie on one line, and many planes go through it"),
        (5, {4: (3, 3)}, [3, 4, 9], "Points 3, 4 and 9 lie on one line"),
        (5, {}, [3, 4], "A plane goes through three points; 2 are chosen. Select three."),
        (5, {}, [3, 3, 4], "2 are chosen"),
        (5, {}, [1], "1 is chosen"),
        (5, {}, [3, 4, 99], "There is no point with id 99."),
        (1, {}, [3, 4, 9], "These points have one input"),
    ],
)
def test_what_is_no_plane_is_said(width: int, change: dict, ids: list[int], words: str):
    scene = cloud(width)
    inputs = scene.points.x.copy()
    for point, (a, b) in change.items():  # on the line through two others
        inputs[point] = inputs[a] + 1.7 * (inputs[b] - inputs[a])
    scene = replace(scene, points=scene.points.with_columns(inputs=inputs))
    with pytest.raises(PlaneError) as caught:
        through(scene, ids)
    assert words in str(caught.value)


def test_points_on_a_line_and_planes_that_are_all_there_is_are_said():
    scene = cloud(4, n=3)
    line = np.outer([0.0, 1.0, 2.0], np.ones(4))
    with pytest.raises(PlaneError, match="one principal component"):
        components(replace(scene, points=scene.points.with_columns(inputs=line, origin=np.zeros(3))), one_unit=True)
    with pytest.raises(PlaneError, match="need three points"):
        components(cloud(4, n=2))
    with pytest.raises(PlaneError, match="two different inputs of 1 to 4"):
        two_columns(cloud(4), 2, 2)
    plain = build(DataSpec(n=10))
    assert flat(plain) == "These points have two inputs: the plane that is shown is all there is."
    for what in (lambda: components(plain), lambda: parsed("components", plain, None, True)):
        with pytest.raises(PlaneError, match="all there is"):
            what()
    with pytest.raises(ValueError, match="a plane of 3 inputs is none of points with 4"):
        apply(components(cloud(3)), cloud(4))


def test_how_far_off_the_plane_points_lie_is_told():
    scene = build(DataSpec(n=200, lift=52, lift_noise=0.1))
    assert extent_words(build(DataSpec(n=10))) == ""
    middle, most = extent(scene)
    assert_allclose(middle, 0.1 * np.sqrt(50), rtol=0.05)
    assert most > middle
    assert f"Points lie {middle:.2g} off it at the median, at most {most:.2g}" in extent_words(scene)
    assert extent_words(build(DataSpec(n=20, lift=9, lift_noise=0.0))).endswith("and all points lie on it.")
    wide = cloud(4)
    assert "standard deviations off it" in extent_words(apply(components(wide), wide)[0])


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ([1.0, 1.0], "must be 3 numbers above 0"),
        ([1.0, 0.0, 1.0], "must be 3 numbers above 0"),
        ([1.0, np.inf, 1.0], "unit must be finite"),
        ([1.0, 1e-200, 1.0], "too small or too large"),
        ([1.0, 1e200, 1.0], "too small or too large"),
    ],
)
def test_units_that_are_none_are_refused(unit: list[float], words: str):
    scene = cloud(3)
    assert scene.section is not None
    with pytest.raises(ValueError, match=words):
        check_section(replace(scene.section, unit=np.array(unit)), scene.domain)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("components", lambda scene: components(scene)),
        ("columns:4,1", lambda scene: two_columns(scene, 3, 0)),
        ("columns:column 3,column 0", lambda scene: two_columns(scene, 3, 0)),
        ("points: 4, 8, 15", lambda scene: through(scene, [4, 8, 15])),
    ],
)
def test_a_plane_is_chosen_in_words(text: str, same):
    scene = cloud(5)
    assert parsed(text, scene, None, one_unit=False) == same(scene)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pca", "'pca' is no plane; write components"),
        ("own", "'own' is no plane"),
        ("columns:9,1", "by number from 1 to 5"),
        ("columns:1", "by number from 1 to 5"),
        ("points:a,b,c", "write the ids of three points"),
        ("points:1,2", "2 are chosen"),
    ],
)
def test_words_that_are_no_plane_are_answered(text: str, words: str):
    with pytest.raises(PlaneError, match=words):
        parsed(text, cloud(5), None, one_unit=False)


def test_a_comma_within_a_name_is_no_trouble():
    scene = cloud(3)
    assert scene.section is not None
    scene = replace(scene, section=replace(scene.section, names=("a, b", "c", "d")))
    assert parsed("columns:a, b,d", scene, None, False).axis_names == ("a, b", "d")
    assert planes.two_columns(scene, 0, 2) == parsed("columns:a, b,d", scene, None, False)
