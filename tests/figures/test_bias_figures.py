"""The figures of bias and variance, and of the elephant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from boundaryviz.figures.bias_maps import MAPS, map_image, map_values
from boundaryviz.figures.bias_variance import MOST_ROWS, SHOWN, draw_bias_variance
from boundaryviz.figures.elephant import draw_elephant
from boundaryviz.figures.palette import rgb
from boundaryviz.figures.sheet import save
from boundaryviz.figures.style import Options
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.record.decomposition import Decomposition
from boundaryviz.scene.scene import Domain


def result(label: str = "leaves 2", known: bool = True, classes: int = 2) -> BiasVariance:
    """Ten models on four by three cells, and two test points."""
    rng = np.random.default_rng(0)
    said = rng.integers(0, classes, (10, 14))
    votes = np.stack([(said == k).sum(axis=0) for k in [*range(classes), -1]])
    certain = np.stack([said == k for k in range(classes)], axis=1).astype(float)
    target = np.eye(classes)[rng.integers(0, classes, 14)].T if known else np.full((classes, 14), np.nan)
    every = Decomposition(votes, certain.sum(axis=0), (certain**2).sum(axis=(0, 1)), target)
    return BiasVariance(
        "circle", "Circle", "Decision tree", label, "fresh", 10, 10, 0, "probabilities" if known else "labels", 0.2,
        tuple(f"class {k}" for k in range(classes)), Domain(0.0, 4.0, 0.0, 3.0), (3, 4), every.take(slice(0, 12)),
        every.take(slice(12, None)),
    )  # fmt: skip


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", MAPS)
def test_every_map_has_a_colour_for_every_cell(name: str, classes: int) -> None:
    one = result(classes=classes)
    assert map_values(one, name).shape == (3, 4)
    assert map_image(one, name, "#102030").shape == (3, 4, 4)
    unknown = map_image(result(known=False, classes=classes), name, "#102030")
    grey = (unknown[..., :3] == rgb("#102030")).all()
    assert bool(grey) == (name not in ("main", "variance", "squared_variance"))


def test_a_row_of_maps_for_each_setting_with_its_numbers(tmp_path: Path) -> None:
    several = [result("leaves 2"), result("leaves $x$ none")]
    figure = draw_bias_variance(several, Options(dpi=60, letters=True))
    maps = [axes for axes in figure.axes if axes.get_gid() in SHOWN]
    assert [axes.get_gid() for axes in maps] == [*SHOWN, *SHOWN]
    means = several[0].measures
    assert f"bias {means['bias']:.3f}, variance {means['net_variance']:.3f}" in maps[0].get_title(loc="left")
    for kind in ("png", "pdf"):
        save(figure, tmp_path / f"bias.{kind}")
    with pytest.raises(ValueError, match="1 to 6 settings, not 7"):
        draw_bias_variance([result()] * (MOST_ROWS + 1))


@pytest.mark.slow  # tests/figures/test_figures.py writes one in every format twice
def test_the_elephant_s_figure_is_the_same_twice(tmp_path: Path) -> None:
    for name in ("one.png", "other.png"):
        save(draw_elephant(options=Options(dpi=50)), tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()
    figure = draw_elephant(harmonics=8, count=20)
    labels = [line.get_label() for line in figure.axes[1].get_lines()]
    assert labels[:2] == ["5 harmonics", "8 harmonics"]
