"""Values of a study that leave a setting empty, in files that have a word for nothing and in TOML, which has none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scenario.emptiness import field_of, may_be_empty
from boundaryviz.scenario.files import encoded, parse, read, write
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.study_file import read_study
from boundaryviz.scenario.study_spec import Axis, StudySpec
from boundaryviz.scene.data import DataSpec

TREE = Scenario(data=DataSpec(n=20)).with_values({"learner.name": "DecisionTreeClassifier"})


def studied(values: Any, path: str = "learner.max_leaf_nodes") -> Scenario:
    return TREE.model_copy(update={"study": StudySpec(axes=(Axis(path=path, values=tuple(values)),))})


@given(
    st.lists(st.none() | st.integers(2, 500), min_size=1, max_size=6, unique=True), st.sampled_from([".toml", ".bviz"])
)
def test_a_study_comes_back_with_what_is_empty(values: list[int | None], suffix: str):
    scenario = studied(values)
    assert parse(encoded(scenario, suffix).decode(), Path(f"x{suffix}"), suffix) == scenario


def test_a_bviz_file_says_null_and_a_toml_file_none(tmp_path: Path):
    scenario = studied([2, None])
    write(tmp_path / "a.bviz", scenario)
    assert json.loads((tmp_path / "a.bviz").read_text())["study"]["axes"][0]["values"] == [2, None]
    write(tmp_path / "a.toml", scenario)
    assert 'values = [2, "none"]' in (tmp_path / "a.toml").read_text()
    assert read(tmp_path / "a.toml").study == scenario.study


@pytest.mark.parametrize("learner", ["'DecisionTreeClassifier'", "'RandomForestClassifier'"])
def test_a_study_file_may_say_none(learner: str, tmp_path: Path):
    path = tmp_path / "study.toml"
    path.write_text(
        f"scenario = 'moons'\n[set]\nlearner.name = {learner}\n"
        "[[axes]]\npath = 'learner.max_depth'\nvalues = [1, 'none']\n"
    )
    found = read_study(path).study
    assert found is not None
    assert found.axes[0].values == (1, None)


def test_another_axis_may_name_the_learner_that_has_the_setting(tmp_path: Path):
    axes = (
        Axis(path="learner.name", values=("DecisionTreeClassifier", "RandomForestClassifier")),
        Axis(path="learner.max_depth", values=(None, 3)),
    )
    scenario = Scenario(study=StudySpec(axes=axes))
    write(tmp_path / "a.toml", scenario)
    assert read(tmp_path / "a.toml").study == scenario.study


def test_the_word_stays_one_where_the_setting_may_not_be_empty():
    for path in ("data.name", "training.learning_rate", "learner.nothing"):
        assert not may_be_empty(field_of(TREE, path))
        words = encoded(studied(["none"], path), ".toml").decode()
        found = parse(words, Path("x.toml"), ".toml").study
        assert found is not None
        assert found.axes[0].values == ("none",)


def test_the_word_leaves_a_setting_of_the_scenario_empty_where_it_may_be() -> None:
    lifted = Scenario().with_values({"data.lift": 20, "data.pool": 900})
    bare = lifted.with_values({"data.lift": "none", "data.pool": "none"})
    assert (bare.data.lift, bare.data.pool) == (None, None)
    with pytest.raises(ScenarioError, match=r"data\.n"):
        lifted.with_values({"data.n": "none"})


def test_where_none_is_a_word_of_the_setting_it_stays_one() -> None:
    masked = Scenario().with_values({"learner.mask": "quantised"})
    assert masked.with_values({"learner.mask": "none"}).learner.mask == "none"
