"""RONI: points whose presence makes a small model worse.

Nelson et al. 2008, "Exploiting machine learning to subvert your spam filter", section 5.1: reject on negative impact.
A few points are drawn to train on and others to be asked about, several times; a point's impact is what its presence
among the first changes in the accuracy on the second. A point is rejected whose impact lies three standard deviations
below the median, which is how the Adversarial Robustness Toolbox calibrates it; there on points that are known to be
good, here, where nobody knows any, on all.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Filter, Found, Sight, highest
from boundaryviz.scene.specs import setting

_SIDE_BY_SIDE: Final = 256  # models that are trained at once


class RoniSpec(Filter):
    """Leaves out the labelled points that make a small model worse when they are added to it."""

    TITLE: ClassVar[str] = "RONI"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    defence: Literal["roni"] = "roni"
    rule: Literal["calibrated", "impact", "share"] = setting(
        "calibrated", "Rejected", "Points that are unlike most in what they do, that do more harm than is allowed, or "
        "a share of them.",
        choices={"calibrated": "three deviations below the median", "impact": "more harm than allowed",
                 "share": "a share, the most harmful"},
    )  # fmt: skip
    harm: float = setting(0.1, "Harm", "By how much a point may lower the accuracy.", ge=0.0, le=1.0)
    share: float = setting(0.08, "Share", "Of the labelled points, so many are left out.", ge=0.0, le=0.5)
    trained: int = setting(30, "Trained on", "How many points a small model is trained on.", ge=2, le=10_000)
    asked: int = setting(80, "Asked about", "On how many others its accuracy is measured.", ge=1, le=10_000)
    rounds: int = setting(6, "Rounds", "How often points are drawn.", ge=1, le=1000)

    def unused(self) -> dict[str, str]:
        """The bounds of the other rules."""
        words = {"harm": "only the rule by harm has a bound", "share": "only the rule by share has one"}
        return {name: why for name, why in words.items() if name != {"impact": "harm"}.get(self.rule, self.rule)}

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """By the loss of accuracy, in the mean over the rounds. Raises ValueError for a single class or few points."""
        label = sight.label[sight.judged]
        if len(np.unique(label)) < 2:
            raise ValueError(
                "RONI measures accuracy, and all labelled points are of one class. Give some points another class."
            )
        if len(label) < self.trained + 1:
            raise ValueError(
                f"RONI trains on {self.trained} points and asks about others, and only {len(label)} are labelled. Let "
                "it train on fewer."
            )
        harm = -np.mean([self._impacts(sight, label, rng) for _ in range(self.rounds)], axis=0)
        if self.rule == "share":
            return harm, highest(harm, self.share)
        bound = self.harm if self.rule == "impact" else np.median(harm) + 3.0 * harm.std()
        return harm, harm > bound

    def _impacts(self, sight: Sight, label: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        """What the presence of each judged point (M,) changes in the accuracy on points of one draw, itself aside."""
        base, quiz = drawn(label, self.trained, self.asked, rng)
        asked, gain = np.flatnonzero(quiz), np.empty(len(label))
        for start in range(0, len(label), _SIDE_BY_SIDE):
            each = np.arange(start, min(start + _SIDE_BY_SIDE, len(label)))
            some = np.union1d(np.flatnonzero(base), each)
            right = sight.answers(some, toggled(base[some], some == each[:, None]), asked) == label[asked]
            others = asked != each[:, None]
            change = (right[1:].astype(np.int64) - right[0]) * others
            gain[each] = change.sum(axis=1) / np.maximum(others.sum(axis=1), 1)
        return np.where(base, -gain, gain)


def drawn(
    label: NDArray[np.int64], trained: int, asked: int, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of M points with labels (M,) a small model is trained on, of each class as large a share and two at least
    where it has them, and on which others its accuracy is measured."""
    base = np.zeros(len(label), dtype=bool)
    for k in np.unique(label):
        mine = rng.permutation(np.flatnonzero(label == k))
        base[mine[: max(round(trained * len(mine) / len(label)), 2)]] = True
    quiz = np.zeros(len(label), dtype=bool)
    quiz[rng.permutation(np.flatnonzero(~base))[:asked]] = True
    return base, quiz


def toggled(base: NDArray[np.bool_], each: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Weights (1 + R, P): of the points of the base (P,) alone, and then with those of each row (R, P) added to them
    or, where they are there, taken away."""
    return np.concatenate([base[None], base ^ each]).astype(np.float32)
