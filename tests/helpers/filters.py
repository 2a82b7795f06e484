"""Filters of points for tests: each judges in one plain way, and notes what it was shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from boundaryviz.defences import DefenceSettings, Fit, Verdict
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Points

Rule = Callable[[Points, Fit, np.random.Generator], np.ndarray]


class Filter(DefenceSettings):
    """Removes the points whose score, by `rule`, is above 0.5. seen: what it was asked about."""

    TITLE = "Test filter"
    defence: Literal["test"] = "test"
    number: int = 0

    def judge(self, points: Points, fit: Fit, rng: np.random.Generator) -> Verdict:
        SEEN.append(points)
        scores = np.asarray(RULES[self.number](points, fit, rng), dtype=np.float64)
        return Verdict(np.float32(1) - np.clip(scores, 0, 1).round().astype(np.float32), scores)


class Parts(Filter):
    """Weighs every point by half."""

    def judge(self, points: Points, fit: Fit, rng: np.random.Generator) -> Verdict:
        return Verdict(np.full(len(points), 0.5, dtype=np.float32), np.zeros(len(points)))


def tops(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """The points that lie highest, a tenth of them."""
    y = points.xy[:, 1]
    return (y > np.quantile(y, 0.9)).astype(float)


def chance(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """One in ten, by chance."""
    return (rng.random(len(points)) < 0.1).astype(float)


def losses(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """The labelled points of which the scenario's learner, trained on all, is least sure, a tenth of them."""
    p = fit(points, np.ones(len(points), dtype=np.float32)).probabilities(points.x)
    own = np.where(points.label >= 0, p[np.arange(len(points)), np.maximum(points.label, 0)], 1.0)
    return (own < np.quantile(own, 0.1)).astype(float)


def everything(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """All of them."""
    return np.ones(len(points))


def first_class(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """One class."""
    return (points.label == 0).astype(float)


def broken(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """No answer at all."""
    raise TypeError("a filter of someone else's is broken")


def refusing(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """Too little to judge by."""
    raise ValueError("there are too few points")


def short(points: Points, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """A verdict on three points, however many there are."""
    return np.zeros(3)


RULES: list[Rule] = [tops, chance, losses, everything, first_class, broken, refusing, short]
SEEN: list[Points] = []


def defended(scenario: Scenario, rule: Rule = tops) -> Scenario:
    """The scenario with a filter that judges so."""
    return scenario.model_copy(update={"defence": Filter(number=RULES.index(rule))})


def in_parts(scenario: Scenario) -> Scenario:
    """The scenario with a filter that halves every point."""
    return scenario.model_copy(update={"defence": Parts()})
