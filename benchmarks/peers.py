"""The peers, written as one would write them with the library's own means."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from torch import Tensor, nn
from torch.func import grad, vmap

from benchmarks.subjects import RATE, Size, batches, layers, modules, points
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.learners.specs import TrainingSpec


class PlainTorch:
    """torch.nn and torch.optim.Adam, one network at a time."""

    def __init__(self, like: MLP, batch_size: Size, n: int, activation: type[nn.Module]) -> None:
        self.net = modules(like, activation)
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=RATE)
        self.criterion = nn.CrossEntropyLoss()
        xy, label = points(n, like.problem.classes)
        self.x, self.y = torch.tensor(xy, dtype=torch.float32), torch.tensor(label)
        self.size = batch_size
        self.batches: Iterator[Tensor] = iter(())

    def descend(self, x: Tensor, y: Tensor) -> None:
        self.optimiser.zero_grad()
        self.criterion(self.net(x), y).backward()
        self.optimiser.step()

    def step(self, n: int = 1) -> None:
        for _ in range(n):
            if self.size == "full":
                self.descend(self.x, self.y)
                continue
            index = next(self.batches, None)
            if index is None:
                self.batches = iter(torch.randperm(len(self.x)).split(self.size))
                index = next(self.batches)
            self.descend(self.x[index], self.y[index])

    def follow(self, steps: int) -> None:
        """Take the batches that our engine deals to seed 0."""
        for index in batches(len(self.x), self.size, steps):
            shown = torch.from_numpy(index)
            self.descend(self.x[shown], self.y[shown])

    def loss(self) -> float:
        with torch.no_grad():
            return float(self.criterion(self.net(self.x), self.y))


class VmapGrad:
    """vmap(grad(loss)) over stacked parameters, full batch; the optimiser is ours, so that gradients are compared."""

    def __init__(self, like: MLP, n: int) -> None:
        self.P = like.P.clone()
        self.optimiser = Optimiser(TrainingSpec(learning_rate=RATE), self.P, like.layout.is_weight(self.P))
        xy, label = points(n)
        x, y = torch.tensor(xy, dtype=torch.float32), torch.tensor(label)
        parts = like.layout.parts
        layers = [(a, b, shape) for a, b, shape, _ in parts]

        def loss(p: Tensor) -> Tensor:
            h = x
            for at in range(0, len(layers), 2):
                (a, b, shape), (c, d, _) = layers[at], layers[at + 1]
                h = nn.functional.linear(h, p[a:b].view(shape), p[c:d])
                h = torch.tanh(h) if at + 2 < len(layers) else h
            return nn.functional.cross_entropy(h, y)

        self.loss = loss
        self.gradient = vmap(grad(loss))

    def step(self, n: int = 1) -> None:
        for _ in range(n):
            self.optimiser.step(self.P, self.gradient(self.P))


class ScikitLearn:
    """MLPClassifier.partial_fit, one batch a call."""

    def __init__(self, like: MLP, batch_size: Size, n: int, solver: str) -> None:
        self.x, self.y = points(n, like.problem.classes)
        self.size = n if batch_size == "full" else batch_size
        self.at = 0
        self.model = MLPClassifier(
            like.hidden, activation="tanh", solver=solver, alpha=0.0, learning_rate_init=RATE, momentum=0.0,
            nesterovs_momentum=False, batch_size=self.size, random_state=0,
        )  # fmt: skip
        self.classes = np.arange(like.problem.classes)
        self.step()
        theirs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        for (weight, bias), (coefficients, intercepts) in zip(layers(like), theirs, strict=True):
            coefficients[:], intercepts[:] = weight.T.numpy(), bias.numpy()

    def step(self, n: int = 1) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for _ in range(n):
                some = slice(self.at, self.at + self.size)
                self.model.partial_fit(self.x[some], self.y[some], classes=self.classes)
                self.at += self.size
                if self.at + self.size > len(self.x):  # it wants whole batches
                    self.at = 0

    def loss(self) -> float:
        p = self.model.predict_proba(self.x)
        return float(-np.log(p[np.arange(len(p)), self.y]).mean())


def numpy_pass(like: MLP) -> Any:
    """Probability of class 1 at points (G, 2) in one numpy pass, row-major."""
    parts = [(weight.T.numpy().copy(), bias.numpy().copy()) for weight, bias in layers(like)]

    def ask(xy: NDArray[np.float32]) -> NDArray[np.float32]:
        h = xy
        for at, (w, b) in enumerate(parts):
            h = h @ w + b
            if at + 1 < len(parts):
                h = np.tanh(h)
        e = np.exp(h - h.max(axis=1, keepdims=True))
        return e[:, 1] / e.sum(axis=1)

    return ask
