"""A scenario's attack: its paths, what a change lays anew, and files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from boundaryviz.attacks.specs import BridgeSpec, CopiesSpec
from boundaryviz.scenario import gallery
from boundaryviz.scenario.files import dumps, read, write
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.edits import Add, Move, SetGroups, SetTargets, apply, mute
from boundaryviz.scene.scene import Group, Points, Target

MOONS = {"data.n": 100, "data.labels_per_class": 3, "poison.target": [0.0, 0.5]}


def planted(scenario: Scenario) -> Points:
    points = scenario.scene().points
    return points.take(points.is_poison)


@pytest.mark.parametrize("name", gallery.names())
def test_every_scenario_answers_to_count_and_seed(name: str) -> None:
    changed = gallery.load(name).with_values({"poison.count": 7, "poison.seed": 3})
    assert (changed.poison.count, changed.poison.seed) == (7, 3)


def test_a_count_lays_a_bridge_and_a_change_of_data_lays_it_on_the_new_points() -> None:
    scenario = Scenario().with_values(MOONS | {"poison.count": 5})
    assert len(planted(scenario)) == 5
    again = scenario.with_values({"data.seed": 1})
    assert len(planted(again)) == 5
    assert not np.array_equal(planted(again).xy, planted(scenario).xy)
    assert len(scenario.scene().targets) == 1


def test_another_attack_keeps_what_all_attacks_share() -> None:
    scenario = Scenario().with_values(MOONS | {"poison.count": 5, "poison.seed": 9, "poison.profile": "uniform"})
    other = scenario.with_values({"poison.attack": "copies", "poison.labelled": False})
    assert isinstance(other.poison, CopiesSpec)
    assert (other.poison.count, other.poison.seed, other.poison.target) == (5, 9, (0.0, 0.5))
    assert (planted(other).label == -1).all()
    assert isinstance(other.with_values({"poison.attack": "bridge"}).poison, BridgeSpec)


def test_on_points_written_out_only_the_attack_s_own_group_is_laid_anew() -> None:
    """What was edited by hand stays: other points, other groups, pins of one's own."""
    scenario = Scenario().with_values(MOONS | {"poison.count": 4})
    scene = scenario.scene()
    first = scene.points.ids[:1]
    for edit in (
        Add(Points.of([[0.3, 0.3]], -1, origin=2, first_id=scene.points.next_id)),
        Move(first, np.array([[0.1, 0.9]])),
        SetTargets((*scene.targets, Target(1.0, 1.0, 1))),
    ):
        scene, _ = apply(edit, scene)
    edited = scenario.with_scene(scene).with_values({"poison.count": 9, "poison.curvature": 0.2})
    after = edited.scene()
    assert [int((after.points.origin == k).sum()) for k in (1, 2)] == [9, 1]
    assert after.points.xy[after.points.positions(first)].tolist() == [[0.1, 0.9]]
    assert {(t.x, t.group) for t in after.targets} == {(1.0, 0), (scenario.scene().targets[0].x, 1)}


def test_switching_poison_off_and_on_moves_nothing() -> None:
    scenario = Scenario().with_values(MOONS | {"poison.count": 4})
    off = scenario.with_values({"poison.on": False})
    assert off.scene().points == scenario.scene().points
    assert not off.scene().poison_on
    written = scenario.with_scene(scenario.scene()).with_values({"poison.on": False})
    assert not written.scene().poison_on
    assert written.scene().points == scenario.scene().points


def test_a_file_keeps_groups_muted_points_and_pins(tmp_path: Path) -> None:
    scenario = Scenario().with_values(MOONS | {"poison.count": 4})
    scene = scenario.scene()
    for edit in (
        mute(scene.points.ids[-1:], True),
        SetGroups((Group("mine", on=False, target_class=1), Group("yours"))),
        SetTargets((Target(0.5, 0.5, 1), *scene.targets)),
    ):
        scene, _ = apply(edit, scene)
    write(tmp_path / "a.bviz", scenario.with_scene(scene))
    assert read(tmp_path / "a.bviz").scene() == scene


def test_a_file_from_before_poison_had_groups_still_opens(tmp_path: Path) -> None:
    """Columns without `muted`, pins of three numbers, no groups and no attack."""
    (tmp_path / "old.bviz").write_text(
        '{"version": 1, "data": {"name": "points"}, "plane": {"points": {"id": [0, 1], "x": [0, 1], "y": [0, 1],'
        ' "label": [0, -1], "split": [0, 0], "origin": [0, 1]}, "domain": [-1, 2, -1, 2], "targets": [[0, 1, 1]]}}'
    )
    scene = read(tmp_path / "old.bviz").scene()
    assert scene.points.is_poison.tolist() == [False, True]
    assert scene.targets == (Target(0, 1, 1),)
    assert scene.acting == {1}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"poison.attack": "magic"}, "unknown attack 'magic'"),
        ({"poison.count": -1}, "poison.count: must be at least 0"),
        ({"poison.count": 100_001}, "poison.count: must be at most 100000"),
        ({"poison.profile": "steep"}, "poison.profile: must be"),
        ({"poison.curve": 1}, "did you mean poison.curvature"),
        ({"poison.target": [1]}, "poison.target"),
    ],
)
def test_bad_values_are_named_with_their_path(values: dict, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        Scenario().with_values(values)


def test_a_file_with_a_bad_attack_says_so(tmp_path: Path) -> None:
    text = dumps(Scenario()).replace('"attack": "bridge"', '"attack": "magic"')
    (tmp_path / "a.bviz").write_text(text)
    with pytest.raises(ScenarioError, match=r"poison: unknown .*attack.*bridge"):
        read(tmp_path / "a.bviz")
