"""The tools as state machines: what a stroke comes to, without a window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.gui.tools import (
    TOOLS,
    AddTool,
    BrushTool,
    Cancel,
    Circle,
    Commit,
    Context,
    EraseTool,
    Gesture,
    LassoTool,
    Outcomes,
    Overlay,
    Path,
    Preview,
    RectangleTool,
    RelabelTool,
    Select,
    SelectTool,
    Tool,
    hit_test,
)
from boundaryviz.gui.tools.geometry import in_box, in_polygon, near_segment, nearest
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.edits import Add, Edit, Move, Recolumn, Remove, SetTargets, apply
from boundaryviz.scene.scene import UNLABELLED, Domain, Origin, Points, Scene, Split

PIXEL = 0.01
DOMAIN = Domain(-5.0, 5.0, -5.0, 5.0)
PICKERS = [SelectTool, AddTool, LassoTool, RectangleTool]
coordinate = st.floats(-4.0, 4.0)
places = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=30)


def edit_of(outcome: Preview | Commit) -> Edit:
    """What it does to the points; none of these tools changes a setting."""
    assert not isinstance(outcome.edit, Settings)
    return outcome.edit


def scene_of(*xy: tuple[float, float], label: int = 0) -> Scene:
    return Scene(Points.of(np.array(xy), label, first_id=100), DOMAIN)


def at(x: float, y: float, time: float = 0.0, **keys: bool) -> Gesture:
    return Gesture(x, y, PIXEL, time=time, **keys)


def ids_of(outcomes: Outcomes) -> list[int]:
    (chosen,) = (o for o in outcomes if isinstance(o, Select))
    return sorted(chosen.ids.tolist())


def stroke(tool: Tool, context: Context, *path: Gesture) -> list[Outcomes]:
    """Press at the first gesture, move through the rest, release at the last."""
    return [tool.press(path[0], context), *(tool.move(g) for g in path[1:]), tool.release(path[-1])]


THREE = scene_of((0.0, 0.0), (1.0, 0.0), (2.0, 2.0))


@pytest.mark.parametrize("kind", PICKERS)
def test_dragging_a_point_moves_it_whatever_the_tool(kind: type[Tool]) -> None:
    steps = stroke(kind(), Context(THREE), at(0.03, 0.0), at(0.5, 0.5), at(1.03, 2.0))
    previews = [o for out in steps for o in out if isinstance(o, Preview)]
    (commit,) = steps[-1]
    assert len(previews) == 2
    assert isinstance(commit, Commit)
    assert isinstance(commit.edit, Move)
    assert commit.text == "Move point"
    np.testing.assert_allclose(commit.edit.xy, [[1.0, 2.0]])  # the grip's offset is kept


@pytest.mark.parametrize("kind", PICKERS)
def test_a_press_that_hardly_moves_is_a_click(kind: type[Tool]) -> None:
    steps = stroke(kind(), Context(THREE), at(1.0, 0.0), at(1.0 + 3 * PIXEL, 0.0))
    assert not any(isinstance(o, Preview | Commit) for out in steps for o in out)
    assert ids_of(steps[-1]) == [101]


def test_dragging_a_selected_point_moves_the_selection() -> None:
    context = Context(THREE, selection=np.array([102, 100]))
    commit = stroke(SelectTool(), context, at(0.0, 0.0), at(1.0, -1.0))[-1][0]
    assert isinstance(commit, Commit)
    assert commit.text == "Move 2 points"
    after = apply(edit_of(commit), THREE)[0].points.xy
    np.testing.assert_allclose(after, [[1.0, -1.0], [1.0, 0.0], [3.0, 1.0]])


def test_shift_adds_to_the_selection_and_takes_back() -> None:
    context = Context(THREE, selection=np.array([100]))
    assert ids_of(stroke(SelectTool(), context, at(1.0, 0.0, shift=True))[-1]) == [100, 101]
    assert ids_of(stroke(SelectTool(), context, at(0.0, 0.0, shift=True))[-1]) == []


def test_shift_drag_takes_the_point_along_with_the_selection() -> None:
    context = Context(THREE, selection=np.array([100]))
    steps = stroke(SelectTool(), context, at(2.0, 2.0, shift=True), at(2.5, 2.0, shift=True))
    assert ids_of(steps[1]) == [100, 102]
    assert isinstance(steps[-1][0], Commit)
    assert steps[-1][0].text == "Move 2 points"


@given(places, st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate))
def test_a_rectangle_selects_exactly_what_lies_in_it(
    xy: list[tuple[float, float]], a: tuple[float, float], b: tuple[float, float]
) -> None:
    scene = scene_of(*xy)
    context, start, end = Context(scene), at(*a), at(*b)
    if hit_test(context, start) is not None or end.pixels_from(start) < 5:
        return
    steps = stroke(RectangleTool(), context, start, end)
    (x0, x1), (y0, y1) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    assert ids_of(steps[-1]) == [100 + i for i, (x, y) in enumerate(xy) if x0 <= x <= x1 and y0 <= y <= y1]
    shape = steps[1][0]
    assert isinstance(shape, Overlay)
    assert isinstance(shape.shape, Path)
    assert steps[-1][0] == Overlay(None)


def test_modifiers_of_a_region_add_and_take_away() -> None:
    context = Context(THREE, selection=np.array([102, 100]))
    corner, opposite = (-0.5, -0.5), (1.5, 0.5)
    add = stroke(RectangleTool(), context, at(*corner, shift=True), at(*opposite, shift=True))[-1]
    less = stroke(RectangleTool(), context, at(*corner, ctrl=True), at(*opposite, ctrl=True))[-1]
    assert ids_of(add) == [100, 101, 102]
    assert ids_of(less) == [102]


def test_a_click_on_empty_ground_lets_go_of_the_selection() -> None:
    context = Context(THREE, selection=np.array([100]))
    assert ids_of(stroke(SelectTool(), context, at(-3.0, -3.0))[-1]) == []
    assert ids_of(stroke(SelectTool(), context, at(-3.0, -3.0, shift=True))[-1]) == [100]


def test_lasso_selects_what_it_surrounds() -> None:
    around = [(-0.5, -0.5), (1.5, -0.5), (1.5, 0.5), (-0.5, 0.5)]
    steps = stroke(LassoTool(), Context(THREE), *(at(*p) for p in around))
    assert ids_of(steps[-1]) == [100, 101]


def test_add_places_one_point_as_the_context_says() -> None:
    context = Context(THREE, label=1, poison=True)
    steps = stroke(AddTool(), context, at(-2.0, 1.0), at(-2.5, 1.5))
    assert isinstance(steps[0][0], Preview)  # it trains from the press on
    commit = steps[-1][0]
    assert isinstance(commit, Commit)
    assert isinstance(commit.edit, Add)
    assert commit.text == "Add poison point"
    new = commit.edit.points
    assert new == Points.of([[-2.5, 1.5]], 1, Split.TRAIN, Origin.POISON, first_id=103)


def test_add_gives_no_label_when_none_is_chosen() -> None:
    commit = stroke(AddTool(), Context(THREE, label=UNLABELLED), at(-2.0, 1.0))[-1][0]
    assert isinstance(commit, Commit)
    assert commit.text == "Add point"
    assert commit.edit.points.label.tolist() == [UNLABELLED]  # type: ignore[union-attr]


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 1.0), st.lists(st.floats(0.0, 0.1), min_size=1, max_size=20))
def test_brush_sprays_within_its_radius_at_its_rate(seed: int, radius: float, gaps: list[float]) -> None:
    tool, clock, path = BrushTool(), 0.0, [at(0.0, 0.0)]
    for i, gap in enumerate(gaps):
        clock += gap
        path.append(at(0.1 * (i + 1), 0.0, time=clock))
    context = Context(THREE, label=1, radius=radius, rng=np.random.default_rng(seed))
    commit = stroke(tool, context, *path)[-1][-1]
    assert isinstance(commit, Commit)
    new = commit.edit.points  # type: ignore[union-attr]
    assert abs(len(new) - 1 - tool.rate * clock) <= 1.0
    assert near_segment(new.xy, np.zeros(2), path[-1].xy, radius + 1e-9).all()
    assert len(apply(edit_of(commit), THREE)[0].points) == len(THREE.points) + len(new)


def test_a_stall_does_not_pour_out_points() -> None:
    commit = stroke(BrushTool(), Context(THREE), at(0.0, 0.0), at(0.0, 0.0, time=60.0))[-1][-1]
    assert isinstance(commit, Commit)
    assert len(commit.edit.points) <= 5  # type: ignore[union-attr]


@given(places, st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=6), st.floats(0.1, 2.0))
def test_erase_removes_all_that_the_brush_passes_over_in_one_step(
    xy: list[tuple[float, float]], path: list[tuple[float, float]], radius: float
) -> None:
    scene = scene_of(*xy)
    steps = stroke(EraseTool(), Context(scene, radius=radius), *(at(*p) for p in path))
    under = np.zeros(len(xy), dtype=bool)
    for a, b in zip(path, path[1:] or path, strict=False):
        under |= near_segment(scene.points.xy, np.array(a), np.array(b), radius)
    commits = [o for out in steps for o in out if isinstance(o, Commit)]
    assert len(commits) == int(under.any())
    if commits:
        assert isinstance(commits[0].edit, Remove)
        assert sorted(commits[0].edit.ids) == sorted(scene.points.ids[under])


@pytest.mark.parametrize(("label", "text"), [(1, "Relabel 2 points as class 1"), (UNLABELLED, "Unlabel 2 points")])
def test_relabel_paints_the_current_label_onto_those_that_differ(label: int, text: str) -> None:
    context = Context(THREE, label=label, radius=0.3)
    commit = stroke(RelabelTool(), context, at(0.0, 0.0), at(1.0, 0.0))[-1][-1]
    assert isinstance(commit, Commit)
    assert isinstance(commit.edit, Recolumn)
    assert commit.text == text
    assert apply(edit_of(commit), THREE)[0].points.label.tolist() == [label, label, 0]
    again = Context(apply(edit_of(commit), THREE)[0], label=label, radius=0.3)
    assert not any(isinstance(o, Commit) for out in stroke(RelabelTool(), again, at(0.0, 0.0)) for o in out)


@pytest.mark.parametrize("kind", TOOLS.values())
def test_a_cancelled_stroke_leaves_nothing(kind: type[Tool]) -> None:
    tool = kind()
    tool.press(at(0.0, 0.0), Context(THREE, label=1, radius=1.0))
    tool.move(at(1.0, 1.0, time=0.05))
    assert tool.active
    assert Cancel() in tool.cancel()
    assert not tool.active
    assert tool.cancel() == ()
    assert tool.move(at(2.0, 2.0)) == ()
    assert tool.release(at(2.0, 2.0)) == ()


@pytest.mark.parametrize("kind", TOOLS.values())
@given(path=st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_every_preview_applies_to_the_scene_at_the_press(
    kind: type[Tool], path: list[tuple[float, float]], seed: int
) -> None:
    scene = scene_of(*np.random.default_rng(seed).uniform(-4, 4, (20, 2)))
    context = Context(scene, label=1, radius=1.0, selection=scene.points.ids[:5])
    gestures = [at(*p, time=0.03 * i) for i, p in enumerate(path)]
    outcomes = [o for out in stroke(kind(), context, *gestures) for o in out]
    for outcome in outcomes:
        if isinstance(outcome, Preview | Commit):
            after, inverse = apply(edit_of(outcome), scene)
            assert apply(inverse, after)[0].points == scene.points
    assert sum(isinstance(o, Commit) for o in outcomes) <= 1


@pytest.mark.parametrize("kind", TOOLS.values())
def test_hidden_points_cannot_be_touched(kind: type[Tool]) -> None:
    context = Context(THREE, label=1, radius=0.2, visible=np.array([False, True, True]))
    outcomes = [o for out in stroke(kind(), context, at(0.0, 0.0), at(0.1, 0.1)) for o in out]
    touched = [o.edit.ids for o in outcomes if isinstance(o, Commit) and not isinstance(o.edit, Add | SetTargets)]  # type: ignore[union-attr]
    chosen = [o.ids for o in outcomes if isinstance(o, Select)]
    assert 100 not in np.concatenate([*touched, *chosen, np.empty(0)])


def test_cursors_say_what_a_press_would_do() -> None:
    tool = AddTool()
    tool.hover(at(-3.0, 0.0), Context(THREE))
    assert tool.cursor == "cross"
    tool.hover(at(1.0, 0.0), Context(THREE))
    assert tool.cursor == "move"
    assert BrushTool().hover(at(1.0, 2.0), Context(THREE, radius=0.5)) == (Overlay(Circle(1.0, 2.0, 0.5)),)


@given(places, st.tuples(coordinate, coordinate), st.floats(0.01, 3.0))
def test_nearest_agrees_with_looking_at_every_point(
    xy: list[tuple[float, float]], place: tuple[float, float], reach: float
) -> None:
    points, target = np.array(xy), np.array(place)
    distance = np.hypot(*(points - target).T)
    found = nearest(points, target, reach)
    if found is None:
        assert distance.min() > reach * (1 - 1e-9)
    else:
        assert distance[found] == pytest.approx(distance.min())
        assert found == np.flatnonzero(((points - points[found]) ** 2).sum(axis=1) == 0)[-1]  # the one on top


@given(places, st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate))
def test_a_box_and_its_outline_surround_the_same_points(
    xy: list[tuple[float, float]], a: tuple[float, float], b: tuple[float, float]
) -> None:
    points, corner, opposite = np.array(xy), np.array(a), np.array(b)
    edge = np.isin(points[:, 0], [a[0], b[0]]) | np.isin(points[:, 1], [a[1], b[1]])
    outline = np.array([a, (b[0], a[1]), b, (a[0], b[1])])
    np.testing.assert_array_equal(in_box(points, corner, opposite)[~edge], in_polygon(points, outline)[~edge])
