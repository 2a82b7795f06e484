"""Semi-supervised methods: what each makes of a step, its objective from `objectives`, its state for each replica.

Labelled points are jittered like the points the net is asked about; they do not join the unlabelled ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners import objectives
from boundaryviz.learners.objectives import Ask


@dataclass(frozen=True, eq=False)
class Part:
    """Columns of a step, all labelled or all unlabelled, all clean or all poison.

    x (R, 2, B) places. q (R, C, B) one-hot labels, (R, 0, B) where unlabelled. weight (R, 1, B), 0 for a column that
    a replica must not see. slot: int64 (R, B), the place of a point in what is remembered of points; columns of
    weight 0 share the last one. noise (R, 2 jitters, B) standard normal. share, partner (R, mixtures, B): how much of
    a mixture is the column itself, and which column of the clean ones is the rest.
    """

    x: Tensor
    q: Tensor
    weight: Tensor
    slot: Tensor
    noise: Tensor
    share: Tensor
    partner: Tensor

    def of(self, some: slice) -> Part:
        """Those replicas alone."""
        return Part(*(getattr(self, f.name)[some] for f in fields(self)))

    def jittered(self, size: float, number: int = 0) -> Tensor:
        """The places after jitter `number`, of standard deviation `size`."""
        return self.x + size * self.noise[:, 2 * number : 2 * number + 2]


@dataclass(frozen=True, eq=False)
class Round:
    """The clean columns of a step, or its poison; whatever there is of them."""

    labelled: Part | None
    unlabelled: Part | None

    def of(self, some: slice) -> Round:
        """Those replicas alone."""
        return Round(*(part and part.of(some) for part in (self.labelled, self.unlabelled)))


@dataclass(frozen=True, eq=False)
class Turn:
    """What a method is given of one round of a step, for some of the replicas.

    some: which replicas. student: the net in training. teacher: its average, where the method keeps one.
    clean: the clean round; a mixture takes its other half from there. ramp (): how far the weight has risen.
    """

    some: slice
    student: Ask
    teacher: Ask
    round: Round
    clean: Round
    ramp: Tensor


class Method:
    """How unlabelled points are used; the spec's settings apply live.

    jitters, mixtures: how many of each an unlabelled point needs. mixes_labels: whether labelled points are mixed.
    teaches: whether an average of the net is kept.
    """

    jitters = 0
    mixtures = 0
    mixes_labels = False
    teaches = False

    def __init__(self, spec: Any, replicas: int, classes: int, device: torch.device, dtype: torch.dtype) -> None:
        self.spec = spec
        self.classes = classes
        self._ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.memory = self.remembers(replicas, device, dtype)

    def remembers(self, replicas: int, device: torch.device, dtype: torch.dtype) -> list[Tensor]:
        """What is kept of each point, (R, ..., points + 1) and as of yet of no point; the last column is nobody's."""
        return []

    def set_points(self, ids: NDArray[np.int64], seen: Tensor) -> None:
        """From now on point `ids[i]` has slot i, and what is remembered of it. seen: bool (R, N), unlabelled ones."""
        at = {int(one): slot for slot, one in enumerate(self._ids)}
        source = [at.get(int(one), -1) for one in ids] if self.memory else []
        blank = len(self._ids)
        for i, old in enumerate(self.memory):
            index = torch.tensor([blank if s < 0 else s for s in source] + [blank], device=old.device)
            self.memory[i] = old.index_select(-1, index)
        self._ids, self.seen = ids.copy(), seen

    @property
    def labelled_jitter(self) -> float:
        """Size of the jitter of labelled points."""
        return getattr(self.spec, "weak_noise", 0.0)

    @property
    def risen_at(self) -> int:
        """The step at which the unlabelled weight has its full size."""
        return self.spec.ramp_up

    def loss(self, turn: Turn) -> Tensor:
        """The loss of each replica, (R,), over one round; what is remembered takes in what this round shows."""
        labelled, unlabelled = turn.round.labelled, turn.round.unlabelled
        terms = []
        if labelled is not None:
            x = labelled.jittered(self.labelled_jitter) if self.jitters else labelled.x
            terms.append(objectives.cross_entropy(turn.student(x), labelled.q, labelled.weight))
        if unlabelled is not None:
            terms.append(turn.ramp * self.spec.weight * self.unlabelled(turn, unlabelled))
        return sum(terms[1:], terms[0])

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        """The loss of the unlabelled columns, (R,)."""
        raise NotImplementedError


class PseudoLabel(Method):
    """Lee 2013, with the threshold of later work."""

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        z = turn.student(part.x)
        return objectives.pseudo_label(z, z, part.weight, self.spec.threshold)


class PiModel(Method):
    """Laine and Aila 2017, section 2.1; the second answer is the target."""

    jitters = 2

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        with torch.no_grad():
            target = F.softmax(turn.student(part.jittered(self.spec.weak_noise, 1)), 1)
        return objectives.squared(F.softmax(turn.student(part.jittered(self.spec.weak_noise)), 1), target, part.weight)


class TemporalEnsembling(Method):
    """Laine and Aila 2017, algorithm 2, a point's average moving each time it is seen, which is once an epoch."""

    jitters = 1

    def remembers(self, replicas: int, device: torch.device, dtype: torch.dtype) -> list[Tensor]:
        return [torch.zeros(replicas, self.classes + 1, 1, device=device, dtype=dtype)]

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        """Rows of the memory: the running sum Z of each class, and 1 - alpha^t, the sum of its coefficients."""
        keep, memory = self.spec.ensemble_decay, self.memory[0][turn.some]
        p = F.softmax(turn.student(part.jittered(self.spec.weak_noise)), 1)
        slot = part.slot[:, None].expand(-1, self.classes + 1, -1)
        before = memory.gather(2, slot)
        so_far, total = before.split([self.classes, 1], 1)
        target = so_far / torch.where(total > 0, total, 1.0)
        now = torch.cat([p.detach(), torch.ones_like(total)], 1)
        memory.scatter_(2, slot, keep * before + (1 - keep) * now)
        memory[:, :, -1] = 0
        return objectives.squared(p, target, part.weight * (total > 0))


class MeanTeacher(Method):
    """Tarvainen and Valpola 2017, section 2: the teacher sees a jitter of its own."""

    jitters = 2
    teaches = True

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        with torch.no_grad():
            target = F.softmax(turn.teacher(part.jittered(self.spec.weak_noise, 1)), 1)
        return objectives.squared(F.softmax(turn.student(part.jittered(self.spec.weak_noise)), 1), target, part.weight)


class VAT(Method):
    """Miyato et al. 2018, with their entropy term; the jitter is where the search for a direction begins."""

    jitters = 1

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        s = self.spec
        return objectives.vat(
            turn.student, part.x, part.weight, part.noise, s.xi, s.epsilon, s.power_iterations, s.entropy_weight
        )


class UDA(Method):
    """Xie et al. 2020, without signal annealing."""

    jitters = 1

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        s = self.spec
        with torch.no_grad():
            asked = turn.student(part.x)
        return objectives.uda(
            asked, turn.student(part.jittered(s.strong_noise)), part.weight, s.threshold, s.temperature
        )


class FixMatch(Method):
    """Sohn et al. 2020."""

    jitters = 2

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        asked, taught = self.asked(turn, part)
        return objectives.pseudo_label(asked, taught, part.weight, self.spec.threshold)

    def asked(self, turn: Turn, part: Part) -> tuple[Tensor, Tensor]:
        """Logits of the weakly jittered points, without a gradient, and of the strongly jittered ones."""
        with torch.no_grad():
            asked = turn.student(part.jittered(self.spec.weak_noise, 1))
        return asked, turn.student(part.jittered(self.spec.strong_noise))


class FlexMatch(FixMatch):
    """Zhang et al. 2021, with their warm-up of the thresholds."""

    def remembers(self, replicas: int, device: torch.device, dtype: torch.dtype) -> list[Tensor]:
        return [torch.full((replicas, 1), -1, device=device)]

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        tau, chosen = self.spec.threshold, self.memory[0][turn.some]
        thresholds = objectives.class_thresholds(chosen[:, :-1], self.seen[turn.some], self.classes, tau)
        asked, taught = self.asked(turn, part)
        label, passed = objectives.confident(asked, tau)
        before = chosen.gather(1, part.slot)
        chosen.scatter_(1, part.slot, torch.where(passed[:, 0] > 0, label.max(1).indices, before))
        chosen[:, -1] = -1
        return objectives.pseudo_label(asked, taught, part.weight, thresholds.to(asked.dtype))


class ICT(Method):
    """Verma et al. 2019, equation 1, on probabilities, with a share of its own for each pair."""

    mixtures = 1
    teaches = True

    def unlabelled(self, turn: Turn, part: Part) -> Tensor:
        clean = turn.clean.unlabelled
        assert clean is not None
        with torch.no_grad():
            own, others = (F.softmax(turn.teacher(p.x), 1) for p in (part, clean))
        x, q = mixed(part, 0, (part.x, own), (clean.x, others), clean.weight, part.share)
        return objectives.squared(F.softmax(turn.student(x), 1), q, part.weight)


class MixMatch(Method):
    """Berthelot et al. 2019, algorithm 1, with K = 2 jitters and a share of its own for each pair."""

    jitters = 2
    mixtures = 2
    mixes_labels = True

    def loss(self, turn: Turn) -> Tensor:
        with torch.no_grad():
            labelled, unlabelled = self._guessed(turn, turn.round)
            pool = [column for side in self._guessed(turn, turn.clean) for column in side]
            others = torch.cat([x for x, _, _ in pool], 2), torch.cat([q for _, q, _ in pool], 2)
            weight = torch.cat([w for _, _, w in pool], 2)
        terms = []
        if (part := turn.round.labelled) is not None:
            (x, q, _), share = labelled[0], torch.maximum(part.share, 1 - part.share)
            x, q = mixed(part, 0, (x, q), others, weight, share)
            terms.append(objectives.cross_entropy(turn.student(x), q, part.weight))
        if (part := turn.round.unlabelled) is not None:
            share = torch.maximum(part.share, 1 - part.share)
            for at, (x, q, _) in enumerate(unlabelled):
                x, q = mixed(part, at, (x, q), others, weight, share)
                loss = objectives.squared(F.softmax(turn.student(x), 1), q, part.weight)
                terms.append(turn.ramp * self.spec.weight / len(unlabelled) * loss)
        return sum(terms[1:], terms[0])

    def _guessed(self, turn: Turn, some: Round) -> Sequence[list[tuple[Tensor, Tensor, Tensor]]]:
        """Jittered places, labels or sharpened guesses, and weights: of the labelled points; of each jitter of the
        unlabelled ones."""
        labelled, unlabelled = [], []
        if (part := some.labelled) is not None:
            labelled = [(part.jittered(self.spec.weak_noise), part.q, part.weight)]
        if (part := some.unlabelled) is not None:
            places = [part.jittered(self.spec.weak_noise, k) for k in range(self.jitters)]
            answers = torch.stack([F.softmax(turn.student(x), 1) for x in places])
            q = objectives.sharpen(answers.mean(0), self.spec.temperature)
            unlabelled = [(x, q, part.weight) for x in places]
        return labelled, unlabelled


def mixed(
    part: Part, at: int, own: tuple[Tensor, Tensor], others: tuple[Tensor, Tensor], weight: Tensor, share: Tensor
) -> tuple[Tensor, Tensor]:
    """Mixture `at` of the columns `own`, places and answers, each with its partner among the `others`.

    A partner that the replica must not see (weight 0) leaves the column as it is.
    """
    partner, part_share = part.partner[:, at][:, None], share[:, at : at + 1]
    visible = weight.gather(2, partner) > 0
    rest = (b.gather(2, partner.expand(-1, b.shape[1], -1)) for b in others)
    x, q = (objectives.mixup(a, torch.where(visible, b, a), part_share) for a, b in zip(own, rest, strict=True))
    return x, q


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
