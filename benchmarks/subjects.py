"""What is measured: the product's learner on made-up points, as the product makes it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count, islice
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.batches import Pool, epoch
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from boundaryviz.scene.scene import Domain

DOMAIN = Domain(-3.0, 3.0, -3.0, 3.0)
RATE = 0.01
Size = int | Literal["full"]


def points(n: int, classes: int = 2) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Normal points (n, 2), and which sector each lies in."""
    xy = np.random.default_rng(0).normal(size=(n, 2))
    angle = np.arctan2(xy[:, 1], xy[:, 0]) / (2 * np.pi) + 0.5
    return xy, (np.floor(angle * 2 * classes).astype(np.int64)) % classes


def learner(
    hidden: tuple[int, ...],
    activation: Any,
    replicas: int,
    batch_size: Size,
    n: int = 500,
    classes: int = 2,
    optimiser: Any = "adam",
    **settings: Any,
) -> MLP:
    """A network of 2 inputs with data, ready to step."""
    training = TrainingSpec(optimiser=optimiser, learning_rate=RATE, batch_size=batch_size)
    problem = Problem(classes, DOMAIN, tuple(range(replicas)))
    made = MLP(MLPSpec(hidden=hidden, activation=activation, **settings), training, problem)
    xy, label = points(n, classes)
    made.set_data(TrainingData(np.arange(n), xy, label, np.zeros(n, bool), np.ones((replicas, n), np.float32)))
    return made


def batches(n: int, size: Size, steps: int) -> Iterator[NDArray[np.int64]]:
    """The points of each of the first batches that our engine deals to seed 0."""
    pool = Pool.of(np.arange(n), np.zeros(n, bool), np.ones((1, n), np.float32), np.ones(n, bool))
    dealt = (epoch(pool, (0,), number, size) for number in count())
    pairs = chain.from_iterable(zip(one.index[:, 0], one.weight[:, 0], strict=True) for one in dealt)
    return (index[weight > 0] for index, weight in islice(pairs, steps))


def loss(of: MLP, n: int, replica: int = 0) -> float:
    """Mean loss on the points."""
    xy, label = points(n, of.problem.classes)
    return float(of.evaluate(xy, label)[0][replica].mean())


def layers(of: Any, replica: int = 0) -> list[tuple[Tensor, Tensor]]:
    """Weights (out, in) and biases (out,) of each layer of one replica, sharing memory with the learner's own."""
    views = of.layout.views(of.P)
    return [(weight[replica], bias[replica, :, 0]) for weight, bias in zip(views[::2], views[1::2], strict=True)]


def modules(of: Any, activation: type[nn.Module], replica: int = 0) -> nn.Sequential:
    """The net of one replica, made of torch.nn, with a copy of its weights."""
    parts: list[nn.Module] = []
    for weight, bias in layers(of, replica):
        linear = nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            linear.weight.copy_(weight)
            linear.bias.copy_(bias)
        parts += [linear, activation()]
    return nn.Sequential(*parts[:-1])


def words(hidden: tuple[int, ...], outputs: int = 2) -> str:
    """2-16-16-2 and the like."""
    return "-".join(map(str, (2, *hidden, outputs)))


def hold_equal(ours: float, theirs: float, who: str) -> None:
    """Raises AssertionError where two engines do not agree on the loss; single precision drifts a little."""
    assert abs(ours - theirs) <= 1e-4, f"{who}: loss {theirs:.6f}, ours {ours:.6f}"
