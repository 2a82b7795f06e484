"""What to say where an attack by gradient meets a learner that it is not for, and which attack works instead."""

from __future__ import annotations

from boundaryviz.adversary.problem import Problem
from boundaryviz.attacks.targets import AttackError
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.families.nets import LogisticSpec, MLPSpec

MAPS = "heap or greedy, which train anew at every place of a map"
"""What attacks any learner."""


def unsuited(problem: Problem, wants: str) -> AttackError:
    """That the attack is for another learner, `wants` in words, and what is for this one."""
    learner, classes = problem.learner, problem.classes
    many = f" of {classes} classes" if classes != 2 else ""
    if isinstance(learner, SVCSpec) and classes == 2:
        instead = f"svm-gradient, which is for support vector machines, or {MAPS}"
    elif isinstance(learner, MLPSpec | LogisticSpec):
        instead = f"back-gradient, which is for nets, or {MAPS}"
    else:
        instead = MAPS
    title = learner.family.title
    named = title[:1].lower() + title[1:]
    return AttackError(
        f"{type(problem.settings).TITLE} goes by the gradient of {wants}; this is: {named}{many}. Take {instead}."
    )
