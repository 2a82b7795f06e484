"""An attack that trains whose points wander one after the other, for what is done with its trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np

from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.learners.specs import LearnerSpec
from boundaryviz.record.trail import AttackState
from boundaryviz.scene.specs import setting


class WanderSpec(TrainedAttackSettings):
    """Each point walks from the corner of the box to the middle of the data."""

    TITLE: ClassVar[str] = "Wandering points"
    RUN: ClassVar[str] = "helpers.adversaries:attack"
    method: Literal["wander"] = "wander"
    steps: int = setting(5, "Steps", "How many steps each point takes.", ge=1, le=1000)

    @classmethod
    def unfit(cls, learner: LearnerSpec) -> str:
        """Naive Bayes is left alone, so that there is one that it does not fit."""
        return "Nothing wanders for naive Bayes. Take random flips." if learner.name == "GaussianNB" else ""


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """One state a step, each with a training; from `start` on, the last of its points goes on from where it is."""
    settings = problem.settings
    assert isinstance(settings, WanderSpec)
    middle, corner = problem.scene.points.x.mean(axis=0), problem.box[1]
    x = np.empty((0, problem.width)) if start is None else start.points
    while True:
        if start is None or not len(x) or np.allclose(x[-1], middle):
            if len(x) == settings.count:
                return
            x = np.concatenate([x, corner[None]])
        start = start or problem.state(x, 0, 0.0)
        for step in np.linspace(x[-1], middle, settings.steps + 1)[1:]:
            x = np.concatenate([x[:-1], step[None]])
            outcome = problem.train(x, 0)
            share = len(x) / settings.count
            yield problem.state(x, 0, float(outcome.loss[0]), moving=len(x) - 1, share=share)
