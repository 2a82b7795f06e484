"""Nets on the replica axis: forward, losses, the gradient by hand, training; dropout is on only where it is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from boundaryviz.learners import losses
from boundaryviz.learners.backprop import Backprop
from boundaryviz.learners.batches import Pool, epoch
from boundaryviz.learners.net import Layout
from boundaryviz.learners.specs import LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.testing.models import GRID, blobs, make
from tools.fidelity.frame import Subject, apart
from tools.fidelity.references import nets

SUBJECT = Subject(
    "Networks",
    """
    Nets are drawn: up to three hidden layers, six activations, three losses, two to four classes, with or without
    tanh at the output. A replica among several is compared. Double precision, unless single is named; weights of
    points are single all the same, so that a batch of ten agrees to 1e-8.
    """,
)

REPLICAS, POINTS = 3, 64  # weights of 1/64 are exact


@dataclass(frozen=True)
class Drawn:
    """A net of random shape. dims: its layers, inputs first."""

    spec: MLPSpec
    classes: int
    dims: tuple[int, ...]

    @property
    def squash(self) -> bool:
        """Whether tanh stands at its output."""
        return self.spec.output == "tanh"


def drawn(rng: np.random.Generator) -> Drawn:
    """The next random net."""
    hidden = tuple(int(k) for k in rng.integers(1, 9, rng.integers(0, 4)))
    loss: Any = rng.choice(["cross-entropy", "focal", "absolute", "squared", "hinge"])
    classes, activation = int(rng.integers(2, 5)), str(rng.choice(list(nets.ACTIVATIONS)))
    output: Any = str(rng.choice(["linear", "tanh"]))
    spec = MLPSpec(hidden=hidden, activation=activation, loss=loss, output=output)  # type: ignore[arg-type]
    outputs = 1 if classes == 2 and loss not in ("cross-entropy", "focal") else classes
    return Drawn(spec, classes, (2, *hidden, outputs))


def asked(seed: int, dtype: torch.dtype) -> float:
    """Outputs and losses of an untrained net; infinite where a class differs that is not a matter of rounding."""
    net, data = drawn(np.random.default_rng(seed)), blobs(POINTS, 4, seed)
    label = data.label % net.classes
    learner = make(net.spec, seeds=range(REPLICAS), classes=net.classes, dtype=dtype)
    learner.P.mul_(2.0)
    theirs = nets.plain(learner.P[1].double(), net.dims, net.spec.activation, net.squash)
    z = theirs(torch.from_numpy(data.x)).detach()
    loss, predicted = learner.evaluate(data.x, label)
    reference = nets.losses(net.spec.loss, z, torch.from_numpy(label))
    leading = z.argmax(1) if z.shape[1] > 1 else (z[:, 0] >= 0).long()
    clear = (z.topk(2).values.diff().abs()[:, 0] if z.shape[1] > 1 else z[:, 0].abs()) > 1e-5
    wrong = (predicted[1] != leading.numpy())[clear.numpy()].any()
    outputs = learner._outputs(data.x, 1)[0].T.detach().double()
    return max(apart(loss[1], reference), apart(outputs, z), float("inf") if wrong else 0.0)


@SUBJECT.check("outputs, loss of each point and class", "`torch.nn` modules and losses", 1e-12, 60)
def forward(seed: int) -> float:
    return asked(seed, torch.float64)


@SUBJECT.check("the same in single precision", "`torch.nn` in double precision", 1e-5, 60)
def forward_in_single_precision(seed: int) -> float:
    return asked(seed, torch.float32)


@SUBJECT.check(
    "the gradient written by hand, with and without dropout's masks", "autograd through `torch.nn`", 1e-11, 60
)
def gradient_by_hand(seed: int) -> float:
    rng, random = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    net = drawn(rng)
    layout = Layout(net.dims)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random, dtype=torch.float64)

    p, x = draw(REPLICAS, layout.size), draw(REPLICAS, 2, POINTS)
    label = torch.arange(POINTS) % net.classes
    weight = draw(REPLICAS, 1, POINTS).abs() * (torch.arange(POINTS) % 7 > 0)
    masks = [(draw(REPLICAS, k, POINTS) > 0) * 2.0 for k in net.spec.hidden] if seed % 2 else []
    q = losses.targets(label, net.spec.loss, net.classes, torch.float64)[None]
    found = Backprop(layout, p, net.spec.activation, net.spec.loss, net.squash).gradient(x, q, weight, masks)
    theirs = nets.plain(p[1], net.dims, net.spec.activation, net.squash)
    z, layer = x[1].T, 0
    for at, module in enumerate(theirs):
        z = module(z)
        if at % 2 and at < len(theirs) - 1 and masks:
            z, layer = z * masks[layer][1].T, layer + 1
    (nets.losses(net.spec.loss, z, label) * weight[1, 0]).sum().backward()
    return apart(found[1], nets.gradient(theirs))


def trained(seed: int, optimiser: Any, steps: int = 30) -> float:
    """Parameters after so many steps on all points, a rate that changes on the way, and one of the penalties."""
    rng = np.random.default_rng(seed)
    net, data = drawn(rng), blobs(POINTS, 4, seed, replicas=REPLICAS)
    data.label[:] %= net.classes
    l1, l2 = [(0.0, 0.0), (0.0, 0.05), (0.01, 0.0), (0.01, 0.02)][seed % 4]
    momentum = float(rng.uniform(0.1, 0.95))
    training = TrainingSpec(optimiser=optimiser, learning_rate=0.02, l1=l1, l2=l2, batch_size="full", momentum=momentum)
    learner = make(net.spec, training, range(REPLICAS), net.classes, data, torch.float64)
    theirs = nets.plain(learner.P[1], net.dims, net.spec.activation, net.squash)
    torch_s = nets.optimiser(theirs, training)
    x, label = torch.from_numpy(data.x), torch.from_numpy(data.label)
    for step in range(steps):
        if step == steps // 2:
            learner.set_training(net.spec, training.model_copy(update={"learning_rate": 0.005}))
            for group in torch_s.param_groups:
                group["lr"] = 0.005
        learner.step(1)
        torch_s.zero_grad()
        (nets.losses(net.spec.loss, theirs(x), label).mean() + nets.penalty(theirs, l1)).backward()
        torch_s.step()
    return apart(learner.P[1].detach().numpy(), nets.flat(theirs))


@SUBJECT.check("30 steps of SGD, with L1, L2, both or neither", "`torch.optim.SGD`", 1e-10, 24)
def sgd(seed: int) -> float:
    return trained(seed, "sgd")


@SUBJECT.check("30 steps of SGD with momentum, the same", "`torch.optim.SGD` with momentum", 1e-10, 24)
def momentum(seed: int) -> float:
    return trained(seed, "momentum")


@SUBJECT.check("30 steps of Adam, the same", "`torch.optim.Adam`", 1e-9, 24)
def adam(seed: int) -> float:
    return trained(seed, "adam")


@SUBJECT.check("30 steps of AdamW, the same", "`torch.optim.AdamW`", 1e-9, 24)
def adamw(seed: int) -> float:
    return trained(seed, "adamw")


@SUBJECT.check("an epoch of mini-batches", "`torch.nn` on the points that each batch names", 1e-12, 20)
def minibatches(seed: int) -> float:
    net = drawn(np.random.default_rng(seed))
    data, rate = blobs(POINTS, 4, seed), 0.1
    data.label[:] %= net.classes
    training = TrainingSpec(optimiser="sgd", learning_rate=rate, batch_size=16)
    learner = make(net.spec, training, (seed,), net.classes, data, torch.float64)
    theirs = nets.plain(learner.P[0], net.dims, net.spec.activation, net.squash)
    dealt = epoch(Pool.of(data.ids, data.poison, data.weights, data.label >= 0), (seed,), 0, 16)
    for index, weight in zip(dealt.index[:, 0], dealt.weight[:, 0], strict=True):
        learner.step(1)
        shown = index[weight > 0]
        theirs.zero_grad()
        z, label = theirs(torch.from_numpy(data.x[shown])), torch.from_numpy(data.label[shown])
        nets.losses(net.spec.loss, z, label).mean().backward()
        with torch.no_grad():
            for p in theirs.parameters():
                assert p.grad is not None
                p.sub_(rate * p.grad)
    return apart(learner.P[0].detach().numpy(), nets.flat(theirs))


@SUBJECT.check("five batches of the Playground's net, with its penalty", "its `nn.ts`, node by node", 1e-8, 20)
def playground(seed: int) -> float:
    data, l2, dims = blobs(10, seed=seed), (0.0, 0.03)[seed % 2], (2, 4, 2, 1)
    training = TrainingSpec(optimiser="sgd", learning_rate=0.03, batch_size=10, l2=l2)
    spec = MLPSpec(hidden=(4, 2), loss="squared", output="tanh", init="playground")
    learner = make(spec, training, (seed,), data=data, dtype=torch.float64)
    theirs = nets.PlaygroundNet(nets.layers(learner.P[0], dims))
    for _ in range(5):
        learner.step(1)
        theirs.train(data.x, 2.0 * data.label[:, None] - 1.0, 0.03, l2)
    parts = zip(theirs.weight, theirs.bias, strict=True)
    expected = np.concatenate([np.concatenate([w.ravel(), b]) for w, b in parts])
    return apart(learner.P[0].detach().numpy(), expected)


@SUBJECT.check("logistic regression, trained to the end", "`sklearn.linear_model.LogisticRegression`", 1e-5, 6)
def logistic(seed: int) -> float:
    """Mean loss + l2/2 |W|^2, against C sum of losses + 1/2 |w|^2; with two classes we penalise both rows,
    W_1 = -W_0 = w/2, and scikit-learn their difference w: twice as much."""
    classes, l2 = 2 + seed % 2, 0.05
    data = blobs(120, classes, seed)
    training = TrainingSpec(optimiser="momentum", learning_rate=0.5, batch_size="full", l2=l2)
    learner = make(LogisticSpec(), training, classes=classes, data=data, dtype=torch.float64)
    learner.step(1500)
    strength = (2.0 if classes == 2 else 1.0) / (len(data.ids) * l2)
    theirs = LogisticRegression(C=strength, tol=1e-12, max_iter=10_000).fit(data.x, data.label)
    return apart(learner.probabilities(GRID)[0].T, theirs.predict_proba(GRID))
