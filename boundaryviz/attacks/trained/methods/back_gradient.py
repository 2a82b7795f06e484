"""Poisoning a net through its training: settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.scene.specs import setting


class BackGradientSpec(TrainedAttackSettings):
    """Copies of training points with another label move all at once, up the gradient of the validation loss through
    the last steps of a net's training (Munoz-Gonzalez and others, 2017)."""

    TITLE: ClassVar[str] = "Back-gradient"
    LEARNERS: ClassVar[tuple[str, ...]] = ("mlp", "logistic")
    GROUP: ClassVar[Literal["svm", "net", "any"]] = "net"
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.back_gradient:attack"
    method: Literal["back-gradient"] = "back-gradient"
    unrolled: int = setting(
        20, "Steps gone through", "How many steps of gradient descent the gradient goes back through; the net is "
        "trained as it is set up before them.", ge=1, le=200, log=True,
    )  # fmt: skip
    replicas: int = setting(
        4, "Nets", "From how many nets, each trained for a longer part of the steps and with a seed of its own, those "
        "steps set out; their gradients are averaged.", ge=1, le=32, log=True,
    )  # fmt: skip
    iterations: int = setting(20, "Moves", "How often all points move.", ge=1, le=1000, log=True)
    rate: float = setting(
        0.02, "Move", "How far a point goes along an axis at first, as a share of the box.", gt=0.0, le=1.0, log=True
    )
    descent_rate: float = setting(
        0.5, "Rate gone through", "Learning rate of the steps that the gradient goes back through.", gt=0.0, le=10.0,
        log=True, advanced=True,
    )  # fmt: skip
    beginnings: int = setting(
        8, "Beginnings", "Of how many sets of copies the most harmful one sets out.", ge=1, le=256, log=True
    )
