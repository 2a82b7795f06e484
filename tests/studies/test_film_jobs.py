"""Films from requests, as the window asks for them: what is told, written, refused and given up."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PIL import Image

from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.jobs.lookup import function_named
from boundaryviz.jobs.messages import Cancelled
from boundaryviz.scenario.places import WriteError
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.film import CascadeError, job
from boundaryviz.studies.requests import DoseRequest, FilmRequest, FilmWritten

SMALL = Scenario().with_values({"data.n": 40, "learner.hidden": [3], "training.steps": 10})
OPTIONS = FilmOptions("boundary", width=320, height=240, rate=10, hold=0.0, card=0.0)


@dataclass
class Told:
    """A `Tell` that writes down what it hears. enough: whether the work is not wanted any more."""

    enough: Callable[[str], bool] = lambda _doing: False
    doing: list[tuple[str, int, int]] = field(default_factory=list)
    results: list[object] = field(default_factory=list)

    def progress(self, done: int, of: int, words: str = "") -> None:
        if self.enough(words):
            raise Cancelled
        self.doing.append((words, done, of))

    def result(self, value: object) -> None:
        self.results.append(value)


@pytest.mark.parametrize("over", [None, "data.noise=0,0.2"])
def test_training_and_drawing_are_told_and_then_the_file(over: str | None, tmp_path: Path):
    place, told = tmp_path / "x.gif", Told()
    job(FilmRequest(SMALL, place, OPTIONS, 0.6, over=over), told)
    steps = 10 if over is None else 20
    assert [one for one in told.doing if one[0] == "training"][-1] == ("training", steps, steps)
    assert told.doing[-1] == ("drawing", 6, 6)
    assert told.results == [FilmWritten(place, place.stat().st_size)]
    with Image.open(place) as film:
        assert getattr(film, "n_frames", 1) == 6


@pytest.mark.parametrize("when", ["training", "drawing"])
def test_given_up_it_leaves_nothing_and_an_older_film_alone(when: str, tmp_path: Path):
    place = tmp_path / "x.gif"
    place.write_bytes(b"older")
    with pytest.raises(Cancelled):
        job(FilmRequest(SMALL, place, OPTIONS, 0.6), Told(lambda doing: doing == when))
    assert os.listdir(tmp_path) == ["x.gif"]
    assert place.read_bytes() == b"older"


def test_what_cannot_be_is_said_before_anything_is_trained(tmp_path: Path):
    told = Told()
    with pytest.raises(WriteError, match="there is no folder"):
        job(FilmRequest(SMALL, tmp_path / "no" / "x.gif", OPTIONS), told)
    with pytest.raises(CascadeError, match="mlp is supervised"):
        job(FilmRequest(SMALL, tmp_path / "x.gif", replace(OPTIONS, view="cascade"), cascade=True), told)
    assert (told.doing, told.results) == ([], [])


@pytest.mark.parametrize("request_", [DoseRequest(SMALL), FilmRequest(SMALL, Path("x.gif"), OPTIONS)])
def test_requests_cross_to_another_process_and_name_their_job(request_: DoseRequest | FilmRequest):
    assert pickle.loads(pickle.dumps(request_)) == request_
    assert callable(function_named(type(request_).JOB))
