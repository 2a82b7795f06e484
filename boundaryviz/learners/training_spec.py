"""Settings of training, which every learner is given. Free of torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from typing_extensions import override

from boundaryviz.scene.specs import Spec, setting

Optimiser = Literal["sgd", "momentum", "adam", "adamw"]

LARGEST_SEED = 2**31 - 1


class TrainingSpec(Spec):
    """How the learner is trained."""

    steps: int = setting(
        2000, "Steps", "How long a run lasts; in the window, where training rests until it is told to go on.",
        ge=1, le=10_000_000, log=True, advanced=True,
    )  # fmt: skip
    optimiser: Optimiser = setting(
        "adam", "Optimiser", "How a gradient becomes a step.",
        choices={"sgd": "SGD", "momentum": "SGD + momentum", "adam": "Adam", "adamw": "AdamW"}, resets=True,
    )  # fmt: skip
    learning_rate: float = setting(
        1e-2, "Learning rate", "Length of a step; takes effect at once.", gt=0.0, le=100.0, log=True
    )
    momentum: float = setting(
        0.9, "Momentum", "Share of the last step carried on, for SGD with momentum.", ge=0.0, lt=1.0, advanced=True
    )
    batch_size: int | Literal["full"] = setting(
        32, "Batch size", "Points per step, or all of them: a number from 1 up, or 'full'."
    )
    l1: float = setting(
        0.0, "L1 penalty", "Pulls every weight towards zero by a constant force.", ge=0.0, le=10.0, log=True
    )
    l2: float = setting(
        0.0, "L2 penalty", "Pulls every weight towards zero in proportion (AdamW: decoupled decay).",
        ge=0.0, le=10.0, log=True,
    )  # fmt: skip
    seed: int = setting(0, "Seed", "Initial weights, batches and noise.", ge=0, le=LARGEST_SEED)
    evaluate_every: int = setting(
        20,
        "Evaluate every",
        "Steps between two points of the curves.",
        unit="steps",
        ge=1,
        le=100_000,
        log=True,
        advanced=True,
    )

    def unused(self) -> Mapping[str, str]:
        """The momentum of optimisers that have none."""
        return {} if self.optimiser == "momentum" else {"momentum": "only 'SGD + momentum' uses it"}

    @override
    def model_post_init(self, _context: object, /) -> None:
        if isinstance(self.batch_size, int) and self.batch_size < 1:
            raise ValueError("batch size is a number from 1 up, or 'full'")
