"""One net as plain functions of its flat weights: what explains a decision differentiates by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners import losses
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.net import Activate, Layout, forward, layers

_FLOATS = 1 << 22  # of gradients that are held at a time


@dataclass(frozen=True, eq=False)
class Alone:
    """One net of P weights, in double precision on the processor: `flat` (P,), as `Layout.views` has them.

    squash: the outputs go through tanh. target: labels (N,) and responses (N,) or None to what the loss compares with,
    (K, N).
    """

    flat: Tensor
    layout: Layout
    activate: Activate
    loss: losses.LossName
    squash: bool
    gamma: float
    features: FeatureMap
    target: Callable[[NDArray[np.int64], NDArray[np.float64] | None], Tensor]

    def inputs(self, x: NDArray[np.float64]) -> Tensor:
        """What the first layer is given (F, N) of points (N, D)."""
        return torch.from_numpy(self.features(x)).double()

    def targets(self, label: NDArray[np.int64], response: NDArray[np.float64] | None = None) -> Tensor:
        """(K, N), of labels (N,)."""
        return self.target(label, response).cpu().double()

    def outputs(self, flat: Tensor, inputs: Tensor) -> Tensor:
        """(R, K, B) of weights (R, P) and inputs (R or 1, F, B)."""
        z = forward(self.layout.views(flat), inputs, self.activate)
        return torch.tanh(z) if self.squash else z

    def hidden(self, inputs: Tensor) -> Tensor:
        """What the last layer is given, (H, N), of inputs (F, N)."""
        *before, _ = [inputs, *(h[0] for h in layers(self.layout.views(self.flat[None]), inputs[None], self.activate))]
        return before[-1].detach()

    def losses(self, flat: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
        """The loss of each point without penalties, (R, B), of weights (R, P), inputs and targets (R or 1, ., B)."""
        return losses.per_point(self.loss, self.outputs(flat, inputs), targets, self.gamma)

    def per_point(self, z: Tensor, targets: Tensor) -> Tensor:
        """The loss of each point (N,) from outputs and targets (K, N)."""
        return losses.per_point(self.loss, z[None], targets[None], self.gamma)[0]

    def lead(self, flat: Tensor, inputs: Tensor, decided: int, rival: int) -> Tensor:
        """By how much the output of one class exceeds another's at one place, (R,); of one output, that output, with
        the sign of the class. inputs: (1, F, 1)."""
        z = self.outputs(flat, inputs)[:, :, 0]
        return z[:, 0] * (1.0 if decided else -1.0) if z.shape[1] == 1 else z[:, decided] - z[:, rival]

    def gradients(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Of the loss of each point by the weights, (N, P), of inputs (F, N) and targets (K, N).

        Each point has a replica of the net to itself, so that one pass backward gives them all.
        """
        flat = self.flat.expand(inputs.shape[1], -1).clone().requires_grad_()
        each = self.losses(flat, inputs.T[:, :, None], targets.T[:, :, None])
        return torch.autograd.grad(each.sum(), flat)[0]

    def slopes(self, inputs: Tensor, targets: Tensor, direction: Tensor) -> Tensor:
        """Of the loss of each point along a direction of weights (P,): its gradient times that, (N,), in parts."""
        some = max(1, _FLOATS // len(self.flat))
        parts = zip(inputs.split(some, 1), targets.split(some, 1), strict=True)
        return torch.cat([self.gradients(x, q) @ direction for x, q in parts])

    def lead_gradient(self, inputs: Tensor, decided: int, rival: int) -> Tensor:
        """Of `lead` by the weights, (P,), at a place with inputs (F, 1)."""
        flat = self.flat[None].clone().requires_grad_()
        return torch.autograd.grad(self.lead(flat, inputs[None], decided, rival).sum(), flat)[0][0]
