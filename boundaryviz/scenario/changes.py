"""New values for a scenario, and what going from one to another takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boundaryviz.scenario.scenario import Scenario


@dataclass(frozen=True)
class Settings:
    """New values for settings, by dotted path.

    merges: whether the next such change, if it comes soon, belongs to the same step of undo, as moves of a slider do.
    """

    values: Mapping[str, Any]
    merges: bool = True


def stirs(before: Scenario, after: Scenario) -> bool:
    """Whether a model that was trained with the one has something to learn from the other: words do not count, nor
    what says how long a run lasts and how often it is looked at."""
    aside = {"steps": after.training.steps, "evaluate_every": after.training.evaluate_every}
    training = before.training.model_copy(update=aside)
    was = (before.data, before.poison, before.learner, training, before.defence)
    return was != (after.data, after.poison, after.learner, after.training, after.defence)


def resets(before: Scenario, after: Scenario) -> bool:
    """Whether going from one scenario to the other needs fresh weights; otherwise it applies live."""
    if type(before.learner) is not type(after.learner):
        return True
    if before.data.input_scale != after.data.input_scale:
        return True
    for old, new in ((before.learner, after.learner), (before.training, after.training)):
        for name, info in type(old).model_fields.items():
            extra = info.json_schema_extra
            form = extra.get("form", {}) if isinstance(extra, dict) else {}
            if isinstance(form, dict) and form.get("resets") and getattr(old, name) != getattr(new, name):
                return True
    return False
