"""How the poison of an attack that trains becomes part of a scene."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.attacks.targets import AttackError
from boundaryviz.record.trail import AttackState, Trail, commit, committed, reach
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene import edits
from boundaryviz.scene.scene import MAX_GROUPS, Group, Scene, Target
from helpers.attacked import MOONS
from helpers.lifted import lifted

SCENE = MOONS.scene()
PLACE = st.floats(-3, 3, allow_nan=False)


@st.composite
def states(draw: st.DrawFn) -> AttackState:
    """Some points that are planted, and some that stand in for training points, moved or where they were."""
    free = draw(st.lists(st.tuples(PLACE, PLACE), max_size=4))
    ids = draw(st.lists(st.sampled_from(SCENE.points.ids[SCENE.points.is_train].tolist()), max_size=4, unique=True))
    push = draw(st.sampled_from([0.0, 0.25]))
    own = SCENE.points.xy[SCENE.points.positions(ids)] + push if ids else np.empty((0, 2))
    points = np.concatenate([np.array(free).reshape(-1, 2), own])
    label = draw(st.lists(st.integers(-1, 1), min_size=len(points), max_size=len(points)))
    return AttackState(points, np.array(label, dtype=int), np.array([-1] * len(free) + ids))


@settings(max_examples=40, deadline=None)
@given(states())
def test_it_is_poison_that_can_be_switched_off_and_twins_see_what_was_there(state: AttackState):
    scene = committed(state, SCENE, "Attack")
    clean = scene.points.take(scene.seen(frozenset()))
    assert clean.with_columns(origin=np.zeros(len(clean))) == SCENE.points
    seen = scene.points.take(scene.seen())
    planted = seen.take(seen.is_poison)
    assert len(seen) == len(SCENE.points) + len(state) - (state.replaces >= 0).sum()
    assert np.array_equal(planted.x, state.points)
    assert np.array_equal(planted.label, state.label)
    assert planted.is_train.all()


@settings(max_examples=20, deadline=None)
@given(states())
def test_as_an_edit_it_is_undone_to_the_bit_and_done_again(state: AttackState):
    edit = commit(state, SCENE, "Attack")
    after, back = edits.apply(edit, SCENE)
    before, again = edits.apply(back, after)
    assert before == SCENE
    assert edits.apply(again, before)[0] == after == committed(state, SCENE, "Attack")


def test_it_comes_back_from_a_file_as_it_was():
    state = AttackState([[0.1, 0.2], [1 / 3, -1e-17]], [1, -1], [-1, 7])  # type: ignore[arg-type]
    scenario = MOONS.with_scene(committed(state, SCENE, "Attack"))
    again = Scenario.parse(scenario.written())
    assert again == scenario
    assert again.scene() == scenario.scene()


def test_it_has_a_group_of_its_own_and_another_attack_leaves_it_alone():
    state = AttackState([[0.0, 0.0]], [1], [-1])  # type: ignore[arg-type]
    old = Scene(SCENE.points, SCENE.domain, groups=(Group("by hand"), Group("gone", on=False)))
    scene = committed(state, old, "Attack", besides=1)
    assert scene.points.origin.max() == 2
    assert scene.groups == (Group("by hand"), Group("Attack"))
    poisoned = MOONS.with_scene(scene).with_values(
        {"poison.attack": "flip", "poison.choose": "random", "poison.count": 3}
    )
    assert (poisoned.scene().points.origin == 2).sum() == 1
    assert (poisoned.scene().points.origin == 1).sum() == 3


def test_a_pin_it_aims_at_is_planted_once():
    state, pin = AttackState([[0.0, 0.0]], [1], [-1]), Target(0.5, 0.5, 1)  # type: ignore[arg-type]
    once = committed(state, SCENE, "Attack", pin)
    assert once.targets == (Target(0.5, 0.5, 1, 1),)
    twice = committed(state, once, "Attack", pin)
    assert twice.targets == once.targets
    assert twice.group(2).target_class == 1


def test_points_with_inputs_keep_them_and_lie_where_the_section_shows_them():
    width = 5
    scene = lifted(width, noise=0.1)
    x = np.linspace(-1, 1, 2 * width).reshape(2, width)
    own = int(scene.points.ids[0])
    state = AttackState(np.concatenate([x, scene.points.x[:1]]), [1, 0, 1], [-1, -1, own])  # type: ignore[arg-type]
    planted = committed(state, scene, "Attack").points
    some = planted.take(planted.is_poison)
    assert np.array_equal(some.x, state.points)
    assert np.array_equal(some.xy[2], scene.points.xy[0])
    assert scene.section is not None
    assert np.array_equal(some.xy[:2], scene.section.shadow(x))


def test_where_no_group_is_free_it_is_said():
    full = SCENE.points.with_columns(origin=np.arange(len(SCENE.points)) % MAX_GROUPS + 1)
    state = AttackState([[0.0, 0.0]], [1], [-1])  # type: ignore[arg-type]
    with pytest.raises(AttackError, match="groups of poison are in use"):
        committed(state, SCENE.with_points(full), "Attack")


def test_a_state_has_as_many_labels_as_points_and_a_trail_at_least_one_state():
    with pytest.raises(ValueError, match="label"):
        AttackState([[0.0, 0.0]], [1, 1], [-1])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="state"):
        Trail(())


def test_ways_begin_where_a_point_first_was_and_reach_holds_them_all():
    one = AttackState([[0.0, 0.0]], [1], [-1])  # type: ignore[arg-type]
    two = AttackState([[0.5, 0.0], [9.0, -8.0]], [1, 1], [-1, -1])  # type: ignore[arg-type]
    trail = Trail((one, two))
    assert [way.tolist() for way in trail.ways] == [[[0.0, 0.0], [0.5, 0.0]], [[9.0, -8.0]]]
    flips = [AttackState([[float(k), 0.0]], [1], [k]) for k in (3, 5, 3)]  # type: ignore[arg-type]
    assert [way.tolist() for way in Trail(tuple(flips)).ways] == [[[3.0, 0.0], [3.0, 0.0]]]
    assert reach((one,), SCENE) == SCENE.domain
    wide = reach(trail.states, SCENE)
    assert wide.right > 9.0
    assert wide.bottom < -8.0
    assert wide.left <= SCENE.domain.left
