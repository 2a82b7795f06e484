"""An attack that trains: of places drawn at random those where one more point does most. Its settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.scene.specs import setting


class DartsSpec(TrainedAttackSettings):
    """One point after the other, each at the best of some places drawn at random within the box."""

    TITLE: ClassVar[str] = "Darts"
    RUN: ClassVar[str] = "boundaryviz_example.throwing:attack"
    method: Literal["darts"] = "darts"
    throws: int = setting(12, "Throws", "Places that are tried for each point.", ge=1, le=1000, log=True)
