"""Poisoning logistic regression by its influence function: settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.scene.specs import setting


class InfluenceSpec(TrainedAttackSettings):
    """Heaps of copies, one for each class, move to where logistic regression that is trained on them does worst on the
    validation points (Koh, Steinhardt and Liang, 2022)."""

    TITLE: ClassVar[str] = "Influence attack"
    LEARNERS: ClassVar[tuple[str, ...]] = ("logistic",)
    GROUP: ClassVar[Literal["svm", "net", "any"]] = "net"
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.influence:attack"
    method: Literal["influence"] = "influence"
    rate: float = setting(
        0.2, "Step", "How far a heap goes at first, as a share of the box; halved where it gains nothing.",
        gt=0.0, le=1.0, log=True,
    )  # fmt: skip
    iterations: int = setting(15, "Steps of a heap", "After so many it rests where it is.", ge=1, le=1000, log=True)
    copies: int = setting(
        16, "Beginnings", "Of how many training points, each with another label, the most harmful ones set out.",
        ge=1, le=1000, log=True,
    )  # fmt: skip
    hides: Literal["nowhere", "sphere", "slab", "both"] = setting(
        "nowhere", "Hides within", "Poison stays where a defence by distances would keep it: within a sphere about the "
        "mean of its class, or within a slab between the means.",
        choices={"nowhere": "nothing", "sphere": "the sphere of its class", "slab": "the slab of its class",
                 "both": "sphere and slab"},
    )  # fmt: skip
    percentile: float = setting(
        90.0, "Of the points", "How many of a class's own points, in percent, lie within its sphere or slab.",
        gt=0.0, le=100.0, advanced=True,
    )  # fmt: skip
