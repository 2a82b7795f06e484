from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import hinge_loss, log_loss
from torch.nn import functional as F

from boundaryviz.learners import losses
from boundaryviz.learners.specs import LogisticSpec
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from helpers.models import blobs, make

NAMES: tuple[losses.LossName, ...] = ("cross-entropy", "focal", "generalised", "absolute", "squared", "hinge")
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


@pytest.mark.parametrize("classes", [2, 4])
def test_absolute_is_the_sum_over_outputs(classes: int):
    z, _, q = example("absolute", classes)
    mine = losses.per_point("absolute", z, q)
    torch.testing.assert_close(mine, F.l1_loss(z, q.expand_as(z), reduction="none").sum(1))
    twice = losses.per_point("absolute", 2 * z, 2 * q)
    torch.testing.assert_close(twice, 2 * mine)


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_focal_is_that_of_the_paper(classes: int, gamma: float):
    """From the probability of the true class, which scikit-learn's log loss of each point tells."""
    z, label, q = example("focal", classes)
    mine = losses.per_point("focal", z, q, gamma).numpy()
    for r, p in enumerate(torch.softmax(z, 1).numpy()):
        surprise = np.array(
            [log_loss([k], [row / row.sum()], labels=range(classes)) for k, row in zip(label, p.T, strict=True)]
        )
        np.testing.assert_allclose(mine[r], (1 - np.exp(-surprise)) ** gamma * surprise, rtol=1e-9, atol=1e-15)


@given(
    name=st.sampled_from(NAMES), classes=st.integers(2, 5), gamma=st.floats(0, 5), seed=st.integers(0, 99),
    shift=st.floats(-3, 3),
)  # fmt: skip
def test_what_losses_do_not_depend_on(name: losses.LossName, classes: int, gamma: float, seed: int, shift: float):
    """Names of classes: where they and their outputs change places, nothing does. Logits: what is added to all."""
    gamma = max(gamma, 0.01) if name == "generalised" else gamma  # which divides by it
    random = torch.Generator().manual_seed(seed)
    label = torch.randint(0, classes, (12,), generator=random)
    z = torch.randn((1, losses.outputs(name, classes), 12), generator=random, dtype=torch.float64) * 2
    loss = losses.per_point(name, z, losses.targets(label, name, classes, torch.float64), gamma)
    order = torch.arange(classes - 1, -1, -1)
    turned = -z if z.shape[1] == 1 else z[:, order]
    again = losses.per_point(name, turned, losses.targets(order[label], name, classes, torch.float64), gamma)
    torch.testing.assert_close(again, loss)
    if losses.outputs(name, classes) > 1 and name not in ("absolute", "squared"):
        moved = losses.per_point(name, z + shift, losses.targets(label, name, classes, torch.float64), gamma)
        torch.testing.assert_close(moved, loss, rtol=1e-6, atol=1e-6)
    if name == "focal":
        plain = losses.per_point("cross-entropy", z, losses.targets(label, name, classes, torch.float64))
        assert (loss <= plain + 1e-12).all()


@pytest.mark.parametrize(("name", "classes"), SHAPES)
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 3.5])
def test_the_slope_by_hand_is_that_of_autograd(name: losses.LossName, classes: int, gamma: float):
    gamma = max(gamma, 0.1) if name == "generalised" else gamma  # which at 0 is cross-entropy, and divides by it
    z, _, q = example(name, classes)
    z.requires_grad_()
    (expected,) = torch.autograd.grad(losses.per_point(name, z, q, gamma).sum(), z)
    torch.testing.assert_close(losses.slope(name, z.detach(), q, gamma), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.0])
def test_the_focal_slope_stays_finite_where_all_is_decided(gamma: float):
    z = torch.tensor([[[40.0, -40.0, 1e4, -1e4, 0.0], [-40.0, 40.0, -1e4, 1e4, 0.0]]])
    q = losses.targets(torch.tensor([0, 0, 0, 0, 0]), "focal", 2, torch.float32)
    slope = losses.slope("focal", z, q, gamma)
    assert torch.isfinite(slope).all()
    assert slope[0, :, 1].tolist() == pytest.approx([-1.0, 1.0], rel=1e-6)
    assert not slope[0, :, 2].any()


def test_the_zero_one_loss_is_refused_in_words():
    for words in ("0/1", "zero-one"):
        with pytest.raises(ScenarioError, match="the 0/1 loss cannot be trained: its slope is 0"):
            Scenario().with_values({"learner.loss": words})


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
    z = (q if name in ("absolute", "squared") else q * 40)[None]
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


@pytest.mark.parametrize("lead", [1.0, 12.0, 20.0, 40.0])
def test_the_loss_of_what_is_almost_certain_is_no_rounding(lead: float):
    """A law of training over millions of steps is read off losses below a millionth."""
    learner = make(LogisticSpec(), classes=2, data=blobs(10))
    with torch.no_grad():
        learner.P.zero_()
        learner.P[0, -2:] = torch.tensor([-lead / 2, lead / 2])  # the biases
    loss, _ = learner.evaluate(np.zeros((1, 2)), np.array([1]))
    assert loss[0, 0] == pytest.approx(np.log1p(np.exp(-lead)), rel=1e-9)


@pytest.mark.parametrize("classes", [2, 4])
def test_generalised_lies_between_cross_entropy_and_the_absolute_loss_of_the_probability(classes: int):
    z, label, q = example("generalised", classes)
    p = losses.probabilities("generalised", z)[:, label, torch.arange(len(label))]
    torch.testing.assert_close(losses.per_point("generalised", z, q, 0.7), (1 - p**0.7) / 0.7)
    torch.testing.assert_close(losses.per_point("generalised", z, q, 1.0), 1 - p)
    torch.testing.assert_close(
        losses.per_point("generalised", z, q, 1e-6), losses.per_point("cross-entropy", z, q), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("classes", [2, 5])
def test_smoothed_labels_are_torch_s(classes: int):
    z, label, _ = example("cross-entropy", classes)
    q = losses.targets(label, "cross-entropy", classes, torch.float64, smoothing=0.2)
    ours = losses.per_point("cross-entropy", z, q)
    theirs = [F.cross_entropy(z[r].T, label, reduction="none", label_smoothing=0.2) for r in range(2)]
    torch.testing.assert_close(ours, torch.stack(theirs))
    assert (losses.targets(-torch.ones_like(label), "cross-entropy", classes, torch.float64, 0.2) == 0).all()


def test_smoothing_acts_in_training_alone_and_on_cross_entropy_alone():
    plain, smooth = (LogisticSpec(smoothing=share) for share in (0.0, 0.3))
    fitted = [make(spec, data=blobs(40)) for spec in (plain, smooth)]
    for learner in fitted:
        learner.step(600)
    x = blobs(40).x
    sure = [np.abs(learner.probabilities(x)[0, 0] - 0.5).mean() for learner in fitted]
    assert sure[1] < sure[0] - 0.05
    label = blobs(40).label
    p = fitted[1].probabilities(x).astype(np.float64)[:, label, np.arange(len(label))]
    np.testing.assert_allclose(fitted[1].evaluate(x, label)[0], -np.log(p), rtol=1e-4)
    assert LogisticSpec(loss="hinge", smoothing=0.3).smoothed == 0.0
    assert "smoothing" in LogisticSpec(loss="hinge").unused()
