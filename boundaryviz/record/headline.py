"""What a clean twin and its poisoned model come to in one line: how much was flipped, by how little."""

from __future__ import annotations

import math
from dataclasses import dataclass

from boundaryviz.attacks.budget import Budget
from boundaryviz.record.comparison import Comparison
from boundaryviz.record.metrics import Metric, SuccessRate
from boundaryviz.scene.scene import Scene

WAITING = "\u2013"
NO_POISON = "No poison yet: the clean twin and the model are the same."
SWITCHED_OFF = "The poison is switched off: the clean twin and the model are the same."
NO_TEST = "There are no test points of which some could flip."
DIVERGED = "Training diverged: there is nothing to compare."


@dataclass(frozen=True)
class Headline:
    """number: of the test points, in per cent; empty where there is none to come, and `words` say why. aside: what
    the attack reached, and what else belongs to the number."""

    number: str
    words: str
    aside: str = ""

    def __str__(self) -> str:
        return "; ".join(filter(None, (f"{self.number} {self.words}".strip(), self.aside)))


def share_words(share: float) -> str:
    """A share with one decimal: 9.7 %."""
    return f"{100 * share:.1f} %"


def budget_words(budget: Budget) -> str:
    """The part of the training points that is poison: 0.2 % of the data."""
    return f"{100 * budget.rate:.2g} % of the data"


def headline(scene: Scene, budget: Budget, found: Comparison | None, of: str = "", why: str = "") -> Headline:
    """budget: of the poison that acts. found: what the twins came to, None until it is known. of: which seeds it is
    of, where there are several. why: in a few words, where the poison can change nothing."""
    if not budget.poison:
        return Headline("", SWITCHED_OFF if scene.points.is_poison.any() else NO_POISON)
    words = f"flipped by {budget_words(budget)}"
    if found is None:
        return Headline(WAITING, words, why)
    if not len(found.kept):
        return Headline("", DIVERGED)
    metrics = found.metrics()
    if "flip_rate" not in metrics:
        return Headline("", NO_TEST)
    undecided = float((found.twins.poisoned[found.kept] < 0).mean())
    lost = f"{share_words(undecided)} undecided" if undecided else ""
    told = (why, success_words(metrics.get("attack_success_rate")), lost, of)
    return Headline(share_words(metrics["flip_rate"].mean), words, ", ".join(filter(None, told)))


def success_words(success: Metric | None) -> str:
    """What the attack has reached at its pins; nothing where there are none."""
    if not isinstance(success, SuccessRate):
        return ""
    if success.none_attacked:
        return "all pins already so without poison"
    return "" if math.isnan(success.mean) else f"attack success {100 * success.mean:.0f} %"
