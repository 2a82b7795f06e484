"""Tables in and out: the round trip, the guesses, and one clear sentence for everything that is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.scene import MAX_CLASSES, Domain, Points, Scene
from boundaryviz.tables import formats
from boundaryviz.tables.tables import TableError, read_table, write_table
from helpers.scenes import PLANE, points, scenes

LOTS = MAX_CLASSES + 2
LABELLED = "x,y,label\n1,2,0\n3,4,1\n"


def problems(source, columns: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(TableError) as caught:
        read_table(source, columns=columns)
    return caught.value.problems


def kept(p: Points) -> list[list]:
    return [p.xy.tolist(), p.label.tolist(), p.split.tolist(), p.origin.tolist(), p.muted.tolist()]


# ---- round trip ----------------------------------------------------------------------------------


@given(points(least=1, classes=10), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1", None]))
def test_what_is_written_is_read_back_to_the_bit(p: Points, encoding: str | None) -> None:
    scene = Scene(p, PLANE, 10)
    text = write_table(scene)
    back = read_table(text if encoding is None else text.encode(encoding)).scene
    assert kept(back.points) == kept(p)
    assert back.points.xy.tobytes() == p.xy.tobytes()
    assert write_table(replace(back, class_names=())) == text


@given(
    scenes(least=1),
    st.lists(st.sampled_from(["é", "ü,ö", 'the "best"', "semi;colon", "new\nline", "cat"]), unique=True),
)
def test_class_names_come_back_for_the_classes_that_have_points(scene: Scene, names: list[str]) -> None:
    names = [*names, "one", "two", "three"][:3]
    scene = replace(scene, class_names=tuple(names))
    back = read_table(write_table(scene)).scene
    assert kept(back.points) == kept(scene.points)
    present = sorted(set(scene.points.label.tolist()) - {-1})
    assert [back.class_name(k) for k in present] == [scene.class_name(k) for k in present]


def test_a_file_is_read_like_its_text(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(LABELLED)
    table = read_table(tmp_path / "points.csv")
    assert (table.scene, table.notes) == (read_table(LABELLED).scene, read_table(LABELLED).notes)
    assert (table.source.file, read_table(LABELLED).source.file) == ("points.csv", "")


# ---- forms a table comes in ----------------------------------------------------------------------

FORMS = {
    "comma": "x,y,label\n0.5,2,0\n-3,4.25,1\n",
    "semicolon and decimal comma": "x;y;label\n0,5;2;0\n-3;4,25;1\n",
    "tab": "x\ty\tlabel\n0.5\t2\t0\n-3\t4.25\t1\n",
    "tab and decimal comma": "x\ty\tlabel\n0,5\t2\t0\n-3\t4,25\t1\n",
    "blanks": "x y label\n 0.5   2 0\n-3 4.25  1 \n",
    "blanks and decimal comma": "x y label\n0,5 2 0\n-3 4,25 1\n",
    "quotes": '"x","y","label"\n"0.5","2","0"\n"-3","4.25","1"\n',
    "blanks after commas": "X, Y, Label\n0.5, 2, 0\n-3, 4.25, 1\n",
    "Windows line ends": "x,y,label\r\n0.5,2,0\r\n-3,4.25,1\r\n",
    "old Mac line ends": "x,y,label\r0.5,2,0\r-3,4.25,1\r",
    "no end of the last line": "x,y,label\n0.5,2,0\n-3,4.25,1",
    "comments and blank lines": "# drawn by hand\n\nx,y,label\n0.5,2,0\n\n# more\n-3,4.25,1\n\n",
    "trailing delimiters": "x,y,label,\n0.5,2,0,\n-3,4.25,1,\n",
    "no header": "0.5,2,0\n-3,4.25,1\n",
    "other order": "label,y,x\n0,2,0.5\n1,4.25,-3\n",
    "scientific": "x,y,label\n5e-1,+2.,0\n-3,425E-2,1.0\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_every_usual_form_gives_the_same_points(form: str, encoding: str) -> None:
    p = read_table(FORMS[form].encode(encoding)).scene.points
    assert p.xy.tolist() == [[0.5, 2.0], [-3.0, 4.25]]
    assert p.label.tolist() == [0, 1]


def test_accents_survive_latin_1_with_a_word_about_it() -> None:
    table = read_table("x,y,label\n1,2,né\n3,4,où\n".encode("latin-1"))
    assert table.scene.class_names == ("né", "où")
    assert any("Windows-1252" in note for note in table.notes)
    assert not any("not UTF-8" in note for note in read_table("x,y,label\n1,2,né\n".encode()).notes)


# ---- splits --------------------------------------------------------------------------------------


def test_points_without_a_split_are_shared_out_the_same_each_time() -> None:
    rows = "".join(f"{i},{i},{i % 2}\n" for i in range(100))
    table = read_table("x,y,label\n" + rows)
    assert np.bincount(table.scene.points.split).tolist() == [50, 20, 30]
    assert any("shared out" in note for note in table.notes)
    assert read_table("x,y,label\n" + rows) == table
    assert np.bincount(read_table("x,y,label\n" + rows, shares=(0.8, 0.1, 0.1)).scene.points.split).tolist() == [
        80,
        10,
        10,
    ]
    assert read_table("x,y,label\n" + rows, seed=1).scene.points != table.scene.points


def test_unlabelled_and_poison_points_always_train() -> None:
    rows = "".join(f"{i},{i},{'' if i % 3 else 1},{'poison' if i % 2 else 'clean'}\n" for i in range(120))
    p = read_table("x,y,label,origin\n" + rows).scene.points
    assert p.is_train[~p.is_labelled | p.is_poison].all()
    assert np.bincount(p.split).tolist() == [110, 4, 6]  # 20 points are labelled and clean


def test_words_and_numbers_for_split_and_origin() -> None:
    splits = ["train", "Training", "0", "", "validation", "val", "dev", "1", "test", "TEST", "2"]
    origins = ["", "clean", "0", "poison", "Poisoned", "1", "", "", "", "", ""]
    rows = "".join(f"1,2,0,{s},{o}\n" for s, o in zip(splits, origins, strict=True))
    p = read_table("x,y,label,split,origin\n" + rows).scene.points
    assert p.split.tolist() == [0] * 4 + [1] * 4 + [2] * 3
    assert p.origin.tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]


# ---- what is wrong -------------------------------------------------------------------------------


def test_every_row_that_is_left_out_is_listed_with_its_line_and_reason() -> None:
    source = (
        "x,y,label,split\n1,abc,0,train\nnan,2,0,train\n,3,0,later\n\n1,-inf,0,test\n2e15,2,0,test\n1,2,3,4,5,6\n7\n"
        "1,2,0,later\n5,6,1,train\n"
    )
    table = read_table(source)
    assert [(one.line, one.reason[:24]) for one in table.understanding.left_out] == [
        (2, "column 'y' holds 'abc', "), (3, "column 'x' says 'nan', w"), (4, "column 'x' is empty"),
        (6, "column 'y' holds '-inf',"), (7, "column 'x' holds '2e15',"), (8, "there are 6 cells in pla"),
        (9, "column 'y' is empty"), (10, "column 'split' holds 'la"),
    ]  # fmt: skip
    assert table.scene.points.xy.tolist() == [[5, 6]]
    assert (table.source.kept, table.source.omitted, len(table.source.left_out)) == (1, 8, 8)
    assert any(
        note.startswith("8 rows were left out, on lines 2, 3, 4, 6, 7, 8, 9, 10; the first") for note in table.notes
    )


def test_a_cell_on_several_lines_does_not_shift_the_places() -> None:
    table = read_table('x,y,label\n1,2,"a\nb"\n1,oops,c\n')
    assert [one.line for one in table.understanding.left_out] == [4]


def test_a_hundred_rows_that_are_left_out_are_kept_and_the_others_counted() -> None:
    source = read_table("x,y\n1,2\n" + "1,oops\n" * 1500).source
    assert (source.kept, len(source.left_out), source.omitted) == (1, 100, 1500)
    assert "'y' holds always the same, such as 'oops'" in problems("x,y\n" + "1,oops\n" * 1500)[0]
    assert "no row is left: 2 rows would be left out, the first on line 2" in problems("x,y\n1,oops\nno,2\n")[0]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "empty"),
        (b"", "empty"),
        ("\ufeff \n\n", "empty"),
        ("# only a comment\n", "only comments"),
        ("x,y,label\n", "line 2: there are no points"),
        ("x,label\n1,0\n", "one column of numbers, 'x'"),
        ("a,b\nc,d\n", "no two columns of numbers"),
        ("name,age\ntom,3\n", "say inputs=NAME for a strip of it"),
        ('x,y\n1,2\n"3,4\n', "line 3: a quotation mark"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text table"),
        (b"PK\x03\x04 workbook", "copy or download it again"),
        (b"\xff\xfex\0,", "not readable as UTF-16"),
        (np.arange(100.0).tobytes(), "not a text table"),
        (Path("nowhere.csv"), "cannot be read: No such file"),
        (Path("."), "a folder or a device, not a file"),
        ("x,y\n1,5,2,5\n", "decimal commas"),
        (f"x,y,label\n{''.join(f'1,2,k{i}' + chr(10) for i in range(LOTS))}", f"'label' has {LOTS} different labels"),
        (f"x,y,label\n{''.join(f'1,2,{i / 7}' + chr(10) for i in range(LOTS))}", "join classes in the table"),
    ],
)
def test_an_unusable_table_gets_one_clear_sentence(source, words: str) -> None:
    found = problems(source)
    assert len(found) == 1
    assert words in found[0]


def test_columns_that_are_not_there_are_all_named() -> None:
    found = problems(LABELLED, {"y": "height", "label": "kind"})
    assert found == [
        "there is no column 'height' for y; there are: 'x', 'y', 'label'",
        "there is no column 'kind' for label; there are: 'x', 'y', 'label'",
    ]


def test_a_table_beyond_the_size_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(formats, "MAX_BYTES", 10)
    (tmp_path / "large.csv").write_text(LABELLED)
    for source in (LABELLED, LABELLED.encode(), tmp_path / "large.csv"):
        assert "take a sample" in problems(source)[0]


TABLE_LIKE = st.text(alphabet='xy,;\t\n" 01.-ena#', max_size=60)


@given(st.one_of(TABLE_LIKE, st.text(max_size=200), st.binary(max_size=200)))
def test_whatever_comes_is_read_or_refused_in_words(source: str | bytes) -> None:
    try:
        found = len(read_table(source).scene.points)
    except TableError as error:
        found = len(error.problems)
    assert found > 0


# ---- large tables --------------------------------------------------------------------------------


def test_repeated_rows_are_kept_and_counted() -> None:
    table = read_table("x,y,label\n1,2,0\n1,2,0\n1,2,1\n1,2,0\n")
    assert len(table.scene.points) == 4
    assert any("repeat another row: 2;" in note for note in table.notes)
    assert not any("repeat" in note for note in read_table(LABELLED).notes)


def test_a_longer_table_is_sampled_the_same_each_time_and_in_order() -> None:
    source = "# comment\n\nx,y,label\n" + "".join(f"{i},{i},{i % 2}\n\n" for i in range(1000))
    table = read_table(source, limit=100)
    x = table.scene.points.xy[:, 0]
    assert len(x) == 100
    assert (np.diff(x) > 0).all()
    assert 350 < x.mean() < 650
    assert any("1,000 rows; a random sample of 100" in note for note in table.notes)
    assert read_table(source, limit=100) == table
    assert len(read_table(source, limit=1000).scene.points) == 1000
    assert not any("sample" in note for note in read_table(source, limit=1000).notes)


def test_rows_of_a_sample_that_are_left_out_name_their_own_lines() -> None:
    source = "x,y\n" + "\n".join(f"{i},v{i + 2}" if i >= 100 else f"{i},1" for i in range(1000))
    left = read_table(source, limit=100).understanding.left_out
    assert len(left) > 50
    assert all(f"holds 'v{one.line}'" in one.reason for one in left)


def test_of_a_million_rows_a_sample_is_read() -> None:
    source = b"x,y,label\n" + b"0.123456,-1.654321,0\n1.123456,2.654321,1\n" * 500_000
    table = read_table(source)
    assert len(table.scene.points) == 100_000
    assert any("1,000,000 rows" in note for note in table.notes)


def test_groups_of_poison_and_muted_points_survive_a_round_trip() -> None:
    points = Points.of(np.arange(10.0).reshape(5, 2), 0, origin=[0, 1, 2, -1, -3]).with_columns(muted=[0, 1, 0, 0, 0])
    again = read_table(write_table(Scene(points, Domain(-1, 10, -1, 10)))).scene.points
    assert again.origin.tolist() == [0, 1, 2, -1, -3]
    assert again.muted.tolist() == [False, True, False, False, False]
