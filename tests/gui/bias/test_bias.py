"""Bias and variance in the window: a job that is paused and goes on, numbers and maps, and the plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.figures.bias_maps import MAPS, map_image
from boundaryviz.gui.bias.control import BiasControl
from boundaryviz.gui.bias.sizes import sizes_of
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.scenario import gallery
from boundaryviz.scenario.changes import Settings
from boundaryviz.studies.bias_variance import over_settings, varied
from boundaryviz.studies.requests import BiasVarianceRequest
from helpers.fake_jobs import FakeJobs
from helpers.workbenches import bare_frame

OVER = "learner.max_leaf_nodes=2,none"
TREE = gallery.load("circle").with_values(
    {"data.n": 40, "data.label_noise": 0.2, "learner.name": "DecisionTreeClassifier"}
)
Make = Callable[..., BiasControl]


@pytest.fixture(scope="module")
def results() -> list[BiasVariance]:
    return over_settings(varied(TREE, OVER), 12, progress=False)


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[BiasControl] = []

    def control(*said: FromJob, real: bool = False) -> BiasControl:
        """With the job itself, or with one that says this."""
        frame, plane = bare_frame(qtbot, tmp_path), PlaneView()
        qtbot.addWidget(plane)
        made.append(BiasControl(frame, plane, Document(TREE, frame)))
        qtbot.addWidget(made[-1].panel)
        if not real:
            jobs[id(made[-1])] = FakeJobs(made[-1]._job, said)
        return made[-1]

    yield control
    for one in made:
        one.close()
    jobs.clear()


jobs: dict[int, FakeJobs] = {}


def test_what_is_asked_for_is_the_document_with_the_setting_and_the_samples(make: Make) -> None:
    control = make()
    control.panel.sizes.click()
    assert control.panel.over.text() == "learner.max_leaf_nodes=2,6,none"
    control.panel.over.setText(OVER)
    control.panel.ask()
    (job,) = jobs[id(control)].begun
    assert isinstance(job.request, BiasVarianceRequest)
    place = job.request.store
    assert job.request == BiasVarianceRequest(TREE, 100, OVER, place)
    assert place.parent.is_dir()
    control.close()
    assert not place.parent.exists()


def test_it_is_measured_in_a_process_of_its_own_and_kept_for_the_next_time(
    make: Make, qtbot: QtBot, results: list[BiasVariance]
) -> None:
    control = make(real=True)
    control.run(OVER, 12)
    qtbot.waitUntil(lambda: not control.running)
    assert control.panel.words.text() == ""
    assert [one.plain() for one in control.results] == [one.plain() for one in results]
    assert control.panel.table.rowCount() == 2
    first = control.panel.table.item(0, 0)
    assert first is not None
    assert first.text() == "leaves 2"
    assert control._asked is not None
    assert control._asked.store.exists()


def test_paused_it_goes_on_with_what_was_asked_for(make: Make, qtbot: QtBot, results: list[BiasVariance]) -> None:
    half = [replace(results[0], samples=10), replace(results[1], samples=0)]
    control = make(Progress(1, 4), Result(half))
    panel = control.panel
    assert not panel.pause.isEnabled()
    control.run(OVER, 12)
    qtbot.waitUntil(lambda: bool(control.results))
    assert panel.table.rowCount() == 1  # of the other setting nothing is known
    panel.pause.click()
    assert not control.running
    assert panel.pause.text() == "Resume"
    assert panel.words.text() == "Paused after 10 of 24 samples."
    panel.over.setText("something else")
    panel.pause.click()
    assert control.running
    assert panel.pause.text() == "Pause"
    first, second = jobs[id(control)].begun
    assert first.gone
    assert second.request == first.request
    control.cancel()
    assert panel.pause.text() == "Pause"
    assert not panel.pause.isEnabled()
    assert panel.table.rowCount() == 1  # what was known stays


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ("learner.leaves=2,3", "there is no such setting"),
        ("learner.max_leaf_nodes=0,3", "at least"),
        ("learner.max_leaf_nodes", "write PATH=FIRST..LAST"),
    ],
)
def test_what_cannot_be_varied_is_said_and_nothing_starts(make: Make, over: str, words: str) -> None:
    control = make()
    control.panel.over.setText(over)
    control.panel.ask()
    assert words in control.panel.words.text()
    assert control.panel.over.property("invalid") is True
    assert not jobs[id(control)].begun


def test_the_map_in_hand_lies_under_the_points_as_long_as_it_is_wanted(
    make: Make, qtbot: QtBot, results: list[BiasVariance]
) -> None:
    control = make(Result(results), Ended())
    panel = control.panel
    control.run(OVER, 12)
    qtbot.waitUntil(lambda: not control.running)
    assert panel.chosen is control.results[0]
    assert not control.item.isVisible()
    panel.on_plane.click()
    assert control.item.isVisible()
    panel.map.setCurrentIndex(list(MAPS).index("bias"))
    panel.table.selectRow(1)
    assert control.item.pixels is not None
    assert np.array_equal(control.item.pixels, map_image(results[1], "bias", control._theme.plane))
    control._window.themed.emit(DARK)
    control._document.do(Settings({"data.noise": 0.2}), "Noise")
    assert "before the last change" in panel.words.text()
    assert control.item.isVisible()
    control._document.open(TREE)
    assert not control.item.isVisible()
    assert panel.results == []


def test_a_map_is_chosen_by_a_click_and_says_what_lies_under_the_pointer(
    make: Make, qtbot: QtBot, results: list[BiasVariance]
) -> None:
    control = make(Result(results), Ended())
    control.run(OVER, 12)
    qtbot.waitUntil(lambda: not control.running)
    maps = control.panel.maps
    maps.resize(400, 160)
    middle = maps.place(1).center()
    qtbot.mouseClick(maps, Qt.MouseButton.LeftButton, pos=QPoint(round(middle.x()), round(middle.y())))
    assert control.panel.map_chosen == "bias"
    assert maps.words_at(middle.x(), middle.y()).startswith("main class 1; bias 0.00, variance 0")
    assert maps.words_at(0.0, 159.0) == ""
    control.panel.map.setCurrentIndex(list(MAPS).index("noise"))
    assert maps.names == ("main", "bias", "noise")
    maps.grab()


def test_the_tab_is_there_for_a_scenario_that_promises_something_of_it_and_when_it_is_asked_for(make: Make) -> None:
    control = make()
    frame = control._window
    frame.add_result("Curves", QWidget())
    frame.add_result("Bias", control.panel)
    holder = control.panel.parentWidget()

    def offered() -> bool:
        at = next(at for at in range(frame.result_tabs.count()) if frame.result_tabs.widget(at) is holder)
        return frame.result_tabs.isTabVisible(at)

    control.offer()
    assert not offered()
    frame.actions_["train.bias"].trigger()
    assert offered()
    assert frame.result_shown() is control.panel
    control._document.open(TREE)
    assert not offered()
    control._document.open(gallery.load("bias-variance"))
    assert offered()


def test_a_job_that_fails_says_why(make: Make, qtbot: QtBot) -> None:
    control = make(Ended("data: there is no test point."))
    control.run(None, 3)
    qtbot.waitUntil(lambda: not control.running)
    assert control.panel.words.text() == "data: there is no test point."
    assert not control.panel.save.isEnabled()


def test_every_size_that_is_filled_in_can_be_varied() -> None:
    for name in ("mlp", "DecisionTreeClassifier", "KNeighborsClassifier", "RandomForestClassifier", "SVC", "logistic"):
        learner = FAMILIES[name].spec()
        words = sizes_of(learner)
        assert bool(words) == (name != "logistic")
        if words:
            one = TREE.with_values({"learner.name": name})
            assert len(varied(one, words)) == 3


def test_the_map_on_the_plane_says_what_it_is_and_hides_the_field_around_it(
    make: Make, qtbot: QtBot, results: list[BiasVariance]
) -> None:
    control = make(Result(results), Ended())
    control.run(OVER, 12)
    qtbot.waitUntil(lambda: not control.running)
    control.panel.on_plane.setChecked(True)
    control.panel.map.setCurrentIndex(list(MAPS).index("variance"))
    assert control.item.name.toPlainText() == f"variance, {results[0].label}"
    rect, canvas = results[0].rect, control._plane.canvas
    canvas.box.setRange(xRange=(rect.left - 3, rect.right + 3), yRange=(rect.bottom - 3, rect.top + 3))
    outside = canvas.box.viewRect()
    assert control.item.boundingRect().contains(outside)
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    painter.setWindow(outside.toAlignedRect())
    control.item.paint(painter, None)
    painter.end()
    assert picture.pixelColor(1, 1).name() == LIGHT.panel


def test_more_samples_than_can_be_are_refused_in_words(make: Make) -> None:
    panel = make().panel
    panel.seeds.committed.emit("900")
    assert (panel.seeds.text(), panel.words.text()) == ("500", "At most 500, not 900.")


def test_words_beside_the_run_move_nothing(make: Make, qtbot: QtBot) -> None:
    panel = make().panel
    panel.resize(320, 500)
    panel.show()
    before = panel.progress.y()
    panel.say("Paused after 1,000 of 2,400 samples.")
    qtbot.wait(20)
    assert panel.progress.y() == before
