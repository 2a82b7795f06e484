"""The figures of pushes, of robust error, of decisions in noise, and of the answer along the gradient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import to_hex

from boundaryviz.evasion.pushes import Robustness
from boundaryviz.figures.linearity import draw_linearity
from boundaryviz.figures.noise_relation import draw_noise_relation
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.figures.pushes import FEW, MANY, draw_pushes, words_of
from boundaryviz.figures.robustness import draw_robustness
from boundaryviz.figures.style import Options
from boundaryviz.record.evading import Linearity, NoiseRelation
from helpers.pushed import pushes
from helpers.snapshots import snapshot, titles

SMALL = Options(dpi=50)


def parts(figure: Any) -> dict[str, Any]:
    return {one.get_gid(): one for one in figure.axes[0].collections if one.get_gid()}


@pytest.mark.parametrize("style", ["paper", "dark"])
def test_arrows_lead_from_points_to_ends_and_those_in_vain_are_pale(style: Any) -> None:
    shown = snapshot()
    made = pushes(shown, 0.6)
    assert 0 < made.flipped.sum() < len(made)
    drawn = parts(draw_pushes(shown, [made], Options(dpi=50, style=style)))
    for name, some in (("turned", made.flipped), ("in vain", ~made.flipped)):
        lines = drawn[f"fgsm, {name}"]
        ways = np.stack([made.places[some], made.ends_xy[some]], axis=1)
        np.testing.assert_allclose(np.array(lines.get_segments()), ways)
        assert (lines.get_alpha() < 1) == (name == "in vain")
    assert len(drawn["fgsm, heads"].get_segments()) == made.flipped.sum()
    assert isinstance(drawn["fgsm, turned"], LineCollection)
    colour = PUSHES["fgsm"].colour(style == "dark")
    assert to_hex(np.asarray(drawn["fgsm, turned"].get_color())[0]) == colour


def test_of_a_few_points_balls_and_certificates_are_drawn_in_units_of_the_plane() -> None:
    shown = snapshot()
    made = pushes(shown, 0.6, most=3, certificates=np.array([0.2, 0.0, 0.1]))
    drawn = parts(draw_pushes(shown, [made], SMALL))
    assert len(drawn["balls"].get_offsets()) == 3
    np.testing.assert_allclose(drawn["certified"].get_widths(), [0.4, 0.2])
    square = parts(draw_pushes(shown, [replace(made, norm="linf", certificates=None)], SMALL))
    assert isinstance(square["balls"], PatchCollection)
    assert "certified" not in square
    many = parts(draw_pushes(shown, [pushes(shown, 0.6)], SMALL))
    assert len(pushes(shown)) > FEW
    assert "balls" not in many


def test_of_many_points_some_are_drawn_and_all_are_counted() -> None:
    one = pushes(snapshot(), 0.6, most=1)
    columns: dict[str, Any] = {
        name: np.repeat(value, 5 * MANY, axis=0) for name, value in vars(one).items() if isinstance(value, np.ndarray)
    }
    many = replace(one, **columns)
    drawn = parts(draw_pushes(snapshot(), [many], SMALL))
    assert sum(len(drawn[f"fgsm, {name}"].get_segments()) for name in ("turned", "in vain")) == MANY
    turned = replace(many, flipped=np.ones(len(many), bool))
    assert "300 within" in words_of(replace(turned, epsilon=1.0))
    assert words_of(replace(many, flipped=np.zeros(len(many), bool))) == "FGSM: none found"
    with pytest.raises(ValueError, match="no point is pushed"):
        draw_pushes(snapshot(), [])


def test_each_attack_has_its_line_and_epsilon_is_marked() -> None:
    lines = {name: np.linspace(0.0, top, 5) for name, top in (("exact", 0.9), ("fgsm", 0.7), ("random", 0.2))}
    found = Robustness(np.linspace(0, 0.6, 5), lines, "l2", 40, "PGD is missing.")
    axes = draw_robustness(found, snapshot(), 0.3, SMALL).axes[0]
    drawn = {line.get_gid(): line for line in axes.lines}
    for name, line in lines.items():
        np.testing.assert_allclose(np.asarray(drawn[name].get_ydata(), dtype=float), line)
    assert drawn["epsilon"].get_xdata() == [0.3, 0.3]


def test_decisions_in_noise_stand_beside_what_distances_say() -> None:
    rng = np.random.default_rng(0)
    found = NoiseRelation(
        np.array([0.1, 0.2]), rng.uniform(0, 1, 30), rng.uniform(0, 0.3, (2, 30)), rng.uniform(0, 0.3, (2, 30)), 300
    )
    left, right = draw_noise_relation(found, snapshot(), SMALL).axes
    measured, predicted = found.means
    bars = {one.get_gid() or container.get_label(): one for container in right.containers for one in container}
    heights = sorted(bar.get_height() for container in right.containers for bar in container)
    np.testing.assert_allclose(heights, sorted([*measured, *predicted]))
    assert bars
    (dots,) = [one for one in left.collections if one.get_gid() == "noise 0.2"]
    np.testing.assert_allclose(
        np.asarray(dots.get_offsets(), dtype=float), np.stack([found.distance / 0.2, found.measured[1]], axis=1)
    )
    assert found.gap == pytest.approx(np.abs(measured - predicted).max())
    assert "30 test points, 300 draws" in titles(right)[1].get_text()


def test_the_answer_is_drawn_beside_what_the_gradient_says() -> None:
    lengths = np.linspace(0.0, 0.6, 7)
    slope = np.array([-1.0, -2.0, -4.0])
    lead = np.maximum(1.0 + slope[:, None] * lengths, -0.2)
    found = Linearity(lengths, lead, slope, 0.3)
    axes = draw_linearity(found, snapshot(), SMALL).axes[0]
    drawn = {line.get_gid(): line for line in axes.lines}
    np.testing.assert_allclose(np.asarray(drawn["median"].get_ydata(), dtype=float), lead[1])
    np.testing.assert_allclose(np.asarray(drawn["tangent"].get_ydata(), dtype=float), 1.0 - 2.0 * lengths)
    np.testing.assert_allclose(found.fall(), [1.0, 1.0, 1.0])
    assert found.straightness()[0] == pytest.approx(1.0)
    bent = Linearity(lengths, lead, slope, 0.6)
    assert bent.fall()[2] == pytest.approx(0.5)
    assert bent.straightness()[2] < 0.8
    still = Linearity(lengths, np.ones((1, 7)), np.zeros(1), 0.3)
    assert np.isnan(still.fall()).all()
    assert still.straightness()[0] == 1.0
