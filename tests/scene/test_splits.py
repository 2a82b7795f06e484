"""Points shared out class by class."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scene.scene import Split
from boundaryviz.scene.splits import SHARES, shared_out

LABELS = st.lists(st.integers(-1, 4), min_size=1, max_size=60).map(lambda label: np.array(label, dtype=np.int16))


@given(LABELS, st.sampled_from([SHARES, (0.8, 0.1, 0.1), (1.0, 0.0, 0.0), (0.0, 0.5, 0.5)]), st.integers(0, 99))
def test_every_class_is_shared_out_and_one_of_each_trains(
    label: np.ndarray, shares: tuple[float, float, float], seed: int
):
    free = label >= 0
    split = shared_out(label, free, shares, np.random.default_rng(seed))
    assert (split[~free] == Split.TRAIN).all()
    many = int(free.sum())
    for kind, share in ((Split.VALIDATION, shares[1]), (Split.TEST, shares[2])):
        held = (split == kind) & free
        assert held.sum() <= many * share + 1e-6
        for k in np.unique(label[free]):
            assert abs((held & (label == k)).sum() - (label == k).sum() * share) < 2
    if shares[0] > 0:
        assert {*label[free].tolist()} == {*label[free & (split == Split.TRAIN)].tolist()}
    again = shared_out(label, free, shares, np.random.default_rng(seed))
    np.testing.assert_array_equal(split, again)


@pytest.mark.parametrize(
    ("counts", "held"),
    [
        ((100, 100), ((20, 30), (20, 30))),
        ((1, 99), ((0, 0), (20, 30))),
        ((2, 2, 2, 4), ((1, 0), (0, 1), (0, 1), (1, 1))),
    ],
)
def test_as_many_are_held_out_as_the_shares_say(counts: tuple[int, ...], held: tuple[tuple[int, int], ...]):
    label = np.repeat(np.arange(len(counts)), counts).astype(np.int16)
    split = shared_out(label, np.ones(len(label), dtype=bool), SHARES, np.random.default_rng(0))
    found = [tuple(np.bincount(split[label == k], minlength=3)[1:].tolist()) for k in range(len(counts))]
    assert np.sum(found, axis=0).tolist() == [int(0.2 * len(label)), int(0.3 * len(label) + 1e-9)]
    assert found == [*held]
