"""An edit and its inverse lead back to the same bits; what fails changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.edits import Add, Edit, Move, Recolumn, Remove, Replace, Several, apply, relabel
from boundaryviz.scene.scene import Origin, Points, Scene
from helpers.scenes import PLANE, bits, edits, scenes


def three() -> Scene:
    return Scene(Points.of([[0, 0], [1, 0], [0, 1]], [0, 1, -1]), PLANE)


@given(st.data(), scenes())
def test_the_inverse_leads_back_and_its_inverse_forth(data: st.DataObject, scene: Scene) -> None:
    before = bits(scene)
    edited, undo = apply(data.draw(edits(scene)), scene)
    back, redo = apply(undo, edited)
    forth, _undo = apply(redo, back)
    assert bits(scene) == before
    assert bits(back) == before
    assert bits(forth) == bits(edited)


@given(st.data(), scenes())
def test_a_stack_of_edits_unwinds(data: st.DataObject, scene: Scene) -> None:
    stack: list[tuple[tuple[object, ...], Edit]] = []
    for _ in range(data.draw(st.integers(1, 5))):
        before = bits(scene)
        scene, undo = apply(data.draw(edits(scene)), scene)
        stack.append((before, undo))
    for before, undo in reversed(stack):
        scene, _redo = apply(undo, scene)
        assert bits(scene) == before


def test_add_appends_and_remove_keeps_the_order() -> None:
    added, _ = apply(Add(Points.of([[5, 5]], 1, origin=Origin.POISON, first_id=9)), three())
    assert added.points.ids.tolist() == [0, 1, 2, 9]
    assert added.points.is_poison.tolist() == [False, False, False, True]
    removed, _ = apply(Remove(np.array([1, 1])), added)
    assert removed.points.ids.tolist() == [0, 2, 9]


def test_points_can_be_put_in_between() -> None:
    scene, _ = apply(Add(Points.of([[5, 5], [6, 6]], 1, first_id=7), np.array([3, 0])), three())
    assert scene.points.ids.tolist() == [8, 0, 1, 7, 2]


def test_move_touches_only_what_it_names() -> None:
    scene, undo = apply(Move(np.array([2, 0]), np.array([[2.0, 2.0], [3.0, 3.0]])), three())
    assert scene.points.xy.tolist() == [[3, 3], [1, 0], [2, 2]]
    assert isinstance(undo, Move)
    assert undo.xy.tolist() == [[0, 1], [0, 0]]


def test_relabel_and_unlabel() -> None:
    scene, _ = apply(relabel(np.array([0, 2]), 1), three())
    assert scene.points.label.tolist() == [1, 1, 1]
    scene, _ = apply(relabel(np.array([1]), -1), scene)
    assert scene.points.label.tolist() == [1, -1, 1]


def test_a_new_class_goes_with_the_edit_that_brought_it() -> None:
    grown, undo = apply(relabel(np.array([0]), 4), three())
    assert grown.classes == 5
    assert apply(undo, grown)[0].classes == 2


def test_several_edits_see_each_other() -> None:
    both = Several((Add(Points.of([[5, 5]], 0, first_id=3)), Move(np.array([3]), np.array([[6.0, 6.0]]))))
    scene, undo = apply(both, three())
    assert scene.points.xy[3].tolist() == [6, 6]
    assert bits(apply(undo, scene)[0]) == bits(three())


IMPOSSIBLE = [
    (lambda: Move(np.array([5]), np.zeros((1, 2))), KeyError),
    (lambda: Remove(np.array([0, 5])), KeyError),
    (lambda: relabel(np.array([5]), 0), KeyError),
    (lambda: Move(np.array([0]), np.array([[np.nan, 0.0]])), ValueError),
    (lambda: Move(np.array([0, 1]), np.zeros((3, 2))), ValueError),
    (lambda: relabel(np.array([0]), 50), ValueError),
    (lambda: Recolumn(np.array([0]), {"label": np.array([65536])}), ValueError),
    (lambda: Recolumn(np.array([0]), {"ids": np.array([1])}), ValueError),
    (lambda: Add(Points.of([[0, 0]], first_id=2)), ValueError),
    (lambda: Add(Points.of([[0, 0]], first_id=3), np.array([4])), ValueError),
    (lambda: Add(Points.of([[0, 0]], first_id=3), np.array([-1])), ValueError),
    (lambda: Add(Points.of([[0, 0], [1, 1]], first_id=3), np.array([1, 1])), ValueError),
    (lambda: Several((Move(np.array([0]), np.ones((1, 2))), Remove(np.array([5])))), KeyError),
]


@pytest.mark.parametrize(("make", "error"), IMPOSSIBLE)
def test_an_edit_that_fails_changes_nothing(make, error: type[Exception]) -> None:
    scene = three()
    with pytest.raises(error):
        apply(make(), scene)
    assert bits(scene) == bits(three())


def test_an_edit_keeps_what_it_was_given() -> None:
    ids, xy, label = np.array([0]), np.array([[2.0, 2.0]]), np.array([1], dtype=np.int16)
    move, recolumn, remove = Move(ids, xy), Recolumn(ids, {"label": label}), Remove(ids)
    ids[:], xy[:], label[:] = 1, 9.0, 0
    assert move.ids.tolist() == recolumn.ids.tolist() == remove.ids.tolist() == [0]
    assert move.xy.tolist() == [[2.0, 2.0]]
    assert recolumn.columns["label"].tolist() == [1]


def test_replace_puts_another_scene_in_place() -> None:
    other = Scene(Points.of([[4, 4]]), PLANE, 3)
    scene, undo = apply(Replace(other), three())
    assert scene is other
    assert apply(undo, scene)[0] == three()
