"""Examples that were edited and left: nobody asks, nothing is lost, and what was done is offered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.gui.app import FIRST
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files, gallery
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene
from helpers.runs import put_a_point
from helpers.there import there

XOR, RINGS = "playground-xor", "playground-circle"


@pytest.fixture
def example(workbench: Workbench) -> Iterator[Workbench]:
    workbench.document.open(gallery.load(XOR))
    yield workbench
    workbench.filing._kept.clear()
    workbench.window.withdraw()
    workbench.document.open(Scenario())


def name(workbench: Workbench) -> str:
    return workbench.document.scenario.name


def offers(workbench: Workbench) -> list[str]:
    banner = workbench.window.banner
    return [] if banner.isHidden() else [button.text() for button in banner.other_buttons]


def edited(workbench: Workbench, *places: float) -> Scene:
    for x in places:
        put_a_point(workbench, x)
    return workbench.document.scene


def bring_back(workbench: Workbench) -> None:
    workbench.window.banner.other_buttons[-1].click()


def test_an_example_that_was_edited_is_left_without_a_question_and_can_be_brought_back(
    example: Workbench, asked: list[str]
) -> None:
    done = edited(example, 0.5)
    example.filing.open_example(RINGS)
    assert name(example) == RINGS
    assert asked == []
    assert offers(example) == ["Bring back \u201cExclusive or\u201d"]
    bring_back(example)
    assert name(example) == XOR
    assert example.document.scene == done
    assert example.document.unsaved
    assert offers(example) == []
    example.document.undo.undo()
    assert example.document.scene == gallery.load(XOR).scene()
    assert not example.document.unsaved


def test_what_the_window_begins_with_is_an_example_too(example: Workbench, asked: list[str]) -> None:
    example.document.open(gallery.load(FIRST))
    done = edited(example, 0.5)
    example.filing.open_example(XOR)
    assert asked == []
    bring_back(example)
    assert example.document.scene == done


def test_its_card_opens_it_as_it_ships_and_offers_what_was_done(example: Workbench, asked: list[str]) -> None:
    done = edited(example, 0.5)
    example.filing.open_example(XOR)
    assert example.document.scene == gallery.load(XOR).scene()
    newer = edited(example, 0.7)
    bring_back(example)
    assert example.document.scene == done
    example.document.undo.undo()
    assert example.document.scene == newer, "of what was done since nothing is lost either"
    assert asked == []


def test_what_is_left_twice_comes_back_in_two_steps(example: Workbench) -> None:
    first = edited(example, 0.5)
    example.filing.open_example(XOR)
    second = edited(example, 0.7)
    example.filing.open_example(RINGS)
    bring_back(example)
    assert example.document.scene == second
    example.document.undo.undo()
    assert example.document.scene == first


def test_settings_and_pace_come_back_too(example: Workbench) -> None:
    example.controller.do(Settings({"training.learning_rate": 0.07, "data.noise": 0.2}), "Set")
    example.controller.pacing.set_pace(50.0)
    then = example.document.scenario
    example.filing.new()
    example.filing.bring_back(XOR)
    assert example.document.scenario == then
    assert example.controller.pacing.pace == 50.0


def test_an_example_that_nothing_was_done_to_leaves_nothing_behind(example: Workbench) -> None:
    edited(example, 0.5)
    example.document.undo.undo()
    example.filing.open_example(RINGS)
    assert offers(example) == []
    assert example.filing._kept == {}


def test_a_file_that_is_opened_instead_has_the_offer_too(
    example: Workbench, asked: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    files.write(tmp_path / "mine.bviz", Scenario(name="mine").with_values({"data.n": 20}))
    edited(example, 0.5)
    example.filing.open(tmp_path / "mine.bviz")
    qtbot.waitUntil(lambda: name(example) == "mine")
    assert asked == []
    assert offers(example) == ["Bring back \u201cExclusive or\u201d"]


@pytest.mark.parametrize("how", ["file", "own points", "with other settings", "restored"])
def test_whatever_is_no_example_is_asked_about(example: Workbench, asked: list[str], tmp_path: Path, how: str) -> None:
    document, xor = example.document, gallery.load(XOR)
    if how == "file":
        document.open(xor, tmp_path / "xor.bviz")
    elif how == "own points":
        example.filing.new()
    else:
        document.open(xor.with_values({"data.n": 50}), saved=how != "restored")
    edited(example, 0.5)
    before = document.scene
    example.filing.open_example(RINGS)
    assert len(asked) == 1
    assert document.scene is before


def test_the_window_asks_about_an_example_only_after_more_than_three_steps(
    example: Workbench, asked: list[str]
) -> None:
    edited(example, 0.1, 0.2, 0.3)
    assert example.filing.may_close()
    assert asked == []
    edited(example, 0.4)
    assert not example.filing.may_close()
    assert len(asked) == 1


def test_the_window_asks_about_an_example_that_was_left_and_steps_count_on(
    example: Workbench, asked: list[str]
) -> None:
    edited(example, 0.1, 0.2, 0.3)
    example.filing.open_example(RINGS)
    assert example.filing.may_close()
    bring_back(example)
    done = edited(example, 0.4)
    example.filing.open_example(RINGS)
    assert not example.filing.may_close()
    assert len(asked) == 1
    assert example.document.scene == done, "and shows what it asks about"


def test_the_offer_stays_beside_what_is_said_next_until_it_is_closed(example: Workbench) -> None:
    edited(example, 0.5)
    example.filing.open_example(RINGS)
    window = example.window
    window.notify("Something else.")
    assert len(offers(example)) == 1
    window.notify("Something broke.", alarm=True)
    assert offers(example) == []
    window.notify("Something else.")
    window.banner.close_button.click()
    window.notify("Something else.")
    assert offers(example) == []
    example.filing.open_example(XOR)
    assert len(offers(example)) == 1, "but whoever opens the example finds it"


def test_a_button_that_comes_with_the_banner_is_seen_whole(example: Workbench) -> None:
    banner = example.window.banner
    banner.hide()
    example.window.notify("A sentence. " * 20, others={"Bring back what was done": lambda: None})
    QApplication.processEvents()
    (button,) = banner.other_buttons
    assert there(button.parentWidget()).rect().contains(button.geometry())
    assert button.x() == 0, "what is not shown takes no room"
