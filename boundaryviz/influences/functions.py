"""Influence functions: what leaving a point out does to the minimum of a smooth loss, to first order."""

from __future__ import annotations

from collections.abc import Callable, Generator

import torch
from torch import Tensor

from boundaryviz.learners.alone import Alone

MOST = 500
"""Weights of a net whose Hessian is worked out; of more, products with its Gauss-Newton part are."""
FLAT, HIDDEN = 1e-6, 1e-3
"""Damping where there is no hidden layer, and where there is: the loss is then not convex."""

_ITERATIONS, _EXACT = 200, 1e-8


def influence(
    alone: Alone, inputs: Tensor, targets: Tensor, weight: Tensor, l2: float, change: Tensor, damping: float
) -> Generator[None, None, Tensor]:
    """By how much something with the gradient `change` (P,) falls when each point is left out, (N,), in slices.

    inputs (F, N), targets (K, N) and weight (N,) of the points; l2: penalty of weights that are no biases. With F the
    weighed mean of losses g_i and the penalty, -v^T (H + damping I)^-1 (g_i - mean g) w_i / (W - w_i): the change of
    F's gradient by leaving the point out, the others weighed anew, divided by the curvature (Koh and Liang 2017,
    equations 1 and 2, whose (g_i) / n is the same up to a constant of all points where F is stationary).
    """
    share = weight / weight.sum()
    if len(alone.flat) <= MOST:
        curved = yield from hessian(alone, inputs, targets, share, l2)
        curved.diagonal().add_(damping)
        away = torch.linalg.solve(curved, change)
    else:
        product = gauss_newton(alone, inputs, targets, share, l2)
        away = yield from conjugate_gradients(lambda v: product(v) + damping * v, change)
    slopes = alone.slopes(inputs, targets, away)
    yield
    return -(slopes - share @ slopes) * weight / (weight.sum() - weight)


def _objective(alone: Alone, flat: Tensor, inputs: Tensor, targets: Tensor, share: Tensor, l2: float) -> Tensor:
    penalised = flat * alone.layout.is_weight(flat)
    return alone.losses(flat[None], inputs[None], targets[None])[0] @ share + 0.5 * l2 * penalised.square().sum()


def hessian(alone: Alone, inputs: Tensor, targets: Tensor, share: Tensor, l2: float) -> Generator[None, None, Tensor]:
    """Of the objective by the weights, (P, P), a row a slice; share: of each point (N,), summing to 1."""
    flat = alone.flat.clone().requires_grad_()
    (slope,) = torch.autograd.grad(_objective(alone, flat, inputs, targets, share, l2), flat, create_graph=True)
    rows = torch.empty(len(flat), len(flat), dtype=flat.dtype)
    for at in range(len(flat)):
        rows[at] = torch.autograd.grad(slope[at], flat, retain_graph=True)[0]
        yield
    return rows


def gauss_newton(alone: Alone, inputs: Tensor, targets: Tensor, share: Tensor, l2: float) -> Callable[[Tensor], Tensor]:
    """The product of J^T S J + l2 with a vector (P,), S the curvature of the loss by the outputs: never negative.

    J v is the derivative of J^T u, which is linear in u, by u; so two passes backward do for one forward.
    """
    flat = alone.flat.clone().requires_grad_()
    z = alone.outputs(flat[None], inputs[None])[0]
    u = torch.zeros_like(z).requires_grad_()
    (back,) = torch.autograd.grad(z, flat, u, create_graph=True)
    free = z.detach().requires_grad_()
    from_outputs = alone.per_point(free, targets) @ share
    (slope,) = torch.autograd.grad(from_outputs, free, create_graph=True)
    penalised = l2 * alone.layout.is_weight(alone.flat)

    def product(v: Tensor) -> Tensor:
        (forth,) = torch.autograd.grad(back, u, v, retain_graph=True)
        (curved,) = torch.autograd.grad(slope, free, forth, retain_graph=True)
        return torch.autograd.grad(z, flat, curved, retain_graph=True)[0] + penalised * v

    return product


def conjugate_gradients(product: Callable[[Tensor], Tensor], right: Tensor) -> Generator[None, None, Tensor]:
    """x with `product(x)` = right (P,), for a product that is symmetric and positive, an iteration a slice."""
    x = torch.zeros_like(right)
    rest, step = right.clone(), right.clone()
    size = rest @ rest
    for _ in range(_ITERATIONS):
        if size <= _EXACT**2 * (right @ right):
            break
        along = product(step)
        far = size / (step @ along)
        x, rest = x + far * step, rest - far * along
        before, size = size, rest @ rest
        step = rest + size / before * step
        yield
    return x
