"""The data sets against independent statements of what they are."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets as bundled
from sklearn.datasets import make_moons

from boundaryviz.scene.assets import asset
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.datasets.shapes import concept
from tools.fidelity.references.datasets import Scripted

TABLES = {
    "iris": bundled.load_iris, "wine": bundled.load_wine,
    "digits": bundled.load_digits, "breast-cancer": bundled.load_breast_cancer,
}  # fmt: skip


def draw(name: str, n: int, noise: float = 0.0, seed: int = 0, rng: np.random.Generator | None = None):
    return DATASETS[name].draw(n, noise, rng or np.random.default_rng(seed))


@given(st.sampled_from(sorted(DATASETS)), st.integers(0, 60), st.floats(0, 1))
def test_every_data_set_gives_n_points_with_known_classes(name: str, n: int, noise: float) -> None:
    xy, label = draw(name, n, noise)
    assert xy.shape == (n, 2)
    assert xy.dtype == np.float64
    assert label.shape == (n,)
    assert label.dtype == np.int64
    assert np.isfinite(xy).all()
    assert set(label.tolist()) <= set(range(DATASETS[name].classes))


# ---- TensorFlow Playground -----------------------------------------------------------------------


def test_circle_without_noise_is_a_disc_within_a_ring() -> None:
    xy, label = draw("circle", 500)
    r = np.hypot(xy[:, 0], xy[:, 1])
    assert label.tolist() == [1] * 250 + [0] * 250
    assert r[:250].max() <= 2.5
    assert r[250:].min() >= 3.5
    assert r.max() <= 5.0
    # radii are uniform, not the area: a quarter of the disc's points lie within a quarter of its radius
    many = np.hypot(*draw("circle", 40_000)[0][:20_000].T)
    assert np.quantile(many, [0.25, 0.5, 0.75]) == pytest.approx([0.625, 1.25, 1.875], abs=0.03)


def test_circle_noise_jitters_the_place_the_label_is_taken_at() -> None:
    # radius at 0.8 of its range, angle 0 (straight up), jitter at 0.9 of -5..5 = +4 on both axes
    xy, label = draw("circle", 2, 0.25, rng=Scripted(0.8, 0.0, 0.9))
    assert xy == pytest.approx(np.array([[0.0, 2.0], [0.0, 4.7]]))
    assert label.tolist() == [int(math.hypot(0 + 0.25 * 4, 2 + 0.25 * 4) < 2.5), 0]


def test_xor_is_pushed_off_the_axes_and_labelled_by_its_sign() -> None:
    xy, label = draw("xor", 500)
    assert np.abs(xy).min() >= 0.3
    assert np.abs(xy).max() <= 5.3
    assert [int(x * y >= 0) for x, y in xy] == label.tolist()


def test_xor_noise_jitters_the_place_the_label_is_taken_at() -> None:
    # at 0.55 of -5..5 a coordinate is 0.5, pushed to 0.8; a jitter of 0.5 * -2 = -1 turns its sign, of 0 does not
    for fractions, positive in (((0.5, 0.5), 1), ((0.3, 0.5), 0), ((0.5, 0.3), 0), ((0.3, 0.3), 1)):
        xy, label = draw("xor", 1, 0.5, rng=Scripted(0.55, np.array(fractions)))
        assert xy == pytest.approx(np.array([[0.8, 0.8]]))
        assert label[0] == positive


@pytest.mark.parametrize("name", ["circle", "xor"])
def test_noise_of_circle_and_xor_flips_labels_and_moves_nothing(name: str) -> None:
    quiet, loud = draw(name, 500), draw(name, 500, 0.5)
    assert np.array_equal(quiet[0], loud[0])
    assert 0.1 < np.mean(quiet[1] != loud[1]) < 0.5
    assert 0.8 < np.mean(quiet[1] == draw(name, 500, 0.1)[1]) < 1.0


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_gauss_has_its_centres_and_variance(noise: float, variance: float) -> None:
    xy, label = draw("gauss", 40_000, noise)
    assert label.sum() == 20_000
    for k, centre in ((1, 2.0), (0, -2.0)):
        assert xy[label == k].mean(axis=0) == pytest.approx([centre, centre], abs=0.06)
        assert xy[label == k].var(axis=0) == pytest.approx([variance, variance], rel=0.05)


def test_spiral_follows_its_formula_point_by_point() -> None:
    xy, label = draw("spiral", 500)
    assert label.tolist() == [1] * 250 + [0] * 250
    for i in (0, 1, 77, 249):
        r, t = 5 * i / 250, 1.75 * 2 * math.pi * i / 250
        assert xy[i] == pytest.approx([r * math.sin(t), r * math.cos(t)])
        assert xy[250 + i] == pytest.approx([r * math.sin(t + math.pi), r * math.cos(t + math.pi)])


def test_spiral_noise_is_a_uniform_push_of_that_size() -> None:
    push = draw("spiral", 5000, 0.4)[0] - draw("spiral", 5000)[0]
    assert np.abs(push).max() <= 0.4
    assert push.std(axis=0) == pytest.approx([0.4 / math.sqrt(3)] * 2, rel=0.03)


# its two data sets for regression, restated with its own loops

HILLS = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]


def height(x: float, y: float) -> float:
    """Of the cone that is the highest or deepest there."""
    found = 0.0
    for cx, cy, sign in HILLS:
        new = sign * min(max(1 - math.hypot(x - cx, y - cy) / 2, 0), 1)
        if abs(new) > abs(found):
            found = new
    return found


RESPONSES = {"reg-plane": lambda x, y: -1 + (x + y + 10) * 2 / 20, "reg-gauss": height}


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_responses_are_the_playgrounds_and_classes_their_signs(name: str) -> None:
    source = DATASETS[name]
    assert source.responses is not None
    xy, response = source.responses(300, 0.0, np.random.default_rng(0))
    assert np.abs(xy).max() <= 6
    assert response == pytest.approx([RESPONSES[name](x, y) for x, y in xy])
    same, label = source.draw(300, 0.0, np.random.default_rng(0))
    assert np.array_equal(same, xy)
    assert label.tolist() == [int(value >= 0) for value in response]


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_noise_jitters_the_place_the_response_is_taken_at(name: str) -> None:
    # half way from -6 to 6 and a sixth further are 0 and 2; jitters of 0.25 * 3 and 0.25 * -3
    source = DATASETS[name]
    assert source.responses is not None
    place, push = np.array([1 / 2, 2 / 3]), np.array([3 / 4, 1 / 4])
    xy, response = source.responses(1, 0.25, Scripted(place, push))
    assert xy == pytest.approx(np.array([[0.0, 2.0]]))
    assert response == pytest.approx([RESPONSES[name](0.75, 1.25)])


# ---- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 100, 101])
def test_moons_are_scikit_learns(n: int) -> None:
    xy, label = draw("moons", n)
    theirs_xy, theirs_label = make_moons(n, shuffle=False, noise=None)
    assert xy == pytest.approx(theirs_xy)
    assert label.tolist() == theirs_label.tolist()


def test_rings_lie_at_their_radii() -> None:
    xy, label = draw("rings", 300)
    assert np.hypot(*xy.T) == pytest.approx(np.where(label == 0, 2.0, 4.0))


def test_blobs_are_four_even_clouds_of_the_noise_given() -> None:
    xy, label = draw("blobs", 40_000, 0.7)
    assert np.bincount(label).tolist() == [10_000] * 4
    for k in range(4):
        assert np.abs(xy[label == k].mean(axis=0)) == pytest.approx([1.5, 1.5], abs=0.03)
        assert xy[label == k].std(axis=0) == pytest.approx([0.7, 0.7], rel=0.03)


def test_the_disc_takes_half_of_the_square_and_touches_the_rest() -> None:
    xy, label = draw("disc", 40_000)
    radius = np.hypot(*xy.T)
    assert radius[label == 1].max() < radius[label == 0].min() < radius[label == 1].max() + 0.01
    assert abs(label.mean() - 0.5) < 3 * 0.5 / 200
    shares, _, _ = np.histogram2d(xy[:, 0], xy[:, 1], bins=np.linspace(-5.0, 5.0, 5))
    assert np.abs(shares / len(xy) - 1 / 16).max() < 0.005


def test_neighbouring_squares_of_the_checkerboard_differ() -> None:
    xy, label = draw("checkerboard", 2000)
    squares = {(math.floor(x / 2), math.floor(y / 2)): int(k) for (x, y), k in zip(xy, label, strict=True)}
    assert len(squares) == 16
    assert all(squares[i, j] != squares[i + 1, j] for i in range(-2, 1) for j in range(-2, 2))
    assert all(squares[i, j] != squares[i, j + 1] for i in range(-2, 2) for j in range(-2, 1))


def test_half_the_cells_of_the_random_grid_are_of_each_class_and_which_ones_the_seed_says() -> None:
    (xy, label), (_, other) = draw("random-grid", 720), draw("random-grid", 720, seed=1)
    cell = np.round(2.0 * xy + 2.5)
    assert np.abs(xy - (0.5 * cell - 1.25)).max() < 1e-12
    cells, which = np.unique(cell, axis=0, return_inverse=True)
    assert len(cells) == 36
    of = np.bincount(which.ravel(), label) / 20
    assert set(of.tolist()) == {0.0, 1.0}
    assert of.sum() == 18
    assert not np.array_equal(label, other)


def test_the_rolls_arms_are_one_arm_turned_by_a_third() -> None:
    xy, label = draw("swiss-roll", 300)
    r, angle = np.hypot(*xy.T), np.arctan2(xy[:, 1], xy[:, 0])
    expected = 2.5 * np.pi * (r - 0.8) / 4.2 + 2 * np.pi / 3 * label
    assert np.cos(angle - expected) == pytest.approx(np.ones(300))
    assert r.max() <= 5.0


def test_covariate_shift_moves_the_places_and_keeps_the_concept() -> None:
    source = DATASETS["covariate-shift"]
    assert source.draw_test is not None
    samples = [f(40_000, 0.5, np.random.default_rng(0)) for f in (source.draw, source.draw_test)]
    for (xy, label), centre in zip(samples, (-2.0, 2.0), strict=True):
        assert xy[:, 0].mean() == pytest.approx(centre, abs=0.05)
        height = xy[:, 1] - concept(xy[:, 0])
        for low, high in ((-0.6, -0.4), (-0.1, 0.1), (0.4, 0.6)):  # p(y = 1 | x) depends on the height alone
            near = (height > low) & (height < high)
            expected = 0.5 * (1 + math.erf((low + high) / 2 / 0.5 / math.sqrt(2)))
            assert label[near].mean() == pytest.approx(expected, abs=0.04)


# ---- scikit-learn's tables -----------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_projected_table_is_what_scikit_learns_data_give(name: str) -> None:
    table, source = TABLES[name](), DATASETS[name]
    columns = table.data - table.data.mean(axis=0)
    spread = columns.std(axis=0)
    columns = columns / np.where(spread > 0, spread, 1.0)
    covariance = columns.T @ columns / len(columns)
    variance, axes = np.linalg.eigh(covariance)
    axes = axes[:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    shipped = np.loadtxt(asset(f"data/{name}.csv"), delimiter=",", skiprows=1)
    assert shipped[:, :2] == pytest.approx(columns @ axes, abs=1e-5)
    assert shipped[:, 2].tolist() == table.target.tolist()
    assert source.class_names == tuple(map(str, table.target_names))
    share = np.rint(100 * variance[::-1][:2] / variance.sum()).astype(int)
    assert source.axis_names == tuple(f"PC {i + 1} ({s} % of variance)" for i, s in enumerate(share))
    assert source.summary.endswith("projected on two principal components.")


@pytest.mark.parametrize("name", TABLES)
def test_rows_of_a_table_are_drawn_once_each_and_pushed_by_the_noise(name: str) -> None:
    xy, label = draw(name, 10_000)
    shipped = np.loadtxt(asset(f"data/{name}.csv"), delimiter=",", skiprows=1)
    rows = np.column_stack([xy, label])
    assert np.array_equal(rows[np.lexsort(rows.T)], shipped[np.lexsort(shipped.T)])
    pushed = draw(name, 10_000, 0.5)[0] - xy
    assert pushed.std() == pytest.approx(0.5, rel=0.1)


# ---- the layer -----------------------------------------------------------------------------------


def test_a_missing_asset_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"assets/data/none\.csv is missing"):
        asset("data/none.csv")


def test_the_scene_loads_neither_torch_nor_scikit_learn() -> None:
    program = (
        "import sys, boundaryviz.tables.tables, boundaryviz.scene.edits\n"
        "from boundaryviz.scene.data import DataSpec, build\n"
        "build(DataSpec(name='digits'))\n"
        "print([name for name in ('torch', 'sklearn', 'scipy', 'PyQt6', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
