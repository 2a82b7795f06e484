"""Which settings of a scenario a study can vary, by their plain names, and through which values to begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boundaryviz.gui.widgets.fields import FieldPlan, plans
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.text import parsed
from boundaryviz.scene.data import OWN
from boundaryviz.scene.specs import Spec


@dataclass(frozen=True)
class Varied:
    """A setting that can be varied. title: what the window calls it. values: proposed, as text: 'FIRST..LAST', or
    some with commas between. log, count: how a range is gone through; count None: every whole number. report: what is
    read off, by its name."""

    path: str
    title: str
    values: str
    log: bool = False
    count: int | None = None
    report: str = ""


# the learner's size, then what is asked of data, in the order in which they are proposed
_FIRST: dict[str, tuple[str, bool, int | None, str]] = {
    "learner.features": ("1..3000", True, 16, "double-descent"),
    "learner.n_estimators": ("1..200", True, 10, "size"),
    "learner.max_iter": ("1..200", True, 10, "size"),
    "learner.max_leaf_nodes": ("1..60", False, None, "size"),
    "learner.max_depth": ("1..16", False, None, "size"),
    "learner.n_neighbors": ("1..100", True, 16, "size"),
    "learner.C": ("0.01..1000", True, 11, "size"),
    "learner.gamma": ("0.1..1000", True, 13, "size"),
    "learner.alpha": ("0.001..1000", True, 13, "size"),
    "learner.hidden": ("[1],[2],[4],[8],[16],[32],[64]", False, None, "size"),
    "learner.fourier": ("1..256", True, 9, "size"),
    "training.steps": ("10..10000", True, 10, "size"),
    "training.l2": ("0.00001..0.1", True, 9, "size"),
    "data.n": ("20..2000", True, 8, "learning"),
    "data.noise": ("0..0.5", False, 11, ""),
    "data.label_noise": ("0..0.4", False, 9, ""),
    "poison.count": ("0..40", False, 11, ""),
}
_LEFT_OUT = frozenset(
    {"training.seed", "training.evaluate_every", "data.seed", "data.name", "data.pool", "poison.seed"}
)
_KINDS = ("number", "whole", "layers", "choice", "flag")
_WIDE = 1e3  # limits beyond that say nothing about which values are of use
_COUNT = 9  # values of a range of other settings


def varied(scenario: Scenario) -> dict[str, Varied]:
    """By path, those that are asked for most often first. Settings that do nothing as things stand are left out, and
    those of data that were edited by hand, which a change would draw anew."""
    learner = scenario.learner
    idle = dict(learner.unused()), dict(learner.family.unused_training(scenario.training))
    sections: dict[str, tuple[Spec, dict[str, str]]] = {"learner": (learner, idle[0])}
    sections["training"] = scenario.training, idle[1] | ({"steps": ""} if learner.family.at_once else {})
    if scenario.plane is None or scenario.data.name == OWN:
        sections["data"] = scenario.data, {}
    sections["poison"] = scenario.poison, {}
    bare, found = scenario.bare(), dict[str, Varied]()
    for section, (spec, unused) in sections.items():
        for plan in plans(type(spec)):
            path = f"{section}.{plan.name}"
            if plan.kind in _KINDS and plan.name not in unused and path not in _LEFT_OUT:
                title = f"{section.capitalize()}: {plan.title.lower()}"
                if (one := _taken(_proposed(path, title, plan, getattr(spec, plan.name)), bare)) is not None:
                    found[path] = one
    return {path: found[path] for path in (*(path for path in _FIRST if path in found), *found)}


def _taken(proposed: Varied, scenario: Scenario) -> Varied | None:
    """What is proposed without the values that the scenario does not take as things stand; None where too few are
    left."""

    def takes(text: str) -> bool:
        try:
            scenario.with_values({proposed.path: parsed(text)})
        except ScenarioError:
            return False
        return True

    first, dots, last = proposed.values.partition("..")
    if dots:
        if not takes(first):  # such as one leaf, where two are the fewest
            first = "2"
        return replace(proposed, values=f"{first}..{last}") if takes(first) and takes(last) else None
    if "[" in proposed.values:
        return proposed
    kept = [one for one in proposed.values.split(", ") if takes(one)]
    return replace(proposed, values=", ".join(kept)) if len(kept) > 1 else None


def _proposed(path: str, title: str, plan: FieldPlan, value: object) -> Varied:
    if path in _FIRST:
        return Varied(path, title, *_FIRST[path])
    if plan.kind == "layers":
        return Varied(path, title, "[2],[4],[8],[16],[16,16]")
    if plan.kind == "choice":
        return Varied(path, title, ", ".join(str(one) for one, _ in plan.choices))
    if plan.kind == "flag":
        return Varied(path, title, "false, true")
    return replace(_range(plan, value), path=path, title=title)


def _range(plan: FieldPlan, value: object) -> Varied:
    """From the least sensible value to the largest around the present one."""
    whole = plan.kind == "whole"
    number = float(value) if isinstance(value, int | float) else 1.0
    low = plan.low if plan.low is not None else 1.0 if whole else 0.0
    high = plan.high if plan.high is not None and plan.high <= _WIDE else None
    if plan.log:
        first = max(low, number / 100 if number > 0 else 1e-4)
        last = min(max(100 * number, 1.0), plan.high if plan.high is not None else float("inf"))
    else:
        first, last = low, max(2 * number, 10 * low, 40.0 if whole else 0.5)
        last = last if high is None else min(last, 0.99 * high if plan.high_open else high)
        first = first if not plan.low_open or first > 0 else last / _COUNT
    if whole:
        first, last = max(round(first), 1 if plan.log else 0), round(last)
    return Varied("", "", f"{first:g}..{last:g}", plan.log, _COUNT)
