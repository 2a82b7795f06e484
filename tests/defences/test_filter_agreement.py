"""Filters agree with programs that were written without them, or with plain loops over the formulas."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor, NearestNeighbors

from boundaryviz.defences import DEFENCES, Verdict
from boundaryviz.defences.kinds.activation_clustering import reduced, silhouette, two_means
from boundaryviz.defences.kinds.current import through
from boundaryviz.defences.kinds.roni import RoniSpec, drawn
from boundaryviz.defences.kinds.self_influence import self_influence
from boundaryviz.defences.kinds.spanning_tree import smaller_sides, spanning_tree
from boundaryviz.defences.neighbours import graph
from boundaryviz.scene.scene import Points
from boundaryviz.testing.defences import NearestMean, NearestMeanFit

FIT = NearestMeanFit()


def moons(n: int, seed: int = 0, labelled: int | None = None) -> Points:
    """Two moons, in an order of their content; the first `labelled` of a random order with labels, default all."""
    rng = np.random.default_rng(seed)
    angle, label = rng.uniform(0.0, np.pi, n), np.arange(n) % 2
    xy = np.column_stack([np.cos(angle), np.sin(angle)]) * np.where(label == 0, 1.0, -1.0)[:, None]
    xy += np.where(label == 0, 0.0, 1.0)[:, None] * (1.0, 0.5) + 0.15 * rng.standard_normal((n, 2))
    order = np.lexsort(xy.T[::-1])
    hidden = rng.permutation(n)[n if labelled is None else labelled :]
    label = label[order]
    label[hidden] = -1
    return Points.of(xy[order], label)


def judged(points: Points, name: str, **settings: object) -> Verdict:
    return DEFENCES[name].model_validate({"defence": name, **settings}).judge(points, FIT, np.random.default_rng(0))


def test_neighbours_disagree_as_a_classifier_of_scikit_learn_says():
    points = moons(150)
    verdict = judged(points, "knn", neighbours=9)
    for i in range(0, len(points), 5):
        others = np.arange(len(points)) != i
        model = KNeighborsClassifier(9).fit(points.xy[others], points.label[others])
        share = model.predict_proba(points.xy[i : i + 1])[0]
        assert verdict.scores[i] == pytest.approx(share[1 - points.label[i]])
        assert verdict.weights[i] == (share.argmax() == points.label[i])


def test_distances_of_neighbours_are_those_of_scikit_learn():
    points = moons(200, labelled=20)
    gap, _ = NearestNeighbors(n_neighbors=5).fit(points.xy).kneighbors()
    verdict = judged(points, "knn-distance", neighbours=5)
    pool = ~points.is_labelled
    assert np.allclose(verdict.scores[pool], gap.mean(axis=1)[pool], rtol=1e-12)
    assert np.isnan(verdict.scores[~pool]).all()


@pytest.mark.parametrize("copies", [0, 12])
def test_the_local_outlier_factor_is_that_of_scikit_learn(copies):
    points = moons(200, labelled=20)
    xy = np.concatenate([points.xy, np.repeat(points.xy[:1], copies, axis=0)])
    label = np.concatenate([points.label, np.full(copies, -1)])
    expected = -LocalOutlierFactor(20).fit(xy).negative_outlier_factor_
    verdict = judged(Points.of(xy, label), "lof", neighbours=20)
    pool = label < 0
    assert np.allclose(verdict.scores[pool], expected[pool], rtol=1e-6)


def test_the_local_dimension_is_the_estimate_by_a_loop():
    points = moons(120, labelled=10)
    verdict = judged(points, "lid", neighbours=15)
    for i in np.flatnonzero(~points.is_labelled):
        gap = np.sort(np.linalg.norm(points.xy - points.xy[i], axis=1))[1:16]
        assert verdict.scores[i] == pytest.approx(1.0 / np.mean([np.log(r / gap[-1]) for r in gap[:-1]]), rel=1e-9)


def test_the_local_dimension_of_a_line_is_one_and_of_a_square_two():
    rng = np.random.default_rng(0)
    line, square = np.column_stack([rng.random(2000), np.zeros(2000)]), rng.random((2000, 2)) + 5.0
    scores = judged(Points.of(np.concatenate([line, square])), "lid", neighbours=50).scores
    assert -np.median(scores[:2000]) == pytest.approx(1.0, abs=0.1)
    assert -np.median(scores[2000:]) == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize(("k", "longer"), [(3, 1e-3), (15, 1e-9)])
def test_the_spanning_tree_is_as_short_as_scipys_through_all_pairs(k, longer):
    xy = np.concatenate([moons(120).xy, 40.0 + moons(50, seed=1).xy, [[20.0, 20.0], [21.0, 20.0]]])
    a, b, length = spanning_tree(xy, k)
    assert len(a) == len(xy) - 1
    assert np.allclose(length, np.linalg.norm(xy[a] - xy[b], axis=1))
    assert length.sum() == pytest.approx(minimum_spanning_tree(cdist(xy, xy)).sum(), rel=longer)


def test_sides_of_a_tree_are_counted_as_cutting_each_edge_does():
    a, b, _ = spanning_tree(moons(40).xy, 5)
    sides = smaller_sides(40, a, b)
    for edge in range(len(a)):
        reached, before = {0}, 0
        while len(reached) > before:
            before = len(reached)
            for k, (u, v) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
                if k != edge and (u in reached or v in reached):
                    reached |= {u, v}
        assert sides[edge] == min(len(reached), 40 - len(reached))


def current_by_hand(joined: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """The current through each point of a graph of conductances with two classes, and in all: by Kirchhoff's laws with
    a pseudo-inverse. A voltage source is put between a node that is joined to all points of one class by wires of no
    resistance to speak of, and another for the other class."""
    n, wire = len(label), 1e7
    big = np.zeros((n + 2, n + 2))
    big[:n, :n] = joined
    for k in (0, 1):
        big[n + k, :n] = big[:n, n + k] = wire * (label == k)
    inverse = np.linalg.pinv(np.diag(big.sum(axis=1)) - big, rcond=1e-16, hermitian=True)
    pushed = np.zeros(n + 2)
    pushed[n], pushed[n + 1] = 1.0, -1.0
    volts = inverse @ pushed
    total = 1.0 / (volts[n] - volts[n + 1])  # of one volt
    flow = np.abs(joined * (volts[:n, None] - volts[None, :n])).sum(axis=1) / 2.0
    return flow * total, total


@pytest.mark.parametrize("seed", range(4))
def test_the_current_is_that_of_kirchhoffs_laws(seed):
    rng = np.random.default_rng(seed)
    xy = rng.random((30, 2))
    label = np.full(30, -1)
    label[:4] = (0, 0, 1, 1)
    joined = graph(xy, 5)
    flow, total = through(joined, label)
    expected, in_all = current_by_hand(joined.toarray(), label)
    assert total == pytest.approx(in_all, rel=1e-4)
    assert np.allclose(flow[4:], expected[4:], atol=1e-4 * in_all)


def test_of_three_classes_the_current_is_the_mean_of_each_against_the_others():
    rng = np.random.default_rng(0)
    label = np.full(40, -1)
    label[:6] = (0, 0, 1, 1, 2, 2)
    joined = graph(rng.random((40, 2)), 6)
    flow, total = through(joined, label)
    each = [through(joined, np.where(label < 0, -1, (label == k).astype(int))) for k in range(3)]
    assert np.allclose(flow, sum(one[0] for one in each) / 2.0)
    assert total == pytest.approx(sum(one[1] for one in each) / 2.0)


def test_ten_resistors_in_a_row_carry_a_tenth():
    from scipy.sparse import diags_array

    row = diags_array([np.ones(10), np.ones(10)], offsets=[-1, 1]).tocsr()
    flow, total = through(row, np.array([0] + [-1] * 9 + [1]))
    assert total == pytest.approx(0.1)
    assert np.allclose(flow[1:-1], 0.1)


def test_principal_axes_are_those_of_scikit_learn():
    x = np.random.default_rng(0).standard_normal((60, 14)) * np.arange(1, 15)
    assert np.allclose(np.abs(reduced(x, 10)), np.abs(PCA(10).fit_transform(x)))


@pytest.mark.parametrize("gap", [1.0, 3.0])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_two_clusters_are_as_tight_as_those_of_scikit_learn_and_as_far_apart(gap, share):
    rng = np.random.default_rng(7)
    x = rng.standard_normal((120, 6))
    x[: int(share * 120)] += gap
    x = reduced(x, 5)
    second = two_means(x)
    squares = sum(((x[part] - x[part].mean(axis=0)) ** 2).sum() for part in (second, ~second))
    assert squares <= KMeans(2, n_init=10, random_state=0).fit(x).inertia_ * 1.03
    assert silhouette(x, second) == pytest.approx(silhouette_score(x, second))


def test_the_silhouette_of_a_lone_point_counts_as_none():
    x = np.concatenate([np.random.default_rng(0).standard_normal((9, 2)), [[9.0, 9.0]]])
    second = np.arange(10) == 9
    assert silhouette(x, second) == pytest.approx(silhouette_score(x, second))


def test_spectral_signatures_are_the_first_principal_component_of_scikit_learn():
    points = moons(100)
    verdict = judged(points, "spectral", share=0.1)
    for k in (0, 1):
        mine = points.label == k
        along = PCA(1).fit_transform(points.xy[mine])[:, 0] ** 2
        assert np.allclose(verdict.scores[mine], along)
        assert np.array_equal(np.flatnonzero(verdict.weights[mine] == 0), np.sort(np.argsort(-along)[:7]))


def test_self_influence_is_that_of_a_binary_logistic_regression():
    """Of two classes the softmax has each direction twice, so that the damping counts half."""
    points = moons(80)
    x, label = points.xy, points.label.astype(int)
    p = LogisticRegression(C=1.0).fit(x, label).predict_proba(x)
    a = np.column_stack([x, np.ones(len(x))])
    hessian = (a * (p[:, 0] * p[:, 1])[:, None]).T @ a / len(a) + 0.005 * np.eye(3)
    expected = (p[:, 1] - label) ** 2 * np.einsum("ij,jk,ik->i", a, np.linalg.inv(hessian), a)
    assert np.allclose(self_influence(x, p, label, 0.01), expected)


def test_self_influence_of_three_classes_is_that_of_differences():
    """The Hessian of the mean loss by finite differences of its gradient."""
    rng = np.random.default_rng(0)
    x, label = rng.standard_normal((30, 2)), rng.integers(3, size=30)
    a, weights = np.column_stack([x, np.ones(30)]), rng.standard_normal((3, 3))

    def slopes(flat: NDArray[np.float64]) -> NDArray[np.float64]:
        odds = np.exp(a @ flat.reshape(3, 3).T)
        p = odds / odds.sum(axis=1, keepdims=True)
        return ((p - np.eye(3)[label])[:, :, None] * a[:, None]).reshape(30, 9)

    flat, step = weights.ravel(), 1e-5
    hessian = np.array([slopes(flat + step * e).mean(0) - slopes(flat - step * e).mean(0) for e in np.eye(9)])
    hessian = hessian / (2.0 * step) + 0.01 * np.eye(9)
    g = slopes(flat)
    odds = np.exp(a @ weights.T)
    found = self_influence(x, odds / odds.sum(axis=1, keepdims=True), label, 0.01)
    assert np.allclose(found, (g * np.linalg.solve(hessian, g.T).T).sum(axis=1), rtol=1e-5)


def test_trim_is_a_plain_loop_that_fits_and_keeps_the_best():
    points = moons(90, seed=3)
    flipped = points.with_columns(label=np.where(np.arange(90) < 12, 1 - points.label, points.label))
    verdict = judged(flipped, "loss", share=0.15, rounds=50)
    keep = np.arange(90)
    for _ in range(50):
        p = NearestMean(flipped.take(keep), np.ones(len(keep), np.float32)).probabilities(flipped.x)
        loss = -np.log(p[np.arange(90), flipped.label])
        before, keep = keep, np.sort(np.argsort(loss)[: 90 - 13])
        if np.array_equal(before, keep):
            break
    assert np.array_equal(np.flatnonzero(verdict.weights), keep)
    assert np.allclose(verdict.scores, loss)
    once = judged(flipped, "loss", share=0.15, rounds=1)
    assert not np.array_equal(once.weights, verdict.weights)


def test_roni_is_a_plain_loop_over_points_and_draws():
    points = moons(60, seed=2)
    label = points.label.astype(int)
    spec = RoniSpec(trained=12, asked=20, rounds=3, rule="share", share=0.1)
    verdict = spec.judge(points, FIT, np.random.default_rng(5))
    rng, impact = np.random.default_rng(5), np.zeros(60)
    for _ in range(3):
        base, quiz = drawn(label, 12, 20, rng)
        for i in range(60):
            with_it, without = base.copy(), base.copy()
            with_it[i], without[i] = True, False
            others = [j for j in np.flatnonzero(quiz) if j != i]
            right = [
                (NearestMean(points.take(m), np.ones(m.sum(), np.float32)).probabilities(points.x[others]).argmax(1)
                 == label[others]).mean()
                for m in (with_it, without)
            ]  # fmt: skip
            impact[i] += (right[0] - right[1]) / 3
    assert np.allclose(verdict.scores, -impact)
    bound = np.sort(-impact)[::-1][6]
    assert np.array_equal(verdict.weights == 0, -impact > bound)


def test_sphere_and_slab_are_a_plain_loop_over_each_class():
    points = moons(100, seed=1)
    found = {name: judged(points, name, share=0.1) for name in ("sphere", "slab")}
    centre = [points.xy[points.label == k].mean(axis=0) for k in (0, 1)]
    way = (centre[1] - centre[0]) / np.linalg.norm(centre[1] - centre[0])
    for k in (0, 1):
        mine = np.flatnonzero(points.label == k)
        gaps = [np.linalg.norm(points.xy[i] - centre[k]) for i in mine]
        along = [abs((points.xy[i] - centre[k]) @ way) for i in mine]
        for name, values in (("sphere", gaps), ("slab", along)):
            assert np.allclose(found[name].scores[mine], values)
            assert set(mine[found[name].weights[mine] == 0]) == set(mine[np.argsort(values)[-5:]])
