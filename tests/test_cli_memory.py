"""What takes more memory than there is, is a usage problem: exit code 2, in a sentence, and no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaryviz.cli.app import run
from boundaryviz.scenario import cost

NEIGHBOURS = ["--set", "learner.neighbours=100"]
SMALL = ["--steps", "20", "--set", "data.n=40", "--set", "learner.hidden=[4]"]


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One with a gigabyte to give, and nothing in the folder."""
    monkeypatch.setattr(cost, "available", lambda: 1e9)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (["train", "moons", *SMALL, "--seeds", "1000000", "--json", "out.json"], "this run"),
        (["train", "moons", *SMALL, "--seeds", "100000000", "--twin"], "this run"),
        (
            ["train", "moons", "--set", "data.n=100000", "--set", "learner.name=label-spreading", *NEIGHBOURS],
            "this run",
        ),
        (
            ["dose", "two-moons-bridge-neural", "--doses", "1,100000", "--seeds", "1000", "--json", "out.json"],
            "this run",
        ),
        (["figure", "moons", *SMALL, "--seeds", "1000000", "-o", "out.png"], "this run"),
        (["figure", "moons", *SMALL, "--width", "40", "--dpi", "700", "-o", "out.png"], "this figure"),
        (["animate", "moons", *SMALL, "--size", "3840x3840", "-o", "out.mp4"], "this film"),
        (["animate", "moons", *SMALL, "--seeds", "1000000", "-o", "out.mp4"], "this run"),
    ],
)
def test_it_is_refused_with_the_number(line: list[str], what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(line) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (words,) = said.err.strip().splitlines()  # an older rich ends its bar by an empty line
    assert words.startswith(f"error: {what} would take about ")
    assert "GB of memory, and 1.0 GB are free; take " in words
    assert list(tmp_path.iterdir()) == []


def test_a_figure_of_a_hundred_centimetres_at_1200_dots_per_inch_is_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    """It took 18.5 GB."""
    assert run(["figure", "moons", *SMALL, "--width", "100", "--dpi", "1200", "-o", "out.png"]) == 2
    words = "a figure of 100 cm at 1,200 dots per inch is 47,244 pixels wide, and 12,000 are the most"
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
