"""Training a net by some steps of gradient descent, and the gradient through all of them by where its poison lies.

Munoz-Gonzalez and others 2017, "Towards poisoning of deep learning algorithms with back-gradient optimization",
section 3, in which the steps are replayed backwards. On the plane the parameters of every step can be kept, and
autograd goes through them (Maclaurin, Duvenaud and Adams 2015, section 2, on what that costs).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from boundaryviz.learners.network import Network


@dataclass(frozen=True, eq=False)
class Descent:
    """Plain gradient descent of a net on the mean loss of its points and half its penalty on squared weights.

    x: (D, N) and q: (K, N), the clean points and their targets. rate: of a step. l2: the penalty.
    """

    net: Network
    x: Tensor
    q: Tensor
    steps: int
    rate: float
    l2: float = 0.0

    def after(self, start: Tensor, places: Tensor, q: Tensor, weight: Tensor, through: bool = False) -> Tensor:
        """The parameters (R, n) that the steps lead to from `start` (R, n), with poison among the points.

        places: (D, P), q: (K, P), weight: (P,), of the poison; a clean point weighs 1. through: autograd can go
        through all steps, back to the places.
        """
        x, targets = torch.cat([self.x, places], 1)[None], torch.cat([self.q, q], 1)
        share = torch.cat([self.x.new_ones(self.x.shape[1]), weight])
        share = share / share.sum()
        decay = self.l2 * self.net.layout.is_weight(start)
        params = start if start.requires_grad else start.detach().requires_grad_()
        for _ in range(self.steps):
            loss = (self.net.per_point(params, x, targets) * share).sum()
            (gradient,) = torch.autograd.grad(loss, params, create_graph=through)
            params = params - self.rate * (gradient + decay * params)
            if not through:
                params = params.detach().requires_grad_()
        return params if through else params.detach()

    def gradient(
        self, start: Tensor, places: Tensor, q: Tensor, weight: Tensor, looks: Tensor, targets: Tensor, of: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The parameters (R, n) after the steps; and the gradient (D, P), by the places of the poison, of what the mean
        of the replicas then has of sum_k of_k loss_k, at places `looks` (D, M) with targets (K, M)."""
        moved = places.detach().requires_grad_()
        params = self.after(start, moved, q, weight, through=True)
        value = (self.net.per_point(params, looks[None], targets) * of).sum(1).mean()
        (gradient,) = torch.autograd.grad(value, moved)
        return params.detach(), gradient
