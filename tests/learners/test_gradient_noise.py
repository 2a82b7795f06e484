"""Noise on clipped gradients: as much as is asked for, the same for twins, and none that poison could shift."""

from __future__ import annotations

import numpy as np
import torch

from boundaryviz.learners.specs import LogisticSpec, TrainingSpec
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from helpers.models import blobs, make


def test_it_is_as_much_as_one_clipped_point_adds_times_what_is_asked():
    def step(noise: float) -> np.ndarray:
        training = TrainingSpec(
            optimiser="sgd", learning_rate=1.0, batch_size="full", clip=0.5, gradient_noise=noise, seed=0
        )
        learner = make(LogisticSpec(), training=training, seeds=range(400), data=blobs(50))
        before = learner.P.clone()
        learner.step(1)
        moved: np.ndarray = (learner.P - before).numpy()
        return moved

    drawn = step(3.0) - step(0.0)
    expected = 3.0 * 0.5 / 50
    assert abs(drawn.std() / expected - 1) < 0.06
    assert abs(drawn.mean()) < 4 * expected / drawn.size**0.5


def test_twins_share_it_and_another_seed_has_another():
    values = {
        "data.n": 60, "training.clip": 0.3, "training.gradient_noise": 2.0, "poison.attack": "bridge",
        "poison.count": 5,
    }  # fmt: skip
    run = train(Scenario().with_values(values), seeds=2, twin=True, steps=30, progress=False)
    p = run.session.learner.P  # type: ignore[attr-defined]
    assert torch.equal(p[0], p[2])  # unlabelled poison is nothing to a supervised net, with noise as well
    assert not torch.equal(p[0], p[1])
    still = train(Scenario().with_values(values | {"training.gradient_noise": 0.0}), steps=30, progress=False)
    assert not torch.equal(p[0], still.session.learner.P[0])  # type: ignore[attr-defined]


def test_it_says_that_noise_needs_clipping_and_changes_nothing_without():
    assert "gradient_noise" in TrainingSpec().unused()
    assert "gradient_noise" not in TrainingSpec(clip=1.0).unused()
    runs = [
        train(Scenario().with_values({"data.n": 30, "training.gradient_noise": noise}), steps=5, progress=False)
        for noise in (0.0, 5.0)
    ]
    assert torch.equal(*(run.session.learner.P for run in runs))  # type: ignore[attr-defined]
