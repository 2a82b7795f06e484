"""The program for supervised nets: so many steps of all replicas, one replica after the other.

A replica does all the steps of an epoch before the next one's turn comes, while what it consists of is in the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from boundaryviz.learners.compiled.dealing import batches_of, collect, deal, go_to, hashed, place_of, set_place
from boundaryviz.learners.compiled.fields import (
    ACTIVATION,
    ACTIVE,
    ALIVE,
    BACK,
    BEGINS,
    BIAS,
    BLOCK,
    COLUMNS,
    CURSOR,
    DECAY,
    DONE,
    DROPS,
    FIRST,
    FORTH,
    FOUND,
    GAMMA,
    GRADIENT,
    GROUPS,
    HAS_SEVERAL,
    IDLE,
    INPUTS,
    L1,
    L2,
    LAYER,
    LAYERS,
    LEAST,
    LOSS,
    MEMBERS,
    MOMENTUM,
    NET,
    OPTIMISER,
    ORDERED,
    PARAMETERS,
    POWERS,
    RATE,
    ROWS,
    SECOND,
    SHARES,
    SLOPE,
    SPARE,
    SQUASH,
    STARTS,
    STEPS,
    UNITS,
    WEIGHS,
    WEIGHT,
    P,
)
from boundaryviz.learners.compiled.layers import activate, layer_slopes, multiply, shown_slopes, silence, sums
from boundaryviz.learners.compiled.losses import slopes, squash, unsquash
from boundaryviz.learners.compiled.options import LANES, compiled
from boundaryviz.learners.compiled.updates import update
from boundaryviz.learners.compiled.vectors import (
    byte_at,
    float_at,
    hash_at,
    load,
    long_at,
    set_float,
    store,
    transpose,
)

_BETA_1, _BETA_2 = 0.9, 0.999


@compiled
def raised(power: float, beta: float) -> Any:
    """The next power, in single precision as torch has it."""
    return np.float32(power * beta)


@compiled
def number(job: int, field: int) -> float:
    """A number in single precision, told as its bits."""
    return float_at(job + 8 * field, 0)


@compiled
def padded(columns: int) -> int:
    """So many columns as whole vectors."""
    return (columns + LANES - 1) // LANES * LANES


@compiled
def gather(job: int, first: int, count: int, to: int) -> int:
    """Columns from the first on, one block of them, as their inputs (F, B), targets (K, B) and weights (B,) at `to`;
    behind it begins the next block."""
    net = long_at(job, NET)
    inputs = long_at(net, INPUTS)
    outputs = long_at(net + 8 * LAYER * (long_at(job, LAYERS) - 1), UNITS)
    rows, found, shares = long_at(job, ROWS), long_at(job, FOUND) + 8 * first, long_at(job, SHARES) + 4 * first
    wide, each = padded(count), inputs + outputs
    if wide > count:
        for part in range(0, (each + 1) * wide, LANES):
            store(to + 4 * part, 0.0)
    square, among = long_at(job, SPARE), each // LANES * LANES  # many numbers of a point are turned by squares
    for k in range(0, count if among > 0 else 0, LANES):
        for f in range(0, among, LANES):
            for j in range(LANES):
                row = rows + 4 * each * long_at(found, min(k + j, count - 1))
                store(square + 4 * LANES * j, load(row + 4 * f))
            transpose(square, LANES, to + 4 * (f * wide + k), wide)
    for k in range(count):
        row = rows + 4 * each * long_at(found, k)
        for f in range(among, each):
            set_float(to, f * wide + k, float_at(row, f))
        set_float(to, each * wide + k, float_at(shares, k))
    return to + 4 * (each + 1) * wide


@compiled
def forward(job: int, p: int, replica: int, step: int, part: int, first: int, shown: int, columns: int) -> None:
    """The outputs of the net with parameters p, and what each layer's activations and slopes are, of columns `shown`
    (inputs, columns). part, first: which columns they are, for dropout."""
    layers, kind, drops = long_at(job, LAYERS), long_at(job, ACTIVATION), long_at(job, DROPS)
    start = np.uint64(0)
    if drops:
        start = hashed(hash_at(long_at(job, STARTS), replica), np.uint64(step))
    for at in range(layers):
        layer = long_at(job, NET) + 8 * LAYER * at
        units, h = long_at(layer, UNITS), long_at(layer, ACTIVE)
        weight, bias = p + 4 * long_at(layer, WEIGHT), p + 4 * long_at(layer, BIAS)
        sums(weight, bias, shown, h, units, long_at(layer, INPUTS), columns)
        if at < layers - 1:
            slope = long_at(layer, SLOPE)
            activate(kind, h, h, slope, units * columns)
            if drops:
                least, alive = long_at(job, LEAST), number(job, ALIVE)
                silence(hashed(start, np.uint64(2 * at + part)), least, alive, first, h, slope, units, columns)
            shown = h


@compiled
def backward(job: int, p: int, shown: int, columns: int, add: bool) -> None:
    """The gradient of the columns that `forward` was given, from the slopes by their outputs at BACK; or what is added
    to it. The slopes by the sums of the first layer stay where the last of the layers' turns left them."""
    g, other, gradient = long_at(job, BACK), long_at(job, FORTH), long_at(job, GRADIENT)
    for at in range(long_at(job, LAYERS) - 1, -1, -1):
        layer = long_at(job, NET) + 8 * LAYER * at
        before = layer - 8 * LAYER
        units, inputs, weight = long_at(layer, UNITS), long_at(layer, INPUTS), long_at(layer, WEIGHT)
        told = long_at(before, ACTIVE) if at > 0 else shown
        bias = gradient + 4 * long_at(layer, BIAS)
        layer_slopes(g, told, gradient + 4 * weight, bias, units, inputs, columns, long_at(job, SPARE), add)
        if at > 0:
            shown_slopes(p + 4 * weight, g, other, units, inputs, columns)
            multiply(other, long_at(before, SLOPE), inputs * columns)
            g, other = other, g


@compiled
def _learn(job: int, p: int, replica: int, step: int, clean: int, late: int) -> None:
    """The gradient of a batch: of its clean columns, then of its poison, block by block."""
    net, layers = long_at(job, NET), long_at(job, LAYERS)
    last = net + 8 * LAYER * (layers - 1)
    inputs, outputs, z = long_at(net, INPUTS), long_at(last, UNITS), long_at(last, ACTIVE)
    block, back, squashed = long_at(job, COLUMNS), long_at(job, BACK), long_at(job, SQUASH)
    add = False
    for part in range(2):
        count = late if part else clean
        for first in range(0, count, BLOCK):
            columns = padded(min(count - first, BLOCK))
            q = block + 4 * inputs * columns
            weight = q + 4 * outputs * columns
            forward(job, p, replica, step, part, first, block, columns)
            if squashed:
                squash(z, outputs * columns)
            slopes(long_at(job, LOSS), number(job, GAMMA), z, q, weight, back, outputs, columns)
            if squashed:
                unsquash(z, back, outputs * columns)
            backward(job, p, block, columns, add)
            add = True
            block = weight + 4 * columns
    if not add:
        for at in range(0, padded(long_at(job, PARAMETERS)), LANES):
            store(long_at(job, GRADIENT) + 4 * at, 0.0)


@compiled
def _train(
    job: int, group: int, replica: int, cursor: int, batch: int, steps: int, step: int, power_1: float, power_2: float
) -> None:
    """So many steps of one replica, from a batch of the present epoch on. step: how many were done before; power_1,
    power_2: Adam's betas to the power of these."""
    size, kind = long_at(job, PARAMETERS), long_at(job, OPTIMISER)
    at = 4 * replica * size
    p, first, second, weighs = long_at(job, P) + at, long_at(job, FIRST), long_at(job, SECOND), long_at(job, WEIGHS)
    several, length = long_at(long_at(job, HAS_SEVERAL), group), batches_of(job, group)
    rate, decay, l1, l2 = float_at(long_at(job, RATE), 0), number(job, DECAY), number(job, L1), number(job, L2)
    clean, late = 0, 0
    for k in range(steps):
        if k == 0 or several:
            cursor, clean, late = collect(job, group, replica, cursor, batch + k == length - 1 or not several)
            to = long_at(job, COLUMNS)
            for begin in range(0, clean, BLOCK):
                to = gather(job, begin, min(clean - begin, BLOCK), to)
            for begin in range(0, late, BLOCK):
                to = gather(job, clean + begin, min(late - begin, BLOCK), to)
        _learn(job, p, replica, step + k, clean, late)
        if kind > MOMENTUM:
            power_1, power_2 = raised(power_1, _BETA_1), raised(power_2, _BETA_2)
        update(
            kind,
            p,
            long_at(job, GRADIENT),
            first + at,
            second + at,
            weighs,
            size,
            rate,
            decay,
            l1,
            l2,
            power_1,
            power_2,
        )


@compiled
def steps(job: int) -> None:
    """Do the steps that a job asks for, see `fields`."""
    asked, members, powers = long_at(job, STEPS), long_at(job, MEMBERS), long_at(job, POWERS)
    for group in range(long_at(job, GROUPS)):
        begin, end = long_at(long_at(job, BEGINS), group), long_at(long_at(job, BEGINS), group + 1)
        epoch, batch = place_of(job, long_at(members, begin))
        several, length = long_at(long_at(job, HAS_SEVERAL), group), batches_of(job, group)
        power_1, power_2 = float_at(powers, 0), float_at(powers, 1)
        done = 0
        while done < asked:
            if several and batch >= length:
                epoch, batch = epoch + 1, 0
            if long_at(long_at(job, ORDERED), group) != epoch:
                deal(job, group, epoch)
            go_to(job, group, batch if several else 0)  # where all is one batch, points may have gone since
            some = min(asked - done, length - batch) if several else asked - done
            for k in range(begin, end):
                replica = long_at(members, k)
                if byte_at(long_at(job, IDLE), replica) == 0:
                    cursor = long_at(long_at(job, CURSOR), group)
                    _train(job, group, replica, cursor, batch, some, long_at(job, DONE) + done, power_1, power_2)
            for _ in range(some):
                power_1, power_2 = raised(power_1, _BETA_1), raised(power_2, _BETA_2)
            done += some
            if several:
                batch += some
        for k in range(begin, end):
            set_place(job, long_at(members, k), epoch, batch)
    if long_at(job, OPTIMISER) > MOMENTUM:
        power_1, power_2 = float_at(powers, 0), float_at(powers, 1)
        for _ in range(asked):
            power_1, power_2 = raised(power_1, _BETA_1), raised(power_2, _BETA_2)
        set_float(powers, 0, power_1)
        set_float(powers, 1, power_2)
