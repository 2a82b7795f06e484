"""What the gallery's first page and the command line promise, held by the engine alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.scenario import gallery


def test_moons_are_learnt_by_every_seed():
    """`train moons --steps 2000 --seeds 8`: mean test error at most 0.02, and hardly a seed above it."""
    run = Session(gallery.of_dataset("moons"), seeds=range(8), device="cpu")
    run.step(2000)
    error = run.evaluate()[:, CURVES.index("test_error")]
    assert error.mean() <= 0.02
    assert error.max() <= 0.04
    assert not run.diverged.any()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("batch_size", [32, "full"])
def test_cuda_learns_what_the_processor_learns(batch_size: int | str):
    scenario = gallery.of_dataset("moons").with_values({"training.batch_size": batch_size})
    runs = [Session(scenario, seeds=range(4), twin=True, device=device) for device in ("cpu", "cuda", "cuda")]
    for run in runs:
        run.step(50)
    cpu, cuda, again = (run.learner.probabilities(run.scene.domain.grid(32, 32)) for run in runs)
    np.testing.assert_allclose(cuda, cpu, atol=2e-3)
    assert np.array_equal(cuda, again)
    assert np.array_equal(cuda[:4], cuda[4:])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_cuda_takes_edits_and_settings_while_it_trains():
    scenario = gallery.of_dataset("moons")
    runs = [Session(scenario, device=device) for device in ("cpu", "cuda")]
    for run in runs:
        run.step(10)
        points = run.scene.points
        run.set_scene(run.scene.with_points(points.with_columns(xy=points.xy + 0.3).take(np.arange(len(points) - 40))))
        run.set_scenario(scenario.with_values({"training.learning_rate": 0.003, "training.l2": 0.01}))
        run.step(20)
        run.reset()
        run.step(30)
    cpu, cuda = (run.learner.probabilities(run.scene.domain.grid(32, 32)) for run in runs)
    np.testing.assert_allclose(cuda, cpu, atol=2e-3)
