"""Films in the window: a job, watched, cancelled, failing, and leaving nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.gui.export.film_control import FilmControl, within
from boundaryviz.gui.export.film_dialog import FilmChoice, FilmDialog
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain
from boundaryviz.studies.requests import FilmEstimate, FilmRequest, FilmWritten
from helpers.fake_jobs import FakeJobs
from helpers.snapshots import snapshot
from helpers.workbenches import SilentLink, workbenches

WORK = Scenario(name="work").with_values({"data.n": 40, "learner.hidden": [4]})
SMALL = FilmChoice("gif", "boundary", "slides", "720x720", 10, 1.0, False, steps=20)


@pytest.fixture
def film(qtbot: QtBot, own_settings: Path) -> Iterator[FilmControl]:
    with workbenches(qtbot, own_settings, SilentLink) as show:
        workbench = show(WORK)
        setattr(workbench.controller.presenter, "snapshot", lambda clean=False: None if clean else snapshot(step=290))  # noqa: B010
        workbench.window.actions_["file.film"].trigger()
        yield workbench.film


def dialog(film: FilmControl) -> FilmDialog:
    assert film.dialog is not None
    return film.dialog


def instead(film: FilmControl, *said: FromJob) -> FakeJobs:
    """Jobs that say this, in the place of the film's."""
    return FakeJobs(film._job, said)


def ended(film: FilmControl) -> Callable[[], bool]:
    return lambda: not film.running


@pytest.mark.slow  # what is asked for is compared below, and tests/test_cli_animate.py makes one
def test_the_film_is_of_the_scenario_in_the_window(film: FilmControl, qtbot: QtBot, tmp_path: Path):
    place = tmp_path / "ein Film.gif"
    assert dialog(film).choice.steps == 2000  # the scenario's, which the window has not reached
    dialog(film).asked.emit(SMALL, place)
    qtbot.waitUntil(ended(film))
    assert dialog(film).words.text().startswith("Wrote ein Film.gif, ")
    with Image.open(place) as written:
        assert written.size == (720, 720)
        assert getattr(written, "n_frames", 1) >= 10
    assert os.listdir(tmp_path) == [place.name]


def test_what_is_chosen_and_what_the_window_shows_is_asked_for(film: FilmControl):
    actions = film._window.actions_
    actions["view.held-out"].setChecked(True)
    actions["view.discrete"].setChecked(True)
    choice = FilmChoice("webp", "twin", "dark", "1280x720", 30, 4.5, False, False, "even", "data.noise", "0..1", 70)
    options = FilmOptions("twin", "dark", 1280, 720, 30, card=0.0, loop=1, levels=2, held_out=True)
    assert film._request(choice, Path("/films/a b.webp")) == FilmRequest(
        film._document.to_save()().with_values({"training.steps": 70}), Path("/films/a b.webp"), options, 4.5, "even",
        "data.noise=0..1", twin=True,
    )  # fmt: skip
    usual = film._request(FilmChoice(view="cascade"), Path("x"))
    assert usual.options == FilmOptions("cascade", levels=2, held_out=True)
    assert (usual.over, usual.twin, usual.cascade) == (None, False, True)


def test_progress_and_size_are_told(film: FilmControl, qtbot: QtBot, tmp_path: Path):
    instead(film, Progress(1200, 3000, "drawing"), Result(FilmEstimate(5_000_000)))
    dialog(film).asked.emit(SMALL, tmp_path / "x.gif")
    qtbot.waitUntil(lambda: "5.0 MB" in dialog(film).amount.text())
    assert dialog(film).words.text() == "Drawing: frame 1,200 of 3,000"
    assert dialog(film).progress.value() == 1200
    dialog(film).make.click()  # Cancel
    qtbot.waitUntil(ended(film))
    assert dialog(film).words.text() == "Cancelled; nothing was written."
    assert dialog(film).make.text() == "Save as\u2026"


def test_a_film_that_was_written_before_it_heard_of_the_end_is_said_to_be(
    film: FilmControl, qtbot: QtBot, tmp_path: Path
):
    instead(film, Result(FilmWritten(tmp_path / "x.gif", 900)))
    dialog(film).asked.emit(SMALL, tmp_path / "x.gif")
    dialog(film).make.click()
    qtbot.waitUntil(ended(film))
    assert dialog(film).words.text() == "Wrote x.gif, 1 kB."


def test_views_are_those_that_the_work_has(film: FilmControl):
    def offered() -> list[str]:
        film.show()
        return [dialog(film).view.itemData(at) for at in range(dialog(film).view.count())]

    assert offered() == ["summary", "boundary", "embedding", "curves"]
    poisoned = WORK.with_values(
        {"learner.name": "vat", "data.labels_per_class": 3, "poison.count": 3, "poison.target": [0.0, 0.5]}
    )
    film._document.open(poisoned)
    assert offered() == ["summary", "boundary", "twin", "flip", "cascade", "embedding", "curves"]
    assert dialog(film).choice.over == ""
    film._document.open(poisoned.with_values({"learner.name": "label-spreading"}))
    film.show()
    assert dialog(film).over.currentData() == "poison.count", "over training nothing would move"
    assert dialog(film).values.text()


def test_why_a_film_was_not_made_is_told_in_the_dialog_or_the_banner(film: FilmControl, qtbot: QtBot, tmp_path: Path):
    instead(film, Ended("data.noise: must be at most 1"))
    dialog(film).asked.emit(SMALL, tmp_path / "x.gif")
    qtbot.waitUntil(ended(film))
    assert "must be at most 1" in dialog(film).words.text()
    assert dialog(film).words.property("role") == "problem"
    assert film._window.banner.isHidden()
    dialog(film).asked.emit(SMALL, tmp_path / "x.gif")
    dialog(film).close()
    qtbot.waitUntil(ended(film))
    assert not film._window.banner.isHidden()


def test_a_place_that_cannot_be_written_is_told_before_anything_starts(film: FilmControl, tmp_path: Path):
    dialog(film).asked.emit(SMALL, tmp_path / "no" / "x.gif")
    assert not film.running
    assert "there is no folder" in dialog(film).words.text()
    assert dialog(film).view.isEnabled()


def test_the_dialog_may_go_while_a_film_is_made_and_comes_back(film: FilmControl, qtbot: QtBot, tmp_path: Path):
    instead(film)
    before = dialog(film)
    before.asked.emit(SMALL, tmp_path / "x.gif")
    before.close()
    assert film.running
    film.show()
    assert dialog(film) is before
    assert before.isVisible()
    film.close()  # as the window does when it goes
    assert not film.running
    film.show()
    assert dialog(film) is not before


def test_the_window_asks_before_it_gives_up_a_film(
    film: FilmControl, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def answer(_parent: object, _title: str, words: str, *_: object) -> QMessageBox.StandardButton:
        asked.append(words)
        return QMessageBox.StandardButton.Cancel if len(asked) == 1 else QMessageBox.StandardButton.Discard

    monkeypatch.setattr(QMessageBox, "question", answer)
    assert film.may_leave()
    instead(film, Progress(3, 9, "drawing"))
    dialog(film).asked.emit(SMALL, tmp_path / "x.gif")
    dialog(film).close()
    strip = film._window.statusBar()
    assert strip is not None
    qtbot.waitUntil(lambda: strip.currentMessage() == "x.gif, drawing: frame 3 of 9")
    assert not film.may_leave()
    assert film.may_leave()
    assert asked == ["x.gif is not finished. Give it up?"] * 2
    film.close()


def test_a_preview_leaves_out_what_lies_beyond_the_domain():
    wide = Domain(-4.0, 4.0, -1.0, 3.0)  # twice as wide and high as the scene's
    field = np.arange(64 * 128, dtype=np.float32).reshape(64, 128)
    cut = within(snapshot(rect=wide, field=field))
    assert cut.rect == cut.scene.domain
    assert np.array_equal(cut.field, field[:32, 32:96])
    near = snapshot(rect=Domain(0.0, 0.5, 0.0, 0.5))
    assert within(near).rect == near.rect
    beyond = snapshot(rect=Domain(5.0, 6.0, 0.0, 0.5))
    assert within(beyond) is beyond


def test_the_preview_is_a_frame_of_what_the_plane_shows(film: FilmControl):
    picture = film._render(FilmChoice())
    assert picture.startswith(b"\x89PNG")
    assert film._render(FilmChoice(over="data.noise", values="0..1")) != picture
    for view in ("twin", "flip"):
        with pytest.raises(ValueError, match="Switch the twin on"):
            film._render(FilmChoice(view=view))
    with pytest.raises(ValueError, match="Show the label cascade"):
        film._render(FilmChoice(view="cascade"))
    setattr(film._presenter, "snapshot", lambda clean=False: None)  # noqa: B010
    with pytest.raises(ValueError, match="needs a first frame"):
        film._render(FilmChoice())
