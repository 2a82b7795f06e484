"""What came of an attack that trains: its trail, what it does to the scenario's own learner, and what to keep of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from typing_extensions import override

from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.record.measures import Measure
from boundaryviz.record.metrics import Metric, Metrics
from boundaryviz.record.records import Records, Tabular
from boundaryviz.record.rounding import rounded
from boundaryviz.record.seeds import seeds_words, training_varies
from boundaryviz.record.trail import AttackState, Trail
from boundaryviz.scenario.scenario import Scenario

MEASURES = {
    "gain": Measure("rise of the test error by the attack", True),
    "error": Measure("test error under the attack", True),
    "clean_error": Measure("test error without the attack", True),
    "random_gain": Measure("rise of the test error by as much poison drawn at random", True),
    "success": Measure("target taken for the class wanted", True),
    "clean_success": Measure("target taken for that class without the attack", True),
    "random_success": Measure("target taken for that class by as much poison drawn at random", True),
    "fits": Measure("models that the attacker trains"),
}
"""What is measured of an attack, on the test points of the scenario, by its own learner.

gain, error: where the goal is one class, of that class. random_gain: what the same number of points does that are
copies of training points with a wrong label, or where the attack flips labels in place, of labels flipped in place, all
drawn at random; where points with clean labels move, what the same points do that move as far in directions drawn at
random. success, clean_success, random_success: with a target as goal.
"""


@dataclass(frozen=True, eq=False)
class Attacked(Tabular):
    """An attack that was carried out, on the test points measured by the scenario's own learner.

    scenario: as it was attacked, with the poison in it as any poison: it can be trained, saved and opened, and is never
    attacked anew. settings: of the attack. metrics: those of `MEASURES`, one value for each of the training seeds
    `seeds`. seconds: that it took. whole: False where it was stopped.
    """

    scenario: Scenario
    settings: TrainedAttackSettings
    trail: Trail
    metrics: Metrics
    seeds: tuple[int, ...]
    seconds: float = 0.0
    whole: bool = True

    @property
    def state(self) -> AttackState:
        """What it has come to."""
        return self.trail.last

    @override
    def rows(self) -> Records:
        """A row for each state of the trail."""
        return Records(
            {
                "scenario": self.scenario.name, "method": self.settings.method, "state": number, "points": len(state),
                "objective": state.objective, "error": state.error, "clean_error": state.clean_error,
                "gain": state.gain, "fits": state.fits,
            }
            for number, state in enumerate(self.trail.states)
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """For JSON, in which NaN is null."""
        last = self.state
        return {
            "scenario": self.scenario.name,
            "learner": self.scenario.learner.name,
            "attack": self.settings.model_dump(mode="json"),
            "whole": self.whole,
            "words": last.words,
            "seconds": round(self.seconds, 3),
            "seeds": list(self.seeds),
            "seeds_vary": training_varies(self.scenario.learner),
            "metrics": {name: metric.plain() for name, metric in self.metrics.items()},
            "points": [
                {"x": x, "label": label, "replaces": None if instead < 0 else instead}
                for x, label, instead in zip(
                    last.points.tolist(), last.label.tolist(), last.replaces.tolist(), strict=True
                )
            ],
            "trail": [
                {name: _plain(value) for name, value in row.items() if name not in ("scenario", "method")}
                for row in self.rows()
            ],
            "settings": self.scenario.model_dump(
                mode="json", include={"data", "poison", "learner", "training", "rule", "decision"}
            ),
        }

    @property
    def seeds_words(self) -> str:
        """What the values are over: '4 training seeds'."""
        return seeds_words(len(self.seeds), training_varies(self.scenario.learner))

    def __str__(self) -> str:
        lines = [f"{type(self.settings).TITLE} on {self.scenario.title}: {len(self.state):,} points"]
        lines += [f"  {MEASURES[name].words}: {value_words(name, metric)}" for name, metric in self.metrics.items()]
        lines += [f"  at the end: {self.state.words}"] if self.state.words else []
        return "\n".join(lines)

    __repr__ = __str__


def value_words(name: str, metric: Metric) -> str:
    """A measure of an attack as it is told: shares in per cent, counts as they are."""
    if not MEASURES[name].share:
        return f"{metric.mean:,.0f}"
    return rounded(100 * metric.mean, 100 * metric.std, unit="%")


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
