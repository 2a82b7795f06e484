"""Data sets of the plane: pure functions of (n, noise, rng), and the table that names them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from boundaryviz.scene.datasets import playground, posteriors, shapes
from boundaryviz.scene.datasets.bundled import BUNDLED
from boundaryviz.scene.datasets.kinds import Dataset, Draw, Noise, Responses, Sample
from boundaryviz.scene.registry import Registry
from boundaryviz.scene.scene import Domain

__all__ = ["DATASETS", "Dataset", "Draw", "Noise", "Responses", "Sample"]

_WRITTEN_OUT = "points"  # the name of data that is kept as points and not drawn
_SQUARE = Domain(-6.0, 6.0, -6.0, 6.0)
_PUSH = "standard deviation of a Gaussian push"
_FLIPS = "share of the plane by which a point is jittered before it gets its label; flips labels, moves nothing"
_BLURS = "share of the plane by which a point is jittered before it gets its response; moves nothing"

_DRAWN = (
    Dataset(
        "circle", "Circle", "A disc inside a ring.", playground.circle, Noise(0.0, 0.5, _FLIPS), domain=_SQUARE,
    ),
    Dataset(
        "xor", "Exclusive or", "Four squares; opposite ones share a class.", playground.xor,
        Noise(0.0, 0.5, _FLIPS), domain=_SQUARE,
    ),
    Dataset(
        "gauss", "Two Gaussians", "Two round clouds.", playground.gauss,
        Noise(0.0, 0.5, "widens the clouds: variance from 0.5 at 0 to 4 at 0.5"), domain=_SQUARE,
    ),
    Dataset(
        "spiral", "Spiral", "Two arms wound about each other.", playground.spiral,
        Noise(0.0, 0.5, "largest uniform push along each axis"), domain=_SQUARE,
    ),
    Dataset.of_responses(
        "reg-plane", "Slope", "Responses that rise evenly from one corner to the other.", playground.reg_plane,
        Noise(0.0, 0.5, _BLURS), domain=_SQUARE,
    ),
    Dataset.of_responses(
        "reg-gauss", "Hills and hollows", "Three hills and three hollows on level ground.", playground.reg_gauss,
        Noise(0.0, 0.5, _BLURS), domain=_SQUARE,
    ),
    Dataset(
        "moons", "Two moons", "Two interleaved half circles.", shapes.moons,
        Noise(0.1, 0.5, _PUSH), domain=Domain(-1.75, 2.75, -1.5, 2.0),
    ),
    Dataset(
        "rings", "Rings", "Two circles about one centre.", shapes.rings, Noise(0.3, 1.0, _PUSH), domain=_SQUARE,
    ),
    Dataset(
        "blobs", "Blobs", "Four round clouds, a class each.", shapes.blobs,
        Noise(0.5, 1.0, "standard deviation of each cloud"), classes=4, domain=Domain(-4.0, 4.0, -4.0, 4.0),
    ),
    Dataset(
        "checkerboard", "Checkerboard", "Sixteen squares in alternating classes.", shapes.checkerboard,
        Noise(0.0, 0.5, _PUSH + " after labelling"), domain=Domain(-5.0, 5.0, -5.0, 5.0),
    ),
    Dataset(
        "disc", "Disc", "A disc in a square of twice its size, with no gap between.", shapes.disc,
        Noise(0.0, 0.5, _PUSH + " after labelling"), domain=_SQUARE,
    ),
    Dataset(
        "swiss-roll", "Swiss roll", "Three arms rolled up together, a class each.", shapes.swiss_roll,
        Noise(0.1, 0.5, _PUSH), classes=3, domain=_SQUARE,
    ),
    Dataset(
        "covariate-shift", "Covariate shift", "One curve parts the classes, but test points lie where few were learnt.",
        shapes.covariate_shift(-2.0), Noise(0.1, 1.0, "standard deviation of a vertical push before labelling"),
        domain=_SQUARE, draw_test=shapes.covariate_shift(2.0),
    ),
    Dataset(
        "mail", "Mail and spam", "Two round clouds that overlap: letters, and spam.", shapes.mail,
        Noise(1.0, 1.0, "standard deviation of each cloud"), domain=Domain(-4.0, 4.0, -4.0, 4.0),
        class_names=("mail", "spam"), axis_names=("capitals", "words of money"),
    ),
    Dataset(
        "elephant-shape", "Elephant shape", "The elephant that four complex parameters draw, and what is around it.",
        shapes.elephant, Noise(0.0, 0.5, _PUSH + " after labelling"), class_names=("around", "elephant"),
        domain=Domain(-5.0, 5.5, -4.5, 5.5),
    ),
    Dataset(
        "random-grid", "Random grid", "Thirty-six cells, each of a class drawn at random by the data seed.",
        shapes.random_grid, Noise(0.02, 0.2, _PUSH), domain=Domain(-1.75, 1.75, -1.75, 1.75),
    ),
)  # fmt: skip


def _accepted(given: Any) -> tuple[str, Dataset]:
    """Name and data set. Raises TypeError for what is none."""
    if not isinstance(given, Dataset):
        raise TypeError("it is no Dataset")
    if not given.name or given.name == _WRITTEN_OUT:
        raise TypeError(f"a data set cannot be called {given.name!r}")
    return given.name, given


_KNOWN = tuple(replace(one, posterior=posteriors.KNOWN.get(one.name)) for one in _DRAWN)
DATASETS: Registry[Dataset] = Registry("data set", "boundaryviz.datasets", lambda: (*_KNOWN, *BUNDLED), _accepted)
"""The data sets by name."""
