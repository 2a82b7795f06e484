"""The slopes of the losses by the outputs, see `learners/losses.py`, for some columns at a time."""

from __future__ import annotations

from boundaryviz.learners.compiled.fields import ABSOLUTE, CROSS_ENTROPY, FOCAL, GENERALISED, HINGE, SQUARED
from boundaryviz.learners.compiled.functions import expm1, exponential, logarithm, tanh
from boundaryviz.learners.compiled.options import LANES, Lanes, compiled
from boundaryviz.learners.compiled.vectors import fma, load, splat, store, where_less, where_same

_TINY = 2.0**-126
_OUT = -1e9  # what the true class is moved by where its rivals are looked for


@compiled
def _largest(z: int, classes: int, row: int, at: int) -> Lanes:
    """The largest of outputs z (classes, columns), of sixteen columns; row: how many bytes rows lie apart."""
    most = load(z + at)
    for c in range(1, classes):
        one = load(z + c * row + at)
        most = where_less(most, one, one, most)
    return most


@compiled
def softmax(z: int, p: int, classes: int, columns: int, at: int) -> None:
    """The probabilities p (classes, columns) of outputs z, of sixteen columns from the address `at` of a row on."""
    row = 4 * columns
    most = _largest(z, classes, row, at)
    every = splat(0.0)
    for c in range(classes):
        e = exponential(load(z + c * row + at) - most)
        store(p + c * row + at, e)
        every = every + e
    share = 1.0 / every
    for c in range(classes):
        store(p + c * row + at, load(p + c * row + at) * share)


@compiled
def squash(z: int, count: int) -> None:
    """The hyperbolic tangent of so many outputs, in place."""
    for at in range(0, 4 * count, 4 * LANES):
        store(z + at, tanh(load(z + at)))


@compiled
def unsquash(z: int, g: int, count: int) -> None:
    """Slopes g of squashed outputs z become those of what was squashed."""
    for at in range(0, 4 * count, 4 * LANES):
        y = load(z + at)
        store(g + at, load(g + at) * fma(0.0 - y, y, 1.0))


@compiled
def _steepness(loss: int, gamma: float, z: int, q: int, classes: int, columns: int, at: int) -> Lanes:
    """What the slope of the cross-entropy is to be multiplied by for the focal and the generalised loss, of sixteen
    columns."""
    row = 4 * columns
    most = _largest(z, classes, row, at)
    every = splat(0.0)
    for c in range(classes):
        every = every + exponential(load(z + c * row + at) - most)
    behind = most + logarithm(every)
    log_p = splat(0.0)
    for c in range(classes):
        log_p = fma(load(q + c * row + at), load(z + c * row + at) - behind, log_p)
    if loss == GENERALISED:
        return exponential(log_p * gamma)
    short = 0.0 - expm1(log_p)
    steeper = 1.0 - gamma * exponential(log_p) * log_p / where_less(short, _TINY, _TINY, short)
    if gamma == 0.0:
        return steeper
    return steeper * exponential(logarithm(short) * gamma)


@compiled
def _margins(z: int, q: int, weight: int, g: int, classes: int, columns: int, at: int) -> None:
    """The slopes of the hinge loss for more than two classes, of sixteen columns."""
    row = 4 * columns
    rival, own, which = splat(0.0), splat(0.0), splat(0.0)
    for c in range(classes):
        taught, said = load(q + c * row + at), load(z + c * row + at)
        own = fma(said, taught, own)
        one = said + taught * _OUT
        if c == 0:
            rival = one
        else:
            which = where_less(rival, one, splat(float(c)), which)
            rival = where_less(rival, one, one, rival)
    share = load(weight + at)
    share = where_less(0.0, 1.0 + rival - own, share, 0.0)
    for c in range(classes):
        leads = where_same(which, splat(float(c)), 1.0, 0.0)
        store(g + c * row + at, (leads - load(q + c * row + at)) * share)


@compiled
def slopes(loss: int, gamma: float, z: int, q: int, weight: int, g: int, classes: int, columns: int) -> None:
    """g (classes, columns): the slopes of the loss by the outputs z, times the weight of each column (columns,), with
    targets q (classes, columns). gamma: of the loss, see `learners.losses.per_point`."""
    row = 4 * columns
    for at in range(0, row, 4 * LANES):
        share = load(weight + at)
        if loss in (CROSS_ENTROPY, FOCAL, GENERALISED):
            softmax(z, g, classes, columns, at)
            if loss != CROSS_ENTROPY:
                share = share * _steepness(loss, gamma, z, q, classes, columns, at)
            for c in range(classes):
                store(g + c * row + at, (load(g + c * row + at) - load(q + c * row + at)) * share)
        elif loss == SQUARED:
            for c in range(classes):
                store(g + c * row + at, (load(z + c * row + at) - load(q + c * row + at)) * share)
        elif loss == ABSOLUTE:
            for c in range(classes):
                off = load(z + c * row + at) - load(q + c * row + at)
                store(g + c * row + at, where_less(0.0, off, 1.0, where_less(off, 0.0, -1.0, 0.0)) * share)
        elif loss == HINGE and classes == 1:
            taught, said = load(q + at), load(z + at)
            store(g + at, where_less(taught * said, 1.0, 0.0 - taught, 0.0) * share)
        elif loss == HINGE:
            _margins(z, q, weight, g, classes, columns, at)
