"""The shortest labelling paths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.cascade import cascade
from boundaryviz.learners.graph_specs import LabelSpreadingSpec
from helpers.models import blobs, make, taken


def line(n: int = 9, muted: tuple[int, ...] = (), label: dict[int, int] | None = None) -> TrainingData:
    """Points at 0, 1, 2, ... on a line; each sees its two neighbours when three are asked for."""
    labels = np.full(n, -1)
    for at, k in (label or {0: 0}).items():
        labels[at] = k
    weights = np.ones((1, n), dtype=np.float32)
    weights[0, list(muted)] = 0.0
    xy = np.stack([np.arange(n) + 1e-3 * np.arange(n) ** 2, np.zeros(n)], axis=1)
    return TrainingData(np.arange(n), xy, labels, np.zeros(n, bool), weights)


def test_along_a_line_every_point_hands_on():
    data = line()
    found = cascade(data, 3)
    assert found.before[:8].tolist() == [-1, 0, 1, 2, 3, 4, 5, 6]  # the last listens to the one before the last as well
    assert found.seed.tolist() == [0] * 9
    np.testing.assert_allclose(found.distance, data.xy[:, 0])
    assert found.path(4) == [0, 1, 2, 3, 4]
    assert found.path(0) == [0]


def test_the_nearer_of_two_seeds_is_the_source():
    found = cascade(line(label={0: 0, 8: 1}), 3)
    assert found.seed.tolist() == [0, 0, 0, 0, 0, 8, 8, 8, 8]
    assert found.path(6) == [8, 7, 6]


def test_cutting_a_bead_breaks_the_chain_where_neighbours_reach_no_further():
    data = line()
    xy = np.stack([[0, 1, 2, 3, 4, 5.5, 6.3, 7.3, 8.3], np.zeros(9)], axis=1)  # 6 to 8 see no further than 5
    data = TrainingData(data.ids, xy, data.label, data.poison, data.weights)
    assert cascade(data, 3).path(7) == list(range(8))
    cut = cascade(TrainingData(data.ids, xy, data.label, data.poison, line(muted=(5,)).weights), 3)
    assert cut.path(7) == cut.path(5) == []
    assert cut.seed.tolist() == [0] * 5 + [-1] * 4
    assert np.isinf(cut.distance[5:]).all()


def test_without_labels_or_points_nothing_is_reached():
    for data in (line(label={0: -1}), taken(line(), [])):
        found = cascade(data, 3)
        assert (found.seed == -1).all()
        assert len(found.distance) == len(data.ids)


def test_points_on_top_of_each_other_are_joined():
    data = line(4)
    data = TrainingData(data.ids, np.zeros((4, 2)), data.label, data.poison, data.weights)
    found = cascade(data, 4)
    assert found.seed.tolist() == [0] * 4
    assert found.distance.max() < 1e-300


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 3))
def test_a_path_exists_where_spreading_decides_and_its_steps_are_edges(seed: int, neighbours: int, labels: int):
    data = blobs(50, seed=seed)
    data = TrainingData(data.ids, data.xy, np.where(data.ids < labels, data.label, -1), data.poison, data.weights)
    found = cascade(data, neighbours)
    learner = make(LabelSpreadingSpec(neighbours=neighbours), data=data)
    learner.step()
    assert np.array_equal(found.seed >= 0, learner.predict(data.xy)[0] >= 0)
    gaps = np.linalg.norm(data.xy[:, None] - data.xy, axis=2)
    for to in range(50):
        path = found.path(to)
        if path:
            assert (path[0], path[-1]) == (found.seed[to], to)
            assert data.label[path[0]] >= 0
            assert all(a in np.argsort(gaps[b])[:neighbours] for a, b in pairwise(path))
            np.testing.assert_allclose(found.distance[to], gaps[path[:-1], path[1:]].sum())


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_order_of_points_is_irrelevant(shuffle: int):
    data = blobs(40)
    data = TrainingData(data.ids, data.xy, np.where(data.ids < 4, data.label, -1), data.poison, data.weights)
    order = np.random.default_rng(shuffle).permutation(40)
    found, other = cascade(data, 4), cascade(taken(data, order), 4)
    assert np.array_equal(found.seed[order], np.where(other.seed < 0, -1, order[other.seed]))
    assert np.array_equal(found.before[order], np.where(other.before < 0, -1, order[other.before]))
    assert np.array_equal(found.distance[order], other.distance)
