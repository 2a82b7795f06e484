"""Changes followed quickly come to what they come to one by one, and fail where those fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scenario import files, replay
from boundaryviz.scenario.history import Change, RunHistory, taken
from boundaryviz.scenario.replay import Replay
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Edit, Move, Recolumn, Remove, SetTargets, Several, apply
from boundaryviz.scene.scene import Points, Scene, Target
from helpers.busy import soon
from helpers.scenes import bits, edits, scenes

VALUES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {}, {"poison.on": False}, {"poison.on": True}, {"training.learning_rate": 0.5}, {"data": {"n": 20}}]
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Scene, list[tuple[dict, Edit]]]:
    scene = start = draw(scenes())
    changes: list[tuple[dict, Edit]] = []
    for _ in range(draw(st.integers(0, 6))):
        edit = draw(edits(scene))
        changes.append((draw(VALUES), edit))
        scene = apply(edit, scene)[0]
    return start, changes


@given(histories())
def test_turns_followed_quickly_come_to_the_same_bits(history: tuple[Scene, list[tuple[dict, Edit]]]) -> None:
    scene, changes = history
    quick, at = Replay(Scenario(), scene), (Scenario(), scene)
    for values, edit in changes:
        quick.take(values, edit)
        at = taken(Change(0, values, edit), *at)
    scenario, after = quick.end()
    assert scenario == at[0]
    assert bits(after) == bits(at[1])
    assert after.poison_on == at[1].poison_on
    assert bits(quick.end()[1]) == bits(after)


@given(histories(), st.data())
def test_what_cannot_be_done_one_by_one_cannot_be_done_quickly(
    history: tuple[Scene, list[tuple[dict, Edit]]], data: st.DataObject
) -> None:
    scene, changes = history
    quick, at = Replay(Scenario(), scene), (Scenario(), scene)
    for values, edit in changes:
        quick.take(values, edit)
        at = taken(Change(0, values, edit), *at)
    there = [*at[1].points.ids.tolist(), 0]
    one = np.array([data.draw(st.sampled_from([there[0], 77_777]))])
    point = Points.of([[0.0, 0.0]], 0, first_id=int(one[0]))
    far, zero = np.array([[np.nan, 0.0]]), np.array([[0.0, 0.0]])
    mistakes: list[Edit] = [
        Move(one, zero), Move(one, far), Remove(one), Add(point), Add(point, np.array([5_000])),
        Add(point, np.array([-1])), SetTargets((Target(0, 0, 9),)), Recolumn(one, {"label": np.array([10])}),
        Recolumn(one, {"split": np.array([3])}), Recolumn(one, {"origin": np.array([-101])}),
        Recolumn(one, {"muted": np.array([True])}), Several((Remove(one), Remove(one))),
        Several((Remove(one), Add(point), Move(one, np.array([[1.0, 2.0]])))),
    ]  # fmt: skip
    wrong = data.draw(st.sampled_from(mistakes))
    try:
        wanted = bits(taken(Change(0, {}, wrong), *at)[1])
    except (KeyError, ValueError):
        with pytest.raises((KeyError, ValueError)):
            quick.take({}, wrong)
    else:
        quick.take({}, wrong)
        assert bits(quick.end()[1]) == wanted


def dragged(changes: int, points: int) -> str:
    """One point of a scene dragged about."""
    moved = [{"step": k, "moved": {"id": [7], "x": [k / changes], "y": [0.5]}} for k in range(changes)]
    return json.dumps(
        {"data": {"n": points}, "course": {"steps": changes, "start": "drawn", "turns": moved, "ends_here": False}}
    )


@pytest.mark.parametrize(("changes", "points"), [(20_000, 500), (3_000, 100_000)])
def test_a_long_drag_is_followed_soon(changes: int, points: int) -> None:
    with soon():  # before, a copy of the whole scene was made and checked for each turn
        scenario = files.parse(dragged(changes, points), Path("a.bviz"), ".bviz")
        history = RunHistory.read(scenario)
    assert history is not None
    scene = history.last[1]
    assert scene.points.xy[scene.points.positions(7)].tolist() == [[(changes - 1) / changes, 0.5]]


def test_points_put_between_others_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "WORK", 10_000)
    scene = Scenario().scene()
    quick = Replay(Scenario(), scene)
    new = Points.of([[0.0, 0.0]], first_id=10**6)
    between = Several((Add(new, np.array([3])), Remove(new.ids)) * 100)
    with pytest.raises(ValueError, match="put between others too often"):
        quick.take({}, between)
    quick = Replay(Scenario(), scene)
    for _ in range(100):  # at the end they cost nothing
        quick.take({}, Several((Add(new), Remove(new.ids))))
    assert bits(quick.end()[1]) == bits(scene)
