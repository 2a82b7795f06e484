"""Tables in and out: the round trip, the guesses, and one clear sentence for everything that is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.scene import Domain, Points, Scene
from boundaryviz.tables import text as table_text
from boundaryviz.tables.tables import ColumnMapping, TableError, read_table, table_headers, write_table
from helpers.scenes import PLANE, points, scenes

LABELLED = "x,y,label\n1,2,0\n3,4,1\n"


def problems(source, mapping: ColumnMapping | None = None) -> list[str]:
    with pytest.raises(TableError) as caught:
        read_table(source, mapping)
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
    assert read_table(tmp_path / "points.csv") == read_table(LABELLED)


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
    assert any("Latin-1" in note for note in table.notes)
    assert not any("Latin-1" in note for note in read_table("x,y,label\n1,2,né\n".encode()).notes)


# ---- columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "row", "taken"),
    [
        ("x,y,label", "1,2,0", ColumnMapping("x", "y", "label")),
        ("X,Y,LABEL", "1,2,0", ColumnMapping("X", "Y", "LABEL")),
        ("id,height,weight,species", "1,2,3,cat", ColumnMapping("height", "weight", "species")),
        ("x1,x2,y", "1,2,0", ColumnMapping("x1", "x2", "y")),
        ("name,a,b", "tom,2,3.5", ColumnMapping("a", "b", "name")),
        ("a,b,c", "1.5,2.5,3.5", ColumnMapping("a", "b")),
        ("class,a,b", "1,2,3", ColumnMapping("a", "b", "class")),
        (",a,b", "0,2,3", ColumnMapping("a", "b")),
        ("x,y,split,origin,target", "1,2,test,poison,1", ColumnMapping("x", "y", "target", "split", "origin")),
    ],
)
def test_columns_are_guessed_and_the_guess_is_said(header: str, row: str, taken: ColumnMapping) -> None:
    table = read_table(f"{header}\n{row}\n")
    assert table.mapping == taken
    assert table.headers == tuple(header.split(","))
    said = " ".join(table.notes)
    assert ("took" in said) == ({taken.x.casefold(), taken.y.casefold()} != {"x", "y"} or taken.label == "target")


def test_any_headers_can_be_mapped() -> None:
    source = "height,weight,kind,use\n1,2,cat,test\n3,4,dog,\n"
    table = read_table(source, ColumnMapping("Weight", "height", "kind", split="use"))
    assert table_headers(source) == ("height", "weight", "kind", "use")
    assert table.scene.points.xy.tolist() == [[2, 1], [4, 3]]
    assert table.scene.points.split.tolist() == [2, 0]
    assert table.scene.axis_names == ("weight", "height")
    assert table.scene.class_names == ("cat", "dog")
    swapped = read_table("1,2\n3,4\n", ColumnMapping("column 2", "column 1"))
    assert swapped.scene.points.xy.tolist() == [[2, 1], [4, 3]]


def test_columns_left_out_are_named() -> None:
    assert "Columns left out: 'id', 'z'." in read_table("id,x,y,z,label\n1,2,3,4,0\n").notes


# ---- labels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "labels", "names"),
    [
        ("0 1 9", [0, 1, 9], ()),
        ("3 -1 '' 0", [3, -1, -1, 0], ()),
        ("1.0 0.0 -1.0", [1, 0, -1], ()),
        ("dog cat '' dog", [1, 0, -1, 1], ("cat", "dog")),
        ("30 4 30", [1, 0, 1], ("4", "30")),
        ("a 1 nan", [1, 0, -1], ("1", "a")),
        ("unlabelled b -1", [-1, 0, -1], ("b",)),
    ],
)
def test_labels(cells: str, labels: list[int], names: tuple[str, ...]) -> None:
    rows = "".join(f"{i},2,{cell.strip(chr(39))}\n" for i, cell in enumerate(cells.split()))
    scene = read_table("x,y,label\n" + rows).scene
    assert scene.points.label.tolist() == labels
    assert scene.class_names == names


def test_one_class_is_read_with_a_word_of_warning() -> None:
    assert any("one class" in note for note in read_table("x,y,label\n1,2,0\n3,4,0\n").notes)
    assert any("No row has a label" in note for note in read_table("x,y\n1,2\n").notes)
    assert any("-1 was read as unlabelled" in note for note in read_table("x,y,label\n1,2,-1\n3,4,1\n").notes)
    assert not any("class" in note for note in read_table(LABELLED).notes)


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


def test_every_problem_is_listed_with_its_line_and_column() -> None:
    source = (
        "x,y,label,split\n1,abc,0,train\nnan,2,0,train\n,3,0,later\n\n1,-inf,0,test\n2e15,2,0,test\n1,2,3,4,5,6\n7\n"
    )
    found = problems(source)
    places = [
        "line 2, column 'y': 'abc' is not a number", "line 3, column 'x': 'nan' is not a finite number",
        "line 4, column 'split': 'later' is not known", "line 4, column 'x': the cell is empty",
        "line 6, column 'y': '-inf' is not a finite number", "line 7, column 'x': '2e15' is beyond 1e+15",
        "line 8, column 5: there are 6 cells", "line 9, column 'y': the cell is empty",
    ]  # fmt: skip
    assert [one[: len(place)] for one, place in zip(found, places, strict=True)] == places
    assert all("; " in one for one in found), "each says what to do"


def test_a_cell_on_several_lines_does_not_shift_the_places() -> None:
    assert problems('x,y,label\n1,2,"a\nb"\n1,oops,c\n')[0].startswith("line 4, column 'y'")


def test_twenty_problems_are_shown_and_the_others_counted() -> None:
    found = problems("x,y\n" + "1,oops\n" * 1500)
    assert len(found) == 21
    assert found[-1] == "and 1,480 more"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "empty"),
        (b"", "empty"),
        ("\ufeff \n\n", "empty"),
        ("# only a comment\n", "only comments"),
        ("x,y,label\n", "line 2: there are no points"),
        ("x,label\n1,0\n", "there is no y"),
        ("a,b\nc,d\n", "neither x nor y"),
        ("name,age\ntom,3\n", "neither x nor y"),
        ('x,y\n1,2\n"3,4\n', "line 3: a quotation mark"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text table"),
        (b"PK\x03\x04 workbook", "save the sheet as CSV"),
        (b"\xff\xfex\0,", "not readable as UTF-16"),
        (np.arange(100.0).tobytes(), "not a text table"),
        (Path("nowhere.csv"), "cannot be read: No such file"),
        (Path("."), "a folder or a device, not a file"),
        ("x,y\n1,5,2,5\n", "decimal commas"),
        (
            "x,y,label\n" + "".join(f"1,2,k{i}\n" for i in range(52)),
            "line 52, column 'label': 'k50' is one class too many",
        ),
        ("x,y,label\n" + "".join(f"1,2,{i / 7}\n" for i in range(60)), "60 different labels"),
    ],
)
def test_an_unusable_table_gets_one_clear_sentence(source, words: str) -> None:
    found = problems(source)
    assert len(found) == 1
    assert words in found[0]


def test_columns_that_are_not_there_are_all_named() -> None:
    found = problems(LABELLED, ColumnMapping("x", "height", "kind"))
    assert found == [
        "header: there is no column 'height' for y; there are: 'x', 'y', 'label'",
        "header: there is no column 'kind' for label; there are: 'x', 'y', 'label'",
    ]


def test_a_table_beyond_the_size_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(table_text, "MAX_BYTES", 10)
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


def test_problems_of_a_sample_name_their_own_lines() -> None:
    source = "x,y\n" + "\n".join(f"{i},v{i + 2}" if i >= 100 else f"{i},1" for i in range(1000))
    with pytest.raises(TableError) as caught:
        read_table(source, limit=50)
    for one in caught.value.problems[:-1]:
        line, value = one.removeprefix("line ").split(", ")[0], one.split("'")[3]
        assert value == f"v{line}"


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
