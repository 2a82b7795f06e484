"""What a gradient does to the parameters of one replica, see `learners/optimisers.py`."""

from __future__ import annotations

from boundaryviz.learners.compiled.fields import ADAMW, MOMENTUM, SGD
from boundaryviz.learners.compiled.options import LANES, Lanes, compiled
from boundaryviz.learners.compiled.vectors import (
    fma,
    load,
    load_some,
    root,
    splat,
    store,
    store_some,
    where_less,
)


@compiled
def _pulled(kind: int, p: Lanes, g: Lanes, weighs: Lanes, l1: float, l2: float) -> Lanes:
    """The gradient with its penalties."""
    if l1 != 0.0:
        g = fma(where_less(0.0, p, 1.0, where_less(p, 0.0, -1.0, 0.0)) * l1, weighs, g)
    if l2 != 0.0 and kind != ADAMW:
        g = fma(p * l2, weighs, g)
    return g


@compiled
def _moved(
    kind: int, p: Lanes, g: Lanes, first: Lanes, second: Lanes, weighs: Lanes, rate: float, decay: float, a: float,
    c2: float,
) -> tuple[Lanes, Lanes, Lanes]:  # fmt: skip
    """New parameters and slots."""
    if kind == SGD:
        return fma(g, -rate, p), first, second
    if kind == MOMENTUM:
        first = fma(first, decay, g)
        return fma(first, -rate, p), first, second
    if kind == ADAMW and decay != 0.0:
        p = p * fma(weighs, -rate * decay, 1.0)
    first = fma(g - first, 0.1, first)
    second = fma(g * g, 0.001, second * 0.999)
    return p - first * a / (root(second * c2) + 1e-8), first, second


@compiled
def update(
    kind: int, p: int, g: int, first: int, second: int, weighs: int, count: int, rate: float, momentum: float,
    l1: float, l2: float, power_1: float, power_2: float,
) -> None:  # fmt: skip
    """One step of so many parameters p down their gradient g, in place, with the optimiser's slots of them.

    weighs: 1 of a weight and 0 of a bias. power_1, power_2: Adam's betas to the power of the steps done, this among
    them.
    """
    whole = count // LANES * LANES
    penalised = l1 != 0.0 or l2 != 0.0
    decay = momentum if kind == MOMENTUM else l2
    a, c2 = rate, momentum  # of Adam alone
    if kind > MOMENTUM:
        a, c2 = rate / (1 - power_1), 1 / (1 - power_2)
    is_weight, one, two = splat(0.0), splat(0.0), splat(0.0)
    for at in range(0, 4 * whole, 4 * LANES):
        if penalised:
            is_weight = load(weighs + at)
        if kind != SGD:
            one = load(first + at)
        if kind > MOMENTUM:
            two = load(second + at)
        here = load(p + at)
        slope = _pulled(kind, here, load(g + at), is_weight, l1, l2)
        here, one, two = _moved(kind, here, slope, one, two, is_weight, rate, decay, a, c2)
        store(p + at, here)
        if kind != SGD:
            store(first + at, one)
        if kind > MOMENTUM:
            store(second + at, two)
    left = count - whole
    if left == 0:
        return
    at = 4 * whole
    if penalised:
        is_weight = load_some(weighs + at, left)
    if kind != SGD:
        one = load_some(first + at, left)
    if kind > MOMENTUM:
        two = load_some(second + at, left)
    here = load_some(p + at, left)
    slope = _pulled(kind, here, load_some(g + at, left), is_weight, l1, l2)
    here, one, two = _moved(kind, here, slope, one, two, is_weight, rate, decay, a, c2)
    store_some(p + at, here, left)
    if kind != SGD:
        store_some(first + at, one, left)
    if kind > MOMENTUM:
        store_some(second + at, two, left)
