"""`bias-variance`, and the figure of the elephant, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from boundaryviz.cli.app import run

SMALL = ["circle", "--set", "data.n=40", "--set", "learner.name=DecisionTreeClassifier", "--samples", "12"]


def test_it_prints_what_each_measure_is_for_each_setting(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = tmp_path / "bias.json", tmp_path / "bias.png"
    over = ["--over", "learner.max_leaf_nodes=2,none"]
    assert run(["bias-variance", *SMALL, *over, "--json", str(files[0]), "-o", str(files[1]), "--dpi", "50"]) == 0
    said = capsys.readouterr().out
    assert "leaves 2" in said
    assert "12 fresh samples" in said
    assert files[1].read_bytes().startswith(b"\x89PNG")
    few, many = json.loads(files[0].read_text())["results"]
    assert (few["label"], many["label"]) == ("leaves 2", "leaves none")
    for one in (few, many):
        test = one["test"]
        parts = test["noise_effect"] + test["bias"] + test["unbiased_variance"] - test["biased_variance"]
        assert parts == pytest.approx(test["error"], abs=1e-12)
    assert few["test"]["bias"] > many["test"]["bias"]


def test_a_table_is_said_to_be_sampled_with_replacement(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["bias-variance", "iris", "--set", "learner.name=GaussianNB", "--samples", "5", "--json", "-"]
    assert run(command) == 0
    (found,) = json.loads(capsys.readouterr().out)["results"]
    assert found["sampled"] == "bootstrap"
    assert "bootstraps of one data set" in found["warning"]
    assert found["plane"]["bias"] is None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["--over", "learner.leaves=2,3"], "there is no such setting"),
        (["--over", "learner.max_leaf_nodes"], "--over learner.max_leaf_nodes: write PATH=FIRST..LAST"),
        (["--samples", "501"], "equal to 500"),
        (["--set", "data.test=0.0"], "give data.test a share"),
        (["-o", "bias.gif"], "ends in one of"),
        (["-o", "bias.png", "--width", "1"], "2 to 100 cm"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_trained(
    command: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bias-variance", *SMALL, *command]) == 2
    assert words in capsys.readouterr().err.replace("\n", " ")


def test_the_elephant_is_drawn_without_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "elephant.pdf"
    assert run(["figure", "elephant", "--view", "elephant", "-o", str(place)]) == 0
    assert place.read_bytes().startswith(b"%PDF")
    assert run(["figure", "moons", "--view", "elephant", "-o", str(place)]) == 2
    assert "boundaryviz figure elephant" in capsys.readouterr().err.replace("\n", " ")
