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
from boundaryviz.scene.scene import Domain

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
    """Points (N, 2) to inputs (F, N), feature-major.

    Random Fourier features are D^(-1/2) [cos(w_i . x), sin(w_i . x)], i = 1..D, with w_i ~ N(0, scale^2)
    (Rahimi and Recht 2007, section 3, the paired form): each direction gives two inputs. The
    directions are the same for every seed, so that replicas differ in their weights only.
    """

    def __init__(self, spec: NetSpec, domain: Domain) -> None:
        self._columns = [_COLUMNS[name] for name in spec.features]
        self._directions = generator(0, Purpose.FOURIER).standard_normal((spec.fourier, 2)) * spec.fourier_scale
        self.size = len(self._columns) + 2 * spec.fourier
        self._centre, self._half = np.zeros((2, 1)), np.ones((2, 1))
        self._plain = spec.features == ("x", "y") and not spec.fourier and spec.input_scale == "raw"
        if spec.input_scale == "domain":
            self._centre = np.array([domain.left + domain.right, domain.bottom + domain.top])[:, None] / 2
            self._half = np.array([domain.width, domain.height])[:, None] / 2

    def __call__(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """float64 (F, N) of points (N, 2)."""
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows may be a point that nobody sees
            x, y = (np.ascontiguousarray(xy.T) - self._centre) / self._half
            rows = [column(x, y, np.sin) for column in self._columns]
            if len(self._directions):
                angle = self._directions @ np.stack([x, y])
                scale = np.sqrt(1.0 / len(self._directions))
                rows += [*(np.cos(angle) * scale), *(np.sin(angle) * scale)]
            return np.stack(rows)

    def of_tensor(self, xy: Tensor) -> Tensor:
        """The same of places (R, 2, B) on any device, (R, F, B): what a loss that moves points is differentiated by."""
        if self._plain:
            return xy
        scaled = (xy - torch.from_numpy(self._centre).to(xy)) / torch.from_numpy(self._half).to(xy)
        x, y = scaled.unbind(1)
        rows = [column(x, y, torch.sin) for column in self._columns]
        found = [torch.stack(rows, 1)] if rows else []
        if len(self._directions):
            angle = torch.from_numpy(self._directions).to(xy) @ scaled
            scale = np.sqrt(1.0 / len(self._directions))
            found += [torch.cos(angle) * scale, torch.sin(angle) * scale]
        return torch.cat(found, 1)
