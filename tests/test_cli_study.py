"""`boundaryviz study`: tables, files, exit codes, mistakes, and going on."""

from __future__ import annotations

import csv
import json
import signal
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

import boundaryviz as bv
from boundaryviz.cli import studying
from boundaryviz.cli.app import run
from boundaryviz.jobs.lookup import function_named
from boundaryviz.record.reports import ReportError
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.study_file import read_study
from boundaryviz.scenario.words import duration_words
from boundaryviz.studies import executors
from boundaryviz.studies.sqlite_store import SqliteStore

TEXT = """
scenario = "moons"
seeds = 2
[set]
data.n = 40
learner.hidden = [4]
training.steps = 12
[[axes]]
path = "data.noise"
values = [0.1, 0.3]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "study.toml").write_text(TEXT)
    return str(tmp_path / "study.toml")


def test_the_table_is_printed_and_written_in_every_form(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    places = {kind: tmp_path / f"out.{kind}" for kind in ("json", "csv", "parquet", "latex")}
    options = [word for kind, place in places.items() for word in (f"--{kind}", str(place))]
    assert run(["study", file, *options]) == 0
    out = capsys.readouterr()
    assert "data.noise" in out.out
    assert "4 runs; mean ± standard error in percent" in out.out
    assert out.err.count("wrote") == 4
    table = bv.study(file, progress=False)
    assert StudyTable.read(json.loads(places["json"].read_text())).equals(table)
    rows = list(csv.DictReader(places["csv"].read_text().splitlines()))
    assert [row["data.noise"] for row in rows] == ["0.1", "0.1", "0.3", "0.3"]
    assert [row["seed"] for row in rows] == ["0", "1", "0", "1"]
    assert [float(row["test_loss"]) for row in rows] == table.columns["test_loss"].tolist()
    frame = pandas.read_parquet(places["parquet"])
    assert frame["test_loss"].tolist() == table.columns["test_loss"].tolist()
    assert frame["fold"].isna().all()
    assert r"data.noise & runs & train\_error" in places["latex"].read_text()


def test_json_alone_goes_to_standard_output_and_settings_may_be_changed(file: str, capsys: pytest.CaptureFixture[str]):
    assert run(["study", file, "--set", "study.seeds=1", "--set", "data.n=30", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["study"], found["runs"], found["of"]) == ("moons", 2, 2)
    assert found["axes"] == {"data.noise": [0.1, 0.3]}
    assert found["columns"]["fold"] == [None, None]


def test_interrupted_it_keeps_what_is_done_and_the_same_command_goes_on(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    store = tmp_path / "results.sqlite"
    calls: list[str] = []

    def interrupted(name: str) -> Any:
        calls.append(name)
        if len(calls) == 2:
            signal.raise_signal(signal.SIGINT)
        return function_named(name)

    monkeypatch.setattr(executors, "function_named", interrupted)
    assert run(["study", file, "--store", str(store), "--json", "-"]) == 130
    out = capsys.readouterr()
    assert (json.loads(out.out)["runs"], json.loads(out.out)["of"]) == (2, 4)
    assert "interrupted; 2 of 4 runs are finished; the same command goes on from here" in out.err
    calls[:] = ["", ""]
    assert run(["study", file, "--store", str(store), "--json", "-"]) == 0
    assert len(calls) == 3, "the other batch alone"
    assert StudyTable.read(json.loads(capsys.readouterr().out)).equals(bv.study(file, progress=False))


def test_what_comes_to_nothing_is_named_and_the_code_is_1(file: str, capsys: pytest.CaptureFixture[str]):
    assert run(["study", file, "--set", "data.labels_per_class=0"]) == 2, "nothing came of any run"
    assert "label" in capsys.readouterr().err
    Path(file).write_text(TEXT.replace('"data.noise"', '"data.labels_per_class"').replace("[0.1, 0.3]", "[0, 3]"))
    assert run(["study", file]) == 1
    out = capsys.readouterr()
    assert "2 of 4 runs" in out.out
    assert "nothing came of data.labels_per_class=0, seed 0 and 1 more: " in out.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--engine", "ray"], "there are: local, and dask://HOST:PORT"),
        (["--engine", "dask://here"], "there are: local, and dask://HOST:PORT"),
        (["--engine", "dask://here:1", "--workers", "2"], "leave their number out"),
        (["--set", "data.nois=3"], "did you mean data.noise"),
        (["--set", "study.seeds=0"], "seeds: a study needs at least one"),
        (["--set", "study.axes=[]", "--set", "study.seeds=1"], "it varies nothing"),
        (["--json", "nowhere/found.json"], "nowhere"),
        (["--store", "nowhere/kept.sqlite"], "look whether its folder exists"),
    ],
)
def test_mistakes_are_said_and_the_code_is_2(
    options: list[str], words: str, file: str, capsys: pytest.CaptureFixture[str]
):
    assert run(["study", file, *options]) == 2
    assert words in capsys.readouterr().err


def test_a_store_of_others_is_refused_and_results_of_other_studies_stay(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()
    before = other.read_bytes()
    assert run(["study", file, "--store", str(other)]) == 2
    assert "was written by another program; choose another file" in capsys.readouterr().err
    assert other.read_bytes() == before
    store = tmp_path / "results.sqlite"
    for noise in ("0.1", "0.2"):
        assert run(["study", file, "--set", f"poison.count={noise[-1]}", "--store", str(store)]) == 0
    with SqliteStore(store) as kept:
        assert len(kept) == 8


def test_of_very_many_runs_it_is_said_how_long_and_asked(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(studying, "ASKED", 3)
    assert run(["study", file]) == 2
    out = capsys.readouterr()
    assert "this study is 4 runs, about " in out.err
    assert "; write --yes to start it" in out.err
    assert run(["study", file, "--yes", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 4
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer, code in (("n", 2), ("y", 0)):
        monkeypatch.setattr("builtins.input", lambda _words, answer=answer: answer)
        assert run(["study", file]) == code
    assert run(["study", file, "--set", "study.seeds=1000000", "--set", "study.data_seeds=1000"]) == 2
    assert "10,000,000 are the most; take it in parts" in capsys.readouterr().err


def test_what_is_said_of_very_many_runs_is_of_those_that_there_are(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    tree = ["--set", "learner.name=DecisionTreeClassifier", "--set", "study.seeds=60000", "--json", "-"]
    assert run(["study", file, *tree]) == 0, "nobody is asked"
    assert json.loads(capsys.readouterr().out)["runs"] == 2
    monkeypatch.setattr(studying, "ASKED", 3)
    assert run(["study", file, "--engine", "dask://nowhere:1"]) == 2
    said = capsys.readouterr().err
    assert "of one process here; a cluster shares it" in said
    assert "worker" not in said


def test_what_is_wrong_is_said_before_it_is_asked(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(studying, "ASKED", 3)
    monkeypatch.setattr(studying, "_wanted", lambda *_: pytest.fail("asked"))
    assert run(["study", file, "--set", "study.seeds=1000000", "--set", "study.data_seeds=1000"]) == 2
    assert "10,000,000 are the most" in capsys.readouterr().err


def test_while_it_is_prepared_the_bar_says_so(file: str, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []

    def add_task(_: object, words: str, **__: object) -> int:
        said.append(words)
        return 0

    monkeypatch.setattr("rich.progress.Progress.add_task", add_task)
    monkeypatch.setattr("rich.progress.Progress.update", lambda *_, description, **__: said.append(description))
    assert run(["study", file]) == 0
    assert said[0] == "preparing the study of moons"
    assert set(said[1:]) == {"study of moons"}


def test_durations_in_words():
    assert [duration_words(s) for s in (3, 90, 600, 12_000, 1e6, 1e8)] == [
        "3 s", "90 s", "10 min", "3.3 h", "12 days", "1,157 days",
    ]  # fmt: skip


def test_from_python_axes_are_given_in_any_form():
    small = bv.load("moons").with_values({"data.n": 30, "learner.hidden": [4], "training.steps": 4})
    table = bv.study(small, ("data.noise", (0.1, 0.2)), "poison.count=0..2", seeds=2, progress=False)
    assert dict(table.axes) == {"data.noise": (0.1, 0.2), "poison.count": (0, 1, 2)}
    assert len(table) == 12
    for axis, words in ((("data.nois", (1,)), "did you mean data.noise"), ("data.n", "write PATH=")):
        with pytest.raises(bv.ScenarioError, match=words):
            bv.study(small, axis, progress=False)
    with pytest.raises(bv.ScenarioError, match="seedz: there is no such setting"):
        bv.study(small, seedz=3, progress=False)
    with pytest.raises(bv.ScenarioError, match="holds no study"):
        bv.study(small, progress=False)


def test_from_python_fields_and_axes_stand_in_place_of_those_of_the_study_that_is_held(file: str):
    assert dict(bv.study(file, seeds=1, progress=False).axes) == {"data.noise": (0.1, 0.3)}
    assert len(bv.study(file, data_seeds=2, progress=False)) == 8
    other = bv.study(file, ("data.n", np.array([30, 50])), progress=False)
    assert (dict(other.axes), len(other)) == ({"data.n": (30, 50)}, 4)
    held = bv.study(read_study(file), seeds=3, progress=False)
    assert len(held) == 6
    assert len(bv.study("moons", data_seeds=2, steps=1, progress=False)) == 2, "a scenario that holds none"


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (("data.noise", 0.1), r"axes: data.noise: the values are a list, such as \(0.1, 0.2\); not 0.1"),
        (("learner.name", "tree"), "axes: learner.name: the values are a list, .* not 'tree'"),
        (("data.noise", ()), "axes: data.noise: values"),
        (("data.noise",), r"axes: an axis is a pair, .*; not \('data.noise',\)"),
        ({"data.noise": [0.1, 0.2]}, "axes: an axis is a pair, .*; not {'data.noise'"),
        ((3, (0.1, 0.2)), "axes: an axis is a pair"),
    ],
)
def test_from_python_what_is_no_axis_is_said_in_words(axis: Any, words: str):
    with pytest.raises(bv.ScenarioError, match=words):
        bv.study("moons", axis, progress=False)


def test_from_python_no_workers_are_refused():
    with pytest.raises(ValueError, match="at least one process is needed, not 0"):
        bv.study("moons", data_seeds=2, workers=0, progress=False)


def test_what_the_report_says_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path, place = tmp_path / "sizes.toml", tmp_path / "out.json"
    path.write_text("""
scenario = "moons"
folds = 3
report = "size"
[set]
data.n = 60
data.label_noise = 0.2
learner.name = "DecisionTreeClassifier"
[[axes]]
path = "learner.max_leaf_nodes"
values = [2, 5, 20]
""")
    assert run(["study", str(path), "--json", str(place)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    report = bv.report(bv.study(str(path), progress=False), "size")
    assert all(words in out for words in report.words)
    written = json.loads(place.read_text())
    assert {name: written[name] for name in ("report", "measures", "words")} == report.plain()
    with pytest.raises(ReportError, match="did you mean 'size'"):
        bv.report(bv.study(str(path), progress=False), "sizes")


def test_what_is_worth_saying_of_a_scenario_is_said_before_its_study(file: str, capsys: pytest.CaptureFixture[str]):
    values = [word for one in ("poison.attack=bridge", "poison.count=3") for word in ("--set", one)]
    assert run(["study", file, *values, "--json", "-"]) == 0
    assert "note: This learner does not use unlabelled points, and all poison is unlabelled" in capsys.readouterr().err
