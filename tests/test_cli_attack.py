"""`boundaryviz attack`, and figures and films of the trail: output, files and exit codes."""

from __future__ import annotations

import csv
import json
import os
import signal
from pathlib import Path

import pytest
from PIL import Image

import boundaryviz as bv
from boundaryviz.adversary.truth import Truth
from boundaryviz.cli.app import run
from boundaryviz.scenario.files import write
from helpers.attacked import MOONS

SMALL = ["--set", "data.n=60", "--set", "data.noise=0.2", "--set", "learner.name=SVC", "--set", "adversary.count=5"]
ALFA = ["moons", *SMALL, "--set", "adversary.method=alfa"]


def test_json_holds_metrics_points_and_the_trail_and_nothing_else_is_printed(capsys: pytest.CaptureFixture[str]):
    assert run(["attack", "moons", *SMALL, "--method", "flips-furthest", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["attack"]["method"] == "flips-furthest"
    assert found["learner"] == "SVC"
    assert found["whole"]
    assert set(found["metrics"]) == {"gain", "error", "clean_error", "random_gain", "fits"}
    assert found["metrics"]["error"]["mean"] == found["trail"][-1]["error"]
    assert [one["points"] for one in found["trail"]] == [1, 2, 3, 4, 5]
    assert {tuple(point) for point in found["points"]} == {("x", "label", "replaces")}
    scenario = bv.load("moons").with_values({"data.n": 60, "data.noise": 0.2, "learner.name": "SVC"})
    ids = scenario.scene().points.ids.tolist()
    assert all(point["replaces"] in ids for point in found["points"])


def test_a_table_is_printed_and_what_is_saved_holds_the_poison(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file, numbers = tmp_path / "a.bviz", tmp_path / "a.json"
    assert run(["attack", *ALFA, "--save", str(file), "--json", str(numbers)]) == 0
    said = capsys.readouterr()
    for words in ("adversarial label flips, 5 points", "random_gain", "rise of the test error"):
        assert words in said.out
    assert f"wrote {file}" in said.err
    scenario = bv.load(file)
    assert scenario.scene().points.is_poison.sum() == 5
    assert scenario.adversary is not None
    assert json.loads(numbers.read_text())["scenario"] == scenario.name


def test_poison_that_felt_no_slope_is_told_of_with_what_works_instead(capsys: pytest.CaptureFixture[str]):
    values = ["--set", "learner.name=SVC", "--set", "learner.kernel=linear"]
    few = ["--set", "adversary.count=3"]
    asked = ["attack", "moons", *values, *few, "--method", "svm-gradient"]
    assert run(asked) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "have no slope to go up" in said
    assert "take heap or greedy" in said
    assert run([*asked, "--json", "-"]) == 0
    assert "have no slope to go up" in json.loads(capsys.readouterr().out)["words"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["moons"], 2, "adversary.method: this scenario offers no attack; name one of"),
        (["moons", "--method", "magic"], 2, "unknown method 'magic'"),
        (["moons", "--method", "alfa"], 2, "attacks support vector machines of two classes"),
        (["moons", "--method", "flips-random", "--set", "adversary.count=0"], 2, "must be at least 1"),
        (["moons", "--method", "flips-random", "--set", "adversary.count=501"], 2, "there are 500 labelled"),
        (["moons", "--method", "flips-random", "--save", "a.txt"], 2, "ends in .bviz"),
        (["nowhere", "--method", "alfa"], 2, "nowhere"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(words, code, said, capsys: pytest.CaptureFixture[str]):
    assert run(["attack", *words]) == code
    told = capsys.readouterr()
    assert said in told.err
    assert "Error:" not in told.err
    assert not told.out


def test_a_figure_of_no_attack_names_the_setting_that_it_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["figure", "moons", "--view", "trail", "-o", str(tmp_path / "a.png")]) == 2
    assert "adversary.method: this scenario offers no attack" in capsys.readouterr().err  # it has no --method


def test_interrupted_it_prints_and_saves_what_the_attack_had_come_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    of, asked = Truth.of, list[bool]()

    def and_ctrl_c(self: Truth, state):
        if len(state) == 2 and not asked:
            asked.append(True)
            os.kill(os.getpid(), signal.SIGINT)
        return of(self, state)

    monkeypatch.setattr(Truth, "of", and_ctrl_c)
    file = tmp_path / "a.bviz"
    assert run(["attack", "moons", *SMALL, "--method", "flips-random", "--save", str(file)]) == 130
    assert "interrupted; this is what the attack had come to" in capsys.readouterr().err
    assert bv.load(file).scene().points.is_poison.sum() == 2


def test_a_figure_of_the_trail_and_its_numbers(tmp_path: Path):
    picture, numbers = tmp_path / "t.png", tmp_path / "t.csv"
    command = ["figure", *ALFA, "--view", "trail", "-o", str(picture), "--dpi", "40", "--across", "32"]
    assert run([*command, "--data", str(numbers), "--width", "12"]) == 0
    with Image.open(picture) as drawn:
        assert drawn.size[0] == pytest.approx(12 / 2.54 * 40, abs=1)
    rows = list(csv.DictReader(numbers.read_text().splitlines()))
    assert {row["point"] for row in rows} == set("01234")
    assert float(rows[-1]["error"]) >= 0
    assert run(["figure", "moons", "--view", "trail", "-o", str(picture)]) == 2


def test_a_film_over_an_attack_has_a_run_for_each_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    film, scenario = tmp_path / "t.webp", tmp_path / "s.bviz"
    write(scenario, MOONS)
    command = ["animate", str(scenario), "--over", "attack", "-o", str(film), "--size", "320x240", "--no-title"]
    assert run([*command, "--fps", "5", "--hold", "0", "--view", "boundary"]) == 0
    with Image.open(film) as drawn:
        assert drawn.n_frames == 7  # type: ignore[attr-defined]  # the clean one, and six
    capsys.readouterr()
    assert run(["animate", "moons", "--over", "attack", "-o", str(film)]) == 2
    assert "Set adversary.method" in capsys.readouterr().err
