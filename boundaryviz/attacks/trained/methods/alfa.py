"""The label flips that a support vector machine suffers most from; their settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.scene.specs import setting


class AlfaSpec(TrainedAttackSettings):
    """Flips of labels that a support vector machine takes to easily, and that the clean one would find most wrong."""

    TITLE: ClassVar[str] = "Adversarial label flips"
    LEARNERS: ClassVar[tuple[str, ...]] = ("SVC",)
    GROUP: ClassVar[Literal["svm", "net", "any"]] = "svm"
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.alfa:attack"
    STANDS_IN: ClassVar[bool] = True
    FOREIGN: ClassVar[tuple[str, ...]] = ("beyond", "goal", "target", "target_class")
    method: Literal["alfa"] = "alfa"
    rounds: int = setting(
        100, "Rounds", "Fits of the tainted machine at most, each followed by a new choice of flips.", ge=1, le=1000,
        log=True, advanced=True,
    )  # fmt: skip
    restarts: int = setting(
        0, "Restarts", "How often it begins anew, from labels flipped at random: the rounds end in a local optimum. Of "
        "all beginnings the one is taken that does most on the validation points; the paper begins once.",
        ge=0, le=100,
    )  # fmt: skip
