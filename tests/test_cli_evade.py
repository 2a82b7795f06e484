"""`evade` from the command line, its figures and its film; and the same from Python."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.cli.app import run
from boundaryviz.evasion.model import NoGradient
from boundaryviz.scenario.scenario import ScenarioError
from helpers.few import few

VALUES = {"data.n": 40, "learner.hidden": [6], "training.steps": 60, "training.batch_size": "full"}
SET = [word for path, value in VALUES.items() for word in ("--set", f"{path}={value}")]
SMALL = ["evade", "moons", *SET]
TREE = ["moons", "--set", "data.n=40", "--set", "learner.name=DecisionTreeClassifier"]


def test_it_tells_of_places_by_each_method_and_measures_all_test_points(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = tmp_path / "pushed.json", tmp_path / "pushed.png"
    words = ["--at", "0.5,0.25", "--at=-0.5,0.5", "--epsilon", "0.4", "--json", str(files[0]), "-o", str(files[1])]
    assert run([*SMALL, *words, "--dpi", "50", "--seeds", "2"]) == 0
    said = capsys.readouterr().out
    for word in ("DeepFool", "nearest point of the boundary", "0.5, 0.25", "robust_pgd", "noise_gap", "2 training"):
        assert word in said
    assert files[1].read_bytes().startswith(b"\x89PNG")
    found = json.loads(files[0].read_text())
    assert found["evasion"]["epsilon"] == 0.4
    assert len(found["metrics"]["distance"]["per_seed"]) == 2
    assert {(one["x"], one["y"]) for one in found["pushes"]} == {(0.5, 0.25), (-0.5, 0.5)}
    assert {one["method"] for one in found["pushes"]} == {"nearest", "fgsm", "pgd", "deepfool"}
    curve = found["robustness"]
    assert len(curve["exact"]) == len(curve["epsilons"])


def test_json_alone_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evade", *TREE, "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["method"] for one in found["pushes"]} == {"nearest"}
    assert "fgsm" in found["refused"]
    assert "robust_pgd" not in found["metrics"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["--at", "9,9"], "--at 9,9: this place lies outside the plane of the data"),
        (["--at", "1"], "--at 1: write two numbers"),
        (["--at", "nan,0"], "outside the plane"),
        (["--method", "luck"], "--method luck: there are nearest, fgsm"),
        (["--epsilon", "-1"], "evasion.epsilon: must be at least 0"),
        (["--target", "7"], "There is no class 7"),
        (["--set", "data.test=0"], "there are no test points to be pushed"),
        (["-o", "pushed.gif"], "ends in one of"),
    ],
)
def test_what_it_cannot_do_it_says(command: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SMALL, *command]) == 2
    assert words in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", [["--method", "pgd"], ["--set", "data.lift=5"]], ids=["by slope", "wide"])
def test_without_gradients_the_plane_is_all_there_is(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evade", *TREE, *command]) == 2
    assert "follows gradients, and the learner has none" in " ".join(capsys.readouterr().err.split())


def test_settings_with_which_there_is_nothing_to_see_are_remarked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SMALL, "--at", "0,0", "--method", "pgd", "--epsilon", "0"]) == 0
    assert "note: With an epsilon of 0 nothing is pushed" in capsys.readouterr().err


def test_where_one_class_is_decided_everywhere_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SMALL, "--method", "nearest", "--set", "decision.threshold=1"]) == 0
    assert "There is no boundary" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("view", few(["pushes", "robustness", "noise-relation", "linearity"], 2))
def test_each_view_is_drawn_with_its_numbers(view: str, tmp_path: Path) -> None:
    picture, numbers = tmp_path / "f.png", tmp_path / "f.npz"
    words = ["figure", "moons", *SET, "--view", view, "--dpi", "50", "-o", str(picture), "--data", str(numbers)]
    assert run(words) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    trained = bv.train(bv.load("moons").with_values(VALUES), progress=False)
    with np.load(numbers) as found:
        if view == "pushes":
            mine = trained.pushes("nearest").length
            np.testing.assert_array_equal(found["length"][found["method"] == "nearest"], mine)
        elif view == "robustness":
            np.testing.assert_array_equal(found["pgd"], trained.robustness().lines["pgd"])
        elif view == "noise-relation":
            np.testing.assert_array_equal(found["measured"], trained.noise_relation().measured)
        else:
            np.testing.assert_array_equal(found["lead"], trained.linearity().lead)


def test_a_view_that_needs_gradients_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["figure", *TREE, "--view", "linearity", "-o", str(tmp_path / "f.png")]) == 2
    assert "follows gradients" in capsys.readouterr().err


def test_a_film_follows_the_pushes_and_says_what_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "f.gif"
    film = ["--seconds", "0.2", "--size", "320x240", "--no-title", "--hold", "0", "--view", "pushes", "-o", str(place)]
    assert run(["animate", "moons", *SET, *film]) == 0
    assert place.read_bytes().startswith(b"GIF")
    assert run(["animate", *TREE, "--set", "evasion.method=pgd", *film]) == 2
    assert "evasion.method: This attack follows gradients" in " ".join(capsys.readouterr().err.split())


def test_from_python_a_scenario_is_pushed_with_settings_of_its_own() -> None:
    scenario = bv.load("moons").with_values(VALUES)
    found = bv.evade(scenario, at=(0.5, 0.25), methods="deepfool", epsilon=0.2, norm="linf", seeds=2, progress=False)
    (pushes,) = found.pushes
    assert (pushes.norm, pushes.epsilon, len(pushes)) == ("linf", 0.2, 1)
    assert len(found.metrics["accuracy"].per_seed) == 2
    assert found.rows()[0]["method"] == "deepfool"
    assert "pushes of at most 0.2" in str(found)
    with pytest.raises(ScenarioError, match="points: there are test"):
        bv.evade(scenario, points="all", progress=False)
    with pytest.raises(ScenarioError, match="places have two coordinates"):
        bv.evade(scenario, at=[[1.0, 2.0, 3.0]], progress=False)
    run = bv.train(scenario, seeds=2, progress=False)
    np.testing.assert_array_equal(run.pushes("pgd", seed=1).ids, run.pushes("fgsm").ids)
    assert len(run.pushes("fgsm", points="train", most=7)) == 7
    with pytest.raises(IndexError, match="seed number 2"):
        run.pushes("fgsm", seed=2)
    with pytest.raises(NoGradient):
        bv.train(bv.load("moons").with_values({"learner.name": "DecisionTreeClassifier"}), progress=False).linearity()


SILENT = {**VALUES, "learner.name": "simclr", "data.labels_per_class": 0, "training.steps": 5}


def test_a_model_that_decides_nothing_has_no_measures_of_the_line_and_no_warnings() -> None:
    found = bv.evade(bv.load("moons").with_values(SILENT), progress=False).metrics
    assert np.isnan([found[name].mean for name in ("straight", "fall")]).all()


def test_no_line_is_drawn_of_a_model_that_decides_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for path, value in SILENT.items() for word in ("--set", f"{path}={value}")]
    assert run(["figure", "moons", *words, "--view", "linearity", "-o", str(tmp_path / "f.png")]) == 2
    assert "decides nothing at any of the points" in " ".join(capsys.readouterr().err.split())
