"""The effect map in the window: asked for, drawn over the plane, told at the pointer, begun anew, and clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.adversary.map_request import EffectMapRequest, MapEstimate
from boundaryviz.figures.effect_colours import FALLS, RISES
from boundaryviz.figures.palette import rgb
from boundaryviz.gui.effect.control import EffectControl, pictured
from boundaryviz.gui.effect.words import change_words, floor_words, heap_words, place_words
from boundaryviz.gui.tools.planting import PlantTool
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.gui.workbench import Workbench
from boundaryviz.jobs.messages import Ended, FromJob, Result
from boundaryviz.record.effect_map import EffectMap
from boundaryviz.scenario import gallery
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, SetTargets
from boundaryviz.scene.scene import Domain, Target
from helpers.fake_jobs import FakeJobs
from helpers.mouse import mouse
from helpers.there import there

DOMAIN = Domain(-2.0, 2.0, -1.0, 3.0)


def rising(**values: Any) -> EffectMap:
    """A map that rises from left to right, from -0.04 to 0.04."""
    changes = np.broadcast_to(np.linspace(-0.04, 0.04, 9), (1, 9, 9))
    known: dict[str, Any] = {
        "measure": "test-error",
        "weight": 1,
        "seeds": (0, 1),
        "level": 8,
        "base": 0.1,
        "floor": 0.004,
        **values,
    }
    return EffectMap(
        DOMAIN, (0,), changes, 0.0 * changes, np.ones((1, 9, 9), bool), class_names=("red", "blue"), **known
    )


@pytest.fixture
def begin_with() -> Scenario:
    return Scenario(name="mine", title="Mine").with_values({"data.n": 20, "learner.hidden": [4]})


@pytest.fixture
def say(workbench: Workbench) -> Iterator[Callable[..., FakeJobs]]:
    """Switches the map on with a job that says this; the jobs that follow say it too."""
    control = workbench.effect
    jobs = FakeJobs(control._job)

    def begin(*said: EffectMap | MapEstimate | FromJob) -> FakeJobs:
        jobs.said = tuple(one if isinstance(one, Ended) else Result(one) for one in said)
        workbench.window.actions_["view.effect"].setChecked(True)
        return jobs

    yield begin
    workbench.window.actions_["view.effect"].setChecked(False)
    control._job.kill()
    del control._job.begun


def known(control: EffectControl, qtbot: QtBot) -> EffectMap:
    qtbot.waitUntil(lambda: control.found is not None and not control._job.running)
    return there(control.found)


def test_switched_on_it_asks_for_the_scenario_as_it_is_and_lies_on_the_plane(
    workbench: Workbench, say: Callable[..., FakeJobs], qtbot: QtBot
) -> None:
    control = workbench.effect
    assert not control.item.isVisible()
    (job,) = say(MapEstimate(300, 40.0), rising(), Ended()).begun
    scene = workbench.document.scene
    assert job.request == EffectMapRequest(
        workbench.document.committed.complete(), "test-error", (0,), 1, 2, scene.domain
    )
    known(control, qtbot)
    assert control.item.isVisible()
    pixels = there(control.item.pixels)
    assert tuple(pixels[0, -1, :3].tolist()) == pytest.approx(rgb(RISES), abs=3)
    assert tuple(pixels[-1, 0, :3].tolist()) == pytest.approx(rgb(FALLS), abs=3)
    assert (control.bar.heading, control.bar.title) == ("one more point of red", "change of test error, points")
    assert control.bar.ends == ("\u22124.0", "+4.0")
    assert control.panel.words.text().startswith("Largest at (2, ")
    assert "Seed floor 0.4 points" in control.panel.floor.text()
    workbench.plane.grab()
    workbench.window.themed.emit(DARK)
    assert not np.array_equal(there(control.item.pixels), pixels)
    workbench.window.themed.emit(LIGHT)
    workbench.window.actions_["view.effect"].trigger()
    assert not control.item.isVisible()
    assert not control.bar.isVisible()
    assert control.found is None


def test_the_place_under_the_pointer_is_told_and_a_click_plants_there(
    workbench: Workbench, say: Callable[..., FakeJobs], qtbot: QtBot
) -> None:
    control, document = workbench.effect, workbench.document
    jobs = say(rising(), Ended())
    known(control, qtbot)
    plane, before = workbench.plane, document.committed
    place = (1.9, 2.4)
    mouse(plane, "Move", place)
    words = "One more point of red here: test error +3.8 points."
    assert plane.marks.words.text() == words
    assert control.panel.here.words == "Here: test error +3.8 points."
    mouse(plane, "Press", place)
    mouse(plane, "Release", place)
    points = document.scene.points
    assert (len(points), document.undo.undoText()) == (len(before.scene.points) + 1, "Plant poison point")
    assert points.xy[-1] == pytest.approx(place, abs=0.02)
    assert points.is_poison[-1]
    qtbot.waitUntil(lambda: len(jobs.begun) == 2)  # the map of what there is now
    request = jobs.begun[-1].request
    assert isinstance(request, EffectMapRequest)
    assert request.scenario.scene() == document.scene
    document.undo.undo()
    assert document.state is before
    qtbot.waitUntil(lambda: len(jobs.begun) == 3)
    known(control, qtbot)


def test_another_tool_takes_the_hand_and_hiding_the_map_gives_back_the_one_before(
    workbench: Workbench, say: Callable[..., FakeJobs], qtbot: QtBot
) -> None:
    actions, plane, panel = workbench.window.actions_, workbench.plane, workbench.effect.panel
    actions["point.tool-lasso"].trigger()
    say(rising(), Ended())
    known(workbench.effect, qtbot)
    assert isinstance(plane.tool, PlantTool)
    assert panel.plant.isChecked()
    actions["point.tool-add"].trigger()
    assert (plane.tool.name, panel.plant.isChecked()) == ("add", False)
    panel.plant.click()
    assert isinstance(plane.tool, PlantTool)
    actions["view.effect"].trigger()
    assert plane.tool.name == "add"


def test_another_label_number_or_measure_is_asked_for_at_once(
    workbench: Workbench, say: Callable[..., FakeJobs], qtbot: QtBot
) -> None:
    control, document = workbench.effect, workbench.document
    document.do(SetTargets((Target(0.0, 0.0, 1),)), "Pin")
    jobs = say(rising(), Ended())
    known(control, qtbot)
    panel = control.panel
    panel._set(label=1)
    qtbot.waitUntil(lambda: len(jobs.begun) == 2 and not control._job.running)
    panel.weight.committed.emit("8")
    qtbot.waitUntil(lambda: len(jobs.begun) == 3 and not control._job.running)
    panel._set(measure="pin")
    request = jobs.begun[-1].request
    assert isinstance(request, EffectMapRequest)
    assert (request.labels, request.weight, request.measure) == ((1,), 8, "pin")
    known(control, qtbot)
    panel.seeds.committed.emit("99")
    assert (panel.wanted.seeds, panel.words.text()) == (8, "At most 8, not 99.")
    known(control, qtbot)
    panel.set_wanted(replace(panel.wanted, label=0, weight=1, measure="test-error", seeds=2))


def test_a_scene_that_changes_has_another_map_and_the_old_one_says_so_meanwhile(
    workbench: Workbench, say: Callable[..., FakeJobs], qtbot: QtBot
) -> None:
    control, document = workbench.effect, workbench.document
    jobs = say(rising(), Ended())
    known(control, qtbot)
    nudge = Move(document.scene.points.ids[:1], np.zeros((1, 2)))
    document.preview(nudge)  # a net takes too long to follow a hand
    qtbot.wait(150)
    assert len(jobs.begun) == 1
    document.do(nudge, "Move")
    assert control.panel.words.text() == "Of before the last change; it is worked out anew."
    qtbot.waitUntil(lambda: len(jobs.begun) == 2)
    known(control, qtbot)
    document.do(Settings({"learner.name": "SVC"}), "Learner")
    qtbot.waitUntil(lambda: len(jobs.begun) == 3 and not control._job.running)
    assert "every change is that of the point" in control.panel.floor.text()
    document.preview(nudge)  # and a machine is quick enough
    qtbot.waitUntil(lambda: len(jobs.begun) == 4 and not control._job.running)
    document.open(Scenario().with_values({"data.n": 20}))
    assert not control.item.isVisible()
    assert not workbench.window.actions_["view.effect"].isChecked()


def test_what_cannot_be_mapped_and_what_changes_nothing_is_said(
    workbench: Workbench, say: Callable[..., FakeJobs], qtbot: QtBot
) -> None:
    control = workbench.effect
    say(Ended("There are no test points to measure by."))
    qtbot.waitUntil(lambda: control.panel.words.text() == "There are no test points to measure by.")
    assert not control.item.isVisible()
    workbench.window.actions_["view.effect"].setChecked(False)
    say(replace(rising(), values=np.zeros((1, 9, 9)), words="This learner passes unlabelled points over."), Ended())
    known(control, qtbot)
    assert control.panel.words.text() == "Nothing changes anywhere. This learner passes unlabelled points over."
    assert not control.bar.isVisible()


def test_a_scenario_that_promises_something_of_its_map_offers_it_with_the_heap_of_its_attack(
    workbench: Workbench,
) -> None:
    control = workbench.effect
    assert control.ready(workbench.document.scenario) is None
    assert there(control.ready(gallery.load("svm-effect-map")))[0] == "Show the effect map"
    workbench.document.open(Scenario().with_values({"data.n": 20, "adversary.method": "heap", "adversary.count": 5}))
    assert control.panel.wanted.weight == 5
    workbench.document.open(Scenario().with_values({"data.n": 20}))
    assert control.panel.wanted.weight == 1


def test_a_map_reaches_as_far_as_the_attack_that_is_offered(
    workbench: Workbench, say: Callable[..., FakeJobs], qtbot: QtBot
) -> None:
    document, canvas = workbench.document, workbench.plane.canvas
    document.do(Settings({"adversary.method": "heap", "adversary.beyond": 3.0}), "Box")
    (job,) = say(rising(), Ended()).begun
    assert isinstance(job.request, EffectMapRequest)
    whole, domain, sight = there(job.request.domain), document.scene.domain, canvas.rect_shown()
    assert whole.left < domain.left
    assert whole.top > domain.top
    assert sight.left <= whole.left
    assert sight.top >= whole.top
    workbench.window.actions_["view.effect"].setChecked(False)
    assert canvas.rect_shown().left > sight.left


def test_the_picture_has_the_values_of_the_map_at_its_cells() -> None:
    cells = pictured(rising())
    x = DOMAIN.left + DOMAIN.width * (np.arange(cells.shape[1]) + 0.5) / cells.shape[1]
    assert np.allclose(cells, 0.02 * x)


def test_changes_places_and_floors_in_words() -> None:
    assert change_words("test-error", 0.0213) == "+2.1 points"
    assert change_words("flips", -0.05) == "\u22125.0 points"
    assert change_words("pin", 0.1234) == "+0.12"
    assert change_words("test-error", -1e-9) == "unchanged"
    assert change_words("pin", float("nan")) == "not known"
    assert heap_words("unlabelled", 8) == "8 more unlabelled points"
    assert heap_words("blue", 1) == "one more point of blue"
    assert place_words(rising(weight=3), 0, 0.0, 0.0) == "3 more points of red here: test error unchanged."
    assert place_words(rising(), 0, 9.0, 0.0) == ""
    assert floor_words(rising(seeds=(0,), floor=None), True).startswith("One seed trains")
