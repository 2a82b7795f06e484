"""Clean-label attacks: points keep their right label and move by no more than a bound; their settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from boundaryviz.attacks.trained.settings import Goal, TrainedAttackSettings
from boundaryviz.scene.specs import setting


class CleanLabelSettings(TrainedAttackSettings):
    """Points of the class wanted at a target, those nearest to it, move by no more than a bound. Their labels stay,
    and are right."""

    STANDS_IN: ClassVar[bool] = True
    FOREIGN: ClassVar[tuple[str, ...]] = ("beyond", "goal", "label")
    goal: Goal = setting(
        "pin", "Goal", "Attacks with clean labels have one goal: that the target is taken for another class.",
        choices={"error": "the error", "pin": "one target", "class": "the error of one class"},
    )  # fmt: skip
    eps: float = setting(
        0.5, "Bound", "How far each point moves at most: the distance in all inputs together, in the units of the "
        "points. On a plane this bounds little but geometry; the attacks are meant for points with spare inputs, "
        "see data.lift.", gt=0.0, le=100.0, log=True,
    )  # fmt: skip
    off_plane: float = setting(
        0.0, "Target off the plane", "How far from the plane the target lies, orthogonal to it, where points have more "
        "inputs than the plane shows. Its place is where it is seen.", ge=0.0, le=100.0,
    )  # fmt: skip

    @property
    @override
    def aim(self) -> Goal:
        return "pin"

    @property
    @override
    def marks(self) -> bool:
        return self.off_plane == 0


class StraightSpec(CleanLabelSettings):
    """Each point moves straight towards the target: what cleverer moves within the same bound are to be compared
    with."""

    TITLE: ClassVar[str] = "Straight moves"
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.moves:straight"
    method: Literal["straight"] = "straight"


class _ByNets(CleanLabelSettings):
    """Moves that go by nets of the attacker's own."""

    GROUP: ClassVar[Literal["svm", "net", "any"]] = "net"
    nets: int = setting(
        4, "Nets", "How many nets the attacker trains on the clean points, each with a seed of its own, and looks at "
        "together.", ge=1, le=64, log=True,
    )  # fmt: skip


class FeatureCollisionSpec(_ByNets):
    """Each point moves to where the last hidden layer of nets sees the target, but stays near its place (Shafahi and
    others, 2018)."""

    TITLE: ClassVar[str] = "Feature collision"
    LEARNERS: ClassVar[tuple[str, ...]] = ("mlp",)
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.feature_collision:attack"
    method: Literal["feature-collision"] = "feature-collision"
    beta: float = setting(
        0.1, "Stays near", "What a squared distance from its place costs a point, against a squared distance from the "
        "target in the features, as a share of how far apart the two are at first.", ge=0.0, le=100.0,
    )  # fmt: skip
    rate: float = setting(
        0.1, "Step", "How far a point goes at first, as a share of the bound; halved where it gains nothing.",
        gt=0.0, le=1.0, log=True,
    )  # fmt: skip
    iterations: int = setting(100, "Steps", "How often all points move.", ge=1, le=2000, log=True)


class GradientMatchingSpec(_ByNets):
    """The points move so that training on them changes nets as training on the target with the wanted label would
    (Geiping and others, 2021, Witches' Brew)."""

    TITLE: ClassVar[str] = "Gradient matching"
    LEARNERS: ClassVar[tuple[str, ...]] = ("mlp", "logistic")
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.gradient_matching:attack"
    method: Literal["gradient-matching"] = "gradient-matching"
    rate: float = setting(
        0.1, "Step", "How far a point goes along each input at first, as a share of the bound.", gt=0.0, le=1.0,
        log=True,
    )  # fmt: skip
    iterations: int = setting(100, "Steps", "How often all points move.", ge=1, le=2000, log=True)
    restarts: int = setting(
        4, "Beginnings", "From how many random moves it sets out, all at once; the one whose gradients match best is "
        "kept.", ge=1, le=64, log=True,
    )  # fmt: skip
