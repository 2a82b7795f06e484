"""The state of a learner as plain arrays: what training from here on depends on, besides data and settings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.base import State


def saved(tensors: Mapping[str, Tensor]) -> dict[str, NDArray]:
    """Copies of tensors, by the same names."""
    return {name: tensor.numpy(force=True).copy() for name, tensor in tensors.items()}


@torch.no_grad()
def put_back(tensors: Mapping[str, Tensor], state: State) -> None:
    """Write what `saved` had copied into tensors, which stay where they are.

    Raises KeyError for one that is missing, ValueError for one of another shape or type; nothing has changed then.
    """
    for name, tensor in tensors.items():
        shape, kind = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")
        if state[name].shape != shape or state[name].dtype.name != kind:
            raise ValueError(f"{name} is {state[name].dtype} of shape {state[name].shape}, not {kind} of {shape}")
    for name, tensor in tensors.items():
        tensor.copy_(torch.from_numpy(np.array(state[name])))
