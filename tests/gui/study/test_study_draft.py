"""What is typed as a study, and what is proposed to be typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.gui.study.draft import AxisDraft, DraftError, StudyDraft, values_text
from boundaryviz.gui.study.varied import varied
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.study_spec import Axis, StudySpec

TREE = Scenario().with_values({"learner.name": "DecisionTreeClassifier"})


@pytest.mark.parametrize("name", FAMILIES)
def test_every_value_that_is_proposed_is_one_that_the_setting_takes(name: str):
    scenario = Scenario().with_values({"learner.name": name})
    for path, proposed in varied(scenario).items():
        axis = AxisDraft.of(proposed).axis(scenario)
        assert axis.path == path
        assert len(axis.values) > 1, path
        for value in axis.values:
            scenario.with_values({path: value})


def test_the_learners_size_is_proposed_first_then_the_data():
    assert list(varied(TREE))[:3] == ["learner.max_leaf_nodes", "learner.max_depth", "data.n"]
    assert list(varied(Scenario()))[:3] == ["learner.hidden", "learner.fourier", "training.steps"]
    assert varied(TREE)["data.n"].title == "Data: training points"
    assert varied(TREE)["data.n"].report == "learning"


def test_what_does_nothing_or_would_undo_edits_is_not_proposed():
    assert "training.steps" not in varied(TREE)
    assert "training.l2" not in varied(TREE)
    assert "learner.fourier_scale" not in varied(Scenario())  # there are no Fourier features
    edited = TREE.with_scene(TREE.scene())
    assert not any(path.startswith("data.") for path in varied(edited))


@pytest.mark.parametrize(
    ("text", "count", "log", "values"),
    [
        ("1..4", None, False, (1, 2, 3, 4)),
        ("1,000..3,000", 3, False, (1000, 2000, 3000)),
        ("1..1000", 4, True, (1, 10, 100, 1000)),
        ("0..1", 3, False, (0.0, 0.5, 1.0)),
        ("1, 2, 5", None, False, (1, 2, 5)),
        ("7", None, False, (7,)),
        ("[4], [8, 8]", None, False, ([4], [8, 8])),
        ("[4]", None, False, ([4],)),
        ("relu, tanh", None, False, ("relu", "tanh")),
        ("false, true", None, False, (False, True)),
    ],
)
def test_values_are_typed_as_a_range_or_a_list(text: str, count: int | None, log: bool, values: tuple[Any, ...]):
    assert AxisDraft("learner.hidden", text, count, log).axis(Scenario()).values == values


@pytest.mark.parametrize(
    ("text", "log", "words"),
    [
        ("", False, "Give the values"),
        ("a..b", False, "numbers"),
        ("0..10", True, "above 0"),
        ("1..1e9", False, "at most 5,000 values"),
    ],
)
def test_what_makes_no_values_is_said_in_a_sentence(text: str, log: bool, words: str):
    with pytest.raises(DraftError, match=words) as caught:
        AxisDraft("learner.max_leaf_nodes", text, None, log).axis(TREE)
    assert str(caught.value)[0].isupper()
    assert str(caught.value).endswith(".")


def test_a_study_that_a_file_holds_is_typed_back_as_it_was():
    spec = StudySpec(
        axes=(Axis(path="learner.max_leaf_nodes", values=tuple(range(2, 31))),), seeds=(3, 5), data_seeds=6, folds=5,
        report="power-law", measure="test_loss", floor=0.1,
    )  # fmt: skip
    draft = StudyDraft.of(spec)
    assert draft.axes[0].values == "2..30"
    assert draft.spec(TREE) == spec


def test_along_two_axes_nothing_is_read_off():
    second = AxisDraft("data.noise", "0.1, 0.2")
    draft = replace(StudyDraft.of(StudySpec(report="size")), axes=(AxisDraft("learner.max_depth", "1..3"), second))
    assert draft.spec(TREE).report == ""


def test_a_study_without_an_axis_and_one_with_the_same_twice_are_refused_in_words():
    axis = AxisDraft("learner.max_depth", "1..3")
    with pytest.raises(DraftError, match="Choose a setting"):
        StudyDraft().spec(TREE)
    with pytest.raises(DraftError, match="Each setting is varied by one axis"):
        StudyDraft((axis, axis)).spec(TREE)


@given(st.lists(st.one_of(st.integers(-(10**6), 10**6), st.booleans(), st.lists(st.integers(1, 99), max_size=3)),
                min_size=1, max_size=8, unique_by=lambda one: (*one,) if isinstance(one, list) else one))  # fmt: skip
def test_values_written_as_text_are_read_back(values: list[Any]):
    text = values_text(values)
    count = None  # of a range every whole number
    assert list(AxisDraft("learner.hidden", text, count).axis(Scenario()).values) == values
