"""Labels are text first: which cells are one class, which none, and what -1 is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from boundaryviz.scene.scene import MAX_CLASSES
from boundaryviz.tables.labels import read_labels
from boundaryviz.tables.tables import read_table, write_table

LABELS = {
    "class numbers": ("0 1 2 0", [0, 1, 2, 0], ()),
    "floats of a column with gaps": ("1.0 0.0 nan 1.0", [1, 0, -1, 1], ()),
    "numbers with gaps are names": ("7 9 7", [0, 1, 0], ("7", "9")),
    "numbers from 1": ("1 2 3", [0, 1, 2], ("1", "2", "3")),
    "numbers in their order": ("30 4 30", [1, 0, 1], ("4", "30")),
    "fractions": ("0.5 1.5 0.50", [0, 1, 0], ("0.5", "1.5")),
    "one beside 1.0": ("1 1.0 2", [0, 0, 1], ("1", "2")),
    "codes": ("1_2 12 01 1", [3, 2, 0, 1], ("01", "1", "12", "1_2")),
    "exponents": ("1E2 100", [1, 0], ("100", "1E2")),
    "long ids": (f"{2**70} {2**70 + 1}", [0, 1], (str(2**70), str(2**70 + 1))),
    "words": ("dog cat dog", [1, 0, 1], ("cat", "dog")),
    "words for nothing": ("? a b None #N/A", [-1, 0, 1, -1, -1], ("a", "b")),
    "words and numbers": ("a 1 1.0", [2, 0, 1], ("1", "1.0", "a")),
    "booleans": ("True False True", [1, 0, 1], ("False", "True")),
    "a marked formula": ("'=x b", [0, 1], ("=x", "b")),
}


@pytest.mark.parametrize("form", LABELS)
def test_labels(form: str):
    cells, label, names = LABELS[form]
    found = read_labels(cells.split())
    assert found.label.tolist() == label
    assert found.names == names
    assert not found.problem


@pytest.mark.parametrize(
    ("cells", "taken", "label"),
    [
        ("-1 0 1", "unlabelled", [-1, 0, 1]), ("-1 0", "unlabelled", [-1, 0]), ("-1 1", "class", [0, 1]),
        ("-1 +1", "class", [0, 1]), ("-1.0 1.0", "class", [0, 1]), ("-2 -1 3", "class", [0, 1, 2]),
        ("\u22121 1", "class", [0, 1]), ("-1 7 9", "unlabelled", [-1, 0, 1]), ("-1 a b", "unlabelled", [-1, 0, 1]),
        ("-1 ?", "unlabelled", [-1, -1]), ("0 1", None, [0, 1]),
    ],
)  # fmt: skip
def test_minus_one_is_a_class_or_none_and_either_way_it_is_said(cells: str, taken: str | None, label: list[int]):
    found = read_labels(cells.split())
    assert found.minus_one == taken
    assert found.label.tolist() == label
    assert any(note.startswith("-1 was taken as") for note in found.notes) == (taken is not None)
    if taken is not None:
        assert (read_labels(cells.split(), minus_one="unlabelled").label == -1).sum() == 1 + ("?" in cells)
        assert -1 not in read_labels(cells.split(), minus_one="class").label[[cell != "?" for cell in cells.split()]]


def test_minus_one_is_unlabelled_in_what_this_program_wrote():
    header = "x,y,label,split,origin\n"
    found = read_table(header + "0,0,-1,train,clean\n1,1,1,train,clean\n")
    assert found.scene.points.label.tolist() == [-1, 1]
    assert found.understanding.questions[0].about == "minus_one"
    endless = read_table(header + f"0,0,0,train,clean\n1,1,{'9' * 5_000},train,clean\n").scene
    assert (endless.points.label.tolist(), len(endless.class_names[1])) == ([0, 1], 5_000)
    assert read_table("x,y,label\n0,0,-1\n1,1,1\n").scene.class_names == ("-1", "1")
    assert read_table("x,y,label\n0,0,-1\n1,1,1\n", columns={"minus_one": "unlabelled"}).scene.class_names == ("1",)


def test_words_for_missing_are_said_by_column_and_can_be_classes():
    source = "gdp,life,continent\n1,2,NA\n2,1,EU\n3,3,AS\n4,4,NA\n"
    table = read_table(source)
    assert table.scene.points.label.tolist() == [-1, 1, 0, -1]
    note = "'NA' was taken as missing in column 'continent' (2 rows, left unlabelled); if it is a class, say "
    assert f"{note}values.continent=NA." in table.notes
    table = read_table(source, columns={"values.continent": "NA"})
    assert table.scene.class_names == ("AS", "EU", "NA")
    assert not any("missing" in note for note in table.notes)
    assert table.source.choice.values == {"continent": ("NA",)}


def test_too_many_classes_are_refused_in_words():
    found = read_labels([f"k{i}" for i in range(MAX_CLASSES + 1)], column="kind")
    assert f"kind has {MAX_CLASSES + 1} different labels, and at most {MAX_CLASSES} classes" in found.problem
    assert not read_labels([f"k{i}" for i in range(MAX_CLASSES)]).problem


def test_measures_are_no_classes():
    measures = [f"{k / 7:.3f}" for k in range(12)]
    problem = read_labels(measures, column="kind").problem
    assert ("12 different numbers in 12 rows, which are measures" in problem) == (MAX_CLASSES >= 12)
    assert problem
    assert not read_labels(measures[:10]).problem
    assert MAX_CLASSES < 12 or not read_labels(measures * 2).problem


CELLS = st.lists(st.sampled_from(["0", "1", "2", "7", "-1", "1.0", "01", "a", "b", "NA", ""]), min_size=1, max_size=12)


@given(CELLS, st.randoms())
def test_the_order_of_rows_does_not_change_the_classes(cells: list[str], random):
    mixed = [*range(len(cells))]
    random.shuffle(mixed)
    one, other = read_labels(cells), read_labels([cells[k] for k in mixed])
    assert (one.names, one.minus_one) == (other.names, other.minus_one)
    assert one.label[mixed].tolist() == other.label.tolist()


@given(CELLS)
def test_cells_of_one_text_are_one_class_and_every_class_has_a_row(cells: list[str]):
    label = read_labels(cells).label
    assert len({(cell, k) for cell, k in zip(cells, label.tolist(), strict=True)}) == len({*cells})
    assert {*label.tolist()} - {-1} == {*range(label.max() + 1)}


@given(st.lists(st.text("abcé, ;'=-01", min_size=1, max_size=6), min_size=1, max_size=MAX_CLASSES, unique=True))
def test_labels_that_are_text_survive_a_round_trip(names: list[str]):
    names = [name.strip() for name in names]
    assume(all(names) and len({*names}) == len(names))
    rows = "".join(f'{k},{k},"{name}"\n' for k, name in enumerate(names))
    scene = read_table("x,y,label\n" + rows).scene
    again = read_table(write_table(scene)).scene
    np.testing.assert_array_equal(scene.points.label, again.points.label)
    assert [scene.class_name(k) for k in range(scene.classes)] == [again.class_name(k) for k in range(again.classes)]
