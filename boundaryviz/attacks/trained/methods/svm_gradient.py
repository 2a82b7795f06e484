"""Gradient poisoning of support vector machines: its settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.scene.specs import setting


class SVMGradientSpec(TrainedAttackSettings):
    """Copies of training points with another label wander, one after the other, to where the validation loss of a
    support vector machine that is trained on them grows (Biggio, Nelson and Laskov, 2012)."""

    TITLE: ClassVar[str] = "Gradient poisoning"
    LEARNERS: ClassVar[tuple[str, ...]] = ("SVC",)
    GROUP: ClassVar[Literal["svm", "net", "any"]] = "svm"
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.svm_gradient:attack"
    method: Literal["svm-gradient"] = "svm-gradient"
    rate: float = setting(
        0.1, "Step", "How far a point goes at first, as a share of the box; halved where it gains nothing.",
        gt=0.0, le=1.0, log=True,
    )  # fmt: skip
    iterations: int = setting(15, "Steps of a point", "After so many it rests where it is.", ge=1, le=1000, log=True)
    begins: Literal["copies", "map"] = setting(
        "copies", "Begins at", "Where a point may set out from: copies of training points with another label, or the "
        "best places of a coarse effect map of one more point.",
        choices={"copies": "training points", "map": "the map's best places"},
    )  # fmt: skip
    copies: int = setting(
        16, "Beginnings", "Of how many of these places it is asked what a point does there.", ge=1, le=1000, log=True
    )
    restarts: int = setting(
        2, "Ways", "From how many of them, the most harmful ones, it does set out; the best way is kept.",
        ge=1, le=100, log=True,
    )  # fmt: skip
