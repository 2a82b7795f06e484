"""The figure and the film of heights, their numbers, and the commands that make them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from PIL import Image

from boundaryviz.cli.app import run
from boundaryviz.figures.data import data_of
from boundaryviz.figures.draw import draw
from boundaryviz.figures.height_colours import height_image
from boundaryviz.figures.palette import rgb
from boundaryviz.figures.style import Options
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from helpers.snapshots import heights, snapshot, titles

SMALL = ["--steps", "3", "--set", "data.n=36", "--set", "data.lift=3", "--set", "learner.hidden=[4]", "--device", "cpu"]


@pytest.mark.parametrize("classes", [2, 3])
def test_the_plane_has_the_boundary_and_the_lines_above_and_below(classes: int):
    figure = draw("heights", snapshot(classes), Options(dpi=60))
    plane, surface = figure.axes[0], figure.axes[-1]
    drawn = {one.get_gid(): one for one in plane.collections if isinstance(one, LineCollection)}
    for name in ("boundary", "boundary above", "boundary below"):
        assert len(drawn[name].get_segments())
    assert titles(plane)[1].get_text() == "33 % within 0.2, step 290"
    assert surface.name == "3d"
    told = [text.get_text() for legend in figure.subfigs[0].legends for text in legend.get_texts()]
    assert {"boundary on the plane", "0.2 above it", "0.2 below it"} <= set(told)


def test_colours_are_strong_where_the_boundary_is_near_and_gone_where_it_is_far():
    found = heights()
    colours = height_image(found, "#ffffff")[0].astype(int)
    bare = np.abs(colours[:, :3] - rgb("#ffffff")).sum(axis=1)
    near = found.nearest[0]
    order = np.argsort(near, kind="stable")
    assert (np.diff(bare[order]) <= 0).all()
    far = replace(found, above=np.full_like(found.above, 9.0), below=np.full_like(found.below, np.inf))
    assert (height_image(far, "#ffffff") == 255).all()


def test_without_heights_it_is_said_why():
    with pytest.raises(ValueError, match="These points have 2 inputs"):
        draw("heights", snapshot(heights=None))


def test_the_numbers_are_those_of_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "h.png"
    command = ["figure", "moons", "--view", "heights", "-o", str(path), "--dpi", "50", "--z", "0.1", *SMALL]
    assert run([*command, "--data", str(tmp_path / "h.npz")]) == 0
    with Image.open(path) as picture:
        assert picture.size[0] > 100
    trained = train(
        Scenario.parse({"data": {"name": "moons", "n": 36, "lift": 3}, "learner": {"name": "mlp", "hidden": [4]}}),
        steps=3, device="cpu", progress=False,
    )  # fmt: skip
    expected = trained.heights(0.1)
    with np.load(tmp_path / "h.npz") as data:
        np.testing.assert_allclose(data["height_above"], expected.above)
        np.testing.assert_allclose(data["sheet_below"], expected.sheets[1])
    assert set(data_of("heights", snapshot()).arrays) >= {"height_x", "height_y", "height_below", "sheet_z"}
    capsys.readouterr()


def test_a_film_of_heights_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "h.gif"
    command = ["animate", "moons", "--view", "heights", "-o", str(path), "--seconds", "0.3", "--fps", "10"]
    assert run([*command, "--size", "320x240", "--hold", "0", "--no-title", *SMALL]) == 0
    with Image.open(path) as film:
        assert getattr(film, "n_frames", 1) > 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["figure", "moons", "--view", "heights", "-o", "x.png"], "--view heights: These points have 2 inputs"),
        (["figure", "moons", "--z", "0.1", "-o", "x.png"], "--z: how far off the plane --view heights draws lines"),
        (["figure", "moons", "--view", "heights", "--z", "-1", *SMALL, "-o", "x.png"], "write a number above 0"),
        (["animate", "moons", "--view", "heights", "-o", "x.gif"], "the film of heights: These points have 2 inputs"),
        (["train", "moons", "--plane", "components"], "the plane that is shown is all there is"),
        (["train", "moons", "--set", "data.lift=5", "--plane", "points:1,1,2"], "2 are chosen"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_trained(
    command: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    assert run(command) == 2
    assert words in capsys.readouterr().err.replace("\n", " ")


def test_a_figure_names_the_axes_of_the_plane_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "p.svg"
    assert run(["figure", "moons", "-o", str(path), "--plane", "components", *SMALL]) == 0
    shown = Scenario().with_values({"data.n": 36, "data.lift": 3}).on_plane("components")
    figure = draw("boundary", train(shown, steps=0, device="cpu", progress=False).snapshot(), Options(dpi=50))
    assert figure.axes[0].get_xlabel().startswith("PC 1 (")
    assert path.stat().st_size > 1000
    capsys.readouterr()
