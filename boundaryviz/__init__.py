"""Drag points while a model trains: a desktop laboratory for decision boundaries and their poisoning.

The public names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundaryviz import attacks, defences, learners
    from boundaryviz.adversary.attacking import attack
    from boundaryviz.adversary.mapping import effect_map
    from boundaryviz.attacks.settings import AttackSettings as Attack
    from boundaryviz.estimator import BoundaryClassifier
    from boundaryviz.influences.running import influence
    from boundaryviz.record.metrics import Metric
    from boundaryviz.record.reports.asked import report
    from boundaryviz.runs.defending import defend
    from boundaryviz.runs.evading import evade
    from boundaryviz.runs.run import Run, train
    from boundaryviz.scenario.gallery import load
    from boundaryviz.scenario.gallery import names as scenarios
    from boundaryviz.scenario.scenario import Scenario, ScenarioError
    from boundaryviz.scene import datasets
    from boundaryviz.studies.bias_variance import bias_variance
    from boundaryviz.studies.check import check
    from boundaryviz.studies.dose import dose_response
    from boundaryviz.studies.poison_count import poison_count
    from boundaryviz.studies.scoreboard import scoreboard
    from boundaryviz.studies.tabling import study
    from boundaryviz.studies.transfer import transfer
    from boundaryviz.tables.tables import read_file as read_table

__version__ = "0.1.0"

_WHERE = {
    "load": "scenario.gallery:load",
    "scenarios": "scenario.gallery:names",
    "Scenario": "scenario.scenario:Scenario",
    "ScenarioError": "scenario.scenario:ScenarioError",
    "read_table": "tables.tables:read_file",
    "train": "runs.run:train",
    "Run": "runs.run:Run",
    "attack": "adversary.attacking:attack",
    "effect_map": "adversary.mapping:effect_map",
    "bias_variance": "studies.bias_variance:bias_variance",
    "check": "studies.check:check",
    "dose_response": "studies.dose:dose_response",
    "evade": "runs.evading:evade",
    "influence": "influences.running:influence",
    "poison_count": "studies.poison_count:poison_count",
    "scoreboard": "studies.scoreboard:scoreboard",
    "study": "studies.tabling:study",
    "transfer": "studies.transfer:transfer",
    "report": "record.reports.asked:report",
    "Metric": "record.metrics:Metric",
    "BoundaryClassifier": "estimator:BoundaryClassifier",
    "Attack": "attacks.settings:AttackSettings",
    "datasets": "scene.datasets",
    "learners": "learners",
    "attacks": "attacks",
    "defences": "defences",
    "defend": "runs.defending:defend",
}

__all__ = [
    "Attack",
    "BoundaryClassifier",
    "Metric",
    "Run",
    "Scenario",
    "ScenarioError",
    "__version__",
    "attack",
    "attacks",
    "bias_variance",
    "check",
    "datasets",
    "defences",
    "defend",
    "dose_response",
    "effect_map",
    "evade",
    "influence",
    "learners",
    "load",
    "poison_count",
    "read_table",
    "report",
    "scenarios",
    "scoreboard",
    "study",
    "train",
    "transfer",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'boundaryviz' has no attribute {name!r}")
    module, _, attribute = _WHERE[name].partition(":")
    value: Any = import_module(f"boundaryviz.{module}")
    if attribute:
        value = getattr(value, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
