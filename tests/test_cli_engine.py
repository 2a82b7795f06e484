"""What does the steps, on the command line: named, recorded, and said where it is another or has to be waited for."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from boundaryviz.cli.app import run
from boundaryviz.engine import device as devices
from boundaryviz.engine.device import NAMES
from boundaryviz.engine.session import Session
from boundaryviz.scenario import files

SMALL = ["--set", "data.n=24", "--set", "learner.hidden=[3]", "--steps", "5"]


def trained(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict[str, Any], str]:
    """What `train` writes as JSON, and what it says."""
    assert run(["train", *words, "--json", "-"]) == 0
    shown = capsys.readouterr()
    return json.loads(shown.out), shown.err


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_a_saved_run_is_done_again_by_what_did_it(
    device: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "a.bviz")
    first, _ = trained(capsys, "moons", *SMALL, "--device", device, "--save", path)
    again, said = trained(capsys, path)
    assert again["engine"] == first["engine"]
    assert device != "cpu" or first["engine"] == "cpu"
    assert again["metrics"] == first["metrics"]
    assert "note" not in said
    course = files.read(path).course
    assert course is not None
    assert course.engine == first["engine"]


def test_a_run_of_what_is_not_there_goes_on_with_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.bviz"
    trained(capsys, "moons", *SMALL, "--device", "cpu", "--save", str(path))
    values = json.loads(path.read_text(encoding="utf-8"))
    values["course"]["engine"], values["version"] = "mps", 8
    path.write_text(json.dumps(values), encoding="utf-8")
    found, said = trained(capsys, str(path))
    assert found["engine"] != "mps"
    assert f"note: {NAMES['mps']} cannot be used here (torch finds no Apple GPU); " in said


@pytest.mark.parametrize("command", ["train", "dose", "check"])
def test_the_compiled_program_is_refused_for_what_is_no_net(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    forest = ["--set", "learner.name=RandomForestClassifier"] if command == "train" else []
    named = {"train": "moons", "dose": "svm-heap", "check": "svm-heap"}[command]
    assert run([command, named, *forest, "--device", "compiled"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: --device compiled: the compiled program cannot do the steps: ")
    assert "only nets are compiled; there is: " in said


def test_who_waits_for_the_program_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    why: list[str] = []

    def program(wait: bool = True) -> None:
        if wait:
            why.append("numba is too old")

    monkeypatch.setattr(devices, "loading", SimpleNamespace(program=program, trouble=lambda: "".join(why[:1])))
    found, said = trained(capsys, "moons", *SMALL)
    assert found["engine"] == "cpu"
    assert said.count("note: the compiled program for nets is made, which takes some seconds, once") == 1


def test_a_gpu_without_memory_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def step(_session: Session, _n: int = 1) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(Session, "step", step)
    assert run(["train", "moons", *SMALL]) == 1
    words = "error: the run failed: there is no memory left on the GPU; --device cpu trains without it\n"
    assert capsys.readouterr().err == words


def test_doctor_says_of_each_engine_whether_it_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["engines"]) == set(NAMES)
    assert found["engines"]["cpu"] == "there"
    there = [name for name, words in found["engines"].items() if words == "there"]
    assert sorted(found["devices"]) == sorted(there)
    assert {"numba", "llvmlite"} <= set(found["packages"])
