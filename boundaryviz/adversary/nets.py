"""Nets that an attacker trains for itself and takes gradients of, in the units of the scene."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boundaryviz.adversary.models import training
from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.learners import base, losses
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import LARGEST_SEED, LogisticSpec, MLPSpec
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scaling import Scaling

LONGEST = 2000
"""Steps of the scenario that such nets are trained at most."""


class Nets:
    """What trains nets of this spec on the labelled points that the attacker of a problem knows."""

    def __init__(self, problem: Problem, spec: MLPSpec | LogisticSpec) -> None:
        scene = problem.scene
        self._problem, self.spec = problem, spec
        self.scale = scaling_of(scene, problem.scenario.data.input_scale) or Scaling(
            np.zeros(problem.width), np.ones(problem.width)
        )
        points = scene.points.take(training(scene))
        self.points = points.take(points.is_labelled)
        self.training = problem.scenario.training
        self.steps = min(self.training.steps, LONGEST)

    def fresh(
        self, first: int, many: int, x: NDArray[np.float64] | None = None, label: NDArray[np.int64] | None = None
    ) -> MLP:
        """So many nets, untrained, of the seeds from `first` on above the scenario's own, that learn from the clean
        points and these of poison, (K, D) and (K,)."""
        seeds = tuple((self.training.seed + first + r) % LARGEST_SEED for r in range(many))
        scene, clean = self._problem.scene, self.points
        lifted = self._problem.scenario.data.lift == self._problem.width
        task = base.Problem(self._problem.classes, scene.domain, seeds, scene.section, self.scale, lifted)
        net = MLP(self.spec, self.training, task, "cpu")
        more = np.empty((0, self._problem.width)) if x is None else x
        labels = np.empty(0, dtype=np.int64) if label is None else label
        count = len(clean) + len(more)
        net.set_data(base.TrainingData(
            np.arange(count), self.scale(np.concatenate([clean.x, more])),
            np.concatenate([clean.label.astype(np.int64), labels]), np.arange(count) >= len(clean),
            np.ones((many, count), dtype=np.float32),
        ))  # fmt: skip
        self._problem.fits += many
        return net

    def trained(self, many: int) -> MLP:
        """So many nets, trained on the clean points as the scenario is. Raises AttackError where they diverge."""
        net = self.fresh(0, many)
        net.step(self.steps)
        check_finite(net.P)
        return net

    def columns(self, x: NDArray[np.float64], dtype: torch.dtype = torch.float32) -> Tensor:
        """Inputs (..., N, D) of the scene as the nets are given them, (..., D, N)."""
        return torch.tensor(np.swapaxes(self.scale(x), -1, -2), dtype=dtype)

    def targets(self, label: NDArray[np.int64], dtype: torch.dtype = torch.float32, smoothing: float = 0.0) -> Tensor:
        """What the loss compares with, (K, N), of labels (N,). smoothing: `smoothed` of the spec for what is learnt."""
        return losses.targets(torch.tensor(label), self.spec.loss, self._problem.classes, dtype, smoothing)


def check_finite(parameters: Tensor) -> None:
    """Raises AttackError where nets diverged."""
    if not torch.isfinite(parameters).all():
        raise AttackError("The attacker's nets diverged. Lower training.learning_rate.")
