"""Attacks that place points where the effect map says that they do most: one after the other, or all in a heap."""

from __future__ import annotations

from typing import ClassVar, Literal

from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.scene.specs import setting


class _ByMap(TrainedAttackSettings):
    """Points of poison go where retraining with them there does most."""

    maps: int = setting(
        2, "Seeds of the map", "Training seeds that the map is the mean over, where training is random: one point "
        "against a net is little more than the noise between seeds.", ge=1, le=16, advanced=True,
    )  # fmt: skip


class GreedySpec(_ByMap):
    """One point after the other goes where one more point does most, by retraining with it at many places."""

    TITLE: ClassVar[str] = "Greedy by the effect map"
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.by_map:greedy"
    method: Literal["greedy"] = "greedy"


class HeapSpec(_ByMap):
    """All points go to the one place where a heap of them does most, by retraining with it at many places."""

    TITLE: ClassVar[str] = "Heap at the effect map's best place"
    RUN: ClassVar[str] = "boundaryviz.adversary.methods.by_map:heap"
    method: Literal["heap"] = "heap"
