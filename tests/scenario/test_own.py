"""Points of one's own as data of a scenario: settings, attack, files and history."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from boundaryviz.attacks.specs import BridgeSpec
from boundaryviz.scenario import files
from boundaryviz.scenario.files import dumps, parse
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.plane import PlaneSpec
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.edits import Add, Move, Recolumn, Remove, apply
from boundaryviz.scene.scene import UNLABELLED, Points, Scene
from boundaryviz.tables.tables import read_table
from helpers.lifted import lifted
from helpers.scenes import bits, scenes


def blobs(n: int = 40) -> Scenario:
    """Two clouds of n points each, of a table without splits."""
    rng = np.random.default_rng(0)
    rows = [
        f"{x:.3f},{y:.3f},{name}"
        for k, name in enumerate(("cat", "dog"))
        for x, y in rng.normal((4.0 * k, 0.0), 1.0, (n, 2))
    ]
    return of_table("x,y,label\n" + "\n".join(rows))


def of_table(text: str) -> Scenario:
    """A scenario of a table."""
    return Scenario.from_table(read_table(text), "own")


def reread(scenario: Scenario) -> Scenario:
    """What a file of it holds."""
    return parse(dumps(scenario), Path("own.bviz"), ".bviz")


def held(scenario: Scenario) -> list[int]:
    """How many labelled training points each class has, poison apart."""
    points = scenario.scene().points
    return np.bincount(points.label[points.is_train & ~points.is_poison & points.is_labelled], minlength=2).tolist()


@given(scenes())
@settings(max_examples=30)
def test_points_become_data_to_the_bit(scene: Scene) -> None:
    old = Scenario(data=DataSpec(name="points")).with_scene(scene)
    assert bits(old.with_own().scene()) == bits(scene)
    assert bits(
        old.with_values({"data.labels_per_class": 0}).with_values({"data.labels_per_class": "all"}).scene()
    ) == (bits(scene))
    assert old.with_own().with_own() == old.with_own()


def test_a_table_is_data_from_the_first_step() -> None:
    scenario = blobs()
    assert scenario.plane is None
    assert (scenario.data.name, scenario.data.n) == ("points", "all")
    assert held(scenario) == [20, 20]
    few = scenario.with_values({"data.labels_per_class": 5})
    assert held(few) == [5, 5]
    assert bits(few.with_values({"data.labels_per_class": "all"}).scene()) == bits(scenario.scene())
    assert held(scenario.with_values({"data.n": 10})) == [5, 5]
    assert few.with_values({"data.seed": 1}).scene() != few.scene()


def test_an_attack_is_placed_on_it_and_follows_the_data() -> None:
    scenario = blobs().with_values({"data.labels_per_class": 5, "poison.count": 6})
    assert scenario.plane is None
    assert scenario.scene().points.is_poison.sum() == 6
    other = scenario.with_values({"data.seed": 3})
    assert other.scene().points.is_poison.sum() == 6
    assert held(other) == [5, 5]
    assert len(other.scene().targets) == 1
    assert scenario.with_values({"poison.count": 0}).scene().points.is_poison.sum() == 0


def test_poison_and_pins_placed_by_hand_stay_where_the_data_change() -> None:
    scenario = blobs().with_values({"poison.count": 4, "poison.target": (2.0, 0.0), "poison.snap": False})
    scene = scenario.scene()
    scene, _ = apply(Add(Points.of([(1.0, 1.0)], 0, origin=2, first_id=scene.points.next_id)), scene)
    after = scenario.with_scene(scene).with_values({"data.labels_per_class": 3}).scene()
    assert np.bincount(after.points.origin).tolist() == [80, 4, 1]
    assert (after.points.xy[after.points.origin == 2] == 1.0).all()
    assert after.targets == scene.targets


def test_poison_of_a_table_stays_beside_none_and_gives_way_to_the_attack_of_its_group() -> None:
    text = "x,y,label,origin\n" + "".join(f"{k},{k % 3},{k % 2},clean\n" for k in range(30)) + "5,5,1,poison\n"
    scenario = of_table(text)
    assert scenario.with_values({"data.labels_per_class": 2}).scene().points.is_poison.sum() == 1
    attacked = {"poison.count": 3}
    in_place = scenario.with_scene(scenario.scene()).with_values(attacked).scene().points
    assert scenario.with_values(attacked).scene().points.is_poison.sum() == in_place.is_poison.sum() == 3


def test_edits_survive_and_what_was_hidden_comes_back() -> None:
    scenario = blobs().with_values({"data.labels_per_class": 2})
    scene = scenario.scene()
    train = scene.points.ids[scene.points.is_train & (scene.points.label == UNLABELLED)]
    moved, gone = train[:2], train[2:3]
    scene, _ = apply(Move(moved, np.full((2, 2), 9.0)), scene)
    scene, _ = apply(Remove(gone), scene)
    edited = scenario.with_scene(scene).with_values({"data.labels_per_class": "all"})
    points, before = edited.scene().points, blobs().scene().points
    assert (points.xy[points.positions(moved)] == 9.0).all()
    assert gone[0] not in points.ids
    rest = np.setdiff1d(points.ids, moved)
    assert (points.label[points.positions(rest)] == before.label[before.positions(rest)]).all()
    assert (points.label[points.positions(moved)] == before.label[before.positions(moved)]).all()


def test_shares_ask_for_other_splits_and_splits_can_be_had_back() -> None:
    rows = "".join(f"{k},{k % 7},{k % 2},{'test' if k > 25 else 'train'}\n" for k in range(30))
    scenario = of_table("x,y,label,split\n" + rows)
    count = lambda one: np.bincount(one.scene().points.split, minlength=3).tolist()  # noqa: E731
    assert count(scenario) == [26, 0, 4]
    asked = scenario.with_values({"data.validation": 0.1, "data.test": 0.4})
    assert (count(asked), asked.data.splits) == ([15, 3, 12], "drawn")
    assert count(asked.with_values({"data.splits": "given"})) == [26, 0, 4]
    assert count(scenario.with_values({"data.test": 0.4, "data.splits": "given"})) == [26, 0, 4]


@pytest.mark.parametrize("suffix", [".bviz", ".toml"])
def test_a_file_holds_the_points_as_they_came(tmp_path: Path, suffix: str) -> None:
    scenario = blobs().with_values({"data.labels_per_class": 2, "data.n": 12, "poison.count": 3})
    scene = scenario.scene()
    edited = scenario.with_scene(apply(Remove(scene.points.ids[:2]), scene)[0])
    for number, one in enumerate((scenario, edited)):
        path = tmp_path / f"{number}{suffix}"
        files.write(path, one)
        found = files.read(path)
        assert found == one
        assert found.own is not None
        assert found.own.source is not None
        assert found.own.source.kept == 80
        assert found.scene() == one.scene()
        assert found.with_values({"data.n": "all"}).scene() == one.with_values({"data.n": "all"}).scene()


def test_only_what_holds_points_of_ones_own_as_data_is_of_version_4() -> None:
    values = json.loads(dumps(blobs()))
    assert (values["version"], values["data"]["splits"]) == (4, "given")
    plain = json.loads(dumps(Scenario(data=DataSpec(name="points")).with_scene(replace(blobs().scene(), measure=None))))
    assert plain["version"] == 2
    assert "own" not in plain
    assert "splits" not in plain["data"]
    wide = Scenario.from_arrays(np.arange(12.0).reshape(4, 3), [0, 1, 0, 1])
    assert json.loads(dumps(wide))["version"] == 4
    assert bits(reread(wide).scene()) == bits(wide.scene())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data": {"name": "moons"}}, r"own: points of one's own are data named 'points', not 'moons'"),
        ({"own": {}}, r"own\.plane: is missing"),
        ({"own": {"plane": {"domain": [0, 1, 0, 1]}}}, r"own\.plane\.points: is missing"),
        ({"data": {"name": "points", "splits": "some"}}, r"data\.splits: must be 'given' or 'drawn'"),
    ],
)
def test_what_is_wrong_with_points_of_ones_own_is_said(change: dict, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        Scenario.parse(json.loads(dumps(blobs())) | change)


def test_points_too_far_out_are_refused_although_a_sample_leaves_them_out() -> None:
    values = json.loads(dumps(blobs().with_values({"data.n": 10})))
    values["own"]["plane"]["points"]["x"][3] = 1e300
    with pytest.raises(ScenarioError, match="own: a coordinate of 1e"):
        Scenario.parse(values)
    values["own"]["plane"]["points"]["x"].pop()
    with pytest.raises(ScenarioError, match="own: the columns of points must have one length"):
        Scenario.parse(values)


def test_a_history_leads_through_changes_of_the_data_and_edits_between_them() -> None:
    one = blobs()
    history = RunHistory.of(one, one.scene(), drawn=True)
    few = one.with_values({"data.labels_per_class": 2})
    history = history.then(10, few, few.scene())
    scene, _ = apply(Remove(np.array([0, 1])), few.scene())
    history = history.then(20, few, scene)
    more = few.with_scene(scene).with_values({"data.labels_per_class": 4})
    history = history.then(30, more, more.scene())
    assert [set(change.values) for change in history.changes] == [
        {"data.labels_per_class"}, set(), {"own", "data.labels_per_class"}
    ]  # fmt: skip
    written = history.written(more, more.scene())
    for suffix in (".bviz", ".toml"):
        assert parse(files.sealed(written, suffix).decode(), Path("a"), suffix) == written
    back = RunHistory.read(reread(written))
    assert back is not None
    for changes in range(4):
        scenario, scene = back.at(changes)
        there, same = history.at(changes)
        assert bits(scene) == bits(same)
        assert scenario.data == there.data
        assert scenario.own == there.own
    assert bits(back.at(1)[0].with_values({"data.labels_per_class": "all"}).scene()) == bits(one.scene())


def test_a_history_with_points_that_are_none_is_refused() -> None:
    one = blobs()
    values = json.loads(
        dumps(RunHistory.of(one, one.scene()).then(5, Scenario(), Scenario().scene()).written(one, one.scene()))
    )
    values["course"]["turns"].append({"step": 9, "values": {"own": {"plane": {"domain": [0, 1, 0, 1]}}}})
    with pytest.raises(ScenarioError, match=r"course\.turns\.1\.values\.plane\.points: is missing"):
        Scenario.parse(values)


def test_a_history_from_points_of_ones_own_to_a_data_set_is_followed() -> None:
    one, other = blobs(), Scenario()
    history = RunHistory.of(one, one.scene(), drawn=True).then(5, other, other.scene())
    values = json.loads(dumps(history.written(other, other.scene())))
    assert values["version"] == 4
    back = RunHistory.read(Scenario.parse(values))
    assert back is not None
    assert back.scenario.own == one.own
    assert back.at(1)[0].own is None
    assert bits(back.at(0)[1]) == bits(one.scene())


def test_settings_alone_hold_no_points() -> None:
    edited = blobs().with_scene(blobs().scene())
    assert (edited.settings().own, edited.settings().plane) == (None, None)
    assert edited.bare().own is edited.own


def test_inputs_beside_the_plane_are_pushed_along_it() -> None:
    scene = lifted(5, n=20)
    scenario = Scenario(data=DataSpec(name="points")).with_scene(scene).with_values({"data.jitter": 0.1})
    points = scenario.scene().points
    assert scene.section is not None
    assert points.inputs is not None
    moved = scene.section.shadow(points.inputs) - points.xy
    np.testing.assert_allclose(moved, scene.section.shadow(scene.points.x) - scene.points.xy, atol=1e-9)
    assert np.abs(points.xy - scene.points.xy).max() > 0.01


def test_a_label_given_by_hand_beside_a_budget_is_kept_in_the_file() -> None:
    scenario = blobs().with_values({"data.labels_per_class": 1})
    scene = scenario.scene()
    bare = scene.points.ids[scene.points.is_train & (scene.points.label == UNLABELLED)][:1]
    scene, _ = apply(Recolumn(bare, {"label": np.array([1])}), scene)
    noisy = reread(scenario.with_scene(scene).with_values({"data.jitter": 0.01}))
    assert noisy.own is not None
    assert noisy.own.labels_by_hand == tuple(bare.tolist())
    points = noisy.scene().points
    assert points.label[points.positions(bare)].tolist() == [1]


def test_poison_switched_off_stays_off() -> None:
    scenario = blobs().with_values({"poison.count": 3, "poison.on": False})
    assert not scenario.scene().poison_on
    assert scenario.with_values({"data.labels_per_class": 2}).poison == BridgeSpec(count=3, on=False)
    silent = replace(scenario.scene(), poison_on=True)
    assert PlaneSpec.of(silent) == PlaneSpec.of(scenario.scene())


def test_a_table_has_the_splits_of_its_scenario() -> None:
    rows = "".join(f"{i},{i % 7},{i % 3},{'poison' if i % 10 == 0 else 'clean'}\n" for i in range(90))
    table = read_table("x,y,label,origin\n" + rows)
    scene = Scenario.from_table(table, "own").scene()
    assert table.scene.points.split.tolist() == scene.points.split.tolist()
    assert len(set(scene.points.split.tolist())) == 3


def test_a_table_is_shown_in_a_line_and_names_its_scenario(tmp_path: Path) -> None:
    path = tmp_path / "my points.csv"
    path.write_text("x,y,label\n" + "1,2,0\n3,4,1\n" * 200 + "5,NA,1\n")
    table = read_table(path)
    assert Scenario.from_table(table).name == "my points"
    assert repr(table).startswith("Table(my points.csv: ")
    assert "400 points, 2 classes, 1 row left out" in repr(table)
    for one in (table, table.understanding, table.understanding.sheet):
        assert len(repr(one)) < 200
