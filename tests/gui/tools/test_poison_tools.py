"""The tools of the poisoner: a bridge by two clicks, its handles, pins and muting, without a window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.attacks.placement import hand_group
from boundaryviz.attacks.specs import BridgeSpec, FlipSpec
from boundaryviz.gui.document.document import State, perform
from boundaryviz.gui.tools import (
    AddTool,
    BridgeTool,
    Cancel,
    Commit,
    Context,
    Gesture,
    Guide,
    Outcomes,
    Overlay,
    Preview,
    Say,
    TargetTool,
    Tool,
    mute_click,
)
from boundaryviz.gui.tools.geometry import nearest_on
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move, Recolumn, SetTargets
from boundaryviz.scene.scene import Domain, Points, Scene, Target

PIXEL = 0.01
# two labels, a row of unlabelled points between them
XY = [(0.0, 0.0), (4.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]
SCENE = Scene(Points.of(XY, [0, 1, -1, -1, -1]), Domain(-5.0, 5.0, -5.0, 5.0))


def at(x: float, y: float, time: float = 0.0, **keys: bool) -> Gesture:
    return Gesture(x, y, PIXEL, time=time, **keys)


def state_of(scene: Scene = SCENE, **poison: Any) -> State:
    """A state with this scene and attack settings."""
    state = State(Scenario().with_scene(scene), scene, edited=True)
    return perform(Settings({f"poison.{k}": v for k, v in poison.items()}), state)[0] if poison else state


def seen(state: State) -> Context:
    return Context(state.scene, attack=state.scenario.poison)


def click(tool: Tool, state: State, x: float, y: float, **held: Any) -> Outcomes:
    gesture = at(x, y, **held)
    return (*tool.hover(gesture, seen(state)), *tool.press(gesture, seen(state)), *tool.release(gesture))


def drag(tool: Tool, state: State, *path: tuple[float, float], **keys: bool) -> Outcomes:
    first, *rest = (at(*place, **keys) for place in path)
    done: Outcomes = tool.press(first, seen(state))
    for gesture in rest:
        done += tool.move(gesture)
    return (*done, *tool.release(rest[-1]))


def commits(outcomes: Outcomes) -> list[Commit]:
    return [o for o in outcomes if isinstance(o, Commit)]


def bridge(state: State) -> BridgeSpec:
    """The poison of a state, which is a bridge."""
    assert isinstance(state.scenario.poison, BridgeSpec)
    return state.scenario.poison


def done(outcomes: Outcomes, state: State) -> State:
    """The state after the one step that the outcomes ask for."""
    (commit,) = commits(outcomes)
    return perform(commit.edit, state)[0]


def guide(outcomes: Outcomes) -> Guide:
    shapes = [o.shape for o in outcomes if isinstance(o, Overlay) and isinstance(o.shape, Guide)]
    return shapes[-1]


def said(outcomes: Outcomes) -> str:
    return next(o.text for o in reversed(outcomes) if isinstance(o, Say))


def beads(state: State, group: int = 1) -> np.ndarray:
    return state.scene.points.xy[state.scene.points.origin == group]


LAID = state_of(count=10, source=(0.0, 0.0), target=(2.0, 1.0))


def test_two_clicks_lay_a_bridge_of_ten_in_one_step() -> None:
    tool, state = BridgeTool(), state_of()
    offered = tool.hover(at(0.2, -0.3), seen(state))
    assert [(h.kind, h.x, h.y, h.label) for h in guide(offered).handles] == [("source", 0.0, 0.0, 0)]
    assert not commits(click(tool, state, 0.2, -0.3))
    assert tool.active
    assert tool.hovers
    aimed = tool.hover(at(2.1, 1.1), seen(state))
    (preview,) = (o for o in aimed if isinstance(o, Preview))
    shown = perform(preview.edit, state)[0]
    assert len(beads(shown)) == 10
    assert guide(aimed).note == "10 points, 67 %"
    np.testing.assert_allclose(guide(aimed).line[[0, -1]], [(0.0, 0.0), (2.0, 1.0)])
    assert not any(isinstance(o, Preview) for o in tool.hover(at(2.12, 1.1), seen(shown)))  # it snaps to the same point
    after = done(click(tool, shown, 2.12, 1.1), state)
    assert not tool.active
    np.testing.assert_array_equal(beads(after), beads(shown))
    assert after.scene.targets == (Target(2.0, 1.0, 0, 1),)
    assert after.scenario.poison.count == 10


def test_a_bridge_to_nowhere_says_why_and_waits() -> None:
    tool, state = BridgeTool(), state_of()
    click(tool, state, 0.0, 0.0)
    far = tool.hover(at(9.0, 0.0), seen(state))
    assert "lies outside the plane" in guide(far).note
    assert not commits(click(tool, state, 9.0, 0.0))
    assert tool.active
    assert Cancel() in tool.cancel()
    assert not tool.active
    unsnapped = state_of(snap=False)
    click(tool, unsnapped, 0.0, 0.0)
    assert "one and the same place" in guide(tool.hover(at(0.0, 0.0), seen(unsnapped))).note


@pytest.mark.parametrize("labels", [[-1] * 5, []], ids=["no labels", "no points"])
def test_without_labels_it_says_what_is_missing(labels: list[int]) -> None:
    scene = replace(SCENE, points=Points.of(XY[: len(labels)], labels))
    tool, state = BridgeTool(), state_of(scene)
    assert "no labelled training point" in said(tool.hover(at(1.0, 1.0), seen(state)))
    assert not commits(click(tool, state, 3.9, 0.5))
    assert not tool.active


def test_an_invalid_aim_takes_the_preview_back() -> None:
    tool, state = BridgeTool(), state_of()
    click(tool, state, 0.0, 0.0)
    tool.hover(at(2.0, 1.0), seen(state))
    assert Cancel() in tool.hover(at(9.0, 0.0), seen(state))
    assert Cancel() not in tool.hover(at(9.1, 0.0), seen(state))


def test_ctrl_and_the_wheel_change_the_points_before_and_after() -> None:
    tool, state = BridgeTool(), state_of()
    assert tool.wheel(at(0.0, 0.0), seen(state), 1.0) == ()  # so it zooms
    click(tool, state, 0.0, 0.0)
    tool.hover(at(2.0, 1.0), seen(state))
    tool.wheel(at(2.0, 1.0), seen(state), 1.0)
    after = done(click(tool, state, 2.0, 1.0), state)
    assert len(beads(after)) == 11
    (fewer,) = commits(tool.wheel(at(1.0, 0.5), seen(after), -1.0))
    assert isinstance(fewer.edit, Settings)
    assert fewer.edit.merges
    assert len(beads(perform(fewer.edit, after)[0])) == 10
    assert tool.wheel(at(-3.0, -3.0), seen(after), -1.0) == ()


def test_handles_stand_at_the_ends_and_in_the_middle() -> None:
    shown = guide(BridgeTool().rest(seen(LAID)))
    places = {h.kind: (h.x, h.y) for h in shown.handles}
    assert places["source"] == (0.0, 0.0)
    assert places["target"] == (2.0, 1.0)
    assert places["bend"] == pytest.approx((1.0, 0.5))


def test_dragging_the_target_lays_the_bridge_anew_in_one_step() -> None:
    steps = drag(BridgeTool(), LAID, (2.0, 1.0), (2.5, 1.0), (3.02, 1.05))
    assert sum(isinstance(o, Preview) for o in steps) >= 2
    after = done(steps, LAID)
    assert (after.scene.targets[0].x, after.scene.targets[0].y) == (3.0, 1.0)
    assert len(beads(after)) == 10


def test_dragging_the_source_to_another_class_carries_that_class() -> None:
    after = done(drag(BridgeTool(), LAID, (0.0, 0.0), (2.0, -0.5), (3.9, 0.1)), LAID)
    assert after.scene.targets[0].target_class == 1


@given(st.floats(-1.9, 1.9))
def test_the_middle_follows_the_hand_that_bends_it(bend: float) -> None:
    across = np.array([-1.0, 2.0])  # to the left of the way from source to target
    to = np.array([1.0, 0.5]) + bend * across
    steps = drag(BridgeTool(), LAID, (1.0, 0.5), (1.0, 0.6), tuple(to.tolist()))
    spec = bridge(done(steps, LAID))
    assert spec.curvature == pytest.approx(bend, abs=0.021)


def test_shift_drag_adds_a_waypoint_that_a_double_click_removes() -> None:
    tool = BridgeTool()
    added = done(drag(tool, LAID, (1.0, 0.5), (1.0, -0.5), (1.5, -1.0), shift=True), LAID)
    assert bridge(added).via == ((1.5, -1.0),)
    assert nearest_on(guide(tool.rest(seen(added))).line, np.array([1.5, -1.0]))[1] < 1e-9
    assert not commits(click(tool, added, 1.5, -1.0, time=5.0))
    removed = done(click(tool, added, 1.5, -1.0, time=5.2), added)
    assert bridge(removed).via == ()


def test_two_slow_clicks_are_no_double_click() -> None:
    tool = BridgeTool()
    state = state_of(count=10, source=(0.0, 0.0), target=(2.0, 1.0), via=[(1.0, -1.0)])
    for time in (1.0, 2.0):
        assert not commits(click(tool, state, 1.0, -1.0, time=time))


def test_waypoints_keep_the_order_of_the_path() -> None:
    tool = BridgeTool()
    state = state_of(count=10, source=(0.0, 0.0), target=(2.0, 1.0), via=[(1.0, 0.5)])
    after = done(drag(tool, state, (1.7, 0.85), (1.7, 0.0), (1.7, -0.2), shift=True), state)
    assert bridge(after).via == ((1.0, 0.5), (1.7, -0.2))


def test_a_bead_is_dragged_alone_and_the_path_as_a_whole() -> None:
    bead = beads(LAID)[2]
    steps = drag(BridgeTool(), LAID, tuple(bead), tuple(np.add(bead, (0.0, 0.5))))
    (moved,) = commits(steps)
    assert isinstance(moved.edit, Move)
    assert len(moved.edit.ids) == 1
    sparse = state_of(count=2, source=(0.0, 0.0), target=(2.0, 1.0))
    whole = done(drag(BridgeTool(), sparse, (1.6, 0.8), (2.0, 0.8), (2.6, 0.8)), sparse)
    assert (whole.scene.targets[0].x, whole.scene.targets[0].y) == (3.0, 1.0)  # the end snaps


def test_a_target_dragged_off_the_plane_stays_where_it_could_be_laid_last() -> None:
    after = done(drag(BridgeTool(), LAID, (2.0, 1.0), (3.0, 1.0), (9.0, 1.0)), LAID)
    assert (after.scene.targets[0].x, after.scene.targets[0].y) == (3.0, 1.0)
    assert len(beads(after)) == 10
    nowhere = drag(BridgeTool(), LAID, (2.0, 1.0), (9.0, 1.0), (9.5, 1.0))
    assert not commits(nowhere)
    assert Cancel() in nowhere


def test_a_first_bridge_leaves_what_was_planted_by_hand() -> None:
    planted = replace(SCENE, points=Points.of([*XY, (-1.0, -1.0)], [0, 1, -1, -1, -1, -1], origin=[0, 0, 0, 0, 0, 1]))
    tool, state = BridgeTool(), state_of(planted)
    click(tool, state, 0.0, 0.0)
    after = done(click(tool, state, 2.0, 1.0), state)
    assert len(beads(after, 1)) == 1
    assert len(beads(after, 2)) == 10


def test_poison_by_hand_keeps_out_of_the_attack_s_group() -> None:
    assert hand_group(SCENE, BridgeSpec()) == 1
    context = replace(seen(LAID), poison=True)
    assert hand_group(LAID.scene, LAID.scenario.poison) == 2
    assert context.new_points(np.zeros((2, 2))).origin.tolist() == [2, 2]
    more = perform(Add(context.new_points(np.array([[-1.0, -1.0]]))), LAID)[0]
    assert hand_group(more.scene, more.scenario.poison) == 2
    relaid = perform(Settings({"poison.count": 5}), more)[0]
    assert len(beads(relaid, 2)) == 1


def test_the_bridge_takes_the_place_of_another_attack() -> None:
    flipped = perform(Settings({"poison.attack": "flip", "poison.count": 1}), state_of())[0]
    assert isinstance(flipped.scenario.poison, FlipSpec)
    tool = BridgeTool()
    click(tool, flipped, 0.0, 0.0)
    after = done(click(tool, flipped, 2.0, 1.0), flipped)
    assert isinstance(after.scenario.poison, BridgeSpec)
    assert len(beads(after)) == 1
    assert (after.scene.points.origin >= 0).all()  # no label is withdrawn any more


# ---- pins and muting


def test_a_click_sets_a_pin_of_the_current_class_and_a_drag_moves_it() -> None:
    tool, state = TargetTool(), state_of()
    context = replace(seen(state), label=1)
    steps = (*tool.press(at(-1.0, 2.0), context), *tool.release(at(-1.0, 2.0)))
    pinned = done(steps, state)
    assert pinned.scene.targets == (Target(-1.0, 2.0, 1),)
    moved = done(drag(tool, pinned, (-1.0, 2.0), (0.0, 2.0), (0.5, 2.5)), pinned)
    assert moved.scene.targets == (Target(0.5, 2.5, 1),)


def test_a_click_on_a_point_pins_the_point() -> None:
    pinned = done(click(TargetTool(), state_of(), 2.03, 1.02), state_of())
    assert pinned.scene.targets == (Target(2.0, 1.0, 0),)


@pytest.mark.parametrize(("label", "words"), [(-1, "wants a class"), (5, "class 5")])
def test_a_pin_needs_a_class_that_is_there(label: int, words: str) -> None:
    tool, context = TargetTool(), replace(seen(state_of()), label=label)
    steps = (*tool.press(at(-1.0, 2.0), context), *tool.release(at(-1.0, 2.0)))
    assert not commits(steps)
    assert words in said(steps)


def test_the_attack_s_own_pin_takes_the_bridge_along() -> None:
    after = done(drag(TargetTool(), LAID, (2.0, 1.0), (2.5, 1.0), (3.0, 1.0)), LAID)
    assert after.scenario.poison.target == (3.0, 1.0)
    np.testing.assert_allclose(beads(after)[-1, 1], 1.0, atol=0.15)
    other = replace(LAID.scene, targets=(*LAID.scene.targets, Target(-2.0, -2.0, 1)))
    state = State(LAID.scenario, other, edited=True)
    (commit,) = commits(drag(TargetTool(), state, (-2.0, -2.0), (-2.5, -2.0)))
    assert isinstance(commit.edit, SetTargets)
    assert commit.edit.targets[0] == LAID.scene.targets[0]


def test_alt_click_mutes_and_unmutes_one_point() -> None:
    (muted,) = commits(mute_click(seen(state_of()), at(2.02, 1.0, alt=True)))
    assert isinstance(muted.edit, Recolumn)
    after = perform(muted.edit, state_of())[0]
    assert after.scene.points.muted.tolist() == [False, False, False, True, False]
    back = done(mute_click(seen(after), at(2.02, 1.0, alt=True)), after)
    assert not back.scene.points.muted.any()
    assert mute_click(seen(after), at(-3.0, -3.0, alt=True)) == ()


@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(-4, 4)), min_size=2, max_size=6), st.floats(0, 1))
def test_a_place_on_a_line_is_found_on_it(stops: list[tuple[float, float]], share: float) -> None:
    line = np.array(stops)
    step = np.linalg.norm(np.diff(line, axis=0), axis=1)
    place = np.array([np.interp(share * step.sum(), [0, *np.cumsum(step)], line[:, k]) for k in (0, 1)])
    found, gap = nearest_on(line, place)
    assert 0.0 <= found <= 1.0 + 1e-9
    assert gap == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("poison", [True, False])
def test_poison_on_a_pin_lies_on_it_though_a_point_is_close_by(poison: bool) -> None:
    scene = replace(SCENE, targets=(Target(0.05, 0.05, 1),))  # 7 pixels from a point
    context = Context(scene, label=1, poison=poison)
    tool = AddTool()
    said = (*tool.press(at(0.04, 0.03), context), *tool.release(at(0.04, 0.03)))
    added = [one.edit for one in said if isinstance(one, Commit)]
    assert len(added) == poison
    if poison:
        assert isinstance(added[0], Add)
        assert added[0].points.xy.tolist() == [[0.05, 0.05]]
        assert added[0].points.is_poison.all()
