"""Training steps against plain torch, vmap, scikit-learn and the hardware."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import median

import torch
from torch import nn

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, repeated, span
from benchmarks.peers import PlainTorch, ScikitLearn, VmapGrad
from benchmarks.subjects import Size, hold_equal, learner, loss, words

_FLOORS: dict[tuple[int, ...], dict[Size, dict[int, float | None]]] = {
    (16, 16): {32: {1: 1.4, 2: 2.5, 16: 13.0, 64: 30.0}, "full": {1: 1.3, 16: 6.0, 64: None}},
    (64, 64): {32: {1: None, 16: None, 64: None}, "full": {1: None, 16: None}},
}


@section("torch", "Training against plain torch")
def against_plain_torch(least: bool) -> Iterator[Row]:
    """Replica-steps a second against a loop of torch.nn and torch.optim.Adam, 500 points."""
    for hidden, sizes in _FLOORS.items():
        name, module = ("tanh", nn.Tanh) if hidden == (16, 16) else ("relu", nn.ReLU)
        for size, floors in sizes.items():
            ours = learner(hidden, name, 1, size)
            peer = PlainTorch(ours, size, 500, module)
            ours.step(_steps(least))
            peer.follow(_steps(least))
            hold_equal(loss(ours, 500), peer.loss(), "plain torch")
            learners = [learner(hidden, name, replicas, size) for replicas in floors]
            theirs, *mine = interleaved([peer.step, *(each.step for each in learners)], least)
            for (replicas, floor), seconds in zip(floors.items(), mine, strict=True):
                detail = f"{span(replicas * median(theirs))} → {span(median(seconds))}"
                what = f"{words(hidden)} {name}, {_batch(size)}, R = {replicas}"
                yield Row(what, "torch.nn + Adam", detail, replicas * ratio(theirs, seconds), floor)


@section("vmap", "Training against vmap")
def against_vmap(least: bool) -> Iterator[Row]:
    """The gradient on the replica axis against vmap(grad), full batch of 200 points."""
    for replicas, floor in ((1, 2.7), (16, 2.0), (64, 1.6)):
        ours = learner((16, 16), "tanh", replicas, "full", 200)
        peer = VmapGrad(ours, 200)
        ours.step(_steps(least))
        peer.step(_steps(least))
        hold_equal(loss(ours, 200), float(peer.loss(peer.P[0])), "vmap")
        theirs, mine = interleaved([peer.step, ours.step], least)
        detail = f"{span(median(theirs))} → {span(median(mine))}"
        yield Row(
            f"2-16-16-2 tanh, full batch of 200, R = {replicas}", "vmap(grad)", detail, ratio(theirs, mine), floor
        )


@section("sklearn", "Training against scikit-learn")
def against_scikit_learn(least: bool) -> Iterator[Row]:
    """Steps of a three-class net (of two classes scikit-learn makes another net) against MLPClassifier."""
    checked = learner((16, 16), "tanh", 1, "full", classes=3, optimiser="sgd")
    peer = ScikitLearn(checked, "full", 500, "sgd")
    checked.step(_steps(least))
    peer.step(_steps(least))
    hold_equal(loss(checked, 500), peer.loss(), "scikit-learn")
    for size in (32, "full"):
        learners = [learner((16, 16), "tanh", replicas, size, classes=3) for replicas in (1, 16)]
        theirs, *mine = interleaved(
            [ScikitLearn(learners[0], size, 500, "adam").step, *(each.step for each in learners)], least
        )
        for replicas, seconds in zip((1, 16), mine, strict=True):
            detail = f"{span(replicas * median(theirs))} → {span(median(seconds))}"
            what = f"2-16-16-3 tanh, {_batch(size)}, R = {replicas}"
            yield Row(what, "MLPClassifier.partial_fit", detail, replicas * ratio(theirs, seconds))


@section("hardware", "Training against the hardware")
def against_hardware(least: bool) -> Iterator[Row]:
    """Share of what the bare matrix products (and tanh, where there is one) of a step would allow."""
    for hidden, name, floor in (((64, 64), "relu", 55.0), ((16, 16), "tanh", 45.0)):
        ours = learner(hidden, name, 16, "full")
        bare, mine = interleaved([repeated(products((2, *hidden, 2), 16, 500, name == "tanh")), ours.step], least)
        what = f"{words(hidden)} {name}, full batch of 500, R = 16"
        against = "bare bmm" + (" and tanh" if name == "tanh" else "")
        detail = f"{span(median(bare))} ← {span(median(mine))}"
        yield Row(what, against, detail, 100 * ratio(bare, mine), floor, unit="%")


def products(dims: tuple[int, ...], replicas: int, n: int, tanh: bool, together: int = 4) -> Callable[[], None]:
    """The products of one step, into buffers, a few replicas at a time so that they stay in the cache."""
    shapes = [(together, out, inn) for inn, out in pairwise(dims)]
    w = [torch.randn(shape) for shape in shapes]
    dw = [torch.empty(shape) for shape in shapes]
    h = [torch.randn(together, d, n) for d in dims]
    g = [torch.randn(together, d, n) for d in dims]

    def once() -> None:
        for _ in range(replicas // together):
            for at in range(len(w)):
                torch.bmm(w[at], h[at], out=h[at + 1])
                if tanh and at + 1 < len(w):
                    torch.sigmoid(h[at + 1], out=h[at + 1])  # the quickest way to tanh begins with it
            for at in reversed(range(len(w))):
                torch.bmm(g[at + 1], h[at].transpose(1, 2), out=dw[at])
                if at:
                    torch.bmm(w[at].transpose(1, 2), g[at + 1], out=g[at])
            for each in (*h[1:], *g[:-1]):  # keep the numbers ordinary, at no cost worth naming
                each[0, 0, 0] = 0.0

    return once


def _steps(least: bool) -> int:
    """Before losses are compared."""
    return 3 if least else 200


def _batch(size: Size) -> str:
    return "full batch of 500" if size == "full" else f"batch of {size}"
