"""What a model is shown of a point: the Playground's inputs and random Fourier features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.learners.specs_net import NetSpec
from boundaryviz.learners.streams import Purpose, generator

# what both numpy's arrays and torch's tensors can be asked for, given the sine of either
_COLUMNS: dict[str, Callable[..., Any]] = {
    "x": lambda x, y, sin: x,
    "y": lambda x, y, sin: y,
    "x2": lambda x, y, sin: x * x,
    "y2": lambda x, y, sin: y * y,
    "xy": lambda x, y, sin: x * y,
    "sin_x": lambda x, y, sin: sin(x),
    "sin_y": lambda x, y, sin: sin(y),
}


class FeatureMap:
    """Points (N, D) to what the first layer is given (F, N), feature-major.

    Of places, and of any two inputs, the columns are those the spec names. Of fewer or more there are only the inputs
    themselves, all of them.

    Random Fourier features are D^(-1/2) [cos(w_i . x), sin(w_i . x)], i = 1..D, with w_i ~ N(0, scale^2)
    (Rahimi and Recht 2007, section 3, the paired form): each direction gives two inputs. The
    directions are the same for every seed, so that replicas differ in their weights only.

    plain: the net is shown the inputs as they are.
    """

    def __init__(self, spec: NetSpec, width: int = 2) -> None:
        """width: D. Raises ValueError where `NetSpec.misfit` says why."""
        if why := spec.misfit(width):
            raise ValueError("; ".join(why.values()))
        self._columns = [_COLUMNS[name] for name in spec.features] if width == 2 else []
        self._all = width != 2 and bool(spec.features)
        self._directions = generator(0, Purpose.FOURIER).standard_normal((spec.fourier, width)) * spec.fourier_scale
        self._elsewhere: dict[tuple[torch.device, torch.dtype], Tensor] = {}
        self.size = len(self._columns) + self._all * width + 2 * spec.fourier
        self.plain = (self._all or spec.features == ("x", "y")) and not spec.fourier

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """float64 (F, N) of points (N, D)."""
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows may be a point that nobody sees
            inputs = x.T
            rows = [inputs] if self._all else [column(*inputs, np.sin) for column in self._columns]
            if len(self._directions):
                angle = self._directions @ np.ascontiguousarray(inputs)
                scale = np.sqrt(1.0 / len(self._directions))
                rows += [np.cos(angle) * scale, np.sin(angle) * scale]
            return np.vstack(rows)

    def of_tensor(self, x: Tensor) -> Tensor:
        """The same of points (R, D, B) on any device, (R, F, B): what a loss that moves points is differentiated by."""
        if self.plain:
            return x
        rows = [column(*x.unbind(1), torch.sin) for column in self._columns]
        found = [x] if self._all else [torch.stack(rows, 1)] if rows else []
        if len(self._directions):
            angle = self._directions_for(x) @ x
            scale = np.sqrt(1.0 / len(self._directions))
            found += [torch.cos(angle) * scale, torch.sin(angle) * scale]
        return torch.cat(found, 1)

    def _directions_for(self, x: Tensor) -> Tensor:
        """The directions (D, 2) beside x: brought there once, for what is recorded can bring nothing."""
        place = x.device, x.dtype
        if place not in self._elsewhere:
            self._elsewhere[place] = torch.from_numpy(self._directions).to(x)
        return self._elsewhere[place]
