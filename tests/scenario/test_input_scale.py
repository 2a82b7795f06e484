"""`data.input_scale` in documents: where it came from, what it changes, and what is said where it is off."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundaryviz.learners.specs import FAMILIES, MLPSpec
from boundaryviz.scenario.changes import resets
from boundaryviz.scenario.files import dumps, parse, read, write
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scale_advice import scale_advice, scale_note
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.measure import measure_of

FILES = Path(__file__).parents[1] / "data"
STANDARD = Scenario(data=DataSpec(n=20, input_scale="standardised"))


# ---- older files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["version-1.bviz", "courses/mlp.bviz", "courses/mean-teacher.bviz"])
@pytest.mark.parametrize(("was", "now"), [("raw", "as-is"), ("domain", "domain")])
def test_the_scale_of_a_net_becomes_that_of_the_data(name: str, was: str, now: str):
    words = (FILES / name).read_text()
    assert '"input_scale": "raw"' in words
    scenario = parse(words.replace('"input_scale": "raw"', f'"input_scale": "{was}"'), Path("x.bviz"), ".bviz")
    assert scenario.data.input_scale == now
    assert scenario.learner == read(FILES / name).learner


def test_a_file_written_by_hand_may_still_give_it_to_the_net():
    toml = 'title = "t"\n[data]\nn = 30\n[learner]\nname = "fixmatch"\ninput_scale = "domain"\n'
    assert parse(toml, Path("x.toml"), ".toml").data == DataSpec(n=30, input_scale="domain")
    with pytest.raises(ScenarioError, match=r"learner\.input_scale"):
        parse(toml.replace('"domain"', '"wide"'), Path("x.toml"), ".toml")


def test_a_history_that_speaks_of_it_is_followed():
    values = Scenario(data=DataSpec(n=20)).model_dump(mode="json") | {"version": 3}
    values["learner"]["input_scale"] = "raw"
    turn = {"step": 3, "values": {"learner.input_scale": "raw", "training.learning_rate": 0.5}}
    values["course"] = {"steps": 5, "start": "drawn", "values": {"learner.input_scale": "domain"}, "turns": [turn]}
    scenario = parse(json.dumps(values), Path("x.bviz"), ".bviz")
    history = RunHistory.read(scenario)
    assert history is not None
    assert history.scenario.data.input_scale == "domain"
    assert history.changes[0].values == {"data.input_scale": "as-is", "training.learning_rate": 0.5}


@pytest.mark.parametrize(("scale", "version"), [("as-is", 2), ("domain", 4), ("standardised", 4)])
def test_a_file_needs_version_four_only_where_inputs_are_scaled(scale: Any, version: int, tmp_path: Path):
    drawn = Scenario(data=DataSpec(n=20, input_scale=scale))
    for scenario in (drawn, drawn.with_scene(drawn.scene())):
        values = json.loads(dumps(scenario))
        assert values["version"] == version
        assert ("input_scale" in values["data"]) == (version == 4)
        assert "input_scale" not in values["learner"]
        write(tmp_path / "x.bviz", scenario)
        assert read(tmp_path / "x.bviz") == scenario


def test_the_old_name_is_refused_with_the_new_one():
    with pytest.raises(ScenarioError, match=r"learner\.input_scale: .*data\.input_scale=as-is, standardised or domain"):
        Scenario().with_values({"learner.input_scale": "domain"})


# ---- what it changes ------------------------------------------------------------------------------------


def test_changing_it_keeps_points_that_were_edited_and_begins_anew():
    scenario = Scenario(data=DataSpec(n=20))
    scene, _ = apply(Move(scenario.scene().points.ids[:1], np.array([[9.0, 9.0]])), scenario.scene())
    edited = scenario.with_scene(scene)
    for scale in ("standardised", "domain"):
        changed = edited.with_values({"data.input_scale": scale})
        assert changed.scene().points == scene.points
        assert resets(edited, changed)
    own = edited.model_copy(update={"data": DataSpec(name="points")})
    assert own.with_values({"data.input_scale": "domain"}).scene().points == scene.points


def test_the_measure_is_kept_with_points_that_moved(tmp_path: Path):
    scene = STANDARD.scene()
    assert scene.measure == measure_of(scene.points)
    moved, _ = apply(Move(scene.points.ids[:5], np.full((5, 2), 40.0)), scene)
    write(tmp_path / "x.bviz", STANDARD.with_scene(moved))
    found = read(tmp_path / "x.bviz").scene()
    assert found.measure == scene.measure
    assert found.measure != measure_of(found.points)
    assert Scenario(data=DataSpec(n=20)).scene().measure is None


def test_a_measure_of_other_inputs_than_points_have_is_refused():
    values = json.loads(dumps(STANDARD.with_scene(STANDARD.scene())))
    values["plane"]["measure"] = {"centre": [0.0], "unit": [1.0]}
    with pytest.raises(ScenarioError, match="a measure of 1 inputs, and points with 2"):
        Scenario.parse(values)
    values["plane"]["measure"] = {"centre": [0.0, 0.0], "unit": [1.0, 0.0]}
    with pytest.raises(ScenarioError, match="a scale needs"):
        Scenario.parse(values)


# ---- what is said ---------------------------------------------------------------------------------------


def stretched(by: Any, away: Any = (0.0, 0.0), **data: Any) -> tuple[Scenario, Any]:
    scenario = Scenario(data=DataSpec(n=40, **data))
    scene = scenario.scene()
    points = scene.points
    spread = points.xy[points.is_train].std(axis=0)
    xy = (points.xy - points.xy[points.is_train].mean(axis=0)) / spread * by + away
    return scenario, replace(scene, points=points.with_columns(xy=xy), axis_names=("age", "salary"))


MINDS_UNITS = {name for name, family in FAMILIES.items() if not family.scale_free}


@pytest.mark.parametrize("name", FAMILIES)
def test_unlike_units_are_said_to_whom_they_matter(name: str):
    scenario, scene = stretched((1.0, 12.0))
    words = scale_advice(scenario.with_values({"learner.name": name}), scene)
    assert words.startswith("salary spreads 12 times as far as age.") == (name in MINDS_UNITS)
    assert bool(words) == (name in MINDS_UNITS)
    like = stretched((1.0, 2.9))
    assert not scale_advice(like[0].with_values({"learner.name": name}), like[1])
    for scale in ("standardised", "domain"):
        assert not scale_advice(scenario.with_values({"learner.name": name, "data.input_scale": scale}), scene)


def test_trees_and_naive_bayes_mind_no_units():
    assert set(FAMILIES) - MINDS_UNITS == {
        "naive-bayes", "LinearDiscriminantAnalysis", "QuadraticDiscriminantAnalysis", "DecisionTreeClassifier",
        "RandomForestClassifier", "ExtraTreesClassifier", "BaggingClassifier", "AdaBoostClassifier",
        "GradientBoostingClassifier", "HistGradientBoostingClassifier",
    }  # fmt: skip
    scenario, scene = stretched((1.0, 12.0))
    for name, minds in {"ExtraTreesClassifier": False, "LogisticRegression": True}.items():
        assert bool(scale_advice(scenario.with_values({"learner.name": name}), scene)) == minds
    base = scenario.with_values({"learner.name": "self-training", "learner.base": "naive-bayes"})
    assert not scale_advice(base, scene)


def test_what_lies_far_from_zero_is_said_to_whom_the_origin_matters():
    scenario, scene = stretched((1.0, 1.0), (1.7e9, 0.0))
    said = {
        name: scale_advice(scenario.with_values({"learner.name": name}), scene)
        for name in ("mlp", "vat", "SVC", "KNeighborsClassifier", "DecisionTreeClassifier", "Perceptron")
    }
    assert [name for name, words in said.items() if words] == ["mlp", "vat", "SVC", "Perceptron"]
    assert said["mlp"].startswith("age lies 1,700,000,000 times as far from 0 as it spreads.")
    assert scale_note(scenario, scene) == f"{said['mlp']} Standardise the inputs: data.input_scale=standardised."
    assert not scale_advice(*stretched((1.0, 1.0), (5.0, -5.0)))


def test_of_lifted_points_nothing_is_said_for_all_their_inputs_have_one_unit():
    scenario = Scenario().with_values({"data.lift": 63, "data.n": 50})
    spread = scenario.scene().points.x.std(axis=0)
    assert spread.max() > 3 * np.median(spread)
    assert not scale_advice(scenario, scenario.scene())


def test_a_few_inputs_that_hardly_vary_are_no_fault_among_many():
    x = np.random.default_rng(0).normal(size=(50, 9)) * ([1e-3] * 3 + [1.0] * 6)
    scenario = Scenario.from_arrays(x, np.arange(50) % 2, learner=MLPSpec()).with_values({"data.input_scale": "as-is"})
    assert not scale_advice(scenario, scenario.scene())
    x[:, 8] *= 100.0
    scenario = Scenario.from_arrays(x, np.arange(50) % 2).with_values({"data.input_scale": "as-is"})
    assert scale_advice(scenario, scenario.scene()).startswith("input 9 spreads")


def test_a_lift_keeps_one_unit_along_all_inputs_however_unevenly_they_spread():
    lifted = Scenario(data=DataSpec(n=200, seed=100, lift=100))
    scene = lifted.scene()
    assert scale_advice(lifted, scene) == ""
    own = lifted.model_copy(update={"data": lifted.data.model_copy(update={"lift": None})})
    assert scale_advice(own, scene)  # as a table of such columns
