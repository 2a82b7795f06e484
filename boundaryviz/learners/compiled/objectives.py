"""The slopes of `learners.objectives` in the compiled program: by logits or inputs, of some columns of one replica.

All arguments are addresses and counts. Matrices are feature-major, (classes, columns), columns a multiple of 16. Where
several classes are as likely the first one is taken, as torch does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from boundaryviz.learners.compiled import losses
from boundaryviz.learners.compiled.functions import logarithm
from boundaryviz.learners.compiled.options import LANES, Lanes, compiled
from boundaryviz.learners.compiled.vectors import (
    byte_at,
    float_at,
    fma,
    load,
    long_at,
    root,
    set_float,
    set_long,
    size,
    splat,
    store,
    where_less,
    where_same,
)

_TINY = 2.0**-126  # the smallest normal number
_VECTOR = 4 * LANES


@compiled
def softmax(z: int, p: int, classes: int, columns: int) -> None:
    """Probabilities p of logits z."""
    for at in range(0, 4 * columns, _VECTOR):
        losses.softmax(z, p, classes, columns, at)


@compiled
def divide(z: int, by: float, count: int) -> None:
    """So many numbers by one, in place."""
    for at in range(0, 4 * count, _VECTOR):
        store(z + at, load(z + at) / by)


@compiled
def cross_entropy(p: int, q: int, weight: int, times: float, g: int, classes: int, columns: int) -> None:
    """Of `objectives.cross_entropy`, times `times`: g, by the logits of p, with targets q."""
    row = 4 * columns
    for at in range(0, row, _VECTOR):
        every = splat(0.0)
        for c in range(classes):
            every = every + load(q + c * row + at)
        share = load(weight + at) * times
        for c in range(classes):
            here = c * row + at
            store(g + here, (load(p + here) * every - load(q + here)) * share)


@compiled
def squared(p: int, q: int, weight: int, times: float, g: int, classes: int, columns: int) -> None:
    """Of `objectives.squared`, times `times`: g, by the logits of p, with targets q."""
    row = 4 * columns
    for at in range(0, row, _VECTOR):
        inner = splat(0.0)
        for c in range(classes):
            here = c * row + at
            one = load(p + here)
            inner = fma(one, one - load(q + here), inner)
        share = load(weight + at) * times * (2.0 / classes)
        for c in range(classes):
            here = c * row + at
            one = load(p + here)
            store(g + here, one * ((one - load(q + here)) - inner) * share)


@compiled
def _logarithm(p: Lanes) -> Any:
    """Of probabilities, where that of 0 stays finite: it is to be multiplied by 0."""
    return logarithm(where_less(p, _TINY, _TINY, p))


@compiled
def entropy(p: int, weight: int, times: float, g: int, classes: int, columns: int) -> None:
    """Of `objectives.entropy`, times `times`: g, by the logits of p."""
    row = 4 * columns
    for at in range(0, row, _VECTOR):
        inner = splat(0.0)
        for c in range(classes):
            one = load(p + c * row + at)
            inner = fma(one, _logarithm(one), inner)
        share = load(weight + at) * times
        for c in range(classes):
            one = load(p + c * row + at)
            store(g + c * row + at, one * (inner - _logarithm(one)) * share)


@compiled
def divergence(p: int, moved: int, g: int, classes: int, columns: int) -> None:
    """Of `objectives.divergence`: g, by the logits of `moved`, from p, which stays."""
    for at in range(0, 4 * classes * columns, _VECTOR):
        store(g + at, load(moved + at) - load(p + at))


@compiled
def confident(p: int, thresholds: int, label: int, weight: int, which: int, classes: int, columns: int) -> None:
    """As `objectives.confident`: one-hot labels of probabilities p; the weight of a column that does not pass the
    threshold of its class, (classes,), becomes 0. which (columns,): the likeliest class, but -1 where it is less likely
    than the number behind the thresholds, or where the weight is 0."""
    row = 4 * columns
    for at in range(0, row, _VECTOR):
        sure, first, bound = load(p + at), splat(0.0), splat(float_at(thresholds, 0))
        for c in range(1, classes):
            one = load(p + c * row + at)
            first = where_less(sure, one, splat(float(c)), first)
            bound = where_less(sure, one, splat(float_at(thresholds, c)), bound)
            sure = where_less(sure, one, one, sure)
        for c in range(classes):
            store(label + c * row + at, where_same(first, splat(float(c)), 1.0, 0.0))
        there = load(weight + at)
        first = where_same(there, 0.0, -1.0, where_less(sure, float_at(thresholds, classes), -1.0, first))
        store(which + at, where_same(sure, sure, first, -1.0))
        store(weight + at, where_less(sure, bound, 0.0, there))


@compiled
def unit(v: int, found: int, inputs: int, columns: int) -> None:
    """As `objectives.unit`: vectors v (inputs, columns) scaled to length 1, however short; 0 stays 0."""
    row = 4 * columns
    for at in range(0, row, _VECTOR):
        most = splat(_TINY)
        for f in range(inputs):
            one = size(load(v + f * row + at))
            most = where_less(most, one, one, most)
        total = splat(0.0)
        for f in range(inputs):
            one = load(v + f * row + at) / most
            store(found + f * row + at, one)
            total = fma(one, one, total)
        length = root(where_less(total, 0.5, 0.5, total))
        for f in range(inputs):
            store(found + f * row + at, load(found + f * row + at) / length)


@compiled
def class_thresholds(chosen: int, seen: int, points: int, tau: float, counts: int, found: int, classes: int) -> None:
    """As `objectives.class_thresholds`, of one replica: chosen int64 (points,), seen bool (points,), found (classes,).
    counts: room for classes + 1 whole numbers."""
    for c in range(classes + 1):
        set_long(counts, c, 0)
    for i in range(points):
        if byte_at(seen, i) != 0:
            c = long_at(chosen, i) + 1
            set_long(counts, c, long_at(counts, c) + 1)
    most = 1
    for c in range(classes + 1):
        most = max(most, long_at(counts, c))
    for c in range(classes):
        beta = np.float32(long_at(counts, c + 1)) / np.float32(most)
        set_float(found, c, np.float32(tau * beta) / (np.float32(2.0) - beta))
