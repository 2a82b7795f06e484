"""The dialog for films: what is chosen, what is refused, what is told while one is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QBuffer, QIODevice, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from boundaryviz.gui.export.film_control import wrong
from boundaryviz.gui.export.film_dialog import FilmChoice, FilmDialog, Sweepable
from boundaryviz.gui.export.sweeps import sweepable
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.words import size_words
from boundaryviz.scene.data import DataSpec
from helpers.qtest import QTest

SWEEPS = {"poison.count": Sweepable("Poison: points", "0..40")}


def png() -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.save(buffer, "PNG")
    return buffer.data().data()


class Caller:
    """Draws previews, names a path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.drawn: list[FilmChoice] = []
        self.asked: list[tuple[FilmChoice, Path]] = []
        self.cancelled: list[bool] = []
        self.path: Path | None = Path("out") / "film"
        self.fails: Exception | None = None

    def render(self, choice: FilmChoice) -> bytes:
        self.drawn.append(choice)
        if self.fails:
            raise self.fails
        return png()


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def dialog(qtbot: QtBot, caller: Caller) -> FilmDialog:
    made = FilmDialog(caller.render, "moons", sweeps=SWEEPS, ask_path=lambda _: caller.path, steps=1500)
    qtbot.addWidget(made)
    made.asked.connect(lambda choice, path: caller.asked.append((choice, path)))
    made.cancelled.connect(lambda: caller.cancelled.append(True))
    made.show()
    qtbot.waitUntil(lambda: len(caller.drawn) == 1)
    return made


def choose(combo: QComboBox, value: object) -> None:
    index = combo.findData(value)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def enter(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def test_a_film_is_asked_for_as_it_was_chosen(dialog: FilmDialog, caller: Caller):
    choose(dialog.view, "twin")
    choose(dialog.style_combo, "dark")
    choose(dialog.format, "gif")
    choose(dialog.size_combo, "720x720")
    choose(dialog.rate, 10)
    choose(dialog.spacing, "even")
    enter(dialog.seconds, "4,5 s")
    enter(dialog.steps, "3,000")
    dialog.title.click()
    dialog.loops.click()
    dialog.make.click()
    wanted = FilmChoice("gif", "twin", "dark", "720x720", 10, 4.5, False, False, "even", steps=3000)
    assert caller.asked == [(wanted, Path("out/film.gif"))]
    assert dialog.isVisible()


def test_the_preview_follows_and_is_drawn_once_for_a_burst(dialog: FilmDialog, caller: Caller, qtbot: QtBot):
    assert not dialog.preview.pixmap().isNull()
    choose(dialog.view, "curves")
    choose(dialog.style_combo, "paper")
    qtbot.waitUntil(lambda: len(caller.drawn) == 2)
    assert (caller.drawn[-1].view, caller.drawn[-1].style) == ("curves", "paper")
    caller.fails = ValueError("Switch the twin on")
    choose(dialog.view, "twin")
    qtbot.waitUntil(lambda: len(caller.drawn) == 3)
    assert dialog.preview.text() == "Switch the twin on"


def test_over_a_setting_values_are_proposed_and_the_pace_has_no_meaning(dialog: FilmDialog, caller: Caller):
    assert not dialog.values.isEnabled()
    choose(dialog.over, "poison.count")
    assert dialog.values.text() == "0..40"
    assert not dialog.spacing.isEnabled()
    enter(dialog.values, " ")
    dialog.make.click()
    assert caller.asked == []
    assert "Give the values" in dialog.words.text()
    enter(dialog.values, "0..9")
    dialog.make.click()
    assert [(choice.over, choice.values) for choice, _ in caller.asked] == [("poison.count", "0..9")]
    choose(dialog.over, "")
    assert dialog.choice.values == ""


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [("seconds", "0", "from 1 to 120 seconds"), ("seconds", "long", "from 1 to"), ("steps", "1.5", "whole number")],
)
def test_numbers_out_of_range_are_explained(dialog: FilmDialog, field: str, text: str, words: str):
    edit: QLineEdit = getattr(dialog, field)
    before = dialog.choice
    enter(edit, text)
    assert words in dialog.words.text()
    assert dialog.words.property("role") == "problem"
    assert edit.property("invalid") is True
    assert dialog.choice == before
    enter(edit, "30")
    assert dialog.words.text() == ""


def test_the_size_is_guessed_from_what_is_chosen_and_then_known_better(dialog: FilmDialog):
    assert dialog.amount.text() == "300 frames, about 829 kB"
    choose(dialog.format, "gif")
    assert dialog.amount.text() == "300 frames, about 10.0 MB"
    dialog.set_size(2_340_000)
    assert dialog.amount.text() == "300 frames, about 2.3 MB"


def test_a_video_cannot_repeat_itself(dialog: FilmDialog):
    assert not dialog.loops.isEnabled()
    choose(dialog.format, "webp")
    assert dialog.loops.isEnabled()


def test_while_a_film_is_made_it_can_be_cancelled_and_nothing_else(dialog: FilmDialog, caller: Caller):
    dialog.set_running(True)
    assert not dialog.view.isEnabled()
    assert dialog.progress.maximum() == 0  # not known yet how much it is
    dialog.set_progress(3, 12)
    assert (dialog.progress.value(), dialog.progress.maximum()) == (3, 12)
    assert dialog.make.text() == "Cancel"
    dialog.make.click()
    assert caller.cancelled == [True]
    assert not dialog.make.isEnabled()
    dialog.set_running(False)
    assert dialog.make.text() == "Save as\u2026"
    assert dialog.view.isEnabled()
    assert not dialog.values.isEnabled()  # as before


def test_cancelling_the_file_dialog_asks_for_nothing(dialog: FilmDialog, caller: Caller):
    caller.path = None
    dialog.make.click()
    assert caller.asked == []


def test_only_views_that_can_be_had_are_offered(qtbot: QtBot, caller: Caller):
    made = FilmDialog(caller.render, views=["boundary", "curves"])
    qtbot.addWidget(made)
    assert made.view.findData("twin") < 0
    assert made.choice.view == "boundary"


def test_sizes_in_words():
    assert [size_words(n) for n in (820_000, 4_140_000)] == ["820 kB", "4.1 MB"]


def test_settings_that_are_numbers_or_layers_can_be_led_through():
    offered = sweepable(load("two-moons-bridge-neural"))
    assert {"poison.count", "learner.hidden", "data.noise", "training.learning_rate"} <= offered.keys()
    assert not any(path.endswith((".seed", ".name", ".optimiser")) for path in offered)
    at_once, edited = load("two-moons-bridge"), Scenario()
    edited = edited.with_scene(edited.scene())
    assert not any(path.startswith("training.") for path in sweepable(at_once))
    assert not any(path.startswith("data.") for path in sweepable(edited))
    own = Scenario(data=DataSpec(name="points")).with_scene(edited.scene())
    assert sweepable(own)["data.labels_per_class"].values == "1..40"


def test_values_that_lead_nowhere_are_told_before_a_place_is_asked_for(dialog: FilmDialog, caller: Caller):
    dialog._check = lambda choice: "Two values at least." if choice.values == "abc" else ""
    choose(dialog.over, next(iter(dialog._sweeps)))
    enter(dialog.values, "abc")
    assert dialog.words.text() == "Two values at least."
    assert dialog.values.property("invalid")
    asked: list[object] = []
    dialog.asked.connect(lambda *film: asked.append(film))
    dialog.make.click()
    assert not asked
    enter(dialog.values, "1, 2")
    assert dialog.words.text() == ""
    assert not dialog.values.property("invalid")
    dialog.make.click()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("0..4", ""), ("abc", "Give two values at least"), ("0..x", "The ends of a range are numbers"),
        ("3, 900000", "Must be at most"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_values_is_said_without_the_command_line(values: str, words: str):
    said = wrong(load("two-moons-bridge"), FilmChoice(over="poison.count", values=values))
    assert said.startswith(words)
    assert "--over" not in said
    assert "poison.count" not in said


@pytest.mark.parametrize("name", ["moons", "two-moons-bridge-neural", "two-moons-bridge", "overfit"])
def test_every_proposed_value_is_one_that_the_scenario_takes(name: str, parse: Callable[..., list]):
    scenario = load(name)
    for path, one in sweepable(scenario).items():
        values = parse(f"{path}={one.values}", scenario)
        assert len(values) > 1
        for value in values:
            assert scenario.with_values({path: value}) is not None


@pytest.fixture
def parse() -> Callable[..., list]:
    from boundaryviz.scenario.sweep import parse

    return lambda text, scenario: parse(text, 300, scenario)[1]
