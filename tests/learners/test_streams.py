from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.learners.streams import Purpose, generator, hashes, key


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5), st.data())
def test_every_part_of_a_key_matters(parts: list[int], data: st.DataObject):
    at = data.draw(st.integers(0, len(parts) - 1))
    other = [*parts]
    other[at] ^= 1
    assert key(*parts) == key(*parts)
    assert key(*parts) != key(*other)
    assert key(*parts) != key(*parts, 0)
    assert 0 <= key(*parts) < 2**64


def test_nearby_keys_have_no_bits_in_common_but_by_chance():
    values = np.array([key(seed, Purpose.ORDER, 0) for seed in range(1000)], dtype=np.uint64)
    bits = np.unpackbits(values.view(np.uint8).reshape(1000, 8), axis=1)
    assert len(set(values.tolist())) == 1000
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.08  # five standard deviations of 1000 coins


def test_a_hash_depends_on_its_own_id_alone():
    ids = np.array([5, 0, 2**40, 17])
    together = hashes(3, ids)
    assert [int(hashes(3, ids[i : i + 1])[0]) for i in range(4)] == together.tolist()
    assert len(np.unique(hashes(3, np.arange(10_000)))) == 10_000
    assert not (hashes(3, ids) == hashes(4, ids)).any()


def test_streams_repeat_and_do_not_touch_each_other():
    first = generator(1, Purpose.DROPOUT, 5).random(4)
    generator(1, Purpose.DROPOUT, 6).random(100)
    np.random.default_rng().random(3)
    assert np.array_equal(first, generator(1, Purpose.DROPOUT, 5).random(4))
    assert not np.array_equal(first, generator(1, Purpose.DROPOUT, 6).random(4))
