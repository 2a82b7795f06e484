"""`boundaryviz table`, and `--columns` of the commands that take a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import boundaryviz as bv
from boundaryviz.cli.app import run
from boundaryviz.tables.choosing import parsed

TABLES = Path(__file__).parent / "data" / "tables"
PENGUINS = str(TABLES / "penguins.csv")


def test_what_is_understood_is_printed_as_json(capsys: pytest.CaptureFixture[str]):
    assert run(["table", PENGUINS, "--json"]) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert {"format", "encoding", "columns", "rows", "classes", "notes"} <= {*found}
    assert (found["format"], found["encoding"]) == ("delimited text", "UTF-8")
    assert found["columns"] == {"x": "bill_length_mm", "y": "bill_depth_mm", "label": "species"}
    assert found["rows"]["kept"] == 342
    assert [one["line"] for one in found["rows"]["left_out"]] == [5, 273]
    assert found["classes"] == {"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}
    assert any("2 rows were left out" in note for note in found["notes"])
    assert shown.err == ""
    again = bv.read_table(Path(PENGUINS), columns=found["columns"])
    assert list(again.notes) == [note for note in found["notes"] if "took" not in note]


def test_what_is_understood_is_printed_for_a_person(capsys: pytest.CaptureFixture[str]):
    assert run(["table", PENGUINS]) == 0
    shown = capsys.readouterr().out
    for words in ("342 points; 2 rows left out.", "Chinstrap", "body_mass_g", "273", "taken as missing"):
        assert words in shown


def test_columns_are_chosen(capsys: pytest.CaptureFixture[str]):
    chosen = ["--columns", "x=flipper_length_mm,y=body_mass_g,label=sex", "--columns", "label=island"]
    assert run(["table", PENGUINS, *chosen, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["columns"] == {"x": "flipper_length_mm", "y": "body_mass_g", "label": "island"}
    assert {*found["classes"]} == {"Biscoe", "Dream", "Torgersen"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x=a,y=b", {"x": "a", "y": "b"}),
        ("x=a, with b,label=c", {"x": "a, with b", "label": "c"}),
        ("values.my kind=NA+None,minus_one=class", {"values.my kind": "NA+None", "minus_one": "class"}),
        ("x=a,label=", {"x": "a", "label": ""}),
        ("inputs=a+b+c,shown=principal", {"inputs": "a+b+c", "shown": "principal"}),
        ("x=1=2", {"x": "1=2"}),
    ],
)
def test_the_words_of_a_choice(text: str, found: dict[str, str]):
    assert parsed(text) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["table", PENGUINS, "--columns", "x=length"], "there is no column 'length' for x; there are: 'species'"),
        (["table", PENGUINS, "--columns", "length"], "write such as x=length,y=mass,label=species"),
        (["table", PENGUINS, "--columns", "z=sex"], "'z' is nothing that can be chosen"),
        (["table", str(TABLES / "nowhere.csv")], "nowhere.csv: cannot be read"),
        (["train", "moons", "--columns", "x=a"], "moons: columns are chosen of a table"),
        (["train", PENGUINS, "--columns", "x=sex"], "no row is left"),
        (["check", PENGUINS, "--columns", "x=nothing"], "no column 'nothing'"),
        (["figure", PENGUINS, "-o", "x.png", "--columns", "x=nothing", "--columns", "32"], "no column 'nothing'"),
        (["figure", "moons", "-o", "x.png", "--columns", "3"], "--across 3: write a number from 16 to 2048"),
        (["animate", PENGUINS, "-o", "x.gif", "--columns", "x=nothing"], "no column 'nothing'"),
        (["dose", PENGUINS, "--columns", "x=nothing"], "no column 'nothing'"),
        ([PENGUINS, "--columns", "x=nothing"], "no column 'nothing'"),
    ],
)
def test_a_choice_that_cannot_be_ends_with_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert run(words) == 2
    assert said in capsys.readouterr().err


def test_a_table_without_points_says_what_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "words.csv").write_text("a,b\nc,d\ne,f\n")
    assert run(["table", str(tmp_path / "words.csv"), "--json"]) == 2
    shown = capsys.readouterr()
    assert json.loads(shown.out)["rows"]["kept"] == 0
    assert "words.csv: there are no two columns of numbers" in shown.err


def test_training_says_how_the_table_was_read(capsys: pytest.CaptureFixture[str]):
    columns = ["--columns", "x=flipper_length_mm,y=body_mass_g"]
    assert run(["train", PENGUINS, *columns, "--steps", "2", "--device", "cpu", "--json", "-"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["scenario"] == "penguins"
    assert "note: 2 rows were left out, on lines 5, 273" in shown.err
    assert "note: No column is named label: took 'species' for the label." in shown.err


def test_training_says_where_the_learner_sees_nothing_of_the_poison(capsys: pytest.CaptureFixture[str]):
    command = ["train", PENGUINS, "--set", "data.labels_per_class=5", "--set", "poison.count=10", "--steps", "2"]
    assert run([*command, "--twin", "--device", "cpu"]) == 0
    assert "note: This learner does not use unlabelled points, and all poison is unlabelled" in capsys.readouterr().err
    assert run([*command, "--twin", "--device", "cpu", "--set", "learner.name=label-spreading"]) == 0
    assert "unlabelled points" not in capsys.readouterr().err


def test_python_reads_tables_too():
    table = bv.read_table(PENGUINS, columns={"x": "flipper_length_mm", "y": "body_mass_g"})
    assert table.scene.axis_names == ("flipper_length_mm", "body_mass_g")
    scenario = bv.load(PENGUINS, {"x": "flipper_length_mm", "y": "body_mass_g"})
    assert scenario.own is not None
    assert scenario.own.source == table.source
