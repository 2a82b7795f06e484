"""Points, domain and scene hold what they promise and refuse what they cannot hold."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.scene import Domain, Group, Points, Scene, Split, Target
from helpers.scenes import PLANE, points, scenes

COLUMNS = ("ids", "xy", "label", "split", "origin", "muted")


def three() -> Points:
    return Points.of([[0, 0], [1, 0], [0, 1]], [0, 1, -1])


def test_scalars_fill_a_column() -> None:
    p = Points.of([[0, 0], [1, 2]], label=1, split=Split.TEST, first_id=7)
    assert p.ids.tolist() == [7, 8]
    assert p.label.tolist() == [1, 1]
    assert p.split.tolist() == [2, 2]
    assert p.next_id == 9


def test_no_points_are_points() -> None:
    p = Points.of([])
    assert len(p) == 0
    assert p.next_id == 0
    assert len(three().take([])) == 0
    assert Scene(p, PLANE).points == p


@pytest.mark.parametrize("column", COLUMNS)
def test_columns_are_read_only(column: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(three(), column)[0] = 0


def test_the_givers_arrays_are_not_shared_while_they_can_change() -> None:
    xy, label = np.zeros((2, 2)), np.zeros(2, dtype=np.int16)
    view, small = label.view(), np.zeros(2, dtype=np.int8)
    view.flags.writeable = False
    given_outright = Points.of(xy, label)
    given_as_view = Points(np.arange(2), xy, view, small, small)
    xy[:], label[:] = 9.0, 1
    assert not given_outright.xy.any()
    assert not given_outright.label.any()
    assert not given_as_view.label.any()


def test_unchanged_columns_are_shared() -> None:
    p = three()
    moved = p.with_columns(xy=p.xy + 1)
    assert all(getattr(moved, name) is getattr(p, name) for name in COLUMNS if name != "xy")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ids": [0, 1, 1]}, "unique"),
        ({"ids": [1, 0, 1]}, "unique"),
        ({"ids": [0, 1, 2**70]}, "too large"),
        ({"xy": [[0, 0], [1, 0], [0, np.nan]]}, "finite"),
        ({"xy": [[0, 0], [1, 0], [0, np.inf]]}, "finite"),
        ({"xy": [[0, 0], [1, 0]]}, "shapes"),
        ({"label": [0, 1]}, "shapes"),
        ({"label": [0, 1, -2]}, "labels must lie"),
        ({"label": [0, 1, 50]}, "labels must lie"),
        ({"label": [0, 1, 65536]}, "whole numbers"),
        ({"label": [0, 1, 0.5]}, "whole numbers"),
        ({"label": [0, 1, np.nan]}, "whole numbers"),
        ({"split": [0, 1, 3]}, "split"),
        ({"origin": [0, 1, 101]}, "origin"),
        ({"origin": [0, 1, -101]}, "origin"),
    ],
)
def test_impossible_columns_are_refused(changes: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        three().with_columns(**changes)


@given(points(least=1))
def test_positions_find_every_id_in_the_order_asked(p: Points) -> None:
    order = np.random.default_rng(0).permutation(len(p))
    assert p.positions(p.ids[order]).tolist() == order.tolist()
    with pytest.raises(KeyError, match="no point with id"):
        p.positions([int(p.ids[0]), p.next_id])


@given(scenes())
def test_a_scene_survives_the_way_to_another_process(scene: Scene) -> None:
    arrived = pickle.loads(pickle.dumps(scene))
    assert arrived == scene
    assert not any(getattr(arrived.points, name).flags.writeable for name in COLUMNS)


def test_equality_looks_at_every_column() -> None:
    p = three()
    assert p == three()
    others: dict[str, Any] = {"ids": [3, 4, 5], "xy": p.xy + 1, "muted": [True] * 3}
    others |= {name: [1, 1, 1] for name in ("label", "split", "origin")}
    assert all(p != p.with_columns(**{name: column}) for name, column in others.items())


def test_a_new_label_makes_a_new_class() -> None:
    scene = Scene(three(), PLANE, 2, ("cat", "dog"))
    grown = scene.with_points(scene.points.with_columns(label=[0, 1, 4]))
    assert grown.classes == 5
    assert [grown.class_name(k) for k in (-1, 0, 4)] == ["unlabelled", "cat", "class 4"]


def test_impossible_scenes_are_refused() -> None:
    with pytest.raises(ValueError, match="2 to 50 classes"):
        Scene(three(), PLANE, 51)
    with pytest.raises(ValueError, match=r"outside 0\.\.1"):
        Scene(three().with_columns(label=[0, 1, 2]), PLANE)
    with pytest.raises(ValueError, match="wants a class"):
        Scene(three(), PLANE, targets=(Target(0, 0, 2),))
    with pytest.raises(ValueError, match="finite place"):
        Target(np.inf, 0, 0)
    with pytest.raises(ValueError, match="left < right"):
        Domain(1, 1, 0, 1)
    with pytest.raises(ValueError, match="finite"):
        Domain(0, np.inf, 0, 1)


def test_a_grid_holds_the_centres_of_its_cells_from_the_bottom_left() -> None:
    grid = Domain(0, 4, 10, 12).grid(columns=4, rows=2)
    assert grid.tolist() == [[x, y] for y in (10.5, 11.5) for x in (0.5, 1.5, 2.5, 3.5)]


@given(st.integers(1, 9), st.integers(1, 9), st.floats(-50, 50), st.floats(0.1, 50))
def test_every_cell_of_a_grid_is_found_again_by_its_centre(columns: int, rows: int, left: float, size: float) -> None:
    box = Domain(left, left + size, -left, -left + 2 * size)
    row, column, inside = box.cells(box.grid(columns, rows), columns, rows)
    assert (row * columns + column).tolist() == list(range(rows * columns))
    assert inside.all()


def test_places_outside_a_domain_have_the_nearest_cell_and_are_said_to_be_outside() -> None:
    places = np.array([[0.0, 10.0], [3.999, 11.999], [-0.001, 11.5], [4.0, 10.5], [2.5, 12.0], [1e9, -1e9]])
    row, column, inside = Domain(0, 4, 10, 12).cells(places, columns=4, rows=2)
    assert list(zip(row.tolist(), column.tolist(), strict=True)) == [(0, 0), (1, 3), (1, 0), (0, 3), (1, 2), (0, 3)]
    assert inside.tolist() == [True, True, False, False, False, False]


@given(points())
def test_a_domain_around_points_holds_them_all(p: Points) -> None:
    box = Domain.around(p.xy)
    assert ((p.xy >= [box.left, box.bottom]) & (p.xy <= [box.right, box.top])).all()


@given(st.floats(-1e300, 1e300))
def test_a_domain_around_one_place_has_a_size(value: float) -> None:
    box = Domain.around(np.array([[value, value], [value, value]]))
    assert box.left < value < box.right


def test_what_is_seen_follows_groups_the_switch_and_muting() -> None:
    """Poison acts while its group does, and withdraws clean points meanwhile; a muted point is seen by nobody."""
    points = Points.of(np.zeros((5, 2)), 0, origin=[0, 1, 2, -2, 0]).with_columns(muted=[0, 0, 0, 0, 1])
    scene = Scene(points, Domain(-1, 1, -1, 1), groups=(Group("bridge", on=False),))
    assert scene.acting == {2}
    assert scene.seen().tolist() == [True, False, True, False, False]
    assert scene.seen(frozenset()).tolist() == [True, False, False, True, False]
    assert scene.seen(frozenset({1})).tolist() == [True, True, False, True, False]
    assert replace(scene, poison_on=False).seen().tolist() == [True, False, False, True, False]
    assert [scene.group(k).name for k in (1, 2)] == ["bridge", "poison 2"]
