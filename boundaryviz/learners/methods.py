"""Semi-supervised methods: what each makes of a step, its objective from `objectives`, its state for each replica."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F
from typing_extensions import override

from boundaryviz.learners import objectives
from boundaryviz.learners.method import Columns, Method, StepContext
from boundaryviz.learners.mixing import ICT, MixMatch


class PseudoLabel(Method):
    """Lee 2013, with the threshold and the jitter of later work: asked of and taught on the same jittered point."""

    jitters = 1

    @override
    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        z = context.student(columns.jittered(self.spec.weak_noise))
        return objectives.pseudo_label(z, z, columns.weight, self.spec.threshold)


class PiModel(Method):
    """Laine and Aila 2017, section 2.1; the second answer is the target."""

    jitters = 2

    @override
    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        with torch.no_grad():
            target = F.softmax(context.student(columns.jittered(self.spec.weak_noise, 1)), 1)
        return objectives.squared(
            F.softmax(context.student(columns.jittered(self.spec.weak_noise)), 1), target, columns.weight
        )


class TemporalEnsembling(Method):
    """Laine and Aila 2017, algorithm 2, a point's average moving each time it is seen, which is once an epoch."""

    jitters = 1

    @override
    def remembers(self, replicas: int, device: torch.device, dtype: torch.dtype) -> list[Tensor]:
        return [torch.zeros(replicas, self.classes + 1, 1, device=device, dtype=dtype)]

    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        """Rows of the memory: the running sum Z of each class, and 1 - alpha^t, the sum of its coefficients."""
        keep, memory = self.spec.ensemble_decay, self.memory[0][context.some]
        p = F.softmax(context.student(columns.jittered(self.spec.weak_noise)), 1)
        slot = columns.slot[:, None].expand(-1, self.classes + 1, -1)
        before = memory.gather(2, slot)
        so_far, total = before.split([self.classes, 1], 1)
        target = so_far / torch.where(total > 0, total, 1.0)
        now = torch.cat([p.detach(), torch.ones_like(total)], 1)
        memory.scatter_(2, slot, keep * before + (1 - keep) * now)
        memory[:, :, -1].zero_()
        return objectives.squared(p, target, columns.weight * (total > 0))


class MeanTeacher(Method):
    """Tarvainen and Valpola 2017, section 2: the teacher sees a jitter of its own."""

    jitters = 2
    teaches = True

    @override
    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        with torch.no_grad():
            target = F.softmax(context.teacher(columns.jittered(self.spec.weak_noise, 1)), 1)
        return objectives.squared(
            F.softmax(context.student(columns.jittered(self.spec.weak_noise)), 1), target, columns.weight
        )


class VAT(Method):
    """Miyato et al. 2018, with their entropy term; the jitter is where the search for a direction begins."""

    jitters = 1

    @override
    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        s = self.spec
        return objectives.vat(
            context.student,
            columns.x,
            columns.weight,
            columns.noise,
            s.xi,
            s.epsilon,
            s.power_iterations,
            s.entropy_weight,
        )


class UDA(Method):
    """Xie et al. 2020, without signal annealing."""

    jitters = 1

    @override
    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        s = self.spec
        with torch.no_grad():
            asked = context.student(columns.x)
        return objectives.uda(
            asked, context.student(columns.jittered(s.strong_noise)), columns.weight, s.threshold, s.temperature
        )


class FixMatch(Method):
    """Sohn et al. 2020."""

    jitters = 2

    @override
    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        asked, taught = self.asked(context, columns)
        return objectives.pseudo_label(asked, taught, columns.weight, self.spec.threshold)

    def asked(self, context: StepContext, columns: Columns) -> tuple[Tensor, Tensor]:
        """Logits of the weakly jittered points, without a gradient, and of the strongly jittered ones."""
        with torch.no_grad():
            asked = context.student(columns.jittered(self.spec.weak_noise, 1))
        return asked, context.student(columns.jittered(self.spec.strong_noise))


class FlexMatch(FixMatch):
    """Zhang et al. 2021, with their warm-up of the thresholds."""

    @override
    def remembers(self, replicas: int, device: torch.device, dtype: torch.dtype) -> list[Tensor]:
        return [torch.full((replicas, 1), -1, device=device)]

    @override
    def unlabelled(self, context: StepContext, columns: Columns) -> Tensor:
        tau, chosen = self.spec.threshold, self.memory[0][context.some]
        thresholds = objectives.class_thresholds(chosen[:, :-1], self.seen[context.some], self.classes, tau)
        asked, taught = self.asked(context, columns)
        label, passed = objectives.confident(asked, tau)
        before = chosen.gather(1, columns.slot)
        chosen.scatter_(1, columns.slot, torch.where(passed[:, 0] > 0, label.max(1).indices, before))
        chosen[:, -1].fill_(-1)
        return objectives.pseudo_label(asked, taught, columns.weight, thresholds.to(asked.dtype))


METHODS: dict[str, type[Method]] = {
    "pseudo-label": PseudoLabel,
    "pi-model": PiModel,
    "temporal-ensembling": TemporalEnsembling,
    "mean-teacher": MeanTeacher,
    "vat": VAT,
    "mixmatch": MixMatch,
    "uda": UDA,
    "fixmatch": FixMatch,
    "flexmatch": FlexMatch,
    "ict": ICT,
}
