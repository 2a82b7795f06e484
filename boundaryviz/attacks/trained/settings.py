"""What the settings of every attack that trains are: whom it is to hurt, with how many points, and what it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import field_validator
from typing_extensions import override

from boundaryviz.attacks.settings import MOST, Place
from boundaryviz.learners.specs import FAMILIES, LARGEST_SEED, LearnerSpec
from boundaryviz.scene.bounds import check_places
from boundaryviz.scene.registry import checked_settings
from boundaryviz.scene.scene import MAX_CLASSES
from boundaryviz.scene.specs import Spec, setting

Goal = Literal["error", "pin", "class"]
Knowledge = Literal["same-data", "other-data"]


class TrainedAttackSettings(Spec):
    """What all attacks that train share; a change of the method keeps it.

    An attack that trains is a class of settings in a module of `attacks/trained/methods`, or one that another package
    registers: with a field `method`, a Literal of its name, with a TITLE, and with RUN.
    RUN: 'module:function', called as `adversary.problem.Method` says; a string, so that settings load no trainer.
    STANDS_IN: its points stand in for clean ones, which it withdraws, as flipping a label does.
    FOREIGN: names of the shared settings that mean nothing to it. LEARNERS: names of those that it works with, empty
    for any. GROUP: what it is made for: support vector machines, nets, or anything.
    """

    TITLE: ClassVar[str]
    RUN: ClassVar[str] = ""
    STANDS_IN: ClassVar[bool] = False
    FOREIGN: ClassVar[tuple[str, ...]] = ()
    LEARNERS: ClassVar[tuple[str, ...]] = ()
    GROUP: ClassVar[Literal["svm", "net", "any"]] = "any"
    if TYPE_CHECKING:
        method: str = ""  # a field of each

    count: int = setting(
        8, "Points", "How many points the attacker plants, moves or gives another label.", ge=1, le=MOST, log=True
    )
    beyond: float = setting(
        1.0, "Box", "How far beyond the data poison may lie: the half extents of the training points about their "
        "centre, times this; 1 is the extent of the data.", ge=0.1, le=100.0, log=True,
    )  # fmt: skip
    goal: Goal = setting(
        "error", "Goal", "What the attacker wants to grow: the error of all classes, of one class, or the model's lead "
        "for the target's class at the target.",
        choices={"error": "the error", "pin": "one target", "class": "the error of one class"},
    )  # fmt: skip
    target: Place | None = setting(
        None, "Target", "Where the model is to be changed, where the goal is one target; empty takes the scene's first "
        "pin.",
    )  # fmt: skip
    target_class: int | None = setting(
        None, "Target class", "The class that the target shall be taken for, or whose error shall grow; empty is the "
        "pin's, or the next after the model's.", ge=0, le=MAX_CLASSES - 1,
    )  # fmt: skip
    label: int | None = setting(
        None, "Label", "The label of the poison; empty leaves it to the method.", ge=-1, le=MAX_CLASSES - 1,
        advanced=True,
    )  # fmt: skip
    knowledge: Knowledge = setting(
        "same-data", "Knows", "What the attacker trains on: the training and validation points themselves, or others "
        "of the same kind, which are drawn with another data seed, or are half of points of one's own.",
        choices={"same-data": "the same data", "other-data": "other data of the same kind"}, advanced=True,
    )  # fmt: skip
    surrogate: str = setting(
        "", "Surrogate", "The learner that the attacker trains in place of the scenario's, with its default settings; "
        "empty is the scenario's own.", advanced=True,
    )  # fmt: skip
    seed: int = setting(0, "Attack seed", "Of what the attacker draws at random.", ge=0, le=LARGEST_SEED, advanced=True)

    @field_validator("surrogate")
    @classmethod
    def _known(cls, name: str) -> str:
        if name and name not in FAMILIES:
            raise ValueError(f"unknown learner {name!r}; `boundaryviz learners` lists them")
        return name

    @property
    def aim(self) -> Goal:
        """What it wants to grow: the goal, unless it is made for one goal alone."""
        return self.goal

    @property
    def marks(self) -> bool:
        """Whether a pin on the plane is where its target lies: not where that lies off it."""
        return self.aim == "pin"

    @classmethod
    def unfit(cls, learner: LearnerSpec) -> str:
        """Why it does not work with a learner and which attack works instead, in a sentence; empty where it works."""
        if not cls.LEARNERS or learner.name in cls.LEARNERS:
            return ""
        titles = " or ".join(FAMILIES[name].title for name in cls.LEARNERS)
        return (
            f"It works with {titles}, and the learner is {learner.family.title}. "
            "Take a method for any learner, such as a heap or flips furthest from the boundary."
        )

    @override
    def model_post_init(self, _context: object, /) -> None:
        if self.target is not None:
            check_places(np.array([self.target]))


SHARED = tuple(TrainedAttackSettings.model_fields)
"""The settings that every attack that trains has."""


def accepted(given: Any) -> tuple[str, type[TrainedAttackSettings]]:
    """Name and class of an attack that trains. Raises TypeError for what is none."""
    name = checked_settings(given, TrainedAttackSettings, "method")
    module, colon, function = given.RUN.partition(":")
    if not (module and colon and function):
        raise TypeError(f"the class {given.__name__} has no RUN that names its function as 'module:function'")
    return name, given
