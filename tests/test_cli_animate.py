"""`boundaryviz animate`: files, progress, mistakes and interruptions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from boundaryviz.cli.app import run
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.sweep import parse, title_of, value_words
from helpers.waits import PATIENCE

SMALL = ["moons", "--set", "data.n=60", "--set", "learner.hidden=[4]", "--steps", "40", "--device", "cpu"]
FILM = ["--size", "320x240", "--fps", "10", "--seconds", "0.5", "--hold", "0", "--no-title"]


def frames(path: Path) -> int:
    with Image.open(path) as film:
        assert film.size == (320, 240)
        return int(getattr(film, "n_frames", 1))


def test_a_film_of_training_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    place = tmp_path / "film.gif"
    assert run(["animate", *SMALL, *FILM, "-o", str(place)]) == 0
    assert frames(place) == 5
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"wrote {place}" in shown.err


def test_the_same_command_makes_the_same_film(tmp_path: Path):
    places = [tmp_path / "a.webp", tmp_path / "b.webp"]
    for place in places:
        assert run(["animate", *SMALL, *FILM, "--view", "boundary", "-o", str(place)]) == 0
    assert places[0].read_bytes() == places[1].read_bytes()


def test_lines_tell_of_training_of_drawing_and_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    place = tmp_path / "film.mp4"
    niceness: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.nice", niceness.append)
        assert run(["animate", *SMALL, *FILM, "--seconds", "7", "--view", "curves", "-o", str(place), "--lines"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert niceness == [5]
    doing = [line["doing"] for line in lines if "doing" in line]
    assert doing == sorted(doing, reverse=True)
    assert {"doing": "training", "done": 40, "of": 40} in lines
    assert lines[-2] == {"doing": "drawing", "done": 41, "of": 41}
    assert lines[-1] == {"wrote": str(place), "bytes": place.stat().st_size}


def test_a_film_over_a_setting_stands_at_each_value(tmp_path: Path):
    place = tmp_path / "film.gif"
    over = ["--over", "learner.hidden=[2],[3,3]", "--seconds", "0.6"]
    assert run(["animate", *SMALL, *FILM, *over, "-o", str(place), "--view", "boundary"]) == 0
    assert frames(place) == 6


def test_twins_are_trained_for_their_view(tmp_path: Path):
    more = ["--set", "data.labels_per_class=3", "--set", "poison.target=[0.0, 0.5]", "--over", "poison.count=0..2"]
    for view in ("twin", "flip"):
        place = tmp_path / f"{view}.gif"
        assert run(["animate", *SMALL, *FILM, *more, "--view", view, "--seeds", "2", "-o", str(place)]) == 0
    assert frames(place) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("poison.count=0..4", ("poison.count", [0, 1, 2, 3, 4], True)),
        ("data.noise=0..0.5:3", ("data.noise", [0.0, 0.25, 0.5], True)),
        ("data.noise = 0.5..0:2", ("data.noise", [0.5, 0.0], True)),
        ("learner.hidden=[2],[4,4], []", ("learner.hidden", [[2], [4, 4], []], False)),
        ("learner.activation=tanh,relu", ("learner.activation", ["tanh", "relu"], False)),
    ],
)
def test_over_is_a_range_or_a_list(text, found):
    assert parse(text, 300, load("moons")) == found


def test_a_range_has_no_more_values_than_frames():
    assert len(parse("data.noise=0..1", 300, load("moons"))[1]) == 48
    assert len(parse("data.noise=0..1", 10, load("moons"))[1]) == 10


def test_words_for_settings_and_values():
    scenario = load("moons")
    assert title_of(scenario, "poison.count") == "Poison points"
    assert title_of(scenario, "learner.hidden") == "Hidden layers"
    assert [value_words(v) for v in ([16, 16], [], 0.123456, 12000, "tanh")] == [
        "16-16",
        "none",
        "0.123",
        "12,000",
        "tanh",
    ]


BAD = {
    "ending": (["-o", "x.avi"], "ends in one of .gif, .webp, .mp4"),
    "folder": (["-o", "no/x.gif"], "there is no folder"),
    "odd size": (["-o", "x.gif", "--size", "641x480"], "even number"),
    "not a size": (["-o", "x.gif", "--size", "big"], "write WIDTHxHEIGHT"),
    "rate": (["-o", "x.gif", "--fps", "0"], "1 to 60 frames"),
    "no length": (["-o", "x.gif", "--seconds", "0"], "1 to 5,000 frames"),
    "no such seed": (["-o", "x.gif", "--seed-shown", "2"], "below the number of --seeds"),
    "over without values": (["-o", "x.gif", "--over", "data.noise"], "write PATH="),
    "over one value": (["-o", "x.gif", "--over", "data.noise=1"], "two values at least"),
    "over words": (["-o", "x.gif", "--over", "data.noise=a..b"], "ends of a range are numbers"),
    "over too many": (["-o", "x.gif", "--over", "data.noise=0..1:9999"], "no more than there are frames"),
    "over nothing": (["-o", "x.gif", "--over", "data.nois=0..1"], "did you mean data.noise"),
    "over too far": (["-o", "x.gif", "--over", "data.noise=0..7"], "must be at most 1"),
    "cascade": (["-o", "x.gif", "--view", "cascade"], "mlp is supervised and has no label cascade"),
    "cascades measured differently": (
        ["-o", "x.gif", "--view", "cascade", "--over", "learner.name=label-spreading,vat"], "film them apart",
    ),
    "a range without end": (["-o", "x.gif", "--over", "data.noise=0..1" + "0" * 400], "within 1e+15 of 0"),
    "a range to infinity": (["-o", "x.gif", "--over", "data.noise=0..inf"], "within 1e+15 of 0"),
    "a count without end": (["-o", "x.gif", "--over", "data.noise=0..1:" + "9" * 5000], "give two values at least"),
    "nested without end": (["-o", "x.gif", "--over", "data.noise=" + "[" * 3000 + ",1"], "data.noise"),
    "cascade on the way": (
        ["-o", "x.gif", "--view", "cascade", "--set", "learner.name=vat", "--over", "learner.name=vat,mlp"],
        "mlp is supervised",
    ),
    "device": (["-o", "x.gif", "--device", "mps"], "it has:"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), BAD.values(), ids=BAD)
def test_mistakes_are_said_and_end_with_2(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.chdir(tmp_path)
    assert run(["animate", "moons", *arguments]) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.out == ""
    assert os.listdir(tmp_path) == []


@pytest.mark.slow  # so does a cancelled one in tests/figures/test_film_files.py
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_ended_while_drawing_it_leaves_the_older_film_alone(number: int, tmp_path: Path):
    place = tmp_path / "film.gif"
    place.write_bytes(b"older")
    command = [sys.executable, "-m", "boundaryviz", "animate", *SMALL, "--seconds", "150", "-o", str(place), "--lines"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while (line := process.stdout.readline()) and json.loads(line).get("doing") != "drawing":
        pass
    assert len(os.listdir(tmp_path)) == 2
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "interrupted" in errors
    assert os.listdir(tmp_path) == ["film.gif"]
    assert place.read_bytes() == b"older"
