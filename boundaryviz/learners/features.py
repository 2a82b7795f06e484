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
from boundaryviz.scene.section import Section

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
    """

    def __init__(self, spec: NetSpec, domain: Domain, section: Section | None = None) -> None:
        """section: of the inputs, None where they are places. Raises ValueError where `NetSpec.misfit` says why."""
        width = 2 if section is None else section.width
        if why := spec.misfit(width):
            raise ValueError("; ".join(why.values()))
        self._columns = [_COLUMNS[name] for name in spec.features] if width == 2 else []
        self._all = width != 2 and bool(spec.features)
        self._directions = generator(0, Purpose.FOURIER).standard_normal((spec.fourier, width)) * spec.fourier_scale
        self.size = len(self._columns) + self._all * width + 2 * spec.fourier
        self._centre, self._half = np.zeros((width, 1)), np.ones((width, 1))
        raw = self._all or spec.features == ("x", "y")
        self._plain = raw and not spec.fourier and spec.input_scale == "raw"
        if spec.input_scale == "domain" and section is not None:
            self._centre = (section.low + section.high)[:, None] / 2
            self._half = (section.high - section.low)[:, None] / 2
        elif spec.input_scale == "domain":
            self._centre = np.array([domain.left + domain.right, domain.bottom + domain.top])[:, None] / 2
            self._half = np.array([domain.width, domain.height])[:, None] / 2

    def centred(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """float64 (D, N), how far points (N, D) lie from the centre of what is scaled, in the data's own units.

        Taken before anything is rounded to float32: that keeps seven digits, of which coordinates far from 0 would
        spend all on the way from 0. With raw coordinates the centre is 0.
        """
        with np.errstate(over="ignore"):  # what overflows may be a point that nobody sees
            return np.ascontiguousarray(x.T) - self._centre

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """float64 (F, N) of points (N, D)."""
        with np.errstate(over="ignore", invalid="ignore"):  # as above
            scaled = self.centred(x) / self._half
            rows = [scaled] if self._all else [column(*scaled, np.sin) for column in self._columns]
            if len(self._directions):
                angle = self._directions @ scaled
                scale = np.sqrt(1.0 / len(self._directions))
                rows += [np.cos(angle) * scale, np.sin(angle) * scale]
            return np.vstack(rows)

    def of_tensor(self, x: Tensor) -> Tensor:
        """The same of `centred` points (R, D, B) on any device, (R, F, B): what a loss that moves points is
        differentiated by."""
        if self._plain:
            return x
        scaled = x / torch.from_numpy(self._half).to(x)
        rows = [column(*scaled.unbind(1), torch.sin) for column in self._columns]
        found = [scaled] if self._all else [torch.stack(rows, 1)] if rows else []
        if len(self._directions):
            angle = torch.from_numpy(self._directions).to(x) @ scaled
            scale = np.sqrt(1.0 / len(self._directions))
            found += [torch.cos(angle) * scale, torch.sin(angle) * scale]
        return torch.cat(found, 1)
