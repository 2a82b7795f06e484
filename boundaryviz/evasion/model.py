"""A learner's replicas as differentiable functions of their inputs: what attacks by gradients ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from boundaryviz.learners import losses
from boundaryviz.learners.base import UNDECIDED, Learner
from boundaryviz.learners.masking import AS_IT_IS, Asking
from boundaryviz.scene.section import Section

CERTAIN = 30.0
"""The score at which a threshold of 0 or 1 is taken to lie."""


class NoGradient(ValueError):
    """A learner that no gradient leads through, and what works with it instead, in a sentence."""


class Decides(Protocol):
    """How probabilities become a decision; see `scenario.decision.Rule`."""

    costs: NDArray[np.float64]

    @property
    def threshold(self) -> float:
        """Of two classes, the probability of the second from which on it is predicted."""
        ...

    @property
    def plain(self) -> bool:
        """Whether the likeliest class is taken."""
        ...


@dataclass(frozen=True, eq=False)
class Model:
    """R replicas of a net as functions of their inputs, in the units of the scene; scaling lies inside.

    learner: the one that answers. rule: how it decides, None where the likeliest class is taken.
    replicas: which of its replicas these are. how: with the mask that it wears, if any, or as an attacker who knows of
    it asks.
    """

    learner: Any
    rule: Decides | None
    replicas: slice
    how: Asking = AS_IT_IS

    @property
    def unmasked(self) -> Model:
        """The same without its mask."""
        return self.asked(masked=False)

    def asked(self, **how: Any) -> Model:
        """The same asked in another way, see `Asking`."""
        return replace(self, how=replace(self.how, **how))

    @property
    def noisy(self) -> bool:
        """Whether it answers with noise, so that no single answer says how it decides."""
        return noisy(self.learner)

    @property
    def classes(self) -> int:
        """C."""
        return int(self.learner.problem.classes)

    @property
    def width(self) -> int:
        """D, how many inputs a point has."""
        return int(self.learner.problem.width)

    @property
    def section(self) -> Section | None:
        """The plane that is shown of inputs; None where they are its places."""
        found: Section | None = self.learner.problem.section
        return found

    @property
    def device(self) -> torch.device:
        """Where its parameters are."""
        found: torch.device = self.learner.device
        return found

    @property
    def count(self) -> int:
        """R."""
        return len(range(len(self.learner.problem.seeds))[self.replicas])

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each replica."""
        found: tuple[int, ...] = tuple(self.learner.problem.seeds[self.replicas])
        return found

    def inputs(self, x: NDArray[np.float64]) -> Tensor:
        """Points (N, D), or (R, N, D) of each replica's own, as it is asked about them: float64 (1 or R, D, N)."""
        many = x[None] if x.ndim == 2 else x
        return torch.from_numpy(np.array(many.swapaxes(1, 2), order="C")).to(self.device)

    def logits(self, x: Tensor) -> Tensor:
        """One number for each class, (R, C, N), of inputs (1 or R, D, N): what a softmax makes probabilities of.

        Of a net with one output o it is half of it with either sign, so that the second class leads by o.
        """
        z: Tensor = self.learner.answers(x, self.replicas, self.how)
        return torch.cat([-z, z], 1) * 0.5 if z.shape[1] == 1 else z

    def decision(self, x: Tensor) -> Tensor:
        """As `logits`, numbers (R, C, N) the largest of which is what it decides, by costs or a threshold where the
        scenario has them: the second class's lead less the score at the threshold, or -log of the expected costs."""
        return self.weighed(self.logits(x))

    def weighed(self, z: Tensor) -> Tensor:
        """From `logits` (R, C, N) to `decision`."""
        if self.rule is None:
            return z
        if self.classes == 2:
            shift = 0.5 * self._border
            return z + torch.tensor([shift, -shift], dtype=z.dtype, device=z.device)[None, :, None]
        prices = torch.from_numpy(np.log(np.maximum(self.rule.costs, 1e-30))).to(z)  # (true, predicted)
        return -torch.logsumexp(F.log_softmax(z, 1)[:, :, None] + prices[None, :, :, None], 1)

    @property
    def _border(self) -> float:
        """The lead of the second of two classes from which on it is decided."""
        return 0.0 if self.rule is None else border(self.rule.threshold, self.learner.scale == "logits")

    def decide(self, x: Tensor) -> Tensor:
        """The class that each input is taken for, int64 (R, N), as the learner predicts it; -1 where undecided."""
        with torch.no_grad():
            if self.rule is None:
                return losses.leading(self.learner.answers(x, self.replicas, self.how))
            d = self.decision(x)
            if self.classes == 2:
                return (d[:, 1] >= d[:, 0]).long().masked_fill_(~d.isfinite().all(1), UNDECIDED)
            return losses.leading(d)

    def decided(self, z: Tensor) -> Tensor:
        """The class decided, int64 (R, N), of `logits` (R, C, N), for whoever has them already: as `decide`, but where
        two classes are equal to the bit."""
        return losses.leading(self.weighed(z))

    def of(self, replicas: slice) -> Model:
        """Some of its replicas."""
        chosen = range(len(self.learner.problem.seeds))[self.replicas][replicas]
        return replace(self, replicas=slice(chosen.start, chosen.stop, chosen.step))


def border(threshold: float, logits: bool) -> float:
    """The lead of the second of two classes at which its probability is `threshold`. logits: whether scores are those,
    and not twice the probability less one."""
    if not logits:
        return 2.0 * threshold - 1.0
    if not 0.0 < threshold < 1.0:
        return CERTAIN if threshold >= 1.0 else -CERTAIN
    return float(np.clip(np.log(threshold) - np.log1p(-threshold), -CERTAIN, CERTAIN))


def noisy(learner: Any) -> bool:
    """Whether a learner answers with noise, see `learners.masking`."""
    mask = getattr(learner, "mask", None)
    return mask is not None and mask.kind == "noise"


def rule_of(learner: Learner) -> Decides | None:
    """How a session's learner decides; None where it takes the likeliest class."""
    found: Decides | None = getattr(learner, "rule", None)
    return found if found is not None and not found.plain else None


def model_of(learner: Learner, replicas: slice = slice(None)) -> Model:
    """The replicas of a session's learner as functions of their inputs.

    Raises NoGradient for a learner that has none: trees, neighbours, kernels and whatever is fitted at once.
    """
    if not getattr(learner, "differentiable", False):
        raise NoGradient(
            "This attack follows gradients, and the learner has none: take the nearest point of the boundary, which "
            "works with every learner on a plane, or a net."
        )
    return Model(learner, rule_of(learner), replicas)
