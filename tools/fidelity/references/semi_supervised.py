"""Semi-supervised methods written out from their papers, in plain torch on points as rows, one class a method.

A method gives the loss of one step from the points and the random numbers of that step. Where the program's method
differs from its paper by choice, it is said here and on the page: labelled points do not join the unlabelled ones, no
target carries a gradient, and the partners of mixtures are drawn one by one instead of by a shuffle.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, kl_divergence


@dataclass(frozen=True)
class Step:
    """Points and random numbers of a step, for l labelled and u unlabelled points.

    x (l, 2), label (l,), unlabelled (u, 2). push (l, 2), of the labelled points, and jitters, (u, 2) each: standard
    normal. shares and partners: of labelled points (l,), then of each copy of the unlabelled ones (u,), among the
    labelled points and then the first, the second, ... copy of the unlabelled ones. number: of the step, from 0.
    """

    x: Tensor
    label: Tensor
    unlabelled: Tensor
    push: Tensor
    jitters: list[Tensor]
    shares: list[Tensor]
    partners: list[Tensor]
    number: int


class Reference:
    """A method with its net. settings: those of the program's method, by their names there."""

    jittered = True

    def __init__(self, net: nn.Sequential, settings: Any, classes: int) -> None:
        self.net, self.settings, self.classes = net, settings, classes
        self.average = deepcopy(net)

    def loss(self, step: Step) -> Tensor:
        """Cross-entropy of the labelled points plus the method's loss by its weight, which rises linearly."""
        s = self.settings
        x = step.x + s.weak_noise * step.push if self.jittered else step.x
        supervised = nn.functional.cross_entropy(self.net(x), step.label)
        return supervised + self.ramp(step) * s.weight * self.unlabelled(step)

    def ramp(self, step: Step) -> float:
        """From 0 to 1 over the first steps."""
        rise = self.settings.ramp_up
        return min(1.0, step.number / rise) if rise else 1.0

    def unlabelled(self, step: Step) -> Tensor:
        """The method's own loss."""
        raise NotImplementedError

    def after(self, step: Step) -> None:
        """What is kept after a step of the optimiser."""

    def shown(self) -> nn.Sequential:
        """The net that answers."""
        return self.net

    def p(self, x: Tensor, net: nn.Module | None = None) -> Tensor:
        """Class probabilities, (n, C)."""
        return (self.net if net is None else net)(x).softmax(1)


class PseudoLabel(Reference):
    """Lee 2013, equation 15, with a threshold as UDA and FixMatch have it."""

    def unlabelled(self, step: Step) -> Tensor:
        """- log p of the likeliest class where it is likely enough, else 0, in the mean over all."""
        p = self.p(step.unlabelled + self.settings.weak_noise * step.jitters[0])
        return taught(p, p, self.settings.threshold)


class PiModel(Reference):
    """Laine and Aila 2017, algorithm 1; the second answer is a target."""

    def unlabelled(self, step: Step) -> Tensor:
        """Squared difference of two answers, in the mean over points and classes."""
        first, second = (self.p(step.unlabelled + self.settings.weak_noise * jitter) for jitter in step.jitters)
        return ((first - second.detach()) ** 2).mean()


class TemporalEnsembling(Reference):
    """Laine and Aila 2017, algorithm 2: Z <- a Z + (1 - a) z after every epoch, here every step, target Z / (1 - a^t),
    and no weight in the first epoch."""

    z: Tensor | None = None

    def unlabelled(self, step: Step) -> Tensor:
        """Squared difference from the corrected average of the answers before, in the mean."""
        a, p = self.settings.ensemble_decay, self.p(step.unlabelled + self.settings.weak_noise * step.jitters[0])
        before = torch.zeros_like(p) if self.z is None else self.z
        self.z = a * before + (1 - a) * p.detach()
        if step.number == 0:
            return 0.0 * p.sum()
        return ((p - before / (1 - a**step.number)) ** 2).mean()


class _Averaging(Reference):
    """Tarvainen and Valpola 2017, equation 2, with the true mean at first, as their code has it."""

    def after(self, step: Step) -> None:
        """The average takes in the net."""
        a = min(1 - 1 / (step.number + 1), self.settings.teacher_decay)
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.net.parameters(), strict=True):
                kept.copy_(a * kept + (1 - a) * new)

    def shown(self) -> nn.Sequential:
        """The average."""
        return self.average


class MeanTeacher(_Averaging):
    """Tarvainen and Valpola 2017, equation 1."""

    def unlabelled(self, step: Step) -> Tensor:
        """Squared difference of the net's answer and the teacher's under another jitter."""
        size = self.settings.weak_noise
        own = self.p(step.unlabelled + size * step.jitters[0])
        teacher = self.p(step.unlabelled + size * step.jitters[1], self.average)
        return ((own - teacher.detach()) ** 2).mean()


class VAT(Reference):
    """Miyato et al. 2018, equations 5 to 8, by power iteration (section 3.3), with the entropy of section 4.1."""

    jittered = False

    def unlabelled(self, step: Step) -> Tensor:
        """KL(p(x) || p(x + r)) in the mean, r the direction that the gradient finds."""
        s, x = self.settings, step.unlabelled
        here = Categorical(logits=self.net(x).detach())
        d = step.jitters[0]
        for _ in range(s.power_iterations):
            d = direction(d).requires_grad_()
            moved = Categorical(logits=self.net(x + s.xi * d))
            (d,) = torch.autograd.grad(kl_divergence(here, moved).sum(), d)
        push = s.epsilon * direction(d)
        worst = kl_divergence(here, Categorical(logits=self.net(x + push))).mean()
        return worst + s.entropy_weight * Categorical(logits=self.net(x)).entropy().mean()


class UDA(Reference):
    """Xie et al. 2020, section 2.2 and "Confidence-based masking" and "Sharpening Predictions"."""

    jittered = False

    def unlabelled(self, step: Step) -> Tensor:
        """Cross-entropy of the sharpened answer to the point and the answer to its strong jitter, where it is sure."""
        s = self.settings
        z = self.net(step.unlabelled).detach()
        sure = z.softmax(1).max(1).values >= s.threshold
        strong = self.p(step.unlabelled + s.strong_noise * step.jitters[0])
        return (-((z / s.temperature).softmax(1) * strong.log()).sum(1) * sure).mean()


class FixMatch(Reference):
    """Sohn et al. 2020, equation 4."""

    def unlabelled(self, step: Step) -> Tensor:
        """- log p, under strong jitter, of the class that is likely enough under weak jitter."""
        weak, strong = self.both(step)
        return taught(weak, strong, self.settings.threshold)

    def both(self, step: Step) -> tuple[Tensor, Tensor]:
        """The answers under weak and under strong jitter."""
        s = self.settings
        strong, weak = step.jitters
        return self.p(step.unlabelled + s.weak_noise * weak), self.p(step.unlabelled + s.strong_noise * strong)


class FlexMatch(FixMatch):
    """Zhang et al. 2021, algorithm 1 with equations 5, 11 and 12."""

    last: list[int] | None = None

    def unlabelled(self, step: Step) -> Tensor:
        """As FixMatch, with a threshold for each class from how many points it was the confident answer to."""
        tau = self.settings.threshold
        last = [-1] * len(step.unlabelled) if self.last is None else self.last
        most = max(last.count(k) for k in range(-1, self.classes))
        beta = [last.count(k) / most for k in range(self.classes)]
        thresholds = [tau * b / (2 - b) for b in beta]
        weak, strong = self.both(step)
        weak = weak.detach()
        self.last = [int(p.argmax()) if float(p.max()) >= tau else before for p, before in zip(weak, last, strict=True)]
        own = torch.tensor([thresholds[int(k)] for k in weak.argmax(1)], dtype=weak.dtype)
        return taught(weak, strong, own)


class MixMatch(Reference):
    """Berthelot et al. 2019, algorithm 1 with K = 2, and equations 3 to 5 and 7 to 11."""

    def loss(self, step: Step) -> Tensor:
        """Cross-entropy of the mixed labelled points, squared difference of the mixed unlabelled ones."""
        s = self.settings
        places = [step.x + s.weak_noise * step.push, *(step.unlabelled + s.weak_noise * j for j in step.jitters)]
        guess = torch.stack([self.p(x) for x in places[1:]]).mean(0).detach() ** (1 / s.temperature)
        guess = guess / guess.sum(1, keepdim=True)
        labels = nn.functional.one_hot(step.label, self.classes).to(guess.dtype)
        answers = [labels, *(guess for _ in step.jitters)]
        pool_x, pool_q, terms = torch.cat(places), torch.cat(answers), []
        for x, q, share, partner in zip(places, answers, step.shares, step.partners, strict=True):
            own = torch.maximum(share, 1 - share)[:, None]
            mixed = own * x + (1 - own) * pool_x[partner]
            terms.append((own * q + (1 - own) * pool_q[partner], self.p(mixed)))
        labelled = -(terms[0][0] * terms[0][1].log()).sum(1).mean()
        wanted, found = (torch.cat([term[k] for term in terms[1:]]) for k in range(2))
        return labelled + self.ramp(step) * s.weight * ((wanted - found) ** 2).mean()


class ICT(_Averaging):
    """Verma et al. 2019, equation 1 and algorithm 1."""

    jittered = False

    def unlabelled(self, step: Step) -> Tensor:
        """The answer to a mixture against the mixture of the teacher's answers, squared, in the mean."""
        x, answer = step.unlabelled, self.p(step.unlabelled, self.average).detach()
        share, partner = step.shares[-1][:, None], step.partners[-1]
        mixed = self.p(share * x + (1 - share) * x[partner])
        return ((mixed - (share * answer + (1 - share) * answer[partner])) ** 2).mean()


def direction(d: Tensor) -> Tensor:
    """Rows (n, 2) of length 1; one that is exactly 0, as the gradient of a net that is flat there, stays 0."""
    return (d / d.norm(dim=1, keepdim=True)).nan_to_num()


def taught(asked: Tensor, p: Tensor, threshold: float | Tensor) -> Tensor:
    """- log p of the likeliest class of `asked` where it is at least the threshold, in the mean over all points."""
    sure, which = asked.detach().max(1)
    return (-p.gather(1, which[:, None])[:, 0].log() * (sure >= threshold)).mean()


REFERENCES: dict[str, type[Reference]] = {
    "pseudo-label": PseudoLabel, "pi-model": PiModel, "temporal-ensembling": TemporalEnsembling,
    "mean-teacher": MeanTeacher, "vat": VAT, "mixmatch": MixMatch, "uda": UDA, "fixmatch": FixMatch,
    "flexmatch": FlexMatch, "ict": ICT,
}  # fmt: skip


def trained(method: Reference, step: Step, optimiser: torch.optim.Optimizer) -> None:
    """One step of the optimiser down the loss."""
    optimiser.zero_grad()
    method.loss(step).backward()
    optimiser.step()
    method.after(step)
