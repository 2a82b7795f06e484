"""`boundaryviz check` and `train --data-seeds`: tables, JSON, exit codes, mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from boundaryviz.cli.app import run
from boundaryviz.record.expectations import Check
from boundaryviz.scenario.files import write
from boundaryviz.scenario.gallery import load
from boundaryviz.scene.edits import Move, apply
from boundaryviz.studies import check as studies_check

SMALL = {"data.n": 60, "poison.count": 3}


@pytest.fixture
def promise(tmp_path: Path):
    def written(file: str = "small.toml", **expect: object) -> str:
        write(tmp_path / file, load("cut-the-chain").with_values(SMALL | {"name": "small", "expect": expect}))
        return str(tmp_path / file)

    return written


def test_json_is_as_the_contract_says(promise, capsys: pytest.CaptureFixture[str]):
    assert run(["check", promise(flip_rate=[0, 1], leverage=0.0), "--data-seeds", "0-2,5", "--json", "-"]) == 1
    out = capsys.readouterr()
    (name, found), *others = json.loads(out.out)["scenarios"].items()
    assert (name, others) == ("small", [])
    assert found["holds"] is False
    assert found["data_seeds"] == [0, 1, 2, 5]
    assert found["expectations"]["flip_rate"]["promised"] == [0, 1]
    assert len(found["expectations"]["flip_rate"]["values"]) == 4
    assert found["expectations"]["flip_rate"]["held"] == 1.0
    assert "small does not hold on 90 % of the data seeds: leverage" in out.err


def test_a_promise_that_holds_ends_with_0_and_a_line_for_each(promise, tmp_path, capsys: pytest.CaptureFixture[str]):
    place = tmp_path / "found.json"
    files = [promise(flip_rate=[0, 1]), promise("bare.toml")]
    assert run(["check", *files, "--data-seeds", "4-5", "--json", str(place)]) == 0
    out = capsys.readouterr().out
    assert "data seeds 4, 5; nothing in training is random" in out
    assert "0 % to 100 %" in out
    assert "This scenario promises nothing; these are its main measures." in out
    assert list(json.loads(place.read_text())["scenarios"]) == files  # two of one name are told apart


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], "name the scenarios"),
        (["check", "moons", "--all"], "name the scenarios"),
        (["check", "moonz"], "did you mean moons"),
        (["check", "moons", "--data-seeds", "9-3"], "write seeds as FIRST-LAST"),
        (["check", "moons", "--data-seeds", "x"], "write seeds as FIRST-LAST"),
        (["check", "moons", "--data-seeds", "0-99999"], "at most 10,000"),
        (["train", "moons", "--data-seeds", "0-1", "--save", "x.bviz"], "--save"),
    ],
)
def test_mistakes_are_said(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]):
    assert run(arguments) == 2
    assert words in capsys.readouterr().err


def test_train_draws_data_seeds_and_says_so(promise, capsys: pytest.CaptureFixture[str]):
    assert run(["train", promise(), "--twin", "--data-seeds", "0-2"]) == 0
    out = capsys.readouterr().out
    assert "3 data seeds, 0 to 2; nothing in training is random" in out
    assert "standard deviation over 3 data seeds" in out
    assert "what the poison changed" in out
    net = ["train", "moons", "--set", "data.n=30", "--steps", "3", "--seeds", "2"]
    assert run([*net, "--data-seeds", "8-9", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["data_seeds"], found["seeds"], found["seeds_vary"]) == ([8, 9], [0, 1], "data")
    assert len(found["metrics"]["test_error"]["per_seed"]) == 2
    assert run([*net, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["seeds_vary"] == "training"


def test_an_interrupted_check_says_nothing_of_what_never_ran(promise, monkeypatch, capsys: pytest.CaptureFixture[str]):
    def stopped(scenarios, data_seeds, seeds, *, watch, **options):
        def watched(checks: list[Check]) -> None:
            watch(checks)
            raise KeyboardInterrupt

        return real(scenarios, data_seeds, seeds, watch=watched, **options)

    real = studies_check.check_all
    monkeypatch.setattr(studies_check, "check_all", stopped)
    files = [promise(flip_rate=[0, 1]), "three-labels-spreading"]
    assert run(["check", *files, "--data-seeds", "0-2", "--json", "-"]) == 130
    out = capsys.readouterr()
    ((name, found),) = json.loads(out.out)["scenarios"].items()
    assert (name, found["holds"], found["data_seeds"], found["left"]) == ("small", None, [0], 2)
    assert "nothing is known of 1 scenario" in out.err
    assert run(["check", *files, "--data-seeds", "0-2"]) == 130
    out = capsys.readouterr()
    assert "so far, on 1 of 3 data seeds" in out.out
    assert "points kept" not in out.out


def test_of_kept_points_no_data_seeds_are_spoken_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    scenario = load("cut-the-chain").with_values(SMALL | {"expect": {"leverage": 0.0}})
    scene = scenario.scene()
    moved = apply(Move(scene.points.ids[:1], np.array([[0.1, 0.1]])), scene)[0]
    write(tmp_path / "kept.toml", scenario.with_scene(moved).model_copy(update={"name": "kept"}))
    assert run(["check", str(tmp_path / "kept.toml"), "--json", "-"]) == 1
    out = capsys.readouterr()
    assert json.loads(out.out)["scenarios"]["kept"]["kept_points"] is True
    assert "kept does not hold on the points kept in it: leverage" in out.err
    assert "data seed" not in out.err
