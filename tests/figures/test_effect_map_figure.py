"""The figure of an effect map, and its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from boundaryviz.figures.data import data_of_effect_map, write_data
from boundaryviz.figures.effect_map import change_words, draw_effect_map, in_steps, picture
from boundaryviz.figures.palette import rgb
from boundaryviz.figures.sheet import SceneFigure, save
from boundaryviz.figures.style import Options
from boundaryviz.record.effect_map import EffectMap
from boundaryviz.record.snapshot import Snapshot
from helpers.few import few
from helpers.snapshots import snapshot

MIDDLE = "#102030"


def a_map(shown: Snapshot, floor: float | None = 0.02) -> EffectMap:
    rng = np.random.default_rng(0)
    values = rng.normal(0, 0.05, (2, 5, 5))
    values[1, 3, 2] = 0.4
    return EffectMap(
        shown.rect, (0, 1), values, np.zeros_like(values), np.ones(values.shape, bool), "test-error", 8, (0, 1), 4,
        0.05, floor, 100, 0.2, True, scenario="moons", title="Moons", learner="Net", class_names=("red $x$", "blue"),
    )  # fmt: skip


@pytest.fixture
def shown() -> Snapshot:
    return snapshot()


def texts(figure: SceneFigure) -> str:
    return " ".join(one.get_text() for one in figure.findobj(Text))


@pytest.mark.parametrize("style", few(["paper", "dark", "slides"]))
def test_a_plane_for_each_label_with_a_cross_at_the_largest_change(shown: Snapshot, style: str, tmp_path: Path):
    found = a_map(shown)
    figure = draw_effect_map(found, shown, Options(dpi=60, style=style, letters=True))  # type: ignore[arg-type]
    planes = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() or axes.get_title(loc="left") for axes in planes[:2]] == [r"red \$x\$", "blue"]
    crosses = [[line for line in axes.lines if line.get_gid() == "largest change"] for axes in planes[:2]]
    assert [len(some) for some in crosses] == [0, 2]
    x, y = found.nodes
    assert crosses[1][0].get_xydata().tolist() == [[x[2], y[3]]]  # type: ignore[union-attr]
    words = texts(figure).replace("\n", " ")
    assert "a heap of 8 points" in words
    assert "+40 points" in words
    assert "2 points apart" in words
    for kind in ("png", "pdf"):
        save(figure, tmp_path / f"map.{kind}")


def test_the_scale_is_symmetric_about_the_ground_and_what_is_not_known_is_ground(shown: Snapshot):
    found = a_map(shown)
    values = np.zeros_like(found.values)
    values[0, :, 0], values[0, :, 4] = -0.2, 0.2
    ends = picture(replace(found, values=values), 0, MIDDLE)
    assert (ends[16, 0] != ends[16, -1]).any()
    assert np.abs(ends[16, 16, :3].astype(int) - rgb(MIDDLE)).max() < 40
    unknown = picture(replace(found, values=np.full_like(values, np.nan)), 0, MIDDLE)
    assert (unknown[..., :3] == rgb(MIDDLE)).all()
    flat = picture(replace(found, values=1e-17 * values), 0, MIDDLE)
    assert (flat[..., :3] == rgb(MIDDLE)).all()


@pytest.mark.parametrize("levels", [3, 5, 8])
def test_steps_leave_one_for_no_change(levels: int):
    some = in_steps(np.linspace(-2, 2, 1001), 2.0, levels)
    assert len(np.unique(some)) == 2 * (levels // 2) + 1
    assert in_steps(np.array([0.1]), 2.0, levels) == 0


def test_a_map_of_nothing_says_why(shown: Snapshot):
    nothing = replace(a_map(shown, None), values=np.zeros((2, 5, 5)), words="Nothing ever looks at it.")
    words = texts(draw_effect_map(nothing, shown, Options(dpi=60))).replace("\n", " ")
    assert "Nothing ever looks at it." in words
    assert "no change" in words
    assert "cross" not in words


def test_one_label_leaves_the_other_half_empty_and_changes_of_a_lead_are_no_percentages(shown: Snapshot):
    found = a_map(shown)
    single = replace(found, labels=(1,), values=found.values[1:], measured=found.measured[1:], ties=found.ties[1:])
    figure = draw_effect_map(replace(single, measure="pin"), shown, Options(dpi=60))
    assert "+0.4" in texts(figure)
    assert change_words(replace(found, measure="pin"), -0.25) == "\u22120.25"
    assert change_words(found, -0.25) == "\u221225 points"


def test_the_numbers_are_the_map_and_the_plane(shown: Snapshot, tmp_path: Path):
    found = a_map(shown)
    data = data_of_effect_map(found, shown)
    assert np.array_equal(data.arrays["map_change"], found.values)
    assert {"field", "point_x", "map_x", "map_floor"} <= set(data.arrays)
    assert len(data.rows) == 50
    assert data.columns[-4:] == ("x", "y", "change", "measured")
    for kind in ("npz", "csv"):
        write_data(data, tmp_path / f"map.{kind}")


def test_between_nodes_a_map_is_bilinear_and_outside_unknown(shown: Snapshot):
    found = a_map(shown)
    x, y = found.nodes
    where = np.array([[x[1], y[2]], [(x[1] + x[2]) / 2, y[2]], [x[0] - 1, y[0]]])
    at = found.at(where)
    np.testing.assert_allclose(at[:, 0], found.values[:, 2, 1])
    np.testing.assert_allclose(at[:, 1], (found.values[:, 2, 1] + found.values[:, 2, 2]) / 2)
    assert np.isnan(at[:, 2]).all()
    best = found.best()
    assert best is not None
    assert (best[0].tolist(), best[1]) == ([x[2], y[3]], 1)
    assert replace(found, values=np.full_like(found.values, np.nan)).best() is None
    assert found.plain()["best"]["label"] == 1
