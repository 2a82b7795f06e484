"""A person at a real window: xdotool moves the mouse and types, the program says what became of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.screen import Screen
from helpers.waits import PATIENCE, until

pytestmark = [pytest.mark.screen, pytest.mark.timeout(120)]
DRIVEN = Path(__file__).parents[1] / "helpers" / "driven.py"


class Person:
    """Acts on the window and looks at it."""

    def __init__(self, screen: Screen, program: subprocess.Popen[str]) -> None:
        self._screen, self.program = screen, program

    def ask(self, question: str = "state") -> dict[str, Any]:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(question + "\n")
        self.program.stdin.flush()
        return json.loads(self.program.stdout.readline())

    def until(self, holds: Callable[[dict[str, Any]], bool], timeout: float = PATIENCE) -> dict[str, Any]:
        end = time.monotonic() + timeout
        while not holds(state := self.ask()):
            assert time.monotonic() < end, {k: v for k, v in state.items() if k not in ("xy", "ids", "label")}
            time.sleep(0.05)
        return state

    def key(self, *keys: str) -> None:
        self._screen.xdotool("key", "--delay", 40, *keys)

    def type(self, text: str) -> None:
        self._screen.xdotool("type", "--delay", 20, text)

    def place(self, x: float, y: float) -> tuple[int, int]:
        at = self.ask(f"pixel {x} {y}")
        return round(at["x"]), round(at["y"])

    def click(self, x: float, y: float) -> None:
        self._screen.xdotool("mousemove", *self.place(x, y), "sleep", 0.05, "click", 1)

    def click_widget(self, path: str) -> None:
        self.click_at(f"widget {path}")

    def click_at(self, question: str) -> None:
        at = self.ask(question)
        self._screen.xdotool("mousemove", at["x"], at["y"], "sleep", 0.05, "click", 1)

    def drag(self, *places: tuple[float, float]) -> None:
        first, *rest = (self.place(*place) for place in places)
        moves: list[object] = ["mousemove", *first, "sleep", 0.05, "mousedown", 1]
        for x, y in rest:
            moves += ["sleep", 0.15, "mousemove", x, y]  # slow enough that no corner is skipped
        self._screen.xdotool(*moves, "sleep", 0.15, "mouseup", 1)


@pytest.fixture
def open_window(screen: Screen, own_settings: Path) -> Iterator[Callable[..., Person]]:
    programs: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> Person:
        program = subprocess.Popen(
            [sys.executable, str(DRIVEN), *arguments],
            env=screen.environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        programs.append(program)
        screen.wait_for_window("boundaryviz$")
        person = Person(screen, program)
        person.until(lambda s: s["steps"] > 0)
        return person

    yield start
    for program in programs:
        with program:  # closes its pipes and waits for it
            assert program.stdin is not None
            program.stdin.close()  # the program closes its window then
            try:
                program.wait(timeout=PATIENCE)
            finally:
                program.kill()
        assert program.returncode == 0


def test_add_drag_lasso_relabel_undo_redo_and_export(
    open_window: Callable[..., Person], tmp_path: Path, screen: Screen
) -> None:
    person = open_window()
    start = person.ask()
    empty = [(-1.4, -1.2), (-1.3, -0.9), (-1.2, -1.3)]  # a corner of the moons' domain without points

    person.key("a")  # the tool that adds
    for place in empty:
        person.click(*place)
    added = person.until(lambda s: s["n"] == start["n"] + 3)
    for place, xy in zip(empty, added["xy"][-3:], strict=True):
        assert xy == pytest.approx(place, abs=0.02)

    person.drag(empty[0], (-1.0, -1.0), (-0.8, -1.25))
    moved = person.until(lambda s: s["undo"] == 4)
    assert moved["xy"][-3] == pytest.approx((-0.8, -1.25), abs=0.02)
    assert moved["playing"], "all of this while it trains"
    person.click_widget("controller.transport.play_button")  # the rest needs no trainer that keeps both cores busy
    person.until(lambda s: not s["playing"])

    for place in ((-0.6, -1.3), (-0.5, -1.1)):
        person.click(*place)
    five = person.until(lambda s: s["n"] == start["n"] + 5)
    person.key("o")  # the lasso
    person.drag((-1.6, -1.45), (-0.3, -1.45), (-0.3, -0.8), (-1.6, -0.8), (-1.6, -1.4))
    person.until(lambda s: sorted(s["selection"]) == sorted(five["ids"][-5:]))
    person.key("2")
    relabelled = person.until(lambda s: s["label"][-5:] == [1] * 5)

    for _ in range(relabelled["undo"]):
        person.key("ctrl+z")
    undone = person.until(lambda s: s["undo"] == 0)
    assert undone["xy"] == start["xy"]
    assert undone["label"] == start["label"]
    for _ in range(relabelled["undo"]):
        person.key("ctrl+y")
    redone = person.until(lambda s: s["undo"] == relabelled["undo"])
    assert redone["xy"] == relabelled["xy"]
    assert redone["label"] == relabelled["label"]

    person.key("ctrl+e")
    screen.wait_for_window("Export a figure")
    time.sleep(1.0)
    person.key("Return")
    screen.wait_for_window("Save|Export.*as|Write")
    target = tmp_path / "plane.pdf"
    time.sleep(0.3)
    person.key("ctrl+a")
    person.type(str(target))
    person.key("Return")
    until(target.exists)
    assert target.read_bytes().startswith(b"%PDF")
    person.key("Escape")


@pytest.mark.slow  # tests/gui/test_workbench.py looks at the same without a screen
def test_the_learning_rate_changes_while_it_plays(open_window: Callable[..., Person]) -> None:
    person = open_window()
    person.click_at("tab 2")
    person.click_at("setting training.learning_rate")
    person.key("ctrl+a")
    person.type("0.05")
    person.key("Return")
    changed = person.until(lambda s: s["rate"] == 0.05)
    assert changed["playing"]
    assert changed["undo"] == 1
    person.until(lambda s: s["steps"] > changed["steps"] + 20)  # neither stopped nor begun again


@pytest.mark.slow  # tests/gui/test_workbench.py kills it without a screen
def test_killing_the_trainer_leaves_the_window_alive(open_window: Callable[..., Person]) -> None:
    person = open_window()
    before = person.ask()
    person.key("a")
    person.click(-1.3, -1.2)
    person.until(lambda s: s["n"] == before["n"] + 1)
    os.kill(before["trainer"], signal.SIGKILL)
    said = person.until(lambda s: "signal 9" in s["banner"])
    assert said["n"] == before["n"] + 1
    person.key("ctrl+z")
    person.until(lambda s: s["n"] == before["n"])
    person.click_widget("window.banner.action_button")
    person.click_widget("controller.transport.play_button")
    person.until(lambda s: s["steps"] > 0 and s["playing"])


@pytest.mark.slow  # tests/gui/tools lays bridges without a screen
def test_a_bridge_from_an_empty_start(open_window: Callable[..., Person]) -> None:
    person = open_window()
    person.key("ctrl+n")
    person.until(lambda s: s["n"] == 0)
    person.click_at("tab 0")
    person.click_widget("controller.data.combo")
    person.type("Two moons")
    person.key("Return")
    person.until(lambda s: s["n"] > 0)
    person.click_at("setting data.labels_per_class")
    person.key("ctrl+a")
    person.type("3")
    person.key("Return")
    person.until(lambda s: sum(k >= 0 and split == 0 for k, split in zip(s["label"], s["split"], strict=True)) == 6)
    person.click_at("tab 1")
    person.click_widget("controller.learner.combo")
    person.type("Label spr")
    person.key("Return")
    start = person.until(lambda s: s["learner"] == "label-spreading")

    train = [k for k, split in enumerate(start["split"]) if split == 0]
    source = next(k for k in train if start["label"][k] == 0)
    target = min((k for k in train if start["label"][k] < 0), key=lambda k: start["xy"][k][1])  # the lower moon's belly
    (x0, y0), (x1, y1) = start["xy"][source], start["xy"][target]
    person.click_at("tool bridge")
    person.until(lambda s: "labelled point" in s["says"] or "start a bridge" in s["says"])
    person.click(x0, y0)
    person.until(lambda s: "shall become class 0" in s["says"])
    person.click(x1, y1)
    laid = person.until(lambda s: s["undo"] == start["undo"] + 1)
    beads = [xy for xy, group in zip(laid["xy"], laid["origin"], strict=True) if group == 1]
    assert len(beads) == 10
    assert laid["targets"] == [[x1, y1, 0]]
    for x, y in beads:  # all on the way from source to target
        assert (x - x0) * (y1 - y0) == pytest.approx((y - y0) * (x1 - x0), abs=1e-9)

    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    person.drag(middle, (middle[0] + 0.2, middle[1]), (middle[0] + 0.4, middle[1]))
    bent = person.until(lambda s: s["undo"] == start["undo"] + 2)
    assert bent["n"] == laid["n"]
    assert bent["xy"] != laid["xy"]
    if not bent["playing"]:
        person.click_widget("controller.transport.play_button")
    person.until(lambda s: s["steps"] > 0)
    person.key("Escape")
    for _ in range(2):
        person.key("ctrl+z")
    person.until(lambda s: s["n"] == start["n"] and s["targets"] == [])
