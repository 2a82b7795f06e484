"""Robust training: a net is not taught at a point but at places about it, noisy ones or the worst within a ball.

Noise: a Gaussian copy in place of each point. PGD: the worst place that projected gradient ascent on the loss finds
(Madry et al. 2018, equation 2.1 and section 3.1). TRADES: the point, and how far the answer at the worst place is from
the answer at the point (Zhang et al. 2019, equation 3 and algorithm 1).

Lengths are those of the scene, whatever units the net is given its inputs in.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.objectives import unit
from boundaryviz.learners.point_draws import in_ball, normal, uniform
from boundaryviz.learners.specs_robust import RobustSpec
from boundaryviz.scene.scaling import Scaling

_BESIDE = 0.01
"""Where TRADES begins, in radii: at the point itself the divergence has no slope (their code: .001 of a pixel's range,
.03 of their radius)."""


class Net(Protocol):
    """A net as the ascent sees it: as it is taught in this step."""

    def outputs(self, shown: Tensor) -> Tensor:
        """What the last layer says (R, K, B), squashed where it is, of what the first is shown (R or 1, F, B)."""

    def slopes(self, shown: Tensor, q: Tensor) -> Tensor:
        """The derivative of each point's loss with targets q (R or 1, K, B) by what is shown, (R, F, B)."""


class Robust:
    """Moves the columns of a step."""

    def __init__(self, features: FeatureMap, spec: RobustSpec) -> None:
        self._features, self._spec = features, spec
        self._unit: Tensor | None = None

    def set_spec(self, spec: RobustSpec) -> None:
        """Take over the settings from the next step on."""
        self._spec = spec

    def set_scale(self, scale: Scaling | None, like: Tensor) -> None:
        """The units in which the columns come, None for those of the scene."""
        if scale is None:
            self._unit = None
            return
        if self._unit is None:
            self._unit = torch.empty(len(scale.unit), 1, device=like.device, dtype=like.dtype)
        self._unit.copy_(torch.tensor(scale.unit)[:, None])  # in its place, where what is recorded looks for it

    @property
    def on(self) -> bool:
        """Whether anything is moved."""
        return self._spec.robust != "none"

    @property
    def constants(self) -> Hashable:
        """What a step reads on the host."""
        return (self._spec, self._unit is None) if self.on else None

    @property
    def twice(self) -> bool:
        """Whether each point is taught twice, as itself and pushed: the columns are first the ones, then the others."""
        return self._spec.robust == "trades"

    def drawn(self, hashes: Callable[[int], Tensor], width: int, like: Tensor) -> Tensor:
        """What a step needs of chance, (R, D, B): standard normal, but for PGD where in the ball of radius 1 it begins.

        hashes: of so many rows.
        """
        spec = self._spec
        if spec.robust != "pgd":
            drawn = normal(hashes(width))
        elif spec.robust_norm == "l2":
            drawn = in_ball(hashes(width + 1))
        else:
            drawn = uniform(hashes(width)) * 2 - 1
        return drawn.to(like.dtype)

    def taught(self, net: Net, x: Tensor, q: Tensor, drawn: Tensor) -> Tensor:
        """What the net is shown in place of the points x (R or 1, D, B): (R, F, B), where `twice` (R, F, 2 B)."""
        spec = self._spec
        if spec.robust == "noise":
            return self._shown(self._at(x, spec.robust_epsilon * drawn))
        if spec.robust == "pgd":
            return self._shown(self._at(x, self._ascended(net, x, q, spec.robust_epsilon * drawn)))
        here = self._shown(x)
        start = _BESIDE * spec.robust_epsilon * drawn
        # the slope of KL(p, softmax(z)) by z is that of the cross-entropy with targets p
        pushed = self._shown(self._at(x, self._ascended(net, x, F.softmax(net.outputs(here), 1), start)))
        return torch.cat([here.expand(len(pushed), -1, -1), pushed], 2)

    def added(self, slope: Tensor, z: Tensor) -> Tensor:
        """Of columns taught twice, the derivative by the outputs z (R, C, 2 B) of the loss at the points, which is
        slope (R, C, B), and of beta KL(p, p'), with p at the point and p' where it is pushed to."""
        log_p, log_pushed = F.log_softmax(z, 1).chunk(2, 2)
        p, apart, beta = log_p.exp(), log_p - log_pushed, self._spec.trades_beta
        here = p * (apart - (p * apart).sum(1, keepdim=True))
        return torch.cat([slope + beta * here, beta * (log_pushed.exp() - p)], 2)

    def _ascended(self, net: Net, x: Tensor, q: Tensor, push: Tensor) -> Tensor:
        """The push (R, D, B) after all steps up the loss, each followed by the way back into the ball."""
        spec = self._spec
        length, flat = spec.robust_step * spec.robust_epsilon / spec.robust_steps, spec.robust_norm == "l2"
        for _ in range(spec.robust_steps):
            slope = self._by_place(net, self._at(x, push), q)
            push = push + length * (unit(slope) if flat else slope.sign())
            if flat:
                longest = push.square().sum(1, keepdim=True).sqrt().clamp(min=torch.finfo(push.dtype).tiny)
                push = push * (spec.robust_epsilon / longest).clamp(max=1)
            else:
                push = push.clamp(-spec.robust_epsilon, spec.robust_epsilon)
        return push

    def _by_place(self, net: Net, x: Tensor, q: Tensor) -> Tensor:
        """The slope of each point's loss by its place in the scene, (R, D, B)."""
        if self._features.plain:
            slope = net.slopes(x, q)
        else:
            with torch.enable_grad():
                x = x.detach().requires_grad_()
                shown = self._features.of_tensor(x)
            (slope,) = torch.autograd.grad(shown, x, net.slopes(shown.detach(), q))
        return slope if self._unit is None else slope / self._unit

    def _at(self, x: Tensor, push: Tensor) -> Tensor:
        return x + (push if self._unit is None else push / self._unit)

    def _shown(self, x: Tensor) -> Tensor:
        return self._features.of_tensor(x)
