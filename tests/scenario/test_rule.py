"""The rule of a scenario: what it labels, what files say of it, and what follows from changing it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.record import timeline_file
from boundaryviz.record.pins import PinnedSnapshot, differences
from boundaryviz.scenario import gallery
from boundaryviz.scenario.files import read, write
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Add, Edit, Move, apply, relabel
from boundaryviz.scene.own_points import OwnPoints, layered, taken_up
from boundaryviz.scene.rules import parse
from boundaryviz.scene.scene import Points, Scene, Split
from boundaryviz.studies.tasks import content_key
from helpers.snapshots import snapshot

RULE = "y > sin(3 x)"
THREE = "(x > 0) + (y > 0)"


def ruled(rule: str = RULE, **data: Any) -> Scenario:
    """Moons, or other data, labelled by a rule."""
    values: dict[str, Any] = {f"data.{name}": value for name, value in data.items()}
    return Scenario().with_values({"rule": rule, "data.labels": "rule", **values})


def agree(scene: Scene, rule: str = RULE) -> np.ndarray:
    """Which points (N,) have the label that the rule says."""
    found: np.ndarray = parse(rule).classes_at(scene.points.xy) == scene.points.label
    return found


# ---- labels


@pytest.mark.parametrize(("rule", "classes"), [(RULE, 2), (THREE, 3), ("log(x) < 0", 2), ("where(x > 1, 7, 0)", 8)])
@pytest.mark.parametrize("name", ["moons", "blobs"])
def test_every_point_of_a_data_set_gets_the_label_that_the_rule_says(name: str, rule: str, classes: int) -> None:
    scene = ruled(rule, name=name).scene()
    assert agree(scene, rule).all()
    assert scene.classes == classes
    assert scene.class_names == ()
    assert np.array_equal(scene.points.xy, build(DataSpec(name=name)).points.xy), "the same places"


def test_label_noise_acts_on_top_and_the_test_set_stays_the_rules() -> None:
    points = ruled(label_noise=0.2, n=400).scene().points
    right = agree(replace(ruled().scene(), points=points))
    held_out = points.split == Split.TEST
    assert right[held_out].all()
    assert (~right[~held_out]).sum() == round(0.2 * (~held_out).sum())


def test_points_of_which_the_rule_says_nothing_stay_without_a_label_under_noise() -> None:
    points = ruled("log(x) < 0", label_noise=1.0).scene().points
    nothing = points.xy[:, 0] <= 0
    assert nothing.any()
    assert (points.label[nothing] == -1).all()
    assert (points.label[~nothing] >= 0).all()


def test_labels_of_the_data_are_as_ever_beside_a_rule() -> None:
    assert Scenario().with_values({"rule": RULE}).scene() == Scenario().scene()


def test_labels_by_a_rule_need_one() -> None:
    with pytest.raises(ScenarioError, match=r"data\.labels: there is no rule to label by; write one"):
        Scenario().with_values({"data.labels": "rule"})
    with pytest.raises(ScenarioError, match="there is no rule to label by"):
        ruled().with_values({"rule": None})
    with pytest.raises(ScenarioError, match="there is no rule to label by"):
        Scenario.parse({"data": {"labels": "rule"}})
    with pytest.raises(ValueError, match="there is no rule to label by"):
        build(DataSpec(labels="rule"))
    with pytest.raises(ScenarioError, match=r"rule: column 5: there is no z"):
        Scenario().with_values({"rule": "y > z"})
    assert Scenario().with_values({"rule": "  "}).rule is None


# ---- points of one's own


def own(n: int = 40, classes: int = 3) -> OwnPoints:
    """Points that came with labels of three classes, some of them poison, and one muted."""
    rng = np.random.default_rng(7)
    points = Points.of(rng.normal(size=(n, 2)), rng.integers(0, classes, n), rng.integers(0, 3, n))
    points = points.with_columns(origin=np.arange(n) < 3, muted=np.arange(n) == 5)
    return OwnPoints(replace(build(DataSpec(n=10)), points=points, classes=classes, class_names=("a", "b", "c")))


def test_points_of_ones_own_get_them_too_but_for_poison_and_muted_ones() -> None:
    points, spec = own(), DataSpec(name="points", n="all", labels="rule")
    scene = layered(spec, points, parse(RULE))
    theirs = points.scene.points
    aside = theirs.is_poison | theirs.muted
    assert agree(scene)[~aside].all()
    assert np.array_equal(scene.points.label[aside], theirs.label[aside])
    assert scene.class_names == ()
    assert layered(spec.model_copy(update={"labels": "given"}), points, parse(RULE)) == points.scene


@given(st.integers(0, 9), st.sampled_from(["move", "relabel", "add"]), st.sampled_from(["all", 2]))
def test_what_is_done_by_hand_stays_whatever_the_rule_says_there(at: int, what: str, budget: Any) -> None:
    points = own()
    spec, rule = DataSpec(name="points", n="all", labels="rule", labels_per_class=budget), parse(RULE)
    scene = layered(spec, points, rule)
    ids = scene.points.ids[10 + at : 11 + at]
    new = Points.of([[0.0, 2.0]], 0, first_id=scene.points.next_id)
    edits: dict[str, Edit] = {
        "move": Move(ids, np.array([[0.5, -2.0 + 4 * (at % 2)]])),
        "relabel": relabel(ids, 1 - max(0, int(scene.points.label[10 + at]) % 2)),
        "add": Add(new),
    }
    edited = apply(edits[what], scene)[0]
    after = taken_up(spec, points, edited, rule)
    again = layered(spec.model_copy(update={"labels_per_class": "all"}), after, rule).points
    touched = new.ids if what == "add" else ids
    was, now = edited.points, again
    if what == "move" and budget != "all":  # its label may have been hidden; it is the one the rule said of it before
        was = layered(spec.model_copy(update={"labels_per_class": "all"}), points, rule).points
    assert now.label[now.positions(touched)] == was.label[was.positions(touched)]
    given_ = layered(spec.model_copy(update={"labels": "given", "labels_per_class": "all"}), after).points
    others = np.isin(given_.ids, touched, invert=True)
    assert np.array_equal(
        given_.label[others], points.scene.points.take(~np.isin(points.scene.points.ids, touched)).label
    )


def test_what_nobody_touched_is_taken_up_as_it_is() -> None:
    points, spec, rule = own(), DataSpec(name="points", n="all", labels="rule"), parse("where(x > 0, 9, 0)")
    assert taken_up(spec, points, layered(spec, points, rule), rule) is points


# ---- settings, files, histories


def test_another_rule_draws_the_labels_anew_and_only_where_it_says_them() -> None:
    edited = ruled().with_scene(apply(Move(np.array([0]), np.array([[0.0, 0.0]])), ruled().scene())[0])
    assert edited.with_values({"rule": "x > 0"}).plane is None
    assert agree(edited.with_values({"rule": "x > 0"}).scene(), "x > 0").all()
    beside = edited.with_values({"data.labels": "given"}).with_scene(edited.scene())
    assert beside.with_values({"rule": "x > 0"}).plane == beside.plane, "it stands beside the model and changes nothing"


@pytest.mark.parametrize("suffix", [".bviz", ".toml"])
def test_files_hold_the_rule_as_it_was_written_under_version_five(suffix: str, tmp_path: Path) -> None:
    rule = "r = hypot(x, y)  # from the middle\nr < 1 and y > 0"
    for scenario in (ruled(rule), Scenario().with_values({"rule": rule})):
        write(tmp_path / f"a{suffix}", scenario)
        assert scenario.written()["version"] == 5
        assert read(tmp_path / f"a{suffix}") == scenario


def test_what_needs_no_rule_is_written_for_older_programs() -> None:
    written = Scenario().written()
    assert written["version"] == 2
    assert "rule" not in written
    assert "labels" not in written["data"]
    assert Scenario.parse(Scenario().written() | {"version": 4}) == Scenario()


def test_the_history_of_a_run_holds_the_rule_that_labelled_its_data() -> None:
    first = ruled(n=50)
    history = RunHistory.of(first, first.scene(), drawn=True)
    then = first.with_values({"rule": "x > 0"})
    history = history.then(10, then, then.scene()).come_to(20)
    written = history.written(then, then.scene())
    assert written.written()["version"] == 5
    found = RunHistory.read(Scenario.parse(written.written()))
    assert found is not None
    assert found.scenario.rule == RULE
    assert agree(found.scene).all()
    assert agree(found.last[1], "x > 0").all()
    assert first.drawn_by != then.drawn_by
    beside = [one.with_values({"data.labels": "given"}) for one in (first, then)]
    assert beside[0].drawn_by == beside[1].drawn_by


def test_what_was_kept_by_older_programs_is_found_by_its_key() -> None:
    """Those that the last program without rules gave these."""
    default = Scenario()
    assert timeline_file.key(default) == "b303d3cca92fabf58edd2f9f924f049950a76747c2236a4c48ded3101a37e143"
    assert content_key("metrics", default) == "4a71e1f1448d6e9299831477f8acb84bd6ba34560bd1936f590d253def73fbe2"


def test_other_rules_have_other_keys_and_pins_say_which() -> None:
    several = [ruled(), ruled("x > 0"), Scenario().with_values({"rule": RULE}), Scenario()]
    for key in (timeline_file.key, partial(content_key, "metrics")):
        assert len({key(one) for one in several}) == 4
    assert gallery.key_of(several[2]) == gallery.key_of(several[3]), "a picture shows the model alone"
    assert len({gallery.key_of(one) for one in several}) == 3
    pins = [PinnedSnapshot("", replace(snapshot(), scenario=one)) for one in several[:2]]
    assert differences(pins) == (f"rule {RULE}", "rule x > 0")


def test_a_number_is_the_rule_of_one_class():
    assert Scenario().with_values({"rule": 1}).rule == Scenario.parse({"rule": 1}).rule == "1"
    with pytest.raises(ScenarioError, match="rule: must be text"):
        Scenario().with_values({"rule": True})
