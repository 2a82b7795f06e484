"""`boundaryviz figure --view study`: the study that a scenario holds, drawn."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from boundaryviz.cli.app import run
from boundaryviz.scenario import files
from boundaryviz.scenario.study_spec import Axis, StudySpec
from helpers.study_tables import LEAVES, TREE

SPEC = StudySpec(axes=(Axis(path=LEAVES, values=(2, 4, 8)),), data_seeds=2, report="size")


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # in this process, which has loaded everything
    path = tmp_path / "trees.toml"
    files.write(path, TREE.model_copy(update={"study": SPEC, "title": "Trees"}))
    return path


def test_the_study_is_carried_out_and_drawn_with_its_runs_beside(scenario: Path, tmp_path: Path):
    figure, data = tmp_path / "study.svg", tmp_path / "runs.csv"
    assert run(["figure", str(scenario), "--view", "study", "-o", str(figure), "--data", str(data)]) == 0
    drawn = figure.read_text()
    assert "Trees \u00b7 leaves" in drawn
    assert "validation" in drawn
    with data.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row[LEAVES], row["data_seed"]) for row in rows] == [
        (size, draw) for size in ("2", "4", "8") for draw in ("0", "1")
    ]
    assert all(0 <= float(row["test_error"]) <= 1 for row in rows)


def test_a_study_file_is_drawn_and_what_is_stored_is_not_trained_again(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    file, store, data = tmp_path / "study.toml", tmp_path / "runs.sqlite", tmp_path / "runs.csv"
    file.write_text(f'scenario = "{scenario.name}"\n[[axes]]\npath = "{LEAVES}"\nvalues = [2, 5]\n')
    command = ["figure", str(file), "--view", "study", "--store", str(store), "-o", str(tmp_path / "a.svg")]
    assert run([*command, "--data", str(data)]) == 0
    with data.open(newline="") as stream:
        assert [row[LEAVES] for row in csv.DictReader(stream)] == ["2", "2", "5", "5"]
    monkeypatch.setattr("boundaryviz.studies.executors.function_named", lambda _: pytest.fail("trained again"))
    assert run(command) == 0
    assert run(["figure", str(scenario), "--store", str(store), "-o", str(tmp_path / "b.svg")]) == 2
    assert "only --view study, poison-count, scoreboard and transfer take it" in capsys.readouterr().err


def test_a_scenario_without_a_study_is_told_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "plain.toml"
    files.write(path, TREE)
    assert run(["figure", str(path), "--view", "study", "-o", str(tmp_path / "a.png")]) == 2
    assert "holds no study" in capsys.readouterr().err


def test_a_study_that_is_none_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "wrong.toml"
    wrong = SPEC.model_copy(update={"axes": (Axis(path="learner.leafs", values=(1, 2)),)})
    files.write(path, TREE.model_copy(update={"study": wrong}))
    assert run(["figure", str(path), "--view", "study", "-o", str(tmp_path / "a.png")]) == 2
    assert "learner.leafs" in capsys.readouterr().err
