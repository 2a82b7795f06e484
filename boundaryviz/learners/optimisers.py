"""Optimisers on one flat buffer (R, n): a few lines each, in place, without a transfer to the host.

torch.optim is not used: importing it loads the compiler stack, and its per-tensor loops cost more than a step.
"""

from __future__ import annotations

import torch
from torch import Tensor

from boundaryviz.learners.training_spec import TrainingSpec


class Optimiser:
    """Turns gradients into steps. What a step changes, and the rate, lives in tensors that stay where they are.

    state, tensors: what one step leaves for the next, alone and by name. is_weight: 1 of weights, 0 of
    biases, (n,). constants: the numbers it reads on the host.
    """

    def __init__(self, training: TrainingSpec, params: Tensor, is_weight: Tensor) -> None:
        self.kind = training.optimiser
        self.is_weight = is_weight
        exact = torch.float64 if params.dtype == torch.float64 else torch.float32
        self.rate = torch.zeros((), device=params.device, dtype=params.dtype)
        slots = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}[self.kind]
        self.slots = [torch.zeros_like(params) for _ in range(slots)]
        self.beta_power = torch.ones(2, device=params.device, dtype=exact)
        self._beta = torch.tensor([0.9, 0.999], device=params.device, dtype=exact)
        self._scratch = torch.empty_like(params)
        self.tensors = {f"slot-{k}": slot for k, slot in enumerate(self.slots)} | {"beta-power": self.beta_power}
        self.state = [*self.tensors.values()]
        self.set_training(training)

    def set_training(self, training: TrainingSpec) -> None:
        """Take over learning rate, momentum and penalties from the next step on."""
        self.rate.fill_(training.learning_rate)
        self.constants = self._momentum, self._l1, self._l2 = training.momentum, training.l1, training.l2

    def step(self, params: Tensor, grad: Tensor) -> None:
        """One step in place; params and grad (R, n). Penalties act on weights, not on biases.

        Adam: Kingma and Ba 2015, algorithm 1, with eps = 1e-8. AdamW: Loshchilov and Hutter 2019, algorithm 2.
        Momentum: v <- mu v + g, p <- p - rate v.
        """
        if self._l1:
            grad = grad + self._l1 * params.sign() * self.is_weight
        if self._l2 and self.kind != "adamw":
            grad = grad + self._l2 * params * self.is_weight
        if self.kind == "sgd":
            params.sub_(torch.mul(grad, self.rate, out=self._scratch))
        elif self.kind == "momentum":
            velocity = self.slots[0].mul_(self._momentum).add_(grad)
            params.sub_(torch.mul(velocity, self.rate, out=self._scratch))
        else:
            if self._l2 and self.kind == "adamw":
                params.mul_(1 - self.rate * self._l2 * self.is_weight)
            first, second = self.slots
            c1, c2 = (1 - self.beta_power.mul_(self._beta)).unbind()
            first.lerp_(grad, 0.1)
            second.mul_(0.999).addcmul_(grad, grad, value=0.001)
            spread = torch.div(second, c2, out=self._scratch).sqrt_().add_(1e-8)
            params.sub_(torch.div(first, spread, out=spread).mul_(self.rate / c1))
