"""What is asked of a model as it stands: by which attack, in which norm and how far its inputs may be pushed."""

from __future__ import annotations

from typing import Literal

from typing_extensions import override

from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.scene.scene import MAX_CLASSES, Domain
from boundaryviz.scene.specs import Spec, setting

Method = Literal["nearest", "fgsm", "pgd", "deepfool", "adaptive"]
Norm = Literal["l2", "linf"]

METHODS: dict[Method, str] = {
    "nearest": "nearest boundary point", "fgsm": "one step (FGSM)", "pgd": "many steps (PGD)",
    "deepfool": "DeepFool", "adaptive": "adaptive: knows the mask",
}  # fmt: skip
NORMS: dict[Norm, str] = {"l2": "Euclidean (L2)", "linf": "largest coordinate (L-infinity)"}

BOUNDED = frozenset[Method]({"fgsm", "pgd", "adaptive"})
"""The methods that stay within a ball; the others look for the shortest push, of any length."""


Line = Literal["exact", "fgsm", "pgd", "adaptive", "random", "universal"]
LINES: tuple[Line, ...] = ("exact", "fgsm", "pgd", "random", "universal")
"""Attacks whose errors make up robustness curves; whoever knows of a mask asks for 'adaptive' beside them."""


class EvasionSpec(Spec):
    """What is asked of a model as it stands. Nothing of it changes training."""

    method: Method = setting(
        "nearest", "Attack",
        "How the push is found. The nearest point of the boundary is exact on a plane; FGSM, PGD and DeepFool follow "
        "the gradients of a net, and work with inputs of any number.",
        choices=METHODS,
    )  # fmt: skip
    norm: Norm = setting("l2", "Norm", "How the length of a push is measured.", choices=NORMS)
    epsilon: float = setting(
        0.3, "Epsilon", "How far an input may be pushed, in the units of the data; 0 pushes nothing.", ge=0.0, le=1e6,
        log=True,
    )  # fmt: skip
    target: int | None = setting(
        None, "Class aimed at", "Pushes are to end in this class; empty is any but the class that the model decides.",
        ge=0, le=MAX_CLASSES - 1,
    )  # fmt: skip
    steps: int = setting(
        20, "Steps", "Of PGD and of DeepFool: how often the gradient is followed.", ge=1, le=1000, log=True,
        advanced=True,
    )  # fmt: skip
    restarts: int = setting(
        1, "Restarts", "Of PGD: from how many random places of the ball it sets out; the best push counts.",
        ge=1, le=100, advanced=True,
    )  # fmt: skip
    smoothing: float = setting(
        0.0, "Smoothing", "Deviation of the noise that the model is averaged over; the average has certificates within "
        "which no push changes it. 0 is none.", ge=0.0, le=1e6,
        log=True,
    )  # fmt: skip
    within: Literal["all", "plane"] = setting(
        "all", "Within", "Of points with inputs off the plane: whether they are pushed along every input, or along the "
        "plane that is shown, where the nearest point is exact.",
        choices={"all": "all inputs", "plane": "the plane shown"}, advanced=True,
    )  # fmt: skip
    seed: int = setting(0, "Seed", "Of random starts and of noise.", ge=0, le=LARGEST_SEED, advanced=True)

    @override
    def unused(self) -> dict[str, str]:
        """What the method does not look at."""
        idle = {}
        if self.method not in ("pgd", "deepfool", "adaptive"):
            idle["steps"] = "it is of attacks in many steps"
        if self.method not in ("pgd", "adaptive"):
            idle["restarts"] = "it is of attacks that set out from random places"
            if not self.smoothing:
                idle["seed"] = "nothing is drawn at random"
        if self.method not in BOUNDED:
            idle["epsilon"] = "it finds the shortest push; epsilon says which of them count as near"
        return idle

    def advice(self, domain: Domain, classes: int) -> str:
        """A sentence on settings with which there is nothing to see; empty where there is something."""
        if self.target is not None and self.target >= classes:
            return f"There is no class {self.target}: the data have {classes} classes, counted from 0."
        if self.method in BOUNDED and self.epsilon == 0:
            return "With an epsilon of 0 nothing is pushed; raise it to see where points can be pushed to."
        if self.method in BOUNDED and self.epsilon > max(domain.width, domain.height):
            return (
                f"An epsilon of {self.epsilon:g} is more than the whole plane is wide, so pushes end out of sight; "
                "lower it."
            )
        return ""
