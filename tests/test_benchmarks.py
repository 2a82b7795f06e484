"""Every benchmark runs, with the least work: what is only run by hand rots. Nothing is held against the clock."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication

from benchmarks import __main__ as program
from benchmarks import floors, frame, roundtrips
from benchmarks.frame import NotHere, Row, Section, sections

ROOT = Path(__file__).parents[1]
PROGRAMS = (
    "before_after",
    "fuzz",
    "gpu",
    "roundtrips",
    "torture",
    "torture_trainer",
)  # each has its test
SECTIONS = sections()


def modules() -> dict[str, str]:
    """The text of each file in benchmarks/, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks").glob("[!_]*.py")}


WHOLE = ("studies", "sizes", "film", "peaks", "window")
"""Sections that start processes or draw films, however little they measure."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in WHOLE)) for name in SECTIONS])
def test_every_section_runs_with_the_least_work(name: str, qapp: QApplication) -> None:
    try:
        rows = list(SECTIONS[name].measure(True))
    except NotHere as error:  # node, for one
        pytest.skip(str(error))
    assert rows
    for row in rows:
        assert row.what
        assert row.reached is None or (math.isfinite(row.reached) and row.reached >= 0), row
        assert row.reached is not None or row.detail, "it says nothing"


@pytest.mark.parametrize("name", sorted(modules()))
def test_every_module_is_tried_here_or_a_part_of_one_that_is(name: str) -> None:
    texts = modules()
    if name in frame.MODULES:
        assert any(section.measure.__module__ == f"benchmarks.{name}" for section in SECTIONS.values())
    elif name not in PROGRAMS:
        assert "__main__" not in texts[name] or name.endswith("_child"), "enter it in frame.MODULES or in PROGRAMS"
        others = [text for other, text in texts.items() if other != name] + [Path(program.__file__).read_text()]
        ways = f"benchmarks.{name}", f"from benchmarks import {name}"
        assert any(way in text for text in others for way in ways), "nothing uses it"


def test_the_round_trips_run(qapp: QApplication, capsys: pytest.CaptureFixture[str]) -> None:
    assert roundtrips.main(["--states", "1"]) == 0
    assert "1 states in" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["torture", "--rounds", "1", "--trained", "0", "--longest", "0.2"], marks=pytest.mark.slow),
        pytest.param(["torture_trainer", "--rounds", "1", "--blow", "kill", "--patient"], marks=pytest.mark.slow),
    ],
    ids=lambda command: command[0],
)
def test_the_torturers_run(command: list[str]) -> None:
    name, *arguments = command
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert "1 rounds in" in done.stdout.decode()


# ---- what the table says of it ----------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """The program on sections of one row, of which each is given by name, and floors of its own; what it returns."""
    monkeypatch.setattr(floors, "PATH", tmp_path / "floors.toml")
    monkeypatch.setattr("boundaryviz.engine.device.keep_memory", lambda: None)  # for the whole process, for good

    def main(*arguments: str, **rows: Row | Exception) -> int:
        def measure(row: Row | Exception) -> frame.Measure:
            def once(least: bool) -> Iterator[Row]:
                if isinstance(row, Exception):
                    raise row
                yield row

            return once

        made = {name: Section(name, name, measure(row)) for name, row in rows.items()}
        monkeypatch.setattr(program, "sections", lambda: made)
        return program.main(arguments)

    return main


GOOD, LOW = Row("good", "a peer", "", 2.0, floor=2.0), Row("low", "a peer", "", 1.9, floor=2.0)
HIGH = Row("high", "", "", 51.0, ceiling=50.0, unit="ms")


def test_a_missed_bound_is_shown_and_makes_the_program_fail(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(good=GOOD) == 0
    assert "every bound holds" in capsys.readouterr().out
    assert run(good=GOOD, low=LOW, high=HIGH) == 1
    said = capsys.readouterr().out
    assert all(word in said for word in ("×1.9", "≥ ×2", "51 ms", "≤ 50 ms", "2 missed their bound"))


def test_with_the_least_work_no_bound_is_held(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--least", low=LOW) == 0
    assert "1 missed" in capsys.readouterr().out


def test_sections_are_run_by_name(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("good", good=GOOD, low=LOW) == 0
    assert "low" not in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        run("godo", good=GOOD)
    assert "there is no section godo; there are: good" in capsys.readouterr().err


def test_floors_are_raised_to_nine_tenths_of_what_is_reached_and_held_then(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    once = Row("once", "a peer", "", 12.3456, floor=2.0)
    assert run("--raise", good=GOOD, once=once, high=HIGH) == 1  # the last of which misses what the design asks
    assert floors.read() == {"once": {"once | a peer": 11.1}}  # the other's nine tenths are less than is asked of it
    assert run(once=replace(once, reached=11.2)) == 0
    capsys.readouterr()
    assert run(once=replace(once, reached=11.0)) == 1
    assert "≥ ×11.1" in capsys.readouterr().out


def test_a_floor_is_never_below_what_is_asked_and_of_nothing_else() -> None:
    assert floors.held("s", LOW, {"s": {floors.key(LOW): 1.0}}).floor == 2.0
    assert floors.held("s", HIGH, {"s": {floors.key(HIGH): 1.0}}) == HIGH


def test_floors_are_of_sections_there_are() -> None:
    assert floors.read().keys() <= SECTIONS.keys()


def test_what_cannot_be_measured_here_is_said(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(window=NotHere("There is no screen."), good=GOOD) == 3
    said = capsys.readouterr().out
    assert "There is no screen." in said
    assert "good" in said


def test_a_name_is_given_to_one_section_alone() -> None:
    with pytest.raises(ValueError, match="two sections 'torch'"):
        frame.section("torch", "Another")(SECTIONS["torch"].measure)
