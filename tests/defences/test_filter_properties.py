"""What our filters promise beyond the contract: nothing but what the points are decides, and nothing whole goes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.defences import DEFENCES, DefenceSettings, Verdict, check_left
from boundaryviz.defences.filters import highest
from boundaryviz.scene.scene import Points
from boundaryviz.testing.defences import NearestMean, NearestMeanFit, same

FIT = NearestMeanFit()
OURS = list(DEFENCES)
GEOMETRIC = ["knn", "sphere", "slab", "knn-distance", "lof", "lid", "spanning-tree", "current"]
POOLS = ["knn-distance", "lof", "lid", "spanning-tree", "current"]


def spec(name: str, **settings: Any) -> DefenceSettings:
    few = {"neighbours": 4} if "neighbours" in DEFENCES[name].model_fields else {}
    few |= {"trained": 6, "asked": 12, "rounds": 2} if name == "roni" else {}
    return DEFENCES[name].model_validate({"defence": name, **few, **settings})


def judged(name: str, points: Points, **settings: Any) -> Verdict | str:
    """The verdict, or why there is none."""
    try:
        return spec(name, **settings).judge(points, FIT, np.random.default_rng(1))
    except ValueError as error:
        return str(error)


def alike(one: Verdict | str, other: Verdict | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return same(one, other)


@st.composite
def scenes(draw: st.DrawFn) -> Points:
    """Points on a coarse grid, so that many of them coincide, tie or lie on one line, with some labels or all."""
    n = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    side = draw(st.sampled_from([2, 5, 1000]))
    known, classes = draw(st.sampled_from([0.3, 1.0])), draw(st.integers(1, 3))
    label = np.where(rng.random(n) < known, rng.integers(classes, size=n), -1)
    return Points.of(rng.integers(side, size=(n, 2)).astype(float), label)


@pytest.mark.parametrize("name", OURS)
@given(points=scenes(), seed=st.integers(0, 99))
def test_the_order_of_the_points_is_nothing_to_the_bit(name: str, points: Points, seed: int):
    order = np.random.default_rng(seed).permutation(len(points))
    found, other = judged(name, points), judged(name, points.take(order))
    if not isinstance(found, str):
        found = Verdict(found.weights[order], found.scores[order])
    assert alike(found, other)


@pytest.mark.parametrize("name", OURS)
@given(points=scenes())
def test_nothing_whole_goes_and_a_refusal_is_a_sentence(name: str, points: Points):
    verdict = judged(name, points)
    if isinstance(verdict, str):
        assert verdict[0].isupper()
        assert verdict[-1] == "."
        return
    for label in np.unique(points.label):
        assert verdict.weights[points.label == label].any()
    untouched = points.is_labelled == (name in POOLS)
    assert verdict.weights[untouched].all()
    assert np.isnan(verdict.scores[untouched]).all()
    assert not np.isinf(verdict.scores).any()


@pytest.mark.parametrize("name", OURS)
def test_where_poison_lies_is_read_nowhere(name: str):
    points = drawn(60, 0)
    marked = points.with_columns(origin=np.random.default_rng(0).integers(-2, 3, len(points)))
    assert alike(judged(name, points), judged(name, marked))


def drawn(n: int, seed: int) -> Points:
    """Two overlapping classes of n points, every third without a label."""
    rng = np.random.default_rng(seed)
    label = np.arange(n) % 2
    xy = rng.standard_normal((n, 2)) + 1.5 * label[:, None]
    return Points.of(xy, np.where(np.arange(n) % 3 == 0, -1, label))


@pytest.mark.parametrize("name", GEOMETRIC)
@given(
    seed=st.integers(0, 99),
    size=st.floats(1e-3, 1e3),
    shift=st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
    turn=st.floats(0, 6),
)
def test_a_moved_turned_and_scaled_plane_gives_the_same_verdict(
    name: str, seed: int, size: float, shift: tuple[float, float], turn: float
):
    points = drawn(60, seed)
    about = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    moved = points.with_columns(xy=size * (points.xy @ about + shift))
    settings: dict[str, Any] = {"share": 0.1} if name != "knn" else {}
    settings |= {"until": 0.5} if name == "current" else {}
    one, other = judged(name, points, **settings), judged(name, moved, **settings)
    assert isinstance(one, Verdict)
    assert isinstance(other, Verdict)
    assert (one.weights == 0).any() or name in ("knn", "current")  # the others leave out a share
    if name != "current":  # points in a row carry the same current: which of them goes is a matter of rounding
        assert np.array_equal(one.weights, other.weights)
    else:
        assert (one.weights == 0).sum() == pytest.approx((other.weights == 0).sum(), abs=2)


@pytest.mark.parametrize("name", ["knn", "sphere", "slab", "knn-distance", "lof", "lid", "spanning-tree", "spectral"])
def test_points_that_are_all_alike_are_all_kept(name: str):
    points = Points.of(np.zeros((40, 2)), np.arange(40) % 3 - 1)
    verdict = judged(name, points, **({"share": 0.2} if name != "knn" else {}))
    if isinstance(verdict, str):
        assert name == "knn"  # three labels at one place: whose it is, nobody can say
        return
    assert verdict.weights.all()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.floats(0.0, 1.0))
def test_of_the_highest_at_most_the_share_go_and_equal_ones_together(values: list[int], share: float):
    scores = np.array(values, dtype=np.float64)
    chosen = highest(scores, share)
    assert chosen.sum() <= share * len(scores) + 1e-6
    if chosen.any() and not chosen.all():
        assert scores[chosen].min() > scores[~chosen].max()
    distinct = np.arange(len(scores), dtype=np.float64)
    assert highest(distinct, share).sum() == int(share * len(scores) + 1e-9)


def test_a_filter_that_would_leave_nothing_of_a_class_says_so():
    rng = np.random.default_rng(0)
    xy = np.concatenate([rng.standard_normal((40, 2)), rng.standard_normal((3, 2))])
    points = Points.of(xy, np.repeat([0, 1], [40, 3]))
    words = judged("knn", points)
    assert isinstance(words, str)
    assert words.startswith("The defence would remove every point of class 1, 3 of 43 points,")


def test_what_is_left_is_asked_of_each_class_and_of_the_pool():
    points = Points.of(np.zeros((4, 2)), [0, 0, 1, -1])
    keep = lambda *weights: np.array(weights, dtype=np.float32)  # noqa: E731
    check_left(points, keep(0, 1, 1, 1))
    check_left(points, keep(0.1, 0, 1, 1))
    with pytest.raises(ValueError, match="every point of class 1, 1 of 4 points"):
        check_left(points, keep(1, 1, 0, 1))
    with pytest.raises(ValueError, match="every unlabelled point, 1 of 4 points"):
        check_left(points, keep(1, 1, 1, 0))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("knn", "The defence asks for 4 neighbours of each point, which needs at least 5 points, and there are 3."),
        ("slab", "The slab lies between classes, and all labelled points are of one."),
        ("roni", "RONI measures accuracy, and all labelled points are of one class."),
    ],
)
def test_too_little_to_judge_by_is_said(name: str, words: str):
    assert str(judged(name, Points.of(np.eye(3, 2), 0))).startswith(words)


def beads(between: int) -> tuple[Points, NDArray[np.bool_]]:
    """Two clouds of 200 points, one label in each, and a string of unlabelled beads from one to the other."""
    rng = np.random.default_rng(4)
    clouds = rng.uniform(-1.0, 1.0, (400, 2)) + np.repeat([[-3.0, 0.0], [3.0, 0.0]], 200, axis=0)
    string = np.column_stack([np.linspace(-2.0, 2.0, between), np.zeros(between)])
    label = np.full(400 + between, -1)
    label[[0, 200]] = (0, 1)
    return Points.of(np.concatenate([clouds, string]), label), np.arange(400 + between) >= 400


def test_current_cuts_a_string_of_beads_and_touches_little_else():
    points, bead = beads(40)
    verdict = judged("current", points)
    assert isinstance(verdict, Verdict)
    gone = verdict.weights == 0
    assert gone.any()
    assert (gone & ~bead).sum() <= 2
    assert verdict.scores[bead][5:-5].min() > np.nanquantile(verdict.scores[~bead], 0.97)


@pytest.mark.parametrize("name", ["current", "knn-distance", "lof", "lid", "spanning-tree"])
def test_without_unlabelled_points_a_filter_of_pools_judges_none(name: str):
    points = drawn(30, 0).with_columns(label=np.arange(30) % 2)
    verdict = judged(name, points)
    assert isinstance(verdict, Verdict)
    assert verdict.weights.all()
    assert np.isnan(verdict.scores).all()


def test_two_clouds_apart_have_no_current_and_lose_nothing():
    points, _ = beads(0)
    verdict = judged("current", points)
    assert isinstance(verdict, Verdict)
    assert verdict.weights.all()
    assert not np.nan_to_num(verdict.scores).any()


@pytest.mark.parametrize("name", ["spectral", "activation-clustering", "self-influence"])
def test_a_surrogate_that_is_no_learner_is_refused_where_it_is_set(name: str):
    with pytest.raises(ValueError, match="unknown learner 'net'; `boundaryviz learners` lists them"):
        spec(name, surrogate="net")


class Diverged(NearestMean):
    def features(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(x.shape, np.nan)


class DivergedFit(NearestMeanFit):
    def __call__(self, points: Points, weights: NDArray[np.float32], surrogate: str = "") -> NearestMean:
        return Diverged(points, weights)


@pytest.mark.parametrize("name", ["spectral", "activation-clustering", "self-influence"])
def test_features_of_a_net_that_diverged_are_judged_by_nobody(name: str):
    with pytest.raises(ValueError, match="The net whose features are judged has diverged"):
        spec(name).judge(drawn(60, 0), DivergedFit(), np.random.default_rng(0))
