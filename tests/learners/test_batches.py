from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.learners.batches import Epoch, Pool, epoch

BatchSize = int | Literal["full"]


@st.composite
def pools(draw: st.DrawFn) -> tuple[Pool, tuple[int, ...]]:
    """Points of any kind seen by one to four replicas, at least one of them by somebody."""
    n, replicas = draw(st.integers(1, 60)), draw(st.integers(1, 4))
    poison_share, ids_up_to = draw(st.sampled_from([0.0, 0.3, 0.9, 1.0])), draw(st.sampled_from([60, 2**40]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    ids = rng.choice(ids_up_to, n, replace=False) if ids_up_to == 60 else np.unique(rng.integers(0, ids_up_to, n))
    n = len(ids)
    weights = rng.choice([0.0, 0.25, 1.0, 3.0], (replicas, n)).astype(np.float32)
    eligible = rng.random(n) < 0.9
    eligible[0], weights[0, 0] = True, 1.0
    seeds = tuple(rng.integers(0, 6, replicas).tolist())
    return Pool.of(rng.permutation(ids), rng.random(n) < poison_share, weights, eligible), seeds


few = settings(max_examples=40)
sizes = st.one_of(st.integers(1, 80), st.just("full"))


def clean_order(pool: Pool, dealt: Epoch, replica: int) -> NDArray[np.int64]:
    """Positions of the clean window of every batch, one after the other, as a replica meets them."""
    columns = dealt.index[:, replica, : dealt.clean].ravel()
    return columns[: int((~pool.poison).sum())]


@few
@given(pools(), sizes, st.integers(0, 3))
def test_every_point_comes_once_an_epoch(dealt_from: tuple[Pool, tuple[int, ...]], size: BatchSize, number: int):
    pool, seeds = dealt_from
    dealt = epoch(pool, seeds, number, size)
    for replica in range(len(seeds)):
        shown = dealt.index[:, replica][dealt.weight[:, replica] > 0]
        assert sorted(shown) == sorted(pool.at[pool.weights[replica] > 0])
        assert sorted(clean_order(pool, dealt, replica)) == sorted(pool.at[~pool.poison])


@few
@given(pools(), sizes, st.integers(0, 3))
def test_weights_sum_to_one_in_proportion(dealt_from: tuple[Pool, tuple[int, ...]], size: BatchSize, number: int):
    pool, seeds = dealt_from
    dealt = epoch(pool, seeds, number, size)
    total = dealt.weight.sum(axis=2)
    assert np.all((np.abs(total - 1) < 1e-5) | (total == 0))
    given_weight = dict(zip(pool.at.tolist(), pool.weights.T, strict=True))
    for batch, replica in np.ndindex(total.shape):
        shown = dealt.weight[batch, replica] > 0
        wanted = np.array([given_weight[at][replica] for at in dealt.index[batch, replica, shown].tolist()])
        np.testing.assert_allclose(dealt.weight[batch, replica, shown], wanted / wanted.sum(), rtol=1e-5)


@few
@given(pools(), sizes)
def test_every_index_is_a_point_that_somebody_sees(dealt_from: tuple[Pool, tuple[int, ...]], size: BatchSize):
    pool, seeds = dealt_from
    dealt = epoch(pool, seeds, 0, size)
    assert np.isin(dealt.index, pool.at).all()
    assert dealt.index.shape == dealt.weight.shape
    assert dealt.index.shape[1] == len(seeds)
    if size != "full":
        assert dealt.clean == min(size, int((~pool.poison).sum()))
        assert np.all(dealt.index[:-1, :, : dealt.clean] >= 0)  # only the last window may be short


@few
@given(pools(), st.integers(1, 80), st.integers(0, 3))
def test_a_replica_is_dealt_the_same_whoever_else_there_is(
    dealt_from: tuple[Pool, tuple[int, ...]], size: int, number: int
):
    pool, seeds = dealt_from
    together = epoch(pool, seeds, number, size)
    for replica, seed in enumerate(seeds):
        alone = epoch(Pool(pool.at, pool.ids, pool.poison, pool.weights[replica : replica + 1]), (seed,), number, size)
        width = alone.index.shape[2]  # as wide as the fullest batch of any replica needs
        assert np.array_equal(together.index[:, replica, :width], alone.index[:, 0])
        assert np.array_equal(together.weight[:, replica, :width], alone.weight[:, 0])
        assert not together.weight[:, replica, width:].any()


@few
@given(pools(), st.integers(1, 80), st.integers(0, 3))
def test_poison_moves_no_clean_point(dealt_from: tuple[Pool, tuple[int, ...]], size: int, number: int):
    pool, seeds = dealt_from
    clean = ~pool.poison
    if not clean.any():
        return
    without = Pool(pool.at[clean], pool.ids[clean], pool.poison[clean], pool.weights[:, clean])
    a, b = epoch(pool, seeds, number, size), epoch(without, seeds, number, size)
    assert len(a) == len(b)
    assert a.clean == b.clean
    for replica in range(len(seeds)):
        assert np.array_equal(clean_order(pool, a, replica), clean_order(without, b, replica))


@few
@given(pools(), st.integers(1, 80), st.integers(0, 3), st.integers(0, 2**32))
def test_a_new_clean_point_keeps_the_order_of_the_others(
    dealt_from: tuple[Pool, tuple[int, ...]], size: int, number: int, new_id: int
):
    pool, seeds = dealt_from
    if new_id in pool.ids:
        return
    new_at = int(pool.at.max()) + 1
    grown = Pool.of(
        np.append(pool.ids, new_id),
        np.append(pool.poison, False),
        np.concatenate([pool.weights, np.ones((len(seeds), 1), np.float32)], axis=1),
        np.ones(len(pool) + 1, bool),
    )
    place = np.append(pool.at, new_at)
    before, after = epoch(pool, seeds, number, size), epoch(grown, seeds, number, size)
    for replica in range(len(seeds)):
        order = place[clean_order(grown, after, replica)]
        kept = order[order != new_at]
        assert len(kept) == len(order) - 1
        if (~pool.poison).sum() == len(kept):  # with poison alone, poison is the data
            assert np.array_equal(kept, clean_order(pool, before, replica))


def test_storage_order_is_irrelevant():
    rng = np.random.default_rng(0)
    ids, poison = rng.permutation(1000)[:50], rng.random(50) < 0.3
    weights = rng.random((3, 50)).astype(np.float32)
    shuffle = rng.permutation(50)
    a = Pool.of(ids, poison, weights, np.ones(50, bool))
    b = Pool.of(ids[shuffle], poison[shuffle], weights[:, shuffle], np.ones(50, bool))
    first, second = (epoch(pool, (1, 2, 2), 0, 8) for pool in (a, b))
    assert np.array_equal(ids[first.index], ids[shuffle][second.index])
    assert np.array_equal(first.weight, second.weight)


def test_epochs_and_seeds_differ_and_twins_agree():
    pool = Pool.of(np.arange(64), np.zeros(64, bool), np.ones((3, 64), np.float32), np.ones(64, bool))
    first, second = epoch(pool, (7, 7, 8), 0, 16), epoch(pool, (7, 7, 8), 1, 16)
    assert np.array_equal(first.index[:, 0], first.index[:, 1])
    assert not np.array_equal(first.index[:, 0], first.index[:, 2])
    assert not np.array_equal(first.index, second.index)


def test_the_order_is_uniform():
    """Over many seeds every point is as likely in the first batch as any other."""
    n, size, seeds = 20, 5, tuple(range(2000))
    pool = Pool.of(np.arange(n), np.zeros(n, bool), np.ones((len(seeds), n), np.float32), np.ones(n, bool))
    first = epoch(pool, seeds, 0, size).index[0]
    counts = np.bincount(first.ravel(), minlength=n)
    expected, deviation = len(seeds) * size / n, np.sqrt(len(seeds) * (size / n) * (1 - size / n))
    assert np.abs(counts - expected).max() < 4.5 * deviation


def test_poison_alone_is_the_data():
    pool = Pool.of(np.arange(6), np.ones(6, bool), np.ones((1, 6), np.float32), np.ones(6, bool))
    dealt = epoch(pool, (0,), 0, 4)
    assert dealt.clean == 4
    assert sorted(dealt.index[dealt.weight > 0]) == list(range(6))


def test_nothing_to_train_on_is_an_error():
    pool = Pool.of(np.arange(3), np.zeros(3, bool), np.zeros((2, 3), np.float32), np.ones(3, bool))
    assert len(pool) == 0
    with pytest.raises(ValueError, match="no point"):
        epoch(pool, (0, 1), 0, 8)


@few
@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(0, 3))
def test_a_replica_s_poison_stands_where_it_would_stand_alone(seed: int, size: int, number: int):
    """Whatever poison the other replicas see, in doses or twins."""
    rng = np.random.default_rng(seed)
    ids, poison, everybody = np.arange(50), np.arange(50) >= 30, np.ones(50, dtype=bool)
    group = rng.integers(0, 3, 50)
    weights = np.array([np.where(poison, group == k, True) for k in range(3)], dtype=np.float32)
    together = epoch(Pool.of(ids, poison, weights, everybody), (7, 7, 8), number, size)
    for replica, own in enumerate((7, 7, 8)):
        alone = epoch(Pool.of(ids, poison, weights[replica : replica + 1], everybody), (own,), number, size)
        width = alone.index.shape[2]
        seen = alone.weight[:, 0] > 0
        assert np.array_equal(together.weight[:, replica, :width], alone.weight[:, 0])
        assert np.array_equal(together.index[:, replica, :width][seen], alone.index[:, 0][seen])
        assert not together.weight[:, replica, width:].any()


@few
@given(pools(), sizes, st.integers(0, 2**32))
def test_with_windows_of_its_own_a_replica_is_dealt_what_it_would_be_alone(
    dealt_from: tuple[Pool, tuple[int, ...]], size: BatchSize, draw: int
):
    """Each in an epoch of its own, and dealt in parts as well as at once."""
    given_pool, seeds = dealt_from
    rng = np.random.default_rng(draw)
    number, windows = rng.integers(0, 4, len(seeds)), np.arange(len(seeds))
    ids, eligible = given_pool.ids, np.ones(len(given_pool), bool)
    pool = Pool.of(ids, given_pool.poison, given_pool.weights, eligible, windows)
    together = epoch(pool, seeds, number, size)
    late = rng.random(len(seeds)) < 0.5
    if late.any():
        before = epoch(pool, seeds, number + late, size)
        parts = before.renewed(np.flatnonzero(late), epoch(pool, seeds, number, size, np.flatnonzero(late)))
        for replica, length in enumerate(together.length):
            a, b = (one.index[:length, replica][one.weight[:length, replica] > 0] for one in (parts, together))
            assert np.array_equal(a, b)
            assert parts.length[replica] == length
            assert not parts.weight[length:, replica].any()
    for replica, seed in enumerate(seeds):
        own = Pool.of(ids, given_pool.poison, given_pool.weights[replica : replica + 1], eligible)
        if not len(own):
            assert not together.weight[:, replica].any()
            continue
        whole = size == "full" or size >= int((~own.poison).sum())
        alone = epoch(own, (seed,), int(number[replica]), "full" if whole else size)
        assert len(alone) == together.length[replica]
        for at in range(len(alone)):
            shown = alone.weight[at, 0] > 0, together.weight[at, replica] > 0
            assert np.array_equal(alone.index[at, 0, shown[0]], together.index[at, replica, shown[1]])
            assert np.array_equal(alone.weight[at, 0, shown[0]], together.weight[at, replica, shown[1]])
        assert not together.weight[len(alone) :, replica].any()
