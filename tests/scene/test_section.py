"""The plane that the canvas shows of a space of inputs, and points that have inputs."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.bounds import MOST_INPUTS, check_scene
from boundaryviz.scene.edits import Add, Move, Recolumn, apply
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.scene.section import Section, box, on_plane
from helpers.lifted import lifted
from helpers.scenes import PLANE, bits, scenes, sections

RNG = np.random.default_rng(0)


@given(st.sampled_from([2, 3, 7]).flatmap(sections))
def test_a_place_is_the_shadow_of_what_it_stands_for(section: Section):
    places = RNG.uniform(-5, 5, (20, 2))
    np.testing.assert_allclose(section.shadow(section.embed(places)), places, atol=1e-9)


def test_the_plane_of_two_columns_shows_them_to_the_bit():
    inputs = RNG.normal(size=(30, 4)) * (1, 1e-3, 1e6, 5) + 7
    section = Section.of_columns(inputs, (3, 1), ("a", "b", "c", "d"))
    np.testing.assert_array_equal(section.shadow(inputs), inputs[:, [3, 1]])
    there = section.embed(np.array([[5.0, 6.0]]))
    np.testing.assert_allclose(there, [[inputs[:, 0].mean(), 6.0, inputs[:, 2].mean(), 5.0]])
    assert (section.low < inputs.min(axis=0)).all()
    assert (section.high > inputs.max(axis=0)).all()


def test_a_single_input_is_shown_as_a_strip():
    inputs = RNG.normal(size=(9, 1))
    section = Section.of_columns(inputs)
    np.testing.assert_array_equal(section.shadow(inputs), np.column_stack([inputs, np.zeros(9)]))
    np.testing.assert_array_equal(section.embed(np.array([[2.0, 5.0]])), [[2.0]])


def test_principal_components_are_where_the_points_spread():
    plane = np.linalg.qr(RNG.normal(size=(5, 2)))[0].T
    inputs = RNG.normal(size=(200, 2)) * (3, 1) @ plane + 0.01 * RNG.normal(size=(200, 5))
    section = Section.principal(inputs)
    np.testing.assert_allclose(section.axes @ section.axes.T, np.eye(2), atol=1e-12)
    assert np.abs(section.axes @ plane.T).max(axis=1) == pytest.approx([1.0, 1.0], abs=0.02)
    off = inputs - section.embed(section.shadow(inputs))
    assert np.abs(off).max() < 0.1


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ([[1, 2, 3], [2, 4, 6]], "on one line"),
        ([[1, 0, 0], [0, 0, 0]], "on one line"),
        ([[1, 0], [0, 1]], "needs an origin"),
        ([[1, 0, np.nan], [0, 1, 0]], "must be finite"),
    ],
)
def test_what_spans_no_plane_is_refused_in_words(axes: list, words: str):
    with pytest.raises(ValueError, match=words):
        Section(np.zeros(3), np.array(axes, dtype=float), -np.ones(3), np.ones(3))


def test_points_on_a_line_have_no_principal_plane():
    with pytest.raises(ValueError, match="on one line"):
        Section.principal(np.outer(np.arange(9.0), [1, 2, 3]))
    with pytest.raises(ValueError, match="without points"):
        Section.principal(np.zeros((0, 3)))


def test_a_section_and_points_survive_the_way_between_processes():
    scene = lifted(3)
    back = pickle.loads(pickle.dumps(scene))
    assert bits(back) == bits(scene)
    assert back == scene
    assert not back.section.axes.flags.writeable
    assert not back.points.inputs.flags.writeable


def test_a_drag_moves_inputs_along_the_plane_and_leaves_what_is_off_it():
    scene = lifted(5, noise=0.3)
    section, ids = scene.section, scene.points.ids[:3]
    assert section is not None
    places = scene.points.xy[:3] + np.array([0.5, -0.25])
    moved, undo = apply(Move(ids, places), scene)
    off = lambda one: one.points.x - section.embed(section.shadow(one.points.x))  # noqa: E731
    np.testing.assert_allclose(off(moved), off(scene), atol=1e-13)
    np.testing.assert_allclose(section.shadow(moved.points.x[:3]), places, atol=1e-12)
    np.testing.assert_array_equal(moved.points.x[3:], scene.points.x[3:])
    assert bits(apply(undo, moved)[0]) == bits(scene)


def test_a_drag_over_columns_keeps_the_others_to_the_bit():
    inputs = RNG.normal(size=(6, 4))
    section = Section.of_columns(inputs, (1, 2))
    scene = Scene(Points.of(section.shadow(inputs)).with_columns(inputs=inputs), PLANE, section=section)
    moved, _ = apply(Move([2], [[0.125, -3.0]]), scene)  # type: ignore[arg-type]
    np.testing.assert_array_equal(moved.points.x[:, [0, 3]], inputs[:, [0, 3]])
    np.testing.assert_allclose(moved.points.x[2, [1, 2]], [0.125, -3.0])


def test_a_new_point_lies_on_the_plane():
    scene = lifted(4, noise=0.2)
    added, _ = apply(Add(Points.of([[0.3, 0.4]], first_id=scene.points.next_id)), scene)
    np.testing.assert_array_equal(added.points.x[-1:], scene.embed(np.array([[0.3, 0.4]])))


def test_inputs_that_do_not_fit_are_refused_in_words():
    flat, wide = Scene(Points.of([[0, 0], [1, 1]]), PLANE), lifted(3)
    foreign = Points.of([[0, 0]], first_id=9000).with_columns(inputs=np.zeros((1, 5)))
    for scene in (flat, wide):
        with pytest.raises(ValueError, match="different inputs"):
            apply(Add(foreign), scene)
    with pytest.raises(ValueError, match="without inputs"):
        apply(Move([0], [[0, 0]], np.zeros((1, 3))), flat)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="3 inputs are given others"):
        apply(Move(wide.points.ids[:1], [[0, 0]], np.zeros((1, 4))), wide)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="need a section"):
        Scene(wide.points, PLANE)
    with pytest.raises(ValueError, match="section of 3 inputs"):
        Scene(foreign, PLANE, section=wide.section)
    with pytest.raises(ValueError, match="every input must be finite"):
        wide.points.with_columns(inputs=np.full((len(wide.points), 3), np.inf))
    many = np.zeros((1, MOST_INPUTS + 1))
    section = Section.of_columns(many)
    with pytest.raises(ValueError, match="at most 10,000 are read"):
        check_scene(Scene(Points.of([[0, 0]]).with_columns(inputs=many), PLANE, section=section))
    far = Section(np.zeros(3), np.array([[1e19, 0, 0], [0, 1, 0]]), -np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="too far out"):
        check_scene(Scene(wide.points, PLANE, section=far))


def test_responses_are_there_once_one_is_given_and_gone_when_it_is_undone():
    scene = Scene(Points.of([[0, 0], [1, 1]]), PLANE)
    answered, undo = apply(Recolumn([1], {"response": [2.5]}), scene)  # type: ignore[arg-type,dict-item]
    np.testing.assert_array_equal(answered.points.responses, [np.nan, 2.5])
    assert answered.points == answered.points.with_columns(label=[-1, -1])  # NaN equals NaN
    assert bits(apply(undo, answered)[0]) == bits(scene)
    more, undo = apply(Add(Points.of([[2, 2]], first_id=5).with_columns(response=[1.0])), scene)
    np.testing.assert_array_equal(more.points.responses, [np.nan, np.nan, 1.0])
    assert bits(apply(undo, more)[0]) == bits(scene)
    with pytest.raises(ValueError, match="a response must be finite"):
        scene.points.with_columns(response=[0.0, np.inf])


def test_unknown_responses_are_one_and_the_same():
    odd = np.array([-np.nan, np.nan]).view(np.int64)
    odd[0] += 5
    column = Points.of([[0, 0], [1, 1]]).with_columns(response=odd.view(np.float64)).responses
    assert len(np.unique(column.view(np.int64))) == 1


@given(scenes())
def test_places_are_asked_about_in_parts(scene: Scene):
    def ask(inputs: np.ndarray) -> np.ndarray:
        assert len(inputs) <= 3
        return np.stack([inputs.sum(axis=1), inputs[:, 0]])

    if scene.section is None:
        assert on_plane(None, ask) is ask
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boundaryviz.scene.section.HELD", 3 * scene.section.width)
        places = RNG.normal(size=(7, 2))
        inputs = scene.embed(places)
        np.testing.assert_allclose(on_plane(scene.section, ask)(places), [inputs.sum(axis=1), inputs[:, 0]])
        assert on_plane(scene.section, ask)(places[:0]).shape == (2, 0)


@given(st.integers(0, 5), st.integers(1, 4))
def test_a_box_holds_its_values_and_is_nowhere_flat(n: int, width: int):
    values = np.random.default_rng(n).choice([0.0, 1e-300, 3.0, -1e15], size=(n, width))
    low, high = box(values)
    assert (low < high).all()
    assert ((low <= values) & (values <= high)).all()
