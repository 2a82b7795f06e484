"""The tool that plants a heap: it says what it would do, plants as one edit, and still moves the points there are."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.gui.tools import Commit, Context, Gesture, Preview, Say
from boundaryviz.gui.tools.planting import PlantTool
from boundaryviz.scene.edits import Add, Move
from boundaryviz.scene.scene import Domain, Points, Scene

SCENE = Scene(Points.of([[0.0, 0.0], [1.0, 1.0]], [0, 1]), Domain(-2.0, 2.0, -2.0, 2.0))


def at(x: float, y: float) -> Gesture:
    return Gesture(x, y, 0.01)


def tool(label: int = 1, count: int = 3) -> PlantTool:
    return PlantTool(label, count, lambda x, y: f"at {x:g}, {y:g}")


@pytest.mark.parametrize("label", [0, -1])
def test_a_click_plants_the_heap_as_one_edit(label: int) -> None:
    plant = tool(label)
    (shown,) = plant.press(at(0.5, -1.0), Context(SCENE))
    assert isinstance(shown, Preview)
    (done,) = plant.release(at(0.5, -1.0))
    assert isinstance(done, Commit)
    assert isinstance(done.edit, Add)
    planted = done.edit.points
    assert (done.text, planted.label.tolist()) == ("Plant 3 poison points", [label] * 3)
    assert np.array_equal(planted.xy, [[0.5, -1.0]] * 3)
    assert planted.is_poison.all()
    assert not np.isin(planted.ids, SCENE.points.ids).any()


def test_drawn_along_before_the_button_is_up_it_says_what_it_would_do_there() -> None:
    plant = tool(count=1)
    plant.press(at(0.5, -1.0), Context(SCENE))
    shown, said = plant.move(at(0.8, -1.5))
    assert isinstance(shown, Preview)
    assert said == Say("at 0.8, -1.5")
    (done,) = plant.release(at(0.9, -1.5))
    assert isinstance(done, Commit)
    assert isinstance(done.edit, Add)
    assert (done.text, done.edit.points.xy.tolist()) == ("Plant poison point", [[0.9, -1.5]])


def test_over_a_point_it_says_nothing_and_moves_it() -> None:
    plant = tool()
    assert plant.hover(at(-1.0, -1.0), Context(SCENE)) == (Say("at -1, -1"),)
    assert plant.cursor == "cross"
    assert plant.hover(at(1.0, 1.0), Context(SCENE)) == (Say(),)
    assert plant.cursor == "move"
    plant.press(at(1.0, 1.0), Context(SCENE))
    plant.move(at(1.2, 1.0))
    (done,) = plant.release(at(1.2, 1.0))
    assert isinstance(done, Commit)
    assert isinstance(done.edit, Move)
    assert Say() in plant.rest(Context(SCENE))
