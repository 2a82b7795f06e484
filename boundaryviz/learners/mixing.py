"""Methods that teach mixtures of points: with whom a point is mixed, and what is taught of the mixture.

A column is mixed with any of the columns of the step that its replica sees, clean or poison, with equal chances. In
two draws: first one of the clean columns; then, by a chance of its own, poison instead. A replica that sees no poison
stays with the first draw, and so keeps its bits whatever poison there is for others.

Columns are counted with their padding. So replicas with windows of their own mix as each would alone where their
batches are as wide as alone; where one has all its points in one batch that others fill further, it draws differently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from typing_extensions import override

from boundaryviz.learners import objectives
from boundaryviz.learners.method import Columns, Method, StepContext


@dataclass(frozen=True, eq=False)
class Rest:
    """What mixtures take their other half from.

    Columns (R, D + C + 1, B): a place, an answer, and a weight, 0 where the replica must not see it. poison: None
    where there is none, else the poison of the replicas `seeing`, which are counted from the first of `clean`.
    """

    clean: Tensor
    poison: Tensor | None
    seeing: slice

    def of(self, part: Columns, at: int) -> Tensor:
        """Each column's other half in its mixture number `at`, (R, D + C + 1, B)."""
        partner = part.partner[:, at][:, None]
        found = self.clean.gather(2, partner.expand(-1, self.clean.shape[1], -1))
        if self.poison is not None:
            found[self.seeing] = self._or_poison(found[self.seeing], part.chance[self.seeing, at])
        return found

    def _or_poison(self, found: Tensor, chance: Tensor) -> Tensor:
        """The clean columns `found`, but poison for as large a share of them as the poison has of all columns."""
        assert self.poison is not None
        visible = self.poison[:, -1] > 0
        count = visible.sum(1, keepdim=True)
        number = (chance * (count + self.clean.shape[2])).long()
        first_visible = visible.byte().argsort(dim=1, descending=True, stable=True)
        column = first_visible.gather(1, number.clamp(max=visible.shape[1] - 1))[:, None]
        instead = self.poison.gather(2, column.expand(-1, self.poison.shape[1], -1))
        return torch.where((number < count)[:, None], instead, found)


class Mixing(Method):
    """A method that mixes the columns of a step."""

    @property
    @override
    def mixing(self) -> float:
        return self.spec.alpha

    def losses(self, contexts: Sequence[StepContext]) -> list[Tensor]:
        """As `Method.losses`; each batch is mixed with both."""
        with torch.no_grad():
            columns = [self.columns(context) for context in contexts]
        if not columns[0]:
            return [self.loss(context) for context in contexts]
        clean, others = torch.cat(columns[0], 2), [one for some in columns[1:] for one in some]
        rests = [Rest(clean, None, slice(0, 0))]
        if len(contexts) > 1:
            start, poison = contexts[0].some.start, torch.cat(others, 2) if others else None
            seeing = slice(contexts[1].some.start - start, contexts[1].some.stop - start)
            rests = [Rest(clean, poison, seeing), *[Rest(clean[seeing], poison, slice(None))] * (len(contexts) - 1)]
        return [self.mixed(*given) for given in zip(contexts, columns, rests, strict=True)]

    def columns(self, context: StepContext) -> list[Tensor]:
        """What a batch has to be mixed, as in `Rest`: a tensor for each part that is worked on by itself."""
        raise NotImplementedError

    def mixed(self, context: StepContext, own: list[Tensor], rest: Rest) -> Tensor:
        """The loss of each replica, (R,), over a batch of which `own` is to be mixed with `rest`."""
        raise NotImplementedError


class ICT(Mixing):
    """Verma et al. 2019, equation 1, on probabilities, with a share of its own for each pair."""

    mixtures = 1
    teaches = True

    def columns(self, context: StepContext) -> list[Tensor]:
        """The unlabelled points with the teacher's answers."""
        part = context.batch.unlabelled
        return [] if part is None else [torch.cat([part.x, F.softmax(context.teacher(part.x), 1), part.weight], 1)]

    @override
    def mixed(self, context: StepContext, own: list[Tensor], rest: Rest) -> Tensor:
        terms = self.supervised(context)
        if (part := context.batch.unlabelled) is not None:
            x, q = mixture(own[0], rest.of(part, 0), part.share, part.x.shape[1])
            loss = objectives.squared(F.softmax(context.student(x), 1), q, part.weight)
            terms.append(context.ramp * self.spec.weight * loss)
        return sum(terms[1:], terms[0])


class MixMatch(Mixing):
    """Berthelot et al. 2019, algorithm 1, with K = 2 jitters and a share of its own for each pair."""

    jitters = 2
    mixtures = 2
    mixes_labels = True

    def columns(self, context: StepContext) -> list[Tensor]:
        """The labelled points, jittered; then each jitter of the unlabelled ones with their sharpened mean answer."""
        found = []
        if (part := context.batch.labelled) is not None:
            found.append(torch.cat([part.jittered(self.spec.weak_noise), part.q, part.weight], 1))
        if (part := context.batch.unlabelled) is not None:
            places = [part.jittered(self.spec.weak_noise, k) for k in range(self.jitters)]
            answers = torch.stack([F.softmax(context.student(x), 1) for x in places])
            q = objectives.sharpen(answers.mean(0), self.spec.temperature)
            found += [torch.cat([x, q, part.weight], 1) for x in places]
        return found

    @override
    def mixed(self, context: StepContext, own: list[Tensor], rest: Rest) -> Tensor:
        own, terms = list(own), []
        if (part := context.batch.labelled) is not None:
            share = torch.maximum(part.share, 1 - part.share)
            x, q = mixture(own.pop(0), rest.of(part, 0), share, part.x.shape[1])
            terms.append(objectives.cross_entropy(context.student(x), q, part.weight))
        if (part := context.batch.unlabelled) is not None:
            shares = torch.maximum(part.share, 1 - part.share).split(1, 1)
            for at, (columns, share) in enumerate(zip(own, shares, strict=True)):
                x, q = mixture(columns, rest.of(part, at), share, part.x.shape[1])
                loss = objectives.squared(F.softmax(context.student(x), 1), q, part.weight)
                terms.append(context.ramp * self.spec.weight / len(own) * loss)
        return sum(terms[1:], terms[0])


def mixture(own: Tensor, other: Tensor, share: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Places and answers of columns mixed with others, one by one; one that must not be seen leaves its own as it is.

    own, other (R, D + C + 1, B) as in `Rest`. share (R, 1, B), how much is a column's own. width: D.
    """
    mix = objectives.mixup(own, torch.where(other[:, -1:] > 0, other, own), share)
    return mix[:, :width], mix[:, width:-1]
