"""A net as one operation: its outputs and slopes are those of its layers one by one."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from boundaryviz.learners.backprop import Chained
from boundaryviz.learners.net import ACTIVATIONS, Layout, forward


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dims", [(2, 3), (2, 5, 4, 3)], ids=len)
def test_its_slopes_are_those_of_its_layers(activation: Any, dims: tuple[int, ...]) -> None:
    layout = Layout(dims)
    params = [p.requires_grad_() for p in layout.views(layout.init((0, 1), "fan-in", torch.float64))]
    x = torch.randn(2, 2, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    one, other = Chained.apply(activation, x, *params), forward(params, x, ACTIVATIONS[activation])
    assert torch.equal(one, other)
    for mine, theirs in zip(*(torch.autograd.grad(z.square().sum(), [x, *params]) for z in (one, other)), strict=True):
        torch.testing.assert_close(mine, theirs)
