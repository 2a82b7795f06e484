"""`influence` from the command line, and its figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from boundaryviz.cli.app import run

SMALL = ["influence", "moons", "--set", "data.n=20", "--set", "learner.name=logistic", "--set", "training.l2=0.01",
         "--steps", "60", "--at", "0.5,0.25"]  # fmt: skip


def test_it_lists_the_points_beside_leaving_them_out_and_says_how_far_to_trust_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = tmp_path / "why.json", tmp_path / "why.png"
    assert run([*SMALL, "--top", "4", "--json", str(files[0]), "-o", str(files[1]), "--dpi", "50"]) == 0
    said = capsys.readouterr().out
    for words in (
        "leave-one-out",
        "another seed",
        "agrees with leave-one-out by",
        "Another seed agrees",
        "a picture of",
    ):
        assert words in said
    assert files[1].read_bytes().startswith(b"\x89PNG")
    found = json.loads(files[0].read_text())
    assert len(found["points"]) == 4
    assert found["left_out"] == 20
    assert found["place"] == [0.5, 0.25]
    assert set(found["refused"]) == {"shapley", "labels"}
    weights = [abs(one["influence"]) for one in found["points"]]
    assert weights == sorted(weights, reverse=True)


def test_without_leaving_out_nothing_is_said_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SMALL, "--no-leave-out", "--method", "influence", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["left_out"] == 0
    assert found["ceiling"] is None
    assert found["points"][0]["leave-one-out"] is None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["--at", "1"], "--at 1: write two numbers"),
        (["--at", "inf,1"], "two finite numbers"),
        (["--method", "luck"], "--method luck: there are influence, warm"),
        (["--method", "shapley"], "nearest neighbours alone"),
        (["--set", "training.optimiser=adamw", "--method", "influence"], "take Adam"),
        (["-o", "why.gif"], "ends in one of"),
        (["--group", "0"], "--group"),
    ],
)
def test_what_it_cannot_do_it_says(command: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SMALL, *command]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert words in said
