"""A student of outputs that mean nothing: held against plain torch, and against the theorem behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from boundaryviz.learners.distillation import Distillation
from boundaryviz.learners.families.distillation import DistillationSpec
from boundaryviz.learners.net import Layout, forward
from boundaryviz.learners.training_spec import TrainingSpec
from helpers.models import blobs, make

SMALL: dict[str, Any] = {"hidden": (8, 8), "activation": "tanh", "auxiliary": 6, "noise_batch": 16}
PLAIN = TrainingSpec(optimiser="sgd", learning_rate=0.05, batch_size="full")


def made(training: TrainingSpec = PLAIN, seeds: tuple[int, ...] = (0, 1), **settings: Any) -> Distillation:
    learner = make(DistillationSpec(**SMALL | settings), training, seeds, data=blobs(40, replicas=len(seeds)))
    assert isinstance(learner, Distillation)
    return learner


def test_it_steps_as_a_plain_loop_does() -> None:
    learner, data = made(), blobs(40, replicas=2)
    noise: list[torch.Tensor] = []
    dealt = learner._deal

    def watched() -> list[torch.Tensor]:
        found = dealt()
        noise.append(found[0].double())
        return found

    learner._stepper._deal = watched  # type: ignore[attr-defined]
    layout = Layout((2, 8, 8, 2 + 6))
    teacher, student = (net.clone().double() for net in (learner.teacher, learner.P))
    x = torch.tensor(data.x.T)[None].expand(2, -1, -1)
    label = torch.tensor(data.label)[None].expand(2, -1)
    learner.step(5)
    for places in noise:
        teacher = teacher.detach().requires_grad_()
        loss = F.cross_entropy(forward(layout.views(teacher), x, torch.tanh)[:, :2], label, reduction="none")
        teacher = teacher - 0.05 * torch.autograd.grad(loss.mean(1).sum(), teacher)[0]
        told = forward(layout.views(teacher), places, torch.tanh)[:, 2:].detach()
        student = student.detach().requires_grad_()
        off = ((forward(layout.views(student), places, torch.tanh)[:, 2:] - told) ** 2).mean((1, 2)).sum()
        student = student - 0.05 * torch.autograd.grad(off, student)[0]
    assert torch.allclose(learner.teacher.double(), teacher.detach(), atol=1e-5)
    assert torch.allclose(learner.P.double(), student.detach(), atol=1e-5)


def test_with_the_teachers_beginning_copying_lowers_the_teachers_own_loss() -> None:
    """Cloud et al. 2025, theorem 1: of small steps it holds for every outputs that are copied."""
    seeds = tuple(range(12))
    learner = made(TrainingSpec(optimiser="sgd", learning_rate=0.01, batch_size="full"), seeds)
    data = blobs(40, replicas=len(seeds))
    before = learner.evaluate(data.x, data.label)[0].mean(axis=1)
    learner.step(60)
    after = learner.evaluate(data.x, data.label)[0].mean(axis=1)
    assert (after < before).all()


def test_a_stranger_begins_elsewhere_and_a_teacher_is_the_same_net_for_both() -> None:
    own, strange = made(), made(same_start=False)
    assert torch.equal(own.teacher, own.P)
    assert torch.equal(own.teacher, strange.teacher)
    assert not torch.isclose(strange.P, own.P).all(dim=1).any()
    for one in (own, strange):
        one.step(20)
    assert torch.equal(own.teacher, strange.teacher), "whom it teaches is nothing to a teacher"


def test_who_is_shown_is_nothing_to_training() -> None:
    student, teacher = made(), made(shown="teacher")
    for one in (student, teacher):
        one.step(10)
    assert torch.equal(student.P, teacher.P)
    x = blobs(40).x
    assert not np.array_equal(student.probabilities(x), teacher.probabilities(x))
    student.set_training(DistillationSpec(**SMALL, shown="teacher"), PLAIN)
    assert np.array_equal(student.probabilities(x), teacher.probabilities(x))
