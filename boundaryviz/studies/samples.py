"""Samples of a scenario's data, what is asked of the models trained on them, and what is true there. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.record.bias_variance import How, Truth
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.lessons import can_teach, lacking
from boundaryviz.scene.scene import Domain, Scene, Split

MOST = 500
"""Samples of a data seed: the other half of its thousand seeds draw test points."""
_SEEDS = 1_000  # of draws for each data seed, so that no two data seeds share any
_CELLS, _TEST = 6_000, 2_000  # places of the plane, about; test points, where there are
_DRAWS = 50  # of test points at most


def way_of(scenario: Scenario) -> How:
    """Whether samples of its data can be drawn afresh. A table of points, whoever brought it, is one data set."""
    data = DATASETS.get(scenario.data.name)
    return "fresh" if data is not None and not data.finite and can_be_drawn(scenario) else "bootstrap"


def drawn_anew(scenario: Scenario, number: int, **values: Any) -> Scene:
    """Draw `number` of its data, of those of its data seed: with 1000 times the data seed and the number for a seed.

    values: settings that are changed besides.
    """
    seed = (_SEEDS * scenario.data.seed + number) % (LARGEST_SEED + 1)
    return scenario.with_values({"data.seed": seed, **values}).scene()


def training_seed(scenario: Scenario, number: int) -> int:
    """Each sample is trained with a seed of its own: what is random in training is part of the variance."""
    return (scenario.training.seed + number) % (LARGEST_SEED + 1)


@dataclass(frozen=True, eq=False)
class Places:
    """Where the models are asked: cells of the plane, row by row from the bottom, and then test points.

    x: (M, D), inputs. cells: how many of them are cells. target: (C, M), how probable each class is there with the
    noise of the labels that are trained on; NaN where that is not known.
    """

    rect: Domain
    shape: tuple[int, int]
    x: NDArray[np.float64]
    target: NDArray[np.float64]
    truth: Truth

    @classmethod
    def of(cls, scenario: Scenario, how: How) -> Self:
        """Raises ScenarioError for a scene that cannot be learnt, or has no test point with a label."""
        scene = scenario.scene()
        if not can_teach(scene):
            raise ScenarioError([f"data: {lacking(scene)}"])
        if scenario.learner.fits(scene):
            words = "bias and variance are measured of predicted classes, and this learner fits responses"
            raise ScenarioError([f"learner: {words}; take another loss, or another learner"])
        rect = scene.domain
        columns = max(round((_CELLS * rect.width * rect.stretch / rect.height) ** 0.5), 1)
        shape = rect.rows(columns), columns
        cells = rect.grid(columns, shape[0])
        test_xy, test_x, label = _test_points(scenario, scene, how)
        if not len(label):
            raise ScenarioError(
                ["data: there is no test point with a label to measure bias on; give data.test a share"]
            )
        target = _probabilities(scenario, np.concatenate([cells, test_xy]), scene.classes) if how == "fresh" else None
        known = target is not None
        if target is None:
            target = np.full((scene.classes, len(cells) + len(label)), np.nan)
            target[:, len(cells) :] = np.eye(scene.classes)[label].T
        noisy = how == "bootstrap" and scenario.data.label_noise_on == "all"  # labels of test points, already
        flips = 0.0 if noisy else scenario.data.label_noise
        target = (1.0 - flips) * target + flips / (scene.classes - 1) * (1.0 - target)
        x = np.concatenate([scene.embed(cells), test_x])
        return cls(rect, shape, x, target, "probabilities" if known else "labels")

    @property
    def cells(self) -> int:
        """How many of the places are cells of the plane."""
        return self.shape[0] * self.shape[1]


def _probabilities(scenario: Scenario, xy: NDArray[np.float64], classes: int) -> NDArray[np.float64] | None:
    """How probable each class is at places (M, 2) before label noise, (C, M), NaN where a rule gives none; None where
    that is not known: jitter and another balance change what a data set says of itself."""
    spec, data = scenario.data, DATASETS[scenario.data.name]
    if spec.jitter:
        return None
    if spec.labels == "rule" and (rule := scenario.parsed_rule) is not None:
        label = rule.classes_at(xy)
        return np.where(label < 0, np.nan, np.arange(classes)[:, None] == label)
    if data.posterior is None or spec.balance is not None:
        return None
    return data.posterior(xy, data.noise.default if spec.noise is None else spec.noise).T


def _test_points(
    scenario: Scenario, scene: Scene, how: How
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Places, inputs and labels: of draws that no sample is, before any label noise, or those of the one data set."""
    found = []
    for number in range(_DRAWS if how == "fresh" else 1):
        clean = {"data.label_noise_on": "learning"}
        points = (drawn_anew(scenario, MOST + number, **clean) if how == "fresh" else scene).points
        points = points.take((points.split == Split.TEST) & points.is_labelled & ~points.is_poison & ~points.muted)
        found.append((points.xy, points.x, points.label.astype(np.int64)))
        if not len(points) or sum(len(label) for *_, label in found) >= _TEST:
            break
    xy, x, label = (np.concatenate(column) for column in zip(*found, strict=True))
    return xy, x, label
