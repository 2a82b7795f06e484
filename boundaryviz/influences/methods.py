"""Which method is for which learner, and why not for others. Nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boundaryviz.learners.families.estimators import KNeighborsClassifierSpec, SVCSpec
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec, LapRLSSpec
from boundaryviz.learners.families.nets import LogisticSpec, MLPSpec
from boundaryviz.learners.families.semi_supervised import UnlabelledSpec
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.record.influence import METHODS

LEAST_PENALTY = 1e-2
"""The L2 penalty of a net from which on an influence function says anything of it: below it, the leave-one-out of a net
is noise (measured: with 1e-3, two seeds agree by .16)."""

_CURVED = ("cross-entropy", "focal", "generalised", "squared")
_AT_ONCE = "this learner is fitted at once, so that it has no steps; leaving points out is quick"


def refusals(spec: LearnerSettings, training: TrainingSpec, classes: int) -> dict[str, str]:
    """Of each method that does not apply to a learner: why, in words."""
    found = {name: why for name in METHODS if (why := _ASKED[name](spec, training, classes))}
    return found


def cautions(spec: LearnerSettings, training: TrainingSpec) -> dict[str, str]:
    """Of each method that applies, but not without a word: what is to be said."""
    found = {"tracin": "a picture of how training went, no prediction of what leaving a point out does"}
    found["representers"] = "a picture of how the answer is made up, no prediction of what leaving a point out does"
    if _hidden(spec) and training.l2 < LEAST_PENALTY:
        found["influence"] = (
            f"of a net with an L2 penalty below {LEAST_PENALTY:g} this is noise: training ends elsewhere each time"
        )
    return found


def usual(spec: LearnerSettings, training: TrainingSpec, classes: int) -> tuple[str, ...]:
    """The methods that are looked at where none is named: those that apply, but not where they are noise."""
    no, noisy = refusals(spec, training, classes), cautions(spec, training)
    return tuple(name for name in METHODS if name not in no and not (name == "influence" and name in noisy))


def _hidden(spec: LearnerSettings) -> bool:
    return bool(getattr(spec, "hidden", ())) and not spec.family.at_once


def _influence(spec: Any, training: TrainingSpec, classes: int) -> str:
    if not isinstance(spec, MLPSpec | LogisticSpec):
        return "influence functions are for a supervised net or logistic regression, whose loss has a curvature"
    if spec.loss not in _CURVED:
        return f"the {spec.loss} loss has no curvature, which influence functions divide by"
    if training.clip:
        return "clipped gradients go down no loss, which influence functions differentiate; take clipping away"
    if spec.robust != "none":
        return "robust training goes down another loss than that of the points; take 'learner.robust' away"
    if training.optimiser == "adamw" and training.l2:
        return "AdamW's decay is no part of a loss, which influence functions differentiate; take Adam"
    return ""


def _warm(spec: Any, training: TrainingSpec, classes: int) -> str:
    return _AT_ONCE if spec.family.at_once else ""


def _tracin(spec: Any, training: TrainingSpec, classes: int) -> str:
    if spec.family.at_once:
        return _AT_ONCE
    return "" if isinstance(spec, MLPSpec | LogisticSpec | UnlabelledSpec) else "TracIn is for nets"


def _representers(spec: Any, training: TrainingSpec, classes: int) -> str:
    if isinstance(spec, MLPSpec | LogisticSpec):
        if spec.loss != "cross-entropy":
            return "representers of a net's last layer are for the cross-entropy"
        return (
            "the output of this net is squashed, so that it is no sum" if getattr(spec, "output", "") == "tanh" else ""
        )
    if isinstance(spec, SVCSpec):
        return "" if classes == 2 else "of more than two classes a support vector machine is several machines"
    return "" if isinstance(spec, LapRLSSpec) else "this learner's answer is no sum of one term a point"


def _shapley(spec: Any, training: TrainingSpec, classes: int) -> str:
    if not isinstance(spec, KNeighborsClassifierSpec):
        return "Shapley values are known in closed form of nearest neighbours alone"
    return "" if spec.weights == "uniform" else "Shapley values in closed form are of votes that count the same"


def _labels(spec: Any, training: TrainingSpec, classes: int) -> str:
    known = isinstance(spec, LabelSpreadingSpec | LabelPropagationSpec | LapRLSSpec)
    return "" if known else "what this learner answers is not linear in the labels"


_ASKED: Mapping[str, Any] = {
    "influence": _influence, "warm": _warm, "shapley": _shapley, "labels": _labels, "representers": _representers,
    "tracin": _tracin,
}  # fmt: skip
