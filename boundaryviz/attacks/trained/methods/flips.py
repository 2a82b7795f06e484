"""Label flips by a ranking: at random, nearest to the boundary, or furthest from it; their settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from boundaryviz.attacks.trained.settings import TrainedAttackSettings


class _Flips(TrainedAttackSettings):
    """Training points of the attacker's choice are given another class; they stay where they are."""

    RUN: ClassVar[str] = "boundaryviz.adversary.methods.flips:attack"
    STANDS_IN: ClassVar[bool] = True
    FOREIGN: ClassVar[tuple[str, ...]] = ("beyond",)


class RandomFlipsSpec(_Flips):
    """Labels of points drawn at random are flipped: what any other attack is to be compared with."""

    TITLE: ClassVar[str] = "Random flips"
    method: Literal["flips-random"] = "flips-random"


class NearestFlipsSpec(_Flips):
    """Labels of the points nearest to the decision boundary are flipped, where a label is most doubtful."""

    TITLE: ClassVar[str] = "Flips nearest to the boundary"
    method: Literal["flips-nearest"] = "flips-nearest"


class FurthestFlipsSpec(_Flips):
    """Labels of the points that the clean model is most sure of are flipped."""

    TITLE: ClassVar[str] = "Flips furthest from the boundary"
    method: Literal["flips-furthest"] = "flips-furthest"
