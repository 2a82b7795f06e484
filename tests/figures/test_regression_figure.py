"""Figures of a regression: a scale of responses, shaded points, no error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from boundaryviz.cli.app import run as run_cli
from boundaryviz.figures.draw import SceneFigure, draw
from boundaryviz.figures.palette import GREY, class_colour, response_colour
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario import gallery


@pytest.fixture(scope="module")
def run() -> Run:
    run = start(gallery.load("reg-plane").with_values({"data.n": 40, "learner.hidden": []}))
    run.advance(20)
    return run


def collections(figure: SceneFigure) -> Iterator[PathCollection]:
    for axes in figure.axes:
        yield from (one for one in axes.collections if isinstance(one, PathCollection))


def test_points_have_the_colours_of_their_responses(run: Run) -> None:
    figure = draw("boundary", run.snapshot())
    points = run.scene.points
    drawn = [one for one in collections(figure) if str(one.get_gid()).startswith("class")]
    found = {to_hex(colour) for one in drawn for colour in np.asarray(one.get_facecolor())}
    assert found == {response_colour(value, GREY) for value in points.responses[points.is_train]}
    assert len(found) > 20


def test_the_scale_is_of_responses(run: Run) -> None:
    (bar,) = draw("boundary", run.snapshot()).axes[0].child_axes
    assert bar.get_ylabel() == "response"
    assert [tick.get_text() for tick in bar.get_yticklabels()] == ["\u22121", "0", "1"]


def test_there_is_no_curve_of_an_error(run: Run) -> None:
    assert [axes.get_ylabel() for axes in draw("curves", run.snapshot()).axes] == ["loss"]
    plain = start(gallery.load("reg-plane").with_values({"data.n": 40, "learner.loss": "hinge"}))
    plain.advance(5)
    assert [axes.get_ylabel() for axes in draw("curves", plain.snapshot()).axes] == ["loss", "error"]


@pytest.mark.parametrize(("response", "colour"), [(-3.0, class_colour(0)), (1.0, class_colour(1)), (0.0, GREY)])
def test_a_response_has_the_colour_of_the_field(response: float, colour: str) -> None:
    assert response_colour(response, GREY) == colour.lower()


@pytest.mark.parametrize("view", ["roc", "calibration"])
def test_responses_are_not_ranked(run: Run, view: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no probabilities of classes"):
        run.figure(view)
    out = tmp_path / "x.png"
    assert run_cli(["figure", "playground-slope", "--view", view, "--output", str(out)]) == 2
    assert f"--view {view}: this learner fits responses" in capsys.readouterr().err
    assert not out.exists()
