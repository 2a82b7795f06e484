"""An elephant in four complex parameters, and curves fitted to noisy points of its outline.

Mayer, Khairy and Howard, "Drawing an elephant with four complex parameters", Am. J. Phys. 78, 648 (2010).
Lengths are in the paper's units, in which it is about 150 across.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PARAMETERS = (50 - 30j, 18 + 8j, 12 - 10j, -14 - 60j, 40 + 20j)
"""The paper's: four draw the outline; the fifth's real part wiggles the trunk, its imaginary part places the eye."""
HARMONICS = 5
"""Of the outline: it has none above."""
TRUNK = (0.9 * math.pi, 1.3 * math.pi + 0.4)
"""Where along the outline the trunk begins and ends."""
SIGMA, POINTS, MOST_HARMONICS = 5.0, 60, 29
"""Of the noisy points: how far they are pushed, how many there are, and at how many harmonics a curve goes through all
of them."""
_DENSE = 2_000  # places along an outline on which errors are measured


@dataclass(frozen=True)
class Elephant:
    """The curve of five complex parameters, default the paper's. Raises ValueError for another number of them."""

    parameters: tuple[complex, ...] = PARAMETERS

    def __post_init__(self) -> None:
        if len(self.parameters) != len(PARAMETERS):
            raise ValueError(f"an elephant has {len(PARAMETERS)} complex parameters, not {len(self.parameters)}")

    def coefficients(self) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Of the paper's x and y, complex (6,): the real part is of cos kt, the imaginary one of sin kt (table 1)."""
        p1, p2, p3, p4, _ = self.parameters
        x, y = np.zeros(HARMONICS + 1, dtype=complex), np.zeros(HARMONICS + 1, dtype=complex)
        x[1], x[2], x[3], x[5] = 1j * p1.real, 1j * p2.real, p3.real, p4.real
        y[1], y[2], y[3] = p4.imag + 1j * p1.imag, 1j * p2.imag, 1j * p3.imag
        return x, y

    def outline(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places (T, 2) at t, once around from 0 to 2 pi: the paper's (y, -x), on which it stands on its feet."""
        k = np.arange(HARMONICS + 1)[:, None] * t
        x, y = (c.real @ np.cos(k) + c.imag @ np.sin(k) for c in self.coefficients())
        return np.stack([y, -x], axis=1)

    def drawn(self, t: NDArray[np.float64], phase: float = 0.0) -> NDArray[np.float64]:
        """The outline with the trunk as it is at this phase of its wiggle, 0 for straight.

        The wiggle is ours, for the paper does not say how: places of the trunk go up and down by half the fifth
        parameter's real part times the squared distance from its root, so that both joints stay.
        """
        xy = self.outline(t)
        ends = self.outline(np.array(TRUNK))[:, 0]
        root, on = ends.max(), (t >= TRUNK[0]) & (t <= TRUNK[1])
        reach = self.outline(np.linspace(*TRUNK, 200))[:, 0].max() - root
        if reach > 0.0:
            share = np.clip((xy[:, 0] - root) / reach, 0.0, 1.0) * on
            xy[:, 1] += math.sin(phase) * self.parameters[4].real / 2.0 * share**2
        return xy

    @property
    def eye(self) -> tuple[float, float]:
        """Where the eye is."""
        at = self.parameters[4].imag
        return at, at


@dataclass(frozen=True, eq=False)
class NoisyPoints:
    """Points near an outline. t: (N,), where along it, rising. xy: (N, 2)."""

    t: NDArray[np.float64]
    xy: NDArray[np.float64]

    @classmethod
    def of(cls, elephant: Elephant, sigma: float = SIGMA, count: int = POINTS, seed: int = 0) -> NoisyPoints:
        """Anywhere along the outline, each pushed by a Gaussian of this deviation. The same seed pushes the same way,
        however far."""
        rng = np.random.default_rng(seed)
        t = np.sort(rng.uniform(0.0, 2.0 * math.pi, count))
        return cls(t, elephant.outline(t) + sigma * rng.standard_normal((count, 2)))


@dataclass(frozen=True, eq=False)
class Fit:
    """A closed curve of so many harmonics, by least squares. weights: (2 harmonics + 1, 2), as `design` has them.

    train_error: the root mean squared distance from the points it was fitted to; outline_error: from the outline.
    """

    harmonics: int
    weights: NDArray[np.float64]
    train_error: float
    outline_error: float

    @classmethod
    def of(cls, points: NoisyPoints, elephant: Elephant, harmonics: int) -> Fit:
        """The least squares fit; the shortest where there are more numbers than points."""
        found = np.linalg.lstsq(design(points.t, harmonics), points.xy, rcond=None)[0]
        weights = np.asarray(found, dtype=np.float64)
        t = around(_DENSE)
        train = _rms(design(points.t, harmonics) @ weights - points.xy)
        return cls(harmonics, weights, train, _rms(design(t, harmonics) @ weights - elephant.outline(t)))

    def curve(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places (T, 2) at t."""
        found: NDArray[np.float64] = design(t, self.harmonics) @ self.weights
        return found


def fits(points: NoisyPoints, elephant: Elephant, harmonics: Sequence[int]) -> list[Fit]:
    """A fit for each number of harmonics."""
    return [Fit.of(points, elephant, one) for one in harmonics]


def design(t: NDArray[np.float64], harmonics: int) -> NDArray[np.float64]:
    """Columns 1, cos t, sin t, cos 2t, sin 2t, ...: (T, 2 harmonics + 1)."""
    k = np.arange(1, harmonics + 1) * t[:, None]
    waves = np.stack([np.cos(k), np.sin(k)], axis=2).reshape(len(t), -1)
    return np.concatenate([np.ones((len(t), 1)), waves], axis=1)


def around(count: int) -> NDArray[np.float64]:
    """Once around an outline, end and beginning being one place: (count,)."""
    return np.linspace(0.0, 2.0 * math.pi, count)


def _rms(difference: NDArray[np.float64]) -> float:
    return float(np.sqrt((difference**2).sum(axis=1).mean()))
