"""The layers of a net on some columns: forward, and back.

Columns of a layer are feature-major, (units, columns) one row after the other, columns a multiple of 16 and at most
`fields.BLOCK`. All arguments are addresses and counts.
"""

from __future__ import annotations

from boundaryviz.learners.compiled.fields import GELU, LINEAR, RELU, SIGMOID, SINE, TANH
from boundaryviz.learners.compiled.functions import gelu, logistic, sine_cosine, tanh
from boundaryviz.learners.compiled.options import LANES, Word, compiled
from boundaryviz.learners.compiled.tiles import ADD, BIAS, ZERO, product
from boundaryviz.learners.compiled.vectors import (
    float_at,
    fma,
    load,
    set_float,
    splat,
    store,
    total,
    transpose,
    where_less,
)
from boundaryviz.learners.compiled.wide import kept


@compiled
def sums(weight: int, bias: int, shown: int, z: int, units: int, inputs: int, columns: int) -> None:
    """z (units, columns): what each unit of a layer adds up of what it is shown (inputs, columns)."""
    product(weight, inputs, 1, shown, columns, z, columns, bias, BIAS, units, columns, inputs)


@compiled
def activate(kind: int, z: int, h: int, slope: int, count: int) -> None:
    """The activations h of so many sums z, and their slopes; each may take the place of z."""
    for at in range(0, 4 * count, 4 * LANES):
        x = load(z + at)
        if kind == TANH:
            y = tanh(x)
            store(h + at, y)
            store(slope + at, fma(0.0 - y, y, 1.0))
        elif kind == RELU:
            store(h + at, where_less(x, 0.0, 0.0, x))  # NaN stays
            store(slope + at, where_less(0.0, x, 1.0, 0.0))
        elif kind == SIGMOID:
            y = logistic(x)
            store(h + at, y)
            store(slope + at, y * (1.0 - y))
        elif kind == GELU:
            y, rise = gelu(x)
            store(h + at, y)
            store(slope + at, rise)
        elif kind == SINE:
            y, rise = sine_cosine(x)
            store(h + at, y)
            store(slope + at, rise)
        elif kind == LINEAR:
            store(h + at, x)
            store(slope + at, splat(1.0))


@compiled
def silence(start: Word, least: int, scale: float, first: int, h: int, slope: int, units: int, columns: int) -> None:
    """Dropout of activations h (units, columns) and of their slopes, see `learners/dropout.py`. start: where the hashes
    of this layer begin; first: the number of the first column."""
    for unit in range(units):
        for column in range(0, columns, LANES):
            mask = kept(start, (unit << 32) + first + column, least, scale)
            at = 4 * (unit * columns + column)
            store(h + at, load(h + at) * mask)
            store(slope + at, load(slope + at) * mask)


@compiled
def shown_slopes(weight: int, g: int, before: int, units: int, inputs: int, columns: int) -> None:
    """before (inputs, columns): the slopes by what a layer is shown, from those g (units, columns) by its sums."""
    product(weight, 1, inputs, g, columns, before, columns, 0, ZERO, inputs, columns, units)


@compiled
def multiply(g: int, by: int, count: int) -> None:
    """Each of so many numbers g by the one that stands at its place."""
    for at in range(0, 4 * count, 4 * LANES):
        store(g + at, load(g + at) * load(by + at))


@compiled
def layer_slopes(
    g: int, shown: int, weight: int, bias: int, units: int, inputs: int, columns: int, spare: int, add: bool
) -> None:
    """The slopes by weight (units, inputs) and bias (units,) of a layer, or what is added to them, from those g (units,
    columns) by its sums and from what it was shown (inputs, columns). spare: room for (columns, inputs)."""
    for unit in range(units):
        found = load(g + 4 * unit * columns)
        for at in range(LANES, columns, LANES):
            found = found + load(g + 4 * (unit * columns + at))
        one = total(found)
        set_float(bias, unit, float_at(bias, unit) + one if add else one)
    wide = inputs // LANES * LANES
    for i in range(0, wide, LANES):
        for k in range(0, columns, LANES):
            transpose(shown + 4 * (i * columns + k), columns, spare + 4 * (k * wide + i), wide)
    if wide > 0:
        product(g, columns, 1, spare, wide, weight, inputs, 0, ADD if add else ZERO, units, wide, columns)
    for i in range(wide, inputs):
        for unit in range(units):
            found = load(g + 4 * unit * columns) * load(shown + 4 * i * columns)
            for at in range(LANES, columns, LANES):
                found = fma(load(g + 4 * (unit * columns + at)), load(shown + 4 * (i * columns + at)), found)
            one = total(found)
            place = unit * inputs + i
            set_float(weight, place, float_at(weight, place) + one if add else one)
