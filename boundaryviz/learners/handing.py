"""From the host to the device of a learner, without waiting for what the device is at."""

from __future__ import annotations

import torch
from torch import Tensor


def handed(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on this device. CUDA takes it in its turn, after what it was told before, and nobody waits for that:
    from memory that the system might move, it would be waited for."""
    if tensor.device.type == device.type:
        return tensor
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
