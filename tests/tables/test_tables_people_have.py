"""Tables as people have them, each after a complaint in a public tracker: points, labels, what is said and left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from boundaryviz.scene.scene import Split
from boundaryviz.tables.tables import read_table

FOLDER = Path(__file__).parents[1] / "data" / "tables"


@dataclass(frozen=True)
class Expected:
    """xy, label, names: of the points. axes: their names. notes: parts of what is said. left_out: lines and a part of
    the reason. asked: what a person may be asked."""

    xy: Sequence[Sequence[float]]
    label: list[int]
    names: tuple[str, ...] = ()
    axes: tuple[str, str] = ("x", "y")
    notes: tuple[str, ...] = ()
    left_out: dict[int, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()


AB, LEN = ("a", "b"), ("len", "wid")
TWO = [[0, 0], [1, 1]]
TABLES = {
    "m01_missing.csv": Expected(TWO, [0, 1], AB, left_out={4: "'NA', which was taken as missing"}),
    "m02_thousands.csv": Expected(
        [[950, 1], [1200, 2]], [0, 1], AB, asked=("decimals.x",),
        notes=("'1,200' in column 'x' was read as 1200, and the others there alike; if that is wrong, say decimals.x",),
    ),
    "m03_numheader.csv": Expected([[50.1, 50.2], [51.3, 51.1]], [0, 1], axes=("0", "1"), notes=("took '2' for the",)),
    "m05_minus1_three.csv": Expected(
        [[0, 0], [1, 1], [2, 0]], [-1, 0, 1], asked=("minus_one",),
        notes=("-1 was taken as unlabelled in column 'label' (1 row); if it is a class, say minus_one=class.",),
    ),
    "m07_ghost.csv": Expected(TWO, [0, 1], ("7", "9")),
    "m08_codes.csv": Expected([[0, 0], [1, 1], [2, 0], [3, 1]], [3, 2, 0, 1], ("01", "1", "12", "1_2")),
    "m09_hash.csv": Expected(TWO, [0, 1], AB, left_out={3: "'#N/A', which was taken as missing"}),
    "m11_missing_words.csv": Expected(
        [[0, 0], [1, 1], [2, 0], [3, 1]], [-1, 0, 1, -1], AB, asked=("values.label",),
        notes=("'?' was taken as missing in column 'label' (1 row, left unlabelled)", "'None' was taken as missing"),
    ),
    "m12_NA.csv": Expected(
        [[1, 2], [2, 1], [3, 3]], [-1, 1, 0], ("AS", "EU"), ("gdp", "life"), asked=("values.continent",),
        notes=("'NA' was taken as missing in column 'continent' (1 row, left unlabelled); if it is a class, say "
               "values.continent=NA.",),
    ),
    "m13_writetable.csv": Expected([[0.1, 0.2], [0.9, 0.8]], [0, 1], AB, ("x1", "x2")),
    "m14_rownames.csv": Expected([[0.1, 0.2], [0.9, 0.8]], [0, 1], AB, ("len", "wid"), ("left out: 'rownames'",)),
    "m15_labelfirst.csv": Expected([[0.1, 0.2], [0.9, 0.8]], [0, 1], (), ("x1", "x2"), ("took 'y' for the label",)),
    "m16.tsv": Expected(TWO, [0, 1], AB),
    "m17_sep.csv": Expected(TWO, [0, 1], AB),
    "m18_minus.csv": Expected([[-1.5, 0], [1, 1]], [0, 1], AB, notes=("a minus that is not ASCII's",)),
    "m19_gbk.csv": Expected(TWO, [1, 0], ("恶", "良"), ("长", "宽")),
    "t01_tabs_named_csv.csv": Expected([[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]], [0, 1, 0], AB, LEN),
    "t02_three_row_header.tab": Expected([[0.5, 1.5], [2.5, 3.5]], [0, 1], AB, LEN),
    "t03_trailing_commas.csv": Expected([[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]], [0, 1, 0], AB, LEN),
    "t04_mark_before_the_first_name.csv": Expected([[0.5, 1.5], [2.5, 3.5]], [0, 1], AB, LEN, ("decimal comma",)),
    "t05_title_and_spaces.txt": Expected([[0.5, 1.5], [2.5, 3.5], [-4.5, 5.5]], [0, 1, 0], ("1", "2")),
    "t06_a_row_too_wide.csv": Expected(
        [[0.5, 1.5], [4.5, 5.5], [6.5, 7.5]], [0, 1, 0], ("a", "b,\n or c"), LEN, left_out={3: "4 cells in place of 3"}
    ),
    "t07_apostrophes.arff": Expected(
        [[0.5, 1.5]], [0], ("it's this",), ("len", "wid of leaf"), left_out={9: "'wid of leaf' is empty"}
    ),
    "t08_counts_above.csv": Expected(
        [[0.5, 1.5], [2.5, 3.5], [4.5, 5.5], [6.5, 7.5]], [0, 1, 1, 0], ("setosa", "versicolor")
    ),
    "t09_carriage_returns.csv": Expected(
        [[0.5, 1.5], [2.5, 3.5]], [0, 1], ("groß", "übergroß"), ("Länge", "Höhe"), ("decimal comma",)
    ),
    "t10_hash_in_names.csv": Expected(
        [[0.5, 1.5], [4.5, 5.5]], [0, 0], ("a",), ("1999-12-01 Towards it:#the need", "#2"),
        left_out={3: "'#REF!', which is not a number"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_small_table_is_read_as_its_owner_means_it(name: str):
    expected, table = TABLES[name], read_table(FOLDER / name)
    scene, understanding = table.scene, table.understanding
    assert scene.points.xy.tolist() == expected.xy
    assert scene.points.label.tolist() == expected.label
    assert (scene.class_names, scene.axis_names) == (expected.names, expected.axes)
    assert not [part for part in expected.notes if part not in " ".join(table.notes)]
    assert {one.line: one.reason for one in understanding.left_out}.keys() == expected.left_out.keys()
    assert all(expected.left_out[one.line] in one.reason for one in understanding.left_out)
    assert all(f"line {line}" in " ".join(table.notes) for line in expected.left_out)
    assert {one.about for one in understanding.questions if not one.about.startswith("sheet.")} == {*expected.asked}
    assert table.source.file == name


def test_every_table_has_a_test():
    larger = {"c55_timestamps.csv", "c62_scale_mismatch.csv", "c67b_imbalanced_named.csv", "c73_long_names.csv"}
    ours = {path.name for path in FOLDER.iterdir() if path.name[0] in "mcpt"}
    assert ours == {*TABLES} | larger | {"penguins.csv"}


def test_penguins_are_two_measures_of_three_species():
    table = read_table(FOLDER / "penguins.csv")
    scene = table.scene
    assert scene.axis_names == ("bill_length_mm", "bill_depth_mm")
    assert scene.class_names == ("Adelie", "Chinstrap", "Gentoo")
    assert table.understanding.classes == {"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}
    assert len(scene.points) == 342
    assert scene.points.xy[[0, -1]].tolist() == [[39.1, 18.7], [50.2, 18.7]]
    assert [(one.line, "'bill_length_mm' says 'NA'" in one.reason) for one in table.understanding.left_out] == [
        (5, True), (273, True),
    ]  # fmt: skip
    assert any("2 rows were left out, on lines 5, 273" in note for note in table.notes)
    missing = {one.name: one.missing for one in table.understanding.columns}
    assert missing == dict.fromkeys(missing, 0) | {"sex": 11} | dict.fromkeys(
        ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"), 2
    )
    four = "bill_length_mm+bill_depth_mm+flipper_length_mm+body_mass_g"
    wide = read_table(FOLDER / "penguins.csv", columns={"inputs": four, "shown": "principal"}).scene
    assert wide.axis_names == ("PC 1 (69 %)", "PC 2 (19 %)")  # as in the data set's own paper, of 342 penguins
    assert wide.points.x.shape == (342, 4)


def test_the_one_row_of_a_class_is_in_training():
    table = read_table(FOLDER / "c67b_imbalanced_named.csv")
    points = table.scene.points
    assert table.understanding.classes == {"fraud": 1, "ok": 10_000}
    assert points.split[points.label == 0].tolist() == [Split.TRAIN]
    assert np.bincount(points.split).tolist() == [5001, 2000, 3000]


@pytest.mark.parametrize(
    ("name", "axes", "classes"),
    [
        ("c55_timestamps.csv", ("time", "value"), {"0": 30, "1": 30}),
        ("c62_scale_mismatch.csv", ("age", "salary"), {"0": 30, "1": 30}),
    ],
)
def test_columns_of_any_unit_are_read_as_they_are(name: str, axes: tuple[str, str], classes: dict[str, int]):
    table = read_table(FOLDER / name)
    assert table.scene.axis_names == axes
    assert table.understanding.classes == classes
    given = np.genfromtxt(FOLDER / name, delimiter=",", skip_header=1)
    np.testing.assert_array_equal(table.scene.points.xy, given[:, :2])
    np.testing.assert_array_equal(table.scene.points.label, given[:, 2])


def test_long_names_are_kept_whole():
    scene = read_table(FOLDER / "c73_long_names.csv").scene
    assert scene.axis_names[0] == "Concentration of marker A in plasma after 24 h (µg/ml, mean of three)"
    assert max(map(len, scene.class_names)) == 69
    assert np.bincount(scene.points.label).tolist() == [30, 30, 30]
