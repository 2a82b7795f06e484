from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import hinge_loss, log_loss

from boundaryviz.learners import losses

NAMES: tuple[losses.LossName, ...] = ("cross-entropy", "squared", "hinge")
SHAPES = [(name, classes) for name in NAMES for classes in (2, 3, 5)]


def example(name: losses.LossName, classes: int, points: int = 40) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Outputs (2, K, points), labels (points,) and targets (K, points), in double precision."""
    random = torch.Generator().manual_seed(classes)
    label = torch.arange(points) % classes
    z = torch.randn((2, losses.outputs(name, classes), points), generator=random, dtype=torch.float64) * 2
    return z, label, losses.targets(label, name, classes, torch.float64)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_cross_entropy_is_log_loss(classes: int):
    z, label, q = example("cross-entropy", classes)
    mine = losses.per_point("cross-entropy", z, q).mean(1)
    p = losses.probabilities("cross-entropy", z).numpy()
    assert mine.tolist() == pytest.approx([log_loss(label, p[r].T, labels=range(classes)) for r in range(2)], rel=1e-12)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_hinge_is_crammer_and_singers(classes: int):
    z, label, q = example("hinge", classes)
    mine = losses.per_point("hinge", z, q).mean(1)
    scores = z.numpy()[:, 0] if classes == 2 else z.numpy().transpose(0, 2, 1)
    assert mine.tolist() == pytest.approx([hinge_loss(label, s, labels=range(classes)) for s in scores], rel=1e-12)


@pytest.mark.parametrize("classes", [2, 4])
def test_squared_is_half_the_sum_over_outputs(classes: int):
    z, label, q = example("squared", classes)
    mine = losses.per_point("squared", z, q).numpy()
    for r, point in np.ndindex(mine.shape):
        if classes == 2:
            wanted = [2.0 * int(label[point]) - 1.0]
        else:
            wanted = [1.0 if k == int(label[point]) else -1.0 for k in range(classes)]
        assert mine[r, point] == pytest.approx(0.5 * sum((z[r, :, point].numpy() - wanted) ** 2), rel=1e-12)


@pytest.mark.parametrize(("name", "classes"), SHAPES)
def test_gradients_agree_with_finite_differences(name: losses.LossName, classes: int):
    z, _, q = example(name, classes)
    assert torch.autograd.gradcheck(lambda z: losses.per_point(name, z, q), z.requires_grad_(), atol=1e-7)


@pytest.mark.parametrize(("name", "classes"), SHAPES)
def test_the_leading_class_has_the_largest_probability(name: losses.LossName, classes: int):
    z, _, _ = example(name, classes, 200)
    p = losses.probabilities(name, z)
    assert p.shape == (2, classes, 200)
    assert torch.all((p >= 0) & (p <= 1))
    torch.testing.assert_close(p.sum(1), torch.ones(2, 200, dtype=torch.float64))
    chosen = p.gather(1, losses.leading(z)[:, None])[:, 0]
    torch.testing.assert_close(chosen, p.amax(1))


@pytest.mark.parametrize(("name", "classes"), SHAPES)
def test_a_right_and_confident_answer_costs_nothing(name: losses.LossName, classes: int):
    _, label, q = example(name, classes)
    z = (q if name == "squared" else q * 40)[None]
    assert float(losses.per_point(name, z, q).max()) < 1e-12
    assert torch.equal(losses.leading(z)[0], label)


@pytest.mark.parametrize(("name", "classes"), SHAPES)
def test_large_outputs_stay_finite(name: losses.LossName, classes: int):
    label = torch.arange(classes)
    q = losses.targets(label, name, classes, torch.float32)
    z = torch.full((1, losses.outputs(name, classes), classes), 1e4)
    z[:, -1] *= -1
    z.requires_grad_()
    loss = losses.per_point(name, z, q)
    (gradient,) = torch.autograd.grad(loss.sum(), z)
    assert torch.isfinite(loss).all()
    assert torch.isfinite(gradient).all()


@pytest.mark.parametrize(("name", "classes"), SHAPES)
def test_unlabelled_points_have_no_target(name: losses.LossName, classes: int):
    q = losses.targets(torch.tensor([-1, 0, -1]), name, classes, torch.float32)
    assert q.shape == (losses.outputs(name, classes), 3)
    assert not q[:, [0, 2]].any()
    assert q[:, 1].any()
