"""`boundaryviz dose` and `figure --view dose`: output, files and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from boundaryviz.cli.app import run
from boundaryviz.record.dose import DoseResponse
from boundaryviz.scenario.gallery import load
from helpers.waits import PATIENCE

SMALL = ["--set", "data.n=80", "--set", "data.labels_per_class=3", "--set", "poison.target=[0.0, 0.5]", "--seeds", "2"]
SPREADING = ["moons", *SMALL, "--set", "learner.name=label-spreading"]


def test_json_holds_every_seed_and_nothing_else_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dose", *SPREADING, "--doses", "4,1,12", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["doses"] == [0, 1, 4, 12]
    assert found["rates"] == pytest.approx([0, 1 / 81, 4 / 84, 12 / 92])
    assert [one["learner"] for one in found["learners"]] == ["label-spreading", "KNeighborsClassifier"]
    assert np.array(found["learners"][0]["flip_rate"]["per_seed"]).shape == (4, 2)
    assert found["settings"]["poison"]["target"] == [0.0, 0.5]
    assert DoseResponse.parse(found).plain() == {key: value for key, value in found.items() if key != "settings"}


def test_a_table_names_doses_rates_and_learners(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = tmp_path / "dose.json"
    command = ["dose", *SPREADING, "--doses", "12", "--learner", "label-spreading", "--learner", "SVC"]
    assert run([*command, "--json", str(numbers)]) == 0
    shown = capsys.readouterr().out
    for words in ("Label spreading, 2 data seeds", "Support vector machine", "13.04 %", "flip_rate", "Wilson"):
        assert words in shown
    assert json.loads(numbers.read_text())["doses"] == [0, 12]


def test_it_is_said_where_no_learner_sees_anything_of_the_poison(capsys: pytest.CaptureFixture[str]) -> None:
    for learners, said in ((["SVC"], True), (["SVC", "label-spreading"], False)):
        named = [word for name in learners for word in ("--learner", name)]
        assert run(["dose", *SPREADING, "--doses", "12", *named]) == 0
        assert ("This learner does not use unlabelled points" in capsys.readouterr().err) == said


def test_lines_tell_of_progress_and_results_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    niceness: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.nice", niceness.append)
        command = [
            "dose",
            "moons",
            *SMALL,
            "--doses",
            "3",
            "--steps",
            "40",
            "--set",
            "learner.name=pi-model",
            "--lines",
        ]
        assert run(command) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert niceness == [5]
    done = [line["done"] for line in lines if "done" in line]
    assert done == sorted(done)
    assert [line for line in lines if "done" in line][-1] == {"done": 80, "of": 80}
    responses = [DoseResponse.parse(line["response"]) for line in lines if "response" in line]
    assert len(responses[0].curves) == 1
    assert len(responses[-1].curves) == 2


def test_figures_of_doses_and_flips_are_written(tmp_path: Path) -> None:
    dose, flip = tmp_path / "dose.svg", tmp_path / "flip.svg"
    assert run(["figure", *SPREADING, "--view", "dose", "--doses", "1,10", "--width", "9", "-o", str(dose)]) == 0
    assert "as given in the talk" in dose.read_text()
    assert run(["figure", *SPREADING, "--set", "poison.count=12", "--view", "flip", "-o", str(flip)]) == 0
    assert "% flipped" in flip.read_text()


BAD = {
    "not numbers": (["dose", "moons", "--doses", "1,x"], "write numbers of points"),
    "negative": (["dose", "moons", "--doses=-1"], "from 0 up"),
    "unknown learner": (["dose", "moons", "--learner", "oracle"], "unknown learner 'oracle'"),
    "no place for it": (["dose", "moons", "--set", "poison.target=[90.0, 0.0]"], "outside the plane"),
    "nowhere to write": (["dose", "moons", "--json", "/no/such/folder/x.json"], "there is no folder"),
    "doses elsewhere": (["figure", "moons", "-o", "x.pdf", "--doses", "1"], "only --view dose"),
    "figure too narrow": (["figure", "moons", "--view", "dose", "-o", "x.pdf", "--width", "1"], "2 to 100 cm"),
    "no such device": (["dose", "moons", "--device", "mps"], "it has:"),
}


@pytest.mark.parametrize(("arguments", "words"), BAD.values(), ids=BAD)
def test_mistakes_are_said_and_end_with_2(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow  # so does `train`, in tests/test_cli.py
def test_ctrl_c_keeps_what_was_finished(tmp_path: Path) -> None:
    numbers = tmp_path / "dose.json"
    command = [sys.executable, "-m", "boundaryviz", "dose", *SPREADING, "--doses", "5", "--lines"]
    command += ["--learner", "label-spreading", "--learner", "mlp", "--steps", "10000000", "--json", str(numbers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    while (line := process.stdout.readline()) and not json.loads(line).get("done", 0) > 10:
        pass  # the first learner is done, the second at work
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "what was finished is kept" in errors
    found = json.loads(numbers.read_text())
    assert found["learners"][0]["learner"] == "label-spreading"
    assert found["scenario"] == load("moons").name
