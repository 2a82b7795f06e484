"""`figure`: strips, comparisons, a part of the plane, the data behind it, and projects with a history."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from boundaryviz.cli.app import run
from boundaryviz.record import pins_file
from boundaryviz.record.pins import PinnedSnapshot
from boundaryviz.runs.run import train
from boundaryviz.scenario.files import write
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import Domain
from helpers.snapshots import snapshot

SMALL = ["--steps", "20", "--set", "data.n=40", "--set", "learner.hidden=[4]", "--device", "cpu", "--columns", "32"]


def test_a_strip_of_the_moments_asked_for(tmp_path: Path) -> None:
    place, data = tmp_path / "f.svg", tmp_path / "f.npz"
    words = ["--view", "frames", "--at", "20,0,5", "--letters", "--font", "serif", "-o", str(place)]
    assert run(["figure", "moons", *SMALL, *words, "--data", str(data)]) == 0
    text = place.read_text()
    assert all(f">step {step}<" in text for step in (0, 5, 20))
    assert "DejaVu Serif" in text
    with np.load(data, allow_pickle=False) as found:
        assert found["moment_step"].tolist() == [0, 5, 20]
        assert found["moment3_field"].shape[1] == 32
        assert not np.array_equal(found["moment1_field"], found["moment3_field"])


def test_a_strip_without_steps_begins_at_0_and_ends_at_the_end(tmp_path: Path) -> None:
    data = tmp_path / "f.npz"
    words = ["--view", "frames", "--no-legend", "--transparent", "-o", str(tmp_path / "f.png"), "--dpi", "40"]
    assert run(["figure", "moons", *SMALL, *words, "--data", str(data)]) == 0
    with np.load(data, allow_pickle=False) as found:
        steps = found["moment_step"].tolist()
    assert (steps[0], steps[-1], len(steps)) == (0, 20, 6)


def test_settings_compared_are_named(tmp_path: Path) -> None:
    place, data = tmp_path / "f.svg", tmp_path / "f.csv"
    words = ["--view", "compare", "--vary", "learner.hidden=[2]", "--vary", "data.noise=0.3;training.seed=4"]
    assert run(["figure", "moons", *SMALL, *words, "-o", str(place), "--data", str(data)]) == 0
    names = {row["name"] for row in csv.DictReader(data.read_text().splitlines())}
    assert names == {"Two moons", "Hidden layers 2", "Noise 0.3; Seed 4"}
    assert "Hidden layers 2" in place.read_text()


def test_a_part_of_the_plane_of_one_of_the_seeds(tmp_path: Path) -> None:
    data = tmp_path / "f.npz"
    words = ["--seeds", "2", "--seed-shown", "1", "--rect=-1,0,0,0.5", "-o", str(tmp_path / "f.pgf")]
    assert run(["figure", "moons", *SMALL, *words, "--data", str(data)]) == 0
    again = train(load("moons").with_values({"data.n": 40, "learner.hidden": [4]}), 2, steps=20, device="cpu")
    with np.load(data, allow_pickle=False) as found:
        np.testing.assert_array_equal(found["field"], again.snapshot(1, columns=32, rect=Domain(-1, 0, 0, 0.5)).field)
        assert (found["x"][0], found["y"][-1]) == pytest.approx((-1 + 0.5 / 32, 0.5 - 0.25 / found["field"].shape[0]))
    assert (tmp_path / "f-img0.png").exists()


def test_a_project_is_drawn_with_its_course(tmp_path: Path) -> None:
    scenario = load("two-moons-bridge").with_values({"data.n": 60, "learner.name": "mlp", "poison.count": 4})
    scene = scenario.scene()
    history = RunHistory.of(scenario, scene, drawn=True, seeds=2, twin=True)
    moved, _ = apply(Move(scene.points.ids[:9], np.full((9, 2), 0.7)), scene)
    project = history.then(8, scenario, moved).come_to(16).written(scenario.with_scene(moved), moved)
    write(tmp_path / "own.bviz", project)
    data = tmp_path / "f.npz"
    words = ["--seed-shown", "1", "--view", "twin", "--device", "cpu", "--columns", "32", "--data", str(data)]
    assert run(["figure", str(tmp_path / "own.bviz"), *words, "-o", str(tmp_path / "f.svg")]) == 0
    again = train(project, device="cpu")
    assert (again.step, len(again.seeds), again.twin) == (16, 2, True)
    with np.load(data, allow_pickle=False) as found:
        assert found["step"] == 16
        np.testing.assert_array_equal(found["field"], again.snapshot(1, columns=32).field)
        np.testing.assert_array_equal(found["clean_field"], again.snapshot(1, clean=True, columns=32).field)
        assert set(map(tuple, moved.points.xy[:9])) <= set(zip(found["point_x"], found["point_y"], strict=True))


def test_pins_are_drawn_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "two.pins.npz", tmp_path / "f.svg"
    pins_file.write(path, [PinnedSnapshot("one", snapshot()), PinnedSnapshot("other", snapshot(step=7))])
    assert run(["figure", str(path), "--view", "compare", "-o", str(out)]) == 0
    assert {">one<", ">other<"} <= {word for word in (">one<", ">other<") if word in out.read_text()}
    out.unlink()
    for words, said in (
        ([], "drawn by --view compare"), (["--view", "compare", "--steps", "3", "--vary", "data.noise=0"],
        "--steps, --vary: pins are drawn as they are"),
    ):  # fmt: skip
        assert run(["figure", str(path), *words, "-o", str(out)]) == 2
        assert said in " ".join(capsys.readouterr().err.split())
    path.write_bytes(path.read_bytes()[:-9])
    assert run(["figure", str(path), "--view", "compare", "-o", str(out)]) == 2
    assert "not a complete archive" in " ".join(capsys.readouterr().err.split())
    assert not out.exists()


BAD = {
    "moments of another view": (["--at", "1,2"], "only --view frames"),
    "runs of another view": (["--vary", "data.noise=0.2"], "only --view compare"),
    "nothing to compare": (["--view", "compare"], "--vary PATH=VALUE"),
    "too many to compare": (["--view", "compare", *["--vary", "data.noise=0.2"] * 9], "1 to 8 others"),
    "a wrong setting to compare": (["--view", "compare", "--vary", "data.noise=9"], "--vary data.noise=9: data.noise"),
    "moments after the end": (["--view", "frames", "--at", "0,21"], "between 0 and 20"),
    "moments in words": (["--view", "frames", "--at", "first"], "write steps"),
    "a rectangle turned over": (["--rect=1,0,0,1"], "LEFT,RIGHT,BOTTOM,TOP"),
    "a seed that is not trained": (["--seed-shown", "1"], "--seeds, 1"),
    "data of another kind": (["--data", "f.json"], ".npz or .csv"),
}


@pytest.mark.parametrize(("words", "said"), BAD.values(), ids=BAD)
def test_mistakes_are_said_before_training(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["figure", "moons", *SMALL, *words, "-o", "f.pdf"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_view_that_is_none_is_said_in_plain_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["figure", "moons", "--view", "scorebord", "-o", str(tmp_path / "a.png")]) == 2
    assert "Invalid value for '--view': 'scorebord' is not one of" in capsys.readouterr().err
