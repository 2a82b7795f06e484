"""Values of a learner's size that are worth a comparison: from far too small to as large as it goes."""

from __future__ import annotations

from boundaryviz.learners.family import LearnerSettings

_SIZES = {
    "max_leaf_nodes": "2,6,none",
    "n_neighbors": "1,7,41",
    "n_estimators": "1,10,100",
    "hidden": "[2],[8,8],[32,32]",
    "C": "0.01,1,100",
    "alpha": "0.01,1,100",
    "gamma": "0.01,1,100",
}
"""By the setting, the most telling first."""


def sizes_of(learner: LearnerSettings) -> str:
    """What to vary, as `scenario.sweep.parse` reads it; empty for a learner that has no such setting."""
    fields = type(learner).model_fields
    return next((f"learner.{name}={values}" for name, values in _SIZES.items() if name in fields), "")
