"""What a data set is: how it is drawn, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.responses import signs
from boundaryviz.scene.scene import Domain

Sample = tuple[NDArray[np.float64], NDArray[np.int64]]
Draw = Callable[[int, float, np.random.Generator], Sample]
Posterior = Callable[[NDArray[np.float64], float], NDArray[np.float64]]
Responses = Callable[[int, float, np.random.Generator], tuple[NDArray[np.float64], NDArray[np.float64]]]


@dataclass(frozen=True)
class Noise:
    """What a data set's own noise does, its default and its largest useful value."""

    default: float
    largest: float
    meaning: str


@dataclass(frozen=True)
class Dataset:
    """One entry of the table.

    draw: (n, noise, rng) -> xy float64 (n, 2), label int64 (n,) in 0..classes-1.
    draw_test: drawn from instead for test points where their distribution differs.
    responses: of a data set for regression, which has two classes: (n, noise, rng) -> xy and responses float64 (n,);
    class 1 is where they are not negative, and `draw` draws the same points with these classes.
    finite: the points are a table; fewer than n may come back.
    domain: the part of the plane shown; None for the bounding box of what was drawn.
    posterior: (xy (M, 2), noise) -> how probable each class is there, (M, classes); None where that is not known.
    """

    name: str
    title: str
    summary: str
    draw: Draw
    noise: Noise
    classes: int = 2
    domain: Domain | None = None
    class_names: tuple[str, ...] = ()
    axis_names: tuple[str, str] = ("x", "y")
    draw_test: Draw | None = None
    responses: Responses | None = None
    finite: bool = False
    posterior: Posterior | None = None

    @classmethod
    def of_responses(
        cls, name: str, title: str, summary: str, responses: Responses, noise: Noise, domain: Domain | None = None
    ) -> Self:
        """A data set for regression."""

        def draw(n: int, noise: float, rng: np.random.Generator) -> Sample:
            xy, response = responses(n, noise, rng)
            return xy, signs(response)

        names = "negative", "positive"
        return cls(name, title, summary, draw, noise, domain=domain, class_names=names, responses=responses)
