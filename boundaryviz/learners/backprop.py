"""The gradient of a supervised network, written out.

Most of a small net's step is bookkeeping, and autograd's is the larger part of it: by hand a step of one replica
takes less than half the time. Where a loss is more than a function of the outputs, use autograd on `net.forward`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from boundaryviz.learners import losses
from boundaryviz.learners.net import ACTIVATIONS, Layout, at_once
from boundaryviz.learners.robust import Robust

_aten = torch.ops.aten
# name -> (gradient of the output, and the output or the input) to gradient of the input; then which of the two
SLOPES: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], bool]] = {
    "relu": (lambda g, a: _aten.threshold_backward(g, a, 0), True),
    "tanh": (_aten.tanh_backward, True),
    "sigmoid": (_aten.sigmoid_backward, True),
    "gelu": (_aten.gelu_backward, False),
    "sine": (lambda g, z: g * torch.cos(z), False),
    "linear": (lambda g, a: g, True),
}


class Chained(torch.autograd.Function):
    """The outputs (r, K, B) of a net, as `net.forward`, which autograd sees as one operation.

    For losses that are more than a function of each point's outputs: what there is before and after is autograd's.
    """

    @staticmethod
    def forward(ctx, activation: str, x: Tensor, *params: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        """As `net.forward`, of inputs x (r, F, B)."""
        by_output, told = SLOPES[activation][1], []
        h, last = x, len(params) - 2
        inputs = [x]
        for at in range(0, last, 2):
            z = torch.baddbmm(params[at + 1], params[at], h)
            h = ACTIVATIONS[activation](z)
            told.append(h if by_output else z)
            inputs.append(h)
        ctx.activation = activation
        ctx.save_for_backward(*params, *inputs, *told)
        return torch.baddbmm(params[last + 1], params[last], h)

    @staticmethod
    def backward(ctx, grad: Tensor):  # type: ignore[no-untyped-def]
        """The slopes by inputs and parameters."""
        kept = ctx.saved_tensors
        layers = len(kept) // 4 + 1  # 2 L params, L inputs, and L - 1 that tell slopes
        params, inputs, told = kept[: 2 * layers], kept[2 * layers : 3 * layers], kept[3 * layers :]
        slopes: list[Tensor] = []
        for at in range(layers - 1, -1, -1):
            slopes[:0] = [torch.bmm(grad, inputs[at].transpose(1, 2)), grad.sum(2, keepdim=True)]
            if at or ctx.needs_input_grad[1]:
                grad = torch.bmm(params[2 * at].transpose(1, 2), grad)
            if at:
                grad = SLOPES[ctx.activation][0](grad, told[at - 1])
        return None, grad if ctx.needs_input_grad[1] else None, *slopes


class Backprop:
    """Gradients of a network whose parameters lie in one buffer (R, n).

    squash: whether the outputs pass through tanh, as the Playground has it. gamma: of the loss, see `losses.per_point`.
    clip: the longest that a point's gradient, unweighted, may be (Abadi et al. 2016, algorithm 1); 0 for any length.
    robust: what moves the points first, where it is given what of chance it needs.
    """

    def __init__(
        self,
        layout: Layout,
        params: Tensor,
        activation: str,
        loss: losses.LossName,
        squash: bool,
        gamma: float = losses.FOCUSING,
        robust: Robust | None = None,
    ) -> None:
        self.robust = robust
        self._layout, self._params, self._loss, self._squash, self._gamma = layout, params, loss, squash, gamma
        self._activate = ACTIVATIONS[activation]
        self._backward, self._by_output = SLOPES[activation]
        self._grad = torch.empty_like(params)
        self.clip = 0.0
        self._cuts: dict[tuple[int, int, int], list[tuple[slice, list[Tensor], list[Tensor]]]] = {}

    def gradient(
        self,
        x: Tensor,
        q: Tensor,
        weight: Tensor,
        masks: Sequence[Tensor] = (),
        add_to: slice | None = None,
        drawn: Tensor | None = None,
    ) -> Tensor:
        """Gradient (R, n) of each replica's own loss, the weighted sum over its batch; the next call overwrites it.

        x (R or 1, F, B), targets q (R or 1, K, B), weight (R, 1, B); masks as in `net.forward`. On the CPU replicas
        are worked through in shards that fit the cache. add_to: the arguments are of these replicas alone, and what
        they give is added to the gradient of the last call; the others' rows are not touched. drawn: see `Robust`; x
        (R or 1, D, B) are then the points, not yet what the first layer is shown of them.
        """
        add = add_to is not None
        shards = self._shards(x.shape[2], *(add_to or slice(None)).indices(len(self._params))[:2])
        if len(shards) == 1:
            self._fill(*shards[0][1:], x, q, weight, masks, add, drawn)
            return self._grad
        for some, params, grads in shards:
            x_, q_ = (t[some] if len(t) > 1 else t for t in (x, q))
            masks_ = [mask[some] for mask in masks]
            self._fill(params, grads, x_, q_, weight[some], masks_, add, None if drawn is None else drawn[some])
        return self._grad

    def _shards(self, points: int, first: int, end: int) -> list[tuple[slice, list[Tensor], list[Tensor]]]:
        """These replicas divided for batches of this many points, each shard with its parameters and gradients; where
        a shard lies is counted from the first."""
        rows = at_once(end - first, points, max(self._layout.dims), self._params.device)
        if (rows, first, end) not in self._cuts:
            views, params, grads = self._layout.views, self._params[first:end], self._grad[first:end]
            somes = [slice(a, a + rows) for a in range(0, end - first, rows)]
            self._cuts[rows, first, end] = [(some, views(params[some]), views(grads[some])) for some in somes]
        return self._cuts[rows, first, end]

    def _fill(
        self,
        params: list[Tensor],
        grads: list[Tensor],
        x: Tensor,
        q: Tensor,
        weight: Tensor,
        masks: Sequence[Tensor],
        add: bool,
        drawn: Tensor | None,
    ) -> None:
        """Forward, then the chain rule from the last layer to the first, into `grads` or added to them."""
        twice = False
        if drawn is not None and self.robust is not None:
            x, twice = self.robust.taught(_Taught(self, params, masks), x, q, drawn), self.robust.twice
            if twice:
                weight, masks = weight.repeat(1, 1, 2), [mask.repeat(1, 1, 2) for mask in masks]
        inputs, told, o = self._forward(params, x, masks)
        g = losses.slope(self._loss, o[:, :, : q.shape[2]], q, self._gamma)
        if twice and self.robust is not None:
            g = self.robust.added(g, o)
        if self.clip:
            weight = weight * self._shortened(params, self._squashed(g, o), inputs, told, masks, twice)
        g = self._squashed(g.mul_(weight), o)
        last = len(params) - 2
        # rows that lie apart in the buffer the CPU would fill one matrix at a time, which takes 2 to 4 times as long
        beside = len(params[0]) > 1 and g.device.type == "cpu"
        for at in range(last, -1, -2):
            shown = inputs[at // 2].transpose(1, 2)
            if add:
                if beside:
                    grads[at].add_(torch.bmm(g, shown))
                else:
                    grads[at].baddbmm_(g, shown)
                grads[at + 1].add_(g.sum(2, keepdim=True))
            else:
                if beside:
                    grads[at].copy_(torch.bmm(g, shown))
                else:
                    torch.bmm(g, shown, out=grads[at])
                torch.sum(g, 2, keepdim=True, out=grads[at + 1])
            if at:
                g = self._before(params, g, at, told, masks)

    def _forward(
        self, params: list[Tensor], x: Tensor, masks: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor], Tensor]:
        """What each layer was shown, what tells the slope of each activation, and the outputs (R, K, B)."""
        h = x if len(x) == len(params[0]) else x.expand(len(params[0]), -1, -1)
        inputs, told = [h], []
        last = len(params) - 2
        for at in range(0, last, 2):
            z = torch.baddbmm(params[at + 1], params[at], h)
            h = self._activate(z)
            told.append(h if self._by_output else z)
            if masks:
                h = h * masks[at // 2]
            inputs.append(h)
        z = torch.baddbmm(params[last + 1], params[last], h)
        return inputs, told, torch.tanh(z) if self._squash else z

    def _inward(self, params: list[Tensor], x: Tensor, q: Tensor, masks: Sequence[Tensor]) -> Tensor:
        """The slope of each point's loss by what the first layer is shown, (R, F, B)."""
        _, told, o = self._forward(params, x, masks)
        g = self._squashed(losses.slope(self._loss, o, q, self._gamma), o)
        for at in range(len(params) - 2, 0, -2):
            g = self._before(params, g, at, told, masks)
        return torch.bmm(params[0].transpose(1, 2), g)

    def _shortened(
        self,
        params: list[Tensor],
        g: Tensor,
        inputs: Sequence[Tensor],
        told: Sequence[Tensor],
        masks: Sequence[Tensor],
        twice: bool,
    ) -> Tensor:
        """What each point's gradient is to be multiplied by so that it is no longer than `clip`, (R, 1, B).

        Of a layer it is an outer product, whose squared length is that of the slopes g (R, K, B) times that of the
        inputs, the bias's 1 among them (Goodfellow 2015, "Efficient per-example gradient computations"): so lengths
        are had without a gradient for each point. twice: the columns are of each point twice, B points and again
        B, whose gradients are added: to the squared lengths of two products comes twice their inner product.
        """
        length, between = torch.zeros_like(g[:, :1]), torch.zeros_like(g[:, :1, : g.shape[2] // 2])
        for at in range(len(params) - 2, -1, -2):
            shown = inputs[at // 2]
            length += g.square().sum(1, keepdim=True) * (shown.square().sum(1, keepdim=True) + 1)
            if twice:
                (g_1, g_2), (h_1, h_2) = g.chunk(2, 2), shown.chunk(2, 2)
                between += (g_1 * g_2).sum(1, keepdim=True) * ((h_1 * h_2).sum(1, keepdim=True) + 1)
            if at:
                g = self._before(params, g, at, told, masks)
        if twice:
            length = (sum(length.chunk(2, 2)) + 2 * between).clamp(min=0).repeat(1, 1, 2)
        return (self.clip * length.rsqrt()).clamp(max=1)  # of length 0 the root is infinite, and 0 stays 0

    def _squashed(self, g: Tensor, o: Tensor) -> Tensor:
        """Slopes of the outputs before they are squashed, from those after."""
        return _aten.tanh_backward(g, o) if self._squash else g

    def _before(
        self, params: list[Tensor], g: Tensor, at: int, told: Sequence[Tensor], masks: Sequence[Tensor]
    ) -> Tensor:
        """The slopes of the sums of the layer before, from those of the layer whose weights are `params[at]`."""
        g = torch.bmm(params[at].transpose(1, 2), g)
        if masks:
            g.mul_(masks[at // 2 - 1])
        return self._backward(g, told[at // 2 - 1])


class _Taught:
    """Some replicas with the masks of a step; see `robust.Net`."""

    def __init__(self, net: Backprop, params: list[Tensor], masks: Sequence[Tensor]) -> None:
        self._net, self._params, self._masks = net, params, masks

    def outputs(self, shown: Tensor) -> Tensor:
        return self._net._forward(self._params, shown, self._masks)[2]

    def slopes(self, shown: Tensor, q: Tensor) -> Tensor:
        return self._net._inward(self._params, shown, q, self._masks)
