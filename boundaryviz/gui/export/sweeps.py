"""Which settings of a scenario a film can lead through, and through which values to begin with."""

from __future__ import annotations

from boundaryviz.gui.export.film_dialog import Sweepable
from boundaryviz.gui.widgets.fields import FieldPlan, plans
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import OWN
from boundaryviz.scene.specs import Spec

_LAYERS = "[2],[4],[8],[16],[16,16]"
_WIDE = 1e3  # limits beyond that say nothing about which values are of use


def sweepable(scenario: Scenario) -> dict[str, Sweepable]:
    """Path -> setting: numbers that stand on a form at first sight, and the layers of a net. Data of points that were
    edited are left out where a change would draw them anew."""
    sections: dict[str, Spec] = {"poison": scenario.poison, "learner": scenario.learner}
    if scenario.plane is None or scenario.data.name == OWN:
        sections["data"] = scenario.data
    if not scenario.learner.family.at_once:
        sections["training"] = scenario.training
    return {
        f"{section}.{plan.name}": Sweepable(f"{section.capitalize()}: {plan.title.lower()}", values)
        for section, spec in sections.items()
        for plan in plans(type(spec))
        if not plan.advanced and plan.name != "seed" and (values := _proposed(plan, getattr(spec, plan.name)))
    }


def _proposed(plan: FieldPlan, value: object) -> str:
    """A range around a number, or some layers; nothing for what is neither."""
    if plan.kind == "layers":
        return _LAYERS
    if plan.kind not in ("number", "whole"):
        return ""
    whole = plan.kind == "whole"
    low = plan.low or (1.0 if whole and plan.special else 0.0)
    high = plan.high if plan.high is not None and plan.high <= _WIDE else None
    number = float(value) if isinstance(value, int | float) else 0.0
    first = max(low, number / 10 if plan.low_open or (plan.log and low > 0) else low)
    last = max(2 * number, 10 * low, 40.0 if whole else 0.5)
    if high is not None:
        last = min(last, 0.99 * high if plan.high_open else high)
    return f"{round(first)}..{round(last)}" if whole else f"{first:g}..{last:g}"
