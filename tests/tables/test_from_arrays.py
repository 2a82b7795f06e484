"""Scenes from arrays (X, y)."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.learners.specs import MLPSpec
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.scene import Domain, Split
from boundaryviz.scene.section import Section
from boundaryviz.tables.from_arrays import RowsLeftOut, from_arrays

X = np.random.default_rng(1).normal(size=(12, 5))


class Frame:
    """What of a table of pandas' kind is looked at."""

    columns = ("height", "weight", "a", "b", "c")

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return X


def test_two_columns_are_the_plane_itself():
    scene = from_arrays(X[:, :2], [0, 1] * 6, names=("a", "b"))
    np.testing.assert_array_equal(scene.points.xy, X[:, :2])
    assert (scene.section, scene.points.inputs, scene.axis_names) == (None, None, ("a", "b"))
    assert scene.domain == Domain.around(X[:, :2])
    assert scene.points.is_train.all()


def test_more_columns_are_inputs_of_which_two_are_shown():
    scene = from_arrays(Frame(), [0, 1] * 6, split=[0, 0, 1, 2] * 3)
    np.testing.assert_array_equal(scene.points.x, X)
    np.testing.assert_array_equal(scene.points.xy, X[:, :2])
    assert scene.axis_names == ("height", "weight")
    assert scene.section is not None
    assert scene.section.names == Frame.columns
    assert (scene.points.split == Split.TEST).sum() == 3
    principal = from_arrays(X, section=Section.principal(X))
    assert principal.points.xy.var(axis=0).sum() > scene.points.xy.var(axis=0).sum()
    assert principal.axis_names == ("x", "y")


@pytest.mark.parametrize(
    ("y", "label", "names"),
    [
        ([0, 2, 1, -1], [0, 2, 1, -1], ()),
        ([7, 9, 9, -1], [0, 1, 1, -1], ("7", "9")),
        ([-1, 1, 1, -1], [0, 1, 1, 0], ("-1", "1")),
        (["NA", "1", "01", "1_2"], [3, 1, 0, 2], ("01", "1", "1_2", "NA")),
        ([0.0, 1.0, np.nan, 1.0], [0, 1, -1, 1], ()),
        (["cat", "dog", None, "cat"], [0, 1, -1, 0], ("cat", "dog")),
        ([10, 30, 30, 20], [0, 2, 2, 1], ("10", "20", "30")),
        ([True, False, True, False], [1, 0, 1, 0], ("False", "True")),
        (None, [-1] * 4, ()),
    ],
)
def test_classes_are_numbers_or_words(y: object, label: list[int], names: tuple[str, ...]):
    scene = from_arrays(X[:4, :2], y)  # type: ignore[arg-type]
    assert scene.points.label.tolist() == label
    assert scene.class_names == names


def test_frames_and_series_of_pandas_bring_names_and_categories():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"length": [1.0, 2, 3, 4], "mass": [5, 6, 7, 8]})
    grade = pandas.Series(pandas.Categorical(["low", "high", None, "mid"], ["low", "mid", "high", "unused"]))
    scene = from_arrays(frame, grade)
    assert scene.axis_names == ("length", "mass")
    assert scene.class_names == ("low", "mid", "high")
    assert scene.points.label.tolist() == [0, 2, -1, 1]
    codes = pandas.Series([1, None, 0, 1], dtype="Int64")
    assert from_arrays(frame, codes).points.label.tolist() == [1, -1, 0, 1]
    assert from_arrays(frame, pandas.Series([2, 1, 2, 1], dtype="category")).class_names == ("1", "2")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((X[0],), "shape"),
        ((X[:, :0],), "shape"),
        ((np.where(X > 0, X, np.inf),), "leave those rows out"),
        ((np.full((3, 2), np.nan),), "every row of X"),
        (([["a", "b"]],), "numbers alone"),
        ((X, [0, 1]), "a class for each row"),
        ((X.repeat(5, 0), np.linspace(0, 1, 60)), "given as `response`"),
        ((X * 1e19,), "too large; rescale the data"),
    ],
)
def test_arrays_that_make_no_scene_are_refused_in_words(arguments: tuple, words: str):
    with pytest.raises(ValueError, match=words):
        from_arrays(*arguments)
    with pytest.raises(ScenarioError, match=r"^data: "):
        Scenario.from_arrays(*arguments)
    with pytest.raises(ValueError, match="a number for each row"):
        from_arrays(X, response=[1.0])
    with pytest.raises(ValueError, match="3 names for 5 columns"):
        from_arrays(X, names="abc")


def test_a_scenario_of_arrays_holds_them():
    response = np.where(np.arange(12) < 6, np.nan, X[:, 0])
    scenario = Scenario.from_arrays(X, ["a", "b"] * 6, response=response, name="mine")
    points = scenario.scene().points
    np.testing.assert_array_equal(points.x, X)
    np.testing.assert_array_equal(points.responses, response)
    assert scenario.name == scenario.title == "mine"
    assert scenario.learner == MLPSpec()
    assert scenario.data == DataSpec(name="points", n="all", input_scale="standardised")


def test_rows_with_a_missing_cell_leave_with_their_labels_and_are_counted():
    holes = X[:, :2].copy()
    holes[[1, 4], [0, 1]] = np.nan
    y, split, response = np.arange(12) % 3, np.arange(12) % 2, X[:, 4]
    kept = [0, 2, 3, *range(5, 12)]
    with pytest.warns(RowsLeftOut, match=r"^2 rows of X were left out") as said:
        scene = from_arrays(holes, y, split=split, response=response)
    assert len(said) == 1
    assert scene.points == from_arrays(holes[kept], y[kept], split=split[kept], response=response[kept]).points
    with pytest.warns(RowsLeftOut):
        assert len(Scenario.from_arrays(holes.tolist(), y).scene().points) == 10
