"""Which points each replica sees at each step, see `learners/batches.py`: the same epochs, dealt as they are needed.

A group are replicas that are dealt the same. Its points come in one order, clean ones and poison; a batch is a stretch
of that order, so that walking along it deals out one batch after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from boundaryviz.learners.compiled.fields import (
    BATCHES,
    BUCKETS,
    CLEAN,
    CLEANS,
    COUNT,
    CURSOR,
    EPOCHS,
    FOUND,
    HAS_SEVERAL,
    HASHES,
    IDS,
    KEYS,
    KINDS,
    ORDER,
    ORDERED,
    PLACED,
    PLACES,
    POOL,
    SEEN,
    SHARES,
    SIZE,
    SLOTS,
    UNSEEN,
    WALKED,
)
from boundaryviz.learners.compiled.options import Word, compiled
from boundaryviz.learners.compiled.vectors import (
    byte_at,
    float_at,
    hash_at,
    int_at,
    long_at,
    set_float,
    set_hash,
    set_int,
    set_long,
)

_GOLDEN, _ONE, _TWO = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_APART = np.uint64(0x632BE59BD9B4E019)
_30, _27, _31, _64 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(64)


@compiled
def mixed(z: Word) -> Word:
    """The finaliser of splitmix64, as in `scene.keyed`."""
    z = (z ^ (z >> _30)) * _ONE
    z = (z ^ (z >> _27)) * _TWO
    return z ^ (z >> _31)


@compiled
def hashed(start: Word, number: Word) -> Word:
    """As `scene.keyed.hashes`."""
    return mixed(number * _GOLDEN + start)


@compiled
def keyed(before: Word, part: Word) -> Word:
    """One more part of a `scene.keyed.key`."""
    return mixed(before + part * _GOLDEN + _APART)


@compiled
def _entry(kinds: int, position: int) -> int:
    """What an order says of a point: its position, or ~position of poison."""
    return position if byte_at(kinds, position) == CLEAN else ~position


@compiled
def _bucket(z: Word, down: Word) -> Any:
    """The upper bits of a hash, as a number with a sign."""
    return np.int64(z >> down)


@compiled
def _shuffle(job: int, group: int, kinds: int, order: int, epoch: int) -> int:
    """The points in the order of their hashes, which are spread evenly: they are dealt out to buckets by their upper
    bits, and the few of each are put in order. How many there are."""
    points, hashes, buckets = long_at(job, POOL), long_at(job, HASHES), long_at(job, BUCKETS)
    ids, start = long_at(job, IDS), keyed(hash_at(long_at(job, KEYS), group), np.uint64(epoch))
    bits = 1
    while (1 << bits) < points:
        bits += 1
    down = _64 - np.uint64(bits)
    for bucket in range((1 << bits) + 1):
        set_int(buckets, bucket, np.int32(0))
    placed = 0
    for position in range(points):
        if byte_at(kinds, position) != UNSEEN:
            z = hashed(start, hash_at(ids, position))
            set_hash(hashes, position, z)
            bucket = _bucket(z, down) + 1
            set_int(buckets, bucket, np.int32(int_at(buckets, bucket) + 1))
            placed += 1
    for bucket in range(1, 1 << bits):
        set_int(buckets, bucket, np.int32(int_at(buckets, bucket) + int_at(buckets, bucket - 1)))
    for position in range(points):
        if byte_at(kinds, position) != UNSEEN:
            bucket = _bucket(hash_at(hashes, position), down)
            place = int_at(buckets, bucket)
            set_int(buckets, bucket, np.int32(place + 1))
            set_int(order, place, np.int32(position))
    for k in range(1, placed):
        moving = int_at(order, k)
        z, place = hash_at(hashes, moving), k
        while place > 0 and hash_at(hashes, int_at(order, place - 1)) > z:
            set_int(order, place, int_at(order, place - 1))
            place -= 1
        set_int(order, place, moving)
    for k in range(placed):
        set_int(order, k, np.int32(_entry(kinds, int_at(order, k))))
    return placed


@compiled
def deal(job: int, group: int, epoch: int) -> None:
    """The order of a group's points in an epoch: by id where all clean ones are one batch."""
    points = long_at(job, POOL)
    kinds, order = long_at(job, KINDS) + group * points, long_at(job, ORDER) + 4 * group * points
    if long_at(long_at(job, HAS_SEVERAL), group):
        placed = _shuffle(job, group, kinds, order, epoch)
    else:
        placed = 0
        for position in range(points):
            if byte_at(kinds, position) != UNSEEN:
                set_int(order, placed, np.int32(_entry(kinds, position)))
                placed += 1
    set_long(long_at(job, PLACED), group, placed)
    set_long(long_at(job, ORDERED), group, epoch)
    set_long(long_at(job, CURSOR), group, 0)
    set_long(long_at(job, WALKED), group, 0)


@compiled
def batches_of(job: int, group: int) -> int:
    """How many batches an epoch of the group has."""
    clean, size = long_at(long_at(job, CLEANS), group), long_at(job, SIZE)
    return max((clean + size - 1) // size, 1)


@compiled
def go_to(job: int, group: int, batch: int) -> None:
    """Have the cursor stand before a batch of the present order."""
    points, size = long_at(job, POOL), long_at(job, SIZE)
    cursors, walked = long_at(job, CURSOR), long_at(job, WALKED)
    order = long_at(job, ORDER) + 4 * group * points
    if long_at(walked, group) > batch:
        set_long(cursors, group, 0)
        set_long(walked, group, 0)
    left = (batch - long_at(walked, group)) * size
    cursor, placed = long_at(cursors, group), long_at(long_at(job, PLACED), group)
    while left > 0 and cursor < placed:
        left -= int_at(order, cursor) >= 0
        cursor += 1
    set_long(cursors, group, cursor)
    set_long(walked, group, batch)


@compiled
def collect(job: int, group: int, replica: int, cursor: int, last: bool) -> tuple[int, int, int]:
    """The columns of a replica's batch from `cursor` on into FOUND, rows int64, and SHARES, how much each counts: the
    clean ones, then the poison that it sees. Where the next batch begins, and how many of both there are.

    last: whether it is the last batch of an epoch, which has whatever is left.
    """
    points, size = long_at(job, POOL), long_at(job, SIZE)
    order, placed = long_at(job, ORDER) + 4 * group * points, long_at(long_at(job, PLACED), group)
    seen, places = long_at(job, SEEN) + 4 * replica * points, long_at(job, PLACES)
    shared, own = long_at(job, COUNT), replica * long_at(job, SLOTS)
    found, shares = long_at(job, FOUND), long_at(job, SHARES)
    clean, late, whole, first = 0, 0, 0.0, cursor
    while cursor < placed and (last or clean < size):
        position = int_at(order, cursor)
        if position >= 0:
            place, share = long_at(places, position), float_at(seen, position)
            set_long(found, clean, place if place < shared else place + own)
            set_float(shares, clean, share)
            whole += share
            clean += 1
        cursor += 1
    for k in range(first, cursor):
        position = ~int_at(order, k)
        if position >= 0:
            place, share = long_at(places, position), float_at(seen, position)
            if share != 0.0:
                set_long(found, clean + late, place if place < shared else place + own)
                set_float(shares, clean + late, share)
                whole += share
                late += 1
    if whole > 0.0:
        for k in range(clean + late):
            set_float(shares, k, np.float32(float_at(shares, k) / whole))
    return cursor, clean, late


@compiled
def place_of(job: int, replica: int) -> tuple[int, int]:
    """Epoch of a replica, and the next batch in it."""
    return long_at(long_at(job, EPOCHS), replica), long_at(long_at(job, BATCHES), replica)


@compiled
def set_place(job: int, replica: int, epoch: int, batch: int) -> None:
    """The same, from now on."""
    set_long(long_at(job, EPOCHS), replica, epoch)
    set_long(long_at(job, BATCHES), replica, batch)
