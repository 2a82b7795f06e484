"""The boundary and other contour lines that are drawn, and the fields that they are drawn from."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.engine.surface import surface
from boundaryviz.gui.plane.contours import class_lines, level_lines
from boundaryviz.learners.specs import MLPSpec
from boundaryviz.testing.models import DOMAIN, blobs, make
from tools.fidelity.frame import Subject, apart, differing
from tools.fidelity.references import lines as references

SUBJECT = Subject(
    "Fields and contour lines",
    """
    Nets with drawn, large weights, whose boundaries bend much, on 256 by 256 cells. Differences of lines are
    distances in widths of a cell, from every place where one of 40 drawn segments crosses the boundary to the
    nearest line.
    """,
)

CELLS, SEGMENTS = 256, 40
CELL = DOMAIN.width / CELLS


@cache
def net(seed: int, classes: int) -> Any:
    """A net of many bends."""
    learner = make(MLPSpec(hidden=(12, 12)), seeds=(seed,), classes=classes, dtype=torch.float64)
    learner.P.mul_(3.0)
    return learner


def field(seed: int, classes: int) -> NDArray[np.float64]:
    """Probabilities at the centres of cells, (classes, rows, columns)."""
    p = net(seed, classes).probabilities(DOMAIN.grid(CELLS, CELLS))[0]
    return np.asarray(p, dtype=np.float64).reshape(classes, CELLS, CELLS)


def ends(seed: int) -> tuple[NDArray, NDArray]:
    """Where the segments begin and end; short ones, so that they cross few lines."""
    rng = np.random.default_rng(seed)
    starts = rng.uniform(-1.9, 1.9, (SEGMENTS, 2))
    return starts, np.clip(starts + rng.normal(0, 0.5, (SEGMENTS, 2)), -1.95, 1.95)


def farthest(places: NDArray, lines: NDArray) -> float:
    """The largest distance from any of the places to the lines, in cells; 0 where nothing is crossed."""
    return max((references.distance(place, lines) / CELL for place in places), default=0.0)


@SUBJECT.check("field at the centres of cells", "the model, asked place by place", 1e-6, 12)
def centres(seed: int) -> float:
    learner, found = net(seed, 2), field(seed, 2)[1]
    rng = np.random.default_rng(seed)
    at = rng.integers(0, CELLS, (100, 2))
    places = [(DOMAIN.left + (i + 0.5) * CELL, DOMAIN.bottom + (j + 0.5) * CELL) for i, j in at]
    each = [learner.probabilities(np.array([place]))[0, 1, 0] for place in places]
    return apart([found[j, i] for i, j in at], each)


@SUBJECT.check("boundary of two classes", "bisection of the model along segments (cells)", 0.1, 24)
def boundary(seed: int) -> float:
    learner = net(seed, 2)
    places = references.crossings(lambda x: learner.probabilities(x)[0, 1] > 0.5, *ends(seed))
    return farthest(places, level_lines(field(seed, 2)[1], DOMAIN, (0.5,)))


@SUBJECT.check("contour lines at drawn levels", "bisection of the model along segments (cells)", 0.1, 24)
def contours(seed: int) -> float:
    learner, level = net(seed, 2), float(np.random.default_rng(seed).uniform(0.1, 0.9))
    places = references.crossings(lambda x: learner.probabilities(x)[0, 1] > level, *ends(seed))
    return farthest(places, level_lines(field(seed, 2)[1], DOMAIN, (level,)))


@SUBJECT.check("boundaries between three classes", "bisection of the model's class along segments (cells)", 0.5, 12)
def boundaries(seed: int) -> float:
    learner, lines, worst = net(seed, 3), class_lines(field(seed, 3), DOMAIN), 0.0
    for k in range(3):
        places = references.crossings(lambda x, k=k: learner.predict(x)[0] == k, *ends(seed))  # type: ignore[misc]
        worst = max(worst, farthest(places, lines))
    return worst


@SUBJECT.check(
    "the window's quick field: class of each cell", "the model, asked for every cell (cells that differ)", 0.0, 12
)
def quick(seed: int) -> float:
    learner, points = net(seed, 2), blobs(200, seed=seed)
    found = surface(learner.scores, DOMAIN, CELLS, CELLS, points.x)
    return differing(found[0] > 0, surface(learner.scores, DOMAIN, CELLS, CELLS)[0] > 0)
