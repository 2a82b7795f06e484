"""Nets, losses, penalties and optimisers by plain torch, and the Playground's training node by node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from boundaryviz.learners.training_spec import TrainingSpec


class Sine(nn.Module):
    """sin, which torch has no module for."""

    def forward(self, x: Tensor) -> Tensor:
        """sin(x)."""
        return torch.sin(x)


ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU, "sine": Sine, "linear": nn.Identity,
}  # fmt: skip


def layers(row: Any, dims: Sequence[int]) -> Iterator[tuple[NDArray, NDArray]]:
    """Copies of weights (out, in) and biases (out,) of each layer, from one replica's flat parameters."""
    flat_row, at = row.detach().numpy().copy(), 0
    for fan_in, out in pairwise(dims):
        end = at + out * fan_in
        yield flat_row[at:end].reshape(out, fan_in), flat_row[end : end + out]
        at = end + out
    assert at == len(flat_row)


def plain(row: Any, dims: Sequence[int], activation: str = "tanh", squash: bool = False) -> nn.Sequential:
    """An ordinary torch network that starts with these parameters. squash: with tanh after the last layer."""
    net: list[nn.Module] = []
    for weight, bias in layers(row, dims):
        linear = nn.Linear(weight.shape[1], weight.shape[0], dtype=torch.from_numpy(weight).dtype)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight))
            linear.bias.copy_(torch.from_numpy(bias))
        net += [linear, ACTIVATIONS[activation]()]
    net[-1] = nn.Tanh() if squash else nn.Identity()
    return nn.Sequential(*net)


def flat(net: nn.Module) -> NDArray:
    """Its parameters as one replica has them."""
    return torch.cat([p.detach().flatten() for p in net.parameters()]).numpy()


def gradient(net: nn.Module) -> NDArray:
    """The gradients of its parameters, in the same order."""
    return torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None]).numpy()


def losses(name: str, z: Tensor, label: Tensor) -> Tensor:
    """Loss of each point, (B,), of outputs z (B, K) and labels (B,).

    focal: Lin et al. 2017, equation 4, gamma 2. absolute and squared: the sum and half the sum over the outputs, with
    targets -1 and 1; hinge: Crammer and Singer 2001, equation 4.
    """
    if name in ("cross-entropy", "focal"):
        surprise = nn.functional.cross_entropy(z, label, reduction="none")
        return surprise if name == "cross-entropy" else (1 - torch.exp(-surprise)) ** 2 * surprise
    if name in ("absolute", "squared"):
        if z.shape[1] == 1:
            wanted = torch.where(label == 1, 1.0, -1.0)[:, None].to(z.dtype)
        else:
            wanted = 2.0 * nn.functional.one_hot(label, z.shape[1]).to(z.dtype) - 1.0
        if name == "absolute":
            return nn.functional.l1_loss(z, wanted, reduction="none").sum(1)
        return 0.5 * nn.functional.mse_loss(z, wanted, reduction="none").sum(1)
    each = []
    for row, k in zip(z, label.tolist(), strict=True):
        if len(row) == 1:
            short = 1 - (row[0] if k == 1 else -row[0])
        else:
            short = torch.stack([1 + row[j] - row[k] for j in range(len(row)) if j != k]).max()
        each.append(short.clamp(min=0))
    return torch.stack(each)


def penalty(net: nn.Module, l1: float) -> Tensor:
    """l1 times the sum of the sizes of the weights; biases are free."""
    return l1 * torch.stack([p.abs().sum() for p in net.parameters() if p.dim() == 2]).sum()


def optimiser(net: nn.Module, training: TrainingSpec) -> torch.optim.Optimizer:
    """torch's own, with its weight decay on weights alone."""
    groups = [
        {"params": [p for p in net.parameters() if p.dim() == 2], "weight_decay": training.l2},
        {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ]
    rate = training.learning_rate
    match training.optimiser:
        case "sgd":
            return torch.optim.SGD(groups, lr=rate)
        case "momentum":
            return torch.optim.SGD(groups, lr=rate, momentum=training.momentum)
        case "adam":
            return torch.optim.Adam(groups, lr=rate)
        case "adamw":
            return torch.optim.AdamW(groups, lr=rate)


class PlaygroundNet:
    """The Playground's nn.ts, node by node: forwardProp, backProp for each example, then updateWeights."""

    def __init__(self, parameters: Iterator[tuple[NDArray, NDArray]]) -> None:
        self.weight, self.bias = map(list, zip(*parameters, strict=True))

    def train(self, xy: NDArray, target: NDArray, rate: float, l2: float) -> None:
        """One batch of places (B, 2) and targets (B, 1)."""
        weight_der = [np.zeros_like(w) for w in self.weight]
        bias_der = [np.zeros_like(b) for b in self.bias]
        for inputs, wanted in zip(xy, target, strict=True):
            outputs = [inputs]
            for weight, bias in zip(self.weight, self.bias, strict=True):
                outputs.append(np.array([np.tanh(b + w @ outputs[-1]) for w, b in zip(weight, bias, strict=True)]))
            output_der = outputs[-1] - wanted  # of the square error 0.5 (output - target)^2
            for at in reversed(range(len(self.weight))):
                input_der = output_der * (1 - outputs[at + 1] ** 2)
                for node, der in enumerate(input_der):
                    weight_der[at][node] += der * outputs[at]
                    bias_der[at][node] += der
                output_der = self.weight[at].T @ input_der
        for at in range(len(self.weight)):
            self.bias[at] = self.bias[at] - rate / len(xy) * bias_der[at]
            regularisation_der = self.weight[at]  # of 0.5 w^2
            self.weight[at] = self.weight[at] - rate / len(xy) * weight_der[at] - rate * l2 * regularisation_der
