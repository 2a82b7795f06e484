"""Where walks end, against the power of the matrix of their steps; and on whose graph they go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.families.self_supervised import WalksSpec
from boundaryviz.learners.proxies.walks import neighbours
from helpers.models import blobs, make, weighing


def test_neighbours_are_the_nearest_of_those_that_are_seen():
    x = np.random.default_rng(0).standard_normal((30, 2))
    seen = np.flatnonzero(np.arange(30) % 3 > 0)
    table = neighbours(x, seen, 4)
    for i in range(30):
        if i not in seen:
            assert (table[i] == i).all()
            continue
        others = seen[seen != i]
        gaps = np.linalg.norm(x[others] - x[i], axis=1)
        assert set(table[i]) == set(others[np.argsort(gaps)[:4]])


def test_points_on_top_of_each_other_are_neighbours_but_none_of_itself():
    table = neighbours(np.zeros((9, 2)), np.arange(9), 3)
    assert (table != np.arange(9)[:, None]).all()
    assert [neighbours(np.zeros((n, 2)), np.arange(n), 3).shape for n in (1, 2, 3)] == [(1, 1), (2, 1), (3, 2)]


def test_walks_end_where_the_power_of_their_steps_says():
    """In distribution: of 20,000 walks of five steps from one point, each end as often as P^5 has it, to 5 sigma."""
    data = blobs(12)
    learner = make(WalksSpec(walk=5, graph_neighbours=3), data=data)
    step = np.zeros((12, 12))
    np.add.at(step, (np.arange(12)[:, None], neighbours(data.x, np.arange(12), 3)), 1 / 3)
    wanted = np.linalg.matrix_power(step, 5)[4]
    ends = learner.proxy.ends(torch.full((1, 20_000), 4), slice(0, 1), 1, 0).numpy()
    found = np.bincount(ends[0], minlength=12) / 20_000
    assert (np.abs(found - wanted) <= 5 * np.sqrt(wanted * (1 - wanted) / 20_000)).all()
    assert (wanted > 0).sum() > 3


def test_each_replica_walks_among_the_points_that_it_sees():
    weights = np.ones((2, 20))
    weights[0, 10:] = 0
    data = weighing(blobs(20, poison=10), weights)
    learner = make(WalksSpec(walk=9, graph_neighbours=4), seeds=(0, 0), data=data)
    ends = learner.proxy.ends(torch.arange(10).repeat(2, 40), slice(0, 2), 1, 0).numpy()
    assert ends[0].max() < 10 <= ends[1].max()


def test_poison_that_is_each_replicas_own_is_walked_to_where_it_lies():
    from boundaryviz.learners.base import Extra

    there = np.array([[(9.0, 9.0)], [(-9.0, 9.0)]])
    extra = Extra(np.array([99]), there, np.full((2, 1), -1))
    data: TrainingData = replace(weighing(blobs(12), np.ones((2, 12))), extra=extra)
    learner = make(WalksSpec(walk=1, graph_neighbours=12, jitter=0.0), seeds=(0, 0), data=data)
    ends = learner.proxy.ends(torch.arange(12).repeat(2, 40), slice(0, 2), 1, 0).numpy()
    x = data.rows()[0]
    for replica in (0, 1):
        own = x[ends[replica]][ends[replica] >= 12]
        assert len(own)
        assert (own == there[replica, 0]).all()
