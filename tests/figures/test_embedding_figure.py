"""The figure and the film of the embedding: both planes, what was flipped, and words where nothing can be seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.text import Text

from boundaryviz.cli.app import run
from boundaryviz.engine.embeddings import Embedding, Health, Projection
from boundaryviz.figures.data import data_of
from boundaryviz.figures.draw import SceneFigure, draw, save
from boundaryviz.figures.embedding import embedded
from boundaryviz.figures.film.drawing import Film
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.figures.style import Options
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Domain
from helpers.snapshots import placed, snapshot


def words(figure: SceneFigure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", " ")


def scattered(figure: SceneFigure, gid: str) -> list[np.ndarray]:
    return [np.asarray(one.get_offsets()) for one in figure.findobj(PathCollection) if one.get_gid() == gid]


@pytest.mark.parametrize("style", ["paper", "dark"])
def test_both_planes_and_on_both_what_the_poison_flipped(style: Any, tmp_path: Path) -> None:
    shown = placed()
    figure = draw("embedding", shown, Options(style=style, width_cm=12, dpi=60))
    first, second = scattered(figure, "flipped")
    points = shown.scene.points
    some = (points.ids < 9) & points.is_train
    np.testing.assert_array_equal(first, points.xy[some])
    np.testing.assert_array_equal(second, there(shown).xy[some])
    assert "flipped by the poison" in words(figure)
    assert "dimension 1" in words(figure)
    save(figure, tmp_path / "f.png")


def there(shown: Snapshot) -> Embedding:
    assert shown.embedding is not None
    return shown.embedding


def test_components_say_how_much_they_hold_and_trouble_is_said() -> None:
    wide: dict[str, Any] = {"projection": Projection(np.zeros(8), np.eye(8, 2), 0.625, own=False), "field": None}
    figure = draw("embedding", placed(**wide, health=Health(0.9, 4.0, 0.1, 8)))
    assert "62 % of the variance of 8 dimensions" in words(figure)
    lost = draw("embedding", placed(**wide, health=Health(0.01, 1.0, 0.997, 8)))
    assert "collapsed" in words(lost)
    assert "0.997" in words(lost)


def test_another_rectangle_has_the_same_field_where_that_is_known() -> None:
    shown = embedded(placed(), Domain(-4.0, 4.0, -2.0, 2.0))
    columns = shown.field.shape[1]
    assert np.isnan(shown.field[:, : columns // 4 - 1]).all()
    inner = shown.field[:, columns // 4 : -columns // 4]
    assert np.isfinite(inner).all()
    assert (np.diff(inner[0]) >= 0).all()


def test_data_hold_the_places_and_without_an_embedding_there_is_no_figure() -> None:
    shown = placed()
    data = data_of("embedding", shown)
    np.testing.assert_array_equal(data.arrays["embedding_x"], there(shown).xy[:, 0])
    assert data.columns[-2:] == ("embedding_x", "embedding_y")
    assert len(data.rows[0]) == len(data.columns)
    with pytest.raises(ValueError, match="without its embedding"):
        draw("embedding", snapshot())


def test_a_film_moves_the_points_on_axes_that_hold_all_of_them() -> None:
    moments = [replace(placed(size), step=at) for at, size in enumerate((0.5, 1.0, 1.5))]
    last = there(moments[-1])
    moments[-1] = replace(moments[-1], embedding=replace(last, rect=Domain(-3.0, 3.0, -3.0, 3.0)))
    film = Film(FrameSequence.over_training(moments), FilmOptions("embedding", width=480, height=270))
    assert film._planes[1].axes.get_xlim() == (-3.0, 3.0)
    pictures = [film.picture(at) for at in range(3)]
    assert not np.array_equal(pictures[0], pictures[1])
    apart = np.abs(film.whole_picture(1).astype(int) - pictures[1]).max(axis=2)  # as in `test_film`
    assert apart.max() <= 32
    assert (apart > 8).mean() < 1e-3


def test_the_commands_draw_it_and_say_why_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--set", "data.n=20", "--set", "learner.hidden=[3]", "--steps", "3", "--device", "cpu"]
    figure = ["--view", "embedding", "--columns", "16", "--dpi", "40", "-o", str(tmp_path / "f.png")]
    assert run(["figure", "moons", *small, *figure]) == 0
    film = ["--view", "embedding", "--seconds", "0.1", "--size", "320x240", "-o", str(tmp_path / "f.gif")]
    assert run(["animate", "moons", *small, *film]) == 0
    for command, asked in (("figure", figure), ("animate", film)):
        assert run([command, "moons", "--set", "learner.name=KNeighborsClassifier", *asked]) == 2
        assert "learns no representation" in capsys.readouterr().err
